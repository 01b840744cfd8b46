//! WhatsApp's formatting of a text: bold, italic, struck out, monospaced, quotes, lists; and what becomes a link.
//!
//! [`parse`] reads a text into blocks, in time linear in its length. All pieces, marks included, are the text again. A
//! mark counts only where WhatsApp's rules leave no doubt: `2*3*4`, `snake_case_name`, `**` and `^_^` stay text.

mod blocks;
mod inline;
mod links;

pub use links::is_web;

/// Consecutive lines of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextBlock<'a> {
    pub kind: BlockKind,
    pub lines: Vec<TextLine<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    Paragraph,
    /// Lines that begin with `> `.
    Quote,
    /// Lines that begin with `- ` or `* `.
    Bullets,
    /// Lines that begin with a number: `12. `.
    Numbers,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLine<'a> {
    /// What makes it a line of its kind; empty in a paragraph.
    pub mark: &'a str,
    pub content: Vec<Inline<'a>>,
    /// The line break; empty at the end of the text.
    pub end: &'a str,
}

impl TextLine<'_> {
    /// The number of a line of [`BlockKind::Numbers`].
    pub fn number(&self) -> Option<i32> {
        self.mark.trim_end_matches(['.', ' ']).parse().ok()
    }
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline<'a> {
    Text(&'a str),
    /// `mark` stands before and after the content.
    Styled {
        style: InlineStyle,
        mark: &'a str,
        content: Vec<Inline<'a>>,
    },
    /// Between single or triple backticks. May hold line breaks.
    Code {
        mark: &'a str,
        text: &'a str,
    },
    Link {
        text: &'a str,
        /// `http`, `https`, `mailto` or `tel`.
        href: String,
    },
    /// A character that would turn the direction of the text after it.
    Override(&'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlineStyle {
    Bold,
    Italic,
    Struck,
}

impl InlineStyle {
    const ALL: [Self; 3] = [Self::Bold, Self::Italic, Self::Struck];

    fn mark(self) -> char {
        match self {
            Self::Bold => '*',
            Self::Italic => '_',
            Self::Struck => '~',
        }
    }

    fn of(mark: char) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.mark() == mark)
    }
}

/// The blocks of a text, in order.
pub fn parse(text: &str) -> Vec<TextBlock<'_>> {
    let mut found: Vec<TextBlock<'_>> = Vec::new();
    for (line, end) in blocks::lines(text) {
        let (kind, mark, body) = blocks::kind_of(line);
        let line = TextLine { mark, content: inline::parse(body), end };
        match found.last_mut().filter(|last| last.kind == kind) {
            Some(last) => last.lines.push(line),
            None => found.push(TextBlock { kind, lines: vec![line] }),
        }
    }
    found
}

/// The text without the marks of styles, for previews on one line.
pub fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in parse(text).into_iter().flat_map(|block| block.lines) {
        out.push_str(line.mark);
        write_plain(&line.content, &mut out);
        out.push_str(line.end);
    }
    out
}

fn write_plain(content: &[Inline<'_>], out: &mut String) {
    for piece in content {
        match piece {
            Inline::Text(text) | Inline::Code { text, .. } | Inline::Link { text, .. } | Inline::Override(text) => {
                out.push_str(text);
            }
            Inline::Styled { content, .. } => write_plain(content, out),
        }
    }
}

/// The average number of characters in a line of a bubble.
const LINE_WIDTH: usize = 60;
/// A longer text is folded to about so many lines.
pub const FOLDED_LINES: usize = 16;
/// A text is folded only if at least so many lines are hidden by it.
const LEAST_HIDDEN: usize = 8;

/// Whether a text is so long that only its beginning is shown at first.
pub fn is_long(text: &str) -> bool {
    let lines = text.lines().map(|line| 1 + line.chars().count().saturating_sub(1) / LINE_WIDTH);
    lines.sum::<usize>() >= FOLDED_LINES + LEAST_HIDDEN
}

#[cfg(test)]
mod tests;
