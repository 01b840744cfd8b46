//! The list behind a number: its address, and its rows with their count and median.
//!
//! A list asks [`Measure::count`], as the number did, for the same rows, so both agree. To add a part of a number that can
//! be opened: a field of [`Slice`] and its name in the address.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    count::{CountContext, Slice, clipped},
    fields::{Fields, query_string, quoted},
    measure::Measure,
    packed::PackedRows,
    query::{Corrected, ReportQuery},
    rows::{ReportRow, RowKey},
    tally::{Measured, Values, concurrency},
};
use crate::{
    rating::Score,
    time::{Span, Timestamp},
    week::WeekHour,
};

/// Rows of one page.
pub const LIST_PAGE: usize = 50;

/// The largest number of an address: milliseconds in the far future.
const LARGEST: i64 = 1_000_000_000_000_000;

/// Which of the two periods of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    #[default]
    Period,
    /// The one that it is compared with.
    Before,
}

/// What a list shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListQuery {
    pub report: ReportQuery,
    pub measure: Measure,
    #[serde(default)]
    pub slice: Slice,
    #[serde(default)]
    pub side: Side,
    /// Only rows below this one: the cursor of a page.
    #[serde(default)]
    pub after: Option<String>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self::of(ReportQuery::default(), Measure::Handoffs)
    }
}

impl ListQuery {
    /// All rows of a measure.
    pub fn of(report: ReportQuery, measure: Measure) -> Self {
        Self { report, measure, slice: Slice::default(), side: Side::Period, after: None }
    }

    /// Of a query string. `today` is the date in the tenant's zone.
    pub fn parse(query: &str, today: Date) -> Corrected<Self> {
        let mut fields = Fields::parse(query);
        let Corrected { value: report, mut notes } = ReportQuery::take(&mut fields, today);
        let name = fields.take("of");
        let measure = name.as_deref().map_or(Ok(Measure::Handoffs), str::parse::<Measure>);
        let measure = measure.unwrap_or_else(|_| {
            notes.push(format!("{} isn't a list. Showing all handoffs.", quoted(name.as_deref().unwrap_or_default())));
            Measure::Handoffs
        });
        let mut number = |name: &str| {
            let text = fields.take(name)?;
            let number = text.parse::<i64>().ok().filter(|number| (0..=LARGEST).contains(number));
            if number.is_none() {
                notes.push(format!("{} isn't a number, so “{name}” was ignored.", quoted(&text)));
            }
            number
        };
        let seconds = |seconds: i64| Span(seconds.saturating_mul(1_000));
        let (at_least, below) = (number("at_least").map(seconds), number("below").map(seconds));
        let moment = number("at").map(Timestamp);
        let score = fields.take("score").and_then(|text| {
            let score = text.parse::<i64>().ok().and_then(|score| Score::try_from(score).ok());
            if score.is_none() {
                notes.push(format!("{} isn't a score. Showing all ratings.", quoted(&text)));
            }
            score
        });
        let hour = fields.take("cell").and_then(|text| {
            let hour = WeekHour::parse(&text);
            if hour.is_none() {
                notes.push(format!("{} isn't an hour of the week. Showing all hours.", quoted(&text)));
            }
            hour
        });
        let side = if fields.take("before").is_some() { Side::Before } else { Side::Period };
        let after = fields.take("after").filter(|text| RowKey::parse(text).is_some());
        let mut read = Self { report, measure, slice: Slice { hour, at_least, below, moment, score }, side, after };
        if read.measure == Measure::Queue && moment.is_none() {
            notes.push("Pick an hour of the queue to see who waited. Showing all handoffs.".to_owned());
            read.measure = Measure::Handoffs;
        }
        notes.extend(fields.names().map(|name| format!("{} isn't a filter, so it was ignored.", quoted(name))));
        Corrected { value: read, notes }
    }

    /// The query string of its address, without the `?`.
    pub fn query(&self) -> String {
        let Slice { hour, at_least, below, moment, score } = self.slice;
        let seconds = |span: Span| (span.0 / 1_000).to_string();
        let own = [
            ("of", Some(self.measure.as_str().to_owned())),
            ("cell", hour.map(WeekHour::value)),
            ("at_least", at_least.map(seconds)),
            ("below", below.map(seconds)),
            ("at", moment.map(|at| at.0.to_string())),
            ("score", score.map(|score| score.value().to_string())),
            ("before", (self.side == Side::Before).then(|| "1".to_owned())),
            ("after", self.after.clone()),
        ];
        let report = self.report.fields().into_iter().map(|(name, value)| (name, Some(value)));
        query_string(report.chain(own))
    }

    /// What part of the number is listed, in words; nothing if it is the whole. A moment needs a zone.
    pub fn part(&self) -> Vec<String> {
        let Slice { hour, at_least, below, moment: _, score } = self.slice;
        let bound = |words: &str, bound: Option<Span>| bound.map(|bound| format!("{words} {}", bound.clock()));
        let side = (self.side == Side::Before).then(|| "the period before".to_owned());
        let score = score.map(|score| format!("rated {score}"));
        [hour.map(WeekHour::label), bound("at least", at_least), bound("less than", below), score, side]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// The rows of a list, and its number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFigures {
    pub measured: Measured,
    /// Of times that are held: how many at once on average, in tenths.
    pub concurrency: Option<i64>,
    pub rows: Vec<ReportRow>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// Counts the rows of a list, and keeps those of one page. Rows come in any order.
pub struct ListTally {
    query: ListQuery,
    context: CountContext,
    after: Option<RowKey>,
    values: Values,
    held: Vec<(Timestamp, Timestamp)>,
    /// The newest rows, and one that shows that there are more. Those of packed days are missing.
    shown: BTreeMap<RowKey, Option<ReportRow>>,
}

/// How many rows are kept.
const SHOWN: usize = LIST_PAGE + 1;

impl ListTally {
    pub fn new(query: &ListQuery, context: &CountContext) -> Self {
        Self {
            query: query.clone(),
            context: context.clone(),
            after: query.after.as_deref().and_then(RowKey::parse),
            values: Values::default(),
            held: Vec::new(),
            shown: BTreeMap::new(),
        }
    }

    pub fn add(&mut self, row: ReportRow) {
        let ListQuery { report, measure, slice, .. } = &self.query;
        let Some(counted) = measure.count(&row, &report.filters, &self.context, *slice) else { return };
        self.values.add(&counted);
        self.hold(&row);
        self.show(row.key(), Some(row));
    }

    /// The rows of a packed day. Those of the page are [missing](Self::missing) until they are [given](Self::give).
    pub fn add_packed(&mut self, rows: &PackedRows) {
        let (filters, slice) = (self.query.report.filters.clone(), self.query.slice);
        rows.scan(&[self.query.measure], &filters, |admitted, place, row| {
            for measure in &admitted.measures {
                let Some(counted) = measure.count_admitted(row, &filters, &self.context, slice) else { continue };
                self.values.add(&counted);
                self.hold(row);
                if self.has_room(row.key().at) {
                    self.show(rows.day.key(place), None);
                }
            }
        });
    }

    fn hold(&mut self, row: &ReportRow) {
        if let ReportRow::Stint(stint) = row {
            self.held.extend(clipped(stint.began_at, stint.ended_at, &self.context));
        }
    }

    /// Whether a row of this time may be on the page.
    fn has_room(&self, at: Timestamp) -> bool {
        let is_older = |(oldest, _): (&RowKey, &Option<ReportRow>)| at < oldest.at;
        let is_full = self.shown.len() >= SHOWN;
        self.after.as_ref().is_none_or(|after| at <= after.at)
            && !(is_full && self.shown.first_key_value().is_some_and(is_older))
    }

    fn show(&mut self, key: RowKey, row: Option<ReportRow>) {
        if self.after.as_ref().is_some_and(|after| key >= *after) {
            return;
        }
        self.shown.insert(key, row);
        if self.shown.len() > SHOWN {
            self.shown.pop_first();
        }
    }

    /// The keys of rows that are on the page and were not given yet.
    pub fn missing(&self) -> Vec<RowKey> {
        let keys = self.shown.iter().filter(|(_, row)| row.is_none()).map(|(key, _)| key.clone());
        keys.collect()
    }

    /// Rows that were missing. Others change nothing.
    pub fn give(&mut self, rows: Vec<ReportRow>) {
        for row in rows {
            if let Some(place) = self.shown.get_mut(&row.key()) {
                *place = Some(row);
            }
        }
    }

    /// How many values and times are kept until the end.
    pub fn kept(&self) -> usize {
        self.values.kept() + 2 * self.held.len()
    }

    pub fn finish(mut self) -> ListFigures {
        let is_cut = self.shown.len() > LIST_PAGE;
        if is_cut {
            self.shown.pop_first();
        }
        let next = self.shown.first_key_value().filter(|_| is_cut).map(|(key, _)| key.value());
        let rows = self.shown.into_values().rev().flatten().collect();
        ListFigures { measured: self.values.measured(), concurrency: concurrency(self.held), rows, next }
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
