//! Close and return to bot with a time to undo them. The press writes a row and a job; until they are due nothing else
//! changes and nothing is sent. `conversations::endings` carries them out.

use crate::{
    domain::{
        conversation::{Command, EndingKind, EndingPress, UNDO_TIME},
        desk::EndingMark,
        ids::{ConversationId, EndingId},
        time::Span,
    },
    server::{
        accounts::Agent,
        conversations::{ConversationError, Conversations, Result},
        store::agents,
    },
};

impl Conversations {
    /// Schedules a close or a return to the bot. `None`: one was pending, and this second press cancelled it. Nothing
    /// is scheduled then: two tabs or two colleagues disagree about what should happen, and nothing is what harms no
    /// customer.
    ///
    /// # Errors
    /// [`ConversationError::Invalid`] for an outcome that is missing or archived, or a goodbye that is too long. A
    /// refusal of the ordinary command, which is decided once more when the ending is due.
    pub async fn schedule_ending(
        &self,
        agent: &Agent,
        id: &ConversationId,
        press: &EndingPress,
    ) -> Result<Option<EndingMark>> {
        if let Some(detail) = press.violation() {
            return Err(ConversationError::Invalid(detail));
        }
        self.transact_for(agent, move |mut work| async move {
            work.lock(id).await?;
            work.send_leaving(id, agent.id()).await?;
            let own = agents::find(&mut work.tx, agent.tenant(), agent.id()).await?;
            let own = own.map_or(UNDO_TIME, |row| Span::seconds(row.undo_seconds));
            let ending: EndingId = work.entropy.id(work.now);
            let command = Command::ScheduleEnding {
                ending: ending.clone(),
                kind: press.kind,
                agent: agent.id().clone(),
                seen: press.seen.clone(),
                // A return to the bot has no outcome, whatever was sent.
                outcome: press.outcome.clone().filter(|_| press.kind == EndingKind::Close),
                due_at: press.due_at(work.now, own),
            };
            work.run(id, agent.actor(), &command, None)?;
            let pending = work.get(id).and_then(|it| it.ending.as_ref()).map(|pending| EndingMark {
                id: pending.id.clone(),
                kind: pending.kind,
                agent: pending.agent.clone(),
                name: agent.name().to_owned(),
                due_at: pending.due_at,
            });
            // After the decision, which says first whose conversation it is. A second press cancels, whatever it carries.
            if pending.is_some() && press.kind == EndingKind::Close {
                work.check_outcome(press.outcome.as_ref()).await?;
            }
            work.goodbyes.insert(ending, press.goodbye.clone());
            work.done_with(pending)
        })
        .await
    }

    /// Undoes a pending close or return.
    pub async fn undo_ending(&self, agent: &Agent, id: &ConversationId, ending: &EndingId) -> Result<()> {
        let command = Command::UndoEnding { agent: agent.id().clone(), ending: ending.clone() };
        self.command(agent, id, command).await
    }
}
