//! What was recorded of a tenant's handoffs, read in one view, and the report that is made of it.

use jiff::{ToSpan, civil::Date, tz::TimeZone};

use super::{Result, StaffingError};
use crate::{
    contract::staffing::{StaffingReport, UnfinishedCount},
    domain::{
        calendar::{Calendar, start_of},
        ids::TenantId,
        staffing::{
            concurrency::{Concurrency, HeldConversation},
            forecast::{Forecast, weeks_before},
            forecast_check::{BackTest, ForecastCheck, HELD_BACK},
            opening_clock::OpeningClock,
            past::{PastHandoffs, RecordedHandoff, weeks_earlier, whole_weeks},
            replay::{HandlingClock, Replay, WARM_UP_DAYS},
            roster::Roster,
        },
        time::Timestamp,
        week::date_at,
    },
    server::store::{
        self, Db, Tx, report_progress,
        staffing::{self, HandoffPage, HeldRow},
        tenants::{self, Tenant},
    },
};

/// The most handoffs of a replay, of all its weeks and those of the forecast. With more there are fewer weeks, never a
/// part of one: a day or week that is read in part would look quiet.
const MOST_HANDOFFS: usize = 100_000;
/// The newest times of agents with a conversation that are looked at.
const MOST_HELD: i64 = 100_000;
/// Rows of one statement.
const PAGE: i64 = 5_000;
/// Decides which handling times are drawn: always the same, so that a roster has one prediction.
const SEED: u64 = 20_260_302;

/// What is calculated with. `until` is the day after the last one, which is today.
pub struct History {
    zone: TimeZone,
    zone_name: String,
    calendar: Calendar,
    now: Timestamp,
    until: Date,
    /// How many weeks are replayed, and how many were read completely.
    weeks: u16,
    weeks_read: u16,
    /// Newest first.
    handoffs: Vec<RecordedHandoff>,
    held: Vec<HeldRow>,
    unfinished: Option<UnfinishedCount>,
}

impl History {
    /// Reads what `weeks` weeks need: those, one before them, and those that a forecast is tested with.
    ///
    /// # Errors
    /// [`StaffingError::Invalid`] if there are too many handoffs for two weeks.
    pub async fn read(db: &Db, now: Timestamp, tenant: &TenantId, weeks: u16) -> Result<Self> {
        let mut tx = db.begin_read().await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(StaffingError::NotFound)?;
        let zone = TimeZone::get(&record.settings.zone).unwrap_or(TimeZone::UTC);
        let until =
            date_at(&zone, now).ok_or_else(|| StaffingError::Failed("no calendar holds the time".to_owned()))?;
        let end = start_of(&zone, until);
        let wanted = weeks.saturating_add(held_back());
        let (handoffs, reached) = handoffs(&mut tx, tenant, start_of(&zone, weeks_earlier(until, wanted)), end).await?;
        let weeks_read = reached.map_or(wanted, |reached| whole_weeks(&zone, until, wanted, reached));
        // The week before them is replayed, too.
        let weeks = weeks.min(weeks_read.saturating_sub(1));
        if weeks == 0 {
            return Err(StaffingError::Invalid("More handoffs came in two weeks than can be replayed.".to_owned()));
        }
        let begin = start_of(&zone, warm_up(until, weeks));
        let held = staffing::held(&mut tx, tenant, begin, end, MOST_HELD).await?;
        let unfinished = unfinished(&mut tx, &record, end).await?;
        Ok(Self {
            zone,
            zone_name: record.settings.zone,
            calendar: record.settings.calendar,
            now,
            until,
            weeks,
            weeks_read,
            handoffs,
            held,
            unfinished,
        })
    }

    /// # Errors
    /// [`StaffingError::Invalid`] if no handling time is known.
    pub fn report(&self, roster: &Roster, chosen: Option<Concurrency>) -> Result<StaffingReport> {
        let Self { zone, until, .. } = self;
        let from = weeks_earlier(*until, self.weeks);
        let begin = start_of(zone, warm_up(*until, self.weeks));
        let replayed: Vec<RecordedHandoff> =
            self.handoffs.iter().filter(|handoff| begin <= handoff.requested_at).copied().collect();
        let PastHandoffs { clock, handoffs } = PastHandoffs::new(&replayed, &self.calendar);
        let observed = Concurrency::observed(&self.held_on(clock, begin));
        let concurrency = chosen.or(observed).unwrap_or(Concurrency::ONE);
        let replay = Replay { roster, zone, from, until: *until, concurrency, clock, seed: SEED };
        let prediction = replay.predict(&handoffs)?;

        let requests: Vec<Timestamp> =
            self.handoffs.iter().filter(|handoff| handoff.is_replayed()).map(|handoff| handoff.requested_at).collect();
        let basis = usize::from(self.weeks);
        let count = self.weeks.saturating_add(held_back()).min(self.weeks_read);
        let weeks = weeks_before(*until, count, zone, &requests);
        Ok(StaffingReport {
            roster: roster.to_string(),
            zone: self.zone_name.clone(),
            weeks: self.weeks,
            from,
            until: *until,
            concurrency,
            observed,
            clock,
            unfinished: self.unfinished,
            prediction,
            forecast: Forecast::new(&weeks[weeks.len().saturating_sub(basis)..]),
            last_week: ForecastCheck::last(&weeks, basis),
            back_test: BackTest::new(&weeks, basis),
        })
    }

    /// The times with a conversation on the clock of the handling times.
    fn held_on(&self, clock: HandlingClock, begin: Timestamp) -> Vec<HeldConversation> {
        let end = start_of(&self.zone, self.until);
        let opening = match clock {
            HandlingClock::Wall => None,
            HandlingClock::OpeningHours => Some(OpeningClock::new(&self.calendar, &self.zone, begin, end)),
        };
        let reading = |at: Timestamp| opening.as_ref().map_or(at, |opening| opening.reading(at));
        let held = |row: &HeldRow| HeldConversation {
            agent: row.agent.clone(),
            from: reading(row.began_at),
            until: reading(row.ended_at.unwrap_or(self.now).min(end)),
        };
        self.held.iter().map(held).collect()
    }
}

/// How many weeks a back-test holds back.
fn held_back() -> u16 {
    u16::try_from(HELD_BACK).unwrap_or(u16::MAX)
}

/// The first day that is replayed: those before the period fill its queue.
fn warm_up(until: Date, weeks: u16) -> Date {
    weeks_earlier(until, weeks).saturating_sub(WARM_UP_DAYS.days())
}

/// The handoffs of a time, newest first. If there are too many, also the time of the oldest that was read.
async fn handoffs(
    tx: &mut Tx,
    tenant: &TenantId,
    from: Timestamp,
    end: Timestamp,
) -> store::Result<(Vec<RecordedHandoff>, Option<Timestamp>)> {
    let mut found = Vec::new();
    let mut page = HandoffPage { from, below: (end, "".into()), limit: PAGE };
    loop {
        let rows = staffing::handoffs(tx, tenant, &page).await?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|read| read >= PAGE);
        let last = rows.last().map(|(id, handoff)| (handoff.requested_at, id.clone()));
        found.extend(rows.into_iter().map(|(_, handoff)| handoff));
        match last.filter(|_| is_full) {
            None => return Ok((found, None)),
            Some((reached, _)) if found.len() >= MOST_HANDOFFS => return Ok((found, Some(reached))),
            Some(below) => page.below = below,
        }
    }
}

/// What is missing of the handoffs before `end`, because the log was not read so far yet.
async fn unfinished(tx: &mut Tx, tenant: &Tenant, end: Timestamp) -> store::Result<Option<UnfinishedCount>> {
    let progress = report_progress::read(tx, &tenant.id).await?;
    let is_read = progress.reached >= tenant.last_seq || progress.at.is_some_and(|at| end <= at);
    let up_to = progress.at.filter(|_| !progress.clearing);
    Ok((progress.clearing || !is_read).then_some(UnfinishedCount { up_to }))
}
