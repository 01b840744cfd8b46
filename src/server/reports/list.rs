//! The rows behind a number, a page at a time, with the number of the whole list.

use std::collections::HashMap;

use super::{Company, Reports, Result, labels::Labels, progress, scope_of};
use crate::{
    contract::report::{LeftOut, ReportList, ReportListRow},
    domain::{
        ids::{ConversationId, HandoffId},
        report::{
            count::CountContext,
            list::{ListFigures, ListQuery, ListTally, Side},
            measure::Measure,
            period::{Bounds, date_in},
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

impl Reports {
    /// The list that an address asks for, as far as it can be followed.
    pub async fn read_list(&self, viewer: &Agent, query: &str) -> Result<ReportList> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let company = Company::read(&mut tx, viewer.tenant()).await?;
        let (query, notes) = company.list_query(viewer, query, now);
        let labels = Labels::read(&mut tx, viewer.tenant(), &company).await?;
        let context = company.context(&query.report, company.bounds(&query, now), now);
        let figures = company.list(&mut tx, &query, &context).await?;
        let people = Described::read(&mut tx, viewer, &figures.rows).await?;
        let progress = progress::read(&mut tx, &company.record, &company.zone, context.bounds).await?;
        let seen = figures.rows.first().and_then(|row| row.traits()?.trigger);
        let filters = labels.filters(&query.report.filters, query.report.clock, seen);
        let line = |row: &ReportRow| people.line(row, &query, &context, &company, &labels);
        Ok(ReportList {
            scope: scope_of(viewer),
            notes,
            days: company.days(&query, now),
            filters,
            progress,
            rows: figures.rows.iter().filter_map(line).collect(),
            measured: figures.measured,
            concurrency: figures.concurrency,
            next: figures.next,
            query,
        })
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

    fn days(&self, query: &ListQuery, now: Timestamp) -> String {
        let today = date_in(&self.zone, now);
        match query.side {
            Side::Period => query.report.period.days(today).to_string(),
            Side::Before => query.report.period.days_before(today).to_string(),
        }
    }

    async fn list(&self, tx: &mut Tx, query: &ListQuery, context: &CountContext) -> Result<ListFigures> {
        let mut tally = ListTally::new(query, context);
        for source in query.measure.sources() {
            let mut rows = self.rows(*source, context.bounds);
            while let Some(page) = rows.next(tx).await? {
                page.into_iter().for_each(|row| tally.add(row));
            }
        }
        Ok(tally.finish())
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
            value: counted.value,
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
