//! What an agent fills in a form for reaches the phone once, and follows the rules of a reply.

use handoff::{
    domain::message::{
        Content,
        composed::{
            ComposedButtons, ComposedContact, ComposedLink, ComposedList, ComposedLocationRequest, ComposedMessage,
            ComposedPlace, ComposedRow,
        },
    },
    server::simulator::{Extras, InboundContent as Says, InboundMessage},
};
use serde_json::json;

use super::*;

const CUSTOMER: &str = "c2";

fn place() -> ComposedMessage {
    ComposedMessage::Location(ComposedPlace {
        place: "https://maps.google.com/?q=52.525,13.369".into(),
        name: "Central Station".into(),
        address: String::new(),
    })
}

fn every_form() -> Vec<ComposedMessage> {
    let row = |heading: &str, title: &str| ComposedRow {
        heading: heading.into(),
        title: title.into(),
        ..ComposedRow::default()
    };
    vec![
        place(),
        ComposedMessage::LocationRequest(ComposedLocationRequest::default()),
        ComposedMessage::Contact(ComposedContact {
            name: "Ana Costa".into(),
            phone: "+49 30 123456".into(),
            ..ComposedContact::default()
        }),
        ComposedMessage::Buttons(ComposedButtons { text: "Sure?".into(), titles: vec!["Yes".into(), "No".into()] }),
        ComposedMessage::List(ComposedList {
            text: "When?".into(),
            open: "Days".into(),
            rows: vec![row("Week", "Monday"), row("Weekend", "Sunday")],
        }),
        ComposedMessage::Link(ComposedLink {
            text: "Pay here".into(),
            label: "Pay".into(),
            url: "https://acme.test/pay".into(),
        }),
    ]
}

on_both!(every_form_reaches_the_phone_once_and_a_tap_comes_back, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, CUSTOMER).await;
    let before = luca.sent().len();

    for (nth, form) in every_form().iter().enumerate() {
        for _press in 0..2 {
            let (id, client_id) = (&luca.id, format!("form-{nth}"));
            app.services.conversations.send_composed(&ana, id, &client_id, form, None).await.expect("sends");
        }
        app.settle().await;
    }

    let lines: Vec<_> = app.meta.thread(CUSTOMER).expect("a phone");
    let got: Vec<_> = lines.into_iter().filter(|line| line.author == By::Business).skip(before).collect();
    let wanted = [
        ("location", json!({"latitude": 52.525, "longitude": 13.369, "name": "Central Station"})),
        (
            "interactive",
            json!({"type": "location_request_message", "body": {"text": "Please share your location."},
                "action": {"name": "send_location"}}),
        ),
        (
            "contacts",
            json!([{"name": {"formatted_name": "Ana Costa", "first_name": "Ana Costa"},
                "phones": [{"phone": "+49 30 123456"}]}]),
        ),
        (
            "interactive",
            json!({"type": "button", "body": {"text": "Sure?"}, "action": {"buttons": [
                {"type": "reply", "reply": {"id": "agent-option-1", "title": "Yes"}},
                {"type": "reply", "reply": {"id": "agent-option-2", "title": "No"}}]}}),
        ),
        (
            "interactive",
            json!({"type": "list", "body": {"text": "When?"}, "action": {"button": "Days", "sections": [
                {"title": "Week", "rows": [{"id": "agent-option-1", "title": "Monday"}]},
                {"title": "Weekend", "rows": [{"id": "agent-option-2", "title": "Sunday"}]}]}}),
        ),
        (
            "interactive",
            json!({"type": "cta_url", "body": {"text": "Pay here"}, "action": {"name": "cta_url",
                "parameters": {"display_text": "Pay", "url": "https://acme.test/pay"}}}),
        ),
    ];
    let shown: Vec<_> = got.iter().map(|line| (line.kind.as_str(), line.body.clone())).collect();
    assert_eq!(shown, wanted);

    let tap = Says::ButtonReply { id: "agent-option-1".into(), title: "Yes".into() };
    let extras = Extras { reply_to: Some(got[3].id.clone()), ..Extras::default() };
    app.meta.say(CUSTOMER, InboundMessage { content: tap, extras }).expect("taps");
    app.settle().await;
    let messages = luca.messages().await;
    let ours: Vec<_> = messages.iter().filter(|message| message.author == Author::Agent(ana.id().clone())).collect();
    assert!(ours.iter().all(|message| message.delivery == Some(Delivery::Delivered)), "{ours:#?}");
    let tapped = messages.iter().find(|message| matches!(message.content, Content::ButtonReply { .. }));
    let quote = tapped.and_then(|message| message.quote.clone()).expect("the tap quotes its question");
    assert_eq!(quote.preview.as_deref(), Some("Sure?"));
});

on_both!(a_form_follows_the_rules_of_a_reply, threads = 4, async |app| {
    let ana = desk(app).await;
    let (ben, _) = app.agent("Ben").await;
    let luca = conversation(app, &ana, CUSTOMER).await;
    let sent = luca.sent().len();
    let send = async |agent: &Agent, form: ComposedMessage| {
        words(app.services.conversations.send_composed(agent, &luca.id, "one", &form, None).await)
    };

    let nowhere = ComposedMessage::Location(ComposedPlace { place: "here".into(), ..ComposedPlace::default() });
    let refused = send(&ana, nowhere).await;
    assert!(refused.contains("like 52.52, 13.405"), "{refused}");
    send(&ben, place()).await;
    app.turn(Span::hours(24));
    let late = send(&ana, place()).await;
    assert!(late.contains("24-hour reply window is closed"), "{late}");
    app.settle().await;
    assert_eq!(luca.sent().len(), sent, "nothing was sent");
});
