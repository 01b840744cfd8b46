//! Whether an answer matches a question, and the value that is stored.
//!
//! Answers are free-form, so everything that can be understood without guessing is accepted. Dates are parsed in
//! `day.rs`. To add a kind of answer: a variant of [`Expect`], its arm in [`read`], its texts in `check/fields.rs`.

use regex::{Regex, RegexBuilder};

use super::{choose::option, day, definition::Expect, limits, run::Facts};
use crate::text::{self, clip};

/// An accepted answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParsedAnswer {
    pub value: String,
    /// Index of the chosen option.
    pub option: Option<usize>,
}

/// The longest answer that is parsed, in bytes; longer than any real number, date or address.
const LONGEST: usize = 16 * 1024;

/// Parses `text` as what the question expects; `None` if it does not match. `payload` is the id of a tapped button or
/// row.
pub(super) fn read(expect: &Expect, text: &str, payload: Option<&str>, facts: &Facts) -> Option<ParsedAnswer> {
    let plain = plain(expect, text);
    let text = plain.trim();
    if let Expect::Choice { options } = expect {
        let at = option(options, text, payload, &facts.customer_language)?;
        return Some(ParsedAnswer { value: options.get(at)?.title.trim().to_owned(), option: Some(at) });
    }
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let value = match expect {
        Expect::Text => Some(clip(text, limits::VALUE)),
        Expect::Number { min, max } => number(text).filter(|written| in_range(written, *min, *max)),
        Expect::Email => email(text),
        Expect::Phone => phone(text),
        Expect::Date => day::read(text, facts),
        Expect::Pattern { pattern, .. } => {
            if text.chars().count() > limits::PATTERN_ANSWER {
                return None;
            }
            let regex = anchored(pattern).ok()?;
            let ascii = plain_hyphens(&text::ascii_digits(text));
            // The pattern itself may have been written with other digits or hyphens.
            (regex.is_match(&ascii) || ascii != text && regex.is_match(text)).then_some(ascii)
        }
        Expect::Choice { .. } => None,
    }?;
    Some(ParsedAnswer { value, option: None })
}

/// Removes invisible characters, which copied numbers and addresses are wrapped in, and what makes a key of a figure. A
/// free text keeps both and the joiners, which Persian and emoji need.
fn plain(expect: &Expect, text: &str) -> String {
    let is_free = matches!(expect, Expect::Text);
    let is_left_out = |c: char| match c {
        '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}' => !is_free,
        c => text::is_invisible(c),
    };
    text.chars().filter(|c| !is_left_out(*c)).collect()
}

/// Replaces digits of other scripts, and the separators used with them, by ASCII.
pub(super) fn plain_digits(text: &str) -> String {
    let plain = |c: char| match c {
        '٫' => '.',
        '٬' | '’' => '\'',
        '\u{2013}' => '-',
        '＋' => '+',
        c => c,
    };
    plain_hyphens(&text::ascii_digits(text)).chars().map(plain).collect()
}

/// Replaces the hyphens that copied numbers hold, such as the one at which no line breaks, and the minus sign.
fn plain_hyphens(text: &str) -> String {
    text.replace(['\u{2010}', '\u{2011}', '\u{2012}', '\u{2212}', '\u{ff0d}'], "-")
}

/// A number in common notations, normalised to a decimal point and no other separators: `1.234,50 €` becomes `1234.50`.
///
/// If both points and commas occur, the last one is the decimal separator. A separator of one kind is decimal too,
/// unless it occurs more than once or before exactly three digits, as thousands are written (`1.000`, but `0.125`).
fn number(text: &str) -> Option<String> {
    let text = plain_digits(text);
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '€' | '$' | '£' | '¥' | '₹' | '%'));
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let digits: String = digits.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
    let (whole, fraction) = match decimal_sign(&digits) {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits.as_str(), ""),
    };
    if !well_grouped(whole) || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    if (whole.is_empty() && fraction.is_empty()) || whole.len() > 18 || fraction.len() > 18 {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// Position of the decimal separator.
fn decimal_sign(digits: &str) -> Option<usize> {
    let last = digits.rfind(['.', ','])?;
    let sign = digits[last..].chars().next()?;
    let others = digits[..last].contains(['.', ',']);
    if others {
        // `1,234.5` has one, `1.234.567` has none.
        return (!digits[..last].contains(sign)).then_some(last);
    }
    let after = digits.len() - last - 1;
    let is_thousands = after == 3 && (1..=3).contains(&last) && !digits.starts_with('0');
    (!is_thousands).then_some(last)
}

/// Whether the text is only digits, or groups of three after the first group, with the same separator throughout.
fn well_grouped(whole: &str) -> bool {
    let Some(sign) = whole.chars().find(|c| !c.is_ascii_digit()) else { return true };
    if !matches!(sign, '.' | ',') {
        return false;
    }
    let mut groups = whole.split(sign);
    let first = groups.next().unwrap_or_default();
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    (1..=3).contains(&first.len()) && digits(first) && groups.all(|group| group.len() == 3 && digits(group))
}

fn in_range(written: &str, min: Option<f64>, max: Option<f64>) -> bool {
    written.parse::<f64>().is_ok_and(|value| min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max))
}

/// The only email address in the text. Its domain is lowercased.
fn email(text: &str) -> Option<String> {
    let around =
        |c: char| matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\'' | ',' | ';' | ':' | '!' | '?' | '.');
    let mut found = text.split_whitespace().filter(|word| word.contains('@'));
    let address = found.next()?.trim_matches(around);
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    let (local, domain) = address.split_once('@').filter(|_| found.next().is_none())?;
    let domain = domain.to_lowercase();
    let good_local = (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-.".contains(c));
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    let good_domain = domain.contains('.')
        && domain.split('.').all(label)
        && last.chars().count() >= 2
        && !last.chars().all(|c| c.is_ascii_digit());
    (good_local && good_domain && address.len() <= 254).then(|| format!("{local}@{domain}"))
}

/// Seven to fifteen digits, as in international numbers. A leading `00` becomes `+`.
fn phone(text: &str) -> Option<String> {
    let text = plain_digits(text);
    let text = text.trim();
    let has_plus = text.starts_with('+');
    let rest = text.strip_prefix('+').unwrap_or(text);
    if !rest.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '(' | ')' | '-' | '.' | '/')) {
        return None;
    }
    // `+49 (0)151`: the zero in brackets is for domestic calls only.
    let rest = if has_plus { rest.replace("(0)", "") } else { rest.to_owned() };
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let (plus, digits) = match digits.strip_prefix("00") {
        Some(abroad) if !has_plus => ("+", abroad),
        _ => (if has_plus { "+" } else { "" }, digits.as_str()),
    };
    (7..=15).contains(&digits.len()).then(|| format!("{plus}{digits}"))
}

/// The pattern, anchored to match a whole answer.
///
/// # Errors
/// A sentence for the admin: the pattern is too long, too large, or not a regular expression.
pub(super) fn anchored(pattern: &str) -> Result<Regex, String> {
    if pattern.chars().count() > limits::PATTERN {
        return Err(format!("A pattern can have up to {} characters. Shorten it.", limits::PATTERN));
    }
    let built = |pattern: &str| {
        RegexBuilder::new(pattern)
            .size_limit(limits::PATTERN_COMPILED)
            .dfa_size_limit(limits::PATTERN_COMPILED)
            .nest_limit(50)
            .build()
    };
    let told = |error: regex::Error| match error {
        regex::Error::CompiledTooBig(_) => "The pattern is too large. Use smaller repeat counts.".to_owned(),
        _ => "This isn't a valid regular expression. Check brackets and escapes.".to_owned(),
    };
    // Compile it alone first: inside the anchoring group an unbalanced bracket could become valid.
    built(pattern).map_err(told)?;
    built(&format!(r"\A(?:{pattern})\z")).map_err(told)
}

#[cfg(test)]
#[path = "marks_tests.rs"]
mod marks_tests;
#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
