//! Requests of the bot to other systems, as far as a conversation ends them. How they are made is `bot::requests`.

use crate::{
    domain::{
        bot::EndedCall,
        event::{Actor, CallOutcome, Event},
        ids::ConversationId,
        time::Span,
    },
    server::store::facts,
};

use super::{Result, UnitOfWork};

impl UnitOfWork {
    /// Ends whatever is still being asked for a conversation: nobody waits for the answers any more.
    pub async fn end_calls(&mut self, conversation: &ConversationId, outcome: CallOutcome, words: &str) -> Result<()> {
        let tenant = self.tenant_id();
        for call in facts::open_calls(&mut self.tx, &tenant, conversation).await? {
            let ended = EndedCall { call, outcome, output: words.to_owned(), took: Span(0) };
            self.end_call(conversation, &ended).await?;
        }
        Ok(())
    }

    /// Writes down how a request ended, once.
    pub async fn end_call(&mut self, conversation: &ConversationId, ended: &EndedCall) -> Result<()> {
        let tenant = self.tenant_id();
        let EndedCall { call, outcome, output, took } = ended;
        if facts::end_call(&mut self.tx, &tenant, call, *outcome, output, *took).await? {
            let event = Event::CallEnded { call: call.clone(), outcome: *outcome, took: *took };
            self.append(Some(conversation), Actor::Bot, event);
        }
        Ok(())
    }
}
