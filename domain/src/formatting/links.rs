//! Addresses in a text: of the web, of mail, and numbers of telephones.
//!
//! A link shows the whole address that it leads to. It ends before any character that would change its direction.

use std::ops::Range;

use crate::{direction::is_direction_control, text::digit};

/// Places of links in one line, in order, and where each leads: `http`, `https`, `mailto` or `tel`.
pub(super) fn find(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let mut before = None;
    // Before any space: digits that stand apart from others are groups of one number.
    let mut last_shown = None;
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let is_start = before.is_none_or(|before: char| !before.is_alphanumeric());
        let previous = before.replace(c);
        let continues = last_shown.is_some_and(|last| digit(last).is_some());
        if !c.is_whitespace() {
            last_shown = Some(c);
        }
        if at < from {
            continue;
        }
        let rest = &text[at..];
        let link = match c {
            'h' | 'H' | 'w' | 'W' if is_start => web(rest).map(|(length, href)| (at..at + length, href)),
            '@' => mail(text, from, at).map(|(range, address)| (range, format!("mailto:{address}"))),
            '+' if is_start => phone(rest, previous).map(|(length, href)| (at..at + length, href)),
            _ if is_start && !continues && (c == '(' || digit(c) == Some('0')) => {
                phone(rest, previous).map(|(length, href)| (at..at + length, href))
            }
            _ => None,
        };
        if let Some((range, href)) = link {
            from = range.end;
            found.push((range, href));
        }
    }
    found
}

/// Whether an address from outside may become a link: one of the web, without hidden characters.
pub fn is_web(address: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || c.is_control() || is_direction_control(c);
    scheme_length(address).is_some_and(|length| address.len() > length && !address.contains(ends))
}

fn scheme_length(text: &str) -> Option<usize> {
    ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
        .map(str::len)
}

/// The length of the web address at the beginning of `text`, and where it leads.
fn web(text: &str) -> Option<(usize, String)> {
    if let Some(scheme) = scheme_length(text) {
        let length = address_length(text);
        let is_host = text[scheme..length.max(scheme)].starts_with(|c: char| c.is_alphanumeric() || c == '[');
        return is_host.then(|| (length, text[..length].to_owned()));
    }
    let has_www = text.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www."));
    if !has_www {
        return None;
    }
    let length = address_length(text);
    let host = text[..length].split(['/', '?', '#', ':']).next().unwrap_or_default();
    let mut labels = host.split('.');
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let is_host = labels.clone().count() > 2 && labels.all(is_label);
    is_host.then(|| (length, format!("https://{}", &text[..length])))
}

/// The length of the address: to the next space or quote, without the punctuation that ends a sentence.
fn address_length(text: &str) -> usize {
    let ends = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || is_direction_control(c)
            || matches!(c, '<' | '>' | '"' | '“' | '”' | '«' | '»' | '`' | '\u{200b}' | '\u{2060}' | '\u{feff}')
    };
    let mut address = &text[..text.find(ends).unwrap_or(text.len())];
    let (mut opened, mut closed) = (address.matches('(').count(), address.matches(')').count());
    while let Some(last) = address.chars().next_back() {
        let is_balanced = last == ')' && opened >= closed;
        let is_punctuation = matches!(
            last,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | ')' | ']' | '*' | '_' | '~' | '。' | '、' | '؟' | '،'
        );
        if is_balanced || !is_punctuation {
            break;
        }
        closed -= usize::from(last == ')');
        opened -= usize::from(last == '(');
        address = &address[..address.len() - last.len_utf8()];
    }
    address.len()
}

/// The longest part of a mail address before the `@`.
const LOCAL_LIMIT: usize = 64;
/// The longest part after it.
const DOMAIN_LIMIT: usize = 253;

/// The mail address around the `@` at `at`, which begins at `from` at the earliest.
fn mail(text: &str, from: usize, at: usize) -> Option<(Range<usize>, &str)> {
    let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+');
    let head = &text.as_bytes()[from..at];
    let length = head.iter().rev().take(LOCAL_LIMIT + 1).take_while(|byte| is_local(byte)).count();
    let start = at - length;
    // What stands before the first letter may be a mark: `_ana@acme.test_`.
    let skipped = text[start..at].bytes().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
    let start = start + skipped;
    let before = text[..start].chars().next_back();
    let is_whole = !before.is_some_and(|c| c.is_alphanumeric() || c == '@');
    let is_domain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let tail = &text[at + 1..];
    let length = tail.bytes().take(DOMAIN_LIMIT + 1).take_while(is_domain).count();
    let domain = tail[..length].trim_end_matches(['.', '-']);
    let after = tail[domain.len()..].chars().next();
    let is_ended = !after.is_some_and(|c| c.is_alphanumeric() || c == '@');
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    let (host, top) = domain.rsplit_once('.')?;
    let is_top = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_local = (1..=LOCAL_LIMIT).contains(&(at - start)) && !text[start..at].ends_with('.');
    let end = at + 1 + domain.len();
    (is_whole && is_local && is_ended && is_top && host.split('.').all(is_label))
        .then(|| (start..end, &text[start..end]))
}

/// The most digits that are read as one number.
const PHONE_LIMIT: usize = 17;

/// The digits at the beginning of a text, as a number of a telephone is written.
#[derive(Default)]
struct WrittenNumber {
    /// ASCII.
    digits: String,
    /// The length of the text up to the last digit.
    length: usize,
    /// How many digits stand before the first separator.
    first_group: usize,
}

impl WrittenNumber {
    /// `None` if it is too long, or if it goes on as something else.
    fn read(text: &str) -> Option<Self> {
        let mut number = Self::default();
        let mut gap = 0;
        for (at, c) in text.char_indices().skip_while(|(_, c)| matches!(c, '+' | '(')) {
            if let Some(digit) = digit(c) {
                number.digits.push(digit);
                number.length = at + c.len_utf8();
                gap = 0;
                if number.digits.len() > PHONE_LIMIT {
                    return None;
                }
                continue;
            }
            if number.first_group == 0 {
                number.first_group = number.digits.len();
            }
            gap += 1;
            let is_separator = matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2011}' | '.' | '/' | '(' | ')');
            if !is_separator || gap > 2 {
                break;
            }
        }
        if number.first_group == 0 {
            number.first_group = number.digits.len();
        }
        let goes_on =
            text[number.length..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '@' | '%' | '€' | '$'));
        (!number.digits.is_empty() && !goes_on).then_some(number)
    }
}

/// The length of the telephone number at the beginning of `text`, and where it leads. A number without `+` or `00`
/// needs an area code that stands apart, so that order numbers and dates stay text.
fn phone(text: &str, before: Option<char>) -> Option<(usize, String)> {
    if before.is_some_and(|c| matches!(c, '+' | '-' | '.' | ',' | '/' | '=' | '#' | '_' | '€' | '$' | '@')) {
        return None;
    }
    let number = WrittenNumber::read(text)?;
    let (digits, count, group) = (number.digits.as_str(), number.digits.len(), number.first_group);
    let called = if text.starts_with('+') {
        // A trunk zero in brackets is not dialled after the country: `+49 (0)151`.
        let dialled =
            if text[..number.length].contains("(0)") { digits.replacen('0', "", 1) } else { digits.to_owned() };
        ((9..=15).contains(&count) && !digits.starts_with('0')).then(|| format!("+{dialled}"))
    } else if let Some(abroad) = digits.strip_prefix("00") {
        ((11..=PHONE_LIMIT).contains(&count) && !abroad.starts_with('0')).then(|| format!("+{abroad}"))
    } else if let Some(code) = text.strip_prefix('(') {
        let has_code = (2..=5).contains(&group) && code.chars().nth(group) == Some(')');
        (has_code && (9..=13).contains(&count)).then(|| digits.to_owned())
    } else {
        let has_code = (3..=5).contains(&group);
        (has_code && (9..=12).contains(&count)).then(|| digits.to_owned())
    };
    called.map(|called| (number.length, format!("tel:{called}")))
}
