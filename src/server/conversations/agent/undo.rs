//! Undo of release and take-over, which took effect at once. If somebody has acted since, the refusal names them.

use crate::{
    domain::{
        conversation::{Command, Conversation, Epoch, Owner, PreviousOwner, Refusal, State},
        event::{Actor, Event, EventKind},
        flow::run::Position,
        ids::{AgentId, ConversationId, Seq},
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result, UnitOfWork},
        store::{agents, entries, flow_runs},
    },
};

/// How many of the newest entries are searched for who acted since.
const SEARCH_LIMIT: i64 = 20;

impl Conversations {
    /// Takes a released conversation back. `epoch` is the one that [`Self::release`] returned.
    pub async fn undo_release(&self, agent: &Agent, id: &ConversationId, epoch: Epoch) -> Result<()> {
        self.transact_for(agent, move |mut work| async move {
            work.lock(id).await?;
            work.undo(agent, id, &Command::UndoRelease { agent: agent.id().clone(), epoch }).await?;
            work.done()
        })
        .await
    }

    /// Gives a conversation back to whom it was taken from. `epoch` is the one that [`Self::take_over`] returned.
    pub async fn undo_take_over(&self, agent: &Agent, id: &ConversationId, epoch: Epoch) -> Result<()> {
        self.transact_for(agent, move |mut work| async move {
            let it = work.lock(id).await?.conversation.clone();
            let back_to = work.previous_owner(agent.id(), &it).await?;
            let is_for_bot = back_to == PreviousOwner::Bot;
            let command = Command::UndoTakeOver { agent: agent.id().clone(), epoch, back_to };
            work.undo(agent, id, &command).await?;
            if is_for_bot {
                work.continue_bot(id).await?;
            }
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    /// Runs an undo, and finds out who acted since if the state does not tell.
    async fn undo(&mut self, agent: &Agent, id: &ConversationId, command: &Command) -> Result<()> {
        match self.try_run(id, agent.actor(), command, None)? {
            Ok(_) => Ok(()),
            Err(Refusal::ActedSince(None)) => {
                let tenant = self.tenant_id();
                let newest_first = entries::lines(&mut self.tx, &tenant, id, None, SEARCH_LIMIT).await?;
                let agents = newest_first.into_iter().filter_map(|entry| match entry.actor {
                    Actor::Agent(by) => Some(by),
                    Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => None,
                });
                let mut since = agents.take_while(|by| by != agent.id());
                Err(ConversationError::Refused(Refusal::ActedSince(since.next())))
            }
            Err(refusal) => Err(ConversationError::Refused(refusal)),
        }
    }

    /// Who owned the conversation before `agent` took it over. A colleague who is deactivated gets nothing back.
    async fn previous_owner(&mut self, agent: &AgentId, it: &Conversation) -> Result<PreviousOwner> {
        let tenant = self.tenant_id();
        let since = match &it.state {
            State::Human { owner: Owner::Agent { since, .. }, .. } => Some(*since),
            State::Human { owner: Owner::Nobody | Owner::Phone, .. } | State::Bot | State::Closed { .. } => None,
        };
        let mut taken = entries::of_kind(&mut self.tx, &tenant, &it.id, EventKind::TakenOver, Seq(0)).await?;
        let from = taken.pop().filter(|entry| Some(entry.at) == since).and_then(|entry| {
            let Event::TakenOver { from, .. } = entry.event else { return None };
            from
        });
        let owner = it.owner_before(agent, from.as_ref());
        if let PreviousOwner::Agent(colleague) = &owner {
            let row = agents::hold(&mut self.tx, &tenant, colleague).await?;
            if row.is_none_or(|row| !row.active) {
                return Ok(PreviousOwner::Nobody);
            }
        }
        Ok(owner)
    }

    /// The bot has the conversation again: a question of a flow waits on, any other step resumes as after a return, and
    /// what nobody has answered becomes the bot's turn.
    async fn continue_bot(&mut self, id: &ConversationId) -> Result<()> {
        if !self.has_control(id) {
            return Ok(());
        }
        let tenant = self.tenant_id();
        let run = flow_runs::find(&mut self.tx, &tenant, id).await?;
        if run.is_some_and(|run| matches!(run.position, Position::Waiting { .. })) {
            let unanswered = self.unanswered_turns(id).await?;
            return self.enqueue_turns(id, unanswered).await;
        }
        self.continue_as_bot(id).await
    }
}
