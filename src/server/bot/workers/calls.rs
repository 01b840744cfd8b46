//! The queue of flows' API calls. A call is recorded before it is sent. One that the end of the server interrupted is
//! never repeated; it becomes a handoff (promise 4).

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use super::{Bot, TRIES, conversation};
use crate::{
    domain::{
        bot::{EndedCall, Escalation, Outcome, walk},
        event::CallOutcome,
        flow::run::{Answered, Input},
        handoff::{Failure, Trigger},
        ids::CallId,
        text::clip,
        time::Span,
    },
    server::{
        bot::{
            fill::{self, Veil},
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
const OUT: usize = 512;
const SHARE: i64 = 64;
/// Most calls taken at once.
const BATCH: usize = 64;
/// Most characters of a response that the dossier stores.
pub const SHOWN: usize = 4_000;

impl Bot {
    /// Makes the due calls concurrently and waits for all of them. Returns how many there were.
    pub async fn calls_once(&self) -> Result<usize, ConversationError> {
        let taken = self.calls_due(BATCH).await?;
        join_all(taken.iter().map(|job| self.call_or_put_back(job))).await;
        Ok(taken.len())
    }

    /// Runs until `stop` is cancelled. Calls in progress are finished, because each has a timeout and must not be
    /// repeated.
    pub(in crate::server::bot) async fn call_out(&self, stop: &CancellationToken) {
        let wakeup = &self.bus.wakeups().calls;
        let pool = WorkerPool::new("calls", wakeup, &self.clock, &self.entropy, stop).most(OUT);
        let work = |job: Leased<JobRow>| {
            let bot = self.clone();
            async move { bot.call_or_put_back(&job).await }
        };
        pool.run(|room| self.calls_due(room.min(BATCH)), work).await;
    }

    async fn calls_due(&self, most: usize) -> Result<Vec<Leased<JobRow>>, ConversationError> {
        let most = i64::try_from(most).unwrap_or(1);
        Ok(self.jobs.take(JobKind::Call, Selection::FairShare(SHARE), LEASE, most).await?)
    }

    async fn call_or_put_back(&self, job: &Leased<JobRow>) {
        if let Err(error) = self.call(job).await {
            tracing::error!(%error, job = %job.id, attempts = job.attempts, "bot: API call not settled, will retry");
            // The next attempt finds the call interrupted.
            if let Err(error) = self.jobs.reschedule(job, Span::seconds(2)).await {
                tracing::error!(%error, job = %job.id, "bot: rescheduling API call failed");
            }
        }
    }

    async fn call(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        if job.attempts >= TRIES {
            return self.give_up(job).await;
        }
        let id = CallId::from(job.payload.as_str());
        let Some(asked) = self.asked(&job.tenant_id, &id).await? else {
            return self.drop_turn(job).await;
        };
        let Some(before) = self.next_turn(&job.tenant_id, &conversation(job)).await? else {
            let (outcome, words) = match job.attempts {
                0 => (CallOutcome::Failed, "An agent took over before the call was sent."),
                _ => (CallOutcome::Interrupted, "The server stopped before the response arrived."),
            };
            self.end_interrupted(&job.tenant_id, &conversation(job), outcome, words).await?;
            return self.drop_turn(job).await;
        };
        if job.attempts > 0 {
            let trigger = Trigger::Failure { failure: Failure::Interrupted };
            let ended = self.interrupted(&job.tenant_id, &conversation(job)).await?;
            let outcome = Outcome { ended, ..Outcome::hand_off(Escalation::new(trigger, None)) };
            return self.settle_call(&before, job, &outcome).await;
        }
        if !asked.is_awaited(&before) {
            let output = "The flow moved on before the call was sent.".to_owned();
            let ended = EndedCall { call: asked.id, outcome: CallOutcome::Failed, output, took: Span(0) };
            let outcome = Outcome { ended: vec![ended], ..Outcome::default() };
            return self.settle_call(&before, job, &outcome).await;
        }
        let (answer, mut ended) = self.ask(job, &asked).await?;
        // Load the turn again: the customer may have written, or an agent may have taken over.
        let Some(mut turn) = self.next_turn(&job.tenant_id, &conversation(job)).await? else {
            ended.call = asked.id;
            self.tool_answered(&before, &ended).await?;
            return self.drop_turn(job).await;
        };
        turn.seen.clone_from(&asked.message);
        let mut outcome = match &turn.run {
            Some(run) if asked.is_awaited(&turn) => {
                walk::advance(&turn, run, &Input::Fetched(answer), self.clock.now())
            }
            _ => Outcome::default(),
        };
        outcome.ended = vec![ended];
        self.settle_call(&turn, job, &outcome).await
    }

    /// Makes the call. Returns the response for the flow and the record for the dossier.
    async fn ask(
        &self,
        job: &JobRow,
        asked: &OpenRequest,
    ) -> Result<(Result<Answered, String>, EndedCall), ConversationError> {
        let begun = self.clock.now();
        let filled = fill::secrets(self, &job.tenant_id, &asked.call).await?;
        let mut veil = Veil::default();
        let answer = match filled {
            Ok(filled) => {
                veil = filled.veil;
                self.fetch.send(filled.request).await.map_err(|fault| fault.to_string())
            }
            Err(words) => Err(words),
        };
        let took = self.clock.now().since(begun);
        let ended = |outcome, output: String| EndedCall { call: asked.id.clone(), outcome, output, took };
        Ok(match answer {
            Ok(response) => {
                let body = veil.over(String::from_utf8_lossy(&response.body).replace('\0', ""));
                let shown = format!("{}\n{}", response.status, clip(&body, SHOWN));
                let outcome = if response.status < 400 { CallOutcome::Answered } else { CallOutcome::Failed };
                (Ok(Answered { status: response.status, body }), ended(outcome, shown))
            }
            Err(words) => (Err(words.clone()), ended(CallOutcome::Failed, words)),
        })
    }
}
