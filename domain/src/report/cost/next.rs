//! What the next message of a conversation will cost, as far as that can be known before it is sent.

use serde::{Deserialize, Serialize};

use super::{Charge, FREE_PER_MONTH, FreePart};
use crate::{
    number::grouped,
    prices::{Amount, PriceCategory, PriceList},
    pricing::Pricing,
    time::{Span, Timestamp},
};

/// How long messages are free after a click on an ad or a page.
pub const ENTRY_POINT: Span = Span::hours(72);

/// The price of the next message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextPrice {
    /// The customer came from an ad or a page.
    EntryPoint,
    /// So many free messages are left.
    FreePart {
        left: i64,
    },
    Billed {
        price: Amount,
        currency: String,
    },
    /// It is charged, and the price list does not say how much.
    Unknown,
}

impl NextPrice {
    /// The price of a message without a template. `newest` is what WhatsApp said last about a message of the
    /// conversation, and when.
    pub fn of(
        free: FreePart,
        newest: Option<&(Timestamp, Pricing)>,
        market: Option<&str>,
        prices: &PriceList,
        now: Timestamp,
    ) -> Self {
        let is_entry_point = |(at, pricing): &(Timestamp, Pricing)| {
            Charge::of(pricing) == Charge::EntryPoint && now.since(*at) < ENTRY_POINT
        };
        if newest.is_some_and(is_entry_point) {
            return Self::EntryPoint;
        }
        if free.left() > 0 {
            return Self::FreePart { left: free.left() };
        }
        match prices.price(market, PriceCategory::Service) {
            Some(price) => Self::Billed { price, currency: prices.currency.clone() },
            None => Self::Unknown,
        }
    }

    pub fn words(&self) -> String {
        match self {
            Self::EntryPoint => "Free: the customer came from an ad".to_owned(),
            Self::FreePart { left } => {
                format!("Free: {} of {} left this month", grouped(left), grouped(FREE_PER_MONTH))
            }
            Self::Billed { price: Amount(0), .. } => "Free".to_owned(),
            Self::Billed { price, currency } => format!("About {}", price.price(currency)),
            Self::Unknown => "Charged by WhatsApp".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prices::MarketPrices;

    const NOW: Timestamp = Timestamp(1_000_000_000_000);

    fn said(kind: &str, ago: Span) -> (Timestamp, Pricing) {
        (NOW.minus(ago), Pricing::read(Some("PMP"), Some("service"), Some(kind), None).expect("a price"))
    }

    fn words(used: i64, newest: Option<(Timestamp, Pricing)>, utility: Option<i64>) -> String {
        let row =
            MarketPrices { calling_code: "49".to_owned(), utility: utility.map(Amount), ..MarketPrices::default() };
        let prices = PriceList { currency: "EUR".to_owned(), markets: vec![row] };
        NextPrice::of(FreePart::new(used), newest.as_ref(), Some("49"), &prices, NOW).words()
    }

    #[test]
    fn the_free_part_comes_first_and_then_the_price() {
        assert_eq!(words(588, None, Some(35_000)), "Free: 412 of 1,000 left this month");
        assert_eq!(words(0, None, None), "Free: 1,000 of 1,000 left this month");
        assert_eq!(words(999, None, None), "Free: 1 of 1,000 left this month");
        assert_eq!(words(1_000, None, Some(35_000)), "About €0.035");
        assert_eq!(words(5_000, None, Some(0)), "Free");
        assert_eq!(words(1_000, None, None), "Charged by WhatsApp");
    }

    #[test]
    fn customers_who_came_from_an_ad_cost_nothing_for_three_days() {
        let entry = |ago| Some(said("free_entry_point", ago));
        assert_eq!(words(1_000, entry(Span::hours(71)), Some(1)), "Free: the customer came from an ad");
        assert_eq!(words(1_000, entry(Span::hours(72)), Some(35_000)), "About €0.035");
        // A message that was charged since tells that the time is over.
        assert_eq!(words(1_000, Some(said("regular", Span::hours(1))), Some(35_000)), "About €0.035");
    }
}
