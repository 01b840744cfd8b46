//! The price list of a tenant: what WhatsApp charges for a message, by the customer's country and the category. No interface
//! of Meta's tells the rates, so an admin enters them.
//!
//! Which messages are charged is decided in `report::cost`. To add a category: a variant of [`PriceCategory`], its field in
//! [`MarketPrices`], its column in a migration and in `store/tables/prices.rs`.

mod amount;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use self::amount::Amount;
use super::{market::market_label, phone_number::is_digits};

/// The most rows of a price list.
pub const MOST_MARKETS: usize = 300;
/// The longest calling code, in digits.
const CODE_LIMIT: usize = 7;

/// What WhatsApp has a price for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PriceCategory {
    Marketing,
    Utility,
    Authentication,
    /// Messages without a template, in the 24 hours after the customer wrote.
    Service,
}

impl PriceCategory {
    pub const ALL: [Self; 4] = [Self::Marketing, Self::Utility, Self::Authentication, Self::Service];

    /// The category that WhatsApp names in a status. `None` for one without a price, or unknown.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "marketing" | "marketing_lite" => Some(Self::Marketing),
            "utility" => Some(Self::Utility),
            "authentication" | "authentication-international" => Some(Self::Authentication),
            "service" => Some(Self::Service),
            _ => None,
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Marketing => "Marketing",
            Self::Utility => "Utility",
            Self::Authentication => "Authentication",
            Self::Service => "Service",
        }
    }
}

/// The prices of messages to one market.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MarketPrices {
    /// With which the customers' numbers begin, in digits. Empty for all markets that are not listed.
    pub calling_code: String,
    pub marketing: Option<Amount>,
    pub utility: Option<Amount>,
    pub authentication: Option<Amount>,
    pub service: Option<Amount>,
}

impl MarketPrices {
    /// The price that was entered.
    pub fn entered(&self, category: PriceCategory) -> Option<Amount> {
        match category {
            PriceCategory::Marketing => self.marketing,
            PriceCategory::Utility => self.utility,
            PriceCategory::Authentication => self.authentication,
            PriceCategory::Service => self.service,
        }
    }

    /// The price that counts. WhatsApp charges a message without a template at the rate of utility messages.
    fn price(&self, category: PriceCategory) -> Option<Amount> {
        match category {
            PriceCategory::Service => self.service.or(self.utility),
            PriceCategory::Marketing | PriceCategory::Utility | PriceCategory::Authentication => self.entered(category),
        }
    }

    fn is_empty(&self) -> bool {
        PriceCategory::ALL.into_iter().all(|category| self.entered(category).is_none())
    }
}

/// All prices of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PriceList {
    /// The code of ISO 4217; empty before the first price.
    pub currency: String,
    /// By calling code; the one of all other markets comes last.
    pub markets: Vec<MarketPrices>,
}

impl PriceList {
    /// Without a price, messages can only be counted.
    pub fn is_empty(&self) -> bool {
        self.markets.iter().all(MarketPrices::is_empty)
    }

    /// The price of a message to a market. The row with the longest calling code decides; a customer whose market is
    /// unknown has the price of the markets that are not listed.
    pub fn price(&self, market: Option<&str>, category: PriceCategory) -> Option<Amount> {
        let market = market.unwrap_or_default();
        let rows = self.markets.iter().filter(|row| market.starts_with(&row.calling_code));
        rows.max_by_key(|row| row.calling_code.len())?.price(category)
    }

    /// What a message of a category costs, in words: to which market it goes is not known. `None` without a price.
    pub fn range(&self, category: PriceCategory) -> Option<String> {
        let prices = self.markets.iter().filter_map(|row| row.price(category));
        let (lowest, highest) = (prices.clone().min()?, prices.max()?);
        let said = |price: Amount| price.price(&self.currency);
        Some(if lowest == highest { said(lowest) } else { format!("{} to {}", said(lowest), said(highest)) })
    }

    /// As it is stored: sorted, and without rows that have no price.
    #[must_use]
    pub fn normalized(mut self) -> Self {
        self.currency = self.currency.trim().to_ascii_uppercase();
        self.markets.retain(|row| !row.is_empty());
        self.markets.sort_by(|one, other| order(one).cmp(&order(other)));
        self
    }

    /// Why it cannot be saved.
    pub fn fault(&self) -> Option<String> {
        let is_code = self.currency.len() == 3 && self.currency.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_nothing = self.currency.is_empty() && self.markets.is_empty();
        if !is_code && !is_nothing {
            return Some("Enter the currency as three letters, such as EUR.".to_owned());
        }
        if self.markets.len() > MOST_MARKETS {
            return Some(format!("You can have prices for up to {MOST_MARKETS} countries."));
        }
        let mut known = BTreeSet::new();
        self.markets.iter().find_map(|row| {
            code_fault(&row.calling_code).or_else(|| {
                let label = market_label(&row.calling_code);
                if !known.insert(row.calling_code.as_str()) {
                    return Some(format!("{label} is listed twice."));
                }
                let mut prices = PriceCategory::ALL.into_iter().filter_map(|category| row.entered(category));
                let is_out = |price: Amount| !(Amount(0)..=Amount::HIGHEST_PRICE).contains(&price);
                prices.any(is_out).then(|| format!("A price of {label} is too high."))
            })
        })
    }

    /// What is different in `now`, a sentence for each difference, for whoever edits this list meanwhile.
    pub fn changes(&self, now: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        if self.currency != now.currency {
            changes.push(format!("Currency: {} instead of {}", said(&now.currency), said(&self.currency)));
        }
        let find = |list: &Self, code: &str| list.markets.iter().find(|row| row.calling_code == code).cloned();
        for row in &now.markets {
            let label = market_label(&row.calling_code);
            let Some(before) = find(self, &row.calling_code) else {
                changes.push(format!("{label}: added"));
                continue;
            };
            for category in PriceCategory::ALL {
                let (was, is) = (before.entered(category), row.entered(category));
                if was != is {
                    let name = category.label().to_lowercase();
                    changes.push(format!("{label}, {name}: {} instead of {}", entered(is), entered(was)));
                }
            }
        }
        let gone = self.markets.iter().filter(|row| find(now, &row.calling_code).is_none());
        changes.extend(gone.map(|row| format!("{}: removed", market_label(&row.calling_code))));
        changes
    }
}

/// All other markets come last.
fn order(row: &MarketPrices) -> (bool, &str) {
    (row.calling_code.is_empty(), &row.calling_code)
}

/// Why a calling code is none. An empty one stands for all other markets.
pub fn code_fault(code: &str) -> Option<String> {
    let fits = code.is_empty() || (is_digits(code) && code.len() <= CODE_LIMIT && !code.starts_with('0'));
    (!fits).then(|| "Enter the calling code in digits, such as 49 for Germany.".to_owned())
}

fn said(currency: &str) -> &str {
    if currency.is_empty() { "none" } else { currency }
}

fn entered(price: Option<Amount>) -> String {
    price.map_or_else(|| "no price".to_owned(), Amount::decimal)
}

#[cfg(test)]
#[path = "prices_tests.rs"]
mod tests;
