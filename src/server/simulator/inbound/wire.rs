//! The body of each inbound kind, as Meta sends it.

use serde_json::{Value, json};

use super::{
    super::{Simulator, samples},
    InboundContent, SayError,
};

impl Simulator {
    /// Meta's `type` and the object that it names.
    pub(super) fn wire(&self, content: &InboundContent) -> Result<(&'static str, Value), SayError> {
        Ok(match content {
            InboundContent::Text { text } => ("text", json!({"body": text})),
            InboundContent::Image { media, caption } => {
                ("image", captioned(self.file(media.as_deref(), samples::picture)?, caption.as_deref()))
            }
            InboundContent::Video { media, caption } => {
                ("video", captioned(self.file(media.as_deref(), samples::clip)?, caption.as_deref()))
            }
            InboundContent::Audio { media } => {
                ("audio", with(self.file(media.as_deref(), samples::voice)?, "voice", false.into()))
            }
            InboundContent::Voice { media } => {
                ("audio", with(self.file(media.as_deref(), samples::voice)?, "voice", true.into()))
            }
            InboundContent::Document { media, caption, filename } => {
                let mut body = captioned(self.file(media.as_deref(), samples::document)?, caption.as_deref());
                let name = filename.clone().or_else(|| self.filename(&body)).unwrap_or_else(|| "document".to_owned());
                body["filename"] = name.into();
                ("document", body)
            }
            InboundContent::Sticker { media } => {
                ("sticker", with(self.file(media.as_deref(), samples::sticker)?, "animated", false.into()))
            }
            InboundContent::Location { latitude, longitude, name, address } => {
                let mut body = json!({"latitude": latitude, "longitude": longitude});
                for (key, text) in [("name", name), ("address", address)] {
                    if let Some(text) = text {
                        body[key] = text.as_str().into();
                    }
                }
                ("location", body)
            }
            InboundContent::Contacts { contacts } => ("contacts", contacts.clone().unwrap_or_else(samples::contacts)),
            InboundContent::ButtonReply { id, title } => {
                ("interactive", json!({"type": "button_reply", "button_reply": {"id": id, "title": title}}))
            }
            InboundContent::ListReply { id, title, description } => {
                let mut reply = json!({"id": id, "title": title});
                if let Some(description) = description {
                    reply["description"] = description.as_str().into();
                }
                ("interactive", json!({"type": "list_reply", "list_reply": reply}))
            }
            InboundContent::TemplateButton { payload, text } => ("button", json!({"payload": payload, "text": text})),
            InboundContent::FlowReply { response_json } => {
                let reply = json!({"name": "flow", "body": "Sent", "response_json": response_json});
                ("interactive", json!({"type": "nfm_reply", "nfm_reply": reply}))
            }
            InboundContent::Reaction { message_id, emoji } => {
                let mut body = json!({"message_id": message_id});
                // To remove a reaction, Meta omits the key.
                if let Some(emoji) = emoji.as_deref().filter(|emoji| !emoji.is_empty()) {
                    body["emoji"] = emoji.into();
                }
                ("reaction", body)
            }
            InboundContent::Order { order } => ("order", order.clone().unwrap_or_else(samples::order)),
            InboundContent::Unsupported { of } => {
                ("unsupported", json!({"type": of.as_deref().unwrap_or("poll_creation")}))
            }
            InboundContent::Edit { message_id, text } => {
                let message = json!({"type": "text", "text": {"body": text}});
                ("edit", json!({"original_message_id": message_id, "message": message}))
            }
            InboundContent::Revoke { message_id } => ("revoke", json!({"original_message_id": message_id})),
            // Both have webhooks of their own and no body here.
            InboundContent::StaffEcho { .. } | InboundContent::NumberChange { .. } => ("system", Value::Null),
            InboundContent::Raw { .. } => ("text", Value::Null),
        })
    }
}

fn captioned(body: Value, caption: Option<&str>) -> Value {
    match caption {
        Some(caption) if !caption.is_empty() => with(body, "caption", caption.into()),
        _ => body,
    }
}

fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}
