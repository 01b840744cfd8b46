//! Reports: the numbers of a period, the rows behind each, files of them, and handoffs that are left out.
//! What messages cost is in [`cost`], which reads sums, lists and files of its own.
//!
//! The numbers are made of facts, which a worker ([`facts`]) derives from the log. What counts is decided in
//! `domain::report`. Reports and lists count through `sources`: from packed days ([`packed`]) where there are any, from rows
//! that `reader` reads elsewhere; files read rows alone. How much is counted at once is bounded in `counting`. To add a number:
//! its measure in the domain, and its place in `page`.

pub mod cost;
mod counting;
mod export;
pub mod facts;
mod labels;
mod left_out;
mod list;
pub mod packed;
mod page;
mod progress;
mod reader;
mod sources;
pub mod staffing;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::tz::TimeZone;
use tokio::task::JoinError;

pub use self::export::{Export, ExportFile};
use self::{
    cost::Costs,
    counting::{Counting, CountingBusy, MOST_ROWS},
    packed::DayCache,
    reader::{HandoffMarks, Rows},
    sources::{SourceReader, UnreadableDays},
    staffing::Staffing,
};
use crate::{
    contract::report::ReportScope,
    domain::{
        ids::{HandoffId, Seq, TenantId},
        outcome::Outcome,
        report::{
            count::CountContext,
            measure::FactSource,
            packed::{GivenReasons, changes::RowChange},
            period::Bounds,
            query::{KnownFilters, ReportClock, ReportFilters, ReportQuery},
            reason::READ,
        },
        time::Timestamp,
    },
    server::{
        accounts::Agent,
        clock::Clock,
        log::Log,
        store::{
            Db, StoreError, Tx, agents,
            channels::{self, ChannelRow},
            outcomes,
            report_left_out::{self, LeftOutRow},
            report_packed_days, report_progress, report_unpacked_rows, reports, tenants,
        },
    },
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Reports {
    db: Db,
    clock: Clock,
    log: Log,
    counting: Counting,
    most_rows: usize,
    /// `None`: reports are counted from rows alone.
    cache: Option<DayCache>,
}

/// Why a report was not made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It does not exist, or belongs to another tenant.
    #[error("not found")]
    NotFound,
    /// The caller may not see or change other people's numbers.
    #[error("not allowed")]
    Forbidden,
    /// Invalid input. The sentence is for the person who entered it.
    #[error("{0}")]
    Invalid(String),
    /// Too many are counted at the moment.
    #[error("Many reports are being counted right now. Try again in a moment.")]
    Busy,
    #[error("counting failed: {0}")]
    Failed(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub type Result<T> = std::result::Result<T, ReportError>;

impl From<CountingBusy> for ReportError {
    fn from(_busy: CountingBusy) -> Self {
        Self::Busy
    }
}

impl From<JoinError> for ReportError {
    fn from(error: JoinError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Reports {
    pub fn new(db: Db, clock: Clock, log: Log) -> Self {
        let counting = Counting::new(clock.clone());
        Self { db, clock, log, counting, most_rows: MOST_ROWS, cache: Some(DayCache::default()) }
    }

    /// The replays, which wait for the same slots.
    pub fn staffing(&self) -> Staffing {
        Staffing::new(self.db.clone(), self.clock.clone(), self.counting.clone())
    }

    /// What messages cost. Its files wait for the same turns.
    pub fn costs(&self) -> Costs {
        Costs::new(self.db.clone(), self.clock.clone(), self.log.clone(), self.counting.clone())
    }

    /// As it is, for reports that read at most so many rows of a source from tables.
    #[must_use]
    pub fn with_most_rows(self, most_rows: usize) -> Self {
        Self { most_rows, ..self }
    }

    /// As it is, counting rows of tables alone. The numbers are the same.
    #[must_use]
    pub fn without_packed_days(self) -> Self {
        Self { cache: None, ..self }
    }

    fn source_reader<'a>(
        &'a self,
        company: &'a Company,
        filters: &'a ReportFilters,
        reasons: GivenReasons,
    ) -> SourceReader<'a> {
        SourceReader {
            tenant: &company.record.id,
            filters,
            marks: company.marks(reasons),
            cache: self.cache.as_ref(),
            most_rows: self.most_rows,
            unreadable: Vec::new(),
        }
    }

    /// Removes packed days that cannot be read, so that they are packed again.
    async fn discard(&self, tenant: &TenantId, days: UnreadableDays) -> Result<()> {
        if days.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin_write().await?;
        report_progress::lock(&mut tx, tenant).await?;
        for (kind, head) in days {
            if report_packed_days::remove(&mut tx, tenant, kind, head).await? {
                // No row has this id: it says that there is something to pack.
                let nothing = RowChange { kind, day: head.day, row: String::new() };
                report_unpacked_rows::insert(&mut tx, tenant, Seq(0), &[nothing]).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Whose numbers a person may see: the one place of the reports that decides it.
fn scope_of(agent: &Agent) -> ReportScope {
    if agent.may_view_reports() { ReportScope::Everyone } else { ReportScope::Own }
}

/// What a company has to filter by, and its clock.
struct Company {
    record: tenants::Tenant,
    zone: TimeZone,
    channels: Vec<ChannelRow>,
    agents: Vec<agents::AgentRow>,
    outcomes: Vec<Outcome>,
    left_out: HashMap<HandoffId, LeftOutRow>,
    left_out_ids: Arc<HashSet<HandoffId>>,
}

impl Company {
    async fn read(tx: &mut Tx, tenant: &TenantId) -> Result<Self> {
        let record = tenants::find(tx, tenant).await?.ok_or(ReportError::NotFound)?;
        let left_out = report_left_out::list(tx, tenant).await?;
        Ok(Self {
            zone: TimeZone::get(&record.settings.zone).unwrap_or(TimeZone::UTC),
            channels: channels::list(tx, tenant).await?,
            agents: agents::list(tx, tenant).await?,
            outcomes: outcomes::list(tx, tenant).await?,
            left_out_ids: Arc::new(left_out.iter().map(|row| row.handoff.clone()).collect()),
            left_out: left_out.into_iter().map(|row| (row.handoff.clone(), row)).collect(),
            record,
        })
    }

    /// Corrects a query by what this company has, and by what the viewer may see.
    fn correct(&self, viewer: &Agent, query: &mut ReportQuery) -> Vec<String> {
        let channels: Vec<_> = self.channels.iter().map(|channel| channel.id.clone()).collect();
        let agents: Vec<_> = self.agents.iter().map(|agent| agent.id.clone()).collect();
        let outcomes: Vec<_> = self.outcomes.iter().map(|outcome| outcome.id.clone()).collect();
        let known = KnownFilters { channels: &channels, agents: &agents, outcomes: &outcomes };
        let mut notes = query.keep_known(&known);
        if query.clock == ReportClock::Opening && !self.record.settings.calendar.is_set() {
            notes.push("There are no opening hours yet. Counting all hours.".to_owned());
            query.clock = ReportClock::Wall;
        }
        match scope_of(viewer) {
            ReportScope::Everyone => {}
            ReportScope::Own => {
                if query.filters.agent.as_ref().is_some_and(|agent| agent != viewer.id()) {
                    notes.push("You can see your own numbers. Showing yours.".to_owned());
                }
                query.filters.agent = Some(viewer.id().clone());
            }
        }
        notes
    }

    fn marks(&self, reasons: GivenReasons) -> HandoffMarks {
        HandoffMarks { left_out: Arc::clone(&self.left_out_ids), reasons }
    }

    /// The rows of one source, newest first, with what these filters ask for.
    fn rows(&self, filters: &ReportFilters, source: FactSource, period: Bounds) -> Rows {
        let marks = self.marks(GivenReasons::default());
        Rows::of(self.record.id.clone(), marks, source, period).for_filters(filters)
    }

    /// The reasons that the language model gave for the newest handoffs of a period.
    async fn reasons(&self, tx: &mut Tx, period: Bounds) -> Result<GivenReasons> {
        Ok(Arc::new(reports::reasons(tx, &self.record.id, period, READ).await?))
    }

    fn context(&self, query: &ReportQuery, bounds: Bounds, now: Timestamp) -> CountContext {
        CountContext { clock: query.clock, zone: self.zone.clone(), now, bounds }
    }
}
