//! The table of faults: each is injected, and checked are the handoff's reason, the customer's messages, and the time.

use handoff::{
    domain::{
        flow::definition::{Model, StepKind as Does},
        model::STALL,
    },
    server::{
        store::models,
        workers::{JobKind, Selection},
    },
};

use super::{
    steps::{one_line, say, step},
    *,
};
use crate::model_peer::SILENCE;

/// The longest time from a fault to its handoff.
const SOON: Span = Span::seconds(10);

/// How the fault shows.
#[derive(Clone, Copy, PartialEq)]
enum Shows {
    AtOnce,
    /// Only as a timeout.
    InSilence,
}

fn look_up() -> Act {
    call("order_status", json!({"order": "10042"}))
}

fn wrong(name: &str, arguments: &str) -> Act {
    Act::Call("One moment.".into(), vec![(name.to_owned(), arguments.to_owned())])
}

fn rows() -> Vec<(&'static str, Vec<Act>, Failure, Shows)> {
    use Failure::*;
    use Shows::{AtOnce, InSilence};
    let half = || "Your parcel is".to_owned();
    let circle = || (0..6).map(|n| call("order_status", json!({"order": format!("1000{n}")}))).collect();
    vec![
        ("an error of the server", vec![Act::Status(500)], ModelError, AtOnce),
        ("a key that is refused", vec![Act::Status(401)], ModelError, AtOnce),
        ("a redirect", vec![Act::Status(307)], ModelError, AtOnce),
        ("too many questions", vec![Act::Status(429)], ModelRateLimited, AtOnce),
        ("an overloaded server", vec![Act::Status(529)], ModelRateLimited, AtOnce),
        ("no answer", vec![Act::Silent], ModelTimedOut, InSilence),
        ("headers and no word", vec![Act::Stall(String::new())], ModelTimedOut, InSilence),
        ("a stall in mid-stream", vec![Act::Stall(half())], ModelStalled, InSilence),
        ("a line that breaks", vec![Act::Cut(half())], ModelError, AtOnce),
        ("the end of the tokens", vec![Act::Limit(half())], ModelMalformed, AtOnce),
        ("half a form", vec![Act::Say("{\"reply\": \"Your par".into())], ModelMalformed, AtOnce),
        ("arguments that are no JSON", vec![wrong("order_status", "{\"order\":")], ModelMalformed, AtOnce),
        ("arguments that do not fit", vec![wrong("order_status", "{\"order\": 7}")], ModelMalformed, AtOnce),
        ("a call for a person without a reason", vec![wrong("handoff", "{\"reason\": \"\"}")], ModelMalformed, AtOnce),
        ("an unknown tool", vec![wrong("delete_everything", "{}")], ModelUnknownTool, AtOnce),
        ("a tool of another place", vec![wrong("finish", "{}")], ModelUnknownTool, AtOnce),
        ("a circle of tools", circle(), ModelToolLoop, AtOnce),
        ("nothing", vec![Act::Say(String::new())], ModelEmpty, AtOnce),
        ("an empty form", vec![reply(" ")], ModelEmpty, AtOnce),
        ("a book", vec![reply(&"All about parcels. ".repeat(900))], ModelMalformed, AtOnce),
        ("an error after a tool", vec![look_up(), Act::Status(503)], ModelError, AtOnce),
        ("silence after a tool", vec![look_up(), Act::Silent], ModelTimedOut, InSilence),
        ("a stall after a tool", vec![look_up(), Act::Stall(half())], ModelStalled, InSilence),
    ]
}

on_both!(each_fault_is_one_handoff_with_its_reason_and_no_partial_answer, async |app| {
    let stage = Stage::with(app, |settings| settings.silence = SILENCE).await;
    for (nth, (name, acts, failure, shows)) in rows().into_iter().enumerate() {
        stage.provider.play(acts);
        stage.arrives(&format!("wamid.{nth}"), "Where is my parcel?").await;
        let turn = stage.start_turn();
        let mut fault = stage.app.now();
        if shows == Shows::InSilence {
            stage.provider.waits().await;
            stage.app.clock.waited_for(if failure == Failure::ModelStalled { STALL } else { SILENCE }).await;
            fault = stage.app.now();
            stage.app.turn(Span::seconds(7));
            // A fault that escalates too early would do so here.
            stage.app.settle().await;
            assert!(stage.handoffs().await.is_empty(), "{name}: nobody is given up so soon");
            stage.app.turn(Span::seconds(3));
        }
        stage.finish_turn(turn).await;
        stage.app.settle().await;

        let mut past = stage.handoffs().await;
        assert_eq!(past.len(), 1, "{name}: {past:#?}");
        let past = past.remove(0);
        assert_eq!(past.handoff.trigger, Trigger::Failure { failure }, "{name}");
        assert!(past.handoff.requested_at.since(fault) <= SOON, "{name}");
        assert!(matches!(stage.state().await, RowState::Waiting), "{name}");
        let notice = stage.notice().await;
        assert_eq!(stage.told().await, [(Author::System, notice.clone())], "{name}: the notice, and nothing else");
        let sent = stage.app.meta.sent();
        let bodies: Vec<_> = sent.iter().filter(|sent| sent.body["text"]["body"] != json!(notice)).collect();
        assert_eq!((bodies.len(), sent.len()), (0, nth + 1), "{name}: {bodies:#?}");
        assert_eq!(stage.provider.clear(), usize::from(failure == Failure::ModelToolLoop), "{name}");
        stage.next_customer();
    }
});

on_both!(a_turn_interrupted_by_a_crash_escalates_without_a_model_call, async |app| {
    let stage = Stage::new(app).await;
    stage.arrives("wamid.1", "Where is my parcel?").await;
    stage.app.turn(Span::seconds(2));
    // The server takes the turn and is killed.
    let jobs = &stage.app.services.jobs;
    let taken = jobs.take(JobKind::Model, Selection::Any, Span::minutes(5), 1).await.expect("takes");
    assert_eq!(taken.len(), 1);

    let _next = stage.app.killed_and_restarted().await;
    stage.app.settle().await;

    assert_eq!(stage.failure().await, Some(Failure::ModelInterrupted));
    assert!(stage.provider.asked().is_empty());
    assert_eq!(stage.told().await, [(Author::System, stage.notice().await)]);
    assert_eq!(stage.handoff().await.handoff.requested_at, stage.app.now(), "at once after the start");
});

on_both!(a_tool_call_interrupted_by_a_crash_is_shown_to_the_agent, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([call("order_status", json!({"order": "9001"}))]);
    stage.arrives("wamid.1", "Where is 9001?").await;
    let turn = stage.start_turn();
    stage.shop.shop.heard().await;
    turn.abort();
    assert!(turn.await.expect_err("cut off").is_cancelled());

    let _next = stage.app.killed_and_restarted().await;
    stage.app.settle().await;

    assert_eq!(stage.failure().await, Some(Failure::ModelInterrupted));
    assert_eq!(stage.calls().await[0].status, CallStatus::Interrupted);
    assert_eq!(stage.shop.shop.asked().len(), 1, "never repeated");
});

on_both!(a_used_up_budget_blocks_the_model_until_the_tenants_next_day, async |app| {
    let stage = Stage::with(app, |settings| settings.daily_budget = 10_000).await;
    let mut tx = stage.app.services.db.begin_write().await.expect("a transaction");
    models::add_used(&mut tx, &stage.app.tenant, "2026-03-02", 10_000).await.expect("adds");
    tx.commit().await.expect("commits");
    stage.says("wamid.1", "Hello").await;
    assert_eq!(stage.failure().await, Some(Failure::ModelBudget));
    assert_eq!(stage.told().await, [(Author::System, stage.notice().await)]);
    assert!(stage.provider.asked().is_empty());

    stage.next_customer();
    stage.app.turn(Span::hours(24));
    stage.provider.play([reply("Good morning!")]);
    stage.says("wamid.2", "Hello").await;
    assert_eq!(stage.answers().await, ["Good morning!"]);
});

on_both!(a_conversation_has_at_most_the_allowed_answers_until_an_agent_had_it, async |app| {
    let stage = Stage::with(app, |settings| settings.max_turns = 2).await;
    stage.provider.play([reply("One"), reply("Two"), reply("Three")]);
    for nth in 1..=3 {
        stage.says(&format!("wamid.{nth}"), "And?").await;
    }
    assert_eq!(stage.answers().await, ["One", "Two"]);
    assert_eq!(stage.failure().await, Some(Failure::ModelTurns));
    assert_eq!(stage.provider.asked().len(), 2);
    // An agent had the conversation: the count starts again.
    let id = stage.id().await;
    stage.app.services.conversations.claim(&stage.ana, &id).await.expect("claims");
    stage.app.turn(Span::seconds(1));
    stage.app.services.conversations.return_to_bot(&stage.ana, &id).await.expect("returns");
    stage.says("wamid.4", "And?").await;
    assert_eq!(stage.answers().await, ["One", "Two", "Three"]);
});

on_both!(a_key_that_cannot_be_decrypted_is_its_own_failure, async |app| {
    let stage = Stage::new(app).await;
    let mut tx = stage.app.services.db.begin_write().await.expect("a transaction");
    models::save_key(&mut tx, &stage.app.tenant, Some(b"of another server"), stage.app.now()).await.expect("saves");
    tx.commit().await.expect("commits");
    stage.says("wamid.1", "Hello").await;
    assert_eq!(stage.failure().await, Some(Failure::ModelKey));
    assert!(stage.provider.asked().is_empty());
});

on_both!(turns_are_counted_instead_of_messages, async |app| {
    let stage = Stage::with(app, |settings| settings.max_turns = 25).await;
    // The same words again and again would be a loop.
    stage.app.without_bounds().await;
    // Messages of a flow before it do not count as answers of the model.
    stage.publish(&many_lines(30)).await;
    stage.provider.play((0..26).map(|_| reply("And?")));
    stage.says("wamid.flow", "flow, please").await;
    for nth in 0..26 {
        stage.arrives(&format!("wamid.{nth}.1"), "And then").await;
        stage.says(&format!("wamid.{nth}.2"), "and then?").await;
    }
    assert_eq!(stage.failure().await, Some(Failure::ModelTurns));
    assert_eq!(stage.provider.asked().len(), 25);
});

/// A flow that sends many messages and then lets the model answer.
fn many_lines(count: usize) -> Flow {
    let mut flow = one_line("Hello.", "flow, please");
    flow.steps = (0..count).map(|nth| say(&format!("say_{nth}"), "One more thing.")).collect();
    flow.steps.push(step("talk", Does::Model(Model { instructions: "Help.".into(), ..Model::default() })));
    flow
}

/// The number of connection attempts distinguishes a model that does not answer from one that may not be reached.
async fn is_unreachable(app: &TestApp, address: &str, tried: u64) {
    let stage = Stage::with(app, |settings| address.clone_into(&mut settings.address)).await;
    stage.says("wamid.1", "Hello").await;
    assert_eq!(stage.failure().await, Some(Failure::ModelUnreachable));
    assert_eq!(stage.told().await, [(Author::System, stage.notice().await)]);
    assert_eq!(stage.app.services.fetch.connections(), tried);
}

on_both!(an_unreachable_model_escalates, async |app| {
    is_unreachable(app, "http://127.0.0.1:9/v1", 1).await;
});

on_both!(a_model_on_a_private_address_is_not_called_and_escalates, async |app| {
    is_unreachable(app, "http://10.0.0.1/v1", 0).await;
});

on_both!(a_model_on_a_link_local_address_is_not_called_and_escalates, async |app| {
    is_unreachable(app, "http://169.254.169.254/v1", 0).await;
});
