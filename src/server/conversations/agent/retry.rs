//! Retry: an agent sends a message again. It stays the same message with a new attempt. Of a long message, only the
//! parts that did not arrive are sent.

use std::collections::BTreeSet;

use crate::{
    domain::{
        event::{Actor, Event},
        ids::{ConversationId, MessageId},
        message::{Author, Content, Delivery, outgoing::OutgoingMessage},
    },
    server::{
        accounts::Agent,
        store::{
            media,
            messages::{self, MessageRow},
            outbox::{self, AttemptOutcome},
            pending_updates, remote_files,
        },
    },
};

use crate::server::conversations::{ConversationError, Conversations, Result, UnitOfWork};

impl Conversations {
    /// Sends again a message that failed, or one of an agent's whose outcome is unknown.
    pub async fn retry(&self, agent: &Agent, id: &ConversationId, message: &MessageId) -> Result<()> {
        self.transact_for(agent, move |mut work| async move {
            let conversation = work.lock(id).await?.conversation.clone();
            conversation.writable_by(agent.id())?;
            let record = messages::find(&mut work.tx, agent.tenant(), message)
                .await?
                // A reaction is given again on its message.
                .filter(|record| record.conversation == *id && !record.hidden)
                .ok_or(ConversationError::NotFound)?;
            let detail = match (record.delivery, &record.author) {
                (Some(Delivery::Failed), _) | (Some(Delivery::Unknown), Author::Agent(_)) => None,
                (Some(Delivery::Unknown), _) => {
                    Some("WhatsApp hasn't responded yet. This message will be sent again automatically in a minute.")
                }
                (
                    Some(
                        Delivery::Queued
                        | Delivery::Sent
                        | Delivery::Delivered
                        | Delivery::Read
                        | Delivery::Played
                        | Delivery::Cancelled,
                    )
                    | None,
                    _,
                ) => Some("This message didn't fail, so there is nothing to send again."),
            };
            if let Some(detail) = detail {
                return Err(ConversationError::Invalid(detail.to_owned()));
            }
            if let Content::TemplateSent(template) = &record.content {
                work.check_again(agent, &conversation, template).await?;
            }
            work.resend(agent, record).await?;
            work.done()
        })
        .await
    }
}

impl UnitOfWork {
    async fn resend(&mut self, agent: &Agent, mut record: MessageRow) -> Result<()> {
        let tenant = self.tenant_id();
        outbox::finish_message(&mut self.tx, &tenant, &record.id).await?;
        // Meta may have refused the file by the id that it gave it.
        let message = OutgoingMessage::of(&record.content);
        if let Some(id) = message.as_ref().and_then(OutgoingMessage::uploaded_file)
            && let Some(upload) = media::upload(&mut self.tx, &tenant, id).await?
        {
            remote_files::forget(&mut self.tx, &tenant, &upload.path).await?;
        }
        let attempts = outbox::attempts(&mut self.tx, &tenant, &record.id).await?;
        let with = |outcome: AttemptOutcome| attempts.iter().filter(move |one| one.outcome == Some(outcome));
        // A part without a response may have arrived, so the message is marked as resent.
        record.resent |= with(AttemptOutcome::Unclear).next().is_some();
        // The failed attempts had wamids of their own. Repeated statuses for those must not affect the new attempt.
        let failed = with(AttemptOutcome::Failed).filter_map(|one| one.wamid.clone());
        for wamid in failed.chain(record.wamid.take()).collect::<BTreeSet<_>>() {
            pending_updates::mark(&mut self.tx, &record.channel, &wamid, self.now).await?;
        }
        record.delivery = Some(Delivery::Queued);
        record.fault = None;
        messages::save(&mut self.tx, &tenant, &record).await?;
        let sent: BTreeSet<i64> = with(AttemptOutcome::Sent).map(|one| one.ord).collect();
        let mut rows = self.pieces(&record, None);
        if !rows.iter().all(|row| sent.contains(&row.ord)) {
            rows.retain(|row| !sent.contains(&row.ord));
        }
        outbox::insert(&mut self.tx, &rows).await?;
        self.wake_outbox();
        let id = record.conversation.clone();
        self.append(Some(&id), Actor::Agent(agent.id().clone()), Event::Resent { message: record.id });
        Ok(())
    }
}
