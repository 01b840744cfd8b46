//! Texts that an agent writes within the company's time are sent as one message: which ones join, what ends that, and that
//! none is lost, sent twice or overtaken.

use handoff::{
    contract::audit::AuditFilter,
    domain::{
        event::Initiator,
        message::Delivery,
        scheduled::joined::JoinTimes,
        settings::{BotTexts, TextName},
        window,
    },
    server::{accounts::Admin, workers::Selection},
};

use super::*;

const WITHIN: Span = Span::seconds(5);

/// A conversation that Ana has claimed. What she writes within five seconds joins, and leaves when they are over.
async fn joining(app: &TestApp, ana: &Agent) -> Row {
    joins_within(app, WITHIN).await;
    let row = app.waiting(ana).await;
    app.services.conversations.claim(ana, &row.id).await.expect("claims");
    app.settle().await;
    app.only_row(ana).await
}

async fn joins_within(app: &TestApp, within: Span) {
    let settings = &app.services.settings;
    settings.joined_texts_save(&app.tenant, Initiator::SYSTEM, within, BotTexts::Separate).await.expect("saves");
}

async fn sends(app: &TestApp, agent: &Agent, id: &ConversationId, body: &str) -> ScheduledMessage {
    // What is written in one millisecond has no defined order.
    app.turn(Span(1));
    let press = app.now().0.to_string();
    let written = NewReply { client_id: &press, ..reply(body) };
    let done = app.services.conversations.schedule_reply(agent, id, written, SendChoice::AfterUndo).await;
    done.expect("is allowed").expect("waits")
}

/// Ana writes two texts, a second apart.
async fn two_texts(app: &TestApp, ana: &Agent, id: &ConversationId) {
    sends(app, ana, id, "One").await;
    app.turn(Span::seconds(1));
    sends(app, ana, id, "Two").await;
}

/// How many messages of an agent the thread has.
async fn messages_of(app: &TestApp, agent: &Agent, id: &ConversationId) -> usize {
    let items = app.thread(agent, id).await.items;
    let is_own = |body: &ItemBody| match body {
        ItemBody::Message(message) => {
            message.author == Author::Agent(agent.id().clone()) && message.delivery != Some(Delivery::Cancelled)
        }
        ItemBody::Line(_) | ItemBody::Note(_) => false,
    };
    items.iter().filter(|item| is_own(&item.body)).count()
}

on_both!(what_an_agent_writes_within_the_time_is_one_message, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = joining(app, &ana).await;
    let before = sent(app).len();
    let first = schedules(app, &ana, &row.id, "One", SendChoice::AfterUndo).await;
    let times = JoinTimes { joins_until: app.now().plus(WITHIN), undo_until: app.now() };
    assert_eq!(first.state, ScheduledState::Waiting(SendWait::Joined(times)));
    app.turn(Span::seconds(4));
    let second = schedules(app, &ana, &row.id, "Two", SendChoice::AfterUndo).await;
    // then nothing is sent before the time is over, and both stand in the thread with the same time
    app.settle().await;
    assert_eq!(sent(app).len(), before);
    let waiting = states(app, &ana, &row.id).await;
    assert!(waiting.len() == 2 && waiting[0] == waiting[1] && waiting[1] == second.state, "{waiting:?}");
    // when it is over, then one message is sent, by Ana, and nothing is left
    app.turn(Span::seconds(1));
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["One\nTwo"]);
    assert_eq!(messages_of(app, &ana, &row.id).await, 1);
    assert!(states(app, &ana, &row.id).await.is_empty());
    assert!(!has_job(app, &first).await && !has_job(app, &second).await);
    let written_twice = [(ScheduledAct::Written, None); 2];
    assert_eq!(acts(app).await, [written_twice, [(ScheduledAct::Sent, None); 2]].concat());
    // and the presses of both are known after it, whichever way they come again
    for body in ["One", "Two"] {
        let again = app.services.conversations.schedule_reply(&ana, &row.id, reply(body), SendChoice::AfterUndo).await;
        assert_eq!(again.expect("is known"), None);
        app.services.conversations.reply(&ana, &row.id, body, body, None).await.expect("is known");
    }
    app.turn(WITHIN);
    app.settle().await;
    assert_eq!(sent(app).len(), before + 1);
    // and what is written later is another message
    sends(app, &ana, &row.id, "Three").await;
    app.turn(WITHIN);
    sends(app, &ana, &row.id, "Four").await;
    app.settle().await;
    app.turn(WITHIN);
    app.settle().await;
    assert_eq!(sent(app).split_off(before + 1), ["Three", "Four"]);
});

on_both!(each_text_is_a_message_unless_the_company_has_chosen_a_time, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = joining(app, &ana).await;
    let settings = &app.services.settings;
    assert!(
        settings.joined_texts_save(&app.tenant, Initiator::SYSTEM, Span::seconds(4), BotTexts::Separate).await.is_err()
    );
    joins_within(app, Span(0)).await;
    let before = sent(app).len();
    two_texts(app, &ana, &row.id).await;
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["One", "Two"]);
    let page = settings.read_audit(&app.tenant, &AuditFilter::default(), Some("UTC")).await.expect("reads");
    let changes = page.lines.iter().filter(|line| line.what == "Changed which texts are sent as one message");
    assert_eq!(changes.count(), 2);
});

on_both!(a_text_can_be_taken_back_alone_and_all_can_be_sent_at_once, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = joining(app, &ana).await;
    let before = sent(app).len();
    let conversations = &app.services.conversations;
    let one = sends(app, &ana, &row.id, "One").await;
    let two = sends(app, &ana, &row.id, "Two").await;
    sends(app, &ana, &row.id, "Three").await;
    conversations.cancel_scheduled(&ana, &row.id, &two.id).await.expect("takes it back");
    app.settle().await;
    assert_eq!(sent(app).len(), before);
    // when Ana sends one of them now, then the others go with it
    conversations.send_scheduled_now(&ana, &row.id, &one.id).await.expect("sends");
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["One\nThree"]);
    app.turn(WITHIN);
    app.settle().await;
    assert_eq!((sent(app).len(), states(app, &ana, &row.id).await.len()), (before + 1, 0));
});

on_both!(the_authors_own_time_to_undo_holds_the_whole_message, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = joining(app, &ana).await;
    app.services.accounts.set_send_delay(&ana, DELAY).await.expect("saves");
    let before = sent(app).len();
    sends(app, &ana, &row.id, "One").await;
    app.turn(Span::seconds(4));
    sends(app, &ana, &row.id, "Two").await;
    // Two can be taken back for ten seconds, and One waits for it. Three is another message: five seconds are over.
    app.turn(Span::seconds(2));
    sends(app, &ana, &row.id, "Three").await;
    app.turn(Span::seconds(7));
    app.settle().await;
    assert_eq!(sent(app).len(), before);
    app.turn(Span::seconds(1));
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["One\nTwo"]);
    app.turn(Span::seconds(2));
    app.settle().await;
    assert_eq!(sent(app).split_off(before + 1), ["Three"]);
});

on_both!(what_cannot_join_is_sent_in_its_place, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = joining(app, &ana).await;
    let before = app.meta.sent().len();
    let conversations = &app.services.conversations;
    two_texts(app, &ana, &row.id).await;
    // a form, which is sent at once
    let form = ComposedMessage::Location(ComposedPlace { place: "52.52, 13.405".into(), ..ComposedPlace::default() });
    conversations.send_composed(&ana, &row.id, "form", &form, None).await.expect("sends");
    sends(app, &ana, &row.id, "Three").await;
    // an answer to a message, which waits for the worker
    let question = MessageId::from("msg_question");
    app.turn(Span(1));
    let quoting = NewReply { quote: Some(&question), ..reply("Quoting") };
    conversations.schedule_reply(&ana, &row.id, quoting, SendChoice::AfterUndo).await.expect("is allowed");
    sends(app, &ana, &row.id, "Four").await;
    sends(app, &ana, &row.id, "Five").await;
    // a text that is longer than a message
    let long = "ü".repeat(4_097);
    sends(app, &ana, &row.id, &long).await;
    sends(app, &ana, &row.id, "Six").await;
    app.settle().await;
    app.turn(WITHIN);
    app.settle().await;
    let begins = |body: &Value| body["text"]["body"].as_str().unwrap_or("a form").chars().take(12).collect::<String>();
    let requests = app.meta.sent();
    let parts: Vec<_> = requests.iter().skip(before).map(|request| begins(&request.body)).collect();
    let expected = ["One\nTwo", "a form", "Three", "Quoting", "Four\nFive", "üüüüüüüüüüüü", "ü", "Six"];
    assert_eq!(parts, expected);
});

on_both!(a_message_is_not_longer_than_whatsapp_allows, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = joining(app, &ana).await;
    let before = sent(app).len();
    let (long, fits) = ("a".repeat(4_000), "b".repeat(95));
    for body in [long.as_str(), fits.as_str(), "c"] {
        sends(app, &ana, &row.id, body).await;
    }
    app.turn(WITHIN);
    app.settle().await;
    assert_eq!(sent(app).split_off(before), [format!("{long}\n{fits}"), "c".to_owned()]);
});

on_both!(the_customers_message_ends_what_is_written_as_one, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = joining(app, &ana).await;
    let before = sent(app).len();
    two_texts(app, &ana, &row.id).await;
    app.turn(Span::seconds(1));
    writes(app, "wamid.meanwhile", "And the invoice?").await;
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["One\nTwo"]);
    // and with a time to undo, what follows is another message
    app.services.accounts.set_send_delay(&ana, DELAY).await.expect("saves");
    two_texts(app, &ana, &row.id).await;
    app.turn(Span::seconds(1));
    writes(app, "wamid.again", "Hello?").await;
    app.settle().await;
    sends(app, &ana, &row.id, "Three").await;
    assert_eq!(sent(app).len(), before + 1, "both can still be taken back");
    app.turn(Span::seconds(DELAY));
    app.settle().await;
    assert_eq!(sent(app).split_off(before + 1), ["One\nTwo", "Three"]);
});

/// What takes a conversation from Ana.
#[derive(Clone, Copy, Debug)]
enum Gone {
    Closed,
    ClosedLater,
    Returned,
    Released,
    TakenOver,
    Deactivated,
    AnsweredOnThePhone,
}

/// Ana writes two texts and loses the conversation before they have left: they go first.
async fn gone(app: &TestApp, how: Gone) {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    app.services
        .settings
        .text_save(&app.tenant, Initiator::SYSTEM, TextName::Closing, "Bye".into())
        .await
        .expect("saves");
    let row = joining(app, &ana).await;
    let before = sent(app).len();
    two_texts(app, &ana, &row.id).await;
    let (conversations, seen) = (&app.services.conversations, row.last_turn.clone());
    match how {
        Gone::Closed => conversations.close(&ana, &row.id, seen).await.expect("closes"),
        Gone::ClosedLater => {
            let goodbye = Goodbye::default();
            let press = EndingPress { kind: EndingKind::Close, seen, goodbye, outcome: None, undo_time: None };
            conversations.schedule_ending(&ana, &row.id, &press).await.expect("is allowed").expect("is pending");
        }
        Gone::Returned => conversations.return_to_bot(&ana, &row.id).await.expect("returns"),
        Gone::Released => drop(conversations.release(&ana, &row.id).await.expect("releases")),
        Gone::TakenOver => {
            conversations.take_over(&ben, &row.id).await.expect("takes over");
            conversations.reply(&ben, &row.id, "ben", "I am Ben", None).await.expect("replies");
        }
        Gone::Deactivated => {
            let ada = Admin::of(app.admin().await.0).expect("an admin");
            let by = app.services.accounts.reauthenticated(&ada, None).expect("a fresh password");
            conversations.deactivate(&app.tenant, by, ana.id()).await.expect("deactivates");
        }
        Gone::AnsweredOnThePhone => {
            let echo = json!({"from": "15550001", "to": MARIA, "id": "wamid.echo", "type": "text",
                "timestamp": (app.now().0 / 1_000).to_string(), "text": {"body": "From my phone"}});
            let body = meta::envelope_of("smb_message_echoes", json!({"message_echoes": [echo]}));
            assert_eq!(app.webhook(&body).await, StatusCode::OK);
        }
    }
    app.settle().await;
    app.turn(Span::seconds(60));
    app.settle().await;
    let after = sent(app).split_off(before);
    assert_eq!(after.first().map(String::as_str), Some("One\nTwo"), "{how:?}");
    let next = match how {
        Gone::Closed | Gone::ClosedLater => Some("Bye"),
        Gone::TakenOver => Some("I am Ben"),
        Gone::Returned | Gone::Released | Gone::Deactivated | Gone::AnsweredOnThePhone => None,
    };
    assert!(next.is_none_or(|next| after.get(1).is_some_and(|text| text == next)), "{how:?}: {after:?}");
    assert_eq!(after.iter().filter(|text| text.contains("One")).count(), 1, "{how:?}");
    assert!(acts(app).await.iter().all(|(act, _)| *act != ScheduledAct::Asked), "{how:?}");
}

on_both!(a_close_sends_joined_texts_first, async |app| gone(app, Gone::Closed).await);
on_both!(a_close_that_can_be_undone_sends_joined_texts_first, async |app| gone(app, Gone::ClosedLater).await);
on_both!(a_return_sends_joined_texts_first, async |app| gone(app, Gone::Returned).await);
on_both!(a_release_sends_joined_texts_first, async |app| gone(app, Gone::Released).await);
on_both!(a_take_over_sends_joined_texts_first, async |app| gone(app, Gone::TakenOver).await);
on_both!(a_deactivation_sends_joined_texts_first, async |app| gone(app, Gone::Deactivated).await);
on_both!(an_answer_on_the_phone_sends_joined_texts, async |app| gone(app, Gone::AnsweredOnThePhone).await);

on_both!(joined_texts_leave_before_the_reply_window_closes, async |app| {
    let (ana, _) = app.agent("Ana").await;
    joins_within(app, Span::seconds(20)).await;
    let row = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.settle().await;
    let before = sent(app).len();
    let closes = app.only_row(&ana).await.window_closes.expect("is open");
    assert!(closes.since(app.now()) <= window::LENGTH);
    app.turn(closes.since(app.now().plus(Span::seconds(10))));
    two_texts(app, &ana, &row.id).await;
    app.turn(Span::seconds(4));
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["One\nTwo"], "five seconds before the end");
});

on_both!(joined_texts_outlive_a_crash_and_are_sent_once, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = joining(app, &ana).await;
    let before = sent(app).len();
    two_texts(app, &ana, &row.id).await;
    // given a server that was killed while it carried one of them out
    app.turn(WITHIN);
    let taken = app.services.jobs.take(JobKind::Scheduled, Selection::Any, Span::seconds(60), 9).await.expect("takes");
    assert_eq!(taken.len(), 2);
    let next = app.killed_and_restarted().await;
    assert_eq!(next.endings.run_once().await.expect("runs"), 2, "the leases of a dead server are freed");
    // when the killed worker comes back, then nothing happens twice
    for job in &taken {
        app.services.conversations.carry_out_scheduled(job).await.expect("its lease is lost");
    }
    app.settle().await;
    assert_eq!(sent(app).split_off(before), ["One\nTwo"]);
    assert_eq!(messages_of(app, &ana, &row.id).await, 1);
});
