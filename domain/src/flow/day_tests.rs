use super::*;
use crate::time::{Span, Timestamp};

/// Monday, 23 November 2026, 23:30 UTC.
fn facts(language: &str) -> Facts {
    Facts { now: Timestamp(1_795_476_600_000), customer_language: language.into(), ..Facts::default() }
}

fn check(language: &str, table: &[(&str, Option<&str>)]) {
    for (text, expected) in table {
        assert_eq!(read(text, &facts(language)).as_deref(), *expected, "{text:?}");
    }
}

#[test]
fn a_numeric_date_is_day_first_unless_only_the_other_order_is_a_date() {
    let table = [
        ("05/12/2026", Some("2026-12-05")),
        ("05/13/2026", Some("2026-05-13")),
        ("13/05/2026", Some("2026-05-13")),
        ("13/13/2026", None),
        ("5-12-26", Some("2026-12-05")),
        ("12/24", Some("2026-12-24")),
        ("24/12", Some("2026-12-24")),
        ("05/12", Some("2026-12-05")),
    ];
    check("de", &table);
    check("en_GB", &table);
}

#[test]
fn an_american_date_with_slashes_is_month_first() {
    let table = [
        ("05/12/2027", Some("2027-05-12")),
        ("12/05/2027", Some("2027-12-05")),
        ("12/12/2027", Some("2027-12-12")),
        ("13/05/2027", Some("2027-05-13")),
        ("05-12-2027", Some("2027-12-05")),
        ("05/12", Some("2027-05-12")),
    ];
    check("en_US", &table);
}

#[test]
fn the_year_comes_first_with_four_digits_or_last_with_two_or_four() {
    let table = [
        ("2026-1-2", Some("2026-01-02")),
        ("123-1-2", None),
        ("1.2.123", None),
        ("1.2.3", None),
        ("1.2.0026", Some("0026-02-01")),
        ("1.2.00", Some("2000-02-01")),
        ("1.2.99", Some("2099-02-01")),
        ("12345-1-2", None),
        ("1..2", None),
        ("23 11", None),
        ("23,11,2026", None),
        ("11", None),
    ];
    check("de", &table);
}

#[test]
fn a_date_without_a_year_is_the_next_one() {
    let table = [
        ("23.11.", Some("2026-11-23")),
        ("24.11.", Some("2026-11-24")),
        ("22.11.", Some("2027-11-22")),
        ("23 November", Some("2026-11-23")),
        ("22 November", Some("2027-11-22")),
        ("30.2.", None),
    ];
    check("de", &table);
}

#[test]
fn a_month_may_be_shortened_to_three_letters_that_name_only_one() {
    let table = [
        ("5 dec", Some("2026-12-05")),
        ("5 de", None),
        ("5 ma", None),
        ("5 ju", None),
        ("5 jun", Some("2027-06-05")),
        ("the 5th of December", Some("2026-12-05")),
        ("1st December", Some("2026-12-01")),
        ("2nd December", Some("2026-12-02")),
        ("3rd December", Some("2026-12-03")),
        ("1o dezembro", Some("2026-12-01")),
        ("5 December 2030", Some("2030-12-05")),
        ("5 December 30", Some("2030-12-05")),
        ("5x December", None),
        ("5 December 2030th", None),
        ("2030 December 5", None),
        ("5 December 203", None),
        ("5 December 2030 2031", None),
        ("March April 5", None),
        ("5 6 March", None),
        ("5 12 March", None),
        ("5 March 12", Some("2012-03-05")),
        ("March 5 12", Some("2012-03-05")),
        ("December", None),
        ("5", None),
    ];
    check("en", &table);
}

#[test]
fn each_language_names_today_tomorrow_and_yesterday() {
    for (words, expected) in [(TODAY, "2026-11-23"), (TOMORROW, "2026-11-24"), (YESTERDAY, "2026-11-22")] {
        for word in words {
            assert_eq!(read(word, &facts("")).as_deref(), Some(expected), "{word}");
        }
    }
    assert_eq!(read("day after tomorrow", &facts("")), None);
}

#[test]
fn local_time_is_shown_to_the_minute() {
    let there = Facts { offset: Span::minutes(65), ..facts("") };
    let local = local_time(&there).expect("a local time");
    assert_eq!((day_of(local), minute_of(local)), ("2026-11-24".into(), "2026-11-24 00:35".into()));
    let beyond = Facts { now: Timestamp(i64::MAX), ..facts("") };
    assert_eq!((local_time(&beyond), read("today", &beyond)), (None, None));
}

#[test]
fn a_date_is_written_in_digits_alone() {
    check("de", &[("1.+5", None), ("+1.5", None), ("1.5.+26", None), ("1.12345", None)]);
}
