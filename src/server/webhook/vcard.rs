//! Reads what a contact card's vCard (RFC 6350, and the older 2.1) says and Meta's fields leave out.

use crate::domain::text::one_line;

/// The name: `FN`, or else what `N` is made of, or else the organisation.
pub(super) fn name(card: &str) -> Option<String> {
    let lines = lines(card);
    let full = values(&lines, "FN").map(|value| unescaped(&value));
    let made = values(&lines, "N").map(|value| {
        // Family; given; additional; prefix; suffix.
        let parts: Vec<String> = split(&value).iter().map(|part| unescaped(part)).collect();
        let part = |at: usize| parts.get(at).map(String::as_str).unwrap_or_default();
        [part(3), part(1), part(2), part(0), part(4)].join(" ")
    });
    let organisation = values(&lines, "ORG").map(|value| {
        let parts: Vec<String> = split(&value).iter().map(|part| unescaped(part)).collect();
        parts.join(", ")
    });
    full.chain(made).chain(organisation).map(|name| one_line(&name)).find(|name| !name.is_empty())
}

/// The numbers.
pub(super) fn phones(card: &str) -> Vec<String> {
    let lines = lines(card);
    let numbers = values(&lines, "TEL").map(|value| {
        let value = unescaped(&value);
        one_line(value.strip_prefix("tel:").unwrap_or(&value))
    });
    numbers.filter(|number| !number.is_empty()).collect()
}

/// A property without its group and parameters, in upper case, and its value.
struct Line {
    property: String,
    value: String,
}

/// The properties of a card. A line that begins with a space continues the one before it, and so does the line after a
/// `=` at the end of a quoted-printable one.
fn lines(card: &str) -> Vec<Line> {
    let mut unfolded: Vec<String> = Vec::new();
    for line in card.lines() {
        let line = line.trim_end_matches('\r');
        match unfolded.last_mut() {
            Some(before) if line.starts_with([' ', '\t']) => before.push_str(&line[1..]),
            Some(before) if before.ends_with('=') && is_quoted_printable(before) => {
                before.pop();
                before.push_str(line);
            }
            _ => unfolded.push(line.to_owned()),
        }
    }
    let read = |line: &String| {
        let (head, value) = line.split_once(':')?;
        let property = head.split(';').next().unwrap_or_default();
        let property = property.rsplit('.').next().unwrap_or_default().trim().to_ascii_uppercase();
        let value = if is_quoted_printable(head) { decoded(value) } else { value.to_owned() };
        Some(Line { property, value })
    };
    unfolded.iter().filter_map(read).collect()
}

fn is_quoted_printable(line: &str) -> bool {
    let head = line.split(':').next().unwrap_or_default();
    head.to_ascii_uppercase().contains("QUOTED-PRINTABLE")
}

/// `=C3=A9` as UTF-8.
fn decoded(value: &str) -> String {
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).filter(|_| *byte == b'=');
        match digits.and_then(|digits| hex::decode(digits).ok()) {
            Some(decoded) => {
                out.extend(decoded);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn values<'a>(lines: &'a [Line], property: &'a str) -> impl Iterator<Item = String> + 'a {
    lines.iter().filter(move |line| line.property == property).map(|line| line.value.clone())
}

/// The parts between semicolons that are not escaped.
fn split(value: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut is_escaped = false;
    for c in value.chars() {
        if c == ';' && !is_escaped {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    parts
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_and_numbers_of_a_card_are_read() {
        let table = [
            ("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Example\r\nEND:VCARD", Some("Ada Example"), vec![]),
            ("FN;CHARSET=UTF-8:Ruiz\\, Ana\nTEL;type=CELL;waid=491555:+49 155 5", Some("Ruiz, Ana"), vec!["+49 155 5"]),
            ("N:Ruiz;Ana;;Dr.;\nitem1.TEL:tel:+34-600", Some("Dr. Ana Ruiz"), vec!["+34-600"]),
            ("FN:\nN:;;;;\nORG:Acme;Sales", Some("Acme, Sales"), vec![]),
            ("FN:A long \n name", Some("A long name"), vec![]),
            ("FN;ENCODING=QUOTED-PRINTABLE:Ren=C3=\n=A9 =4", Some("René =4"), vec![]),
            ("fn:lower", Some("lower"), vec![]),
            ("no card at all", None, vec![]),
            ("", None, vec![]),
        ];
        for (card, expected, numbers) in table {
            assert_eq!(name(card).as_deref(), expected, "{card:?}");
            assert_eq!(phones(card), numbers, "{card:?}");
        }
    }
}
