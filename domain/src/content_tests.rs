use super::*;
use crate::template::{
    TemplateCategory,
    message::{TemplateMessage, TemplateParameters},
    preview::TemplatePreview,
};

fn attachment(caption: Option<&str>) -> Attachment {
    Attachment { caption: caption.map(str::to_owned), ..Attachment::default() }
}

fn text(body: &str) -> Content {
    Content::Text { body: body.into() }
}

fn image(caption: Option<&str>) -> Content {
    Content::Image { media: attachment(caption) }
}

fn document(caption: Option<&str>, filename: Option<&str>) -> Content {
    Content::Document { media: attachment(caption), filename: filename.map(str::to_owned) }
}

fn audio(voice: bool) -> Content {
    Content::Audio { media: attachment(Some("not shown")), voice }
}

fn location(name: Option<&str>, address: Option<&str>) -> Content {
    let (name, address) = (name.map(str::to_owned), address.map(str::to_owned));
    Content::Location { latitude: 45.5, longitude: 9.0, name, address, url: None }
}

fn contacts(names: &[Option<&str>]) -> Content {
    let card = |name: &Option<&str>| ContactCard { name: name.map(str::to_owned), ..ContactCard::default() };
    Content::Contacts { cards: names.iter().map(card).collect() }
}

fn order(items: usize, text: Option<&str>) -> Content {
    let item = OrderItem { product: "p".into(), quantity: 1, price: 1.0, currency: None };
    Content::Order { catalog: None, text: text.map(str::to_owned), items: vec![item; items] }
}

fn button(title: &str) -> Content {
    Content::ButtonReply { id: "yes".into(), title: title.into() }
}

fn list_reply(title: &str) -> Content {
    Content::ListReply { id: "mon".into(), title: title.into(), description: None }
}

fn template_button(payload: Option<&str>) -> Content {
    Content::TemplateButton { payload: payload.map(str::to_owned), text: "Track".into() }
}

fn reaction(emoji: Option<&str>) -> Content {
    Content::Reaction { target: Wamid("wamid.1".into()), emoji: emoji.map(str::to_owned) }
}

fn unsupported(inner: Option<&str>) -> Content {
    Content::Unsupported { inner: inner.map(str::to_owned), code: None, details: None }
}

fn form(body: Option<&str>) -> Content {
    Content::FormReply { name: None, body: body.map(str::to_owned), fields: "{}".into() }
}

fn edit(content: Content) -> Content {
    Content::Edit { target: Wamid("wamid.1".into()), content: Box::new(content) }
}

fn revoke() -> Content {
    Content::Revoke { target: Wamid("wamid.1".into()) }
}

fn template_sent() -> Content {
    let preview = TemplatePreview { body: "Hi *Mina*".into(), ..TemplatePreview::default() };
    Content::TemplateSent(Box::new(TemplateMessage {
        name: "hello".into(),
        language: "en_US".into(),
        category: TemplateCategory::Utility,
        parameters: TemplateParameters::default(),
        preview,
    }))
}

fn template(body: Option<&str>) -> Content {
    Content::Template { name: "shipping_update".into(), language: None, body: body.map(str::to_owned) }
}

fn interactive() -> Content {
    Content::Interactive { body: "Sure?".into(), options: vec!["Yes".into()] }
}

fn sent() -> Content {
    Content::InteractiveSent(InteractiveMessage::LocationRequest { body: "Where?".into() })
}

fn permission(answer: Option<&str>) -> Content {
    Content::CallPermission { answer: answer.map(str::to_owned) }
}

/// One content per kind, with the kind's name and its effect.
fn kinds() -> Vec<(Content, &'static str, TurnEffect)> {
    use TurnEffect::{Customer, Notice, Silent};
    vec![
        (text("hi"), "text", Customer),
        (image(None), "image", Customer),
        (Content::Video { media: attachment(None) }, "video", Customer),
        (audio(true), "audio", Customer),
        (document(None, None), "document", Customer),
        (Content::Sticker { media: attachment(None), animated: false }, "sticker", Customer),
        (location(None, None), "location", Customer),
        (contacts(&[]), "contacts", Customer),
        (button("Yes"), "button_reply", Customer),
        (list_reply("Monday"), "list_reply", Customer),
        (form(None), "form_reply", Customer),
        (permission(None), "call_permission", Customer),
        (Content::InteractiveMissing, "interactive_missing", Customer),
        (template_button(None), "template_button", Customer),
        (reaction(None), "reaction", Silent),
        (order(1, None), "order", Customer),
        (unsupported(None), "unsupported", Notice),
        (edit(text("hi")), "edit", Silent),
        (revoke(), "revoke", Silent),
        (Content::RequestWelcome, "request_welcome", Silent),
        (template(None), "template", Customer),
        (template_sent(), "template_sent", Customer),
        (interactive(), "interactive", Customer),
        (sent(), "location_request", Customer),
    ]
}

#[test]
fn every_kind_has_its_name_and_its_effect() {
    for (content, kind, effect) in kinds() {
        assert_eq!((content.kind(), content.turn()), (kind, effect));
        let json = serde_json::to_value(&content).expect("content is JSON");
        let tag = json.as_str().or_else(|| json.as_object()?.keys().next().map(String::as_str));
        assert_eq!(tag, Some(kind), "the kind is the stored tag");
    }
}

#[test]
fn every_kind_has_a_preview_with_its_most_telling_detail() {
    let table = [
        (text(" two\n lines "), "two lines"),
        (text("*Hi*, 2*3*4 _now_"), "Hi, 2*3*4 now"),
        (text("a\u{202e}b"), "ab"),
        (image(Some("*Look*")), "Photo: Look"),
        (document(None, Some("_a_.pdf")), "Document: _a_.pdf"),
        (document(None, Some("invoice\u{202e}fdp.exe")), "Document: invoicefdp.exe"),
        (image(None), "Photo"),
        (image(Some("  ")), "Photo"),
        (image(Some(" Look ")), "Photo: Look"),
        (Content::Video { media: attachment(Some("Look")) }, "Video: Look"),
        (audio(true), "Voice message"),
        (audio(false), "Audio"),
        (document(Some("Look"), None), "Document: Look"),
        (document(Some("Look"), Some("a.pdf")), "Document: a.pdf"),
        (Content::Sticker { media: attachment(None), animated: true }, "Sticker"),
        (location(None, Some("Street 5")), "Location: Street 5"),
        (location(Some("Shop"), Some("Street 5")), "Location: Shop"),
        (contacts(&[]), "Contact"),
        (contacts(&[Some("Ana")]), "Contact: Ana"),
        (contacts(&[Some("Ana"), None]), "Contact: Ana and 1 more"),
        (contacts(&[None, Some("Ana"), None]), "Contact and 2 more"),
        (button("Yes"), "Yes"),
        (list_reply("Monday"), "Monday"),
        (form(Some("Sent")), "Form: Sent"),
        (form(None), "Form"),
        (permission(Some("accept")), "Call permission: accept"),
        (Content::InteractiveMissing, "Answer not shared by WhatsApp"),
        (template_button(Some("track")), "Track"),
        (reaction(Some("👍")), "Reacted 👍"),
        (reaction(None), "Removed a reaction"),
        (order(0, None), "Order: 0 items"),
        (order(1, Some("note")), "Order: 1 item"),
        (order(2, None), "Order: 2 items"),
        (unsupported(Some("poll_creation")), "Unsupported message: poll creation"),
        (unsupported(None), "Unsupported message"),
        (edit(image(Some("Look"))), "Edited: Photo: Look"),
        (revoke(), "Deleted a message"),
        (Content::RequestWelcome, "Opened the chat"),
        (template(Some("On its way")), "Template: On its way"),
        (template(None), "Template: shipping_update"),
        (template_sent(), "Template: Hi Mina"),
        (interactive(), "Sure?"),
        (sent(), "Where?"),
    ];
    for (content, expected) in table {
        assert_eq!(content.preview(), expected);
    }
    assert_eq!(text(&"a".repeat(161)).preview(), format!("{}…", "a".repeat(159)));
}

#[test]
fn text_is_what_keywords_match_and_typed_text_is_what_a_language_is_detected_from() {
    let table = [
        (text("hi"), Some("hi"), Some("hi")),
        (text(" \n"), None, None),
        (image(Some("Look")), Some("Look"), Some("Look")),
        (Content::Video { media: attachment(Some("Look")) }, Some("Look"), Some("Look")),
        (document(Some("Look"), Some("a.pdf")), Some("Look"), Some("Look")),
        (document(None, Some("a.pdf")), None, None),
        (audio(true), None, None),
        // The business wrote the titles of buttons and rows, so they say nothing about the customer's language.
        (button("Yes"), Some("Yes"), None),
        (list_reply("Monday"), Some("Monday"), None),
        (template_button(None), Some("Track"), None),
        (order(1, Some("Quickly")), Some("Quickly"), None),
        (order(1, None), None, None),
        (location(Some("Shop"), None), None, None),
        (form(Some("Sent")), None, None),
        (edit(text("hi")), None, None),
        (template(Some("On its way")), None, None),
        (interactive(), None, None),
        (sent(), None, None),
    ];
    for (content, text, typed) in table {
        assert_eq!((content.text(), content.typed()), (text, typed), "{content:?}");
    }
}

#[test]
fn only_a_tap_on_one_of_our_options_has_a_payload() {
    let with_payload = [
        (button("Yes"), Some("yes")),
        (list_reply("Monday"), Some("mon")),
        (template_button(Some("track")), Some("track")),
        (template_button(None), None),
    ];
    for (content, payload) in with_payload {
        assert_eq!(content.payload(), payload, "{content:?}");
    }
    for (content, kind, _) in kinds() {
        let tap = matches!(kind, "button_reply" | "list_reply");
        assert_eq!(content.payload().is_some(), tap, "{kind}");
    }
}

#[test]
fn the_attachment_of_an_edit_is_that_of_its_new_content() {
    for (mut content, kind, _) in kinds() {
        let has_file = matches!(kind, "image" | "video" | "audio" | "document" | "sticker");
        assert_eq!(content.attachment().is_some(), has_file, "{kind}");
        assert_eq!(content.attachment_mut().is_some(), has_file, "{kind}");
    }
    let mut edited = edit(image(Some("Look")));
    assert_eq!(edited.attachment(), Some(&attachment(Some("Look"))));
    if let Some(media) = edited.attachment_mut() {
        media.caption = None;
    }
    assert_eq!(edited, edit(image(None)));
}

#[test]
fn a_search_looks_through_everything_that_people_wrote() {
    let captioned = Attachment { caption: Some("a lamp".into()), ..Attachment::default() };
    let table = [
        (Content::Text { body: "hello".into() }, "hello"),
        (Content::Image { media: captioned.clone() }, "a lamp"),
        (Content::Document { media: captioned, filename: Some("bill.pdf".into()) }, "a lamp\nbill.pdf"),
        (
            Content::FormReply {
                name: None,
                body: Some("Sent".into()),
                fields: r#"{"a":"Rue 1","b":[7,{"c":"x"}]}"#.into(),
            },
            "Sent\nRue 1\n7\nx",
        ),
        (Content::Interactive { body: "Which?".into(), options: vec!["Red".into()] }, "Which?\nRed"),
        (Content::InteractiveMissing, ""),
        (Content::Edit { target: Wamid("w".into()), content: Box::new(Content::Text { body: "new".into() }) }, "new"),
    ];
    for (content, expected) in table {
        assert_eq!(content.search_text(), expected, "{content:?}");
    }
}

#[test]
fn a_placeholder_is_filled_by_a_message_only() {
    let unsupported =
        |inner: Option<&str>| Content::Unsupported { inner: inner.map(str::to_owned), code: None, details: None };
    assert!(unsupported(Some("media_placeholder")).is_placeholder());
    assert!(!unsupported(Some("poll_creation")).is_placeholder() && !unsupported(None).is_placeholder());
    let text = Content::Text { body: "media_placeholder".to_owned() };
    assert!(text.fills_placeholder() && !text.is_placeholder());
    assert!(Content::Image { media: Attachment::default() }.fills_placeholder());
    for content in [unsupported(Some("media_placeholder")), unsupported(None), Content::RequestWelcome] {
        assert!(!content.fills_placeholder(), "{content:?}");
    }
}
