//! Reads the rows of a packed day that measures may count: filters are asked once for each trait, and rows that none of them
//! admits are not looked at. Filters that [need reasons](ReportFilters::need_reasons) must not be asked: days hold none.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    KeyColumn, PackedDay, RowGroup, RowKind,
    layout::{handoff, stint},
    result_of,
};
use crate::{
    handoff::TriggerKind,
    report::{
        facts::TriggerFact,
        measure::Measure,
        period::Bounds,
        query::{ReportFilters, TriggerFilter},
        rows::{ReportRow, RowKeyId, Traits},
    },
    time::Timestamp,
};

/// The reasons that the language model gave, by the handoff's id.
pub type GivenReasons = Arc<HashMap<String, String>>;

/// Which measures may count a row, or a group of rows with the same traits.
#[derive(Debug, Default)]
pub struct Admitted {
    pub measures: Vec<Measure>,
    trigger: Option<String>,
}

impl Admitted {
    /// Those of `measures` that admit a row with these traits.
    pub fn of(measures: &[Measure], traits: Option<&Traits<'_>>, filters: &ReportFilters) -> Self {
        let admits = |measure: &Measure| measure.admits(traits, filters);
        Self { measures: measures.iter().copied().filter(admits).collect(), trigger: None }
    }

    /// The trigger of the rows as an address holds it.
    pub fn trigger_value(&mut self, trigger: &TriggerFact) -> &str {
        self.trigger.get_or_insert_with(|| TriggerFilter::of(trigger).value())
    }
}

/// Rows of a packed day that have changed since: they are read from tables instead.
#[derive(Debug, Default)]
pub struct StaleRows {
    numbers: HashSet<i64>,
    /// Ids without what all ids of the day begin with.
    rests: HashSet<String>,
}

impl StaleRows {
    /// Of their ids. Those of rows that the day does not hold change nothing.
    pub fn of(day: &PackedDay, ids: &[String]) -> Self {
        match &day.keys {
            KeyColumn::Numbers(_) => {
                Self { numbers: ids.iter().filter_map(|id| id.parse().ok()).collect(), rests: HashSet::new() }
            }
            KeyColumn::Texts(column) => {
                let rest = |id: &String| id.strip_prefix(column.prefix()).map(str::to_owned);
                Self { numbers: HashSet::new(), rests: ids.iter().filter_map(rest).collect() }
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.rests.is_empty()
    }

    fn have(&self, day: &PackedDay, place: usize) -> bool {
        match &day.keys {
            KeyColumn::Numbers(column) => {
                !self.numbers.is_empty() && column.get(place).is_some_and(|seq| self.numbers.contains(&seq))
            }
            KeyColumn::Texts(column) => !self.rests.is_empty() && self.rests.contains(column.rest(place)),
        }
    }
}

/// What a source reads of a packed day.
pub struct PackedRows {
    pub day: Arc<PackedDay>,
    /// The times of the rows.
    pub within: Bounds,
    /// Only what was not over then.
    pub over_after: Option<Timestamp>,
    pub stale: StaleRows,
    pub reasons: GivenReasons,
}

impl PackedRows {
    /// Calls `each` with the rows that some of `measures` admit, with their places. Rows have no ids.
    pub fn scan(
        &self,
        measures: &[Measure],
        filters: &ReportFilters,
        mut each: impl FnMut(&mut Admitted, usize, &ReportRow),
    ) {
        let admissions = Admissions::of(&self.day, measures, filters);
        for group in &self.day.groups {
            let measures = admissions.measures(group);
            if measures.is_empty() {
                continue;
            }
            let Some(mut row) = self.day.blank(group) else { continue };
            let mut admitted = Admitted { measures, trigger: None };
            for place in (group.begin..group.end).filter(|place| self.reads(*place)) {
                self.day.fill(group, place, &mut row);
                self.give_reason(place, &mut row);
                each(&mut admitted, place, &row);
            }
        }
    }

    /// As [`Self::scan`], for a day whose rows [are alike](PackedDay::rows_are_alike): calls `each` once with a row of each
    /// group, and how many there are.
    pub fn scan_groups(
        &self,
        measures: &[Measure],
        filters: &ReportFilters,
        mut each: impl FnMut(&mut Admitted, usize, &ReportRow),
    ) {
        let admissions = Admissions::of(&self.day, measures, filters);
        let Bounds { from, to } = self.day.day.bounds();
        let is_whole = self.within.from <= from && to <= self.within.to && self.stale.is_empty();
        for group in &self.day.groups {
            let measures = admissions.measures(group);
            if measures.is_empty() {
                continue;
            }
            let places = group.begin..group.end;
            let count = if is_whole { places.len() } else { places.filter(|place| self.reads(*place)).count() };
            let Some(mut row) = self.day.blank(group).filter(|_| count > 0) else { continue };
            self.day.fill(group, group.begin, &mut row);
            each(&mut Admitted { measures, trigger: None }, count, &row);
        }
    }

    fn reads(&self, place: usize) -> bool {
        let ended_at = match self.day.kind {
            RowKind::Handoffs => self.day.time(handoff::ENDED_AT, place),
            RowKind::Stints => self.day.time(stint::ENDED_AT, place),
            // Nothing else lasts.
            RowKind::Waits | RowKind::Conversations | RowKind::Closings | RowKind::Messages => None,
        };
        let is_over = |until: Timestamp| ended_at.is_some_and(|ended| ended <= until);
        self.within.contains(self.day.at(place))
            && !self.over_after.is_some_and(is_over)
            && !self.stale.have(&self.day, place)
    }

    /// A reason is found by the id of its handoff, which the row has from then on.
    fn give_reason(&self, place: usize, row: &mut ReportRow) {
        if self.reasons.is_empty() {
            return;
        }
        if let ReportRow::Handoff(row) = row
            && row.fact.trigger.kind == TriggerKind::Model
            && let RowKeyId::Text(id) = self.day.key(place).id
        {
            row.reason = self.reasons.get(&id).cloned();
            row.fact.handoff = id.into();
        }
    }
}

/// What the filters of some measures say about each trait of a day.
struct Admissions {
    filters: Vec<AdmittedTraits>,
    /// Each measure, and the place of its filters.
    measures: Vec<(Measure, usize)>,
}

impl Admissions {
    fn of(day: &PackedDay, measures: &[Measure], filters: &ReportFilters) -> Self {
        let mut different: Vec<Cow<'_, ReportFilters>> = Vec::new();
        let mut found = Vec::with_capacity(measures.len());
        for measure in measures {
            let own = measure.asked_of(filters);
            let known = different.iter().position(|other| *other == own);
            let place = known.unwrap_or_else(|| {
                different.push(own);
                different.len() - 1
            });
            found.push((*measure, place));
        }
        let filters = different.iter().map(|filters| AdmittedTraits::of(day, filters)).collect();
        Self { filters, measures: found }
    }

    fn measures(&self, group: &RowGroup) -> Vec<Measure> {
        let admits = |(measure, filters): &(Measure, usize)| {
            (group.left_out == (*measure == Measure::LeftOut) && self.filters[*filters].admit(group))
                .then_some(*measure)
        };
        self.measures.iter().filter_map(admits).collect()
    }
}

/// Which traits of a day's lists some filters admit.
struct AdmittedTraits {
    channels: Vec<bool>,
    languages: Vec<bool>,
    triggers: Vec<bool>,
    closes: Vec<bool>,
}

impl AdmittedTraits {
    fn of(day: &PackedDay, filters: &ReportFilters) -> Self {
        let lists = &day.traits;
        Self {
            channels: lists.channels.iter().map(|channel| filters.admit_channel(channel)).collect(),
            languages: lists.languages.iter().map(|tag| filters.admit_language(tag.as_deref())).collect(),
            triggers: lists.triggers.iter().map(|trigger| filters.admit_trigger(trigger.as_ref(), None)).collect(),
            closes: lists.closes.iter().map(|close| filters.admit_result(result_of(close))).collect(),
        }
    }

    fn admit(&self, group: &RowGroup) -> bool {
        self.channels[group.channel]
            && self.languages[group.language]
            && self.triggers[group.trigger]
            && self.closes[group.close]
    }
}
