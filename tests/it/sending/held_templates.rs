//! Templates that WhatsApp held back: offered for the time at which they may go again, and sent then as they were.

use handoff::{
    contract::templates::HeldTemplate,
    domain::{
        access::Role,
        scheduled::{ScheduledMessage, ScheduledState, SendChoice, SendDoubt, SendWait},
        time::Timestamp,
    },
    server::{
        conversations::agent::NewTemplate,
        simulator::{Effect, Fault},
    },
};

use super::*;

/// Lou, a lead, has sent *welcome_code* to Luca, and WhatsApp held it back. The window has closed.
async fn held<'a>(app: &'a TestApp, code: u32) -> TestConversation<'a> {
    app.keyword("agent").await;
    let (lou, _) = app.person(&app.tenant, "Lou", Role::Lead).await;
    let luca = conversation(app, &lou, "c2").await;
    app.turn(Span::hours(25));
    let templates = app.services.templates.picker(&lou, &luca.id).await.expect("a list").templates;
    let code_template = templates.into_iter().find(|listed| listed.template.name == "welcome_code").expect("is listed");
    let mut values = code_template.prefilled.clone();
    values.set(handoff::domain::template::field::FieldKey::button(0), "WELCOME20");
    app.meta.inject("c2", Fault::once(Effect::Status { code }));
    let send = NewTemplate {
        client_id: "one",
        template: &code_template.id,
        revision: code_template.revision,
        values: &values,
    };
    app.services.conversations.send_template(&lou, &luca.id, send).await.expect("is taken");
    app.settle().await;
    luca
}

async fn offer(on: &TestConversation<'_>) -> Option<HeldTemplate> {
    on.app.services.templates.picker(&on.agent, &on.id).await.expect("a list").held
}

async fn later(on: &TestConversation<'_>, held: &HeldTemplate) -> ScheduledMessage {
    let HeldTemplate { template, revision, values, at, .. } = held;
    let send = NewTemplate { client_id: "two", template, revision: *revision, values };
    let kept = on.app.services.conversations.schedule_template(&on.agent, &on.id, send, SendChoice::At(*at)).await;
    kept.expect("is kept").expect("waits")
}

async fn waiting(on: &TestConversation<'_>) -> Vec<ScheduledMessage> {
    on.app.thread(&on.agent, &on.id).await.scheduled
}

fn names(on: &TestConversation<'_>) -> Vec<String> {
    let name = |sent: SentRequest| sent.body["template"]["name"].as_str().map(str::to_owned);
    on.sent().into_iter().filter_map(name).collect()
}

/// The clock goes on until then.
async fn reaches(app: &TestApp, at: Timestamp) {
    app.turn(at.since(app.now()));
    app.settle().await;
}

on_both!(what_whatsapp_held_back_goes_again_a_day_later_in_the_morning, threads = 4, async |app| {
    let luca = held(app, 131_049).await;
    let before = names(&luca).len();
    let held = offer(&luca).await.expect("an offer");
    assert!(held.at.since(app.now()) > Span::hours(23) && held.at.since(app.now()) <= Span::hours(48));
    assert!(held.reason.contains("limits marketing messages"), "{}", held.reason);
    let kept = later(&luca, &held).await;
    assert_eq!((kept.template.as_deref(), kept.body.as_str()), (Some("welcome_code"), "Dear Luca, here is your code."));
    assert_eq!(kept.state, ScheduledState::Waiting(SendWait::Time(held.at)));
    // What waits is not offered again, and a repeated press writes nothing.
    assert_eq!(offer(&luca).await, None);
    assert_eq!(later(&luca, &held).await.id, kept.id);
    assert_eq!(waiting(&luca).await.len(), 1);
    // when its time has come, then it is sent with the same values, although the window is closed
    reaches(app, held.at).await;
    assert_eq!((waiting(&luca).await, names(&luca).len()), (vec![], before + 1));
    let message = luca.messages().await.pop().expect("a message");
    assert_eq!((message.author, message.delivery), (Author::Agent(luca.agent.id().clone()), Some(Delivery::Delivered)));
});

on_both!(only_what_whatsapp_asks_to_wait_with_is_offered_for_later, threads = 4, async |app| {
    let luca = held(app, 131_050).await;
    assert_eq!(offer(&luca).await, None);
});

on_both!(a_template_that_changed_while_it_waited_asks_its_author, threads = 4, async |app| {
    let luca = held(app, 130_472).await;
    let held = offer(&luca).await.expect("an offer");
    later(&luca, &held).await;
    let before = names(&luca).len();
    let news = serde_json::json!({"event": "PAUSED", "message_template_name": "welcome_code",
        "message_template_language": "en_US"});
    app.meta.deliver_field("message_template_status_update", news).await.expect("an answer");
    reaches(app, held.at).await;
    let [asking] = waiting(&luca).await.try_into().expect("one message");
    assert_eq!(asking.state, ScheduledState::Asking(SendDoubt::TemplateRefused));
    assert_eq!(names(&luca).len(), before);
    // and its author cannot send it either, but takes it away
    let conversations = &app.services.conversations;
    let refused = words(conversations.send_scheduled_now(&luca.agent, &luca.id, &asking.id).await);
    assert!(refused.contains("this template has changed"), "{refused}");
    conversations.cancel_scheduled(&luca.agent, &luca.id, &asking.id).await.expect("is taken back");
    assert_eq!(waiting(&luca).await, []);
});
