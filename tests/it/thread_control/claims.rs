//! An agent claims while the customer is being given away: somebody can answer them, whatever became of that.

use handoff::{
    domain::{
        access::Role,
        ids::TenantId,
        thread_control::{ControlAnswer, ThreadControl},
        time::Span,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, control::ControlStep},
        simulator::{Effect, Fault, PartnerAct, Responder},
        store::{Leased, jobs::JobRow},
        workers::{JobKind, Selection},
    },
};

use super::{MARIA, asked, assert_locked, claimed, partner, replies, says, taken_by_the_other_app};
use crate::app::{TestApp, on_both};

/// Takes the due requests, like a worker that waits for Meta.
async fn under_way(app: &TestApp) -> Leased<JobRow> {
    let taken = app.services.jobs.take(JobKind::ThreadControl, Selection::OnePerKey, Span::seconds(90), 9).await;
    let mut taken = taken.expect("takes");
    assert_eq!(taken.len(), 1);
    taken.remove(0)
}

/// The agent can answer, and Meta has seen these calls.
async fn assert_answers(app: &TestApp, agent: &Agent, calls: &[&str]) {
    let row = app.only_row(agent).await;
    assert!(row.control.is_ours(), "{:?}", row.control);
    assert_eq!(asked(app), calls);
    let words = format!("{} is here, after {} calls", agent.name(), calls.len());
    replies(app, agent, &row.id, &words).await.expect("replies");
    app.settle().await;
    assert_eq!(app.meta.responder(MARIA), Some(Responder::Us));
}

on_both!(a_claim_before_the_customer_is_given_away_keeps_them, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let id = claimed(app, &ana).await.id;
    says(app, "One more thing").await;
    // given a number on which Handoff may not take customers, and a return that Meta has not heard of yet
    partner(app, PartnerAct::RefuseTakes);
    app.services.conversations.return_to_bot(&ana, &id).await.expect("returns");
    // when a colleague takes over
    app.services.conversations.take_over(&ben, &id).await.expect("takes over");
    assert_locked(app, &ben, &id).await;
    app.settle().await;
    // then the customer is still ours, and Meta was asked for nothing that it would refuse
    assert_answers(app, &ben, &["take"]).await;
});

on_both!(a_claim_while_the_customer_is_kept_for_a_message_keeps_them, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let id = claimed(app, &ana).await.id;
    partner(app, PartnerAct::RefuseTakes);
    // given a return that waits for a reply which WhatsApp refuses for now
    app.meta.inject(MARIA, Fault::once(Effect::Http { code: 131_016 }));
    replies(app, &ana, &id, "One moment").await.expect("replies");
    app.services.conversations.return_to_bot(&ana, &id).await.expect("returns");
    app.services.outbox.run_once().await.expect("sends");
    assert!(matches!(app.only_row(&ben).await.control, ThreadControl::Leaving { .. }));
    // when a colleague takes over, then the request that waits is found first
    app.services.conversations.take_over(&ben, &id).await.expect("takes over");
    app.turn(Span::minutes(1));
    app.settle().await;
    assert_answers(app, &ben, &["take"]).await;
});

on_both!(a_claim_while_the_customer_is_being_given_away_waits_for_metas_answer, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let id = claimed(app, &ana).await.id;
    let conversations = &app.services.conversations;
    // given a pass that is under way, and a colleague who takes over meanwhile
    let gives_away = async |from: &Agent, to: &Agent| {
        app.turn(Span::seconds(1));
        conversations.return_to_bot(from, &id).await.expect("returns");
        let pass = under_way(app).await;
        conversations.take_over(to, &id).await.expect("takes over");
        // A take that overtakes the pass would leave the customer with the other app.
        app.drain().await;
        assert_locked(app, to, &id).await;
        pass
    };
    // when Meta refuses it, then there is nothing to take
    let pass = gives_away(&ana, &ben).await;
    conversations.settle_control(&pass, ControlAnswer::Refused { code: Some(131_009) }).await.expect("settles");
    app.settle().await;
    assert_answers(app, &ben, &["take"]).await;
    // when Meta was too busy, then it is not asked again to give the customer away
    let pass = gives_away(&ben, &ana).await;
    conversations.retry_control(&pass, Span::seconds(2)).await.expect("settles");
    app.turn(Span::seconds(5));
    app.settle().await;
    assert_answers(app, &ana, &["take"]).await;
    // when Meta has given them away, then they are taken back
    let pass = gives_away(&ana, &ben).await;
    conversations.settle_control(&pass, ControlAnswer::Accepted).await.expect("settles");
    app.settle().await;
    assert_answers(app, &ben, &["take", "take"]).await;
    // when nobody knows, then they are taken back, too
    let pass = gives_away(&ben, &ana).await;
    conversations.settle_control(&pass, ControlAnswer::Unclear).await.expect("settles");
    app.settle().await;
    assert_answers(app, &ana, &["take", "take", "take"]).await;
});

on_both!(another_tenant_neither_claims_nor_settles_nor_sees_the_number, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = taken_by_the_other_app(app, &ana).await;
    let other: TenantId = app.services.channels.create_tenant("Other").await.expect("a tenant");
    let (eve, _) = app.person(&other, "Eve", Role::Admin).await;
    let refused = app.services.conversations.claim(&eve, &row.id).await;
    assert!(matches!(refused, Err(ConversationError::NotFound)));
    assert!(app.services.live.numbers(&other).await.expect("reads").is_empty());
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    let jobs =
        app.services.jobs.take(JobKind::ThreadControl, Selection::Any, Span::seconds(90), 9).await.expect("takes");
    let own: JobRow = (*jobs[0]).clone();
    let conversations = &app.services.conversations;
    assert!(matches!(conversations.control_step(&own).await.expect("reads"), ControlStep::Call(_)));
    let foreign = JobRow { tenant_id: other, ..own };
    assert!(matches!(conversations.control_step(&foreign).await.expect("reads"), ControlStep::Over));
    app.services.jobs.finish(&jobs[0]).await.expect("ends");
});
