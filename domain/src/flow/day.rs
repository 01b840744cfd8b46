//! Parses dates in common notations and stores them as `2026-11-23`.
//!
//! - `2026-11-23`, also with points or slashes.
//! - `23.11.2026`, `23/11/2026`, `23-11-26`: day first. If the second number cannot be a month, the month is first
//!   (`11/23/2026`). If both could be, the day is first, except with slashes from a customer whose WhatsApp language is
//!   American English (`en_US`).
//! - `23.11.`, `23/11`: the next such date, including today.
//! - `23 November 2026`, `Nov 23`, in English, German, Spanish, Portuguese, French and Italian.
//! - today, tomorrow and yesterday in the same languages.
//!
//! Two-digit years are in the current century.

use jiff::{
    ToSpan,
    civil::{Date, DateTime},
};

use super::{answer::plain_digits, run::Facts};
use crate::text::folded;

/// Parses `text` as a date: `2026-11-23`.
pub(super) fn read(text: &str, facts: &Facts) -> Option<String> {
    let today = today(facts)?;
    let plain = plain_digits(text);
    let date = relative_date(&plain, today)
        .or_else(|| numeric_date(&plain, today, facts))
        .or_else(|| date_with_month_name(&plain, today))?;
    (1..=9_999).contains(&date.year()).then(|| date.to_string())
}

/// The date at `facts.now` in the tenant's time zone.
fn today(facts: &Facts) -> Option<Date> {
    local_time(facts).map(DateTime::date)
}

/// The local date and time at `facts.now` in the tenant's time zone.
pub(super) fn local_time(facts: &Facts) -> Option<DateTime> {
    let local_time = facts.now.plus(facts.offset).millis();
    let at = jiff::Timestamp::from_millisecond(local_time).ok()?;
    Some(jiff::tz::Offset::UTC.to_datetime(at))
}

/// Formats a date for storage: `2026-11-23`.
pub(super) fn day_of(at: DateTime) -> String {
    at.date().to_string()
}

/// Formats a local time to the minute: `2026-11-23 14:05`.
pub(super) fn minute_of(at: DateTime) -> String {
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

const TODAY: [&str; 6] = ["today", "heute", "hoy", "hoje", "aujourdhui", "oggi"];
const TOMORROW: [&str; 6] = ["tomorrow", "morgen", "manana", "amanha", "demain", "domani"];
const YESTERDAY: [&str; 6] = ["yesterday", "gestern", "ayer", "ontem", "hier", "ieri"];

fn relative_date(text: &str, today: Date) -> Option<Date> {
    let word = folded(text);
    let among = |words: &[&str]| words.contains(&word.as_str());
    match () {
        () if among(&TODAY) => Some(today),
        () if among(&TOMORROW) => today.checked_add(1.day()).ok(),
        () if among(&YESTERDAY) => today.checked_sub(1.day()).ok(),
        () => None,
    }
}

fn numeric_date(text: &str, today: Date, facts: &Facts) -> Option<Date> {
    let text = text.trim().trim_end_matches('.');
    let sign = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(sign, '-' | '.' | '/' | ' ') {
        return None;
    }
    let parts: Vec<&str> = text.split(sign).map(str::trim).collect();
    let digits = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(digits) {
        return None;
    }
    let number = |part: &str| part.parse::<i16>().ok();
    let month_first = |first: i16, second: i16| {
        second > 12 || (first <= 12 && sign == '/' && facts.customer_language.replace('-', "_") == "en_US")
    };
    match parts[..] {
        [year, month, day] if year.len() == 4 => date(number(year)?, number(month)?, number(day)?),
        [first, second, year] if year.len() == 4 || year.len() == 2 => {
            let (first, second, year) = (number(first)?, number(second)?, in_century(year)?);
            if month_first(first, second) { date(year, first, second) } else { date(year, second, first) }
        }
        [first, second] if sign != ' ' => {
            let (first, second) = (number(first)?, number(second)?);
            let (month, day) = if month_first(first, second) { (first, second) } else { (second, first) };
            next(today, month, day)
        }
        _ => None,
    }
}

fn in_century(year: &str) -> Option<i16> {
    let number = year.parse::<i16>().ok()?;
    Some(if year.len() == 2 { 2_000 + number } else { number })
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The next such date, including today; 29 February may be years away.
fn next(today: Date, month: i16, day: i16) -> Option<Date> {
    (0..=8).filter_map(|years| date(today.year().checked_add(years)?, month, day)).find(|date| *date >= today)
}

/// Month names in six languages, folded. Prefixes of at least three letters match too.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "janner", "enero", "janeiro", "janvier", "gennaio"],
    &["february", "februar", "febrero", "fevereiro", "fevrier", "febbraio"],
    &["march", "marz", "mrz", "marzo", "marco", "mars"],
    &["april", "abril", "avril", "aprile"],
    &["may", "mai", "mayo", "maio", "maggio"],
    &["june", "juni", "junio", "junho", "juin", "giugno"],
    &["july", "juli", "julio", "julho", "juillet", "luglio"],
    &["august", "agosto", "aout"],
    &["september", "septiembre", "setembro", "septembre", "settembre"],
    &["october", "oktober", "octubre", "outubro", "octobre", "ottobre"],
    &["november", "noviembre", "novembro", "novembre"],
    &["december", "dezember", "diciembre", "dezembro", "decembre", "dicembre"],
];
/// Words that may occur between the numbers: `23 de noviembre`, `the 23rd of November`.
const BETWEEN: [&str; 6] = ["de", "del", "of", "the", "den", "le"];

fn date_with_month_name(text: &str, today: Date) -> Option<Date> {
    let words = folded(text);
    let (mut month, mut day, mut year) = (None, None, None);
    for word in words.split(' ').filter(|word| !BETWEEN.contains(word)) {
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        let tail = &word[digits.len()..];
        match digits.len() {
            0 if month.is_none() => month = Some(month_of(word)?),
            1 | 2 if day.is_none() && matches!(tail, "" | "st" | "nd" | "rd" | "th" | "er" | "o") => {
                day = digits.parse().ok()
            }
            // Before the month, two digits are another day: `5 12 March`.
            2 if month.is_none() => return None,
            2 | 4 if day.is_some() && year.is_none() && tail.is_empty() => year = Some(in_century(&digits)?),
            _ => return None,
        }
    }
    match year {
        Some(year) => date(year, month?, day?),
        None => next(today, month?, day?),
    }
}

/// The only month that the word matches.
fn month_of(word: &str) -> Option<i16> {
    let begins = |names: &&[&str]| word.len() >= 3 && names.iter().any(|name| name.starts_with(word));
    let mut fitting = (1_i16..).zip(MONTHS).filter(|(_, names)| begins(names)).map(|(month, _)| month);
    fitting.next().filter(|_| fitting.next().is_none())
}

#[cfg(test)]
#[path = "day_tests.rs"]
mod tests;
