//! Amounts of money: typed, added up, and in words.

use serde::{Deserialize, Serialize};

use crate::number::grouped;

/// An amount in millionths of a currency's unit: prices of messages have four decimals and more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(pub i64);

/// Millionths of a unit.
const UNIT: i64 = 1_000_000;
/// The most decimals that a typed amount has.
const DECIMALS: usize = 6;

impl Amount {
    /// The highest price of one message, in a currency with small units.
    pub const HIGHEST_PRICE: Self = Self(100_000 * UNIT);

    /// Reads `0.0113` or `0,0113`. `None` if it is not such a number.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let (whole, part) = typed.split_once(['.', ',']).unwrap_or((typed, ""));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let has_digits = !(whole.is_empty() && part.is_empty());
        if !has_digits || whole.len() > 9 || part.len() > DECIMALS || !is_number(whole) || !is_number(part) {
            return None;
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let part: i64 = format!("{part:0<DECIMALS$}").parse().ok()?;
        Some(Self(whole * UNIT + part))
    }

    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    #[must_use]
    pub const fn times(self, count: i64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// A part of so many equal ones, rounded. `None` of none.
    pub const fn divided(self, count: i64) -> Option<Self> {
        if count > 0 { Some(Self(self.0.saturating_add(count / 2) / count)) } else { None }
    }

    /// `0.0113`, `0.50`: all decimals that are not zero, at least two.
    pub fn decimal(self) -> String {
        let part = format!("{:06}", self.0.abs() % UNIT);
        let part = part.trim_end_matches('0');
        format!("{}{}.{part:0<2}", if self.0 < 0 { "-" } else { "" }, self.0.abs() / UNIT)
    }

    /// A price of one message: `€0.0113`.
    pub fn price(self, currency: &str) -> String {
        format!("{}{}", symbol(currency), self.decimal())
    }

    /// A sum: `€1,012.35`. Less than a cent is said exactly.
    pub fn sum(self, currency: &str) -> String {
        const CENT: i64 = UNIT / 100;
        if self.0 != 0 && self.0.abs() < CENT {
            return self.price(currency);
        }
        let cents = (self.0.saturating_add(CENT / 2)).div_euclid(CENT);
        format!("{}{}.{:02}", symbol(currency), grouped(cents / 100), cents % 100)
    }
}

/// What stands before an amount: the currency's sign, or its code and a no-break space.
fn symbol(currency: &str) -> String {
    match currency {
        "EUR" => "€".to_owned(),
        "USD" => "$".to_owned(),
        "GBP" => "£".to_owned(),
        "INR" => "₹".to_owned(),
        code => format!("{code}\u{a0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_amount_has_a_point_or_a_comma() {
        for (typed, millionths) in
            [("0.0113", 11_300), ("0,05", 50_000), (" 1 ", UNIT), (".5", 500_000), ("3.", 3_000_000), ("0", 0)]
        {
            assert_eq!(Amount::parse(typed), Some(Amount(millionths)), "{typed}");
        }
        for typed in ["", ".", "-1", "1e3", "1.2.3", "0.1234567", "1 000", "€1", "9999999999", "١"] {
            assert_eq!(Amount::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn what_was_typed_is_shown_again() {
        for typed in ["0.0113", "0.50", "12.00", "0.000001"] {
            assert_eq!(Amount::parse(typed).expect("an amount").decimal(), typed);
        }
        assert_eq!(Amount(-1_250_000).decimal(), "-1.25");
    }

    #[test]
    fn a_price_has_all_its_decimals_and_a_sum_has_two() {
        let amount = Amount(35_000);
        assert_eq!((amount.price("EUR"), amount.sum("EUR")), ("€0.035".to_owned(), "€0.04".to_owned()));
        assert_eq!(Amount(12_344_999).sum("USD"), "$12.34");
        assert_eq!(Amount(1_234_567 * UNIT).sum("EUR"), "€1,234,567.00");
        assert_eq!(Amount(12_345_000).sum("CHF"), "CHF\u{a0}12.35");
        assert_eq!((Amount(0).sum("GBP"), Amount(4_000).sum("INR")), ("£0.00".to_owned(), "₹0.004".to_owned()));
    }

    #[test]
    fn amounts_are_added_multiplied_and_divided() {
        assert_eq!(Amount(5).plus(Amount(7)).times(3), Amount(36));
        assert_eq!((Amount(10).divided(4), Amount(10).divided(0)), (Some(Amount(3)), None));
        assert_eq!(Amount(i64::MAX).plus(Amount(1)).times(2), Amount(i64::MAX));
    }
}
