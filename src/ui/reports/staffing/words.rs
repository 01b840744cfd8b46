//! Numbers of staffing in words.

use crate::{
    domain::{
        staffing::{
            roster::WeekSlot,
            waits::{PredictedWait, UpperWaits, WaitSummary},
        },
        time::Span,
        week::WeekHour,
    },
    ui::number::{NOTHING, counted, grouped},
};

/// `25:00`, or the days of a long one.
pub fn wait(wait: PredictedWait) -> String {
    let span = wait.span();
    let words = if span < Span::days(1) { span.clock() } else { span.approximate() };
    if wait.is_over() { words } else { format!("at least {words}") }
}

pub fn median(waits: &WaitSummary) -> String {
    waits.median.map_or_else(|| NOTHING.to_owned(), wait)
}

/// `90% within 25:00`; `None` where the waits are shown each.
pub fn p90(waits: &WaitSummary) -> Option<String> {
    match &waits.upper {
        UpperWaits::P90(p90) if p90.is_over() => Some(format!("90% within {}", wait(*p90))),
        UpperWaits::P90(p90) => Some(format!("90th percentile {}", wait(*p90))),
        UpperWaits::Values(_) => None,
    }
}

/// All waits in words where there are few, and in milliseconds.
pub fn few_waits(waits: &WaitSummary) -> Option<(String, Vec<i64>)> {
    match &waits.upper {
        UpperWaits::P90(_) => None,
        UpperWaits::Values(values) if values.is_empty() => None,
        UpperWaits::Values(values) => {
            let texts: Vec<String> = values.iter().map(|value| wait(*value)).collect();
            let words = format!("{}: {}", counted(values.len(), "wait"), texts.join(", "));
            Some((words, values.iter().map(|value| value.span().0).collect()))
        }
    }
}

/// `12 (4%)` of a whole; without one there is nothing.
pub fn part(n: usize, whole: usize) -> String {
    match (n * 100 + whole / 2).checked_div(whole) {
        Some(percent) => format!("{} ({percent}%)", grouped(n)),
        None => NOTHING.to_owned(),
    }
}

/// `Monday 09:00–17:00`.
pub fn slot(slot: &WeekSlot) -> String {
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    format!("{} {}–{}", slot.weekday, clock(slot.from), clock(slot.until))
}

/// `Monday 09:00–10:00`.
pub fn hour(hour: WeekHour) -> String {
    format!("{} {:02}:00–{:02}:00", hour.weekday, hour.hour, hour.hour + 1)
}

/// `12.4`: of a mean or a forecast.
pub fn tenths(value: f64) -> String {
    format!("{value:.1}")
}

/// `15%`; without anything to compare with there is nothing.
pub fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| NOTHING.to_owned(), |share| format!("{:.0}%", share * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::week::Weekday;

    fn waits(minutes: &[i64]) -> WaitSummary {
        WaitSummary::new(minutes.iter().map(|minutes| PredictedWait::Exactly(Span::minutes(*minutes))).collect())
    }

    #[test]
    fn a_wait_that_is_not_over_says_so() {
        assert_eq!(wait(PredictedWait::Exactly(Span::minutes(25))), "25:00");
        assert_eq!(wait(PredictedWait::Exactly(Span::hours(30))), "30 h");
        assert_eq!(wait(PredictedWait::AtLeast(Span::days(8))), "at least 8 d");
    }

    #[test]
    fn few_waits_are_said_each_and_many_by_their_percentile() {
        let few = waits(&[20, 0]);
        assert_eq!(few_waits(&few), Some(("2 waits: 0:00, 20:00".to_owned(), vec![0, 1_200_000])));
        assert_eq!((p90(&few), median(&few)), (None, "0:00".to_owned()));
        let many = waits(&(1..=20).collect::<Vec<_>>());
        assert_eq!((p90(&many).as_deref(), few_waits(&many)), (Some("90% within 18:00"), None));
        let none = waits(&[]);
        assert_eq!((few_waits(&none), median(&none)), (None, NOTHING.to_owned()));
    }

    #[test]
    fn numbers_and_times_of_the_week_are_words() {
        assert_eq!((part(1, 3), part(0, 0)), ("1 (33%)".to_owned(), NOTHING.to_owned()));
        let evening = WeekSlot { weekday: Weekday::Monday, from: 1_050, until: 1_440, people: 2 };
        assert_eq!(slot(&evening), "Monday 17:30–24:00");
        assert_eq!(hour(WeekHour { weekday: Weekday::Sunday, hour: 9 }), "Sunday 09:00–10:00");
        assert_eq!(
            (tenths(2.26), percent(Some(0.154)), percent(None)),
            ("2.3".to_owned(), "15%".to_owned(), "–".to_owned())
        );
    }
}
