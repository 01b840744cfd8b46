//! Templates: sent in a closed window, read again when they may have changed, held, and of one tenant only.

use handoff::{
    contract::templates::{ListedTemplate, TemplatePicker},
    domain::{
        message::{Content, File, Message},
        prices::{Amount, MarketPrices, PriceList},
        template::{
            field::{FieldKey, TemplateValues},
            rank::LastUse,
        },
    },
    server::{
        conversations::agent::NewTemplate,
        simulator::{Extras, InboundContent as Says, InboundMessage, TemplateAnswer},
        store::templates,
    },
};
use serde_json::json;

use super::{
    files::{PNG, ana_with, uploaded},
    *,
};

async fn picker(on: &TestConversation<'_>) -> TemplatePicker {
    let picker = on.app.services.templates.picker(&on.agent, &on.id).await.expect("a list");
    assert_eq!(picker.fault, None);
    picker
}

async fn listed(on: &TestConversation<'_>, name: &str) -> ListedTemplate {
    let found = picker(on).await.templates.into_iter().find(|listed| listed.template.name == name);
    found.unwrap_or_else(|| panic!("{name} is listed"))
}

async fn sends(
    on: &TestConversation<'_>,
    client_id: &str,
    listed: &ListedTemplate,
    values: &TemplateValues,
) -> Result<(), ConversationError> {
    let send = NewTemplate { client_id, template: &listed.id, revision: listed.revision, values };
    on.app.services.conversations.send_template(&on.agent, &on.id, send).await
}

async fn last_template(on: &TestConversation<'_>) -> Message {
    let found = on.messages().await.into_iter().rfind(|message| matches!(message.content, Content::TemplateSent(_)));
    found.expect("a template")
}

/// Meta announces a change of a template.
async fn news(app: &TestApp, name: &str) {
    let value = json!({"event": "PAUSED", "message_template_name": name, "message_template_language": "en_US"});
    app.meta.deliver_field("message_template_status_update", value).await.expect("an answer");
    app.settle().await;
}

on_both!(a_template_reaches_a_closed_window_and_its_tap_the_same_conversation, threads = 4, async |app| {
    // given a window that is closed
    let (luca, cookie) = ana_with(app, "c2").await;
    let photo = uploaded(&luca, &cookie, "parcel.png", PNG).await;
    let before = luca.sent().len();
    app.turn(Span::hours(25));
    let delivery = listed(&luca, "delivery_photo").await;
    assert_eq!(delivery.refusal, None);

    // when a template is sent, at first without a value, and twice by a nervous page
    let mut values = delivery.prefilled.clone();
    values.set(FieldKey::header_file(), photo.id.as_str());
    values.set(FieldKey::button(0), "4711");
    let refused = words(sends(&luca, "one", &delivery, &values).await);
    assert!(refused.starts_with("Text 2: Enter a value."), "{refused}");
    values.set(FieldKey::body("2"), "4711");
    for _ in 0..2 {
        sends(&luca, "one", &delivery, &values).await.expect("is taken");
    }
    app.settle().await;

    // then Meta gets every parameter, once
    let bodies: Vec<_> = luca.sent().into_iter().skip(before).collect();
    let [sent] = bodies.as_slice() else { panic!("one message, not {bodies:#?}") };
    let components = &sent.body["template"]["components"];
    assert!(components[0]["parameters"][0]["image"]["id"].is_string(), "{components}");
    assert_eq!(
        components.as_array().expect("components")[1..],
        [
            json!({"type": "body", "parameters": [{"type": "text", "text": "Luca"}, {"type": "text", "text": "4711"}]}),
            json!({"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "4711"}]}),
            json!({"type": "button", "sub_type": "quick_reply", "index": "1",
                "parameters": [{"type": "payload", "payload": "Call me"}]}),
        ]
    );
    let message = last_template(&luca).await;
    assert_eq!(message.delivery, Some(Delivery::Delivered));
    assert!(matches!(&message.file, Some(File::Kept { url, .. }) if url.ends_with(photo.id.as_str())), "{message:?}");
    assert!(message.content.preview().starts_with("Template: Hi Luca, your parcel 4711"), "{message:?}");

    // and a tap comes back to this conversation
    let tap = Says::TemplateButton { payload: "Call me".into(), text: "Call me".into() };
    let extras = Extras { reply_to: Some(sent.wamid.clone()), ..Extras::default() };
    app.meta.say("c2", InboundMessage { content: tap, extras }).expect("taps");
    app.settle().await;
    let is_tap =
        |message: &Message| matches!(&message.content, Content::TemplateButton { text, .. } if text == "Call me");
    let tapped = luca.messages().await.into_iter().find(is_tap).expect("the tap");
    assert_eq!(tapped.quote.and_then(|quote| quote.message), Some(message.id));
});

on_both!(templates_are_read_again_when_they_may_have_changed, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, "c2").await;
    let appointment = listed(&luca, "appointment").await;
    assert!(picker(&luca).await.templates[0].refusal.is_none(), "those that can be sent come first");

    // What was read is used for some minutes, until Meta says that something has changed.
    app.meta
        .change_template("appointment", |template| template["components"][0]["text"] = "{{first_name}}: {{at}}".into());
    app.turn(Span::minutes(4));
    assert_eq!(listed(&luca, "appointment").await, appointment);
    news(app, "appointment").await;
    let changed = listed(&luca, "appointment").await;
    assert_eq!((changed.id.clone(), changed.revision), (appointment.id.clone(), appointment.revision + 1));
    let gone = words(sends(&luca, "one", &appointment, &appointment.prefilled).await);
    assert!(gone.contains("has changed"), "{gone}");

    // A refusal is followed by a new reading.
    let back = listed(&luca, "we_are_back").await;
    app.meta.change_template("we_are_back", |template| template["status"] = "DISABLED".into());
    app.turn(Span::minutes(1));
    sends(&luca, "two", &back, &back.prefilled).await.expect("is taken");
    app.settle().await;
    assert_eq!(last_template(&luca).await.delivery, Some(Delivery::Failed));
    let refusal = listed(&luca, "we_are_back").await.refusal.unwrap_or_default();
    assert!(refusal.contains("disabled"), "{refusal}");
    // What nobody may send now is not sent by a retry either.
    let failed = last_template(&luca).await.id;
    let refused = words(app.services.conversations.retry(&luca.agent, &luca.id, &failed).await);
    assert_eq!(refused, refusal);
    // Nor are values with another text around them.
    app.meta.change_template("we_are_back", |template| {
        template["status"] = "APPROVED".into();
        template["components"][0]["text"] = "We are back.".into();
    });
    news(app, "we_are_back").await;
    assert_eq!(listed(&luca, "we_are_back").await.refusal, None);
    let refused = words(app.services.conversations.retry(&luca.agent, &luca.id, &failed).await);
    assert!(refused.contains("has changed since"), "{refused}");
});

on_both!(a_held_template_is_not_sent_until_meta_says_so, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, "c2").await;
    let mut settings = app.meta.settings();
    settings.templates = TemplateAnswer::Held;
    app.meta.set_settings(settings);
    let back = listed(&luca, "we_are_back").await;
    sends(&luca, "one", &back, &back.prefilled).await.expect("is taken");
    app.settle().await;

    let held = last_template(&luca).await;
    assert_eq!(held.delivery, Some(Delivery::Queued));
    assert!(held.fault.is_some_and(|fault| fault.detail.contains("holds this message") && fault.again.is_none()));

    let sent = luca.sent().pop().expect("accepted");
    let status = crate::meta::status("15550000000", &sent.wamid, app.now(), "sent");
    assert_eq!(app.webhook(&status).await, http::StatusCode::OK);
    app.settle().await;
    let message = last_template(&luca).await;
    assert_eq!((message.delivery, message.fault), (Some(Delivery::Sent), None));
});

on_both!(a_template_of_another_tenant_does_not_exist, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, "c2").await;
    let own = listed(&luca, "we_are_back").await;
    let (other, _) = app.other_tenant().await;
    let mut foreign = own.clone();
    foreign.id = "tpl_foreign".into();
    let mut tx = app.services.db.begin_write().await.expect("begins");
    templates::save(&mut tx, &other, crate::app::WABA, &foreign.id, &foreign.template).await.expect("stored");
    tx.commit().await.expect("commits");

    let listed = picker(&luca).await.templates;
    assert!(listed.iter().all(|listed| listed.id != foreign.id));
    let refused = words(sends(&luca, "one", &foreign, &foreign.prefilled).await);
    assert!(refused.contains("no longer exists"), "{refused}");
});

on_both!(who_used_a_template_last_is_known_to_each_agent, threads = 4, async |app| {
    let ana = desk(app).await;
    let luca = conversation(app, &ana, "c2").await;
    let (ben, _) = app.agent("Ben").await;
    let before = listed(&luca, "we_are_back").await;
    assert_eq!((before.last_use, before.price.as_deref()), (LastUse::Never, None));
    // given a price of messages to Italy
    let row = MarketPrices { calling_code: "39".to_owned(), utility: Some(Amount(30_000)), ..MarketPrices::default() };
    let list = PriceList { currency: "EUR".to_owned(), markets: vec![row] };
    app.services.settings.prices_save(&app.tenant, Initiator::SYSTEM, 0, list).await.expect("prices");
    // when Ana sends it, then it is hers, and the team's for Ben
    let at = app.now();
    sends(&luca, "one", &before, &before.prefilled).await.expect("is taken");
    app.settle().await;
    let after = listed(&luca, "we_are_back").await;
    assert_eq!((after.last_use, after.price.as_deref()), (LastUse::Own(at), Some("€0.03")));
    let of_ben = app.services.templates.picker(&ben, &luca.id).await.expect("a list").templates;
    let of_ben = of_ben.into_iter().find(|listed| listed.template.name == "we_are_back").expect("is listed");
    assert_eq!(of_ben.last_use, LastUse::Team(at));
});
