//! Return to bot: the agent is done, and the bot goes on.

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
    /// Gives the conversation back. A flow that was under way goes on where it says, else with the next message.
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
    /// The flow goes on at the step that it names for this, else from the top with the customer's next message.
    async fn resume_flow(&mut self, id: &ConversationId) -> Result<()> {
        let tenant = self.tenant_id();
        let Some(run) = flow_runs::find(&mut self.tx, &tenant, id).await? else { return Ok(()) };
        let flow = match flows::version(&mut self.tx, &tenant, &run.flow, run.version).await {
            // A version that cannot be read names no step; the next turn calls a person.
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
