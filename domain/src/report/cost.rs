//! What messages cost: which of them WhatsApp charges for, how much of the free part of a month is used, and sums by who
//! wrote and to where.
//!
//! What WhatsApp says about a message (`pricing`) decides. It does not say which messages are within the free part of a
//! month, so they are counted here. Amounts come from the tenant's price list (`prices`); without one, messages are only
//! counted. Everything here is pure: rows are read by the server. To add a sum: its field in [`CostFigures`].

pub mod list;
pub mod month;
pub mod next;
pub mod tips;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::facts::{MessageFact, MessageSender, NoticeKind};
use crate::{
    ids::{AgentId, FlowId},
    prices::{Amount, PriceCategory, PriceList},
    pricing::Pricing,
};

/// How many messages WhatsApp delivers for nothing, for each number and month.
pub const FREE_PER_MONTH: i64 = 1_000;
/// From how many on people are warned.
const WARN_FROM: i64 = 800;

/// The categories of messages that the free part is for: free-form ones, and utility templates within the window.
pub const FREE_PART_CATEGORIES: [&str; 2] = ["service", "utility"];
/// WhatsApp's words for what it charges for, and for what it does not because the customer wrote before.
pub const REGULAR: &str = "regular";
pub const FREE_SERVICE: &str = "free_customer_service";
const FREE_GROUP_SERVICE: &str = "free_group_customer_service";
/// Within 72 hours of a click on an ad or a page.
const FREE_ENTRY_POINT: &str = "free_entry_point";
/// The kinds of messages that are templates: those sent outside of Handoff, and ours.
pub const TEMPLATES: [&str; 2] = ["template", "template_sent"];

/// Whether a message is charged, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    Billed,
    /// One of the first of a month.
    FreePart,
    EntryPoint,
    /// WhatsApp says so, for another reason.
    CustomerService,
}

impl Charge {
    /// What WhatsApp says. That a message is within the free part it does not say.
    pub fn of(pricing: &Pricing) -> Self {
        match pricing.kind.as_deref() {
            Some(FREE_ENTRY_POINT) => Self::EntryPoint,
            Some(FREE_SERVICE | FREE_GROUP_SERVICE) => Self::CustomerService,
            Some(REGULAR) => Self::Billed,
            Some(other) if other.starts_with("free_") => Self::CustomerService,
            // Before July 2025 there was no kind.
            Some(_) | None => match pricing.billable {
                Some(false) => Self::CustomerService,
                Some(true) | None => Self::Billed,
            },
        }
    }
}

/// Messages of a number with a price, which have everything in common that sums tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricedMessages {
    pub sender: MessageSender,
    pub flow: Option<FlowId>,
    pub notice: Option<NoticeKind>,
    pub market: Option<String>,
    /// They were written in a handoff.
    pub in_handoff: bool,
    pub is_template: bool,
    pub pricing: Pricing,
    pub count: i64,
}

impl PricedMessages {
    /// A single message. `None` without a price.
    pub fn one(fact: &MessageFact) -> Option<Self> {
        let (_, pricing) = fact.priced.as_ref()?;
        Some(Self {
            sender: fact.sender.clone(),
            flow: fact.flow.clone(),
            notice: fact.notice,
            market: fact.market.clone(),
            in_handoff: fact.handoff.is_some(),
            is_template: TEMPLATES.contains(&fact.kind.as_str()),
            pricing: pricing.clone(),
            count: 1,
        })
    }

    /// Whether they use up the free part of the month. A template outside the window never does, and one that is charged
    /// does not say where it was.
    pub fn use_free_part(&self) -> bool {
        let is_counted = FREE_PART_CATEGORIES.contains(&self.pricing.category.as_str());
        is_counted
            && match self.pricing.kind.as_deref() {
                Some(FREE_SERVICE) => true,
                Some(REGULAR) => !self.is_template,
                Some(_) | None => false,
            }
    }
}

/// How many of the messages of a number's month that WhatsApp calls regular are within the free part: what it calls free
/// uses the part up as well.
pub fn free_regular(groups: &[PricedMessages]) -> i64 {
    let told = groups.iter().filter(|group| group.use_free_part() && Charge::of(&group.pricing) != Charge::Billed);
    (FREE_PER_MONTH - told.map(|group| group.count).sum::<i64>()).max(0)
}

/// Messages, what is charged for them, and what one costs if it is billed.
struct ChargedMessages<'a> {
    of: &'a PricedMessages,
    count: i64,
    charge: Charge,
    price: Option<Amount>,
}

/// What is charged for a number's month. `first` are the messages, one by one, of the [`free_regular`] first ones that use the
/// free part and that WhatsApp calls regular: they are in the groups as well, so they are taken from what is billed.
fn charged<'a>(
    groups: &'a [PricedMessages],
    first: &'a [PricedMessages],
    prices: &PriceList,
) -> impl Iterator<Item = ChargedMessages<'a>> {
    let of = move |message: &'a PricedMessages, count: i64, charge: Charge| {
        let price = price_of(message, prices);
        ChargedMessages { of: message, count, charge, price }
    };
    let all = groups.iter().map(move |group| of(group, group.count, Charge::of(&group.pricing)));
    let free = first.iter().flat_map(move |message| {
        [of(message, -message.count, Charge::Billed), of(message, message.count, Charge::FreePart)]
    });
    all.chain(free)
}

/// What one of these messages costs if it is billed, as far as it is known.
fn price_of(messages: &PricedMessages, prices: &PriceList) -> Option<Amount> {
    let category = PriceCategory::of(&messages.pricing.category)?;
    prices.price(messages.market.as_deref(), category)
}

/// The free part of a number's month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreePart {
    /// Messages that used it, up to all.
    pub used: i64,
}

impl FreePart {
    pub fn new(used: i64) -> Self {
        Self { used: used.clamp(0, FREE_PER_MONTH) }
    }

    pub const fn left(self) -> i64 {
        FREE_PER_MONTH - self.used
    }

    /// What people read before it ends, and after.
    pub fn warning(self) -> Option<String> {
        match self.left() {
            0 => Some(
                "All 1,000 free messages of this month are used. WhatsApp charges for each further one, and refuses it \
                 without a payment method."
                    .to_owned(),
            ),
            left if self.used >= WARN_FROM => Some(format!(
                "{left} of 1,000 free messages left this month. After them WhatsApp charges for each one, and refuses it \
                 without a payment method."
            )),
            _ => None,
        }
    }
}

/// Messages with a price, and what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostSum {
    pub billed: i64,
    /// Of the billed ones, those with a price in the list. The others are not in the amount.
    pub priced: i64,
    pub amount: Amount,
    pub free_part: i64,
    pub entry_points: i64,
    pub customer_service: i64,
}

impl CostSum {
    pub const fn free(&self) -> i64 {
        self.free_part + self.entry_points + self.customer_service
    }

    pub const fn messages(&self) -> i64 {
        self.billed + self.free()
    }

    /// The billed messages whose price is not in the list.
    pub const fn unpriced(&self) -> i64 {
        self.billed - self.priced
    }

    /// What one of so many costs on average. `None` if there are none, or if the price of a message is not known: an
    /// average of some would be too low, and nobody would see it.
    pub fn average(&self, count: i64) -> Option<Amount> {
        if self.unpriced() > 0 { None } else { self.amount.divided(count) }
    }

    fn add(&mut self, count: i64, charge: Charge, price: Option<Amount>) {
        match charge {
            Charge::Billed => {
                self.billed += count;
                if let Some(price) = price {
                    self.priced += count;
                    self.amount = self.amount.plus(price.times(count));
                }
            }
            Charge::FreePart => self.free_part += count,
            Charge::EntryPoint => self.entry_points += count,
            Charge::CustomerService => self.customer_service += count,
        }
    }
}

/// The sums of a month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostFigures {
    pub total: CostSum,
    /// Of agents, and of staff in the WhatsApp app.
    pub people: CostSum,
    pub bot: CostSum,
    /// The tenant's automatic texts.
    pub notices: CostSum,
    /// In handoffs, whoever wrote.
    pub handoffs: CostSum,
    pub agents: BTreeMap<AgentId, CostSum>,
    pub flows: BTreeMap<FlowId, CostSum>,
    pub notice_kinds: BTreeMap<NoticeKind, CostSum>,
    /// `None`: the customer's number was hidden, or not known any more.
    pub markets: BTreeMap<Option<String>, CostSum>,
    /// By WhatsApp's word.
    pub categories: BTreeMap<String, CostSum>,
}

impl CostFigures {
    /// Adds a number's month: its messages in groups, and the first ones that are free.
    pub fn add_number(&mut self, groups: &[PricedMessages], first: &[PricedMessages], prices: &PriceList) {
        for charged in charged(groups, first, prices) {
            self.add(&charged);
        }
    }

    fn add(&mut self, charged: &ChargedMessages<'_>) {
        let ChargedMessages { of: group, count, charge, price } = *charged;
        let add_to = |sum: &mut CostSum| sum.add(count, charge, price);
        add_to(&mut self.total);
        match &group.sender {
            MessageSender::Agent(agent) => {
                add_to(&mut self.people);
                add_to(self.agents.entry(agent.clone()).or_default());
            }
            MessageSender::Phone => add_to(&mut self.people),
            MessageSender::Bot => add_to(&mut self.bot),
            MessageSender::System => add_to(&mut self.notices),
        }
        if group.in_handoff {
            add_to(&mut self.handoffs);
        }
        if let Some(flow) = &group.flow {
            add_to(self.flows.entry(flow.clone()).or_default());
        }
        if let Some(notice) = group.notice {
            add_to(self.notice_kinds.entry(notice).or_default());
        }
        add_to(self.markets.entry(group.market.clone()).or_default());
        add_to(self.categories.entry(group.pricing.category.clone()).or_default());
    }
}

#[cfg(test)]
#[path = "cost_tests.rs"]
mod tests;
