//! Templates that admins chose for automatic messages: sent in a closed window only, as they were chosen, and to whom they
//! reach.

use std::collections::BTreeMap;

use handoff::{
    contract::window_templates::{ChosenWindowTemplate, OfferedTemplate, WindowTemplateChoice},
    domain::{
        automation::AutomationBounds,
        block::BlockReason,
        conversation::{EndingKind, EndingPress, Goodbye},
        desk::RowState,
        settings::SilenceTimes,
        template::{field::FieldKey, value_source::ValueSource},
        window::closed::FieldValue,
    },
    server::settings::SettingsError,
};
use serde_json::json;

use super::*;

type Values<'a> = &'a [(&'a str, Option<ValueSource>, &'a str)];

async fn offered(app: &TestApp, name: &str) -> OfferedTemplate {
    let choices = app.services.templates.window_choices(&app.tenant).await.expect("choices");
    let [number] = choices.numbers.as_slice() else { panic!("one number") };
    assert_eq!(number.fault, None);
    let found = number.templates.iter().find(|offered| offered.template.name == name);
    found.unwrap_or_else(|| panic!("{name} is offered")).clone()
}

async fn try_choose(app: &TestApp, text: TextName, name: &str, values: Values<'_>) -> Result<(), SettingsError> {
    let template = offered(app, name).await;
    let channel = app.services.templates.window_choices(&app.tenant).await.expect("choices").numbers[0].channel.clone();
    let value = |(place, source, text): &(&str, Option<ValueSource>, &str)| {
        (FieldKey::body(place), FieldValue { source: source.clone(), text: (*text).to_owned() })
    };
    let values: BTreeMap<FieldKey, FieldValue> = values.iter().map(value).collect();
    let choice = Some(WindowTemplateChoice { template: template.id, revision: template.revision, values });
    let save = ChosenWindowTemplate { text, channel, choice };
    app.services.settings.window_template_save(&app.tenant, Initiator::SYSTEM, save).await
}

async fn choose(app: &TestApp, text: TextName, name: &str, values: Values<'_>) {
    try_choose(app, text, name, values).await.expect("is saved");
}

/// The one for *order_update*.
const ORDER: [(&str, Option<ValueSource>, &str); 2] =
    [("1", Some(ValueSource::CustomerFirstName), "there"), ("2", None, "4711")];

async fn text_is(app: &TestApp, name: TextName, text: &str) {
    app.services.settings.text_save(&app.tenant, Initiator::SYSTEM, name, text.to_owned()).await.expect("a text");
}

/// The names of the templates that Meta accepted for the customer.
fn templates_sent(on: &TestConversation<'_>) -> Vec<String> {
    let name = |sent: SentRequest| sent.body["template"]["name"].as_str().map(str::to_owned);
    on.sent().into_iter().filter_map(name).collect()
}

async fn closes(on: &TestConversation<'_>) {
    let seen = on.row().await.last_turn;
    on.app.services.conversations.close(&on.agent, &on.id, seen).await.expect("closes");
    on.app.settle().await;
}

async fn told(on: &TestConversation<'_>) -> Vec<String> {
    on.lines().await.into_iter().map(|line| line.text).filter(|text| text.contains("not sent")).collect()
}

on_both!(a_closing_message_is_a_template_once_the_window_has_closed, threads = 4, async |app| {
    let ana = desk(app).await;
    text_is(app, TextName::Closing, "Bye.").await;
    choose(app, TextName::Closing, "order_update", &ORDER).await;
    // given a window that is open, then the customer gets the text
    let noor = new_conversation(app, &ana, "Noor Haddad").await;
    assert_eq!(app.thread(&ana, &noor.id).await.goodbye_template, None);
    closes(&noor).await;
    assert_eq!((noor.times_sent("Bye."), templates_sent(&noor)), (1, vec![]));
    // given one that has closed, then the template, which the agent has seen before
    let luca = conversation(app, &ana, "c2").await;
    app.turn(Span::hours(25));
    let thread = app.thread(&ana, &luca.id).await;
    let words = "Hi Luca, order 4711 is on its way.";
    assert_eq!((thread.goodbye, thread.goodbye_template.map(|template| template.text)), (None, Some(words.to_owned())));
    closes(&luca).await;
    assert_eq!((luca.times_sent("Bye."), templates_sent(&luca)), (0, vec!["order_update".to_owned()]));
    let sent = luca.sent().pop().expect("a template");
    let parameters = json!([{"type": "text", "text": "Luca"}, {"type": "text", "text": "4711"}]);
    assert_eq!(sent.body["template"]["components"][0]["parameters"], parameters);
    let message = luca.messages().await.pop().expect("a message");
    assert_eq!((message.author, message.delivery), (Author::System, Some(Delivery::Delivered)));
    assert_eq!(told(&luca).await, Vec::<String>::new());
});

on_both!(a_template_is_sent_in_the_customers_language, threads = 4, async |app| {
    let ana = desk(app).await;
    // given a template that WhatsApp has in two languages
    app.meta.change_template("appointment", |template| {
        template["name"] = json!("order_update");
        template["language"] = json!("pt_BR");
        template["parameter_format"] = json!("POSITIONAL");
        template["components"] = json!([
            {"type": "HEADER", "format": "TEXT", "text": "Seu pedido"},
            {"type": "BODY", "text": "{{1}}, o pedido {{2}} está a caminho.", "example": {"body_text": [["Ada", "4711"]]}}
        ]);
    });
    choose(app, TextName::Closing, "order_update", &ORDER).await;
    let luca = conversation(app, &ana, "c2").await;
    let words = "Meu pedido ainda não chegou, o que faço?";
    app.meta.customer_says("c2", words).expect("a customer");
    app.settle().await;
    assert_eq!(app.thread(&ana, &luca.id).await.customer.language.as_deref(), Some("pt"));
    let noor = new_conversation(app, &ana, "Noor Haddad").await;
    app.turn(Span::hours(25));
    // when the window has closed, then the agent reads and the customer gets it in their language
    let expected = "Luca, o pedido 4711 está a caminho.";
    let shown = app.thread(&ana, &luca.id).await.goodbye_template.map(|template| template.text);
    assert_eq!(shown.as_deref(), Some(expected));
    closes(&luca).await;
    let code =
        |on: &TestConversation<'_>| on.sent().pop().expect("a template").body["template"]["language"]["code"].clone();
    assert_eq!((templates_sent(&luca), code(&luca)), (vec!["order_update".to_owned()], json!("pt_BR")));
    assert!(luca.messages().await.iter().any(|message| message.content.preview().contains(expected)));
    // and where it is not known, the one that was chosen
    closes(&noor).await;
    assert_eq!((templates_sent(&noor), code(&noor)), (vec!["order_update".to_owned()], json!("en_US")));
});

on_both!(nobody_gets_a_template_who_is_blocked_or_whose_agent_switched_it_off, threads = 4, async |app| {
    let ana = desk(app).await;
    choose(app, TextName::Closing, "we_are_back", &[]).await;
    let luca = conversation(app, &ana, "c2").await;
    let noor = new_conversation(app, &ana, "Noor Haddad").await;
    app.turn(Span::hours(25));
    app.services.conversations.block(&ana, &luca.id, BlockReason::Spam).await.expect("blocks");
    assert_eq!(app.thread(&ana, &luca.id).await.goodbye_template, None);
    closes(&luca).await;
    let press = EndingPress {
        kind: EndingKind::Close,
        seen: noor.row().await.last_turn,
        goodbye: Goodbye::Off,
        outcome: None,
        undo_time: None,
    };
    app.services.conversations.schedule_ending(&ana, &noor.id, &press).await.expect("closes");
    app.turn(Span::minutes(2));
    app.settle().await;
    assert!(matches!(noor.row().await.state, RowState::Closed { .. }));
    assert_eq!((templates_sent(&luca), templates_sent(&noor)), (vec![], vec![]));
});

on_both!(what_became_of_a_template_at_whatsapp_is_said_and_nothing_is_sent, threads = 4, async |app| {
    let ana = desk(app).await;
    choose(app, TextName::Closing, "order_update", &ORDER).await;
    let luca = conversation(app, &ana, "c2").await;
    let noor = new_conversation(app, &ana, "Noor Haddad").await;
    app.turn(Span::hours(25));
    // when Meta says that it was paused, then nothing is sent, although the list was not read again
    let named = |event: &str| {
        json!({"event": event, "message_template_name": "order_update",
        "message_template_language": "en_US"})
    };
    app.meta.change_template("order_update", |template| template["status"] = "PAUSED".into());
    app.meta.deliver_field("message_template_status_update", named("PAUSED")).await.expect("an answer");
    app.settle().await;
    closes(&luca).await;
    let paused = "Closing message not sent: WhatsApp paused its template. Check it in Admin, Messages.";
    assert_eq!((told(&luca).await, templates_sent(&luca)), (vec![paused.to_owned()], vec![]));
    // when it can be sent again and reads otherwise, then somebody has to look at it first
    app.meta.change_template("order_update", |template| {
        template["status"] = "APPROVED".into();
        template["components"][1]["text"] = "Hi {{1}}, order {{2}} was sent.".into();
    });
    app.meta.deliver_field("message_template_status_update", named("APPROVED")).await.expect("an answer");
    app.settle().await;
    let changed = offered(app, "order_update").await;
    closes(&noor).await;
    let words = "Closing message not sent: its template was changed at WhatsApp. Check it in Admin, Messages.";
    assert_eq!((told(&noor).await, templates_sent(&noor)), (vec![words.to_owned()], vec![]));
    assert_eq!(changed.revision, 2);
    // and then it is sent
    choose(app, TextName::Closing, "order_update", &ORDER).await;
    let mina = new_conversation(app, &ana, "Mina Park").await;
    app.turn(Span::hours(25));
    closes(&mina).await;
    assert_eq!(templates_sent(&mina), ["order_update"]);
});

on_both!(marketing_does_not_reach_who_wants_none, threads = 4, async |app| {
    let ana = desk(app).await;
    app.meta.change_template("spring_sale", |template| template["status"] = "APPROVED".into());
    choose(app, TextName::Closing, "spring_sale", &[]).await;
    let luca = conversation(app, &ana, "c2").await;
    let phone = app.thread(&ana, &luca.id).await.customer.phone.expect("a number").replace('+', "");
    let preference =
        json!({"wa_id": phone, "category": "marketing_messages", "value": "stop", "detail": "", "timestamp": 1});
    let stop = crate::meta::envelope_of(
        "user_preferences",
        json!({"contacts": [{"profile": {"name": "Luca Marino"}, "wa_id": phone}], "user_preferences": [preference]}),
    );
    assert_eq!(app.webhook(&stop).await, http::StatusCode::OK);
    app.settle().await;
    app.turn(Span::hours(25));
    closes(&luca).await;
    let words = "Closing message not sent: the customer wants no marketing messages, and its template is one";
    assert_eq!((told(&luca).await, templates_sent(&luca)), (vec![words.to_owned()], vec![]));
});

on_both!(a_silent_customer_is_reminded_after_the_window_has_closed, threads = 4, async |app| {
    let ana = desk(app).await;
    let times = SilenceTimes { remind_after: Span::hours(5), close_after: Span::hours(6) };
    app.services.settings.silence_save(&app.tenant, Initiator::SYSTEM, times).await.expect("times");
    choose(app, TextName::Reminder, "we_are_back", &[]).await;
    choose(app, TextName::Closing, "order_update", &ORDER).await;
    // given an answer four hours before the window closes
    let luca = conversation(app, &ana, "c2").await;
    app.turn(Span::hours(20));
    luca.reply("Anything else?").await;
    app.settle().await;
    app.look(&ana, &luca.id).await;
    app.turn(Span::hours(4));
    app.settle().await;
    assert_eq!(templates_sent(&luca), Vec::<String>::new());
    // when five have passed, then the customer is reminded, and an hour later the conversation closes
    app.turn(Span::hours(1));
    app.settle().await;
    assert_eq!(templates_sent(&luca), ["we_are_back"]);
    app.turn(Span::hours(1));
    app.settle().await;
    assert!(matches!(luca.row().await.state, RowState::Closed { .. }));
    assert_eq!(templates_sent(&luca), ["we_are_back", "order_update"]);
});

/// Nobody answers what the customer writes to Ana, and a day later the bot gets the conversation, which asks for an agent.
async fn asks_a_day_later(on: &TestConversation<'_>) {
    on.app.turn(Span::seconds(1));
    on.app.meta.customer_says(&on.customer, "An agent, please").expect("writes");
    on.app.settle().await;
    on.app.turn(Span::hours(25));
    on.app.services.conversations.return_to_bot(&on.agent, &on.id).await.expect("returns");
    on.app.settle().await;
    assert!(matches!(on.row().await.state, RowState::Waiting), "{:?}", on.row().await.state);
}

on_both!(a_handoff_in_a_closed_window_sends_its_template, threads = 4, async |app| {
    let ana = desk(app).await;
    // without a template the thread says that no message was sent
    let luca = conversation(app, &ana, "c2").await;
    let before = luca.sent().len();
    asks_a_day_later(&luca).await;
    let words = "Handoff message not sent: reply window closed";
    assert_eq!((told(&luca).await, luca.sent().len()), (vec![words.to_owned()], before));
    // and with one, that is sent
    for text in [TextName::NoticeOnline, TextName::NoticeOffline] {
        choose(app, text, "we_are_back", &[]).await;
    }
    let noor = new_conversation(app, &ana, "Noor Haddad").await;
    asks_a_day_later(&noor).await;
    assert_eq!((told(&noor).await, templates_sent(&noor)), (vec![], vec!["we_are_back".to_owned()]));
});

/// Luca has got a reminder in a closed window, and with it the one automatic message of the day.
async fn reminded(app: &TestApp, close_after: Span) -> TestConversation<'_> {
    let ana = desk(app).await;
    let settings = &app.services.settings;
    let times = SilenceTimes { remind_after: Span::hours(5), close_after };
    settings.silence_save(&app.tenant, Initiator::SYSTEM, times).await.expect("times");
    choose(app, TextName::Reminder, "we_are_back", &[]).await;
    choose(app, TextName::Closing, "order_update", &ORDER).await;
    let luca = conversation(app, &ana, "c2").await;
    app.turn(Span::hours(20));
    let bounds = AutomationBounds { daily_messages: 1, repeats: 0 };
    settings.automation_save(&app.tenant, Initiator::SYSTEM, bounds).await.expect("bounds");
    luca.reply("Anything else?").await;
    app.settle().await;
    app.look(&ana, &luca.id).await;
    app.turn(Span::hours(5));
    app.settle().await;
    assert_eq!(templates_sent(&luca), ["we_are_back"]);
    luca
}

on_both!(a_template_that_nobody_decided_to_send_counts_for_the_limit_of_the_day, threads = 4, async |app| {
    let luca = reminded(app, Span::hours(6)).await;
    // when the conversation closes by itself, then the thread says why the template is not sent
    app.turn(Span::hours(1));
    app.settle().await;
    assert!(matches!(luca.row().await.state, RowState::Closed { .. }));
    let words = "Closing message not sent: the customer's automatic messages of today are used up";
    assert_eq!((told(&luca).await, templates_sent(&luca)), (vec![words.to_owned()], vec!["we_are_back".to_owned()]));
});

on_both!(the_template_that_an_agent_sends_with_a_close_is_not_left_out, threads = 4, async |app| {
    let luca = reminded(app, Span(0)).await;
    closes(&luca).await;
    let sent = vec!["we_are_back".to_owned(), "order_update".to_owned()];
    assert_eq!((told(&luca).await, templates_sent(&luca)), (vec![], sent));
});

on_both!(a_choice_that_cannot_be_sent_is_refused_with_what_is_missing, threads = 4, async |app| {
    let refused = async |text, name: &str, values: Values<'_>| match try_choose(app, text, name, values).await {
        Err(SettingsError::Invalid(detail)) => detail,
        other => panic!("{name}: {other:?}"),
    };
    let closing = TextName::Closing;
    assert!(refused(closing, "order_update", &ORDER[..1]).await.starts_with("“Text 2” has no value"));
    let collected = Some(ValueSource::Collected("order".to_owned()));
    let unknown = refused(closing, "order_update", &[ORDER[0].clone(), ("2", collected, "")]).await;
    assert!(unknown.contains("“order”, which no live flow collects"), "{unknown}");
    assert!(refused(closing, "order_cancelled", &[("1", None, "4711")]).await.contains("paused"));
    assert!(refused(TextName::Greeting, "we_are_back", &[]).await.contains("always open"));
    // What is saved once more changes nothing, and it can be taken away.
    choose(app, closing, "we_are_back", &[]).await;
    choose(app, closing, "we_are_back", &[]).await;
    let settings = app.services.settings.tenant(&app.tenant).await.expect("settings").settings;
    let channel = app.services.templates.window_choices(&app.tenant).await.expect("choices").numbers[0].channel.clone();
    assert!(settings.window_templates.of(closing, &channel).is_some());
    let save = ChosenWindowTemplate { text: closing, channel, choice: None };
    app.services.settings.window_template_save(&app.tenant, Initiator::SYSTEM, save).await.expect("is removed");
    let settings = app.services.settings.tenant(&app.tenant).await.expect("settings").settings;
    assert!(settings.window_templates.is_empty());
});
