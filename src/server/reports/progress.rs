//! How far the log was counted, and what it never held, in words.

use jiff::tz::TimeZone;

use crate::{
    contract::report::{Counting, ReportProgress},
    domain::{
        report::period::{Bounds, DayRange, date_in},
        time::{Span, Timestamp},
    },
    server::store::{
        self, Tx,
        report_progress::{self, RecordedKind},
        reports,
        tenants::Tenant,
    },
};

/// Entries that are counted a moment later anyway.
const A_MOMENT: i64 = 100;
/// The first facts of a new company are written a little after its first conversation.
const SOON_AFTER: Span = Span::days(1);

pub async fn read(tx: &mut Tx, tenant: &Tenant, zone: &TimeZone, bounds: Bounds) -> store::Result<ReportProgress> {
    let progress = report_progress::read(tx, &tenant.id).await?;
    let left = tenant.last_seq.0 - progress.reached.0;
    let is_counting = progress.clearing || left > A_MOMENT || (progress.reached.0 == 0 && left > 0);
    let up_to = progress.at.filter(|_| !progress.clearing);
    let first = reports::first_start(tx, &tenant.id).await?;
    let recorded = report_progress::recorded(tx, &tenant.id).await?;
    // Before the first conversation there was nothing to record.
    let is_missed = |since: Timestamp| since > bounds.from && first.is_some_and(|first| since > first.plus(SOON_AFTER));
    let not_recorded = recorded.into_iter().filter(|(_, since)| is_missed(*since));
    Ok(ReportProgress {
        counting: is_counting.then_some(Counting { up_to }),
        not_recorded: not_recorded.filter_map(|(kind, since)| sentence(kind, since, zone)).collect(),
        is_new: first.is_none(),
    })
}

fn sentence(kind: RecordedKind, since: Timestamp, zone: &TimeZone) -> Option<String> {
    let date = date_in(zone, since);
    let day = DayRange { from: date, to: date };
    match kind {
        RecordedKind::Presence => Some(format!("Time online wasn't recorded before {day}.")),
        RecordedKind::SentReplies => Some(format!(
            "When replies were sent wasn't recorded before {day}, so older waits for replies are missing."
        )),
        // Reports count no prices.
        RecordedKind::Pricing => None,
    }
}
