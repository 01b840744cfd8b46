//! The roster to begin with: how many people were online in the last weeks.

use jiff::tz::TimeZone;

use super::{Result, StaffingError};
use crate::{
    contract::staffing::{RosterSource, StartingRoster},
    domain::{
        calendar::start_of,
        ids::TenantId,
        staffing::{observed_roster::observed_roster, past::weeks_earlier},
        time::{Span, Timestamp},
        week::date_at,
    },
    server::store::{
        Db,
        report_progress::{self, RecordedKind},
        staffing, tenants,
    },
};

/// Of how many weeks before today.
const WEEKS: u16 = 4;
/// How long before them somebody can have come online who was still there.
const LOOKBACK: Span = Span::days(7);
/// The newest times online that are looked at.
const MOST_TIMES: i64 = 50_000;
/// A roster that shows how one is written.
const EXAMPLE: &str = "mon-fri.0900-1700.1";

pub async fn read(db: &Db, now: Timestamp, tenant: &TenantId) -> Result<StartingRoster> {
    let mut tx = db.begin_read().await?;
    let record = tenants::find(&mut tx, tenant).await?.ok_or(StaffingError::NotFound)?;
    let zone = TimeZone::get(&record.settings.zone).unwrap_or(TimeZone::UTC);
    let until = date_at(&zone, now).ok_or_else(|| StaffingError::Failed("no calendar holds the time".to_owned()))?;
    let (begin, end) = (start_of(&zone, weeks_earlier(until, WEEKS)), start_of(&zone, until));
    let recorded = report_progress::recorded(&mut tx, tenant).await?;
    let recorded = recorded.into_iter().find(|(kind, _)| *kind == RecordedKind::Presence).map(|(_, since)| since);
    let online = staffing::online(&mut tx, tenant, begin.minus(LOOKBACK), end, MOST_TIMES).await?;
    drop(tx);
    let is_full = i64::try_from(online.len()).is_ok_and(|read| read >= MOST_TIMES);
    let oldest = online.last().map(|time| time.from).filter(|_| is_full);
    let since = [recorded, oldest].into_iter().flatten().fold(begin, Timestamp::max);
    let roster = observed_roster(&online, &zone, since, until);
    let from = date_at(&zone, since).filter(|_| !roster.is_empty());
    Ok(match from {
        Some(from) => StartingRoster { roster: roster.to_string(), source: RosterSource::Online { from, until } },
        None => StartingRoster { roster: EXAMPLE.to_owned(), source: RosterSource::Example },
    })
}
