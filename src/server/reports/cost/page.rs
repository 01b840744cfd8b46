//! The report of a month.

use std::collections::HashMap;

use super::{CostError, Costs, Result, tip_counts, within, zone_of};
use crate::{
    contract::cost::{CostLine, CostPage, CostProgress, CostShare, NumberCost},
    domain::{
        access::{Action, may},
        codes::ChannelFault,
        ids::{ChannelId, FlowId, Seq, TenantId},
        market::market_label,
        prices::{PriceCategory, PriceList},
        report::cost::{
            CostFigures, CostSum, FreePart, PricedMessages, free_regular, list::CostPart, month::CostMonth, tips::tips,
        },
        time::{Span, Timestamp},
    },
    server::{
        accounts::Agent,
        store::{
            self, Tx, agents,
            channels::{self, ChannelRow},
            costs::{self, Within},
            flows, prices,
            report_progress::{self, RecordedKind},
            tenants,
        },
    },
};

/// A log that is counted to its end but for so long is complete: it is counted as it is written.
const AS_GOOD_AS_COMPLETE: Span = Span::minutes(5);

/// What people may do who read what the company pays.
pub(super) const READ: Action = Action::ViewReports;

impl Costs {
    /// The costs of a month such as `2026-03`, of all numbers or one. What cannot be followed is said in the report.
    ///
    /// # Errors
    /// [`CostError::Forbidden`] for people who may not see what the company pays.
    pub async fn read_cost(
        &self,
        viewer: &Agent,
        month: Option<&str>,
        channel: Option<&ChannelId>,
    ) -> Result<CostPage> {
        if !may(viewer.role(), READ) {
            return Err(CostError::Forbidden);
        }
        let (tenant, now) = (viewer.tenant(), self.clock.now());
        let mut tx = self.db.begin_read().await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(CostError::NotFound)?;
        let zone = zone_of(&record);
        let current = CostMonth::at(now, &zone);
        let mut notes = Vec::new();
        let month = CostMonth::readable(month, current, &mut notes);
        let time = within(month, &zone);
        let all = channels::list(&mut tx, tenant).await?;
        let (channel, shown) = shown_numbers(&all, channel, &mut notes);

        let prices = prices::read(&mut tx, tenant).await?.list;
        let mut month_of = MonthCounts::default();
        for row in shown {
            month_of.add(&mut tx, tenant, row, time, &prices).await?;
        }
        let MonthCounts { figures, numbers, conversations, handoffs } = month_of;
        let names = agents::names(&mut tx, tenant).await?;
        let flow_names = FlowNames::read(&mut tx, tenant).await?;
        let flow_name = |id: &FlowId| flow_names.of(id);
        let unpriced = costs::unpriced(&mut tx, tenant, channel, time).await?;
        let counts = tip_counts::read(&mut tx, tenant, channel, time, &figures, (&names, &flow_name)).await?;
        let progress = progress(&mut tx, tenant, time, now).await?;
        Ok(CostPage {
            month,
            newer: (month < current).then(|| month.after()),
            zone: record.settings.zone.clone(),
            channel: channel.cloned(),
            channels: all.iter().map(|row| (row.id.clone(), row.name.clone())).collect(),
            notes,
            progress,
            currency: (!prices.is_empty()).then(|| prices.currency.clone()),
            numbers,
            total: figures.total,
            people: figures.people,
            bot: figures.bot,
            notices: figures.notices,
            conversations: CostShare { n: conversations, sum: figures.total },
            handoffs: CostShare { n: handoffs, sum: figures.handoffs },
            flows: lines(figures.flows.iter().map(|(id, sum)| (flow_name(id), CostPart::Flow(id.clone()), *sum))),
            agents: lines(figures.agents.iter().map(|(id, sum)| (names.of(id), CostPart::Agent(id.clone()), *sum))),
            markets: lines(
                figures
                    .markets
                    .iter()
                    .map(|(market, sum)| (market_name(market.as_deref()), CostPart::Market(market.clone()), *sum)),
            ),
            categories: lines(
                figures
                    .categories
                    .iter()
                    .map(|(category, sum)| (category_name(category), CostPart::Category(category.clone()), *sum)),
            ),
            in_app: unpriced.phone,
            without_price: unpriced.all - unpriced.phone,
            tips: tips(&counts),
        })
    }
}

/// The number that an address asks for, and the numbers that are shown: all of them unless it is one of the tenant's.
pub(super) fn shown_numbers<'a, 'b>(
    all: &'a [ChannelRow],
    asked: Option<&'b ChannelId>,
    notes: &mut Vec<String>,
) -> (Option<&'b ChannelId>, Vec<&'a ChannelRow>) {
    let known = asked.filter(|id| all.iter().any(|row| row.id == **id));
    if asked.is_some() && known.is_none() {
        notes.push("This number isn't one of yours. Showing all numbers.".to_owned());
    }
    let shown = all.iter().filter(|row| known.is_none_or(|id| row.id == *id));
    (known, shown.collect())
}

/// What the numbers of a month add up to.
#[derive(Default)]
struct MonthCounts {
    figures: CostFigures,
    numbers: Vec<NumberCost>,
    conversations: i64,
    handoffs: i64,
}

impl MonthCounts {
    async fn add(
        &mut self,
        tx: &mut Tx,
        tenant: &TenantId,
        row: &ChannelRow,
        time: Within,
        prices: &PriceList,
    ) -> store::Result<()> {
        let groups = costs::priced(tx, tenant, &row.id, time).await?;
        let first = costs::first_regular(tx, tenant, &row.id, time, free_regular(&groups)).await?;
        let mut alone = CostFigures::default();
        alone.add_number(&groups, &first, prices);
        self.figures.add_number(&groups, &first, prices);
        self.numbers.push(number(row, &groups, alone.total));
        let (conversations, handoffs) = costs::shared_by(tx, tenant, &row.id, time).await?;
        self.conversations += conversations;
        self.handoffs += handoffs;
        Ok(())
    }
}

fn number(row: &ChannelRow, groups: &[PricedMessages], sum: CostSum) -> NumberCost {
    let used = groups.iter().filter(|group| group.use_free_part()).map(|group| group.count).sum();
    let fault = row.down_code.map(ChannelFault::of_stored);
    let unpaid = fault.and_then(|fault| fault.remedy(&row.phone_number_id));
    NumberCost {
        channel: row.id.clone(),
        name: row.name.clone(),
        phone: row.display_phone.clone(),
        sum,
        free_part: FreePart::new(used),
        unpaid,
    }
}

/// How flows are called now.
pub(super) struct FlowNames(HashMap<FlowId, String>);

impl FlowNames {
    pub(super) async fn read(tx: &mut Tx, tenant: &TenantId) -> store::Result<Self> {
        let drafts = flows::list(tx, tenant).await?;
        Ok(Self(drafts.into_iter().map(|flow| (flow.id, flow.draft.name)).collect()))
    }

    pub(super) fn of(&self, id: &FlowId) -> String {
        self.0.get(id).cloned().unwrap_or_else(|| "Removed flow".to_owned())
    }
}

/// What costs most comes first.
fn lines(sums: impl Iterator<Item = (String, CostPart, CostSum)>) -> Vec<CostLine> {
    let mut lines: Vec<CostLine> = sums.map(|(name, part, sum)| CostLine { name, part, sum }).collect();
    let order = |line: &CostLine| (line.sum.amount, line.sum.billed, line.sum.messages());
    lines.sort_by(|one, other| order(other).cmp(&order(one)).then_with(|| one.name.cmp(&other.name)));
    lines
}

pub(super) fn market_name(market: Option<&str>) -> String {
    market.map_or_else(|| "Number hidden or erased".to_owned(), market_label)
}

/// One that has no price in the list keeps WhatsApp's word.
pub(super) fn category_name(word: &str) -> String {
    PriceCategory::of(word).map_or_else(
        || word.to_owned(),
        |category| {
            let label = category.label();
            if label.eq_ignore_ascii_case(word) { label.to_owned() } else { format!("{label} ({word})") }
        },
    )
}

pub(super) async fn progress(
    tx: &mut Tx,
    tenant: &TenantId,
    time: Within,
    now: Timestamp,
) -> store::Result<CostProgress> {
    let Seq(entries) = tenants::head(tx, tenant).await?;
    let read = report_progress::read(tx, tenant).await?;
    let is_recent = read.at.is_some_and(|at| now.since(at) < AS_GOOD_AS_COMPLETE);
    let is_behind = read.clearing || (read.reached.0 < entries && !is_recent);
    let recorded = report_progress::recorded(tx, tenant).await?;
    let since = recorded.into_iter().find_map(|(kind, since)| match kind {
        RecordedKind::Pricing => Some(since),
        RecordedKind::Presence | RecordedKind::SentReplies => None,
    });
    Ok(CostProgress {
        recorded_since: since.filter(|since| *since > time.from),
        is_behind,
        counted_until: read.at.filter(|_| is_behind),
    })
}
