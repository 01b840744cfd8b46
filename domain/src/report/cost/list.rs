//! The list behind a number of the cost report: its address, which messages it shows, and their sum.
//!
//! A number adds up messages in groups, and its list shows them one by one. What is charged for both is decided by the
//! same rules: sums take the first free messages of a month from their groups, and a list charges one by one those
//! after the last free message of the number's month. `list_tests.rs` compares both. To add a number: its [`CostPart`]
//! or [`CostCount`], and its link on the page.

use serde::{Deserialize, Serialize};

use super::{Charge, CostSum, PricedMessages, charged, month::CostMonth, price_of};
use crate::{
    ids::{AgentId, ChannelId, FlowId, MessageId},
    prices::{Amount, PriceList},
    report::{
        facts::{MessageFact, MessageSender, NoticeKind},
        fields::{Fields, query_string, quoted},
        query::Corrected,
    },
    time::Timestamp,
    variant_names::variant_names,
};

/// Rows of one page.
pub const COST_LIST_PAGE: usize = 50;
/// How the address names a market that is not known.
const UNKNOWN_MARKET: &str = "unknown";

/// Whose messages a number counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostPart {
    #[default]
    All,
    /// Of agents, and of staff in the WhatsApp app.
    People,
    Bot,
    /// The tenant's automatic texts.
    Notices,
    /// One of them.
    Notice(NoticeKind),
    /// In handoffs, whoever wrote.
    Handoffs,
    Agent(AgentId),
    Flow(FlowId),
    /// `None`: not known.
    Market(Option<String>),
    /// In WhatsApp's word.
    Category(String),
}

impl CostPart {
    fn admits(&self, message: &PricedMessages) -> bool {
        match self {
            Self::All => true,
            Self::People => matches!(message.sender, MessageSender::Agent(_) | MessageSender::Phone),
            Self::Bot => message.sender == MessageSender::Bot,
            Self::Notices => message.sender == MessageSender::System,
            Self::Notice(kind) => message.notice == Some(*kind),
            Self::Handoffs => message.in_handoff,
            Self::Agent(agent) => matches!(&message.sender, MessageSender::Agent(sender) if sender == agent),
            Self::Flow(flow) => message.flow.as_ref() == Some(flow),
            Self::Market(market) => message.market == *market,
            Self::Category(category) => message.pricing.category == *category,
        }
    }

    /// Its name in the address, and its value there.
    fn field(&self) -> Option<(&'static str, String)> {
        Some(match self {
            Self::All => return None,
            Self::People => ("by", "people".to_owned()),
            Self::Bot => ("by", "bot".to_owned()),
            Self::Notices => ("by", "notices".to_owned()),
            Self::Handoffs => ("by", "handoffs".to_owned()),
            Self::Notice(kind) => ("notice", kind.as_str().to_owned()),
            Self::Agent(agent) => ("agent", agent.to_string()),
            Self::Flow(flow) => ("flow", flow.to_string()),
            Self::Market(market) => ("market", market.clone().unwrap_or_else(|| UNKNOWN_MARKET.to_owned())),
            Self::Category(category) => ("category", category.clone()),
        })
    }

    fn take(fields: &mut Fields, notes: &mut Vec<String>) -> Self {
        let by = fields.take("by");
        let agent = fields.take("agent").map(|id| Self::Agent(id.into()));
        let flow = fields.take("flow").map(|id| Self::Flow(id.into()));
        let market =
            fields.take("market").map(|market| Self::Market(Some(market).filter(|code| code != UNKNOWN_MARKET)));
        let category = fields.take("category").map(Self::Category);
        let notice = fields.take("notice").and_then(|name| {
            let kind = name.parse().ok().map(Self::Notice);
            if kind.is_none() {
                notes.push(format!("{} isn't an automatic message. Showing all messages.", quoted(&name)));
            }
            kind
        });
        let narrowed = agent.or(flow).or(market).or(category).or(notice);
        match by.as_deref() {
            None => narrowed.unwrap_or_default(),
            Some("people") => Self::People,
            Some("bot") => Self::Bot,
            Some("notices") => Self::Notices,
            Some("handoffs") => Self::Handoffs,
            Some(other) => {
                notes.push(format!("{} isn't a sender. Showing all senders.", quoted(other)));
                narrowed.unwrap_or_default()
            }
        }
    }
}

/// Which of the messages a number counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostCount {
    #[default]
    All,
    Billed,
    /// Billed ones whose price is in the list.
    Priced,
    /// Billed ones whose price is not in the list.
    Unpriced,
    Free,
    FreePart,
    EntryPoints,
    CustomerService,
    /// What uses up the free part of the month, also as WhatsApp says.
    Used,
    /// Typed in the WhatsApp app, without a price.
    InApp,
    /// Sent otherwise, without a price.
    NotTold,
}

// The names in addresses and files.
variant_names!(CostCount {
    All => "all",
    Billed => "billed",
    Priced => "with_price",
    Unpriced => "without_price",
    Free => "free",
    FreePart => "free_part",
    EntryPoints => "entry_points",
    CustomerService => "customer_service",
    Used => "used",
    InApp => "in_app",
    NotTold => "not_told",
});

impl CostCount {
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "Messages with a price",
            Self::Billed => "Billed messages",
            Self::Priced => "Billed messages with a price in your list",
            Self::Unpriced => "Billed messages without a price in your list",
            Self::Free => "Free messages",
            Self::FreePart => "Free messages in the first 1,000",
            Self::EntryPoints => "Free messages after an ad",
            Self::CustomerService => "Messages that WhatsApp calls free",
            Self::Used => "Messages that use the first 1,000",
            Self::InApp => "Messages typed in the WhatsApp app",
            Self::NotTold => "Messages of which WhatsApp has told no price yet",
        }
    }

    /// Whether its messages have no price from WhatsApp. They are of no part, and not in any sum.
    pub const fn is_untold(self) -> bool {
        matches!(self, Self::InApp | Self::NotTold)
    }

    fn admits(self, message: &PricedMessages, charge: Charge, price: Option<Amount>) -> bool {
        let is_billed = charge == Charge::Billed;
        match self {
            Self::All => true,
            Self::Billed => is_billed,
            Self::Priced => is_billed && price.is_some(),
            Self::Unpriced => is_billed && price.is_none(),
            Self::Free => !is_billed,
            Self::FreePart => charge == Charge::FreePart,
            Self::EntryPoints => charge == Charge::EntryPoint,
            Self::CustomerService => charge == Charge::CustomerService,
            Self::Used => !is_billed && message.use_free_part(),
            Self::InApp | Self::NotTold => false,
        }
    }
}

/// The place of a message in a list: when it was priced, or sent if it has no price. Lists begin with the newest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CostKey {
    pub at: Timestamp,
    pub message: MessageId,
    pub piece: i64,
}

impl CostKey {
    /// As addresses have it.
    pub fn value(&self) -> String {
        format!("{}.{}.{}", self.at.0, self.piece, self.message)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let (at, piece) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let message = parts.next().filter(|id| !id.is_empty())?;
        Some(Self { at: Timestamp(at), message: message.into(), piece })
    }
}

/// What a list shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostListQuery {
    pub month: CostMonth,
    /// `None`: all numbers.
    pub channel: Option<ChannelId>,
    pub part: CostPart,
    pub count: CostCount,
    /// Only rows below this one: the cursor of a page.
    pub after: Option<CostKey>,
}

impl CostListQuery {
    /// All messages of a month.
    pub fn of(month: CostMonth, channel: Option<ChannelId>) -> Self {
        Self { month, channel, part: CostPart::All, count: CostCount::All, after: None }
    }

    /// The same messages of a part.
    #[must_use]
    pub fn part(&self, part: CostPart) -> Self {
        Self { part, ..self.clone() }
    }

    #[must_use]
    pub fn count(&self, count: CostCount) -> Self {
        Self { count, ..self.clone() }
    }

    /// Of a query string. `current` is the month that it is in the tenant's zone.
    pub fn parse(query: &str, current: CostMonth) -> Corrected<Self> {
        let (mut fields, mut notes) = (Fields::parse(query), Vec::new());
        let month = CostMonth::readable(fields.take("month").as_deref(), current, &mut notes);
        let channel = fields.take("number").map(ChannelId::from);
        let part = CostPart::take(&mut fields, &mut notes);
        let count = fields.take("of").map_or(CostCount::All, |name| {
            name.parse().unwrap_or_else(|_| {
                notes.push(format!("{} isn't a list. Showing all messages with a price.", quoted(&name)));
                CostCount::All
            })
        });
        let part = if count.is_untold() { CostPart::All } else { part };
        let after = fields.take("after").and_then(|text| CostKey::parse(&text));
        notes.extend(fields.names().map(|name| format!("{} isn't a filter, so it was ignored.", quoted(name))));
        Corrected { value: Self { month, channel, part, count, after }, notes }
    }

    /// The query string of its address, without the `?`.
    pub fn query(&self) -> String {
        let count = (self.count != CostCount::All).then(|| self.count.as_str().to_owned());
        let fields = [
            ("month", Some(self.month.key())),
            ("number", self.channel.as_ref().map(ToString::to_string)),
            ("of", count),
            ("after", self.after.as_ref().map(CostKey::value)),
        ];
        let part = self.part.field().map(|(name, value)| (name, Some(value)));
        query_string(fields.into_iter().chain(part))
    }

    fn admits(&self, message: &PricedMessages, charge: Charge, price: Option<Amount>) -> bool {
        self.part.admits(message) && self.count.admits(message, charge, price)
    }

    /// Adds what the list shows of a number's month. The arguments are those of `CostFigures::add_number`.
    pub fn add_number(
        &self,
        sum: &mut CostSum,
        groups: &[PricedMessages],
        first: &[PricedMessages],
        prices: &PriceList,
    ) {
        for charged in charged(groups, first, prices).filter(|c| self.admits(c.of, c.charge, c.price)) {
            sum.add(charged.count, charged.charge, charged.price);
        }
    }

    /// The groups of which the list shows messages. Every message that it shows is like one of them.
    pub fn shown<'a>(
        &self,
        groups: &'a [PricedMessages],
        first: &'a [PricedMessages],
        prices: &PriceList,
    ) -> Vec<&'a PricedMessages> {
        let shown = charged(groups, first, prices).filter(|c| c.count > 0 && self.admits(c.of, c.charge, c.price));
        shown.map(|charged| charged.of).collect()
    }

    /// The row of a message, if the list shows it. `last_free` is the last of the [`free_regular`](super::free_regular) first
    /// messages of its number's month.
    pub fn row(&self, fact: MessageFact, last_free: Option<&CostKey>, prices: &PriceList) -> Option<CostRow> {
        let Some(message) = PricedMessages::one(&fact) else {
            let is_phone = fact.sender == MessageSender::Phone;
            let counted = if is_phone { CostCount::InApp } else { CostCount::NotTold };
            let key = key_of(&fact, fact.sent_at?);
            return (self.count == counted && fact.piece == 0).then_some(CostRow {
                key,
                fact,
                charge: None,
                price: None,
            });
        };
        let key = key_of(&fact, fact.priced.as_ref()?.0);
        let told = Charge::of(&message.pricing);
        let is_first = message.use_free_part() && last_free.is_some_and(|last| key <= *last);
        let charge = if told == Charge::Billed && is_first { Charge::FreePart } else { told };
        let price = price_of(&message, prices);
        let is_shown = self.admits(&message, charge, price);
        is_shown.then_some(CostRow { key, fact, charge: Some(charge), price })
    }
}

fn key_of(fact: &MessageFact, at: Timestamp) -> CostKey {
    CostKey { at, message: fact.message.clone(), piece: fact.piece }
}

/// A message of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostRow {
    pub key: CostKey,
    pub fact: MessageFact,
    /// `None`: WhatsApp has told no price.
    pub charge: Option<Charge>,
    /// What it costs if it is billed, by the list.
    pub price: Option<Amount>,
}

impl CostRow {
    /// What it costs, if it is billed and its price is in the list.
    pub fn billed(&self) -> Option<Amount> {
        self.price.filter(|_| self.charge == Some(Charge::Billed))
    }

    /// `€0.05`, `no price entered`, or why it is free.
    pub fn words(&self, currency: &str) -> String {
        match self.charge {
            Some(Charge::Billed) => {
                self.price.map_or_else(|| "no price entered".to_owned(), |price| price.price(currency))
            }
            Some(Charge::FreePart) => "free, in the first 1,000".to_owned(),
            Some(Charge::EntryPoint) => "free, after an ad".to_owned(),
            Some(Charge::CustomerService) => "free, as WhatsApp says".to_owned(),
            None if self.fact.sender == MessageSender::Phone => "free, typed in the app".to_owned(),
            None => "no price told yet".to_owned(),
        }
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
