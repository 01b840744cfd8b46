//! Reads the rows of a source from the tables, newest first and in pages: all of a period, a part of it, or those of a day
//! that is to be packed.

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
            packed::{GivenReasons, RowKind, UtcDay},
            period::Bounds,
            query::ReportFilters,
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

/// The times of the rows that a source has in a period.
pub fn times(source: FactSource, period: Bounds) -> Bounds {
    let earlier = period.from.minus(LOOKBACK);
    match source {
        FactSource::Handoffs
        | FactSource::Waits
        | FactSource::Conversations
        | FactSource::Closings
        | FactSource::Messages
        | FactSource::Stints
        | FactSource::Ratings => period,
        FactSource::EarlierHandoffs | FactSource::EarlierStints => Bounds { from: earlier, to: period.from },
        FactSource::Presence => Bounds { from: earlier, to: period.to },
        // Whenever they were requested.
        FactSource::OpenHandoffs => Bounds { from: Timestamp(i64::MIN), to: Timestamp(i64::MAX) },
    }
}

/// Rows of these sources count only if they were not over when the period began.
pub fn over_after(source: FactSource, period: Bounds) -> Option<Timestamp> {
    match source {
        FactSource::EarlierHandoffs | FactSource::Stints | FactSource::EarlierStints | FactSource::Presence => {
            Some(period.from)
        }
        FactSource::Handoffs
        | FactSource::OpenHandoffs
        | FactSource::Waits
        | FactSource::Conversations
        | FactSource::Closings
        | FactSource::Messages
        | FactSource::Ratings => None,
    }
}

/// What is known of handoffs that facts do not hold.
#[derive(Clone, Default)]
pub struct HandoffMarks {
    pub left_out: Arc<HashSet<HandoffId>>,
    /// The reasons that the language model gave for the newest of its handoffs, where they are counted.
    pub reasons: GivenReasons,
}

impl HandoffMarks {
    pub fn apply(&self, rows: &mut [ReportRow]) {
        for row in rows {
            if row.handoff().is_some_and(|handoff| self.left_out.contains(handoff)) {
                row.leave_out();
            }
            if let ReportRow::Handoff(row) = row
                && row.fact.trigger.kind == TriggerKind::Model
            {
                row.reason = self.reasons.get(row.fact.handoff.as_str()).cloned();
            }
        }
    }
}

/// The rows of one source that are not read yet.
pub struct Rows {
    tenant: TenantId,
    marks: HandoffMarks,
    source: FactSource,
    from: Timestamp,
    over_after: Timestamp,
    below: Option<RowKey>,
    /// The reasons of all handoffs of the language model are read with the rows.
    has_reasons: bool,
}

impl Rows {
    /// Of a period.
    pub fn of(tenant: TenantId, marks: HandoffMarks, source: FactSource, period: Bounds) -> Self {
        Self::within(tenant, marks, source, period, times(source, period))
    }

    /// Those rows of a period that have these times.
    pub fn within(tenant: TenantId, marks: HandoffMarks, source: FactSource, period: Bounds, times: Bounds) -> Self {
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
        let below = Some(RowKey { at: times.to, id });
        let over_after = over_after(source, period).unwrap_or(Timestamp(i64::MIN));
        Self { tenant, marks, source, from: times.from, over_after, below, has_reasons: false }
    }

    /// All of a kind and a day.
    pub fn of_day(tenant: TenantId, marks: HandoffMarks, kind: RowKind, day: UtcDay) -> Self {
        let rows = Self::within(tenant, marks, kind.source(), day.bounds(), day.bounds());
        Self { over_after: Timestamp(i64::MIN), ..rows }
    }

    /// With the reason of every handoff of the language model that a row belongs to, if these filters ask for it.
    pub fn for_filters(self, filters: &ReportFilters) -> Self {
        Self { has_reasons: filters.need_reasons(), ..self }
    }

    /// The next page; `None` after the last one.
    pub async fn next(&mut self, tx: &mut Tx) -> Result<Option<Vec<ReportRow>>> {
        let Some(below) = self.below.take() else { return Ok(None) };
        let mut rows = self.read(tx, &below).await?;
        self.marks.apply(&mut rows);
        if self.has_reasons {
            self.read_reasons(tx, &mut rows).await?;
        }
        let is_full = i64::try_from(rows.len()).is_ok_and(|read| read >= self.limit());
        self.below = rows.last().filter(|_| is_full).map(ReportRow::key);
        Ok(Some(rows))
    }

    /// Gives the rows the reasons of the handoffs of the language model that they belong to.
    async fn read_reasons(&self, tx: &mut Tx, rows: &mut [ReportRow]) -> Result<()> {
        let is_of_model = |row: &&ReportRow| {
            let trigger = row.traits().and_then(|traits| traits.trigger);
            trigger.is_some_and(|trigger| trigger.kind == TriggerKind::Model)
        };
        let ids: Vec<HandoffId> = rows.iter().filter(is_of_model).filter_map(|row| row.handoff().cloned()).collect();
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
        let (tenant, until) = (&self.tenant, self.over_after);
        let page = RowPage { from: self.from, below, limit: self.limit() };
        let handoff = |fact| ReportRow::Handoff(ReportHandoff { fact, left_out: false, reason: None });
        Ok(match self.source {
            FactSource::Handoffs => collect(reports::handoffs(tx, tenant, page).await?, handoff),
            FactSource::EarlierHandoffs => {
                collect(reports::handoffs_over_after(tx, tenant, page, until).await?, handoff)
            }
            FactSource::OpenHandoffs => collect(reports::open_handoffs(tx, tenant, page).await?, handoff),
            FactSource::Waits => collect(reports::waits(tx, tenant, page).await?, ReportRow::Wait),
            FactSource::Conversations => {
                collect(reports::conversations(tx, tenant, page).await?, ReportRow::Conversation)
            }
            FactSource::Closings => collect(reports::closings(tx, tenant, page).await?, ReportRow::Closing),
            FactSource::Messages => collect(reports::messages(tx, tenant, page).await?, ReportRow::Message),
            FactSource::Stints | FactSource::EarlierStints => {
                collect(reports::stints(tx, tenant, page, until).await?, ReportRow::Stint)
            }
            FactSource::Presence => collect(reports::online(tx, tenant, page, until).await?, ReportRow::Presence),
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
