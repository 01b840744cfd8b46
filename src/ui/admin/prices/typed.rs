//! The price list as it is typed, and the reading of it.

use crate::domain::{
    market::market_label,
    prices::{Amount, MarketPrices, PriceCategory, PriceList, code_fault},
};

/// The id of the row of all countries that are not listed. It is always there, and the last one.
pub const OTHERS: u32 = 0;

/// A row of the form. The id is the key of its row and not part of the value.
#[derive(Clone, Debug)]
pub struct TypedMarket {
    pub id: u32,
    pub code: String,
    /// In the order of [`PriceCategory::ALL`].
    pub prices: [String; 4],
}

impl PartialEq for TypedMarket {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code && self.prices == other.prices
    }
}

/// What cannot be read, where it stands.
pub type PriceFaults = Vec<(PricePlace, String)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PricePlace {
    Currency,
    Row(u32),
}

#[derive(Clone, Debug)]
pub struct TypedPrices {
    pub currency: String,
    pub rows: Vec<TypedMarket>,
    /// The next free id.
    next: u32,
}

impl PartialEq for TypedPrices {
    fn eq(&self, other: &Self) -> bool {
        self.currency == other.currency && self.rows == other.rows
    }
}

impl TypedPrices {
    pub fn of(list: &PriceList) -> Self {
        let (others, listed): (Vec<_>, Vec<_>) = list.markets.iter().partition(|row| row.calling_code.is_empty());
        let mut typed = Self { currency: list.currency.clone(), rows: Vec::new(), next: OTHERS + 1 };
        for row in listed {
            let id = typed.add();
            if let Some(added) = typed.row_mut(id) {
                added.code.clone_from(&row.calling_code);
                added.prices = prices(row);
            }
        }
        let others = others.first().map_or_else(Default::default, |row| prices(row));
        typed.rows.push(TypedMarket { id: OTHERS, code: String::new(), prices: others });
        typed
    }

    /// Adds an empty row before that of the others, and returns its id.
    pub fn add(&mut self) -> u32 {
        let id = self.next;
        self.next += 1;
        let at = self.rows.iter().position(|row| row.id == OTHERS).unwrap_or(self.rows.len());
        self.rows.insert(at, TypedMarket { id, code: String::new(), prices: Default::default() });
        id
    }

    pub fn row_mut(&mut self, id: u32) -> Option<&mut TypedMarket> {
        self.rows.iter_mut().find(|row| row.id == id)
    }

    /// The list, or all that cannot be read.
    pub fn read(&self) -> Result<PriceList, PriceFaults> {
        let mut faults = PriceFaults::new();
        let mut markets: Vec<MarketPrices> = Vec::new();
        for row in &self.rows {
            match row.read() {
                Ok(Some(market)) if markets.iter().any(|known| known.calling_code == market.calling_code) => {
                    let detail = format!("{} is listed twice.", market_label(&market.calling_code));
                    faults.push((PricePlace::Row(row.id), detail));
                }
                Ok(Some(market)) => markets.push(market),
                Ok(None) => {}
                Err(detail) => faults.push((PricePlace::Row(row.id), detail)),
            }
        }
        let list = PriceList { currency: self.currency.clone(), markets }.normalized();
        if faults.is_empty() {
            faults.extend(list.fault().map(|detail| (PricePlace::Currency, detail)));
        }
        if faults.is_empty() { Ok(list) } else { Err(faults) }
    }
}

impl TypedMarket {
    /// The calling code as it is stored: without the plus and spaces that people write.
    pub fn calling_code(&self) -> String {
        self.code.trim().trim_start_matches('+').chars().filter(|c| !c.is_whitespace()).collect()
    }

    /// `None` without a price.
    fn read(&self) -> Result<Option<MarketPrices>, String> {
        let calling_code = self.calling_code();
        if let Some(detail) = code_fault(&calling_code) {
            return Err(detail);
        }
        if self.prices.iter().all(|price| price.trim().is_empty()) {
            return Ok(None);
        }
        if calling_code.is_empty() && self.id != OTHERS {
            return Err("Enter the calling code of these prices.".to_owned());
        }
        let [marketing, utility, authentication, service] = &self.prices;
        Ok(Some(MarketPrices {
            calling_code,
            marketing: price(marketing)?,
            utility: price(utility)?,
            authentication: price(authentication)?,
            service: price(service)?,
        }))
    }
}

fn prices(row: &MarketPrices) -> [String; 4] {
    PriceCategory::ALL.map(|category| row.entered(category).map(Amount::decimal).unwrap_or_default())
}

fn price(typed: &str) -> Result<Option<Amount>, String> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let price = Amount::parse(typed).ok_or_else(|| "Enter prices such as 0.0113.".to_owned())?;
    if price > Amount::HIGHEST_PRICE {
        return Err("This price is too high.".to_owned());
    }
    Ok(Some(price))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> PriceList {
        let row = |code: &str, utility| MarketPrices {
            calling_code: code.to_owned(),
            utility: Some(Amount(utility)),
            ..MarketPrices::default()
        };
        PriceList { currency: "EUR".to_owned(), markets: vec![row("33", 11_300), row("49", 50_000), row("", 20_000)] }
    }

    #[test]
    fn prices_survive_the_form() {
        let typed = TypedPrices::of(&list());
        assert_eq!(typed.read(), Ok(list()));
        assert_eq!(typed.rows.iter().map(|row| row.prices[1].as_str()).collect::<Vec<_>>(), ["0.0113", "0.05", "0.02"]);
        let empty = TypedPrices::of(&PriceList::default());
        assert_eq!((empty.read(), empty.rows.len()), (Ok(PriceList::default()), 1));
    }

    #[test]
    fn a_row_is_added_before_the_others_and_is_no_change_until_it_has_a_price() {
        let mut typed = TypedPrices::of(&list());
        let (first, second) = (typed.add(), typed.add());
        assert_eq!(typed.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2, first, second, OTHERS]);
        assert_eq!(typed.read(), Ok(list()), "rows without a price are not stored");
        let row = typed.row_mut(first).expect("the row");
        row.code = " +1 809 ".to_owned();
        row.prices[0] = "0,5".to_owned();
        let read = typed.read().expect("prices");
        assert_eq!(read.markets[0].calling_code, "1809");
        assert_eq!(read.markets[0].marketing, Some(Amount(500_000)));
    }

    #[test]
    fn each_fault_stands_at_its_row() {
        let mut typed = TypedPrices::of(&list());
        for (code, price, detail) in [
            ("049", "1", "Enter the calling code in digits, such as 49 for Germany."),
            ("", "1", "Enter the calling code of these prices."),
            ("39", "a lot", "Enter prices such as 0.0113."),
            ("39", "999999999", "This price is too high."),
            ("49", "1", "+49 (DE) is listed twice."),
        ] {
            let id = typed.add();
            let row = typed.row_mut(id).expect("the row");
            row.code = code.to_owned();
            row.prices[3] = price.to_owned();
            assert_eq!(typed.read(), Err(vec![(PricePlace::Row(id), detail.to_owned())]));
            typed.rows.retain(|row| row.id != id);
        }
        typed.currency = "EURO".to_owned();
        let faults = typed.read().expect_err("no currency");
        assert_eq!(faults[0].0, PricePlace::Currency);
    }
}
