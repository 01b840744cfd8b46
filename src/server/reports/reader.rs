//! Reads the rows of a period, newest first and in pages. Reports, lists and files read through it alone.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    domain::{
        handoff::TriggerKind,
        ids::{HandoffId, TenantId},
        report::{
            facts::RatingFact,
            measure::FactSource,
            period::Bounds,
            reason::READ,
            rows::{ReportHandoff, ReportRow, RowKey, RowKeyId},
        },
        time::{Span, Timestamp},
    },
    server::store::{
        Result, Tx, handoffs, report_ratings,
        reports::{self, RowPage},
    },
};

/// Rows of one statement: so many are counted in a millisecond or two, which an async worker can spare.
const PAGE: i64 = 1_000;
/// As [`PAGE`], for times online. Their index is by agent, so that each statement reads and sorts all of the period.
const PRESENCE_PAGE: i64 = 20_000;
/// How long before a period something can have begun that is counted as not over when it begins.
const LOOKBACK: Span = Span::days(7);

/// The rows of one source that are not read yet.
pub struct Rows {
    tenant: TenantId,
    left_out: Arc<HashSet<HandoffId>>,
    source: FactSource,
    /// The beginning of the period.
    begin: Timestamp,
    below: Option<RowKey>,
    /// Of how many more rows of handoffs of the language model the reasons are read.
    reasons: usize,
}

impl Rows {
    /// Of a period.
    pub fn of(tenant: TenantId, left_out: Arc<HashSet<HandoffId>>, source: FactSource, bounds: Bounds) -> Self {
        let at = match source {
            FactSource::Handoffs
            | FactSource::Waits
            | FactSource::Conversations
            | FactSource::Closings
            | FactSource::Messages
            | FactSource::Stints
            | FactSource::Presence
            | FactSource::Ratings => bounds.to,
            FactSource::EarlierHandoffs | FactSource::EarlierStints => bounds.from,
            // However late they were requested.
            FactSource::OpenHandoffs => Timestamp(i64::MAX),
        };
        // Before the first row: nothing at that time is below it.
        let id = match source {
            FactSource::Waits | FactSource::Closings | FactSource::Stints | FactSource::EarlierStints => {
                RowKeyId::Seq(i64::MIN)
            }
            FactSource::Handoffs
            | FactSource::EarlierHandoffs
            | FactSource::OpenHandoffs
            | FactSource::Conversations
            | FactSource::Messages
            | FactSource::Presence
            | FactSource::Ratings => RowKeyId::Text(String::new()),
        };
        Self { tenant, left_out, source, begin: bounds.from, below: Some(RowKey { at, id }), reasons: 0 }
    }

    /// With the reasons that the language model gave for the newest handoffs of [`FactSource::Handoffs`].
    pub fn with_newest_reasons(self) -> Self {
        let newest = if self.source == FactSource::Handoffs { READ } else { 0 };
        Self { reasons: self.reasons.max(newest), ..self }
    }

    /// With the reason of every handoff of the language model that a row belongs to.
    pub fn with_all_reasons(self) -> Self {
        Self { reasons: usize::MAX, ..self }
    }

    /// The next page; `None` after the last one.
    pub async fn next(&mut self, tx: &mut Tx) -> Result<Option<Vec<ReportRow>>> {
        let Some(below) = self.below.take() else { return Ok(None) };
        let mut rows = self.read(tx, &below).await?;
        for row in &mut rows {
            if row.handoff().is_some_and(|handoff| self.left_out.contains(handoff)) {
                row.leave_out();
            }
        }
        if self.reasons > 0 {
            self.read_reasons(tx, &mut rows).await?;
        }
        let is_full = i64::try_from(rows.len()).is_ok_and(|read| read >= self.limit());
        self.below = rows.last().filter(|_| is_full).map(ReportRow::key);
        Ok(Some(rows))
    }

    async fn read_reasons(&mut self, tx: &mut Tx, rows: &mut [ReportRow]) -> Result<()> {
        let is_of_model = |row: &&ReportRow| {
            let trigger = row.traits().and_then(|traits| traits.trigger);
            trigger.is_some_and(|trigger| trigger.kind == TriggerKind::Model)
        };
        let of_model = rows.iter().filter(is_of_model).filter_map(|row| row.handoff().cloned());
        let ids: Vec<HandoffId> = of_model.take(self.reasons).collect();
        self.reasons -= ids.len();
        let reasons = handoffs::reasons(tx, &self.tenant, &ids).await?;
        for row in rows {
            if let Some(reason) = row.handoff().and_then(|handoff| reasons.get(handoff)) {
                row.give_reason(reason.clone());
            }
        }
        Ok(())
    }

    fn limit(&self) -> i64 {
        if self.source == FactSource::Presence { PRESENCE_PAGE } else { PAGE }
    }

    async fn read(&self, tx: &mut Tx, below: &RowKey) -> Result<Vec<ReportRow>> {
        let tenant = &self.tenant;
        let page = RowPage { from: self.begin, below, limit: self.limit() };
        let earlier = RowPage { from: self.begin.minus(LOOKBACK), ..page };
        let handoff = |fact| ReportRow::Handoff(ReportHandoff { fact, left_out: false, reason: None });
        Ok(match self.source {
            FactSource::Handoffs => collect(reports::handoffs(tx, tenant, page).await?, handoff),
            FactSource::EarlierHandoffs => {
                collect(reports::handoffs_over_after(tx, tenant, earlier, self.begin).await?, handoff)
            }
            FactSource::OpenHandoffs => collect(reports::open_handoffs(tx, tenant, page).await?, handoff),
            FactSource::Waits => collect(reports::waits(tx, tenant, page).await?, ReportRow::Wait),
            FactSource::Conversations => {
                collect(reports::conversations(tx, tenant, page).await?, ReportRow::Conversation)
            }
            FactSource::Closings => collect(reports::closings(tx, tenant, page).await?, ReportRow::Closing),
            FactSource::Messages => collect(reports::messages(tx, tenant, page).await?, ReportRow::Message),
            FactSource::Stints => collect(reports::stints(tx, tenant, page, self.begin).await?, ReportRow::Stint),
            FactSource::EarlierStints => {
                collect(reports::stints(tx, tenant, earlier, self.begin).await?, ReportRow::Stint)
            }
            FactSource::Presence => {
                collect(reports::online(tx, tenant, earlier, self.begin).await?, ReportRow::Presence)
            }
            FactSource::Ratings => collect(reports::ratings(tx, tenant, page).await?, ReportRow::Rating),
        })
    }
}

/// The questions about these handoffs, and their answers.
pub async fn ratings(tx: &mut Tx, tenant: &TenantId, page: &[ReportRow]) -> Result<HashMap<HandoffId, RatingFact>> {
    let ids: Vec<&HandoffId> = page.iter().filter_map(ReportRow::handoff).collect();
    let found = report_ratings::by_ids(tx, tenant, &ids).await?;
    Ok(found.into_iter().map(|fact| (fact.handoff.clone(), fact)).collect())
}

fn collect<T>(rows: Vec<T>, of: impl Fn(T) -> ReportRow) -> Vec<ReportRow> {
    rows.into_iter().map(of).collect()
}
