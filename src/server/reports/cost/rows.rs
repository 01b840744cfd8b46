//! The messages of a number's month that a list shows, newest first, a part at a time.

use std::collections::VecDeque;

use super::Result;
use crate::{
    domain::{
        ids::{ChannelId, TenantId},
        prices::PriceList,
        report::cost::{
            CostSum, free_regular,
            list::{CostCount, CostKey, CostListQuery, CostRow},
        },
    },
    server::store::{
        self, Tx,
        cost_rows::{self, CostColumns},
        costs::{self, Within},
    },
};

/// Messages of one statement.
const AT_ONCE: i64 = 500;

/// Reads the rows of one number.
pub(super) struct CostRows {
    tenant: TenantId,
    channel: ChannelId,
    time: Within,
    query: CostListQuery,
    /// `None`: the list is of messages without a price.
    columns: Option<CostColumns>,
    last_free: Option<CostKey>,
    /// The last message that was read.
    after: Option<CostKey>,
    is_done: bool,
}

impl CostRows {
    /// The rows of a number below the query's cursor. Adds all that the list shows of the number to `sum`.
    pub async fn begin(
        tx: &mut Tx,
        tenant: &TenantId,
        channel: &ChannelId,
        time: Within,
        query: &CostListQuery,
        prices: &PriceList,
        sum: &mut CostSum,
    ) -> Result<Self> {
        let mut rows = Self {
            tenant: tenant.clone(),
            channel: channel.clone(),
            time,
            query: query.clone(),
            columns: None,
            last_free: None,
            after: query.after.clone(),
            is_done: false,
        };
        if query.count.is_untold() {
            return Ok(rows);
        }
        let groups = costs::priced(tx, tenant, channel, time).await?;
        let most = free_regular(&groups);
        let first = costs::first_regular(tx, tenant, channel, time, most).await?;
        query.add_number(sum, &groups, &first, prices);
        let columns = CostColumns::of(&query.shown(&groups, &first, prices));
        rows.is_done = columns.is_empty();
        rows.columns = Some(columns);
        rows.last_free = costs::last_free(tx, tenant, channel, time, most).await?;
        if query.count == CostCount::FreePart {
            // They are the first of the month: without a beginning, all later ones of the same columns would be read.
            let below = rows.last_free.clone().map(|last| CostKey { piece: last.piece + 1, ..last });
            rows.after = match (rows.after.take(), below) {
                (Some(after), Some(below)) => Some(after.min(below)),
                (after, below) => after.or(below),
            };
        }
        Ok(rows)
    }

    /// The next rows, which may be none before the last ones. `None` after them.
    pub async fn next(&mut self, tx: &mut Tx, prices: &PriceList) -> store::Result<Option<Vec<CostRow>>> {
        if self.is_done {
            return Ok(None);
        }
        let (tenant, channel, after) = (&self.tenant, &self.channel, self.after.as_ref());
        let facts = match &self.columns {
            Some(columns) => cost_rows::priced(tx, tenant, channel, self.time, columns, after, AT_ONCE).await?,
            None => cost_rows::untold(tx, tenant, channel, self.time, after, AT_ONCE).await?,
        };
        self.is_done = i64::try_from(facts.len()).is_ok_and(|count| count < AT_ONCE);
        if let Some(last) = facts.last() {
            let at = last.priced.as_ref().map(|(at, _)| *at).or(last.sent_at).unwrap_or(last.queued_at);
            self.after = Some(CostKey { at, message: last.message.clone(), piece: last.piece });
        }
        let row = |fact| self.query.row(fact, self.last_free.as_ref(), prices);
        Ok(Some(facts.into_iter().filter_map(row).collect()))
    }
}

/// The first rows of several numbers together, newest first: up to `most`.
pub(super) async fn newest(
    tx: &mut Tx,
    numbers: Vec<CostRows>,
    prices: &PriceList,
    most: usize,
) -> store::Result<VecDeque<CostRow>> {
    let mut found = Vec::new();
    for mut rows in numbers {
        let mut own = 0;
        while own < most {
            let Some(page) = rows.next(tx, prices).await? else { break };
            own += page.len();
            found.extend(page);
        }
    }
    found.sort_by(|one, other| other.key.cmp(&one.key));
    found.truncate(most);
    Ok(found.into())
}
