use super::*;
use crate::flow::definition::Choice;
use crate::time::{Span, Timestamp};

/// Monday, 23 November 2026, 23:30 UTC; in Berlin it is already Tuesday.
fn facts(language: &str) -> Facts {
    Facts { now: Timestamp(1_795_476_600_000), customer_language: language.into(), ..Facts::default() }
}

fn taken(expect: &Expect, text: &str) -> Option<String> {
    read(expect, text, None, &facts("de")).map(|answer| answer.value)
}

fn check(expect: &Expect, table: &[(&str, Option<&str>)]) {
    for (text, expected) in table {
        assert_eq!(taken(expect, text).as_deref(), *expected, "{text:?}");
    }
}

#[test]
fn texts_are_taken_as_they_are_but_never_empty() {
    check(&Expect::Text, &[("  Ana  ", Some("Ana")), ("", None), (" \n ", None), ("👋", Some("👋"))]);
    assert_eq!(taken(&Expect::Text, &"é".repeat(5_000)).map(|text| text.chars().count()), Some(limits::VALUE));
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let table = [
        ("12", Some("12")),
        (" 12.5 ", Some("12.5")),
        ("12,50", Some("12.50")),
        ("1.234,56", Some("1234.56")),
        ("1,234.56", Some("1234.56")),
        ("1 234,5", Some("1234.5")),
        ("1'234.5", Some("1234.5")),
        ("1.000", Some("1000")),
        ("1,000", Some("1000")),
        ("1.234.567", Some("1234567")),
        ("1,234,567.8", Some("1234567.8")),
        ("0.125", Some("0.125")),
        ("1234.567", Some("1234.567")),
        (".5", Some("0.5")),
        ("-3", Some("-3")),
        ("−3", Some("-3")),
        ("+3", Some("3")),
        ("007", Some("7")),
        ("12 €", Some("12")),
        ("$ 12.00", Some("12.00")),
        ("٤٢", Some("42")),
        ("４２", Some("42")),
        ("५", Some("5")),
        ("1.23.4", None),
        ("1,23,456", None),
        ("12,34,5", None),
        ("twelve", None),
        ("12a", None),
        ("1e5", None),
        ("NaN", None),
        ("inf", None),
        ("--3", None),
        ("-", None),
        (".", None),
        ("9999999999999999999999", None),
    ];
    check(&Expect::Number { min: None, max: None }, &table);
    let small = Expect::Number { min: Some(1.0), max: Some(10.5) };
    check(&small, &[("1", Some("1")), ("10,5", Some("10.5")), ("0", None), ("10.6", None)]);
}

#[test]
fn addresses_are_found_in_the_words_around_them() {
    let table = [
        ("ana@example.com", Some("ana@example.com")),
        ("Ana.B+x@EXAMPLE.co.uk", Some("Ana.B+x@example.co.uk")),
        ("it is <ana@example.com>, thanks", Some("ana@example.com")),
        ("mailto:ana@example.com", Some("ana@example.com")),
        ("ana@bücher.example.", Some("ana@bücher.example")),
        ("ana@example", None),
        ("ana@@example.com", None),
        ("@example.com", None),
        ("ana@-x.com", None),
        ("ana@x..com", None),
        ("a..b@example.com", None),
        ("ana@1.2.3.4", None),
        ("a@x.com or b@x.com", None),
        ("ana at example.com", None),
    ];
    check(&Expect::Email, &table);
}

#[test]
fn phone_numbers_lose_their_separators() {
    let table = [
        ("+49 151 2345678", Some("+491512345678")),
        ("0049 151 2345678", Some("+491512345678")),
        ("+49 (0)151 2345678", Some("+491512345678")),
        ("(030) 123-4567", Some("0301234567")),
        ("030/123.4567", Some("0301234567")),
        ("+٤٩١٥١٢٣٤٥٦٧٨", Some("+491512345678")),
        ("12345", None),
        ("1234567890123456", None),
        ("call me", None),
        ("+49+151234567", None),
        ("0151-CALLNOW", None),
    ];
    check(&Expect::Phone, &table);
}

#[test]
fn days_are_read_in_common_spellings() {
    let table = [
        ("2026-11-23", Some("2026-11-23")),
        ("2026/1/5", Some("2026-01-05")),
        ("23.11.2026", Some("2026-11-23")),
        ("23. 11. 2026", Some("2026-11-23")),
        ("23/11/2026", Some("2026-11-23")),
        ("23-11-26", Some("2026-11-23")),
        ("23 11 2026", Some("2026-11-23")),
        ("11/23/2026", Some("2026-11-23")),
        ("03/04/2026", Some("2026-04-03")),
        ("23.11.", Some("2026-11-23")),
        ("22.11.", Some("2027-11-22")),
        ("11/24", Some("2026-11-24")),
        ("29.2.", Some("2028-02-29")),
        ("23 November 2026", Some("2026-11-23")),
        ("Nov 24", Some("2026-11-24")),
        ("November 24th, 2027", Some("2027-11-24")),
        ("24. Dezember", Some("2026-12-24")),
        ("5 de março de 2027", Some("2027-03-05")),
        ("1er août 2027", Some("2027-08-01")),
        ("Today", Some("2026-11-23")),
        ("morgen", Some("2026-11-24")),
        ("mañana!", Some("2026-11-24")),
        ("hier", Some("2026-11-22")),
        ("٢٣/١١/٢٠٢٦", Some("2026-11-23")),
        ("31.02.2026", None),
        ("13/13/2026", None),
        ("0.0.2026", None),
        ("23", None),
        ("23.11.2026.1", None),
        ("2026-11-23-", None),
        ("next week", None),
        ("15 mar", Some("2027-03-15")),
        ("15 jui", None),
        ("maybe 23", None),
        ("+1.+2.2026", None),
    ];
    check(&Expect::Date, &table);
}

#[test]
fn an_ambiguous_date_depends_on_the_customers_language() {
    let read = |text, language| read(&Expect::Date, text, None, &facts(language)).map(|answer| answer.value);
    assert_eq!(read("03/04/2027", "en_US").as_deref(), Some("2027-03-04"));
    assert_eq!(read("03/04/2027", "en-US").as_deref(), Some("2027-03-04"));
    assert_eq!(read("03/04/2027", "en_GB").as_deref(), Some("2027-04-03"));
    assert_eq!(read("03.04.2027", "en_US").as_deref(), Some("2027-04-03"));
}

#[test]
fn today_is_where_the_tenant_is() {
    let there = |offset| {
        let facts = Facts { offset, ..facts("") };
        read(&Expect::Date, "today", None, &facts).map(|answer| answer.value)
    };
    assert_eq!(there(Span::hours(1)).as_deref(), Some("2026-11-24"));
    assert_eq!(there(Span::hours(-5)).as_deref(), Some("2026-11-23"));
}

fn choice() -> Expect {
    let option = |id: &str, title: &str| Choice { id: id.into(), title: title.into(), ..Choice::default() };
    Expect::Choice {
        options: vec![
            option("status", "Order status"),
            option("return", "Return"),
            option("refund", "Refund"),
            option("2", "3"),
            option("fr", "Réclamation"),
        ],
    }
}

#[test]
fn a_choice_is_understood_by_tap_number_title_and_near_title() {
    let table = [
        ("anything", Some("refund"), Some(2)),
        ("Return", Some("old_button"), Some(1)),
        ("nonsense", Some("old_button"), None),
        ("1", None, Some(0)),
        ("2.", None, Some(1)),
        // A title that is a number takes precedence over an option's number.
        ("3", None, Some(3)),
        ("5)", None, Some(4)),
        ("6", None, None),
        ("0", None, None),
        ("order STATUS!", None, Some(0)),
        ("reclamation", None, Some(4)),
        ("my order status please", None, Some(0)),
        ("oder status", None, Some(0)),
        ("retrun", None, Some(1)),
        ("return or refund", None, None),
        ("", None, None),
        ("👍", None, None),
    ];
    for (text, payload, expected) in table {
        let found = read(&choice(), text, payload, &facts("")).and_then(|answer| answer.option);
        assert_eq!(found, expected, "{text:?} {payload:?}");
    }
}

#[test]
fn a_pattern_fits_the_whole_answer() {
    let pattern = |pattern: &str| Expect::Pattern { pattern: pattern.into(), example: String::new() };
    check(&pattern("[A-Z]{2}[0-9]{4}"), &[(" AB1234 ", Some("AB1234")), ("xAB1234", None), ("AB12345", None)]);
    check(&pattern("a|ab"), &[("ab", Some("ab")), ("abc", None)]);
    check(&pattern("^a$"), &[("a", Some("a")), ("a\nb", None)]);
    check(&pattern("(?x) a # b"), &[("a", None)]);
    check(&pattern("a)(b"), &[("ab", None)]);
    check(&pattern("("), &[("(", None)]);
    assert!(anchored("(a{1000}){1000}").is_err());
    assert!(anchored(&"a".repeat(limits::PATTERN + 1)).is_err());
    assert!(anchored(&"(".repeat(200)).is_err());
}

proptest::proptest! {
    #[test]
    fn any_answer_is_safe(text in "\\PC{0,30}", digits in "[0-9.,/: +'€@a-c-]{0,14}", pattern in "[a-z0-9()\\[\\]{}*+?|\\\\^$.,-]{0,16}", now in proptest::prelude::any::<i64>()) {
        let facts = Facts { now: Timestamp(now), ..Facts::default() };
        let expects = [
            Expect::Text, Expect::Number { min: None, max: None }, Expect::Email, Expect::Phone, Expect::Date, choice(),
            Expect::Pattern { pattern, example: String::new() },
        ];
        for expect in &expects {
            for text in [&text, &digits] {
                if let Some(answer) = read(expect, text, None, &facts) {
                    proptest::prop_assert!(!answer.value.trim().is_empty());
                    // Parsing a stored value again returns the same value.
                    if !matches!(expect, Expect::Choice { .. }) {
                        proptest::prop_assert_eq!(read(expect, &answer.value, None, &facts), Some(answer.clone()));
                    }
                }
            }
        }
    }
}

#[test]
fn a_number_is_decimal_or_grouped_by_its_separators() {
    let table = [
        ("12.345", Some("12345")),
        ("123.456", Some("123456")),
        ("1234.56", Some("1234.56")),
        ("12.34", Some("12.34")),
        ("12.3456", Some("12.3456")),
        (".125", Some("0.125")),
        ("5.", Some("5")),
        ("1.234.567,8", Some("1234567.8")),
        ("12,345,678", Some("12345678")),
        ("1234,567.8", None),
        (",234.5", None),
        ("1,2a4.5", None),
        ("1,234.5a", None),
        ("12a,345.6", None),
        ("1.234,5.6", None),
        ("1,2,3.4", None),
        (",", None),
        ("+", None),
        ("", None),
        ("-0,5 %", Some("-0.5")),
        ("£5", Some("5")),
        ("5 ¥", Some("5")),
        ("₹ 5", Some("5")),
        ("1’234", Some("1234")),
        ("1٬234٫5", Some("1234.5")),
        ("＋५", Some("5")),
        ("–3", Some("-3")),
        ("۴۲", Some("42")),
    ];
    check(&Expect::Number { min: None, max: None }, &table);
}

#[test]
fn a_number_has_at_most_eighteen_digits_on_each_side() {
    let any = Expect::Number { min: None, max: None };
    let digits = |count: usize| "7".repeat(count);
    assert_eq!(taken(&any, &digits(18)), Some(digits(18)));
    assert_eq!(taken(&any, &digits(19)), None);
    let fraction = |count: usize| format!("1234.{}", digits(count));
    assert_eq!(taken(&any, &fraction(18)), Some(fraction(18)));
    assert_eq!(taken(&any, &fraction(19)), None);
}

#[test]
fn a_range_includes_its_bounds() {
    let range = |min, max| Expect::Number { min, max };
    check(&range(Some(2.0), None), &[("2", Some("2")), ("1.9", None), ("99", Some("99"))]);
    check(&range(None, Some(2.0)), &[("2", Some("2")), ("2.1", None), ("-99", Some("-99"))]);
    check(&range(Some(-1.5), Some(-1.0)), &[("-1.5", Some("-1.5")), ("-1", Some("-1")), ("1", None), ("-2", None)]);
}

#[test]
fn an_answer_has_a_longest_length() {
    let long = |length: usize| "é".repeat(length / 2) + &"a".repeat(length % 2);
    assert_eq!(LONGEST, 16_384);
    assert!(taken(&Expect::Text, &long(LONGEST)).is_some());
    assert_eq!(taken(&Expect::Text, &long(LONGEST + 1)), None);
}

#[test]
fn the_parts_of_an_email_address_have_their_limits() {
    let at = |local: usize, domain: &str| {
        let address = format!("{}@{domain}", "a".repeat(local));
        taken(&Expect::Email, &address).map(|taken| taken == address)
    };
    assert_eq!((at(64, "x.com"), at(65, "x.com"), at(0, "x.com")), (Some(true), None, None));
    let label = |length: usize| "b".repeat(length);
    assert_eq!((at(1, &format!("{}.com", label(63))), at(1, &format!("{}.com", label(64)))), (Some(true), None));
    // 64 + 1 + 189 characters are the most.
    let domain = |last: usize| format!("{}.{}.{}.com", label(63), label(63), label(last));
    assert_eq!((at(64, &domain(57)), at(64, &domain(58))), (Some(true), None));
    let table = [
        ("ana.@example.com", None),
        ("a(b@example.com", None),
        ("ana@x-.com", None),
        ("ana@x_y.com", None),
        ("ana@example.c", None),
        ("ana@example.12", None),
        ("ana@example.a1", Some("ana@example.a1")),
        ("ana@-.com", None),
        ("o'neil@example.com", Some("o'neil@example.com")),
        ("write to ana@example.com!", Some("ana@example.com")),
    ];
    check(&Expect::Email, &table);
}

#[test]
fn a_phone_number_has_seven_to_fifteen_digits() {
    let digits = |count: usize| "1".repeat(count);
    for (count, accepted) in [(6, false), (7, true), (15, true), (16, false)] {
        assert_eq!(taken(&Expect::Phone, &digits(count)).is_some(), accepted, "{count}");
        assert_eq!(taken(&Expect::Phone, &format!("+{}", digits(count))).is_some(), accepted, "{count}");
        assert_eq!(taken(&Expect::Phone, &format!("00{}", digits(count))).is_some(), accepted, "{count}");
    }
    let table = [
        ("030 (0) 1234567", Some("03001234567")),
        ("+0049 151 234", Some("+0049151234")),
        ("030\t123/45.67-8", Some("03012345678")),
        ("030,1234567", None),
    ];
    check(&Expect::Phone, &table);
}

#[test]
fn the_typos_of_an_option_grow_with_its_title() {
    let options = |titles: &[&str]| Expect::Choice {
        options: titles.iter().map(|title| Choice { title: (*title).into(), ..Choice::default() }).collect(),
    };
    let chosen =
        |titles: &[&str], text: &str| read(&options(titles), text, None, &facts("")).and_then(|answer| answer.option);
    // title, answer, whether it is understood
    let table = [
        ("Rock", "rokc", false),
        ("Rock", "rocks", false),
        ("Blues", "bleus", true),
        ("Blues", "bluse", true),
        ("Blues", "blxxs", false),
        ("Shipment", "shipmant", true),
        ("Shipment", "shapmant", false),
        ("Complaint", "complant", true),
        ("Complaint", "komplant", true),
        ("Complaint", "komplent", false),
    ];
    for (title, text, understood) in table {
        assert_eq!(chosen(&[title], text), understood.then_some(0), "{title} as {text}");
    }
    // Two near titles, and a title without letters, match nothing.
    assert_eq!(chosen(&["Return", "Retury"], "retur"), None);
    assert_eq!(chosen(&["👍", "Return"], "please return it"), Some(1));
    assert_eq!(chosen(&["Return", "👍"], "something else"), None);
    // A number beyond the options is no answer, the last one is.
    assert_eq!(
        (chosen(&["A", "B"], "2"), chosen(&["A", "B"], "3"), chosen(&["A", "B"], "٢")),
        (Some(1), None, Some(1))
    );
    // The stored value is the title without spaces around it.
    let answer = read(&options(&[" Return "]), "return", None, &facts(""));
    assert_eq!(answer, Some(ParsedAnswer { value: "Return".into(), option: Some(0) }));
}

#[test]
fn a_pattern_is_refused_with_its_reason() {
    let reason = |pattern: &str| anchored(pattern).err().unwrap_or_default();
    assert_eq!(reason(&"a".repeat(limits::PATTERN)), "");
    assert_eq!(reason(&"ü".repeat(limits::PATTERN)), "");
    assert_eq!(reason(&"a".repeat(limits::PATTERN + 1)), "A pattern can have up to 500 characters. Shorten it.");
    assert_eq!(reason("(a{1000}){1000}"), "The pattern is too large. Use smaller repeat counts.");
    assert_eq!(reason("("), "This isn't a valid regular expression. Check brackets and escapes.");
}
