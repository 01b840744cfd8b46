//! Return to bot: the agent is done, and the bot continues the conversation, with what nobody has answered first.

use crate::{
    domain::{conversation::Command, flow::run::Position, ids::ConversationId},
    server::{
        accounts::Agent,
        conversations::{Conversations, Result, UnitOfWork},
        store::{
            StoreError,
            flow_runs::{self, FlowRunRow},
            flows,
            jobs::JobKind,
        },
    },
};

impl Conversations {
    /// Returns the conversation to the bot. What the customer wrote since the last answer is the bot's turn. Without
    /// such a message, a running flow resumes at the step that it defines for this case, or else the bot waits.
    pub async fn return_to_bot(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.transact_for(agent, move |mut work| async move {
            work.lock(id).await?;
            work.send_leaving(id, agent.id()).await?;
            let command = Command::ReturnToBot { agent: agent.id().clone() };
            work.run(id, agent.actor(), &command, None)?;
            work.continue_as_bot(id).await?;
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// The bot has the conversation: it answers what nobody has answered, or else continues the flow. With a message the
    /// flow only gets its position, because its resume step would pass over the message. A customer of another app is
    /// answered by that app.
    pub(in crate::server::conversations) async fn continue_as_bot(&mut self, id: &ConversationId) -> Result<()> {
        if !self.has_control(id) {
            return Ok(());
        }
        let unanswered = self.unanswered_turns(id).await?;
        let resume = self.rewind_flow(id).await?;
        match resume.filter(|_| unanswered.is_empty()) {
            Some(revision) => self.enqueue(JobKind::Resume, id.as_str(), revision.to_string(), self.now),
            None => self.enqueue_turns(id, unanswered).await?,
        }
        Ok(())
    }

    /// Moves the flow to its resume step, or to its start if it has none. Returns the revision of a flow that can resume
    /// without a message.
    async fn rewind_flow(&mut self, id: &ConversationId) -> Result<Option<i64>> {
        let tenant = self.tenant_id();
        let Some(run) = flow_runs::find(&mut self.tx, &tenant, id).await? else { return Ok(None) };
        let flow = match flows::version(&mut self.tx, &tenant, &run.flow, run.version).await {
            // An unreadable version has no resume step. The next turn escalates.
            Err(StoreError::Unreadable { .. }) => None,
            other => other?,
        };
        let step = flow.and_then(|flow| flow.resume.clone().filter(|step| flow.find(step).is_some()));
        let revision = run.revision + 1;
        let resumes = step.is_some();
        let position = step.map_or(Position::Start, |step| Position::Before { step });
        let run = FlowRunRow { position, revision, moved_at: self.now, ..run };
        flow_runs::save(&mut self.tx, &tenant, id, &run).await?;
        Ok(resumes.then_some(revision))
    }
}
