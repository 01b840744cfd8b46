//! Points in time as people read them, in the viewer's zone.
//!
//! Both builds write the same words from the same arithmetic; only the zone's offset comes from elsewhere. In the first
//! render it is the cookie's (see `first_look.rs`), so that server and page agree; after hydration the browser gives the
//! true one for every single point, with summer time. To add a way to write a time: a variant of [`TimeStyle`].

use jiff::{
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use leptos::prelude::*;

use super::{browser, first_look::FirstLook, state::Shared};
use crate::domain::time::Timestamp;

/// How much of a point in time is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStyle {
    /// `10:42`
    Clock,
    /// `Today`, `Yesterday`, `12 Mar 2026`
    Day,
    /// `Thu 12 Mar 2026, 10:42`
    Full,
    /// As a list says it: today's by the clock, others by their day, the year only if it is another one.
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
    /// Provides the zone to everything below, and tells the server the browser's own for the next first render.
    pub fn provide(look: &FirstLook) {
        let zone = Self { first: look.offset, settled: RwSignal::new(false) };
        provide_context(zone);
        Effect::new(move |_| {
            zone.settled.set(true);
            if let Some(name) = browser::zone() {
                browser::set_cookie(super::first_look::ZONE, &name);
            }
            if let Some(minutes) = browser::now().and_then(browser::offset_at) {
                browser::set_cookie(super::first_look::OFFSET, &minutes.to_string());
            }
        });
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

    fn civil(self, at: Timestamp) -> DateTime {
        civil(at, self.offset(at))
    }

    /// The number of the day that `at` falls on, in this zone. Tracks.
    pub fn day(self, at: Timestamp) -> i64 {
        day_number(self.civil(at))
    }

    /// `at` in words. `today` is the number of the day that now is. Tracks.
    pub fn words(self, at: Timestamp, style: TimeStyle, today: i64) -> String {
        words(self.civil(at), style, today)
    }
}

fn civil(at: Timestamp, offset: Offset) -> DateTime {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned(TimeZone::fixed(offset)).datetime()
}

fn day_number(at: DateTime) -> i64 {
    let midnight = at.date().to_datetime(jiff::civil::Time::midnight());
    Offset::UTC.to_timestamp(midnight).map_or(0, |midnight| midnight.as_second().div_euclid(86_400))
}

fn words(at: DateTime, style: TimeStyle, today: i64) -> String {
    let ago = today - day_number(at);
    let same_year = jiff::Timestamp::from_second(today * 86_400).is_ok_and(|now| civil_year(now) == at.year());
    match style {
        TimeStyle::Clock => at.strftime("%H:%M").to_string(),
        TimeStyle::Full => at.strftime("%a %-d %b %Y, %H:%M").to_string(),
        TimeStyle::Day if ago == 0 => "Today".to_owned(),
        TimeStyle::Row if ago == 0 => at.strftime("%H:%M").to_string(),
        TimeStyle::Day | TimeStyle::Row if ago == 1 => "Yesterday".to_owned(),
        TimeStyle::Row if same_year => at.strftime("%-d %b").to_string(),
        TimeStyle::Day | TimeStyle::Row => at.strftime("%-d %b %Y").to_string(),
    }
}

fn civil_year(at: jiff::Timestamp) -> i16 {
    at.to_zoned(TimeZone::UTC).year()
}

/// `2026-11-22T10:42:05Z`, for machines.
pub fn iso(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A point in time: short to read, whole on hover, exact for machines.
#[component]
pub fn LocalTime(
    #[prop(into)] at: Signal<Timestamp>,
    style: TimeStyle,
    #[prop(optional, into)] class: &'static str,
) -> impl IntoView {
    let zone = Zone::current();
    let today = use_context::<Shared>().map(|shared| shared.today);
    let today = move || today.map_or(0, |today| today.get());
    view! {
        <time
            class=class
            datetime=move || iso(at.get())
            title=move || zone.words(at.get(), TimeStyle::Full, 0)
        >
            {move || zone.words(at.get(), style, today())}
        </time>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_344_000_000;

    fn say(at: i64, style: TimeStyle, offset: i32) -> String {
        let offset = Offset::from_seconds(offset * 60).expect("a zone");
        words(civil(Timestamp(at), offset), style, day_number(civil(Timestamp(NOW), offset)))
    }

    #[test]
    fn a_day_is_the_viewers_day() {
        // 2026-11-22 10:40 UTC is still that day in Lisbon, and the night before's 23:30 already is in Berlin.
        assert_eq!(iso(Timestamp(NOW)), "2026-11-22T10:40:00Z");
        let late = NOW - 11 * 3_600_000 - 600_000;
        assert_eq!(say(late, TimeStyle::Day, 0), "Yesterday");
        assert_eq!(say(late, TimeStyle::Day, 60), "Today");
        assert_eq!(say(late, TimeStyle::Clock, 60), "00:30");
    }

    #[test]
    fn a_row_says_as_little_as_it_can() {
        assert_eq!(say(NOW, TimeStyle::Row, 0), "10:40");
        assert_eq!(say(NOW - 86_400_000, TimeStyle::Row, 0), "Yesterday");
        assert_eq!(say(NOW - 10 * 86_400_000, TimeStyle::Row, 0), "12 Nov");
        assert_eq!(say(NOW - 365 * 86_400_000, TimeStyle::Row, 0), "22 Nov 2025");
        assert_eq!(say(NOW, TimeStyle::Full, 0), "Sun 22 Nov 2026, 10:40");
    }
}
