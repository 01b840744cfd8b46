//! A marketing template that WhatsApp held back: when it may be sent again. Meta says a day at the earliest; a person reads
//! it best in the morning.

use jiff::tz::TimeZone;

use crate::time::{Span, Timestamp};

/// The hour at which it is sent again, in the tenant's time zone.
pub const HOUR: i8 = 10;
/// The shortest wait after the failure (Meta).
const SHORTEST: Span = Span::hours(24);

/// Whether WhatsApp asks to wait with what failed by this code: it limits marketing messages to each customer (131049), or
/// tries out what customers get (130472).
pub const fn is_held_back(code: i64) -> bool {
    matches!(code, 131_049 | 130_472)
}

/// When what failed then is sent again: at [`HOUR`], after `SHORTEST`, and not in the past. `None` without such a time.
pub fn again_at(failed_at: Timestamp, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let earliest = failed_at.plus(SHORTEST).max(now.plus(Span::minutes(1)));
    let first = jiff::Timestamp::from_millisecond(earliest.0).ok()?;
    let mut day = zone.to_datetime(first).date();
    loop {
        let at = zone.to_ambiguous_timestamp(day.at(HOUR, 0, 0, 0)).compatible().ok()?;
        if at >= first {
            return Some(Timestamp(at.as_millisecond()));
        }
        day = day.tomorrow().ok()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond())
    }

    #[test]
    fn it_is_sent_in_the_morning_a_day_later_at_the_earliest() {
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let again = |failed: &str, now: &str| again_at(at(failed), &berlin, at(now)).expect("a time");
        // Before ten, tomorrow; after ten, the day after.
        assert_eq!(again("2026-11-30T08:00:00Z", "2026-11-30T08:05:00Z"), at("2026-12-01T09:00:00Z"));
        assert_eq!(again("2026-11-30T09:00:00Z", "2026-11-30T09:05:00Z"), at("2026-12-01T09:00:00Z"));
        assert_eq!(again("2026-11-30T09:00:01Z", "2026-11-30T09:05:00Z"), at("2026-12-02T09:00:00Z"));
        // What failed long ago waits until the next morning.
        assert_eq!(again("2026-11-01T09:00:00Z", "2026-11-30T20:00:00Z"), at("2026-12-01T09:00:00Z"));
        assert_eq!(again("2026-11-01T09:00:00Z", "2026-11-30T03:00:00Z"), at("2026-11-30T09:00:00Z"));
    }

    #[test]
    fn only_what_whatsapp_asks_to_wait_with_is_held_back() {
        assert!(is_held_back(131_049) && is_held_back(130_472));
        // The customer's own wish, and what another template needs.
        assert!(!is_held_back(131_050) && !is_held_back(131_047) && !is_held_back(132_001));
    }
}
