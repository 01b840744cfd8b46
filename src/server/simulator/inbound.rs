//! What a customer can do: every inbound kind of message, with the ids that the customer shows.
//!
//! To add a kind: a variant of [`InboundContent`], its body in `wire.rs`, and a bubble in `phone-chat.js`.

mod wire;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Simulator,
    customers::PhoneUser,
    delivery::WebhookEvent,
    ids::{self, WamidDirection},
    statuses::{self, StatusProfile},
    thread::{ThreadAuthor, ThreadLine, Tick},
};

/// An action of a customer.
#[derive(Clone, Debug, Deserialize)]
pub struct InboundMessage {
    /// The action.
    #[serde(flatten)]
    pub content: InboundContent,
    /// Its options.
    #[serde(flatten)]
    pub extras: Extras,
}

impl From<InboundContent> for InboundMessage {
    fn from(content: InboundContent) -> Self {
        Self { content, extras: Extras::default() }
    }
}

/// Options of any message.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// The wamid of the quoted message.
    pub reply_to: Option<String>,
    /// How often it was forwarded before.
    pub forwarded: Option<ForwardedAs>,
    /// The ad or post from which the customer came, in Meta's format.
    pub referral: Option<Value>,
    /// Epoch ms, for late messages; absent means now.
    pub at: Option<i64>,
}

/// How often a message was forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForwardedAs {
    /// A few times.
    Once,
    /// Many times.
    Often,
}

/// The kinds. `media` is an id from `/sim/upload`, or absent for a sample. JSON values are in Meta's format.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the variants and fields are the wire's own words")]
pub enum InboundContent {
    Text {
        text: String,
    },
    Image {
        media: Option<String>,
        caption: Option<String>,
    },
    Video {
        media: Option<String>,
        caption: Option<String>,
    },
    Audio {
        media: Option<String>,
    },
    Voice {
        media: Option<String>,
    },
    Document {
        media: Option<String>,
        caption: Option<String>,
        filename: Option<String>,
    },
    Sticker {
        media: Option<String>,
    },
    Location {
        latitude: f64,
        longitude: f64,
        name: Option<String>,
        address: Option<String>,
    },
    Contacts {
        contacts: Option<Value>,
    },
    ButtonReply {
        id: String,
        title: String,
    },
    ListReply {
        id: String,
        title: String,
        description: Option<String>,
    },
    TemplateButton {
        payload: String,
        text: String,
    },
    FlowReply {
        response_json: String,
    },
    Reaction {
        message_id: String,
        emoji: Option<String>,
    },
    Order {
        order: Option<Value>,
    },
    Unsupported {
        of: Option<String>,
    },
    Edit {
        message_id: String,
        text: String,
    },
    Revoke {
        message_id: String,
    },
    /// Staff reply in the WhatsApp Business app.
    StaffEcho {
        text: String,
    },
    /// The customer changes the number, and with it the user id.
    NumberChange {
        phone: String,
    },
    /// Any message; merged over `from`, `id` and `timestamp`.
    Raw {
        message: Value,
    },
}

/// Why an action failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SayError {
    /// No customer has this id, number or user id.
    #[error("no such customer: {0}")]
    NoCustomer(String),
    /// The file is unknown or has expired.
    #[error("no such file: {0}")]
    NoMedia(String),
    /// The message to edit, delete or quote is not on this phone.
    #[error("no such message on this phone: {0}")]
    NoMessage(String),
}

impl Simulator {
    /// A customer sends a text. `customer` is an id, user id, username or number. An unknown number creates a customer.
    pub fn customer_says(&self, customer: &str, text: &str) -> Result<String, SayError> {
        self.say(customer, InboundContent::Text { text: text.to_owned() }.into())
    }

    /// Performs a customer's action and queues the webhook. Returns the wamid of the new message.
    pub fn say(&self, customer: &str, say: InboundMessage) -> Result<String, SayError> {
        let at = say.extras.at.unwrap_or_else(|| self.inner.now());
        let (wamid, who) = {
            let mut world = self.inner.world();
            let unknown = || SayError::NoCustomer(customer.to_owned());
            let id = world.find_or_add(customer, self.inner.now()).ok_or_else(unknown)?;
            let who = world.find(&id).ok_or_else(unknown)?.customer.clone();
            let from_business = matches!(say.content, InboundContent::StaffEcho { .. });
            let direction = if from_business { WamidDirection::FromBusiness } else { WamidDirection::FromCustomer };
            let now = self.inner.now();
            (ids::wamid(&mut world.rng, now, who.party(), direction), who)
        };
        if let InboundContent::StaffEcho { text } = &say.content {
            self.staff_echo(&wamid, &who, text, at);
        } else if let InboundContent::NumberChange { phone } = &say.content {
            self.number_change(&wamid, &who, phone, at)?;
        } else {
            self.customer_message(&wamid, &who, &say, at)?;
        }
        self.inner.changed();
        Ok(wamid)
    }

    fn customer_message(&self, wamid: &str, who: &PhoneUser, say: &InboundMessage, at: i64) -> Result<(), SayError> {
        let (kind, body) = self.wire(&say.content)?;
        let mut message = json!({"id": wamid, "timestamp": (at / 1000).to_string(), "type": kind});
        if let Some(phone) = &who.phone {
            message["from"] = phone.as_str().into();
        }
        if let Some(user_id) = &who.user_id {
            message["from_user_id"] = user_id.as_str().into();
        }
        if !body.is_null() {
            message[kind] = body.clone();
        }
        if matches!(say.content, InboundContent::Unsupported { .. }) {
            message["errors"] = json!([statuses::error(131_051)]);
        }
        if let Some(context) = self.context(&say.extras) {
            message["context"] = context;
        }
        if let Some(referral) = &say.extras.referral {
            message["referral"] = referral.clone();
        }
        if let (InboundContent::Raw { message: Value::Object(over) }, Value::Object(message)) =
            (&say.content, &mut message)
        {
            message.extend(over.clone());
        }
        self.show(wamid, who, say, kind, body, at)?;
        let inner = json!({"contacts": [statuses::contact(who, StatusProfile::Full)], "messages": [message]});
        let (field, value) = self.addressed(who, inner);
        self.enqueue(WebhookEvent { field: field.to_owned(), value, wamid: Some(wamid.to_owned()), answered: None });
        Ok(())
    }

    fn context(&self, extras: &Extras) -> Option<Value> {
        match (&extras.reply_to, extras.forwarded) {
            (Some(id), _) => Some(json!({"from": ids::digits(&self.inner.config.display_phone_number), "id": id})),
            (None, Some(ForwardedAs::Once)) => Some(json!({"forwarded": true})),
            (None, Some(ForwardedAs::Often)) => Some(json!({"frequently_forwarded": true})),
            (None, None) => None,
        }
    }

    /// Adds the message to the phone, or changes the one that it refers to.
    fn show(
        &self,
        wamid: &str,
        who: &PhoneUser,
        say: &InboundMessage,
        kind: &str,
        body: Value,
        at: i64,
    ) -> Result<(), SayError> {
        let mut world = self.inner.world();
        let phone = world.find_mut(&who.id).ok_or_else(|| SayError::NoCustomer(who.id.clone()))?;
        let missing = |id: &String| SayError::NoMessage(id.clone());
        if let InboundContent::Reaction { message_id, emoji } = &say.content {
            phone.line(message_id).ok_or_else(|| missing(message_id))?.customer_reaction =
                emoji.clone().filter(|emoji| !emoji.is_empty());
        } else if let InboundContent::Edit { message_id, text } = &say.content {
            let line = phone.line(message_id).ok_or_else(|| missing(message_id))?;
            line.edited = true;
            line.body = json!({"body": text});
        } else if let InboundContent::Revoke { message_id } = &say.content {
            phone.line(message_id).ok_or_else(|| missing(message_id))?.revoked = true;
        } else {
            let mut line = ThreadLine::new(wamid.to_owned(), ThreadAuthor::Customer, at, kind, body);
            line.tick = Tick::Sent;
            line.quote = say.extras.reply_to.clone();
            line.forwarded = say.extras.forwarded;
            phone.lines.push(line);
            phone.last_inbound = phone.last_inbound.max(Some(at));
            if say.extras.referral.is_some() {
                phone.referred_at = Some(at);
            }
        }
        Ok(())
    }

    fn staff_echo(&self, wamid: &str, who: &PhoneUser, text: &str, at: i64) {
        let mut echo = json!({"from": ids::digits(&self.inner.config.display_phone_number), "id": wamid,
            "timestamp": (at / 1000).to_string(), "type": "text", "text": {"body": text}});
        if let Some(phone) = &who.phone {
            echo["to"] = phone.as_str().into();
        }
        if let Some(user_id) = &who.user_id {
            echo["to_user_id"] = user_id.as_str().into();
        }
        if let Some(phone) = self.inner.world().find_mut(&who.id) {
            phone.lines.push(ThreadLine::new(wamid.to_owned(), ThreadAuthor::Staff, at, "text", json!({"body": text})));
        }
        let mut value = self.value_head();
        value["contacts"] = json!([statuses::contact(who, StatusProfile::Full)]);
        value["message_echoes"] = json!([echo]);
        self.enqueue(WebhookEvent { field: "smb_message_echoes".to_owned(), value, wamid: None, answered: None });
    }

    fn number_change(&self, wamid: &str, who: &PhoneUser, number: &str, at: i64) -> Result<(), SayError> {
        let new = ids::digits(number);
        let body = {
            let mut world = self.inner.world();
            let user_id = who.user_id.as_ref().map(|_| ids::user(&mut world.rng, ids::country(&new), at));
            let phone = world.find_mut(&who.id).ok_or_else(|| SayError::NoCustomer(who.id.clone()))?;
            let old = who.phone.as_deref().unwrap_or("a hidden number");
            let mut body = json!({"type": "user_changed_number", "wa_id": new,
                "body": format!("{} changed from {old} to {new}", who.name)});
            if let (Some(new), Some(old)) = (&user_id, &who.user_id) {
                body["user_id"] = new.as_str().into();
                body["previous_user_id"] = old.as_str().into();
            }
            phone.customer.phone = Some(new);
            phone.customer.user_id = user_id;
            body
        };
        let mut message = json!({"id": wamid, "timestamp": (at / 1000).to_string(), "type": "system", "system": body});
        if let Some(old) = &who.phone {
            message["from"] = old.as_str().into();
        }
        let mut value = self.value_head();
        value["messages"] = json!([message]);
        self.enqueue(WebhookEvent { field: "messages".to_owned(), value, wamid: None, answered: None });
        Ok(())
    }
}
