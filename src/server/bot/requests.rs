//! Records API calls: each is stored as requested before it is sent, and is sent once. A call with an unknown outcome
//! is never repeated (promise 4).

use super::Bot;
use crate::{
    domain::{
        bot::{EndedCall, FlowChange, FlowRun, Turn},
        conversation::State,
        dossier::{CallKind, CallStatus},
        event::{CallOutcome, Event},
        flow::{
            definition::StepId,
            run::{HttpCall, Position},
        },
        ids::{CallId, ConversationId, MessageId, TenantId},
        time::Span,
    },
    server::{
        conversations::{Result, UnitOfWork},
        store::{
            RowId,
            facts::{self, CallRow, FactRow},
            jobs::{JobKind, JobRow},
            secrets::{self, SealedSecret},
            to_json,
        },
    },
};

/// A recorded call that may be sent.
#[derive(Clone, Debug)]
pub struct OpenRequest {
    pub id: CallId,
    /// The customer's message that led to the call. Later messages have no turn yet.
    pub message: Option<MessageId>,
    pub call: HttpCall,
    step: Option<String>,
    revision: i64,
}

/// What became of a tool's call before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolCallRecord {
    Recorded(CallId),
    /// An agent has the conversation.
    TakenOver,
    /// An agent's close is pending: the whole turn waits.
    Held,
}

impl OpenRequest {
    /// Whether the flow still waits for this response. It may have been replaced by another flow that makes a call too.
    pub fn is_awaited(&self, turn: &Turn) -> bool {
        let Some(FlowRun { position: Position::Fetching { step }, revision, .. }) = &turn.run else { return false };
        *revision == self.revision && self.step.as_ref() == Some(&step.0)
    }
}

impl Bot {
    /// The call of a job; `None` if it has ended.
    pub async fn open_request(&self, tenant: &TenantId, id: &CallId) -> Result<Option<OpenRequest>> {
        let mut tx = self.conversations.db.begin_read().await?;
        let Some(row) = facts::call(&mut tx, tenant, id).await?.filter(|row| row.status == CallStatus::Requested)
        else {
            return Ok(None);
        };
        let call = RowId::new("calls", row.id.as_str()).json("request", &row.request)?;
        let (step, revision) = (row.step, row.revision);
        Ok(Some(OpenRequest { id: row.id, message: row.message_id.map(Into::into), call, step, revision }))
    }

    /// Records a tool's call before it is sent, if it may be sent.
    pub async fn record_tool_call(
        &self,
        turn: &Turn,
        name: &str,
        step: Option<&StepId>,
        arguments: &str,
        call: &HttpCall,
    ) -> Result<ToolCallRecord> {
        self.conversations
            .transact(&turn.tenant, move |mut work| async move {
                let it = &work.lock(&turn.conversation).await?.conversation;
                if it.state != State::Bot || it.epoch != turn.epoch {
                    return work.discard(ToolCallRecord::TakenOver);
                }
                if work.held_until(&turn.conversation).is_some() {
                    return work.discard(ToolCallRecord::Held);
                }
                let source = CallSource { kind: CallKind::Tool, label: name, step, revision: turn.revision() };
                let id = work.record_call(turn, &source, arguments.to_owned(), call)?;
                work.done_with(ToolCallRecord::Recorded(id))
            })
            .await
    }

    /// Records the result of a tool's call.
    pub async fn end_tool_call(&self, turn: &Turn, ended: &EndedCall) -> Result<()> {
        self.record_end(&turn.tenant, &turn.conversation, ended).await
    }

    /// Records the result of a flow's call, after an agent has taken over.
    pub async fn end_answered_call(&self, job: &JobRow, ended: &EndedCall) -> Result<()> {
        self.record_end(&job.tenant_id, &super::conversation(job), ended).await
    }

    async fn record_end(&self, tenant: &TenantId, conversation: &ConversationId, ended: &EndedCall) -> Result<()> {
        self.conversations
            .transact(tenant, move |mut work| async move {
                work.lock(conversation).await?;
                work.end_call(conversation, ended).await?;
                work.done()
            })
            .await
    }

    /// Calls that the end of the server interrupted. Their outcome is unknown.
    pub async fn interrupted(&self, tenant: &TenantId, conversation: &ConversationId) -> Result<Vec<EndedCall>> {
        let mut tx = self.conversations.db.begin_read().await?;
        let ids = facts::open_calls(&mut tx, tenant, conversation).await?;
        Ok(ids
            .into_iter()
            .map(|call| EndedCall {
                call,
                outcome: CallOutcome::Interrupted,
                output: "The server stopped before the response arrived.".to_owned(),
                took: Span(0),
            })
            .collect())
    }

    /// Ends the open calls of a conversation that the bot no longer has.
    pub async fn end_interrupted(
        &self,
        tenant: &TenantId,
        conversation: &ConversationId,
        outcome: CallOutcome,
        detail: &str,
    ) -> Result<()> {
        if self.interrupted(tenant, conversation).await?.is_empty() {
            return Ok(());
        }
        self.conversations
            .transact(tenant, move |mut work| async move {
                work.lock(conversation).await?;
                work.end_calls(conversation, outcome, detail).await?;
                work.done()
            })
            .await
    }

    /// A tenant's secret, encrypted.
    pub async fn secret(&self, tenant: &TenantId, name: &str) -> Result<Option<SealedSecret>> {
        let mut tx = self.conversations.db.begin_read().await?;
        Ok(secrets::find(&mut tx, tenant, name).await?)
    }
}

impl UnitOfWork {
    /// Records the call of a flow's step and enqueues its job.
    pub(super) fn record_step_call(
        &mut self,
        turn: &Turn,
        revision: i64,
        step: &StepId,
        label: &str,
        call: &HttpCall,
    ) -> Result<()> {
        let source = CallSource { kind: CallKind::Http, label, step: Some(step), revision };
        let id = self.record_call(turn, &source, summary(call), call)?;
        self.enqueue(JobKind::Call, turn.conversation.as_str(), id.into_string(), self.now);
        Ok(())
    }

    /// Ends the open calls of a flow that is left while it waits for a response.
    pub(super) async fn end_abandoned_calls(&mut self, turn: &Turn, change: &FlowChange) -> Result<()> {
        if !change.ends_run() || !turn.run.as_ref().is_some_and(|run| matches!(run.position, Position::Fetching { .. }))
        {
            return Ok(());
        }
        let detail = "The flow was left before the response arrived.";
        self.end_calls(&turn.conversation, CallOutcome::Interrupted, detail).await
    }

    fn record_call(&mut self, turn: &Turn, source: &CallSource<'_>, input: String, call: &HttpCall) -> Result<CallId> {
        let id: CallId = self.entropy.id(self.now);
        let row = CallRow {
            id: id.clone(),
            kind: source.kind,
            label: source.label.to_owned(),
            step: source.step.map(|step| step.0.clone()),
            revision: source.revision,
            request: to_json(call)?,
            input,
            output: None,
            status: CallStatus::Requested,
            took: None,
            message_id: turn.seen.as_ref().map(|message| message.as_str().to_owned()),
            at: self.now.0,
            seq: 0,
        };
        let event = Event::CallRequested { call: id.clone() };
        self.append_fact(&turn.conversation, event, FactRow::Call(row));
        Ok(id)
    }
}

/// What makes the call.
struct CallSource<'a> {
    kind: CallKind,
    label: &'a str,
    step: Option<&'a StepId>,
    /// Revision of the flow run that waits for the response.
    revision: i64,
}

/// A call as people see it: without headers, which may contain secrets.
fn summary(call: &HttpCall) -> String {
    let method = call.method.as_str();
    match &call.body {
        Some(body) => format!("{method} {}\n{body}", call.url),
        None => format!("{method} {}", call.url),
    }
}
