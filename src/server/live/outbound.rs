//! The page of a new conversation: the numbers it can begin on, and first messages that failed.

use super::{Live, Result};
use crate::{
    contract::outbound::{FailedFirst, OutboundChannel, OutboundCustomer, OutboundPage},
    domain::{
        ids::ConversationId,
        time::{Span, Timestamp},
    },
    server::{
        accounts::Agent,
        store::{agents, channels, conversations, customers, handoffs},
    },
};

/// How long a failed first message is listed.
const LISTED_FOR: Span = Span::days(30);
/// Most that are listed.
const LISTED: i64 = 50;

impl Live {
    /// What the page shows; `from` is the conversation of the customer who is to be written to. One of another tenant is none.
    pub async fn outbound(&self, agent: &Agent, from: Option<&ConversationId>) -> Result<OutboundPage> {
        let tenant = agent.tenant();
        let mut tx = self.db.begin_read().await?;
        let channels = channels::list(&mut tx, tenant).await?;
        let earlier = match from {
            Some(id) => conversations::load(&mut tx, tenant, id).await?.map(|stored| stored.conversation),
            None => None,
        };
        let customer = match &earlier {
            Some(earlier) => customers::current(&mut tx, tenant, &earlier.customer).await?,
            None => None,
        };
        let names = agents::names(&mut tx, tenant).await?;
        let since = self.clock.now().minus(LISTED_FOR);
        let failed = handoffs::failed_first(&mut tx, tenant, since, LISTED).await?;
        let with_plus = |digits: Option<String>| digits.map(|digits| format!("+{digits}"));
        Ok(OutboundPage {
            channels: channels
                .into_iter()
                .map(|channel| OutboundChannel { id: channel.id, name: channel.name, phone: channel.display_phone })
                .collect(),
            customer: customer.map(|customer| OutboundCustomer {
                id: customer.id,
                name: customer.name,
                phone: with_plus(customer.wa_id),
            }),
            channel: earlier.map(|earlier| earlier.channel),
            failed: failed
                .into_iter()
                .map(|row| FailedFirst {
                    conversation: row.conversation,
                    message: row.message,
                    at: Timestamp(row.at),
                    agent: names.of(&row.agent),
                    name: row.name,
                    phone: with_plus(row.wa_id),
                    channel_name: row.channel_name,
                    reason: row.fault_words.unwrap_or_default(),
                })
                .collect(),
        })
    }
}
