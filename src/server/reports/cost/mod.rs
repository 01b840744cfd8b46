//! What messages cost: the report of a month, and the price of the next message of a conversation.
//!
//! Facts tell what WhatsApp said about each message; what is charged is decided in `domain::report::cost`. Nothing is
//! written here. `list` and `export` read the messages behind a number through `rows`. To add a sum: its field in the domain,
//! and its place in `page`.

mod export;
mod list;
mod page;
mod rows;
mod tip_counts;

use jiff::tz::TimeZone;

use super::counting::Counting;
use crate::{
    domain::{
        ids::{ChannelId, ConversationId, TenantId},
        report::cost::{FREE_PER_MONTH, FreePart, month::CostMonth, next::NextPrice},
        time::Timestamp,
    },
    server::{
        accounts::Agent,
        clock::Clock,
        log::Log,
        store::{
            Db, StoreError, Tx, conversations,
            costs::{self, Within},
            customers, prices,
            tenants::{self, Tenant},
        },
    },
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Costs {
    db: Db,
    clock: Clock,
    log: Log,
    counting: Counting,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// It does not exist, or belongs to another tenant.
    #[error("not found")]
    NotFound,
    /// The caller may not see what the company pays.
    #[error("not allowed")]
    Forbidden,
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub type Result<T> = std::result::Result<T, CostError>;

impl Costs {
    pub(super) fn new(db: Db, clock: Clock, log: Log, counting: Counting) -> Self {
        Self { db, clock, log, counting }
    }

    /// What the next message of a conversation will cost, for whoever writes it.
    ///
    /// # Errors
    /// [`CostError::NotFound`] if the conversation is not one of the agent's tenant.
    pub async fn next_price(&self, agent: &Agent, conversation: &ConversationId) -> Result<NextPrice> {
        let (tenant, now) = (agent.tenant(), self.clock.now());
        let mut tx = self.db.begin_read().await?;
        let stored = conversations::load(&mut tx, tenant, conversation).await?.ok_or(CostError::NotFound)?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(CostError::NotFound)?;
        let month = within(CostMonth::at(now, &zone_of(&record)), &zone_of(&record));
        let free = free_part(&mut tx, tenant, &stored.conversation.channel, month).await?;
        let newest = costs::newest_price(&mut tx, tenant, conversation).await?;
        let market = customers::markets(&mut tx, tenant, &[conversation]).await?.remove(conversation);
        let prices = prices::read(&mut tx, tenant).await?.list;
        Ok(NextPrice::of(free, newest.as_ref(), market.as_deref(), &prices, now))
    }
}

/// How much of its free part a number has used in a month.
async fn free_part(tx: &mut Tx, tenant: &TenantId, channel: &ChannelId, month: Within) -> Result<FreePart> {
    Ok(FreePart::new(costs::free_part_used(tx, tenant, channel, month, FREE_PER_MONTH).await?))
}

/// The zone of the tenant's months. WhatsApp does not say in which zone its months begin.
fn zone_of(record: &Tenant) -> TimeZone {
    TimeZone::get(&record.settings.zone).unwrap_or(TimeZone::UTC)
}

fn within(month: CostMonth, zone: &TimeZone) -> Within {
    let (from, to): (Timestamp, Timestamp) = month.bounds(zone);
    Within { from, to }
}
