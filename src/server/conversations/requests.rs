//! Ends the bot's API calls with the conversation. `bot::requests` makes them.

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
    /// Ends all API calls in progress of a conversation, because their responses are no longer needed.
    pub async fn end_calls(&mut self, conversation: &ConversationId, outcome: CallOutcome, output: &str) -> Result<()> {
        let tenant = self.tenant_id();
        for call in facts::open_calls(&mut self.tx, &tenant, conversation).await? {
            let ended = EndedCall { call, outcome, output: output.to_owned(), took: Span(0) };
            self.end_call(conversation, &ended).await?;
        }
        Ok(())
    }

    /// Records once how an API call ended.
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
