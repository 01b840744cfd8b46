//! Files of the messages behind a number. Written part by part, each in a read of its own, so that a slow reader keeps neither
//! rows nor a transaction.
//!
//! The names of columns never change; new ones are added at the end.

use std::collections::VecDeque;

use futures::{StreamExt, stream};

use super::{Costs, Result, list::ListParts, rows::CostRows};
use crate::{
    domain::{
        event::{Event, Initiator, Setting},
        ids::AgentId,
        prices::Amount,
        report::{
            cost::{Charge, list::CostRow},
            export::{Cell, ExportFormat, time_with_offset},
            facts::{MessageSender, NoticeKind},
        },
    },
    server::{
        accounts::Agent,
        reports::{ExportFile, counting::Counting},
        store::{self, Db, StoreError},
    },
};

const COLUMNS: [&str; 18] = [
    "list",
    "at",
    "charge",
    "price",
    "currency",
    "sender",
    "agent",
    "flow",
    "notice",
    "calling_code",
    "number",
    "category",
    "pricing_type",
    "pricing_model",
    "conversation_id",
    "handoff_id",
    "message_id",
    "piece",
];

impl Costs {
    /// The file that an address asks for. That it was made is logged.
    ///
    /// # Errors
    /// [`CostError::Forbidden`](super::CostError::Forbidden) for people who may not see what the company pays.
    pub async fn export(&self, viewer: &Agent, by: Initiator, format: ExportFormat, query: &str) -> Result<ExportFile> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let mut parts = ListParts::read(&mut tx, viewer, query, now).await?;
        // A file has all rows.
        parts.query.after = None;
        let (numbers, _) = parts.begin(&mut tx).await?;
        drop(tx);
        let tx = self.db.begin_write().await?;
        let exported = Event::Exported { what: Setting::Report, subject: None };
        self.log.commit(tx, viewer.tenant(), now, by, exported).await?;
        let name = format!("cost-{}-{}.{}", parts.query.count.as_str(), parts.query.month.key(), format.as_str());
        let writer = Writer {
            db: self.db.clone(),
            counting: self.counting.clone(),
            numbers: numbers.into(),
            parts,
            format,
            place: 0,
        };
        let rows = stream::try_unfold(writer, |mut writer| async move {
            let text = writer.next().await?;
            Ok::<_, StoreError>(text.map(|text| (text, writer)))
        });
        let head = stream::iter([Ok(format.head(&COLUMNS))]);
        let rows = head.chain(rows).chain(stream::iter([Ok(format.tail().to_owned())]));
        Ok(ExportFile { name, rows: rows.boxed() })
    }
}

/// Writes the rows of a file, one number after the other.
struct Writer {
    db: Db,
    counting: Counting,
    /// What is not read yet.
    numbers: VecDeque<CostRows>,
    parts: ListParts,
    format: ExportFormat,
    /// How many rows were written.
    place: usize,
}

impl Writer {
    /// The next rows; `None` after the last one.
    async fn next(&mut self) -> store::Result<Option<String>> {
        while let Some(rows) = self.numbers.front_mut() {
            let _turn = self.counting.page().await;
            let mut tx = self.db.begin_read().await?;
            let page = rows.next(&mut tx, &self.parts.prices).await?;
            drop(tx);
            let Some(page) = page else {
                self.numbers.pop_front();
                continue;
            };
            let mut text = String::new();
            for row in &page {
                text.push_str(&self.format.row(&COLUMNS, &self.cells(row), self.place));
                self.place += 1;
            }
            return Ok(Some(text));
        }
        Ok(None)
    }

    fn cells(&self, row: &CostRow) -> Vec<Cell> {
        let fact = &row.fact;
        let pricing = fact.priced.as_ref().map(|(_, pricing)| pricing);
        let text = |text: Option<&str>| Cell::text(text.map(str::to_owned));
        let (sender, agent) = sender_words(&fact.sender);
        let price = row.billed();
        vec![
            text(Some(self.parts.query.count.as_str())),
            Cell::Text(time_with_offset(&self.parts.zone, row.key.at)),
            text(row.charge.map(charge_word)),
            Cell::text(price.map(Amount::decimal)),
            text(price.map(|_| self.parts.prices.currency.as_str())),
            text(Some(sender)),
            Cell::text(agent.map(|agent| self.parts.people.of(agent))),
            Cell::text(fact.flow.as_ref().map(|flow| self.parts.flow(flow))),
            text(fact.notice.map(NoticeKind::as_str)),
            text(fact.market.as_deref()),
            Cell::text(self.parts.number(&fact.channel)),
            text(pricing.map(|pricing| pricing.category.as_str())),
            text(pricing.and_then(|pricing| pricing.kind.as_deref())),
            text(pricing.map(|pricing| pricing.model.as_str())),
            Cell::Text(fact.conversation.to_string()),
            text(fact.handoff.as_ref().map(|handoff| handoff.as_str())),
            text(Some(fact.message.as_str())),
            Cell::Number(fact.piece),
        ]
    }
}

fn sender_words(sender: &MessageSender) -> (&'static str, Option<&AgentId>) {
    match sender {
        MessageSender::Agent(agent) => ("agent", Some(agent)),
        MessageSender::Phone => ("phone", None),
        MessageSender::Bot => ("bot", None),
        MessageSender::System => ("system", None),
    }
}

const fn charge_word(charge: Charge) -> &'static str {
    match charge {
        Charge::Billed => "billed",
        Charge::FreePart => "free_part",
        Charge::EntryPoint => "entry_point",
        Charge::CustomerService => "customer_service",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_the_file_keep_their_names() {
        assert_eq!(
            COLUMNS.join(","),
            "list,at,charge,price,currency,sender,agent,flow,notice,calling_code,number,category,pricing_type,\
             pricing_model,conversation_id,handoff_id,message_id,piece"
        );
    }
}
