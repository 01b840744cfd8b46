//! Compares a query with a text, and says where in the original text the hits are.

use super::{
    Mark, Query, Term, number,
    pieces::{Piece, Script, pieces},
    spelling::{WordEnd, end_of_match},
};
use crate::text;

/// Where a query's terms stand in a text; `None` unless all of them do.
pub fn find(query: &Query, text: &str) -> Option<Vec<Mark>> {
    let split = pieces(text);
    let mut marks = Vec::new();
    for term in &query.terms {
        let here = hits(term, text, &split);
        if here.is_empty() {
            return None;
        }
        marks.extend(here);
    }
    Some(joined(marks))
}

/// Where any of a query's terms stand in a text.
pub fn marks(query: &Query, text: &str) -> Vec<Mark> {
    let split = pieces(text);
    joined(query.terms.iter().flat_map(|term| hits(term, text, &split)).collect())
}

/// Whether every term of a query stands in a customer's name or username, or is a part of the number. `phone` is the
/// number's digits.
pub fn is_customer_hit(query: &Query, name: &str, username: Option<&str>, phone: Option<&str>) -> bool {
    let texts: Vec<(&str, Vec<Piece>)> =
        [Some(name), username].into_iter().flatten().map(|text| (text, pieces(text))).collect();
    query.terms.iter().all(|term| {
        phone.is_some_and(|digits| is_number_hit(term, digits))
            || texts.iter().any(|(text, pieces)| !hits(term, text, pieces).is_empty())
    })
}

/// Sorts marks and joins those that overlap or touch.
fn joined(mut marks: Vec<Mark>) -> Vec<Mark> {
    marks.sort();
    let mut joined: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks {
        match joined.last_mut().filter(|last| mark.start <= last.end) {
            Some(last) => last.end = last.end.max(mark.end),
            None => joined.push(mark),
        }
    }
    joined
}

fn hits(term: &Term, text: &str, pieces: &[Piece]) -> Vec<Mark> {
    match term {
        Term::Words(wanted) => places(wanted, text, pieces),
        Term::Number { forms, words } => {
            let marks = numbers(forms, text);
            if !marks.is_empty() {
                return marks;
            }
            let words: Vec<Vec<Mark>> = words.iter().map(|wanted| places(wanted, text, pieces)).collect();
            if words.iter().any(Vec::is_empty) { Vec::new() } else { words.concat() }
        }
    }
}

/// Where `wanted` stands in a text, one piece directly after the other.
fn places(wanted: &[Piece], text: &str, pieces: &[Piece]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let Some(last) = wanted.len().checked_sub(1) else { return marks };
    let end = |at: usize| if at == last { WordEnd::Open } else { WordEnd::Closed };
    for window in pieces.windows(wanted.len()) {
        let rest = window.iter().zip(wanted).enumerate().skip(1);
        let ends: Option<Vec<usize>> =
            rest.map(|(at, (piece, wanted))| end_within(piece, 0, wanted, end(at))).collect();
        let Some(ends) = ends else { continue };
        for start in starts(&window[0]) {
            let Some(first) = end_within(&window[0], start, &wanted[0], end(0)) else { continue };
            let end = ends.last().copied().unwrap_or(first);
            marks.push(Mark { start: window[0].origin[start], end: end_of(text, window[last].origin[end - 1]) });
        }
    }
    marks
}

/// Where a search may begin within a piece of a text.
fn starts(piece: &Piece) -> Vec<usize> {
    match piece.script {
        Script::Spaced => piece.starts.clone(),
        Script::Unspaced => (0..piece.chars.len()).collect(),
    }
}

fn end_within(piece: &Piece, start: usize, wanted: &Piece, end: WordEnd) -> Option<usize> {
    (piece.script == wanted.script).then(|| end_of_match(piece, start, wanted, end)).flatten()
}

/// The end of the character at `start`, with the marks that belong to it.
fn end_of(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let mut chars = rest.char_indices();
    chars.next();
    let end = chars.find(|(_, c)| !text::is_mark(*c)).map_or(rest.len(), |(at, _)| at);
    start + end
}

/// Where one of `forms` stands among the numbers of a text.
fn numbers(forms: &[String], text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    for run in number::runs(text).iter().filter(|run| run.digits.len() >= number::FEWEST) {
        if !matches(forms, run) {
            continue;
        }
        // The form may be dialled with a prefix that the text does not have: then its end is what both share.
        let shared = forms.iter().find_map(|form| shared_part(form, run));
        let (first, last) = shared.unwrap_or((0, run.digits.len()));
        marks.push(Mark { start: run.origin[first], end: end_of(text, run.origin[last - 1]) });
    }
    marks
}

/// Whether a number is found by one of `forms`.
fn matches(forms: &[String], run: &number::DigitRun) -> bool {
    let written = if run.has_plus { format!("+{}", run.digits) } else { run.digits.clone() };
    let mut is_found = false;
    number::each_end_in_text(&written, |end| is_found |= forms.iter().any(|form| end.starts_with(form)));
    is_found
}

/// The part of a run that a form names.
fn shared_part(form: &str, run: &number::DigitRun) -> Option<(usize, usize)> {
    [form, number::bare(form)].into_iter().filter(|form| form.len() >= number::FEWEST).find_map(|form| {
        let at = run.digits.find(form)?;
        Some((at, at + form.len()))
    })
}

/// Whether a customer's number is found by a term of the query.
pub fn is_number_hit(term: &Term, digits: &str) -> bool {
    let Term::Number { forms, .. } = term else { return false };
    let mut is_found = false;
    number::each_end(digits, |end| is_found |= forms.iter().any(|form| end.starts_with(form)));
    is_found
}

/// The hits in a customer's number as it is shown, such as `+49 151 2345678`. A number that is found in another
/// spelling is marked as a whole.
pub fn number_marks(query: &Query, shown: &str) -> Vec<Mark> {
    let Some(run) = number::runs(shown).into_iter().next() else { return Vec::new() };
    let mark = |term: &Term| {
        let Term::Number { forms, .. } = term else { return None };
        is_number_hit(term, &run.digits).then_some(())?;
        let (first, last) = forms.iter().find_map(|form| shared_part(form, &run)).unwrap_or((0, run.digits.len()));
        Some(Mark { start: run.origin[first], end: end_of(shown, run.origin[last - 1]) })
    };
    joined(query.terms.iter().filter_map(mark).collect())
}
