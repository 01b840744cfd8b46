//! The rows behind a number, a page at a time, with the number of the whole list.

use std::collections::HashMap;

use super::{
    Company, ReportError, Reports, Result,
    counting::aside,
    labels::Labels,
    progress, scope_of,
    sources::{UnreadableDays, id_text},
};
use crate::{
    contract::report::{LeftOut, ReportList, ReportListRow},
    domain::{
        ids::{ConversationId, HandoffId},
        report::{
            count::CountContext,
            list::{ListQuery, ListTally, Side},
            measure::Measure,
            packed::GivenReasons,
            period::{Bounds, DayRange, date_in, moment_in},
            query::Corrected,
            rows::ReportRow,
        },
        time::Timestamp,
    },
    server::{
        accounts::Agent,
        store::{Tx, desk, handoffs, report_left_out::LeftOutRow},
    },
};

const TOO_MANY: &str = "These days have too many rows for a list. Choose fewer days.";

impl Reports {
    /// The list that an address asks for, as far as it can be followed.
    ///
    /// # Errors
    /// [`ReportError::Busy`] where too much is counted already, [`ReportError::Invalid`] for a period with too many rows.
    pub async fn read_list(&self, viewer: &Agent, query: &str) -> Result<ReportList> {
        // Before a connection is taken, as for a report.
        let _slot = self.counting.slot(viewer.tenant()).await?;
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let company = Company::read(&mut tx, viewer.tenant()).await?;
        let (mut query, mut notes) = company.list_query(viewer, query, now);
        let mut labels = Labels::read(&mut tx, viewer.tenant(), &company).await?;
        notes.extend(labels.keep_known_keyword(&mut tx, viewer.tenant(), &mut query.report.filters).await?);
        let context = company.context(&query.report, company.bounds(&query, now), now);
        let (tally, unreadable) = self.tally(&mut tx, &company, &query, &context).await?;
        let figures = aside(move || tally.finish()).await?;
        let triggers = figures.rows.iter().filter_map(|row| row.traits()?.trigger).collect();
        labels.name_removed(&mut tx, viewer.tenant(), triggers).await?;
        let people = Described::read(&mut tx, viewer, &figures.rows).await?;
        let progress = progress::read(&mut tx, &company.record, &company.zone, context.bounds).await?;
        drop(tx);
        self.discard(viewer.tenant(), unreadable).await?;
        let filters = company.narrowed_by(&query, &labels, figures.rows.first());
        let line = |row: &ReportRow| people.line(row, &query, &context, &company, &labels);
        Ok(ReportList {
            scope: scope_of(viewer),
            notes,
            days: company.days(&query, now).to_string(),
            zone: company.record.settings.zone.clone(),
            filters,
            progress,
            rows: figures.rows.iter().filter_map(line).collect(),
            measured: figures.measured,
            concurrency: figures.concurrency,
            next: figures.next,
            query,
        })
    }

    /// The list, counted, with the rows of its page; and packed days that could not be read.
    async fn tally(
        &self,
        tx: &mut Tx,
        company: &Company,
        query: &ListQuery,
        context: &CountContext,
    ) -> Result<(ListTally, UnreadableDays)> {
        let mut reader = self.source_reader(company, &query.report.filters, GivenReasons::default());
        let sources = query.measure.sources();
        let counted = reader.count(tx, sources, context.bounds, ListTally::new(query, context)).await?;
        let mut tally = counted.ok_or_else(|| ReportError::Invalid(TOO_MANY.to_owned()))?;
        // Packed days hold only what is counted.
        let missing: Vec<String> = tally.missing().iter().map(id_text).collect();
        if let Some(kind) = sources.iter().find_map(|source| source.kind()).filter(|_| !missing.is_empty()) {
            tally.give(reader.rows_of(tx, kind, &missing).await?);
        }
        Ok((tally, reader.unreadable))
    }
}

impl Company {
    /// The query of an address, corrected, and what was changed.
    pub fn list_query(&self, viewer: &Agent, query: &str, now: Timestamp) -> (ListQuery, Vec<String>) {
        let Corrected { value: mut query, mut notes } = ListQuery::parse(query, date_in(&self.zone, now));
        notes.extend(self.correct(viewer, &mut query.report));
        (query, notes)
    }

    /// The time that a list covers.
    pub fn bounds(&self, query: &ListQuery, now: Timestamp) -> Bounds {
        match query.side {
            Side::Period => query.report.period.bounds(&self.zone, now),
            Side::Before => query.report.period.bounds_before(&self.zone, now),
        }
    }

    /// The days that a list covers.
    pub fn days(&self, query: &ListQuery, now: Timestamp) -> DayRange {
        let today = date_in(&self.zone, now);
        match query.side {
            Side::Period => query.report.period.days(today),
            Side::Before => query.report.period.days_before(today),
        }
    }

    /// What narrows a list, in words. `first` is its first row.
    fn narrowed_by(&self, query: &ListQuery, labels: &Labels, first: Option<&ReportRow>) -> Vec<String> {
        let moment = query.slice.moment.map(|at| format!("at {}", moment_in(&self.zone, at)));
        let filters = query.measure.narrowed_by(&query.report.filters);
        let seen = first.and_then(ReportRow::traits);
        let filters = labels.filters(&filters, query.report.clock, seen.as_ref());
        moment.into_iter().chain(filters).collect()
    }
}

/// What the rows of a page are about, in words that can be erased.
struct Described {
    customers: HashMap<ConversationId, String>,
    /// The reasons that the language model gave.
    reasons: HashMap<HandoffId, String>,
}

impl Described {
    async fn read(tx: &mut Tx, viewer: &Agent, rows: &[ReportRow]) -> Result<Self> {
        let conversations: Vec<ConversationId> = rows.iter().filter_map(|row| row.conversation().cloned()).collect();
        let ids: Vec<HandoffId> = rows.iter().filter_map(|row| row.handoff().cloned()).collect();
        let customers = desk::rows(tx, viewer.tenant(), &conversations).await?;
        Ok(Self {
            customers: customers.into_iter().map(|row| (row.id, row.name)).collect(),
            reasons: handoffs::reasons(tx, viewer.tenant(), &ids).await?,
        })
    }

    fn line(
        &self,
        row: &ReportRow,
        query: &ListQuery,
        context: &CountContext,
        company: &Company,
        labels: &Labels,
    ) -> Option<ReportListRow> {
        let counted = query.measure.count(row, &query.report.filters, context, query.slice)?;
        let handoff = row.handoff();
        let left_out =
            |row: &LeftOutRow| LeftOut { reason: row.reason.clone(), by: labels.agents.of(&row.agent), at: row.at };
        let is_of_person = matches!(query.measure, Measure::Response | Measure::NextReply);
        let phone = || is_of_person.then(|| "WhatsApp app".to_owned());
        Some(ReportListRow {
            key: row.key().value(),
            at: counted.at,
            when: moment_in(&context.zone, counted.at),
            value: counted.value,
            score: counted.score,
            who: counted.agent.map(|agent| labels.agents.of(agent)).or_else(phone),
            customer: row.conversation().and_then(|id| self.customers.get(id).cloned()),
            why: row.traits().and_then(|traits| Some(labels.trigger(traits.trigger?))),
            reason: handoff.and_then(|id| self.reasons.get(id).cloned()),
            conversation: row.conversation().cloned(),
            anchor: row.anchor(query.measure),
            handoff: handoff.cloned(),
            left_out: handoff.and_then(|id| company.left_out.get(id)).map(left_out),
        })
    }
}
