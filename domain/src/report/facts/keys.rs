//! Which stored facts a fold of some entries needs.

use std::collections::BTreeSet;

use crate::{
    event::{Entry, Event},
    ids::{ConversationId, HandoffId, MessageId},
};

/// The keys of the facts that entries name. The newest handoff, close and stint of each of these conversations are needed
/// as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactKeys {
    pub conversations: BTreeSet<ConversationId>,
    pub handoffs: BTreeSet<HandoffId>,
    pub messages: BTreeSet<MessageId>,
    /// The handoffs that are rated.
    pub ratings: BTreeSet<HandoffId>,
}

impl FactKeys {
    pub fn of(entries: &[Entry]) -> Self {
        let mut keys = Self::default();
        for entry in entries {
            keys.conversations.extend(entry.conversation.clone());
            keys.add_named(&entry.event);
        }
        keys
    }

    fn add_named(&mut self, event: &Event) {
        if let Event::Started { previous, .. } = event {
            self.conversations.extend(previous.clone());
        }
        // What has ended can still get its first reply, or lose it.
        if let Event::FirstReplySent { handoff, .. } | Event::AnswerFailed { handoff: Some(handoff), .. } = event {
            self.handoffs.insert(handoff.clone());
        }
        if let Event::Rated { handoff, .. } = event {
            self.ratings.insert(handoff.clone());
        }
        if let Event::Delivered { message, .. } | Event::Resent { message } = event {
            self.messages.insert(message.clone());
        }
    }
}
