//! The bounds of automatic messages to one customer: a loop with another machine, and the messages of a day. The bot
//! goes silent, and one person is told once.

use handoff::{
    contract::audit::AuditFilter,
    domain::{
        automation::AutomationBounds,
        conversation::{EndingKind, EndingPress, Goodbye},
        desk::{Row, RowState},
        event::Initiator,
        handoff::{Failure, Trigger},
        ids::ConversationId,
        rating::{RatingRule, RatingSettings},
        settings::{SilenceTimes, TextName},
        time::Span,
    },
    server::{accounts::Agent, store::handoffs},
};
use http::StatusCode;

use crate::{
    app::{TestApp, on_both},
    meta,
};

const MARIA: &str = "4915550001";
const AWAY: &str = "Thank you for your message. We are closed until 9:00.";

async fn writes(app: &TestApp, phone: &str, nth: usize, words: &str) {
    app.turn(Span::seconds(2));
    let body = meta::text(phone, &format!("wamid.{phone}.{nth}"), app.now(), words);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
}

/// Maria's machine answers everything that arrives, up to `most` times. Returns how many messages it got.
async fn machine(app: &TestApp, from: usize, most: usize) -> usize {
    let mut got = 0;
    for nth in from..from + most {
        let before = app.meta.sent().len();
        writes(app, MARIA, nth, AWAY).await;
        let now = app.meta.sent().len() - before;
        if now == 0 {
            break;
        }
        got += now;
    }
    got
}

async fn bounds(app: &TestApp, daily_messages: u32, repeats: u32) {
    let bounds = AutomationBounds { daily_messages, repeats };
    app.services.settings.automation_save(&app.tenant, Initiator::SYSTEM, bounds).await.expect("bounds");
}

async fn failures(app: &TestApp, id: &ConversationId) -> Vec<Failure> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let past = handoffs::of(&mut tx, &app.tenant, id).await.expect("reads");
    let failure = |trigger| if let Trigger::Failure { failure } = trigger { Some(failure) } else { None };
    past.into_iter().filter_map(|past| failure(past.handoff.trigger)).collect()
}

async fn close(app: &TestApp, ana: &Agent, row: &Row) {
    app.services.conversations.claim(ana, &row.id).await.expect("claims");
    app.services.conversations.close(ana, &row.id, row.last_turn.clone()).await.expect("closes");
    app.settle().await;
}

/// What the audit log says about pauses of the bot.
async fn pauses(app: &TestApp) -> usize {
    let page = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), Some("UTC")).await;
    page.expect("reads").lines.iter().filter(|line| line.what.starts_with("The bot stopped replying")).count()
}

on_both!(a_customer_who_answers_by_machine_gets_few_messages_and_one_person, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // when a machine answers everything with the same text
    let got = machine(app, 0, 40).await;
    // then the bot stops, and one person is told why
    assert!((3..=6).contains(&got), "{got}");
    let row = app.only_row(&ana).await;
    assert_eq!((row.state.clone(), failures(app, &row.id).await), (RowState::Waiting, vec![Failure::Loop]));
    assert_eq!(pauses(app).await, 1);
    // when that person closes, which sends the goodbye, and the machine answers it, again and again
    close(app, &ana, &row).await;
    let before = app.meta.sent().len();
    for nth in 50..56 {
        writes(app, MARIA, nth, AWAY).await;
    }
    // then nothing more is sent and nobody is called again, and the new thread says why
    assert_eq!(app.meta.sent().len(), before);
    let open: Vec<Row> = app.rows(&ana).await.into_iter().filter(|row| row.state == RowState::Bot).collect();
    assert_eq!((open.len(), pauses(app).await), (1, 2));
    assert!(failures(app, &open[0].id).await.is_empty());
    // when a human writes something else, then the bot answers
    writes(app, MARIA, 60, "Hello, it is me. Where is my parcel?").await;
    assert_eq!(app.meta.sent().len(), before + 1);
});

on_both!(a_loop_that_runs_through_people_ends_too, async |app| {
    // given a keyword in the text of a machine, and an agent who closes at once
    let (ana, _) = app.agent("Ana").await;
    app.keyword("message").await;
    let mut handoffs = 0;
    for nth in 0..20 {
        writes(app, MARIA, nth, AWAY).await;
        let waiting = app.rows(&ana).await.into_iter().find(|row| row.state == RowState::Waiting);
        let Some(waiting) = waiting else { break };
        handoffs += 1;
        close(app, &ana, &waiting).await;
    }
    assert!((2..=3).contains(&handoffs), "{handoffs}");
    // One is in the conversation of the last handoff, one in that to which nobody was called.
    assert_eq!(pauses(app).await, 2);
});

on_both!(who_writes_the_same_without_hurry_is_answered, async |app| {
    for nth in 0..12 {
        app.turn(Span::minutes(10));
        let before = app.meta.sent().len();
        writes(app, MARIA, nth, "order").await;
        assert_eq!(app.meta.sent().len(), before + 1, "{nth}");
    }
});

on_both!(the_messages_of_a_day_are_bounded_per_customer, async |app| {
    let (ana, _) = app.agent("Ana").await;
    bounds(app, 3, 0).await;
    // given a customer who gets three answers
    for (nth, words) in ["one", "two", "three"].into_iter().enumerate() {
        writes(app, MARIA, nth, words).await;
    }
    assert_eq!(app.meta.sent().len(), 3);
    // when they write more, then nothing is sent, not even the notice of the handoff, and a person is told once
    for (nth, words) in ["four", "five"].into_iter().enumerate() {
        writes(app, MARIA, 10 + nth, words).await;
    }
    let row = app.only_row(&ana).await;
    assert_eq!((app.meta.sent().len(), failures(app, &row.id).await), (3, vec![Failure::DailyLimit]));
    // and after a close as well
    let closing = TextName::Closing;
    app.services.settings.text_save(&app.tenant, Initiator::SYSTEM, closing, String::new()).await.expect("no goodbye");
    close(app, &ana, &row).await;
    app.turn(Span::hours(1));
    writes(app, MARIA, 20, "six").await;
    assert_eq!(app.meta.sent().len(), 3);
    assert!(app.rows(&ana).await.iter().all(|row| row.state != RowState::Waiting));
    // and another customer has messages of their own
    writes(app, "4915550002", 0, "hello").await;
    assert_eq!(app.meta.sent().len(), 4);
    // when the next day begins in the tenant's time zone, then the bot answers again
    app.turn(Span::hours(14));
    writes(app, MARIA, 30, "seven").await;
    assert_eq!(app.meta.sent().len(), 5);
});

on_both!(a_customer_may_ask_for_a_person_when_the_day_is_used_up, async |app| {
    let (ana, _) = app.agent("Ana").await;
    bounds(app, 1, 0).await;
    app.keyword("agent").await;
    writes(app, MARIA, 0, "hello").await;
    writes(app, MARIA, 1, "agent please").await;
    assert_eq!((app.only_row(&ana).await.state, app.meta.sent().len()), (RowState::Waiting, 1));
});

/// What the thread says was not sent.
async fn not_sent(app: &TestApp, ana: &Agent, id: &ConversationId) -> Vec<String> {
    let lines = app.thread_lines(ana, id).await.into_iter();
    let ends = ": the customer's automatic messages of today are used up";
    lines.filter_map(|text| Some(text.strip_suffix(ends)?.to_owned())).collect()
}

on_both!(notices_count_and_what_people_write_is_always_sent, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let settings = &app.services.settings;
    bounds(app, 1, 0).await;
    app.keyword("agent").await;
    let times = SilenceTimes { remind_after: Span::minutes(5), close_after: Span(0) };
    settings.silence_save(&app.tenant, Initiator::SYSTEM, times).await.expect("saves");
    let rating = RatingSettings { rule: RatingRule::AfterClose, ..RatingSettings::default() };
    settings.rating_save(&app.tenant, Initiator::SYSTEM, rating).await.expect("saves");
    // given a customer whose only message of the day was the greeting
    writes(app, MARIA, 0, "hello").await;
    writes(app, MARIA, 1, "agent please").await;
    let row = app.only_row(&ana).await;
    assert_eq!(not_sent(app, &ana, &row.id).await, ["Handoff message not sent"]);
    // when an agent replies, then that is sent, and the reminder is left out
    let conversations = &app.services.conversations;
    conversations.claim(&ana, &row.id).await.expect("claims");
    conversations.reply(&ana, &row.id, "one", "How can I help?", None).await.expect("replies");
    app.settle().await;
    app.look(&ana, &row.id).await;
    assert_eq!(app.meta.sent().len(), 2);
    app.turn(Span::minutes(6));
    app.settle().await;
    assert_eq!(not_sent(app, &ana, &row.id).await, ["Handoff message not sent", "Reminder not sent"]);
    // and so is the goodbye with its question
    conversations.close(&ana, &row.id, row.last_turn.clone()).await.expect("closes");
    app.settle().await;
    assert_eq!(app.meta.sent().len(), 2);
    let expected = ["Handoff message not sent", "Reminder not sent", "Closing message not sent"];
    assert_eq!(not_sent(app, &ana, &row.id).await, expected);
    // given the next conversation, whose agent turns the goodbye off or writes one
    let ends = async |nth: usize, goodbye: Goodbye| {
        app.turn(Span::hours(1));
        writes(app, MARIA, nth, "agent please").await;
        let row = app.rows(&ana).await.into_iter().find(|row| row.state == RowState::Waiting).expect("waits");
        conversations.claim(&ana, &row.id).await.expect("claims");
        conversations.reply(&ana, &row.id, &format!("r{nth}"), "Done", None).await.expect("replies");
        app.settle().await;
        let press =
            EndingPress { kind: EndingKind::Close, seen: row.last_turn, goodbye, outcome: None, undo_time: None };
        conversations.schedule_ending(&ana, &row.id, &press).await.expect("is allowed").expect("is pending");
        app.turn(Span::seconds(9));
        app.settle().await;
        row.id
    };
    let off = ends(10, Goodbye::Off).await;
    assert_eq!(not_sent(app, &ana, &off).await, ["Handoff message not sent", "Rating question not sent"]);
    assert_eq!(app.meta.sent().len(), 3, "the reply");
    let edited = ends(20, Goodbye::Edited("See you".to_owned())).await;
    assert_eq!(not_sent(app, &ana, &edited).await, ["Handoff message not sent"]);
    assert_eq!(app.meta.sent().len(), 5, "the reply and the agent's own goodbye");
});

on_both!(bounds_are_settings_with_an_entry, async |app| {
    let admin = Initiator::SYSTEM;
    let too_many = AutomationBounds { daily_messages: 10_001, repeats: 3 };
    assert!(app.services.settings.automation_save(&app.tenant, admin, too_many).await.is_err());
    bounds(app, 7, 2).await;
    let settings = app.services.settings.tenant(&app.tenant).await.expect("a tenant").settings;
    assert_eq!(settings.automation, AutomationBounds { daily_messages: 7, repeats: 2 });
    let page = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), Some("UTC")).await;
    let lines = page.expect("reads").lines;
    assert!(lines.iter().any(|line| line.what == "Changed the limits of automatic messages"), "{lines:?}");
});
