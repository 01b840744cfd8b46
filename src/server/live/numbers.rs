//! The WhatsApp numbers: whether each can send, and whether another app uses it, too.

use super::Live;
use crate::{
    contract::numbers::NumberRow,
    domain::{codes::ChannelFault, ids::TenantId, time::Timestamp},
    server::store::{self, channels},
};

impl Live {
    /// A tenant's numbers, by name.
    pub async fn numbers(&self, tenant: &TenantId) -> store::Result<Vec<NumberRow>> {
        let mut tx = self.db.begin_read().await?;
        let channels = channels::list(&mut tx, tenant).await?;
        let row = |channel: channels::ChannelRow| NumberRow {
            id: channel.id,
            name: channel.name,
            phone: channel.display_phone,
            fault: channel.down_code.map(|code| ChannelFault::of_stored(code).detail()),
            shared_since: channel.shared_since.map(Timestamp),
        };
        Ok(channels.into_iter().map(row).collect())
    }
}
