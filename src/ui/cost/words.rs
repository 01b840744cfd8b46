//! Costs in words.

use crate::{
    domain::report::cost::CostSum,
    ui::number::{NOTHING, grouped},
};

/// `3 without a price`: what is not in the amount.
pub fn unpriced_words(sum: &CostSum) -> String {
    format!("{} without a price", grouped(sum.unpriced()))
}

/// `€0.12`, of so many. Nothing without prices, or if some are missing.
pub fn average(sum: &CostSum, n: i64, currency: Option<&str>) -> String {
    let average = currency.and_then(|currency| Some(sum.average(n)?.price(currency)));
    average.unwrap_or_else(|| NOTHING.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::prices::Amount;

    #[test]
    fn a_cost_says_what_is_not_in_it() {
        let some = CostSum { billed: 1_005, priced: 5, amount: Amount(250_000), ..CostSum::default() };
        assert_eq!(unpriced_words(&some), "1,000 without a price");
    }

    #[test]
    fn an_average_is_of_what_is_known() {
        let sum = CostSum { billed: 5, priced: 5, amount: Amount(250_000), ..CostSum::default() };
        assert_eq!(average(&sum, 4, Some("EUR")), "€0.0625");
        for (n, currency, billed) in [(0, Some("EUR"), 5), (4, None, 5), (4, Some("EUR"), 6)] {
            assert_eq!(average(&CostSum { billed, ..sum }, n, currency), NOTHING);
        }
    }
}
