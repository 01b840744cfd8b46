//! Golden requests: the body of each kind of message besides text, and of a block, byte for byte as in Meta's reference.

use super::*;
use crate::domain::{
    block::BlockAct,
    geo_point::GeoPoint,
    message::{
        ContactCard,
        interactive::{InteractiveMessage, ReplyOption},
        outgoing::{FileKind, FileSource},
    },
};

fn pick(payload: &str, title: &str, description: &str) -> ReplyOption {
    let description = description.to_owned();
    ReplyOption { payload: payload.to_owned(), title: title.to_owned(), description, ..ReplyOption::default() }
}

fn file(file: FileKind, caption: &str, filename: Option<&str>) -> OutgoingMessage {
    let source = FileSource::Link("https://acme.test/f".to_owned());
    OutgoingMessage::Media { file, source, caption: caption.to_owned(), filename: filename.map(str::to_owned) }
}

fn interactive(message: InteractiveMessage) -> OutgoingMessage {
    OutgoingMessage::Interactive(message)
}

#[tokio::test]
async fn each_kind_is_sent_as_in_the_reference() {
    let server = Server::answering(json_reply(200, accepted())).await;
    let gateway = patient(&server);
    let buttons = vec![pick("yes", "Yes, please", ""), pick("no", "No", "left out: buttons have none")];
    let rows = vec![pick("mon", "Monday", "from 9"), pick("tue", "Tuesday", "")];
    let below = |section: &str, title: &str| ReplyOption { section: section.to_owned(), ..pick(title, title, "") };
    let headed = vec![below("Week", "Mo"), below("Week", "Tu"), below("Weekend", "Su")];
    let ana = ContactCard {
        name: Some("Ana Costa".to_owned()),
        phones: vec!["+49 30 123456".to_owned()],
        emails: vec!["ana@acme.test".to_owned()],
        organisation: Some("Acme".to_owned()),
        ..ContactCard::default()
    };
    let ben = ContactCard { name: Some("Ben".to_owned()), ..ContactCard::default() };
    let place = |name: &str| OutgoingMessage::Location {
        point: GeoPoint::of(52.520_008, -13.4).expect("a point"),
        name: name.to_owned(),
        address: name.to_owned(),
    };
    let cases = [
        (
            file(FileKind::Image, "Look", Some("left-out.png")),
            json!({"type": "image", "image": {"link": "https://acme.test/f", "caption": "Look"}}),
        ),
        (file(FileKind::Video, "", None), json!({"type": "video", "video": {"link": "https://acme.test/f"}})),
        (
            file(FileKind::Audio, "left out: sound has none", None),
            json!({"type": "audio", "audio": {"link": "https://acme.test/f"}}),
        ),
        (
            file(FileKind::Voice, "left out: sound has none", None),
            json!({"type": "audio", "audio": {"link": "https://acme.test/f", "voice": true}}),
        ),
        (
            file(FileKind::Document, "Read", Some("a.pdf")),
            json!({"type": "document",
                "document": {"link": "https://acme.test/f", "caption": "Read", "filename": "a.pdf"}}),
        ),
        (
            interactive(InteractiveMessage::Buttons { body: "Sure?".into(), buttons }),
            json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "Sure?"},
                "action": {"buttons": [
                    {"type": "reply", "reply": {"id": "yes", "title": "Yes, please"}},
                    {"type": "reply", "reply": {"id": "no", "title": "No"}}]}}}),
        ),
        (
            interactive(InteractiveMessage::List { body: "When?".into(), open: "Days".into(), rows }),
            json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "When?"},
                "action": {"button": "Days", "sections": [{"title": "Days", "rows": [
                    {"id": "mon", "title": "Monday", "description": "from 9"}, {"id": "tue", "title": "Tuesday"}]}]}}}),
        ),
        (
            interactive(InteractiveMessage::LinkButton {
                body: "Pay here".into(),
                label: "Pay".into(),
                url: "https://acme.test/pay?n=1".into(),
            }),
            json!({"type": "interactive", "interactive": {"type": "cta_url", "body": {"text": "Pay here"},
                "action": {"name": "cta_url",
                    "parameters": {"display_text": "Pay", "url": "https://acme.test/pay?n=1"}}}}),
        ),
        (
            interactive(InteractiveMessage::LocationRequest { body: "Where are you?".into() }),
            json!({"type": "interactive", "interactive": {"type": "location_request_message",
                "body": {"text": "Where are you?"}, "action": {"name": "send_location"}}}),
        ),
        (
            interactive(InteractiveMessage::List { body: "When?".into(), open: "Days".into(), rows: headed }),
            json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "When?"},
                "action": {"button": "Days", "sections": [
                    {"title": "Week", "rows": [{"id": "Mo", "title": "Mo"}, {"id": "Tu", "title": "Tu"}]},
                    {"title": "Weekend", "rows": [{"id": "Su", "title": "Su"}]}]}}}),
        ),
        (
            place("Shop"),
            json!({"type": "location",
                "location": {"latitude": 52.520_008, "longitude": -13.4, "name": "Shop", "address": "Shop"}}),
        ),
        (place(""), json!({"type": "location", "location": {"latitude": 52.520_008, "longitude": -13.4}})),
        (
            OutgoingMessage::Reaction { target: Wamid("wamid.IN".to_owned()), emoji: Some("👍".to_owned()) },
            json!({"type": "reaction", "reaction": {"message_id": "wamid.IN", "emoji": "👍"}}),
        ),
        (
            OutgoingMessage::Reaction { target: Wamid("wamid.IN".to_owned()), emoji: None },
            json!({"type": "reaction", "reaction": {"message_id": "wamid.IN", "emoji": ""}}),
        ),
        (
            OutgoingMessage::Contacts { cards: vec![ana, ben] },
            json!({"type": "contacts", "contacts": [
                {"name": {"formatted_name": "Ana Costa", "first_name": "Ana Costa"},
                    "phones": [{"phone": "+49 30 123456"}], "emails": [{"email": "ana@acme.test"}],
                    "org": {"company": "Acme"}},
                {"name": {"formatted_name": "Ben", "first_name": "Ben"}}]}),
        ),
    ];
    for (message, expected) in cases {
        gateway.send(&credentials(), &Send { message, ..text(phone(), None) }).await.expect("accepted");
        let mut whole = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+5511900",
            "biz_opaque_callback_data": "msg_01"});
        whole.as_object_mut().expect("an object").extend(expected.as_object().expect("an object").clone());
        assert_eq!(server.last().body, whole);
    }
}

#[tokio::test]
async fn a_file_of_an_agent_is_named_by_the_id_that_meta_gave_it() {
    let server = Server::answering(json_reply(200, accepted())).await;
    let gateway = patient(&server);
    for (file, expected) in [
        (FileKind::Image, json!({"id": "1037", "caption": "Look"})),
        (FileKind::Video, json!({"id": "1037", "caption": "Look"})),
        (FileKind::Audio, json!({"id": "1037"})),
        (FileKind::Document, json!({"id": "1037", "caption": "Look", "filename": "menu.pdf"})),
        (FileKind::Sticker, json!({"id": "1037"})),
        (FileKind::Voice, json!({"id": "1037", "voice": true})),
    ] {
        let message = OutgoingMessage::uploaded(file, "med_1".into(), "menu.pdf".to_owned(), "Look".to_owned());
        let send = Send { message, remote_file: Some("1037".to_owned()), ..text(phone(), None) };
        gateway.send(&credentials(), &send).await.expect("accepted");
        let body = server.last().body;
        let kind = if file == FileKind::Voice { "audio" } else { file.as_str() };
        assert_eq!((body["type"].as_str(), &body[kind]), (Some(kind), &expected));
    }
}

#[tokio::test]
async fn a_block_names_a_number_and_a_user_id_in_fields_of_their_own() {
    let server = Server::answering(json_reply(200, json!({"messaging_product": "whatsapp"}))).await;
    for (user, named) in [
        (phone(), json!({"user": "+5511900"})),
        (Recipient::UserId("US.13491208655302741918".to_owned()), json!({"user_id": "US.13491208655302741918"})),
    ] {
        patient(&server).set_blocked(&credentials(), &user, BlockAct::Block).await.expect("accepted");
        assert_eq!(server.last().path, "/v26.0/77001/block_users");
        assert_eq!(server.last().body, json!({"messaging_product": "whatsapp", "block_users": [named]}));
    }
}
