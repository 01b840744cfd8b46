//! The messages behind a number of the report, a page at a time, with the number of the whole list.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::{
    CostError, Costs, Result,
    page::{FlowNames, READ, category_name, market_name, progress, shown_numbers},
    rows::{CostRows, newest},
    within, zone_of,
};
use crate::{
    contract::cost::{CostList, CostListRow},
    domain::{
        access::may,
        conversation::describe::AgentNames,
        ids::{ChannelId, ConversationId, FlowId, TenantId},
        prices::PriceList,
        report::{
            cost::{
                CostSum,
                list::{COST_LIST_PAGE, CostCount, CostListQuery, CostPart, CostRow},
                month::CostMonth,
            },
            facts::{MessageFact, MessageSender},
            period::moment_in,
            query::Corrected,
        },
        time::Timestamp,
    },
    server::{
        accounts::Agent,
        store::{
            Tx, agents,
            channels::{self, ChannelRow},
            costs::{self, Within},
            desk, prices,
            tenants::{self, Tenant},
        },
    },
};

/// What a list asks for, as far as it can be followed, and what it is made of.
pub(super) struct ListParts {
    pub record: Tenant,
    pub zone: TimeZone,
    pub query: CostListQuery,
    pub notes: Vec<String>,
    pub time: Within,
    pub channels: Vec<ChannelRow>,
    /// The numbers whose messages it shows.
    pub shown: Vec<ChannelId>,
    pub prices: PriceList,
    pub people: AgentNames,
    pub flows: FlowNames,
}

impl ListParts {
    pub async fn read(tx: &mut Tx, viewer: &Agent, query: &str, now: Timestamp) -> Result<Self> {
        if !may(viewer.role(), READ) {
            return Err(CostError::Forbidden);
        }
        let tenant = viewer.tenant();
        let record = tenants::find(tx, tenant).await?.ok_or(CostError::NotFound)?;
        let zone = zone_of(&record);
        let Corrected { value: mut query, mut notes } = CostListQuery::parse(query, CostMonth::at(now, &zone));
        let channels = channels::list(tx, tenant).await?;
        let (known, shown) = shown_numbers(&channels, query.channel.as_ref(), &mut notes);
        let (known, shown) = (known.cloned(), shown.into_iter().map(|row| row.id.clone()).collect());
        query.channel = known;
        Ok(Self {
            time: within(query.month, &zone),
            prices: prices::read(tx, tenant).await?.list,
            people: agents::names(tx, tenant).await?,
            flows: FlowNames::read(tx, tenant).await?,
            record,
            zone,
            query,
            notes,
            channels,
            shown,
        })
    }

    /// Each number's rows, and what the list adds up to.
    pub async fn begin(&self, tx: &mut Tx) -> Result<(Vec<CostRows>, CostSum)> {
        let (mut numbers, mut sum) = (Vec::new(), CostSum::default());
        for channel in &self.shown {
            let (tenant, query) = (&self.record.id, &self.query);
            numbers.push(CostRows::begin(tx, tenant, channel, self.time, query, &self.prices, &mut sum).await?);
        }
        Ok((numbers, sum))
    }

    pub fn number(&self, id: &ChannelId) -> Option<String> {
        self.channels.iter().find(|row| row.id == *id).map(|row| row.name.clone())
    }

    pub fn flow(&self, id: &FlowId) -> String {
        self.flows.of(id)
    }

    /// Who or what sent a message.
    fn who(&self, fact: &MessageFact) -> String {
        match (&fact.sender, &fact.flow, fact.notice) {
            (MessageSender::Agent(agent), _, _) => self.people.of(agent),
            (MessageSender::Phone, _, _) => "WhatsApp app".to_owned(),
            (MessageSender::Bot, Some(flow), _) => format!("Bot: {}", self.flow(flow)),
            (MessageSender::Bot, None, _) => "Bot".to_owned(),
            (MessageSender::System, _, Some(notice)) => format!("Automatic: {}", notice.label()),
            (MessageSender::System, _, None) => "Automatic message".to_owned(),
        }
    }

    /// What narrows the list, in words.
    fn about(&self) -> Vec<String> {
        let part = match &self.query.part {
            CostPart::All => None,
            CostPart::People => Some("from people".to_owned()),
            CostPart::Bot => Some("from the bot".to_owned()),
            CostPart::Notices => Some("automatic messages".to_owned()),
            CostPart::Notice(notice) => Some(format!("automatic: {}", notice.label())),
            CostPart::Handoffs => Some("in handoffs".to_owned()),
            CostPart::Agent(agent) => Some(format!("from {}", self.people.of(agent))),
            CostPart::Flow(flow) => Some(format!("of the flow {}", self.flow(flow))),
            CostPart::Market(market) => Some(market_name(market.as_deref())),
            CostPart::Category(category) => Some(category_name(category)),
        };
        let number = self.query.channel.as_ref().and_then(|id| self.number(id));
        std::iter::once(self.query.month.to_string()).chain(number).chain(part).collect()
    }

    fn line(&self, row: CostRow, customers: &HashMap<ConversationId, String>) -> CostListRow {
        let pricing = row.fact.priced.as_ref().map(|(_, pricing)| pricing);
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        CostListRow {
            key: row.key.value(),
            at: row.key.at,
            when: moment_in(&self.zone, row.key.at),
            cost: row.words(&self.prices.currency),
            who: self.who(&row.fact),
            customer: customers.get(&row.fact.conversation).cloned(),
            anchor: row.fact.message.to_string(),
            country: market_name(row.fact.market.as_deref()),
            category: word(pricing.map(|pricing| pricing.category.as_str())),
            kind: word(pricing.and_then(|pricing| pricing.kind.as_deref())),
            model: word(pricing.map(|pricing| pricing.model.as_str())),
            conversation: row.fact.conversation,
        }
    }
}

impl Costs {
    /// The list that an address asks for. What cannot be followed is said in the list.
    ///
    /// # Errors
    /// [`CostError::Forbidden`] for people who may not see what the company pays.
    pub async fn read_cost_list(&self, viewer: &Agent, query: &str) -> Result<CostList> {
        let now = self.clock.now();
        let tenant = viewer.tenant();
        let mut tx = self.db.begin_read().await?;
        let parts = ListParts::read(&mut tx, viewer, query, now).await?;
        let (numbers, sum) = parts.begin(&mut tx).await?;
        let n = if parts.query.count.is_untold() {
            let unpriced = costs::unpriced(&mut tx, tenant, parts.query.channel.as_ref(), parts.time).await?;
            if parts.query.count == CostCount::InApp { unpriced.phone } else { unpriced.all - unpriced.phone }
        } else {
            sum.messages()
        };
        let (conversations, handoffs) = shared_by(&mut tx, tenant, &parts).await?;
        let mut rows = newest(&mut tx, numbers, &parts.prices, COST_LIST_PAGE + 1).await?;
        let is_cut = rows.len() > COST_LIST_PAGE;
        rows.truncate(COST_LIST_PAGE);
        let next = rows.back().filter(|_| is_cut).map(|row| row.key.clone());
        let ids: Vec<ConversationId> = rows.iter().map(|row| row.fact.conversation.clone()).collect();
        let customers = desk::rows(&mut tx, tenant, &ids).await?.into_iter().map(|row| (row.id, row.name)).collect();
        let progress = progress(&mut tx, tenant, parts.time, now).await?;
        Ok(CostList {
            about: parts.about(),
            zone: parts.record.settings.zone.clone(),
            progress,
            currency: (!parts.prices.is_empty()).then(|| parts.prices.currency.clone()),
            n,
            sum,
            conversations,
            handoffs,
            rows: rows.into_iter().map(|row| parts.line(row, &customers)).collect(),
            next,
            notes: parts.notes,
            query: parts.query,
        })
    }
}

/// How many conversations and handoffs a list is about, where the report has the number.
async fn shared_by(tx: &mut Tx, tenant: &TenantId, parts: &ListParts) -> Result<(Option<i64>, Option<i64>)> {
    let (mut conversations, mut handoffs) = (0, 0);
    let is_of_report = parts.query.count == CostCount::All;
    if !is_of_report || !matches!(parts.query.part, CostPart::All | CostPart::Handoffs) {
        return Ok((None, None));
    }
    for channel in &parts.shown {
        let (some, others) = costs::shared_by(tx, tenant, channel, parts.time).await?;
        conversations += some;
        handoffs += others;
    }
    let is_of_handoffs = parts.query.part == CostPart::Handoffs;
    Ok(if is_of_handoffs { (None, Some(handoffs)) } else { (Some(conversations), None) })
}
