//! What nobody has answered when the bot gets a conversation back: it becomes the bot's turn (promise 4).

use std::collections::BTreeSet;

use crate::{
    domain::{
        ids::{ConversationId, MessageId},
        message::{Author, Delivery, TurnEffect},
        quiet, rating,
    },
    server::{
        conversations::{Result, UnitOfWork},
        store::{
            handoffs,
            jobs::{self, JobKind},
            messages::{self, MessageRow},
        },
    },
};

/// How many of the newest messages are searched for the last answer.
const SEARCH_LIMIT: i64 = 30;

impl UnitOfWork {
    /// The customer's messages since the last answer, oldest first, without quiet ones. A message that called an
    /// agent counts as an answer to what came before: the agent has dealt with it.
    pub(in crate::server::conversations) async fn unanswered_turns(
        &mut self,
        id: &ConversationId,
    ) -> Result<Vec<MessageId>> {
        let tenant = self.tenant_id();
        let past = handoffs::of(&mut self.tx, &tenant, id).await?;
        let called: BTreeSet<MessageId> = past.into_iter().filter_map(|past| past.handoff.message).collect();
        let newest_first = messages::page(&mut self.tx, &tenant, id, None, SEARCH_LIMIT).await?;
        let since = newest_first.into_iter().take_while(|record| !is_answer(record) && !called.contains(&record.id));
        let mut unanswered: Vec<MessageRow> = since.filter(is_turn).collect();
        unanswered.reverse();
        if unanswered.iter().any(|record| quiet::is_quiet(&record.content) || rating::may_answer(&record.content)) {
            let quiet = self.quiet_messages(id).await?;
            let given = self.given_ratings(id).await?;
            // An edit may have made more of a quiet message.
            let needs_none = |record: &MessageRow| {
                let is_tapped = record.content.payload().is_some_and(|payload| rating::tapped(payload).is_some());
                let is_typed = !record.edited && given.iter().any(|given| given.message == record.id);
                quiet::is_quiet(&record.content) || is_tapped || is_typed
            };
            unanswered.retain(|record| !(quiet.contains(&record.id) && needs_none(record)));
        }
        Ok(unanswered.into_iter().map(|record| record.id).collect())
    }

    /// Gives the bot its turn for the newest of the unanswered messages. In the earlier ones keywords are heard, so that
    /// a request for a person is not lost under a later message; in all of them if the bot may not write any more.
    pub(in crate::server::conversations) async fn enqueue_turns(
        &mut self,
        id: &ConversationId,
        unanswered: Vec<MessageId>,
    ) -> Result<()> {
        let newest = unanswered.len().saturating_sub(1);
        let may_write = self.get(id).is_some_and(|it| it.window.is_open(self.now));
        for (nth, message) in unanswered.into_iter().enumerate() {
            let kind = if nth == newest && may_write { JobKind::Turn } else { JobKind::Reread };
            // The message's own turn may still wait since before the agent came.
            if !jobs::is_waiting_for(&mut self.tx, kind, id.as_str(), message.as_str()).await? {
                self.enqueue(kind, id.as_str(), message.into_string(), self.now);
            }
        }
        Ok(())
    }
}

/// Whether it answers what the customer wrote before it. The tenant's notices do not, nor does what never left.
fn is_answer(record: &MessageRow) -> bool {
    let is_reply = match record.author {
        Author::Bot | Author::Agent(_) | Author::Phone | Author::Partner => true,
        Author::Customer | Author::System => false,
    };
    is_reply && !matches!(record.delivery, Some(Delivery::Failed | Delivery::Cancelled))
}

/// Whether the bot answers it: late messages and groups are for people.
fn is_turn(record: &MessageRow) -> bool {
    record.author.is_customer()
        && record.content.turn() == TurnEffect::Customer
        && !record.revoked
        && !record.late
        && record.context.sender.is_none()
}
