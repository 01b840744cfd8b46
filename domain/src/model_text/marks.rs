//! Writes WhatsApp's marks where its rules let them count: around words, within a line, without spaces inside.
//!
//! Until then a style is kept as two private characters, one where it begins and one where it ends.

use super::tokens::Side;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Bold,
    Italic,
    Struck,
    Code,
}

impl Style {
    const ALL: [Self; 4] = [Self::Bold, Self::Italic, Self::Struck, Self::Code];

    fn mark(self) -> char {
        match self {
            Self::Bold => '*',
            Self::Italic => '_',
            Self::Struck => '~',
            Self::Code => '`',
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The first of the private characters. They are removed from what comes in.
const FIRST: u32 = 0xf_0000;

/// The private character for a style's beginning or end.
pub(super) fn sentinel(style: Style, side: Side) -> char {
    let offset = match side {
        Side::Open => 0,
        Side::Close => 1,
    };
    char::from_u32(FIRST + 2 * style as u32 + offset).unwrap_or_default()
}

/// Whether it is one of the characters that this module uses or could use.
pub(super) fn is_private(c: char) -> bool {
    (FIRST..FIRST + 0x20).contains(&u32::from(c))
}

fn style_of(c: char) -> Option<(Style, Side)> {
    let nth = u32::from(c).checked_sub(FIRST).filter(|nth| *nth < 8)?;
    let style = Style::ALL[(nth / 2) as usize];
    Some((style, if nth % 2 == 0 { Side::Open } else { Side::Close }))
}

/// The text with marks in the place of the private characters.
pub(super) fn write(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open = [0_u32; 4];
    for (nth, line) in text.split('\n').enumerate() {
        if nth > 0 {
            out.push('\n');
        }
        if line.trim().is_empty() {
            // A style that was never ended ends with its paragraph.
            open = [0; 4];
        }
        write_line(line, &mut open, &mut out);
    }
    out
}

fn write_line(line: &str, open: &mut [u32; 4], out: &mut String) {
    let mut chars: Vec<(char, u8)> = Vec::with_capacity(line.len());
    for c in line.chars() {
        match style_of(c) {
            Some((style, Side::Open)) => open[style as usize] += 1,
            Some((style, Side::Close)) => open[style as usize] = open[style as usize].saturating_sub(1),
            None if is_private(c) => {}
            None => {
                let bits = Style::ALL.iter().filter(|style| open[**style as usize] > 0).map(|style| style.bit()).sum();
                chars.push((c, bits));
            }
        }
    }
    for style in Style::ALL {
        keep_where_it_counts(&mut chars, style);
    }
    let mut current: Vec<Style> = Vec::new();
    for at in 0..=chars.len() {
        let bits = chars.get(at).map_or(0, |(_, bits)| *bits);
        while let Some(style) = current.last().copied()
            && current.iter().any(|style| bits & style.bit() == 0)
        {
            out.push(style.mark());
            current.pop();
        }
        let mut begins: Vec<Style> =
            Style::ALL.into_iter().filter(|style| bits & style.bit() != 0 && !current.contains(style)).collect();
        let length = |style: &Style| chars[at..].iter().take_while(|(_, bits)| bits & style.bit() != 0).count();
        begins.sort_by_key(|style| std::cmp::Reverse(length(style)));
        for style in begins {
            out.push(style.mark());
            current.push(style);
        }
        if let Some((c, _)) = chars.get(at) {
            out.push(*c);
        }
    }
}

/// Takes the style from spaces at the edges of each run, and from runs in the middle of a word or around the mark
/// itself.
fn keep_where_it_counts(chars: &mut [(char, u8)], style: Style) {
    let bit = style.bit();
    let mut at = 0;
    while at < chars.len() {
        if chars[at].1 & bit == 0 {
            at += 1;
            continue;
        }
        let end = chars[at..].iter().position(|(_, bits)| bits & bit == 0).map_or(chars.len(), |length| at + length);
        let (mut from, mut to) = (at, end);
        while from < to && chars[from].0.is_whitespace() {
            from += 1;
        }
        while from < to && chars[to - 1].0.is_whitespace() {
            to -= 1;
        }
        let is_word = |c: char| c.is_alphanumeric() && !crate::text::is_unspaced(c);
        let joined = |out: Option<usize>, inside: usize| {
            out.and_then(|out| chars.get(out)).is_some_and(|(c, _)| is_word(*c) && is_word(chars[inside].0))
        };
        let counts = from < to
            && !joined(from.checked_sub(1), from)
            && !joined(Some(to), to - 1)
            && !chars[from..to].iter().any(|(c, _)| *c == style.mark());
        for (index, (_, bits)) in chars.iter_mut().enumerate().take(end).skip(at) {
            if !counts || index < from || index >= to {
                *bits &= !bit;
            }
        }
        at = end;
    }
}
