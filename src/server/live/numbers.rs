//! The WhatsApp numbers: whether each can send, how much of the month's free messages is used, and whether another app uses
//! it, too.

use super::{Live, read::zone_named};
use crate::{
    contract::numbers::NumberRow,
    domain::{
        codes::ChannelFault,
        ids::TenantId,
        report::cost::{FREE_PER_MONTH, FreePart, month::CostMonth},
        time::Timestamp,
    },
    server::store::{
        self, channels,
        costs::{self, Within},
        tenants,
    },
};

impl Live {
    /// A tenant's numbers, by name.
    pub async fn numbers(&self, tenant: &TenantId) -> store::Result<Vec<NumberRow>> {
        let mut tx = self.db.begin_read().await?;
        let settings = tenants::find(&mut tx, tenant).await?.map(|record| record.settings).unwrap_or_default();
        let zone = zone_named(&settings.zone);
        let (from, to) = CostMonth::at(self.clock.now(), &zone).bounds(&zone);
        let mut rows = Vec::new();
        for channel in channels::list(&mut tx, tenant).await? {
            let used = costs::free_part_used(&mut tx, tenant, &channel.id, Within { from, to }, FREE_PER_MONTH).await?;
            let fault = channel.down_code.map(ChannelFault::of_stored);
            rows.push(NumberRow {
                id: channel.id,
                name: channel.name,
                phone: channel.display_phone,
                fault: fault.map(ChannelFault::detail),
                remedy: fault.and_then(|fault| fault.remedy(&channel.phone_number_id)),
                free_part: FreePart::new(used),
                shared_since: channel.shared_since.map(Timestamp),
            });
        }
        Ok(rows)
    }
}
