//! Stores the language that a customer writes, in the transaction of the message. `domain::language` detects it.

use crate::{
    domain::{
        ids::ConversationId,
        inbound::Incoming,
        language::{self, Detection},
        message::Forwarded,
    },
    server::store::{
        customers::CustomerRow,
        messages::{self, MessageRow},
    },
};

use crate::server::conversations::{Result, UnitOfWork};

/// How many earlier messages are considered together with a text.
const EARLIER_MESSAGES: i64 = 16;

impl UnitOfWork {
    /// Stores the language of a message, if it is one in which it is looked for. `conversation` is `None` for imported
    /// history, which does not change a known language and is not combined with live messages.
    pub(in crate::server::conversations) async fn update_language(
        &mut self,
        customer: &CustomerRow,
        conversation: Option<&ConversationId>,
        incoming: &Incoming,
    ) -> Result<()> {
        // A group can have several languages, and a forwarded text is not the customer's own.
        let own = incoming.group.is_none() && incoming.forwarded == Forwarded::No;
        let Some(typed) = incoming.content.typed().filter(|_| own) else { return Ok(()) };
        let known = customer.language.as_deref();
        let detected = match (known, conversation) {
            (Some(_), None) => None,
            (None, None) => language::updated(None, typed, []),
            (known, Some(conversation)) => match Detection::of(known, self.number_of_next(conversation)) {
                Detection::None => None,
                Detection::Alone => language::updated(known, typed, []),
                Detection::Together => match language::updated(known, typed, []) {
                    None => {
                        let before = self.typed_in(conversation).await?;
                        language::updated(known, typed, before.iter().map(String::as_str))
                    }
                    detected => detected,
                },
            },
        };
        let Some(detected) = detected else { return Ok(()) };
        let updated = CustomerRow { language: Some(detected.to_owned()), ..customer.clone() };
        if !self.replace_new_customer(&updated) {
            self.update_customer(customer, &updated).await?;
        }
        Ok(())
    }

    /// The number of the customer's next message in a locked conversation, counted from 1 since its beginning, or since its
    /// agent looked at it. What is unread counts messages without a query.
    fn number_of_next(&self, conversation: &ConversationId) -> i64 {
        self.get(conversation).map_or(0, |it| it.unread) + 1
    }

    /// The texts that the customer typed in a conversation, newest first.
    async fn typed_in(&mut self, conversation: &ConversationId) -> Result<Vec<String>> {
        let waiting = self.pending_records().filter(|record| record.conversation == *conversation);
        let mut records: Vec<MessageRow> = waiting.cloned().collect();
        records.reverse();
        if !self.new_conversations.contains(conversation) {
            let tenant = self.tenant_id();
            records.extend(messages::page(&mut self.tx, &tenant, conversation, None, EARLIER_MESSAGES).await?);
        }
        let own = records.iter().filter(|record| record.author.is_customer() && record.forwarded == Forwarded::No);
        Ok(own.filter_map(|record| record.content.typed()).map(str::to_owned).collect())
    }
}
