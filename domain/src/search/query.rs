//! Reads what was typed into the search field: words, numbers, quoted phrases, and operators such as `agent:ana`.

use std::mem;

use jiff::{ToSpan, civil::Date};

use super::{
    QUERY_LIMIT,
    number::{self, DigitRun},
    pieces::{Piece, pieces},
    tokens::{Token, token_of_number, tokens_of},
};
use crate::{desk::Status, text};

/// A search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All of them must be found, in any order.
    pub terms: Vec<Term>,
    pub status: Option<Status>,
    pub agent: Option<AgentName>,
    /// The name or the digits of one of the tenant's numbers.
    pub number: Option<String>,
    /// `None`: everywhere.
    pub place: Option<SearchPlace>,
    /// The first day.
    pub from: Option<Date>,
    /// The day after the last one.
    pub to: Option<Date>,
}

/// What a query looks for alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchPlace {
    Messages,
    Notes,
}

/// A person whom a query names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentName {
    /// The viewer.
    Me,
    /// The beginning of a name.
    Name(String),
}

/// A part of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A word, or several that stand one after the other: a quoted phrase, or words with punctuation between them. The
    /// last one may go on.
    Words(Vec<Piece>),
    /// Digits that may be a number: one of `forms`, or else all of `words`.
    Number { forms: Vec<String>, words: Vec<Vec<Piece>> },
}

impl Term {
    /// The tokens of a hit: all tokens of one of the lists.
    pub fn alternatives(&self) -> Vec<Vec<Token>> {
        match self {
            Self::Words(wanted) => tokens_of(wanted),
            Self::Number { forms, words } => {
                let mut all: Vec<Vec<Token>> = forms.iter().map(|form| vec![token_of_number(form)]).collect();
                // Digits have one spelling.
                let mut tokens: Vec<Token> = words.iter().flat_map(|wanted| tokens_of(wanted).concat()).collect();
                tokens.sort();
                tokens.dedup();
                if !tokens.is_empty() {
                    all.push(tokens);
                }
                all
            }
        }
    }
}

/// Why nothing can be searched, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error("“{0}” has no letters or digits to search for. Type a name, a number or a word.")]
    Nothing(String),
    #[error("“{0}” is not a status. Use {known}.", known = statuses())]
    Status(String),
    #[error("“in:{0}” looks nowhere. Use in:notes or in:messages.")]
    Place(String),
    #[error("“{operator}:{value}” is not a date. Write it like 2026-11-22, or use today or yesterday.")]
    Day { operator: &'static str, value: String },
    #[error("Type what to search for after “{0}:”, without a space.")]
    Value(&'static str),
    #[error("The dates exclude each other: “after:” must be a day before “before:”.")]
    Range,
}

/// The names of statuses that are shown and accepted, with those of the list's groups.
const STATUSES: [(&str, Status); 11] = [
    ("mine", Status::Mine),
    ("reply-now", Status::ReplyNow),
    ("unassigned", Status::Unassigned),
    ("customers-turn", Status::CustomersTurn),
    ("snoozed", Status::Snoozed),
    ("others", Status::Others),
    ("bot", Status::Bot),
    ("closed", Status::Closed),
    // As addresses name them.
    ("waiting", Status::Unassigned),
    ("team", Status::Others),
    ("unclaimed", Status::Unassigned),
];

fn statuses() -> String {
    let shown: Vec<&str> = STATUSES[..8].iter().map(|(name, _)| *name).collect();
    format!("{} or {}", shown[..7].join(", "), shown[7])
}

/// An operator of the query language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Status,
    Agent,
    Number,
    In,
    After,
    Before,
    On,
}

impl Operator {
    const ALL: [Self; 7] = [Self::Status, Self::Agent, Self::Number, Self::In, Self::After, Self::Before, Self::On];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Agent => "agent",
            Self::Number => "number",
            Self::In => "in",
            Self::After => "after",
            Self::Before => "before",
            Self::On => "on",
        }
    }
}

/// A part of the typed text.
#[derive(Debug)]
enum Chunk {
    Plain(String),
    Quoted(String),
    Operator(Operator, String),
}

/// Reads a query. `today` is the viewer's day.
///
/// # Errors
/// A sentence that says what is wrong and what to do.
pub fn parse(typed: &str, today: Date) -> Result<Query, QueryError> {
    let typed = text::clip(typed.trim(), QUERY_LIMIT);
    let mut query = Query::default();
    let mut plain: Vec<String> = Vec::new();
    let mut has_operator = false;
    for chunk in chunks(&typed) {
        match chunk {
            Chunk::Plain(words) => plain.push(words),
            Chunk::Quoted(words) => {
                query.terms.append(&mut terms(&mem::take(&mut plain)));
                query.terms.extend(phrase(&words));
            }
            Chunk::Operator(operator, value) => {
                has_operator = true;
                apply(&mut query, operator, &value, today)?;
            }
        }
    }
    query.terms.extend(terms(&plain));
    if query.terms.is_empty() && !has_operator {
        return Err(QueryError::Nothing(typed));
    }
    if query.from.zip(query.to).is_some_and(|(from, to)| from >= to) {
        return Err(QueryError::Range);
    }
    Ok(query)
}

fn apply(query: &mut Query, operator: Operator, value: &str, today: Date) -> Result<(), QueryError> {
    let value = value.trim();
    if value.is_empty() {
        return Err(QueryError::Value(operator.as_str()));
    }
    match operator {
        Operator::Status => {
            let name = value.to_lowercase().replace([' ', '_'], "-").replace(['\'', '’'], "");
            let known = STATUSES.iter().find(|(known, _)| *known == name);
            query.status = Some(known.ok_or_else(|| QueryError::Status(value.to_owned()))?.1);
        }
        Operator::Agent => {
            query.agent =
                Some(if value.eq_ignore_ascii_case("me") { AgentName::Me } else { AgentName::Name(value.to_owned()) });
        }
        Operator::Number => query.number = Some(value.to_owned()),
        Operator::In => {
            query.place = Some(match value.to_lowercase().as_str() {
                "messages" | "message" => SearchPlace::Messages,
                "notes" | "note" => SearchPlace::Notes,
                _ => return Err(QueryError::Place(value.to_owned())),
            });
        }
        Operator::After | Operator::Before | Operator::On => {
            let unreadable = || QueryError::Day { operator: operator.as_str(), value: value.to_owned() };
            let (first, next) = days(value, today).ok_or_else(unreadable)?;
            if operator != Operator::Before {
                query.from = Some(query.from.map_or(first, |from| from.max(first)));
            }
            let end = if operator == Operator::Before { Some(first) } else { None };
            let end = if operator == Operator::On { Some(next) } else { end };
            if let Some(end) = end {
                query.to = Some(query.to.map_or(end, |to| to.min(end)));
            }
        }
    }
    Ok(())
}

/// The first day that `value` names, and the day after its last: a day, a month (`2026-11`), a year, `today` or
/// `yesterday`.
fn days(value: &str, today: Date) -> Option<(Date, Date)> {
    let value: String = value.chars().map(|c| text::digit(c).unwrap_or(c)).collect();
    let day = |first: Date| Some((first, first.checked_add(1.day()).ok()?));
    match value.to_lowercase().as_str() {
        "today" => return day(today),
        "yesterday" => return day(today.checked_sub(1.day()).ok()?),
        _ => {}
    }
    let parts: Vec<&str> = value.split('-').collect();
    let is_number = |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|c| c.is_ascii_digit());
    if !parts.iter().all(is_number) || parts[0].len() != 4 {
        return None;
    }
    let at = |nth: usize| parts.get(nth).and_then(|part| part.parse::<i8>().ok());
    let year: i16 = parts[0].parse().ok()?;
    match parts.len() {
        1 => {
            let first = Date::new(year, 1, 1).ok()?;
            Some((first, first.checked_add(1.year()).ok()?))
        }
        2 => {
            let first = Date::new(year, at(1)?, 1).ok()?;
            Some((first, first.checked_add(1.month()).ok()?))
        }
        3 => day(Date::new(year, at(1)?, at(2)?).ok()?),
        _ => None,
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

/// Splits the text at spaces outside of quotation marks.
fn chunks(typed: &str) -> Vec<Chunk> {
    let mut found = Vec::new();
    let mut rest = typed.trim_start();
    while let Some(first) = rest.chars().next() {
        if is_quote(first) {
            let (quoted, after) = quoted(&rest[first.len_utf8()..]);
            found.push(Chunk::Quoted(quoted.to_owned()));
            rest = after.trim_start();
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let operator = word.split_once(':').and_then(|(name, value)| {
            let known = Operator::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(name))?;
            Some((known, value))
        });
        let Some((operator, value)) = operator else {
            found.push(Chunk::Plain(word.to_owned()));
            rest = after.trim_start();
            continue;
        };
        let opening = after.chars().next().filter(|c| value.is_empty() && is_quote(*c));
        let (value, after) = match opening {
            Some(opening) => quoted(&after[opening.len_utf8()..]),
            None => (value, after),
        };
        found.push(Chunk::Operator(operator, value.to_owned()));
        rest = after.trim_start();
    }
    found
}

/// What stands before the closing quotation mark, and what follows it. One that is still missing is added.
fn quoted(rest: &str) -> (&str, &str) {
    match rest.char_indices().find(|(_, c)| is_quote(*c)) {
        Some((at, mark)) => (&rest[..at], &rest[at + mark.len_utf8()..]),
        None => (rest, ""),
    }
}

fn phrase(words: &str) -> Option<Term> {
    let wanted = pieces(words);
    (!wanted.is_empty()).then_some(Term::Words(wanted))
}

/// The terms of words that are not quoted. Digits that follow each other are one number.
fn terms(words: &[String]) -> Vec<Term> {
    let mut found = Vec::new();
    let mut digits: Vec<&str> = Vec::new();
    for word in words {
        let bare = dialled(word);
        if is_number_part(bare) {
            digits.push(bare);
        } else {
            found.extend(number_terms(&mem::take(&mut digits)));
            found.extend(phrase(word));
        }
    }
    found.extend(number_terms(&digits));
    found
}

/// The number of a link that dials it.
fn dialled(word: &str) -> &str {
    let lower = word.to_ascii_lowercase();
    let schemes = ["tel:", "sms:", "whatsapp:", "https://wa.me/", "http://wa.me/", "wa.me/"];
    let scheme = schemes.into_iter().find(|scheme| lower.starts_with(scheme));
    scheme.map_or(word, |scheme| &word[scheme.len()..])
}

/// Whether a word consists of what numbers are written with.
fn is_number_part(word: &str) -> bool {
    let is_digit = |c: char| !pieces(c.encode_utf8(&mut [0; 4])).iter().any(|piece| !piece.chars[0].is_ascii_digit());
    let fits = |c: char| c.is_ascii_digit() || c == '+' || c == '＋' || number::is_separator(c);
    !word.is_empty()
        && word.chars().all(|c| fits(c) || c.is_numeric() && is_digit(c) || text::is_decoration(c))
        && word.chars().any(|c| !text::is_decoration(c))
}

/// One number, or its groups as words if it is too short for one.
fn number_terms(groups: &[&str]) -> Vec<Term> {
    let typed = groups.join(" ");
    let mut runs = number::runs(&typed);
    let words: Vec<Vec<Piece>> = groups.iter().map(|group| pieces(group)).filter(|wanted| !wanted.is_empty()).collect();
    let whole: Option<DigitRun> = if runs.len() == 1 { runs.pop() } else { None };
    match whole.map(|run| number::forms(&run)).filter(|forms| !forms.is_empty()) {
        Some(forms) => vec![Term::Number { forms, words }],
        None => words.into_iter().map(Term::Words).collect(),
    }
}
