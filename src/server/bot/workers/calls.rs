//! The queue of flows' API calls. A call is recorded before it is sent. One that the end of the server interrupted is
//! never repeated; it becomes a handoff (promise 4).

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use super::{Bot, MAX_ATTEMPTS, advanced, caught, conversation, retry_after};
use crate::{
    domain::{
        bot::{EndedCall, Escalation, Turn, TurnOutcome},
        event::CallOutcome,
        flow::run::{Answered, Input},
        handoff::{Failure, Trigger},
        ids::CallId,
        text::clip,
        time::Span,
    },
    server::{
        bot::{
            fill::{self, SecretMask},
            held_call::{CallAnswer, HeldCall},
            requests::OpenRequest,
        },
        conversations::ConversationError,
        store::jobs::JobRow,
        workers::{JobKind, Leased, Selection, WorkerPool},
    },
};

/// How long a job is leased. Longer than any call can take, so an expired lease means that the worker is gone.
const LEASE: Span = Span::seconds(30);
/// Most calls in progress, and most of one tenant, so that a slow server delays only its own tenant.
const MAX_CALLS: usize = 512;
const MAX_PER_TENANT: i64 = 64;
/// Most calls taken at once.
const BATCH: usize = 64;
/// Most characters of a response that the dossier stores.
pub const OUTPUT_LIMIT: usize = 4_000;

impl Bot {
    /// Makes the due calls concurrently and waits for all of them. Returns how many there were.
    pub async fn calls_once(&self) -> Result<usize, ConversationError> {
        let taken = self.calls_due(BATCH).await?;
        join_all(taken.iter().map(|job| self.call_or_reschedule(job))).await;
        Ok(taken.len())
    }

    /// Runs until `stop` is cancelled. Calls in progress are finished, because each has a timeout and must not be
    /// repeated.
    pub(in crate::server::bot) async fn run_calls(&self, stop: &CancellationToken) {
        let wakeup = &self.bus.wakeups().calls;
        let pool = WorkerPool::new("calls", wakeup, &self.clock, &self.entropy, stop).max_concurrent(MAX_CALLS);
        let work = |job: Leased<JobRow>| {
            let bot = self.clone();
            async move { bot.call_or_reschedule(&job).await }
        };
        pool.run(|capacity| self.calls_due(capacity.min(BATCH)), work).await;
    }

    async fn calls_due(&self, most: usize) -> Result<Vec<Leased<JobRow>>, ConversationError> {
        let most = i64::try_from(most).unwrap_or(1);
        Ok(self.jobs.take(JobKind::Call, Selection::FairShare(MAX_PER_TENANT), LEASE, most).await?)
    }

    async fn call_or_reschedule(&self, job: &Leased<JobRow>) {
        if let Err(error) = caught(self.call(job)).await {
            tracing::error!(%error, job = %job.id, attempts = job.attempts, "bot: API call not settled, will retry");
            // The next attempt finds the call interrupted.
            if let Err(error) = self.jobs.reschedule(job, retry_after(job.attempts)).await {
                tracing::error!(%error, job = %job.id, "bot: rescheduling API call failed");
            }
        }
    }

    async fn call(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        if job.attempts >= MAX_ATTEMPTS {
            return self.give_up(job).await;
        }
        let held = HeldCall::of(job)?;
        let id = held.as_ref().map_or_else(|| CallId::from(job.payload.as_str()), |held| held.call().clone());
        let Some(request) = self.open_request(&job.tenant_id, &id).await? else {
            return self.drop_turn(job).await;
        };
        if self.waits_for_ending(job).await? {
            return Ok(());
        }
        let Some(before) = self.next_turn(&job.tenant_id, &conversation(job)).await? else {
            if let Some(held) = held {
                let (_, ended) = held.into_parts();
                self.end_answered_call(job, &ended).await?;
                return self.drop_turn(job).await;
            }
            let (outcome, detail) = match job.attempts {
                0 => (CallOutcome::Failed, "An agent took over before the call was sent."),
                _ => (CallOutcome::Interrupted, "The server stopped before the response arrived."),
            };
            self.end_interrupted(&job.tenant_id, &conversation(job), outcome, detail).await?;
            return self.drop_turn(job).await;
        };
        if let Some(held) = held {
            let (answer, ended) = held.into_parts();
            return self.advance_call(before, job, &request, answer, ended).await;
        }
        if job.attempts > 0 {
            let trigger = Trigger::Failure { failure: Failure::Interrupted };
            let ended = self.interrupted(&job.tenant_id, &conversation(job)).await?;
            let outcome = TurnOutcome { ended, ..TurnOutcome::hand_off(Escalation::new(trigger, None)) };
            return self.settle_call(&before, job, &outcome, &job.payload).await;
        }
        if !request.is_awaited(&before) {
            let output = "The flow moved on before the call was sent.".to_owned();
            let ended = EndedCall { call: request.id, outcome: CallOutcome::Failed, output, took: Span(0) };
            let outcome = TurnOutcome { ended: vec![ended], ..TurnOutcome::default() };
            return self.settle_call(&before, job, &outcome, &job.payload).await;
        }
        let (answer, ended) = self.send_call(job, &request).await?;
        // Load the turn again: the customer may have written, or an agent may have taken over.
        let Some(turn) = self.next_turn(&job.tenant_id, &conversation(job)).await? else {
            self.end_answered_call(job, &ended).await?;
            return self.drop_turn(job).await;
        };
        self.advance_call(turn, job, &request, answer, ended).await
    }

    /// Continues the flow with the response of its call.
    async fn advance_call(
        &self,
        mut turn: Turn,
        job: &Leased<JobRow>,
        request: &OpenRequest,
        answer: CallAnswer,
        ended: EndedCall,
    ) -> Result<(), ConversationError> {
        let payload = HeldCall::payload(&answer, &ended)?;
        turn.seen.clone_from(&request.message);
        let (turn, mut outcome) = if request.is_awaited(&turn) {
            advanced(turn, Input::Fetched(answer), self.clock.now()).await
        } else {
            (turn, TurnOutcome::default())
        };
        outcome.ended = vec![ended];
        self.settle_call(&turn, job, &outcome, &payload).await
    }

    /// Makes the call. Returns the response for the flow and the record for the dossier.
    async fn send_call(
        &self,
        job: &JobRow,
        request: &OpenRequest,
    ) -> Result<(CallAnswer, EndedCall), ConversationError> {
        let begun = self.clock.now();
        let filled = fill::fill_secrets(self, &job.tenant_id, &request.call).await?;
        let mut mask = SecretMask::default();
        let answer = match filled {
            Ok(filled) => {
                mask = filled.mask;
                self.fetch.send(filled.request).await.map_err(|fault| fault.to_string())
            }
            Err(detail) => Err(detail),
        };
        let took = self.clock.now().since(begun);
        let ended = |outcome, output: String| EndedCall { call: request.id.clone(), outcome, output, took };
        Ok(match answer {
            Ok(response) => {
                let body = mask.apply(String::from_utf8_lossy(&response.body).replace('\0', ""));
                let output = format!("{}\n{}", response.status, clip(&body, OUTPUT_LIMIT));
                let outcome = if response.status < 400 { CallOutcome::Answered } else { CallOutcome::Failed };
                (Ok(Answered { status: response.status, body }), ended(outcome, output))
            }
            Err(detail) => (Err(detail.clone()), ended(CallOutcome::Failed, detail)),
        })
    }
}
