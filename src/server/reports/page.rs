//! The report of a period: its numbers beside those of the period before, and their parts.

use std::mem;

use super::{
    Company, Reports, Result,
    counting::aside,
    labels::{Labels, given_reason},
    progress, scope_of,
};
use crate::{
    contract::report::{
        AgentLine, Distribution, OutcomeLine, ReasonLine, ReportChoices, ReportDays, ReportPage, ReportScope,
        ReportTile, TileNumber, TriggerLine,
    },
    domain::{
        ids::{AgentId, OutcomeId},
        report::{
            count::CountContext,
            distribution::bars,
            measure::{FactSource, Measure, TILES},
            packed::GivenReasons,
            period::{date_in, iso_date},
            query::{Corrected, OutcomeFilter, ReportFilters, ReportQuery, TriggerFilter},
            tally::{AgentFigures, ReasonCount, ReportFigures, Tally, TallyScope, TriggerFigures},
        },
        time::Timestamp,
    },
    server::accounts::Agent,
};

/// What a report is made of.
const SOURCES: [FactSource; 11] = [
    FactSource::Handoffs,
    FactSource::EarlierHandoffs,
    FactSource::OpenHandoffs,
    FactSource::Waits,
    FactSource::Conversations,
    FactSource::Closings,
    FactSource::Messages,
    FactSource::Stints,
    FactSource::EarlierStints,
    FactSource::Presence,
    FactSource::Ratings,
];

/// What it is compared with.
const COMPARED: [FactSource; 5] =
    [FactSource::Handoffs, FactSource::Waits, FactSource::Conversations, FactSource::Closings, FactSource::Ratings];

impl Reports {
    /// The report that an address asks for, as far as it can be followed.
    ///
    /// # Errors
    /// [`ReportError::Busy`](super::ReportError::Busy) where too much is counted already.
    pub async fn read_report(&self, viewer: &Agent, query: &str) -> Result<ReportPage> {
        // Before a connection is taken, which whoever waits would keep from the desk.
        let _slot = self.counting.slot(viewer.tenant()).await?;
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let company = Company::read(&mut tx, viewer.tenant()).await?;
        let zone = &company.zone;
        let Corrected { value: mut query, mut notes } = ReportQuery::parse(query, date_in(zone, now));
        notes.extend(company.correct(viewer, &mut query));
        let mut labels = Labels::read(&mut tx, viewer.tenant(), &company).await?;
        notes.extend(labels.keep_known_keyword(&mut tx, viewer.tenant(), &mut query.filters).await?);
        let context = company.context(&query, query.period.bounds(zone, now), now);
        let context_before = CountContext { bounds: query.period.bounds_before(zone, now), ..context.clone() };
        let whole = Tally::new(&query.filters, &context, TallyScope::Whole);
        let before = Tally::new(&query.filters, &context_before, TallyScope::Measures);
        // Rows that are read for a reason have it already.
        let counts_reasons = whole.counts_reasons() && !query.filters.need_reasons();
        let reasons =
            if counts_reasons { company.reasons(&mut tx, context.bounds).await? } else { GivenReasons::default() };
        let mut reader = self.source_reader(&company, &query.filters, reasons);
        let whole = reader.count(&mut tx, &SOURCES, context.bounds, whole).await?;
        let before = match whole.is_some() {
            true => reader.count(&mut tx, &COMPARED, context_before.bounds, before).await?,
            false => None,
        };
        let unreadable = mem::take(&mut reader.unreadable);
        let triggers = whole.iter().flat_map(Tally::triggers).collect();
        labels.name_removed(&mut tx, viewer.tenant(), triggers).await?;
        let progress = progress::read(&mut tx, &company.record, zone, context.bounds).await?;
        drop(tx);
        self.discard(viewer.tenant(), unreadable).await?;
        let counted = whole.zip(before);
        let is_whole = counted.is_some();
        let (figures, before) = match counted {
            Some((whole, before)) => aside(move || (whole.finish(), before.finish())).await?,
            None => (ReportFigures::default(), ReportFigures::default()),
        };
        let target = company.record.settings.waiting_target;
        Ok(ReportPage {
            scope: scope_of(viewer),
            notes,
            days: days(&company, &query, now),
            progress,
            too_many: !is_whole,
            tiles: TILES.map(|measure| tile(measure, &query.filters, &figures, &before)).into(),
            choices: company.choices(viewer, &labels, &figures),
            responses: Distribution { target, bars: bars(&figures.responses, target) },
            agents: agent_lines(&labels, &figures),
            triggers: trigger_lines(&labels, &figures),
            outcomes: outcome_lines(&labels, &figures),
            reasons: figures.reasons.into_iter().map(reason_line).collect(),
            heat: figures.heat,
            queue: figures.queue,
            query,
        })
    }
}

impl Company {
    fn choices(&self, viewer: &Agent, labels: &Labels, figures: &ReportFigures) -> ReportChoices {
        let is_own = scope_of(viewer) == ReportScope::Own;
        let agents = self.agents.iter().filter(|agent| !is_own || agent.id == *viewer.id());
        let details = figures.triggers.values().map(|figures| &figures.trigger);
        let details = details.map(|fact| (TriggerFilter::of(fact), labels.trigger(fact)));
        let reasons = figures.reasons.iter();
        let reasons = reasons.map(|reason| (TriggerFilter::of_reason(reason.key), given_reason(&reason.text)));
        ReportChoices {
            channels: self.channels.iter().map(|channel| (channel.id.clone(), channel.name.clone())).collect(),
            agents: agents.map(|agent| (agent.id.clone(), agent.name.clone())).collect(),
            triggers: details.chain(reasons).filter(|(filter, _)| filter.detail.is_some()).collect(),
            outcomes: self.outcomes.iter().map(|outcome| (outcome.id.clone(), outcome.name.clone())).collect(),
        }
    }
}

fn days(company: &Company, query: &ReportQuery, now: Timestamp) -> ReportDays {
    let today = date_in(&company.zone, now);
    let (days, before) = (query.period.days(today), query.period.days_before(today));
    let is_running = days.to >= today;
    let until = if is_running { ", up to this time of day" } else { "" };
    ReportDays {
        words: days.to_string(),
        before: format!("{before}{until}"),
        from: iso_date(days.from),
        to: iso_date(days.to),
        today: iso_date(today),
        zone: company.record.settings.zone.clone(),
    }
}

fn tile(measure: Measure, filters: &ReportFilters, figures: &ReportFigures, before: &ReportFigures) -> ReportTile {
    let number = |figures: &ReportFigures| TileNumber {
        measured: figures.measures.get(&measure).cloned().unwrap_or_default(),
        whole: measure.whole().map(|whole| rows(figures, whole)),
    };
    let is_theirs = filters.agent.is_none() || measure.is_credited();
    let beside = measure.beside().iter().map(|other| (*other, rows(figures, *other)));
    ReportTile {
        measure,
        now: is_theirs.then(|| number(figures)),
        before: (is_theirs && measure != Measure::Unanswered).then(|| number(before)),
        beside: beside.filter(|(_, n)| *n > 0).collect(),
    }
}

fn rows(figures: &ReportFigures, measure: Measure) -> i64 {
    figures.measures.get(&measure).map_or(0, |measured| measured.n)
}

fn agent_lines(labels: &Labels, figures: &ReportFigures) -> Vec<AgentLine> {
    let line = |(agent, figures): (&AgentId, &AgentFigures)| AgentLine {
        agent: agent.clone(),
        name: labels.agents.of(agent),
        measures: figures.measures.clone(),
        concurrency: figures.concurrency,
    };
    let mut lines: Vec<AgentLine> = figures.agents.iter().map(line).collect();
    let handled = |line: &AgentLine| line.measures.get(&Measure::Handling).map_or(0, |measured| measured.n);
    lines.sort_by(|one, other| handled(other).cmp(&handled(one)).then_with(|| one.name.cmp(&other.name)));
    lines
}

/// Those that cost people the most time first.
fn trigger_lines(labels: &Labels, figures: &ReportFigures) -> Vec<TriggerLine> {
    let line = |figures: &TriggerFigures| TriggerLine {
        trigger: TriggerFilter::of(&figures.trigger),
        label: labels.trigger(&figures.trigger),
        handoffs: figures.handoffs,
        escalated: figures.escalated,
        response: figures.response.clone(),
        handling: figures.handling.clone(),
    };
    let mut lines: Vec<TriggerLine> = figures.triggers.values().map(line).collect();
    let cost = |line: &TriggerLine| (line.handling.total, line.handoffs);
    lines.sort_by(|one, other| cost(other).cmp(&cost(one)).then_with(|| one.label.cmp(&other.label)));
    lines
}

fn reason_line(ReasonCount { key, text, n }: ReasonCount) -> ReasonLine {
    ReasonLine { key, text, n }
}

fn outcome_lines(labels: &Labels, figures: &ReportFigures) -> Vec<OutcomeLine> {
    let line = |(outcome, n): (&Option<OutcomeId>, &i64)| match outcome {
        Some(id) => {
            let name = labels.outcome(id).unwrap_or_else(|| "Removed outcome".to_owned());
            OutcomeLine { outcome: OutcomeFilter::Picked(id.clone()), name, n: *n }
        }
        None => OutcomeLine { outcome: OutcomeFilter::Missing, name: "No outcome".to_owned(), n: *n },
    };
    let mut lines: Vec<OutcomeLine> = figures.outcomes.iter().map(line).collect();
    lines.sort_by(|one, other| other.n.cmp(&one.n).then_with(|| one.name.cmp(&other.name)));
    lines
}
