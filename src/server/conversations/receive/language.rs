//! Stores the language that a customer writes, in the transaction of the message. `domain::language` detects it.

use crate::{
    domain::{ids::ConversationId, inbound::Incoming, language, message::Forwarded},
    server::store::{
        customers::CustomerRow,
        messages::{self, MessageRow},
    },
};

use crate::server::conversations::{Result, UnitOfWork};

/// How many earlier messages are considered while the language is unknown.
const EARLIER_MESSAGES: i64 = 8;

impl UnitOfWork {
    /// Stores the language of a message. `conversation` is `None` for imported history, which does not change a known
    /// language and is not combined with live messages.
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
            (Some(_), Some(_)) | (None, None) => language::updated(known, typed, []),
            (None, Some(conversation)) => match language::detect(typed) {
                None => {
                    let before = self.typed_in(conversation).await?;
                    language::updated(None, typed, before.iter().map(String::as_str))
                }
                detected => detected,
            },
        };
        let Some(detected) = detected else { return Ok(()) };
        let updated = CustomerRow { language: Some(detected.to_owned()), ..customer.clone() };
        if !self.replace_new_customer(&updated) {
            self.update_customer(customer, &updated).await?;
        }
        Ok(())
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
