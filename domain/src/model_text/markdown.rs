//! Markdown as a WhatsApp message: WhatsApp's own marks, and plain lines for what it has no marks for.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::{
    marks::{self, Style, sentinel},
    tokens::Side,
};

/// Renders Markdown. `2 * 3 * 4` and `snake_case` are no Markdown and stay as they are.
pub(super) fn render(text: &str) -> String {
    let text = loose_bold(&literal_lines(text));
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut renderer = Renderer { source: &text, ..Renderer::default() };
    for (event, range) in Parser::new_ext(&text, options).into_offset_iter() {
        renderer.event(event, &range);
    }
    let lines = marks::write(&renderer.out);
    let mut out = String::with_capacity(lines.len());
    let mut blank = 0;
    for line in lines.trim().split('\n') {
        // What a quote leaves where its last line was ended.
        let line = if line.trim() == ">" { "" } else { line.trim_end() };
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

/// Definitions of links that are searched for in the whole text. It keeps the work linear.
const DEFINITIONS: usize = 20;

/// Escapes what Markdown would take for a quote or leave out: `>5 kg`, and the definition of a link that no text uses.
fn literal_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    let mut definitions = 0;
    for line in text.split_inclusive('\n') {
        let start = line.trim_start();
        let indent = line.len() - start.len();
        in_code ^= start.starts_with("```");
        let marker = start.len() - start.trim_start_matches(['-', '*', '+', ' ']).len();
        let at = indent + marker;
        let rest = &line[at..];
        let is_amount = rest
            .strip_prefix('>')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '=' | '€' | '$' | '£')));
        let is_definition = marker == 0 && rest.starts_with('[') && rest.contains("]:");
        definitions += usize::from(is_definition);
        let is_unused = is_definition && definitions <= DEFINITIONS && is_unused_definition(rest, text);
        if !in_code && (is_amount || is_unused) {
            out.push_str(&line[..at]);
            out.push('\\');
            out.push_str(rest);
        } else {
            out.push_str(line);
        }
    }
    out
}

fn is_unused_definition(line: &str, text: &str) -> bool {
    let Some((label, _)) = line.split_once("]:") else { return false };
    text.match_indices(label).filter(|(at, _)| text[at + label.len()..].starts_with(']')).count() == 1
}

/// Marks `**text**` as bold where CommonMark does not, because a letter without spaces around stands beside the marks.
fn loose_bold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("**") {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let inner = &from[2..];
        let end = inner.find("**").filter(|end| {
            let content = &inner[..*end];
            let number = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace());
            !content.contains(['\n', '*', '`'])
                && content.trim() == content
                && !content.is_empty()
                && !number(content)
                && !inner[*end + 2..].starts_with('*')
        });
        match end {
            Some(end) => {
                out.push(sentinel(Style::Bold, Side::Open));
                out.push_str(&inner[..end]);
                out.push(sentinel(Style::Bold, Side::Close));
                rest = &inner[end + 2..];
            }
            None => {
                let stars = from.len() - from.trim_start_matches('*').len();
                out.push_str(&from[..stars]);
                rest = &from[stars..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// An address that a customer can use; none for places in the same page and for scripts.
pub(super) fn address(address: &str) -> Option<&str> {
    let address = address.trim();
    let lower = address.to_ascii_lowercase();
    let is_usable = !address.is_empty()
        && !address.starts_with(['#', '/', '.'])
        && !["javascript:", "data:", "vbscript:"].iter().any(|scheme| lower.starts_with(scheme));
    is_usable.then(|| without_scheme(address))
}

/// The scheme is left out where the customer would not type it.
fn without_scheme(address: &str) -> &str {
    ["mailto:", "tel:"].into_iter().find_map(|scheme| address.strip_prefix(scheme)).unwrap_or(address)
}

/// Whether the text of a link is its address already.
pub(super) fn is_same_address(text: &str, address: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim().to_lowercase();
        let text = text.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        text.trim_end_matches('/').to_owned()
    };
    bare(text) == bare(address)
}

#[derive(Default)]
struct Renderer<'s> {
    source: &'s str,
    out: String,
    /// Of each open list, whether its items have numbers.
    lists: Vec<bool>,
    /// Where the texts of open links begin, and their addresses.
    links: Vec<(usize, String)>,
    /// Emphases that are text and not marks.
    literal: Vec<bool>,
    quotes: usize,
    headings: Vec<String>,
    cells: Vec<String>,
    cell: Option<usize>,
    in_head: bool,
}

impl Renderer<'_> {
    fn event(&mut self, event: Event<'_>, range: &std::ops::Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) | Event::InlineHtml(text) | Event::Html(text) => self.text(&text),
            Event::Code(text) => {
                self.out.push(sentinel(Style::Code, Side::Open));
                self.out.push_str(&text);
                self.out.push(sentinel(Style::Code, Side::Close));
            }
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak if self.cell.is_some() => self.out.push(' '),
            Event::SoftBreak | Event::HardBreak => self.line(),
            Event::Rule => self.paragraph(range.start),
            Event::TaskListMarker(done) => self.out.push_str(if done { "✓ " } else { "" }),
        }
    }

    fn text(&mut self, text: &CowStr<'_>) {
        for (nth, line) in text.split('\n').enumerate() {
            if nth > 0 {
                self.line();
            }
            self.out.push_str(line);
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: &std::ops::Range<usize>) {
        match tag {
            Tag::Paragraph => self.block(range.start),
            Tag::Heading { .. } => {
                self.paragraph(range.start);
                if !self.is_underlined_paragraph(range) {
                    self.style(Style::Bold, Side::Open);
                }
            }
            Tag::BlockQuote(_) => {
                self.paragraph(range.start);
                self.quotes += 1;
                self.out.push_str("> ");
            }
            Tag::CodeBlock(kind) => {
                self.paragraph(range.start);
                if matches!(kind, CodeBlockKind::Fenced(_)) {
                    self.out.push_str("```");
                }
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.block(range.start);
                }
                self.lists.push(first.is_some());
            }
            Tag::Item => {
                self.line();
                self.out.push_str(&"  ".repeat(self.lists.len().saturating_sub(1)));
                let marker = self.source.get(range.clone()).unwrap_or("").trim_start();
                let digits = marker.len() - marker.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                if self.lists.last() == Some(&true) && digits > 0 {
                    // As it was written: a date at the beginning of a line is a list, too.
                    self.out.push_str(&marker[..(digits + 1).min(marker.len())]);
                    self.out.push(' ');
                } else {
                    // A line that begins with `+ 49` is a number.
                    let is_number = marker
                        .strip_prefix('+')
                        .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()));
                    self.out.push_str(if is_number { "+ " } else { "- " });
                }
            }
            Tag::Table(_) => self.paragraph(range.start),
            Tag::TableHead => (self.in_head, self.headings) = (true, Vec::new()),
            Tag::TableRow => self.cells.clear(),
            Tag::TableCell => self.cell = Some(self.out.len()),
            Tag::Emphasis => {
                let is_literal = self.is_within_word(range);
                self.literal.push(is_literal);
                if is_literal {
                    self.out.push_str(self.source.get(range.start..range.start + 1).unwrap_or(""));
                } else {
                    self.style(Style::Italic, Side::Open);
                }
            }
            Tag::Strong => self.style(Style::Bold, Side::Open),
            Tag::Strikethrough => self.style(Style::Struck, Side::Open),
            Tag::Link { link_type, dest_url, .. } => {
                let dest = match link_type {
                    LinkType::Email => String::new(),
                    _ => dest_url.to_string(),
                };
                self.links.push((self.out.len(), dest));
            }
            Tag::Image { dest_url, .. } => self.links.push((self.out.len(), dest_url.to_string())),
            Tag::HtmlBlock
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &std::ops::Range<usize>) {
        match tag {
            TagEnd::Paragraph => self.line(),
            TagEnd::Heading(_) => {
                if !self.is_underlined_paragraph(range) {
                    self.style(Style::Bold, Side::Close);
                }
                self.line();
            }
            TagEnd::BlockQuote(_) => {
                self.quotes = self.quotes.saturating_sub(1);
                self.out.push('\n');
            }
            TagEnd::CodeBlock => {
                let fenced = self.source.get(range.clone()).is_some_and(|source| {
                    let source = source.trim_start();
                    source.starts_with("```") || source.starts_with("~~~")
                });
                self.out.truncate(self.out.trim_end().len());
                self.out.push_str(if fenced { "```\n" } else { "\n" });
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.line();
            }
            TagEnd::TableHead => self.in_head = false,
            TagEnd::TableRow => self.row(),
            TagEnd::TableCell => {
                let from = self.cell.take().unwrap_or(self.out.len());
                let cell = self.out.split_off(from);
                if self.in_head { self.headings.push(cell) } else { self.cells.push(cell) }
            }
            TagEnd::Emphasis => {
                if self.literal.pop() == Some(true) {
                    self.out.push_str(self.source.get(range.end - 1..range.end).unwrap_or(""));
                } else {
                    self.style(Style::Italic, Side::Close);
                }
            }
            TagEnd::Strong => self.style(Style::Bold, Side::Close),
            TagEnd::Strikethrough => self.style(Style::Struck, Side::Close),
            TagEnd::Link | TagEnd::Image => self.link(),
            TagEnd::Item
            | TagEnd::Table
            | TagEnd::HtmlBlock
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    /// Several lines before `---` are a paragraph before a rule, though CommonMark reads a heading.
    fn is_underlined_paragraph(&self, range: &std::ops::Range<usize>) -> bool {
        let source = self.source.get(range.clone()).unwrap_or("").trim();
        !source.starts_with('#') && source.lines().count() > 2
    }

    fn style(&mut self, style: Style, side: Side) {
        self.out.push(sentinel(style, side));
    }

    /// `2*3*4` is a product, though CommonMark reads an emphasis.
    fn is_within_word(&self, range: &std::ops::Range<usize>) -> bool {
        let before = self.source.get(..range.start).and_then(|text| text.chars().next_back());
        let after = self.source.get(range.end..).and_then(|text| text.chars().next());
        [before, after].into_iter().flatten().any(char::is_alphanumeric)
    }

    fn link(&mut self) {
        let Some((from, dest)) = self.links.pop() else { return };
        let text = self.out.get(from..).unwrap_or("").trim().to_owned();
        let plain: String = text.chars().filter(|c| !marks::is_private(*c)).collect();
        match address(&dest) {
            Some(address) if plain.is_empty() => self.out.push_str(address),
            Some(address) if !is_same_address(&plain, address) => {
                self.out.push_str(" (");
                self.out.push_str(address);
                self.out.push(')');
            }
            Some(_) | None => {}
        }
    }

    /// A row in one line, in which each value has its heading.
    fn row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        let mut parts = Vec::with_capacity(cells.len());
        for (nth, cell) in cells.iter().enumerate() {
            let cell = cell.trim();
            let heading = self.headings.get(nth).map_or("", |heading| heading.trim());
            match (heading, cell) {
                (_, "") => {}
                ("", cell) => parts.push(cell.to_owned()),
                (heading, cell) => parts.push(format!("{heading}: {cell}")),
            }
        }
        if !parts.is_empty() {
            self.line();
            self.out.push_str("- ");
            self.out.push_str(&parts.join(", "));
        }
    }

    /// Begins a block, except at the beginning of a list's item or a quote.
    fn block(&mut self, start: usize) {
        if self.lists.is_empty() && !self.out.ends_with("> ") {
            self.paragraph(start);
        }
    }

    /// Begins a line, after a blank one if the source has one there.
    fn paragraph(&mut self, start: usize) {
        self.line();
        let before = self.source.get(..start).unwrap_or("");
        let gap = &before[before.trim_end().len()..];
        if gap.matches('\n').count() > 1
            && !self.out.trim().is_empty()
            && !self.out.ends_with("\n\n")
            && self.quotes == 0
        {
            self.out.push('\n');
        }
    }

    fn line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
            for _ in 0..self.quotes.min(1) {
                self.out.push_str("> ");
            }
        }
    }
}
