//! Rosters as texts for addresses: `mon-fri.0900-1700.3~sat.1000-1400.1`, in characters that addresses do not encode.
//!
//! A shift is days, hours and people. Days may be a range, also over the weekend (`fri-mon`). The empty text is a
//! roster without anybody. To add a property of shifts, add a part that may be missing: people have bookmarked addresses.

use std::{fmt, str::FromStr};

use super::roster::{MOST_SHIFTS, Roster, RosterError, Shift};
use crate::{calendar::Interval, week::Weekday};

/// The most shifts of a week.
const MOST: usize = 7 * MOST_SHIFTS;

impl FromStr for Roster {
    type Err = RosterError;

    fn from_str(text: &str) -> Result<Self, RosterError> {
        let text = text.trim().to_ascii_lowercase();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let mut shifts = Vec::new();
        for part in text.split('~') {
            let pieces: Vec<&str> = part.split('.').collect();
            let [days, hours, people] = pieces.as_slice() else {
                return Err(RosterError::Shift(part.to_owned()));
            };
            let (days, hours, people) = (parse_days(days)?, parse_hours(hours)?, parse_people(people)?);
            for weekday in days {
                // `new` names the fault; this keeps a long text from becoming a long list.
                if shifts.len() > MOST {
                    return Err(RosterError::TooMany(weekday));
                }
                shifts.push(Shift { weekday, hours, people });
            }
        }
        Self::new(shifts)
    }
}

fn parse_days(text: &str) -> Result<Vec<Weekday>, RosterError> {
    let day = |name: &str| name.parse::<Weekday>().map_err(|_| RosterError::Weekday(name.to_owned()));
    let Some((first, last)) = text.split_once('-') else { return Ok(vec![day(text)?]) };
    let (first, last) = (day(first)?, day(last)?);
    let mut days = vec![first];
    let mut next = first;
    while next != last {
        next = next.following();
        days.push(next);
    }
    Ok(days)
}

fn parse_hours(text: &str) -> Result<Interval, RosterError> {
    // `0900` as `09:00`.
    let clock = |digits: &str| {
        let is_time = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_time.then(|| format!("{}:{}", &digits[..2], &digits[2..]))
    };
    let parsed = text.split_once('-').and_then(|(from, to)| Interval::parse(&clock(from)?, &clock(to)?));
    parsed.ok_or_else(|| RosterError::Hours(text.to_owned()))
}

fn parse_people(text: &str) -> Result<u16, RosterError> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = if is_number { text.parse().ok() } else { None };
    parsed.ok_or_else(|| RosterError::People(text.to_owned()))
}

/// Shifts with the same hours and people on days that follow each other are one part.
impl fmt::Display for Roster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The first shift and the last day of each part.
        let mut parts: Vec<(Shift, Weekday)> = Vec::new();
        for shift in self.shifts() {
            let is_continued = |(first, last): &&mut (Shift, Weekday)| {
                (first.hours, first.people) == (shift.hours, shift.people) && last.index() + 1 == shift.weekday.index()
            };
            match parts.iter_mut().find(is_continued) {
                Some((_, last)) => *last = shift.weekday,
                None => parts.push((*shift, shift.weekday)),
            }
        }
        for (at, (first, last)) in parts.iter().enumerate() {
            if at > 0 {
                f.write_str("~")?;
            }
            f.write_str(first.weekday.as_str())?;
            if *last != first.weekday {
                write!(f, "-{}", last.as_str())?;
            }
            let Interval { from, to } = first.hours;
            write!(f, ".{:02}{:02}-{:02}{:02}.{}", from / 60, from % 60, to / 60, to % 60, first.people)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::percent;

    fn printed(text: &str) -> String {
        text.parse::<Roster>().expect(text).to_string()
    }

    #[test]
    fn a_roster_is_one_short_text() {
        let text = "mon-fri.0900-1200.3~mon-fri.1300-1700.2~sat.1000-1400.1~sun.2200-0600.1";
        assert_eq!(printed(text), text);
        assert_eq!(percent::encoded(text), text, "addresses hold it as it is");
        let roster: Roster = text.parse().expect("a roster");
        assert_eq!(roster.shifts().len(), 12);
        let wednesday = Shift { weekday: Weekday::Wednesday, hours: Interval { from: 780, to: 1_020 }, people: 2 };
        assert!(roster.shifts().contains(&wednesday));
        assert_eq!(printed(""), "");
    }

    #[test]
    fn equal_rosters_are_equal_texts() {
        assert_eq!(printed(" TUE.0900-1200.3~mon.0900-1200.3 "), "mon-tue.0900-1200.3");
        assert_eq!(printed("fri-mon.0000-2400.1"), "mon.0000-2400.1~fri-sun.0000-2400.1");
        assert_eq!(printed("mon-sun.0000-2400.12"), "mon-sun.0000-2400.12");
        // Another number of people in the middle.
        let text = "mon.0900-1200.3~tue.0900-1200.4~wed.0900-1200.3";
        assert_eq!(printed(text), text);
    }

    #[test]
    fn a_text_that_is_no_roster_says_why() {
        let shift = "is not a shift. Write days, hours and people, like mon-fri.0900-1700.3";
        let weekday = "is not a weekday. Use mon, tue, wed, thu, fri, sat or sun, or a range like mon-fri.";
        let hours = "is not a time range. Write it like 0900-1700, between 0000 and 2400.";
        let people = "is not a number of people. Enter 1 to 500; leave out hours without anybody.";
        let table = [
            ("hello", format!("“hello” {shift}")),
            ("mon.0900-1200.3~", format!("“” {shift}")),
            ("mon.0900-1200.3.4", format!("“mon.0900-1200.3.4” {shift}")),
            ("montag.0900-1200.3", format!("“montag” {weekday}")),
            ("mon-.0900-1200.3", format!("“” {weekday}")),
            ("mon.9-12.3", format!("“9-12” {hours}")),
            ("mon.0900-2401.3", format!("“0900-2401” {hours}")),
            ("mon.2400-0100.3", format!("“2400-0100” {hours}")),
            ("mon.09é0-1200.3", format!("“09é0-1200” {hours}")),
            ("mon.0900-1200.+3", format!("“+3” {people}")),
            ("mon.0900-1200.", format!("“” {people}")),
            ("mon.0900-1200.0", format!("“0” {people}")),
            ("mon.0900-1200.99999999", format!("“99999999” {people}")),
            (
                "mon-wed.0900-1200.1~tue.0900-1200.2",
                "Tuesday 09:00–12:00 is listed twice. Keep one of them, with the sum of the people.".to_owned(),
            ),
        ];
        for (text, expected) in table {
            let error = text.parse::<Roster>().expect_err(text);
            assert_eq!(error.to_string(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_printed_roster_is_read_again(
            raw in proptest::collection::vec((0..7_usize, 0..1_440_u16, 0..=1_440_u16, 1..9_u16), 0..12),
        ) {
            let unique: BTreeMap<(Weekday, Interval), u16> = raw
                .into_iter()
                .filter(|(_, from, to, _)| from != to)
                .map(|(day, from, to, people)| ((Weekday::ALL[day], Interval { from, to }), people))
                .collect();
            let shifts = unique.into_iter().map(|((weekday, hours), people)| Shift { weekday, hours, people });
            // More than eight on one day are no roster.
            if let Ok(roster) = Roster::new(shifts.collect()) {
                prop_assert_eq!(roster.to_string().parse(), Ok(roster));
            }
        }

        #[test]
        fn any_text_is_safe(text in "\\PC{0,40}", near in "[a-z]{3}(-[a-z]{3})?\\.[0-9]{3,4}-[0-9]{4}\\.[0-9]{0,4}") {
            for text in [text, near] {
                if let Ok(roster) = text.parse::<Roster>() {
                    prop_assert_eq!(roster.to_string().parse(), Ok(roster));
                }
            }
        }
    }
}
