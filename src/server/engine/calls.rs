//! The lane of flows that ask another system. A request is written down before it leaves; one that was cut off with the
//! server is never repeated, it becomes a handoff (invariant 4).

use futures::future::join_all;

use super::{
    Engine, conversation,
    fill::{self, Veil},
    lease, walk,
};
use crate::{
    domain::{
        event::CallOutcome,
        flow::run::{Answered, Input, Position},
        handoff::{Failure, Trigger},
        ids::CallId,
        text::clip,
        time::Span,
    },
    server::{
        inbox::{
            InboxError,
            bot::{Asked, CALL, EndedCall, Outcome, Person},
        },
        store::jobs::JobRow,
    },
};

/// Longer than any request may take: after it, its worker is dead.
const LEASE: Span = Span::seconds(30);
/// Requests that are on their way at once.
const BATCH: i64 = 64;
/// Characters of an answer that a dossier keeps.
pub const SHOWN: usize = 4_000;

impl Engine {
    /// Makes the calls that are owed, side by side. Returns how many there were.
    pub async fn calls_once(&self) -> Result<usize, InboxError> {
        let token = self.token();
        let taken = self.jobs.take(CALL, LEASE, &token, BATCH).await?;
        let calls = taken.iter().map(|job| self.call(job, &token));
        for (job, done) in taken.iter().zip(join_all(calls).await) {
            if let Err(error) = done {
                // Its lease runs out and it is found broken off.
                tracing::error!(%error, job = %job.id, "a call could not be settled");
            }
        }
        Ok(taken.len())
    }

    async fn call(&self, job: &JobRow, token: &str) -> Result<(), InboxError> {
        let lease = lease(job, token);
        let id = CallId::from(job.payload.as_str());
        let Some(asked) = self.inbox.asked(&job.tenant_id, &id).await? else {
            return self.inbox.drop_turn(&lease).await;
        };
        let Some(before) = self.inbox.next_turn(&job.tenant_id, &conversation(job)).await? else {
            let (outcome, words) = match job.attempts {
                0 => (CallOutcome::Failed, "A person came in before it left."),
                _ => (CallOutcome::Interrupted, "The server stopped before the answer came."),
            };
            self.inbox.let_go(&job.tenant_id, &conversation(job), outcome, words).await?;
            return self.inbox.drop_turn(&lease).await;
        };
        if job.attempts > 0 {
            let trigger = Trigger::Failure { failure: Failure::Interrupted };
            let ended = self.inbox.interrupted(&job.tenant_id, &conversation(job)).await?;
            let outcome = Outcome { ended, ..Outcome::hand_off(Person::new(trigger, None)) };
            return self.inbox.settle_turn(&before, &lease, outcome).await;
        }
        let (answer, mut ended) = self.ask(job, &asked).await?;
        // The customer may have written meanwhile, or a person come in.
        let Some(mut turn) = self.inbox.next_turn(&job.tenant_id, &conversation(job)).await? else {
            ended.call = asked.id;
            self.inbox.tool_answered(&before, &ended).await?;
            return self.inbox.drop_turn(&lease).await;
        };
        turn.seen = asked.message;
        let mut outcome = match &turn.run {
            Some(run) if matches!(run.position, Position::Fetching { .. }) => {
                walk::on(&turn, run, &Input::Fetched(answer), self.clock.now())
            }
            _ => Outcome::default(),
        };
        outcome.ended = vec![ended];
        self.inbox.settle_turn(&turn, &lease, outcome).await
    }

    /// Asks, and says what became of it for the flow and for the dossier.
    async fn ask(&self, job: &JobRow, asked: &Asked) -> Result<(Result<Answered, String>, EndedCall), InboxError> {
        let begun = self.clock.now();
        let filled = fill::secrets(&self.inbox, &self.seal, &job.tenant_id, &asked.call).await?;
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
