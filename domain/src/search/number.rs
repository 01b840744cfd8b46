//! Phone numbers as people write and dial them: with trunk zero, with `00`, with `(0)`, and in the spellings of
//! countries whose mobile numbers have a digit that WhatsApp writes or leaves out.

use std::collections::BTreeSet;

use crate::{
    phone_number::{country_length, spellings},
    text,
};

/// The fewest digits that are searched as a part of a number.
pub const FEWEST: usize = 4;
/// The fewest digits that count as a number within a text.
const FEWEST_IN_TEXT: usize = 7;
/// Stands before the digits of a number that is written in a text without its country. A number that is typed with its
/// country may be found there, but not another customer with the same number in another country.
const NATIONAL: char = 'n';
/// Most digits of a number with everything that can be dialled before it.
const MOST: usize = 20;
/// Most digits of an international number (E.164).
const MOST_INTERNATIONAL: usize = 15;
/// Brackets and a space may stand together between two groups of digits.
const MOST_SEPARATORS: usize = 3;

/// What is dialled before an international number, longest first, and the fewest digits for which it is believed.
const INTERNATIONAL_PREFIXES: [(&str, usize); 5] = [("0011", 12), ("011", 11), ("010", 13), ("810", 13), ("00", 6)];

/// Digits of a text that may be one phone number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigitRun {
    pub digits: String,
    /// For each digit, its byte offset in the text.
    pub origin: Vec<usize>,
    /// The positions in `digits` at which a group begins.
    pub groups: Vec<usize>,
    /// It begins with a plus sign.
    pub has_plus: bool,
    /// The position of the zero in `(0)`.
    pub trunk: Option<usize>,
}

impl DigitRun {
    /// The digits without the zero of `(0)`, which is not dialled after a country code.
    fn dialled(&self) -> String {
        self.digits.chars().enumerate().filter(|(at, _)| Some(*at) != self.trunk).map(|(_, c)| c).collect()
    }

    /// The international number that is dialled by these digits of it.
    fn international(&self, dialled: &str) -> Option<String> {
        if self.has_plus {
            return Some(dialled.to_owned());
        }
        let believed = |(prefix, fewest): &(&str, usize)| dialled.len() >= *fewest && dialled.starts_with(prefix);
        let (prefix, _) = INTERNATIONAL_PREFIXES.iter().find(|known| believed(known))?;
        Some(dialled[prefix.len()..].to_owned())
    }
}

/// Whether a character may stand between the digits of a number.
pub fn is_separator(c: char) -> bool {
    c == ' ' || matches!(c, '-' | '.' | '/' | '(' | ')' | '\u{a0}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{202f}')
}

/// The runs of digits in a text.
pub fn runs(text: &str) -> Vec<DigitRun> {
    let mut found = Vec::new();
    if !text::may_have_digits(text) {
        return found;
    }
    let mut run = DigitRun::default();
    let (mut separators, mut plus, mut before) = (0, false, ['\0'; 2]);
    for (at, c) in text.char_indices() {
        // Marks of direction are copied along with numbers.
        if text::is_mark(c) {
            continue;
        }
        let digit = text::any_digit(c);
        if let Some(digit) = digit {
            if run.digits.is_empty() {
                run.has_plus = plus;
            }
            if run.digits.is_empty() || separators > 0 {
                run.groups.push(run.digits.len());
            }
            run.digits.push(digit);
            run.origin.push(at);
            separators = 0;
        } else if is_separator(c) && separators < MOST_SEPARATORS {
            if c == ')' && before == ['(', '0'] && run.digits.len() > 1 {
                run.trunk.get_or_insert(run.digits.len() - 1);
            }
            separators += usize::from(!run.digits.is_empty());
        } else {
            end(&mut run, &mut found);
            separators = 0;
        }
        plus = matches!(c, '+' | '＋') || (plus && (is_separator(c)));
        before = [before[1], digit.unwrap_or(c)];
    }
    end(&mut run, &mut found);
    found
}

fn end(run: &mut DigitRun, found: &mut Vec<DigitRun>) {
    let done = std::mem::take(run);
    if !done.digits.is_empty() {
        found.push(done);
    }
}

/// The length of the country code of an international number.
fn code_length(digits: &str) -> Option<usize> {
    (digits.len() >= 5 && !digits.starts_with('0')).then(|| country_length(digits))
}

/// What is dialled for an international number within its country, for each of its spellings.
fn national(digits: &str) -> Vec<String> {
    let Some(length) = code_length(digits).filter(|length| digits.len() > length + 3) else { return Vec::new() };
    let (code, number) = digits.split_at(length);
    let mut dialled = vec![number.to_owned()];
    match code {
        "1" | "39" => {}
        "7" => dialled.push(format!("8{number}")),
        "36" => dialled.push(format!("06{number}")),
        "52" if number.len() == 10 => {
            dialled.extend(["0", "01", "044", "045"].map(|prefix| format!("{prefix}{number}")));
        }
        "54" if number.len() == 10 => {
            dialled.push(format!("0{number}"));
            // Area codes have two to four digits.
            dialled.extend([2, 3, 4].map(|area| format!("0{}15{}", &number[..area], &number[area..])));
        }
        _ => dialled.push(format!("0{number}")),
    }
    dialled
}

/// Calls `found` with everything that an international number is searched by: every end of every way to dial it, so that
/// a prefix of one is any part of the number. One may come several times.
pub fn each_end(digits: &str, mut found: impl FnMut(&str)) {
    let is_international = digits.len() <= MOST_INTERNATIONAL;
    let spelled = if is_international { spellings(digits) } else { vec![digits.to_owned()] };
    for spelling in spelled {
        let dialled = if is_international { national(&spelling) } else { Vec::new() };
        for number in std::iter::once(spelling).chain(dialled) {
            (0..number.len().saturating_sub(FEWEST - 1)).for_each(|at| found(&number[at..]));
        }
    }
}

/// Calls `found` with what the numbers within a text are searched by. One may come several times.
pub fn each_end_in_text(text: &str, mut found: impl FnMut(&str)) {
    for run in runs(text) {
        if run.digits.len() < FEWEST_IN_TEXT {
            continue;
        }
        // From each group on: other figures may stand before the number, and a prefix ignores those behind it.
        for start in &run.groups {
            let number: String = run.digits[*start..].chars().take(MOST).collect();
            if number.len() >= FEWEST_IN_TEXT {
                if !run.has_plus {
                    found(&format!("{NATIONAL}{number}"));
                }
                found(&number);
            }
        }
        let dialled = run.dialled();
        if let Some(digits) = run.international(&dialled) {
            each_end(&digits.chars().take(MOST_INTERNATIONAL).collect::<String>(), &mut found);
        }
    }
}

/// The digits of a form without what is dialled before a number.
pub fn bare(form: &str) -> &str {
    form.trim_start_matches([NATIONAL, '0'])
}

/// The forms in which a typed number may be found: each is the beginning of what [`each_end`] finds of it.
pub fn forms(run: &DigitRun) -> Vec<String> {
    let dialled = run.dialled();
    let mut all = vec![dialled.clone()];
    if run.trunk.is_some() {
        all.push(run.digits.clone());
    }
    let mut found: Vec<String> = run.international(&dialled).into_iter().collect();
    // `0011` is also `00` before a number that begins with 11.
    found.extend(dialled.strip_prefix("00").filter(|rest| rest.len() >= FEWEST).map(str::to_owned));
    for digits in found {
        let length = code_length(&digits);
        all.push(digits.clone());
        let Some((code, number)) = length.map(|length| digits.split_at(length)) else { continue };
        // `+49 0151`: the trunk zero is not part of the number, except in Italy.
        let number = if code == "39" { number } else { number.trim_start_matches('0') };
        for spelling in spellings(&format!("{code}{number}")) {
            all.extend(national(&spelling).iter().map(|dialled| format!("{NATIONAL}{dialled}")));
            all.push(spelling);
        }
    }
    // In Brazil a carrier is dialled between the trunk zero and the area code.
    if dialled.starts_with('0') && matches!(dialled.len(), 13 | 14) {
        all.push(dialled[3..].to_owned());
    }
    let mut kept = BTreeSet::new();
    all.retain(|form| (FEWEST..=MOST + 1).contains(&form.len()) && kept.insert(form.clone()));
    all
}
