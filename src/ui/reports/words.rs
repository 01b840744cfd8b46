//! Numbers of reports in words.

use crate::{
    contract::report::{ReportTile, TileNumber},
    domain::{
        handoff::metrics::RatingTally,
        rating::Score,
        report::{
            measure::Measure,
            summary::{ValueSummary, change, share},
        },
        time::Span,
    },
    ui::number::{NOTHING, counted, grouped},
};

pub fn duration(span: Option<Span>) -> String {
    span.map_or_else(|| NOTHING.to_owned(), Span::clock)
}

/// `1.5` of 15.
pub fn tenths(value: Option<i64>) -> String {
    value.map_or_else(|| NOTHING.to_owned(), |value| format!("{}.{}", value / 10, value % 10))
}

/// `2.6 of 3`: an average rating.
pub fn rating(ratings: RatingTally) -> String {
    let best = Score::ALL.len();
    ratings.average().map_or_else(|| NOTHING.to_owned(), |average| format!("{} of {best}", tenths(Some(average))))
}

/// `40% answered`: of those who were asked for a rating.
pub fn answered(number: &TileNumber) -> Option<String> {
    let share = share(number.measured.n, number.whole?)?;
    Some(format!("{share}% answered"))
}

/// The number of a tile: a median, an average, a share, or a count.
pub fn main_number(measure: Measure, number: &TileNumber) -> String {
    if measure.is_duration() {
        return duration(number.measured.summary.median);
    }
    if measure == Measure::Rated {
        return rating(number.measured.ratings);
    }
    match number.whole {
        Some(whole) => share(number.measured.n, whole).map_or_else(|| NOTHING.to_owned(), |share| format!("{share}%")),
        None => grouped(number.measured.n),
    }
}

/// `90% within 12:00`, from enough values on.
pub fn p90(summary: &ValueSummary) -> Option<String> {
    summary.p90.map(|span| format!("90% within {}", span.clock()))
}

/// All values in words, where there are few.
pub fn few_values(summary: &ValueSummary) -> Option<String> {
    let values: Vec<String> = summary.dots.iter().map(|span| span.clock()).collect();
    (!values.is_empty()).then(|| format!("{}: {}", counted(values.len(), "value"), values.join(", ")))
}

/// How a number differs from that of the period before; `None` if there is none before, or if it is not settled.
pub fn change_words(tile: &ReportTile) -> Option<String> {
    let (now, before) = (tile.now.as_ref()?, tile.before.as_ref()?);
    // What was closed lately can still be reopened, and what was closed in the period before cannot.
    if tile.beside.iter().any(|(other, _)| *other == Measure::ClosedRecently) {
        return None;
    }
    if tile.measure == Measure::Rated {
        let average = |number: &TileNumber| number.measured.ratings.average();
        return Some(signed(average(now)? - average(before)?, |tenth| tenths(Some(tenth))));
    }
    let is_share = now.whole.is_some();
    let difference = if tile.measure.is_duration() {
        let median = |number: &TileNumber| number.measured.summary.median.map(|span| span.0);
        change(median(now)?, median(before)?)?
    } else if is_share {
        let part = |number: &TileNumber| share(number.measured.n, number.whole.unwrap_or(0));
        part(now)? - part(before)?
    } else {
        change(now.measured.n, before.measured.n)?
    };
    let unit = if is_share { " points" } else { "%" };
    Some(signed(difference, |amount| format!("{amount}{unit}")))
}

/// `+20%`, `−0.3` or `unchanged`.
fn signed(difference: i64, words: impl Fn(i64) -> String) -> String {
    match difference {
        0 => "unchanged".to_owned(),
        more if more > 0 => format!("+{}", words(more)),
        // A real minus sign is as wide as the plus.
        less => format!("−{}", words(-less)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::tally::Measured;

    fn number(n: i64, median: Option<i64>, whole: Option<i64>) -> TileNumber {
        let summary = ValueSummary { n, median: median.map(Span::minutes), ..ValueSummary::default() };
        TileNumber { measured: Measured { n, summary, ..Measured::default() }, whole }
    }

    fn tile(measure: Measure, now: TileNumber, before: TileNumber) -> ReportTile {
        ReportTile { measure, now: Some(now), before: Some(before), beside: Vec::new() }
    }

    #[test]
    fn a_tile_shows_a_median_a_share_or_a_count() {
        assert_eq!(main_number(Measure::Waiting, &number(3, Some(5), None)), "5:00");
        assert_eq!(main_number(Measure::Waiting, &number(0, None, None)), NOTHING);
        assert_eq!(main_number(Measure::Escalated, &number(1, None, Some(3))), "33%");
        assert_eq!(main_number(Measure::Escalated, &number(0, None, Some(0))), NOTHING);
        assert_eq!(main_number(Measure::Handoffs, &number(1_234, None, None)), "1,234");
    }

    #[test]
    fn a_change_is_in_percent_or_in_points() {
        let waiting = |now, before| tile(Measure::Waiting, number(1, Some(now), None), number(1, Some(before), None));
        assert_eq!(change_words(&waiting(6, 5)).as_deref(), Some("+20%"));
        assert_eq!(change_words(&waiting(4, 5)).as_deref(), Some("−20%"));
        assert_eq!(change_words(&waiting(5, 5)).as_deref(), Some("unchanged"));
        let share = tile(Measure::Escalated, number(1, None, Some(2)), number(1, None, Some(4)));
        assert_eq!(change_words(&share).as_deref(), Some("+25 points"));
        let reopened = tile(Measure::Reopened, number(1, None, Some(10)), number(4, None, Some(10)));
        assert_eq!(change_words(&reopened).as_deref(), Some("−30 points"));
        let unsettled = ReportTile { beside: vec![(Measure::ClosedRecently, 3)], ..reopened };
        assert_eq!(change_words(&unsettled), None, "some may still be reopened");
        let first = tile(Measure::Handoffs, number(5, None, None), number(0, None, None));
        assert_eq!(change_words(&first), None, "there was nothing before");
        assert_eq!(change_words(&ReportTile { before: None, ..first }), None);
    }

    #[test]
    fn a_rating_is_an_average_of_those_who_answered() {
        let [best, middle, worst] = Score::ALL;
        let rated = |scores: &[Score], asked| {
            let ratings: RatingTally = scores.iter().copied().collect();
            TileNumber { measured: Measured { n: ratings.rated(), ratings, ..Measured::default() }, whole: Some(asked) }
        };
        let (now, before) = (rated(&[best, best, middle], 5), rated(&[middle, worst], 2));
        assert_eq!(
            (main_number(Measure::Rated, &now).as_str(), answered(&now).as_deref()),
            ("2.7 of 3", Some("60% answered"))
        );
        assert_eq!(change_words(&tile(Measure::Rated, now.clone(), before.clone())).as_deref(), Some("+1.2"));
        assert_eq!(change_words(&tile(Measure::Rated, before, now.clone())).as_deref(), Some("−1.2"));
        let nobody = rated(&[], 0);
        assert_eq!((main_number(Measure::Rated, &nobody).as_str(), answered(&nobody)), (NOTHING, None));
        assert_eq!(change_words(&tile(Measure::Rated, now, nobody)), None);
    }

    #[test]
    fn few_values_are_said_each() {
        let summary = ValueSummary { n: 2, dots: [1, 4].map(Span::minutes).into(), ..ValueSummary::default() };
        assert_eq!(few_values(&summary).as_deref(), Some("2 values: 1:00, 4:00"));
        assert_eq!((few_values(&ValueSummary::default()), p90(&summary)), (None, None));
        assert_eq!((tenths(Some(15)), tenths(None)), ("1.5".to_owned(), NOTHING.to_owned()));
    }
}
