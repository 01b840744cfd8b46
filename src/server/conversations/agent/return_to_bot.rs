//! Return to bot: the agent is done, and the bot continues the conversation.

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
    /// Returns the conversation to the bot. A running flow resumes at the step that it defines for this case; otherwise
    /// the bot waits for the customer's next message.
    pub async fn return_to_bot(&self, agent: &Agent, id: &ConversationId) -> Result<()> {
        self.transact(agent.tenant(), move |mut work| async move {
            work.lock(id).await?;
            let command = Command::ReturnToBot { agent: agent.id().clone() };
            work.run(id, agent.actor(), &command, None)?;
            work.resume_flow(id).await?;
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// Continues the flow at its resume step, or restarts it with the customer's next message if it has none.
    pub(in crate::server::conversations) async fn resume_flow(&mut self, id: &ConversationId) -> Result<()> {
        let tenant = self.tenant_id();
        let Some(run) = flow_runs::find(&mut self.tx, &tenant, id).await? else { return Ok(()) };
        let flow = match flows::version(&mut self.tx, &tenant, &run.flow, run.version).await {
            // An unreadable version has no resume step. The next turn escalates.
            Err(StoreError::Unreadable { .. }) => None,
            other => other?,
        };
        let step = flow.and_then(|flow| flow.resume.clone().filter(|step| flow.find(step).is_some()));
        let revision = run.revision + 1;
        let position = match step {
            Some(step) => {
                self.enqueue(JobKind::Resume, id.as_str(), revision.to_string(), self.now);
                Position::Before { step }
            }
            None => Position::Start,
        };
        flow_runs::save(&mut self.tx, &tenant, id, &FlowRunRow { position, revision, ..run }, self.now).await?;
        Ok(())
    }
}
