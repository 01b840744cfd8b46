//! Points in time as people read them, in the viewer's zone.
//!
//! Both builds compute the same text from a zone's offset. In the first render the offset is the cookie's (see
//! `render_environment.rs`), so that server and page agree; after hydration the browser gives the offset at each point
//! in time, with summer time. To add a format: a variant of [`TimeStyle`].
//!
//! Only jiff's calendar is used: its formatter and its zones would add a twentieth to what the browser loads.

use jiff::{
    civil::{Date, DateTime},
    tz::Offset,
};
use leptos::prelude::*;

use super::{browser, render_environment::RenderEnvironment};
use crate::domain::time::Timestamp;

/// How a point in time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStyle {
    /// `10:42`
    Clock,
    /// `Today`, `Yesterday`, `12 Mar 2026`
    Day,
    /// `Thu 12 Mar 2026, 10:42`
    Full,
    /// For lists: the time if it is today, else the date, with the year if it is another one.
    Row,
}

/// The viewer's zone, as far as it is known.
#[derive(Clone, Copy)]
pub struct Zone {
    first: i32,
    /// Whether the first render is over and the browser may be asked.
    settled: RwSignal<bool>,
}

impl Zone {
    /// Provides the zone to the components below, and stores the name of the browser's zone in the cookie for the next
    /// first render.
    pub fn provide(environment: &RenderEnvironment) {
        provide_context(Self { first: environment.offset, settled: RwSignal::new(false) });
        Effect::new(move |_| {
            if let Some(name) = browser::zone() {
                browser::set_cookie(super::render_environment::ZONE, &name);
            }
        });
    }

    /// Asks the browser from the end of the first render on. Call it in what is drawn with the times: effects of the whole
    /// page run while the code of its parts is loaded, before those are hydrated, and the server has drawn the days of a
    /// thread with the cookie's offset.
    pub fn settle() {
        let zone = Self::current();
        Effect::new(move |_| zone.settled.set(true));
    }

    /// Stores the offset that the browser's zone has at `now`, the server's time, in the cookie for the next first
    /// render.
    pub fn store_offset(now: Timestamp) {
        if let Some(minutes) = browser::offset_at(now) {
            browser::set_cookie(super::render_environment::OFFSET, &minutes.to_string());
        }
    }

    /// The zone that was provided; UTC where none was.
    pub fn current() -> Self {
        use_context().unwrap_or_else(|| Self { first: 0, settled: RwSignal::new(false) })
    }

    /// Minutes ahead of UTC at that time. Tracks: it may change once, after hydration.
    fn offset(self, at: Timestamp) -> Offset {
        let minutes = if self.settled.get() { browser::offset_at(at).unwrap_or(self.first) } else { self.first };
        Offset::from_seconds(minutes * 60).unwrap_or(Offset::UTC)
    }

    /// The number of the day that `at` falls on, in this zone. Tracks.
    pub fn day(self, at: Timestamp) -> i64 {
        Local::of(at, self.offset(at)).day
    }

    /// `hour` o'clock of the day after the one that `now` falls on. Does not track.
    pub fn tomorrow_at(self, now: Timestamp, hour: i64) -> Timestamp {
        untrack(|| self.instant((self.day(now) + 1) * DAY + hour * HOUR))
    }

    /// What a field for date and time holds, such as `2026-11-29T09:30`. Does not track.
    pub fn read_field(self, text: &str) -> Option<Timestamp> {
        let shown = field_clock(text)?;
        Some(untrack(|| self.instant(shown)))
    }

    /// The point in time at which a clock in this zone shows `shown`, in milliseconds since 1970 there.
    fn instant(self, shown: i64) -> Timestamp {
        instant(shown, |at| self.offset(at))
    }

    /// `at` in words. `today` is the number of the day that now is. Tracks.
    pub fn words(self, at: Timestamp, style: TimeStyle, today: i64) -> String {
        Local::of(at, self.offset(at)).words(style, today)
    }
}

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

/// The second offset is that of the result, unless the clocks change between the two.
fn instant(shown: i64, offset: impl Fn(Timestamp) -> Offset) -> Timestamp {
    let with_offset_at = |at: Timestamp| Timestamp(shown - i64::from(offset(at).seconds()) * 1_000);
    with_offset_at(with_offset_at(Timestamp(shown)))
}

/// The milliseconds since 1970 that a clock shows, written `2026-11-29T09:30`, with seconds or without.
fn field_clock(text: &str) -> Option<i64> {
    let (date, clock) = text.split_once('T')?;
    let mut date = date.split('-');
    let (year, month, day) = (date.next()?.parse().ok()?, date.next()?.parse().ok()?, date.next()?.parse().ok()?);
    let mut clock = clock.split(':');
    let (hour, minute) = (clock.next()?.parse().ok()?, clock.next()?.parse().ok()?);
    let at = DateTime::new(year, month, day, hour, minute, 0, 0).ok()?;
    Some(Offset::UTC.to_timestamp(at).ok()?.as_millisecond())
}

/// A point in time by the calendar and clock of a place.
struct Local {
    at: DateTime,
    /// Counted from the first of January 1970 there.
    day: i64,
}

impl Local {
    fn of(at: Timestamp, offset: Offset) -> Self {
        let day = (at.0 + i64::from(offset.seconds()) * 1_000).div_euclid(DAY);
        let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Self { at: offset.to_datetime(at), day }
    }

    fn words(&self, style: TimeStyle, today: i64) -> String {
        let ago = today - self.day;
        let same_year = || Self::of(Timestamp(today * DAY), Offset::UTC).at.year() == self.at.year();
        match style {
            TimeStyle::Clock => self.clock(),
            TimeStyle::Full => {
                let weekday = WEEKDAYS[usize::from(self.at.weekday().to_sunday_zero_offset().unsigned_abs()) % 7];
                format!("{weekday} {} {}, {}", self.date(), self.at.year(), self.clock())
            }
            TimeStyle::Day if ago == 0 => "Today".to_owned(),
            TimeStyle::Row if ago == 0 => self.clock(),
            TimeStyle::Day | TimeStyle::Row if ago == 1 => "Yesterday".to_owned(),
            TimeStyle::Row if same_year() => self.date(),
            TimeStyle::Day | TimeStyle::Row => format!("{} {}", self.date(), self.at.year()),
        }
    }

    fn clock(&self) -> String {
        format!("{:02}:{:02}", self.at.hour(), self.at.minute())
    }

    fn date(&self) -> String {
        day_and_month(self.at.date())
    }
}

/// `12 Mar`.
fn day_and_month(date: Date) -> String {
    let month = MONTHS[usize::from(date.month().unsigned_abs() - 1) % 12];
    format!("{} {month}", date.day())
}

/// `12 Mar 2026`: a date of any zone.
pub fn date_words(date: Date) -> String {
    format!("{} {}", day_and_month(date), date.year())
}

/// `2026-11-22T10:42:05Z`, for machines.
pub fn iso(at: Timestamp) -> String {
    let Local { at, .. } = Local::of(at, Offset::UTC);
    let (year, month, day) = (at.year(), at.month(), at.day());
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", at.hour(), at.minute(), at.second())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_344_000_000;

    fn text(at: i64, style: TimeStyle, offset: i32) -> String {
        let offset = Offset::from_seconds(offset * 60).expect("a zone");
        Local::of(Timestamp(at), offset).words(style, Local::of(Timestamp(NOW), offset).day)
    }

    #[test]
    fn a_day_is_the_viewers_day() {
        // 23:30 UTC of the day before is the same day in Berlin already.
        assert_eq!(iso(Timestamp(NOW)), "2026-11-22T10:40:00Z");
        let late = NOW - 11 * 3_600_000 - 600_000;
        assert_eq!(text(late, TimeStyle::Day, 0), "Yesterday");
        assert_eq!(text(late, TimeStyle::Day, 60), "Today");
        assert_eq!(text(late, TimeStyle::Clock, 60), "00:30");
    }

    #[test]
    fn a_clock_is_read_in_the_viewers_zone() {
        let minutes = |minutes: i32| Offset::from_seconds(minutes * 60).expect("a zone");
        let read = |text, offset: i32| instant(field_clock(text).expect("a time"), |_| minutes(offset));
        assert_eq!(read("2026-11-22T10:40", 0), Timestamp(NOW));
        assert_eq!(read("2026-11-22T11:40:00", 60), Timestamp(NOW));
        for nonsense in ["", "2026-11-22", "2026-13-01T10:40", "2026-11-22T25:00", "soon"] {
            assert_eq!(field_clock(nonsense), None, "{nonsense}");
        }
        // Central Europe goes to summer time on 29 March 2026 at 01:00 UTC.
        let change = field_clock("2026-03-29T01:00").expect("a time");
        let berlin = |at: Timestamp| minutes(if at.0 < change { 60 } else { 120 });
        let local = |text| iso(instant(field_clock(text).expect("a time"), berlin));
        assert_eq!(local("2026-03-29T01:30"), "2026-03-29T00:30:00Z");
        assert_eq!(local("2026-03-29T09:00"), "2026-03-29T07:00:00Z");
        assert_eq!(local("2026-03-28T09:00"), "2026-03-28T08:00:00Z");
    }

    #[test]
    fn a_date_is_written_as_in_a_time() {
        assert_eq!(date_words(jiff::civil::date(2026, 3, 2)), "2 Mar 2026");
    }

    #[test]
    fn a_row_says_as_little_as_it_can() {
        assert_eq!(text(NOW, TimeStyle::Row, 0), "10:40");
        assert_eq!(text(NOW - 86_400_000, TimeStyle::Row, 0), "Yesterday");
        assert_eq!(text(NOW - 10 * 86_400_000, TimeStyle::Row, 0), "12 Nov");
        assert_eq!(text(NOW - 365 * 86_400_000, TimeStyle::Row, 0), "22 Nov 2025");
        assert_eq!(text(NOW, TimeStyle::Full, 0), "Sun 22 Nov 2026, 10:40");
    }
}
