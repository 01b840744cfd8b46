//! What a report is about: its period, filters and clock, and how the address says so.
//!
//! Every text is a query: what cannot be followed is replaced by what comes closest, and a sentence says what was
//! changed. Only the server reads addresses, because a date needs the tenant's zone; the page writes them.
//!
//! To add a filter: its field, its name in `parse` and in `fields`, its part of `keep_known` and of the page's form.

mod trigger;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::trigger::TriggerFilter;
use super::{
    fields::{Fields, query_string, quoted},
    period::{DayRange, MOST_DAYS, Period, Preset, iso_date, moved},
};
use crate::{
    ids::{AgentId, ChannelId, OutcomeId},
    variant_names::variant_names,
};

/// Which time counts in durations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportClock {
    /// Every minute.
    #[default]
    Wall,
    /// The minutes in which the tenant was open.
    Opening,
}

variant_names!(ReportClock {
    Wall => "wall",
    Opening => "opening",
});

impl ReportClock {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Wall => "All hours",
            Self::Opening => "Opening hours only",
        }
    }
}

/// What the cells of the heat map show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeatValue {
    #[default]
    Arrivals,
    Wait,
    Online,
}

variant_names!(HeatValue {
    Arrivals => "arrivals",
    Wait => "wait",
    Online => "online",
});

impl HeatValue {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Arrivals => "Arrivals",
            Self::Wait => "Waiting time",
            Self::Online => "People online",
        }
    }
}

/// The result with which a conversation was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeFilter {
    Picked(OutcomeId),
    /// It was closed without one.
    Missing,
}

impl OutcomeFilter {
    const MISSING: &'static str = "none";

    pub fn parse(text: &str) -> Self {
        if text == Self::MISSING { Self::Missing } else { Self::Picked(text.into()) }
    }

    pub fn value(&self) -> String {
        match self {
            Self::Picked(id) => id.to_string(),
            Self::Missing => Self::MISSING.to_owned(),
        }
    }
}

/// What narrows a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportFilters {
    pub channel: Option<ChannelId>,
    pub trigger: Option<TriggerFilter>,
    pub agent: Option<AgentId>,
    /// The customer's language, as a tag.
    pub language: Option<String>,
    pub outcome: Option<OutcomeFilter>,
}

impl ReportFilters {
    /// Whether the reasons of the language model have to be read to tell what is admitted.
    pub fn need_reasons(&self) -> bool {
        self.trigger.as_ref().and_then(TriggerFilter::reason).is_some()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportQuery {
    pub period: Period,
    pub filters: ReportFilters,
    pub clock: ReportClock,
    pub map: HeatValue,
}

/// What an address asks for, as far as it can be followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrected<T> {
    pub value: T,
    /// A sentence for each change.
    pub notes: Vec<String>,
}

/// What a tenant has to filter by.
pub struct KnownFilters<'a> {
    pub channels: &'a [ChannelId],
    pub agents: &'a [AgentId],
    pub outcomes: &'a [OutcomeId],
}

impl ReportQuery {
    /// Of a query string. `today` is the date in the tenant's zone.
    pub fn parse(query: &str, today: Date) -> Corrected<Self> {
        let mut fields = Fields::parse(query);
        let mut read = Self::take(&mut fields, today);
        read.notes.extend(fields.names().map(|name| format!("{} isn't a filter, so it was ignored.", quoted(name))));
        read
    }

    /// Takes the fields of a report, and leaves the others.
    pub fn take(fields: &mut Fields, today: Date) -> Corrected<Self> {
        let mut notes = Vec::new();
        let period = take_period(fields, today, &mut notes);
        let trigger = fields.take("trigger").and_then(|text| {
            let trigger = TriggerFilter::parse(&text);
            if trigger.is_none() {
                notes.push(format!("{} isn't a trigger. Showing all triggers.", quoted(&text)));
            }
            trigger
        });
        let clock = fields.take("clock").and_then(|text| {
            let clock = text.parse::<ReportClock>().ok();
            if clock.is_none() {
                notes.push(format!("{} isn't a clock. Counting all hours.", quoted(&text)));
            }
            clock
        });
        let map = fields.take("map").and_then(|text| {
            let map = text.parse::<HeatValue>().ok();
            if map.is_none() {
                notes.push(format!("{} isn't a map. Showing arrivals.", quoted(&text)));
            }
            map
        });
        let language = fields.take("language").and_then(|text| {
            let is_tag = text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if !is_tag {
                notes.push(format!("{} isn't a language. Showing all languages.", quoted(&text)));
            }
            is_tag.then_some(text)
        });
        let filters = ReportFilters {
            channel: fields.take("number").map(Into::into),
            trigger,
            agent: fields.take("agent").map(Into::into),
            language,
            outcome: fields.take("outcome").map(|text| OutcomeFilter::parse(&text)),
        };
        let (clock, map) = (clock.unwrap_or_default(), map.unwrap_or_default());
        Corrected { value: Self { period, filters, clock, map }, notes }
    }

    /// Removes the filters that name nothing of the tenant, with a sentence for each.
    pub fn keep_known(&mut self, known: &KnownFilters) -> Vec<String> {
        let mut notes = Vec::new();
        let filters = &mut self.filters;
        if filters.channel.take_if(|id| !known.channels.contains(id)).is_some() {
            notes.push("This number doesn't exist. Showing all numbers.".to_owned());
        }
        if filters.agent.take_if(|id| !known.agents.contains(id)).is_some() {
            notes.push("This agent doesn't exist. Showing all agents.".to_owned());
        }
        let is_unknown = |outcome: &mut OutcomeFilter| match outcome {
            OutcomeFilter::Picked(id) => !known.outcomes.contains(id),
            OutcomeFilter::Missing => false,
        };
        if filters.outcome.take_if(is_unknown).is_some() {
            notes.push("This outcome doesn't exist. Showing all outcomes.".to_owned());
        }
        notes
    }

    /// The fields of an address. What is as by default is left out.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = self.period_fields();
        fields.extend(self.filter_fields());
        fields
    }

    /// The part of [`Self::fields`] that says which days.
    pub fn period_fields(&self) -> Vec<(&'static str, String)> {
        match self.period {
            period if period == Period::default() => Vec::new(),
            Period::Preset(preset) => vec![("period", preset.as_str().to_owned())],
            Period::Days(days) => vec![("from", iso_date(days.from)), ("to", iso_date(days.to))],
        }
    }

    /// The part of [`Self::fields`] that holds for any period.
    pub fn filter_fields(&self) -> Vec<(&'static str, String)> {
        let ReportFilters { channel, trigger, agent, language, outcome } = &self.filters;
        let clock = (self.clock != ReportClock::default()).then(|| self.clock.as_str().to_owned());
        let fields = [
            ("number", channel.as_ref().map(ToString::to_string)),
            ("trigger", trigger.as_ref().map(TriggerFilter::value)),
            ("agent", agent.as_ref().map(ToString::to_string)),
            ("language", language.clone()),
            ("outcome", outcome.as_ref().map(OutcomeFilter::value)),
            ("clock", clock),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).chain(self.map_field()).collect()
    }

    /// The part of [`Self::fields`] that says what the heat map shows.
    pub fn map_field(&self) -> Option<(&'static str, String)> {
        (self.map != HeatValue::default()).then(|| ("map", self.map.as_str().to_owned()))
    }

    /// The query string of an address, without its `?`.
    pub fn query(&self) -> String {
        query_string(self.fields().into_iter().map(|(name, value)| (name, Some(value))))
    }

    pub fn is_narrowing(&self) -> bool {
        self.filters != ReportFilters::default()
    }
}

/// The earliest date that is a plausible beginning: WhatsApp is younger.
const EARLIEST: Date = Date::constant(2009, 1, 1);

/// The period: `from` and `to` win over its name.
fn take_period(fields: &mut Fields, today: Date, notes: &mut Vec<String>) -> Period {
    let name = fields.take("period");
    let (from, to) = (fields.take("from"), fields.take("to"));
    if from.is_none() && to.is_none() {
        let Some(name) = name else { return Period::default() };
        return name.parse::<Preset>().map_or_else(
            |_| {
                notes.push(format!("{} isn't a period. Showing the last 7 days.", quoted(&name)));
                Period::default()
            },
            Period::Preset,
        );
    }
    let mut read = |text: Option<String>| match text {
        None => Some(None),
        Some(text) => {
            let date = text.parse::<Date>().ok();
            if date.is_none() {
                notes.push(format!("{} isn't a date. Showing the last 7 days.", quoted(&text)));
            }
            date.map(Some)
        }
    };
    let (Some(from), Some(to)) = (read(from), read(to)) else { return Period::default() };
    // One end alone: from that day until today, or that day.
    let (from, to) = (from.or(to).unwrap_or(today), to.unwrap_or(today));
    days_within(from, to, today, notes)
}

/// The days between two dates that a report can show.
fn days_within(from: Date, to: Date, today: Date, notes: &mut Vec<String>) -> Period {
    let (mut from, mut to) = (from, to);
    if from > to {
        (from, to) = (to, from);
        notes.push("The start date was after the end date, so they were swapped.".to_owned());
    }
    if from > today {
        notes.push("These dates are in the future. Showing the last 7 days.".to_owned());
        return Period::default();
    }
    if to < EARLIEST {
        notes.push("These dates are too long ago. Showing the last 7 days.".to_owned());
        return Period::default();
    }
    if to > today {
        to = today;
        notes.push("The end date is in the future. Showing the days up to today.".to_owned());
    }
    let days = DayRange { from, to };
    if from < EARLIEST || days.count() > MOST_DAYS {
        from = moved(to, 1 - MOST_DAYS);
        let days = DayRange { from, to };
        notes.push(format!("A report covers up to {MOST_DAYS} days. Showing {days}."));
    }
    Period::Days(DayRange { from, to })
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
