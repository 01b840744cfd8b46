//! Which message a reaction, an edit, a deletion or a status is about. WhatsApp may name one message by two ids: one is
//! made for the customer's number, the other for their user id.

use crate::{
    domain::{
        ids::{ChannelId, Wamid},
        inbound::Identity,
    },
    server::{
        conversations::{Result, UnitOfWork},
        store::{conversations, messages},
    },
};

impl UnitOfWork {
    /// The id under which the message is stored that `wamid` names: `wamid` itself, or another spelling of it in the
    /// customer's open or newest conversation.
    pub(in crate::server::conversations) async fn stored_wamid(
        &mut self,
        channel: &ChannelId,
        identity: &Identity,
        wamid: Wamid,
    ) -> Result<Wamid> {
        let Some(token) = wamid.token() else { return Ok(wamid) };
        if self.known(channel, &wamid).await? {
            return Ok(wamid);
        }
        let Some(customer) = self.known_customer(identity).await? else { return Ok(wamid) };
        let open = self.open_of(channel, &customer).await?;
        let pending = self.pending_records().filter(|record| Some(&record.conversation) == open.as_ref());
        let pending =
            pending.filter_map(|record| record.wamid.clone()).find(|other| other.token().as_ref() == Some(&token));
        if let Some(pending) = pending {
            return Ok(pending);
        }
        self.write_new().await?;
        let tenant = self.tenant_id();
        let conversation = match open {
            Some(open) => Some(open),
            None => conversations::newest_of(&mut self.tx, &tenant, channel, &customer).await?,
        };
        let Some(conversation) = conversation else { return Ok(wamid) };
        let named = messages::by_token(&mut self.tx, &tenant, &conversation, &wamid).await?;
        Ok(named.and_then(|record| record.wamid).unwrap_or(wamid))
    }
}
