use super::*;

fn row(code: &str, utility: Option<i64>, service: Option<i64>) -> MarketPrices {
    MarketPrices {
        calling_code: code.to_owned(),
        utility: utility.map(Amount),
        service: service.map(Amount),
        ..MarketPrices::default()
    }
}

fn list(markets: Vec<MarketPrices>) -> PriceList {
    PriceList { currency: "EUR".to_owned(), markets }
}

#[test]
fn the_row_with_the_longest_code_decides() {
    let prices = list(vec![row("1", Some(10), None), row("1809", Some(20), None), row("", Some(30), None)]);
    let utility = |market| prices.price(market, PriceCategory::Utility);
    assert_eq!(utility(Some("1")), Some(Amount(10)));
    assert_eq!(utility(Some("1809")), Some(Amount(20)));
    assert_eq!((utility(Some("49")), utility(None)), (Some(Amount(30)), Some(Amount(30))));
    // Without a row for the others, their price is not known.
    let prices = list(vec![row("49", Some(10), None)]);
    assert_eq!(prices.price(Some("33"), PriceCategory::Utility), None);
    assert_eq!(prices.price(None, PriceCategory::Utility), None);
}

#[test]
fn a_message_without_a_template_costs_as_a_utility_message_unless_its_price_was_entered() {
    let prices = list(vec![row("49", Some(50), None), row("33", Some(50), Some(0)), row("39", None, None)]);
    let service = |market| prices.price(Some(market), PriceCategory::Service);
    assert_eq!((service("49"), service("33"), service("39")), (Some(Amount(50)), Some(Amount(0)), None));
    assert_eq!(prices.price(Some("49"), PriceCategory::Marketing), None);
}

#[test]
fn metas_words_have_a_category() {
    for (word, category) in [
        ("marketing", Some(PriceCategory::Marketing)),
        ("marketing_lite", Some(PriceCategory::Marketing)),
        ("utility", Some(PriceCategory::Utility)),
        ("authentication-international", Some(PriceCategory::Authentication)),
        ("service", Some(PriceCategory::Service)),
        ("referral_conversion", None),
        ("", None),
    ] {
        assert_eq!(PriceCategory::of(word), category, "{word}");
    }
}

#[test]
fn a_list_is_stored_sorted_and_without_empty_rows() {
    let typed = PriceList {
        currency: " eur ".to_owned(),
        markets: vec![row("", Some(1), None), row("49", Some(2), None), row("33", None, None), row("1", Some(3), None)],
    };
    let stored = typed.normalized();
    assert_eq!(stored.currency, "EUR");
    assert_eq!(stored.markets.iter().map(|row| row.calling_code.as_str()).collect::<Vec<_>>(), ["1", "49", ""]);
    assert!(!stored.is_empty() && PriceList::default().is_empty() && list(vec![row("49", None, None)]).is_empty());
}

#[test]
fn what_cannot_be_saved_is_said() {
    let fault = |list: PriceList| list.fault().unwrap_or_default();
    assert_eq!(PriceList::default().fault(), None);
    assert_eq!(list(vec![row("49", Some(1), None), row("", Some(1), None)]).fault(), None);
    for currency in ["", "EU", "eur", "EURO", "E1R"] {
        let list = PriceList { currency: currency.to_owned(), ..list(vec![row("49", Some(1), None)]) };
        assert!(fault(list).contains("three letters"), "{currency}");
    }
    for code in ["0049", "+49", "49 ", "12345678", "DE"] {
        assert!(fault(list(vec![row(code, Some(1), None)])).contains("calling code"), "{code}");
    }
    let twice = list(vec![row("49", Some(1), None), row("49", Some(2), None)]);
    assert_eq!(fault(twice), "+49 (DE) is listed twice.");
    for price in [-1, Amount::HIGHEST_PRICE.0 + 1] {
        assert_eq!(fault(list(vec![row("", Some(price), None)])), "A price of Other countries is too high.");
    }
    let many = (1..=MOST_MARKETS + 1).map(|code| row(&code.to_string(), Some(1), None)).collect();
    assert!(fault(list(many)).contains("300"));
}

#[test]
fn whoever_edits_meanwhile_reads_what_changed() {
    let before = list(vec![row("49", Some(50_000), None), row("33", Some(1), None)]);
    let after = PriceList {
        currency: "USD".to_owned(),
        markets: vec![row("49", Some(60_000), Some(10_000)), row("", Some(1), None)],
    };
    assert_eq!(
        before.changes(&after),
        [
            "Currency: USD instead of EUR",
            "+49 (DE), utility: 0.06 instead of 0.05",
            "+49 (DE), service: 0.01 instead of no price",
            "Other countries: added",
            "+33 (FR): removed",
        ]
    );
    assert!(before.changes(&before).is_empty());
}

#[test]
fn a_list_keeps_its_json() {
    let json = r#"{"currency":"EUR","markets":[{"calling_code":"49","marketing":null,"utility":50000,"authentication":null,"service":null}]}"#;
    let expected = list(vec![row("49", Some(50_000), None)]);
    assert_eq!(serde_json::to_string(&expected).expect("JSON"), json);
    assert_eq!(
        serde_json::from_str::<PriceList>(r#"{"currency":"EUR","markets":[{"calling_code":"49","utility":50000}]}"#)
            .expect("a list"),
        expected
    );
}

#[test]
fn a_price_without_a_market_is_a_range() {
    let one = list(vec![row("1", Some(50_000), None), row("49", Some(50_000), None)]);
    let range = one.range(PriceCategory::Utility).expect("a price");
    assert_eq!(range, Amount(50_000).price("EUR"));
    let several =
        list(vec![row("1", Some(90_000), None), row("49", Some(50_000), None), row("33", Some(70_000), None)]);
    let (low, high) = (Amount(50_000).price("EUR"), Amount(90_000).price("EUR"));
    assert_eq!(several.range(PriceCategory::Utility), Some(format!("{low} to {high}")));
    assert_eq!(several.range(PriceCategory::Marketing), None);
}

#[test]
fn a_list_has_a_most_markets() {
    let many = |count: usize| list((0..count).map(|nth| row(&(1_000 + nth).to_string(), Some(1), None)).collect());
    let told = |count: usize| many(count).fault().is_some_and(|fault| fault.contains("up to"));
    assert!(!told(MOST_MARKETS) && told(MOST_MARKETS + 1));
}
