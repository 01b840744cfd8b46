//! Files: the rows of a list, or all handoffs of a period with their times. Written page by page, each in a read of its
//! own, so that a slow reader keeps neither rows nor a transaction. They hold no names or texts of customers, except
//! the reason of what is left out: who erases a customer cannot erase files.
//!
//! The names of columns never change; new ones are added at the end.

use std::collections::{HashMap, VecDeque};

use futures::{StreamExt, stream, stream::BoxStream};

use super::{
    Company, Reports, Result,
    counting::Counting,
    labels::Labels,
    reader::{Rows, ratings},
};
use crate::{
    domain::{
        event::{Event, Initiator, Setting},
        handoff::metrics::{counts, is_target_met},
        ids::{AgentId, HandoffId},
        rating::Score,
        report::{
            count::{CountContext, Counted, Slice},
            export::{Cell, ExportFormat, time_with_offset},
            facts::{HandoffFact, Lasted, RatingFact, Replier},
            list::ListQuery,
            measure::Measure,
            period::iso_date,
            rows::ReportRow,
        },
        time::Timestamp,
    },
    server::{
        accounts::Agent,
        store::{self, Db, StoreError},
    },
};

/// What a file contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// Every handoff that was requested in the period, also those that are left out.
    Handoffs,
    /// The rows of a list.
    List,
}

/// A file that is being written.
pub struct ExportFile {
    /// Valid in a header and on every file system.
    pub name: String,
    pub rows: BoxStream<'static, store::Result<String>>,
}

const HANDOFF_COLUMNS: [&str; 31] = [
    "handoff_id",
    "conversation_id",
    "number",
    "begun_by",
    "language",
    "trigger",
    "trigger_label",
    "requested_at",
    "claimed_at",
    "claimed_by",
    "first_reply_at",
    "first_reply_by",
    "ended_at",
    "end",
    "ended_by",
    "outcome",
    "waiting_seconds",
    "waiting_open_seconds",
    "response_seconds",
    "response_open_seconds",
    "handling_seconds",
    "handling_open_seconds",
    "resolution_seconds",
    "resolution_open_seconds",
    "target_seconds",
    "target_met",
    "lost",
    "left_out",
    "rating_asked_at",
    "rated_at",
    "rating",
];

const LIST_COLUMNS: [&str; 12] = [
    "list",
    "at",
    "seconds",
    "agent",
    "trigger",
    "trigger_label",
    "language",
    "number",
    "conversation_id",
    "handoff_id",
    "item",
    "rating",
];

impl Reports {
    /// The file that an address asks for. That it was made is logged.
    pub async fn export(
        &self,
        viewer: &Agent,
        by: Initiator,
        what: Export,
        format: ExportFormat,
        query: &str,
    ) -> Result<ExportFile> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let company = Company::read(&mut tx, viewer.tenant()).await?;
        let labels = Labels::read(&mut tx, viewer.tenant(), &company).await?;
        let (mut query, _) = company.list_query(viewer, query, now);
        labels.keep_known_keyword(&mut tx, viewer.tenant(), &mut query.report.filters).await?;
        drop(tx);
        if what == Export::Handoffs {
            query.measure = Measure::Handoffs;
        }
        let bounds = company.bounds(&query, now);
        let tx = self.db.begin_write().await?;
        let exported = Event::Exported { what: Setting::Report, subject: None };
        self.log.commit(tx, viewer.tenant(), now, by, exported).await?;
        let days = company.days(&query, now);
        let name = format!("{}-{}-{}", query.measure.as_str(), iso_date(days.from), iso_date(days.to));
        let sources = query.measure.sources();
        let writer = Writer {
            db: self.db.clone(),
            counting: self.counting.clone(),
            rows: sources.iter().map(|source| company.rows(&query.report.filters, *source, bounds)).collect(),
            lines: Lines {
                context: company.context(&query.report, bounds, now),
                company,
                labels,
                ratings: HashMap::new(),
                query,
                what,
                format,
            },
            place: 0,
        };
        let head = format.head(writer.lines.columns());
        let rows = stream::try_unfold(writer, |mut writer| async move {
            let text = writer.next().await?;
            Ok::<_, StoreError>(text.map(|text| (text, writer)))
        });
        let rows = stream::iter([Ok(head)]).chain(rows).chain(stream::iter([Ok(format.tail().to_owned())]));
        Ok(ExportFile { name: format!("{name}.{}", format.as_str()), rows: rows.boxed() })
    }
}

/// Writes the rows of a file.
struct Writer {
    db: Db,
    counting: Counting,
    /// What is not read yet.
    rows: VecDeque<Rows>,
    lines: Lines,
    /// How many rows were written.
    place: usize,
}

impl Writer {
    /// The rows of the next page; `None` after the last one.
    async fn next(&mut self) -> store::Result<Option<String>> {
        while let Some(rows) = self.rows.front_mut() {
            let _turn = self.counting.page().await;
            let mut tx = self.db.begin_read().await?;
            let Some(page) = rows.next(&mut tx).await? else {
                self.rows.pop_front();
                continue;
            };
            let triggers = page.iter().filter_map(|row| row.traits()?.trigger).collect();
            let Lines { company, labels, .. } = &mut self.lines;
            labels.name_removed(&mut tx, &company.record.id, triggers).await?;
            if self.lines.what == Export::Handoffs {
                self.lines.ratings = ratings(&mut tx, &self.lines.company.record.id, &page).await?;
            }
            drop(tx);
            let mut text = String::new();
            for cells in page.iter().filter_map(|row| self.lines.cells(row)) {
                text.push_str(&self.lines.format.row(self.lines.columns(), &cells, self.place));
                self.place += 1;
            }
            return Ok(Some(text));
        }
        Ok(None)
    }
}

/// How a row is written.
struct Lines {
    company: Company,
    labels: Labels,
    /// Of the handoffs of the page.
    ratings: HashMap<HandoffId, RatingFact>,
    query: ListQuery,
    context: CountContext,
    what: Export,
    format: ExportFormat,
}

impl Lines {
    fn columns(&self) -> &'static [&'static str] {
        match self.what {
            Export::Handoffs => &HANDOFF_COLUMNS,
            Export::List => &LIST_COLUMNS,
        }
    }

    /// The cells of a row, if it is in the file.
    fn cells(&self, row: &ReportRow) -> Option<Vec<Cell>> {
        let count =
            |measure: Measure, slice: Slice| measure.count(row, &self.query.report.filters, &self.context, slice);
        match self.what {
            Export::Handoffs => {
                count(Measure::Handoffs, Slice::default()).or_else(|| count(Measure::LeftOut, Slice::default()))?;
                let ReportRow::Handoff(row) = row else { return None };
                Some(self.handoff_cells(&row.fact))
            }
            Export::List => {
                let counted = count(self.query.measure, self.query.slice)?;
                Some(self.list_cells(row, &counted))
            }
        }
    }

    fn time(&self, at: Option<Timestamp>) -> Cell {
        Cell::text(at.map(|at| time_with_offset(&self.context.zone, at)))
    }

    fn agent(&self, agent: Option<&AgentId>) -> Cell {
        Cell::text(agent.map(|agent| self.labels.agents.of(agent)))
    }

    fn list_cells(&self, row: &ReportRow, counted: &Counted<'_>) -> Vec<Cell> {
        let traits = row.traits();
        let trigger = traits.and_then(|traits| traits.trigger);
        vec![
            Cell::Text(self.query.measure.as_str().to_owned()),
            self.time(Some(counted.at)),
            Cell::duration(counted.value),
            self.agent(counted.agent),
            Cell::text(trigger.map(|trigger| trigger.kind.as_str().to_owned())),
            Cell::text(trigger.map(|trigger| self.labels.trigger(trigger))),
            Cell::text(traits.and_then(|traits| traits.language).map(str::to_owned)),
            Cell::text(traits.and_then(|traits| self.labels.channel(traits.channel))),
            Cell::text(row.conversation().map(ToString::to_string)),
            Cell::text(row.handoff().map(ToString::to_string)),
            Cell::text(row.anchor(self.query.measure)),
            Cell::number(counted.score.map(Score::value)),
        ]
    }

    fn handoff_cells(&self, fact: &HandoffFact) -> Vec<Cell> {
        let (claimed, reply, ended) = (fact.claimed.as_ref(), fact.first_reply.as_ref(), fact.ended.as_ref());
        let replier = match reply.map(|reply| &reply.by) {
            Some(Replier::Agent(agent)) => self.agent(Some(agent)),
            Some(Replier::Phone) => Cell::Text("WhatsApp app".to_owned()),
            None => Cell::Empty,
        };
        let met = is_target_met(fact, self.context.now).filter(|_| counts(fact.begun_by));
        let outcome = ended.and_then(|ended| ended.outcome.as_ref()).and_then(|id| self.labels.outcome(id));
        let left_out = self.company.left_out.get(&fact.handoff).map(|row| row.reason.clone());
        let rating = self.ratings.get(&fact.handoff);
        let rated = rating.and_then(|rating| rating.rated);
        let mut cells = vec![
            Cell::Text(fact.handoff.to_string()),
            Cell::Text(fact.conversation.to_string()),
            Cell::text(self.labels.channel(&fact.channel)),
            Cell::Text(fact.begun_by.as_str().to_owned()),
            Cell::text(fact.language.clone()),
            Cell::Text(fact.trigger.kind.as_str().to_owned()),
            Cell::Text(self.labels.trigger(&fact.trigger)),
            self.time(Some(fact.requested_at)),
            self.time(claimed.map(|(_, at)| *at)),
            self.agent(claimed.map(|(agent, _)| agent)),
            self.time(reply.map(|reply| reply.at)),
            replier,
            self.time(ended.map(|ended| ended.at)),
            Cell::text(ended.map(|ended| ended.end.as_str().to_owned())),
            self.agent(ended.and_then(|ended| ended.owner.as_ref())),
            Cell::text(outcome),
        ];
        for lasted in [fact.waiting, fact.response, fact.handling, fact.resolution] {
            cells.push(Cell::duration(lasted.map(|lasted: Lasted| lasted.raw)));
            cells.push(Cell::duration(lasted.and_then(|lasted| lasted.open)));
        }
        cells.extend([
            Cell::Duration(fact.target),
            met.map_or(Cell::Empty, Cell::Flag),
            Cell::Flag(fact.lost),
            Cell::text(left_out),
            self.time(rating.map(|rating| rating.asked_at)),
            self.time(rated.map(|rated| rated.at)),
            Cell::number(rated.map(|rated| rated.score.value())),
        ]);
        cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_files_keep_their_names() {
        assert_eq!(
            HANDOFF_COLUMNS.join(","),
            "handoff_id,conversation_id,number,begun_by,language,trigger,trigger_label,requested_at,claimed_at,claimed_by,\
             first_reply_at,first_reply_by,ended_at,end,ended_by,outcome,waiting_seconds,waiting_open_seconds,\
             response_seconds,response_open_seconds,handling_seconds,handling_open_seconds,resolution_seconds,\
             resolution_open_seconds,target_seconds,target_met,lost,left_out,rating_asked_at,rated_at,rating"
        );
        assert_eq!(
            LIST_COLUMNS.join(","),
            "list,at,seconds,agent,trigger,trigger_label,language,number,conversation_id,handoff_id,item,rating"
        );
    }
}
