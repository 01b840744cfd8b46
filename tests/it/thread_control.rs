//! A number that several apps use: a claim takes the customer from the other app, a return passes them back, and nobody
//! writes to the customer of another app. `thread_control/claims.rs` tests claims before a customer is given away.

mod claims;

use handoff::{
    contract::audit::AuditFilter,
    domain::{
        conversation::Refusal,
        desk::{ItemBody, Row, RowState},
        event::Initiator,
        ids::ConversationId,
        settings::TextName,
        thread_control::{ResponderRole, ThreadControl},
        time::Span,
    },
    server::{
        accounts::Agent,
        conversations::ConversationError,
        simulator::{Effect, Fault, InboundContent, Moment, PartnerAct, Responder},
        workers::{JobKind, PRESENCE, Selection},
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{Engine, TestApp, on_both},
    meta,
};

const MARIA: &str = "4915550001";

/// The lines of the thread, in order.
async fn lines(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<String> {
    let line = |body| if let ItemBody::Line(line) = body { Some(line.text) } else { None };
    app.thread(agent, id).await.items.into_iter().filter_map(|item| line(item.body)).collect()
}

fn partner(app: &TestApp, act: PartnerAct) {
    app.meta.partner(MARIA, act).expect("acts");
}

async fn says(app: &TestApp, words: &str) {
    app.turn(Span::seconds(1));
    app.meta.customer_says(MARIA, words).expect("writes");
    app.settle().await;
}

/// What Meta was asked about the customer, in order.
fn asked(app: &TestApp) -> Vec<String> {
    app.meta.control_calls(MARIA).into_iter().map(|call| call.action).collect()
}

async fn replies(app: &TestApp, agent: &Agent, id: &ConversationId, words: &str) -> Result<(), ConversationError> {
    app.services.conversations.reply(agent, id, words, words, None).await
}

async fn assert_locked(app: &TestApp, agent: &Agent, id: &ConversationId) {
    let refused = replies(app, agent, id, "May I?").await.expect_err("another app has the customer");
    assert!(matches!(refused, ConversationError::Refused(Refusal::WithOtherApp)), "{refused}");
}

/// A customer who waits for an agent, and whom the other app has taken since.
async fn taken_by_the_other_app(app: &TestApp, agent: &Agent) -> Row {
    app.keyword("agent").await;
    says(app, "I need an agent").await;
    app.turn(Span::seconds(1));
    partner(app, PartnerAct::Take);
    app.settle().await;
    app.turn(Span::seconds(1));
    let row = app.only_row(agent).await;
    assert!(matches!(row.control, ThreadControl::Theirs { role: ResponderRole::AiAgent, .. }), "{:?}", row.control);
    assert_eq!(row.state, RowState::Waiting);
    row
}

/// The same customer after Ana has claimed and got them.
async fn claimed(app: &TestApp, agent: &Agent) -> Row {
    let row = taken_by_the_other_app(app, agent).await;
    app.services.conversations.claim(agent, &row.id).await.expect("claims");
    app.settle().await;
    let row = app.only_row(agent).await;
    assert!(row.control.is_ours(), "{:?}", row.control);
    row
}

on_both!(a_claim_takes_the_customer_and_unlocks_once_meta_confirms, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = taken_by_the_other_app(app, &ana).await;
    // when Ana claims
    app.services.conversations.claim(&ana, &row.id).await.expect("the claim stands");
    // then it is hers, the call is owed, and she cannot write yet; list and thread say the same
    let row = app.only_row(&ana).await;
    assert_eq!(row.state, RowState::Claimed { agent: ana.id().clone(), name: "Ana".to_owned() });
    assert!(matches!(row.control, ThreadControl::TakeRequested { .. }), "{:?}", row.control);
    assert_eq!(app.thread(&ana, &row.id).await.row.control, row.control);
    assert!(asked(app).is_empty());
    assert_locked(app, &ana, &row.id).await;
    // when Meta confirms
    app.settle().await;
    // then she writes
    assert_eq!((asked(app), app.meta.responder(MARIA)), (vec!["take".to_owned()], Some(Responder::Us)));
    let row = app.only_row(&ana).await;
    assert!(matches!(row.control, ThreadControl::Ours { from: Some(ResponderRole::AiAgent), .. }), "{:?}", row.control);
    let sent = app.meta.sent().len();
    replies(app, &ana, &row.id, "Hello").await.expect("replies");
    app.settle().await;
    assert_eq!(app.meta.sent().len(), sent + 1);
    let told = lines(app, &ana, &row.id).await;
    assert!(told.contains(&"WhatsApp handed the customer over from Meta's AI agent".to_owned()), "{told:?}");
    // A colleague's takeover asks for nothing that the desk has.
    let (ben, _) = app.agent("Ben").await;
    app.services.conversations.take_over(&ben, &row.id).await.expect("takes over");
    app.settle().await;
    assert_eq!(asked(app).len(), 1);
});

on_both!(a_refused_take_says_so_and_a_later_claim_asks_again, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = taken_by_the_other_app(app, &ana).await;
    partner(app, PartnerAct::RefuseTakes);
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.settle().await;
    let refused = app.only_row(&ana).await;
    assert!(matches!(refused.state, RowState::Claimed { .. }), "the claim stands");
    assert!(
        matches!(refused.control, ThreadControl::TakeRefused { code: Some(2_494_191), .. }),
        "{:?}",
        refused.control
    );
    assert_locked(app, &ana, &row.id).await;
    let told = lines(app, &ana, &row.id).await;
    assert!(told.iter().any(|line| line.ends_with("from Meta's AI agent (code 2494191)")), "{told:?}");
    // when Ana releases it, and the other app does not mind any more
    app.services.conversations.release(&ana, &row.id).await.expect("releases");
    app.settle().await;
    assert_eq!(asked(app).len(), 1, "a release asks for nothing");
    partner(app, PartnerAct::AllowTakes);
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.settle().await;
    assert!(app.only_row(&ana).await.control.is_ours());
});

on_both!(a_busy_meta_is_asked_again_and_a_lost_answer_is_not, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let row = taken_by_the_other_app(app, &ana).await;
    // given that Meta is busy, and then loses its answer
    app.meta.inject(MARIA, Fault::once(Effect::Http { code: 131_016 }));
    app.meta.inject(MARIA, Fault::once(Effect::Garbage { moment: Moment::After }));
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.settle().await;
    assert!(matches!(app.only_row(&ana).await.control, ThreadControl::TakeRequested { .. }));
    app.turn(Span::seconds(2));
    app.settle().await;
    assert!(matches!(app.only_row(&ana).await.control, ThreadControl::TakeUncertain { .. }));
    assert_eq!(asked(app).len(), 2);
    assert_locked(app, &ana, &row.id).await;
    // when others claim it, and time passes
    app.services.conversations.release(&ana, &row.id).await.expect("releases");
    app.services.conversations.claim(&ben, &row.id).await.expect("claims");
    app.turn(Span::minutes(10));
    app.settle().await;
    app.services.conversations.take_over(&ana, &row.id).await.expect("takes over");
    app.settle().await;
    // then Meta is not asked again
    assert_eq!(asked(app).len(), 2);
    assert_locked(app, &ana, &row.id).await;
    // when the customer's next message comes to us, then the take had its effect
    says(app, "Are you there?").await;
    assert!(app.only_row(&ana).await.control.is_ours());
    replies(app, &ana, &row.id, "I am").await.expect("replies");
    app.settle().await;
});

on_both!(a_take_that_a_killed_server_had_begun_is_never_repeated, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = taken_by_the_other_app(app, &ana).await;
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    let killed = app.another(8).await;
    killed.node.join().await.expect("joins");
    let taken = killed.jobs.take(JobKind::ThreadControl, Selection::Any, Span::seconds(90), 9).await.expect("takes");
    assert_eq!(taken.len(), 1);
    drop(killed);
    if app.engine == Engine::Postgres {
        app.turn(PRESENCE);
    }
    let next = app.another(9).await;
    next.node.join().await.expect("joins");
    next.outbox.run_once().await.expect("works");
    assert!(asked(app).is_empty());
    assert!(matches!(app.only_row(&ana).await.control, ThreadControl::TakeUncertain { .. }));
    app.settle().await;
    assert!(asked(app).is_empty());
});

on_both!(a_return_passes_the_customer_with_a_note_and_our_bot_stays_silent, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    says(app, "One more thing").await;
    let sent = app.meta.sent().len();
    app.services.conversations.return_to_bot(&ana, &row.id).await.expect("returns");
    app.settle().await;
    let pass = app.meta.control_calls(MARIA).pop().expect("a call");
    assert_eq!((pass.action.as_str(), pass.target_role.as_deref()), ("pass", Some("ai_agent")));
    assert_eq!(pass.metadata.as_deref(), Some("Returned by Ana. An agent was requested: Keyword “agent”."));
    let row = app.only_row(&ana).await;
    assert_eq!(row.state, RowState::Bot);
    assert!(matches!(row.control, ThreadControl::Theirs { role: ResponderRole::AiAgent, .. }), "{:?}", row.control);
    assert_eq!(app.meta.responder(MARIA), Some(Responder::Partner));
    let told = lines(app, &ana, &row.id).await;
    assert!(told.contains(&"Passed the customer to Meta's AI agent".to_owned()), "{told:?}");
    // What the customer writes then is the other app's to answer.
    says(app, "Thank you, bot").await;
    assert_eq!(app.meta.sent().len(), sent);
});

on_both!(a_customer_who_cannot_be_passed_is_answered_by_our_bot_or_by_an_agent, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let fallback = "The fallback".to_owned();
    let saved = app.services.settings.text_save(&app.tenant, Initiator::SYSTEM, TextName::Fallback, fallback);
    saved.await.expect("saves");
    says(app, "One more thing").await;
    let sent = app.meta.sent().len();
    // given that Meta refuses the pass, then our bot answers what nobody has answered
    app.meta.inject(MARIA, Fault::once(Effect::Http { code: 131_009 }));
    app.services.conversations.return_to_bot(&ana, &row.id).await.expect("returns");
    app.settle().await;
    let refused = app.only_row(&ana).await;
    assert!(refused.control.is_ours() && refused.state == RowState::Bot, "{:?}", refused.control);
    assert_eq!(app.meta.sent().len(), sent + 1);
    // given that nobody knows whether it was passed, then an agent is requested
    app.services.conversations.take_over(&ana, &row.id).await.expect("takes over");
    says(app, "And another").await;
    app.meta.inject(MARIA, Fault::once(Effect::Garbage { moment: Moment::Before }));
    app.services.conversations.return_to_bot(&ana, &row.id).await.expect("returns");
    app.settle().await;
    let unclear = app.only_row(&ana).await;
    assert_eq!(unclear.state, RowState::Waiting);
    assert!(matches!(unclear.control, ThreadControl::Theirs { .. }), "{:?}", unclear.control);
    assert_eq!(unclear.trigger.map(|(_, label)| label).as_deref(), Some("Return not confirmed"));
});

on_both!(a_close_says_goodbye_before_it_releases_the_customer, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = claimed(app, &ana).await;
    let sent = app.meta.sent().len();
    let seen = app.only_row(&ana).await.last_turn;
    app.services.conversations.close(&ana, &row.id, seen).await.expect("closes");
    app.settle().await;
    app.turn(Span::seconds(2));
    app.settle().await;
    assert_eq!(app.meta.sent().len(), sent + 1, "the goodbye");
    assert_eq!(asked(app), ["take", "release"]);
    assert_eq!(app.meta.responder(MARIA), Some(Responder::Partner));
    // Reopened, the customer is asked for again.
    app.services.conversations.reopen(&ana, &row.id).await.expect("reopens");
    app.settle().await;
    assert_eq!(asked(app), ["take", "release", "take"]);
});

on_both!(a_close_writes_nothing_to_the_customer_of_another_app, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = taken_by_the_other_app(app, &ana).await;
    partner(app, PartnerAct::RefuseTakes);
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.settle().await;
    assert_eq!(app.thread(&ana, &row.id).await.goodbye, None);
    let sent = app.meta.sent().len();
    app.services.conversations.close(&ana, &row.id, row.last_turn.clone()).await.expect("closes");
    app.settle().await;
    assert_eq!((app.meta.sent().len(), asked(app).len()), (sent, 1));
    let told = lines(app, &ana, &row.id).await;
    assert!(told.iter().any(|line| line.starts_with("Closing message not sent: another app")), "{told:?}");
});

on_both!(what_the_customer_wrote_to_the_other_app_opens_the_window_with_the_take, async |app| {
    let (ana, _) = app.agent("Ana").await;
    partner(app, PartnerAct::Hold);
    says(app, "Hello, other app").await;
    let row = app.only_row(&ana).await;
    assert!(matches!(row.control, ThreadControl::Theirs { .. }) && row.window_closes.is_none(), "{:?}", row.control);
    app.services.conversations.take_over(&ana, &row.id).await.expect("takes over");
    app.settle().await;
    assert!(app.only_row(&ana).await.window_closes.is_some());
    replies(app, &ana, &row.id, "Hello, this is Ana").await.expect("replies");
    app.settle().await;
});

on_both!(a_takeover_that_is_undone_before_meta_answers_gives_the_customer_back, async |app| {
    let (ana, _) = app.agent("Ana").await;
    partner(app, PartnerAct::Hold);
    says(app, "Hello, other app").await;
    let row = app.only_row(&ana).await;
    let epoch = app.services.conversations.take_over(&ana, &row.id).await.expect("takes over");
    app.services.conversations.undo_take_over(&ana, &row.id, epoch).await.expect("undoes");
    app.settle().await;
    assert_eq!(asked(app), ["take", "pass"]);
    let row = app.only_row(&ana).await;
    assert_eq!(row.state, RowState::Bot);
    assert!(matches!(row.control, ThreadControl::Theirs { .. }), "{:?}", row.control);
    assert!(app.meta.sent().is_empty(), "our bot writes nothing");
});

on_both!(a_number_is_shared_from_the_first_message_of_another_app, async |app| {
    let (ada, _) = app.admin().await;
    let shared = async || app.services.live.numbers(ada.tenant()).await.expect("reads").remove(0).shared_since;
    // given messages of ours, of staff on the phone, and a copy of one that we sent
    says(app, "Good morning").await;
    let staff = InboundContent::StaffEcho { text: "From my phone".to_owned() };
    app.meta.say(MARIA, staff.into()).expect("writes");
    app.settle().await;
    let own = app.meta.sent().remove(0).wamid;
    let echo = |wamid: &str| -> Value {
        let echo = json!({"id": wamid, "timestamp": (app.now().0 / 1_000).to_string(),
            "message": {"to": format!("+{MARIA}"), "type": "text", "text": {"body": "Hi"}}});
        meta::envelope_of("standby", json!({"standby": {"message_echoes": [echo]}}))
    };
    assert_eq!(app.webhook(&echo(&own)).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(shared().await, None);
    // when another app's message comes, then the number is shared, since then and once
    let at = app.now();
    assert_eq!(app.webhook(&echo("wamid.foreign")).await, StatusCode::OK);
    app.settle().await;
    app.turn(Span::seconds(5));
    assert_eq!(app.webhook(&echo("wamid.foreign.2")).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(shared().await, Some(at));
    let page = app.services.settings.read_audit(ada.tenant(), &AuditFilter::default(), None).await.expect("reads");
    let told = page.lines.iter().filter(|line| line.what == "Another app uses this number, too").count();
    assert_eq!(told, 1);
});

on_both!(two_records_of_one_customer_keep_one_request, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let arrives = async |field: &str, contact: Value, ids: Value, wamid: &str| {
        app.turn(Span::seconds(1));
        let mut message = json!({"id": wamid, "timestamp": (app.now().0 / 1_000).to_string(), "type": "text",
            "text": {"body": wamid}});
        message.as_object_mut().expect("an object").extend(ids.as_object().expect("an object").clone());
        let value = json!({"contacts": [contact], "messages": [message]});
        let value = if field == "standby" { json!({"standby": value}) } else { value };
        assert_eq!(app.webhook(&meta::envelope_of(field, value)).await, StatusCode::OK);
        app.settle().await;
    };
    // given an agent's conversation with a user id, and one with the number of the same person, which the other app has
    arrives(
        "messages",
        json!({"profile": {"name": "Maria"}, "user_id": "DE.1"}),
        json!({"from_user_id": "DE.1"}),
        "wamid.user",
    )
    .await;
    let older = app.only_row(&ana).await;
    app.services.conversations.take_over(&ana, &older.id).await.expect("takes over");
    partner(app, PartnerAct::Hold);
    arrives("standby", json!({"profile": {"name": "Maria"}, "wa_id": MARIA}), json!({"from": MARIA}), "wamid.phone")
        .await;
    let younger = app.rows(&ana).await.into_iter().find(|row| row.id != older.id).expect("another");
    app.services.conversations.take_over(&ana, &younger.id).await.expect("takes over");
    // when a message shows that both are one, before Meta was asked
    app.turn(Span::seconds(1));
    let contact = json!({"profile": {"name": "Maria"}, "wa_id": MARIA, "user_id": "DE.1"});
    let both = json!({"contacts": [contact], "messages": [{"id": "wamid.both", "type": "text",
        "text": {"body": "both"}, "from": MARIA, "from_user_id": "DE.1",
        "timestamp": (app.now().0 / 1_000).to_string()}]});
    assert_eq!(app.webhook(&meta::envelope_of("standby", json!({"standby": both}))).await, StatusCode::OK);
    app.services.projector.run_once().await.expect("projects");
    let row = app.rows(&ana).await.into_iter().find(|row| row.id == older.id).expect("the older");
    assert!(matches!(row.control, ThreadControl::TakeRequested { .. }), "{:?}", row.control);
    assert_locked(app, &ana, &older.id).await;
    // then Meta is asked once, and the answer counts for the conversation that goes on
    app.settle().await;
    assert_eq!(asked(app), ["take"]);
    let row = app.rows(&ana).await.into_iter().find(|row| row.id == older.id).expect("the older");
    assert!(row.control.is_ours(), "{:?}", row.control);
});
