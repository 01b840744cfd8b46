//! Reads the messages behind a number of the cost report, newest first. Sums are read in `costs`; the table belongs to
//! `report_messages`. Nothing is written here.

use std::collections::BTreeSet;

use sqlx::QueryBuilder;

use super::{
    Result, Tx,
    costs::Within,
    db::on,
    report_messages::{COLUMNS, RawFact, sender_columns},
};
use crate::domain::{
    ids::{ChannelId, TenantId},
    report::{
        cost::{PricedMessages, list::CostKey},
        facts::MessageFact,
    },
};

/// The values that the messages of some groups have. A list reads no other messages, so that it need not pass through a whole
/// month for a few. What a column does not hold is an empty text.
#[derive(Clone, Debug, Default)]
pub struct CostColumns {
    authors: BTreeSet<String>,
    agents: BTreeSet<String>,
    flows: BTreeSet<String>,
    markets: BTreeSet<String>,
    categories: BTreeSet<String>,
    kinds: BTreeSet<String>,
}

impl CostColumns {
    pub fn of(groups: &[&PricedMessages]) -> Self {
        let mut columns = Self::default();
        for group in groups {
            let (author, agent) = sender_columns(&group.sender);
            columns.authors.insert(author.to_owned());
            columns.agents.insert(agent.unwrap_or_default().to_owned());
            columns.flows.insert(group.flow.as_ref().map(ToString::to_string).unwrap_or_default());
            columns.markets.insert(group.market.clone().unwrap_or_default());
            columns.categories.insert(group.pricing.category.clone());
            columns.kinds.insert(group.pricing.kind.clone().unwrap_or_default());
        }
        columns
    }

    pub fn is_empty(&self) -> bool {
        self.authors.is_empty()
    }

    fn each(&self) -> [(&'static str, &BTreeSet<String>); 6] {
        [
            ("author", &self.authors),
            ("agent_id", &self.agents),
            ("flow_id", &self.flows),
            ("market", &self.markets),
            ("category", &self.categories),
            ("pricing_type", &self.kinds),
        ]
    }
}

/// Up to `most` messages of a number with a price that was told within a time, of these columns, newest first. Those of the
/// key and above it are left out.
pub async fn priced(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    time: Within,
    columns: &CostColumns,
    after: Option<&CostKey>,
    most: i64,
) -> Result<Vec<MessageFact>> {
    let rows: Vec<RawFact> = on!(tx, c => {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push(" WHERE tenant_id = ").push_bind(tenant.as_str());
        query.push(" AND channel_id = ").push_bind(channel.as_str());
        query.push(" AND priced_at >= ").push_bind(time.from.0).push(" AND priced_at < ").push_bind(time.to.0);
        if let Some(key) = after {
            query.push(" AND (priced_at, message_id, piece) < (").push_bind(key.at.0).push(", ");
            query.push_bind(key.message.as_str()).push(", ").push_bind(key.piece).push(")");
        }
        for (column, values) in columns.each() {
            query.push(format!(" AND COALESCE({column}, '') IN ("));
            let mut list = query.separated(", ");
            for value in values {
                list.push_bind(value.as_str());
            }
            query.push(")");
        }
        query.push(" ORDER BY priced_at DESC, message_id DESC, piece DESC LIMIT ").push_bind(most);
        query.build_query_as().fetch_all(c).await
    })?;
    rows.into_iter().map(MessageFact::try_from).collect()
}

/// As [`priced`], of messages that were sent within a time and have no price.
pub async fn untold(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    time: Within,
    after: Option<&CostKey>,
    most: i64,
) -> Result<Vec<MessageFact>> {
    let rows: Vec<RawFact> = on!(tx, c => {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push(" WHERE tenant_id = ").push_bind(tenant.as_str());
        query.push(" AND sent_at >= ").push_bind(time.from.0).push(" AND sent_at < ").push_bind(time.to.0);
        query.push(" AND priced_at IS NULL AND piece = 0 AND channel_id = ").push_bind(channel.as_str());
        if let Some(key) = after {
            query.push(" AND (sent_at, message_id) < (").push_bind(key.at.0).push(", ");
            query.push_bind(key.message.as_str()).push(")");
        }
        query.push(" ORDER BY sent_at DESC, message_id DESC LIMIT ").push_bind(most);
        query.build_query_as().fetch_all(c).await
    })?;
    rows.into_iter().map(MessageFact::try_from).collect()
}
