//! Divides a model's text by its tags: what is for the customer, what are calls, and what is neither.

use std::collections::BTreeSet;

use super::{
    names::{
        Hears, begins_turn, ends_turn, hears, holds_thought, is_call, is_foreign, is_html, is_self_closing, is_thought,
        recipient, role_token,
    },
    prose::{self, Place},
    tokens::{Form, Side, Tag, Token, tokens},
};

/// The longest text that is struck out at the beginning, in bytes.
const STRUCK: usize = 60;

/// What a text consists of.
#[derive(Debug, Default)]
pub(super) struct Sections<'a> {
    /// For the customer. HTML is still in it.
    pub(super) visible: String,
    pub(super) calls: Vec<Section<'a>>,
    /// Whether there was a tag of a call at all, be it only its end.
    pub(super) mentions_call: bool,
    /// What a tag of the form says.
    pub(super) needs_person: bool,
}

/// A section that holds a call.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub(super) tag: Tag<'a>,
    pub(super) content: &'a str,
    /// The recipient in the header of a message, where a format has one.
    pub(super) recipient: Option<String>,
}

/// `own` are the names of the offered tools, which some models use as tags.
pub(super) fn divide<'a>(text: &'a str, own: &[&str]) -> Sections<'a> {
    let tokens = tokens(text);
    let closed = tokens.iter().filter_map(|token| match token {
        Token::Tag(tag) if tag.side == Side::Close => Some(tag.name.as_str()),
        Token::Tag(_) | Token::Text(_) => None,
    });
    let closed: BTreeSet<&str> = closed.collect();
    let mut reader = Reader {
        text,
        tokens: &tokens,
        closed: &closed,
        at: 0,
        byte: 0,
        own,
        found: Sections::default(),
        hears: Hears::Model,
        struck: 0,
    };
    while reader.step() {}
    reader.found
}

struct Reader<'a, 't> {
    text: &'a str,
    tokens: &'t [Token<'a>],
    /// The names of all closing tags.
    closed: &'t BTreeSet<&'t str>,
    at: usize,
    /// Where the next token begins.
    byte: usize,
    own: &'t [&'t str],
    found: Sections<'a>,
    hears: Hears,
    /// Open tags that strike text out.
    struck: usize,
}

impl<'a> Reader<'a, '_> {
    fn next(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        self.byte += match &token {
            Token::Text(text) => text.len(),
            Token::Tag(tag) => tag.raw.len(),
        };
        Some(token)
    }

    fn peek_tag(&self) -> Option<&Tag<'a>> {
        match self.tokens.get(self.at) {
            Some(Token::Tag(tag)) => Some(tag),
            Some(Token::Text(_)) | None => None,
        }
    }

    fn step(&mut self) -> bool {
        let Some(token) = self.next() else { return false };
        match token {
            Token::Text(text) if self.hears == Hears::Model => self.found.visible.push_str(text),
            Token::Text(_) => {}
            Token::Tag(tag) => self.tag(tag),
        }
        true
    }

    fn tag(&mut self, tag: Tag<'a>) {
        if begins_turn(&tag) {
            return self.role();
        }
        if let Some(is_model) = role_token(&tag) {
            self.hears = if is_model { Hears::Model } else { Hears::Other };
            return;
        }
        if self.hears == Hears::Other {
            return;
        }
        if tag.name == "channel" && tag.form == Form::Special && tag.side == Side::Open {
            return self.channel();
        }
        if let Some(words) = self.prose(&tag) {
            self.found.visible.push_str(&words);
            return;
        }
        let is_own = self.own.contains(&tag.name.as_str()) && !is_html(&tag.name);
        if holds_thought(&tag) {
            match tag.side {
                Side::Open if is_self_closing(&tag) => {}
                Side::Open => {
                    self.skip_to(|it| it.side == Side::Close && (is_thought(&it.name) || it.name == tag.name));
                }
                // The opening tag was part of the prompt: all that stands before it was thought.
                Side::Close => self.found.visible.clear(),
            }
        } else if is_call(&tag.name) || is_own {
            self.found.mentions_call = true;
            if tag.side == Side::Open {
                self.call(tag);
            }
        } else if is_foreign(&tag.name) {
            match tag.side {
                Side::Open if is_self_closing(&tag) => {}
                Side::Open => self.skip_to(|it| it.name == tag.name && it.side == Side::Close),
                // The end of a prompt that the model repeats.
                Side::Close if matches!(tag.name.as_str(), "inst" | "sys" | "system_prompt") => {
                    self.found.visible.clear();
                }
                Side::Close => {}
            }
        } else if tag.name == "needs_person" && tag.side == Side::Open {
            self.needs_person();
        } else if tag.name == "s" && self.is_strike(&tag) {
            super::html::write(&tag, &mut self.found.visible);
        } else if tag.name == "s" && tag.side == Side::Open {
            // The token that begins a text.
        } else if ends_turn(&tag) {
            let has_begun = !self.found.visible.trim().is_empty() || self.found.mentions_call;
            if has_begun {
                self.hears = Hears::Ended;
            }
        } else if tag.form == Form::Angle && self.hears == Hears::Model {
            super::html::write(&tag, &mut self.found.visible);
        }
    }

    /// The field of the form, where the form is written in tags.
    fn needs_person(&mut self) {
        if let Some(Token::Text(text)) = self.tokens.get(self.at) {
            self.next();
            self.found.needs_person |= text.trim().eq_ignore_ascii_case("true");
        }
    }

    /// The words of a tag that is none.
    fn prose(&self, tag: &Tag<'a>) -> Option<String> {
        if self.hears != Hears::Model || self.own.contains(&tag.name.as_str()) {
            return None;
        }
        let after = match self.tokens.get(self.at) {
            Some(Token::Text(text)) => text.chars().next()?,
            Some(Token::Tag(_)) => return None,
            None => '\n',
        };
        let before = self.found.visible.chars().next_back().unwrap_or('\n');
        prose::words(tag, Place { before, after, is_closed: self.closed.contains(tag.name.as_str()) })
    }

    /// Whether `<s>` strikes text out: at the beginning it is the token that begins a text.
    fn is_strike(&mut self, tag: &Tag<'a>) -> bool {
        match tag.side {
            Side::Open if self.found.visible.trim().is_empty() && !self.strikes_first_words() => false,
            Side::Open => {
                self.struck += 1;
                true
            }
            Side::Close if self.struck == 0 => false,
            Side::Close => {
                self.struck -= 1;
                true
            }
        }
    }

    /// Whether the `<s>` at the beginning strikes out a few words before more of the sentence: `<s>12</s> 10 €`.
    fn strikes_first_words(&self) -> bool {
        let [Token::Text(words), Token::Tag(end), Token::Text(more), ..] = &self.tokens[self.at..] else {
            return false;
        };
        end.name == "s"
            && end.side == Side::Close
            && words.len() <= STRUCK
            && !words.contains('\n')
            && more.starts_with([' ', ','])
            && !more.trim_start_matches([' ', ',']).starts_with('\n')
            && !more.trim().is_empty()
    }

    /// Reads past the first tag that fits, or to the end.
    fn skip_to(&mut self, fits: impl Fn(&Tag<'a>) -> bool) {
        while let Some(token) = self.next() {
            if matches!(&token, Token::Tag(tag) if fits(tag)) {
                return;
            }
        }
    }

    /// The role after a token that begins a turn, up to the end of its line or the next token.
    fn role(&mut self) {
        let mut header = "";
        if let Some(Token::Text(text)) = self.tokens.get(self.at) {
            self.next();
            let end = text.find('\n').map_or(text.len(), |end| end + 1);
            // A message in one line: only the first word is the role.
            let line = &text[..end];
            let word = line.len() - line.trim_start().len()
                + line.trim_start().find(char::is_whitespace).unwrap_or(line.trim_start().len());
            let is_header = self.peek_tag().is_some_and(|tag| {
                matches!(tag.name.as_str(), "header_id" | "role" | "channel" | "message" | "constrain")
            });
            let cut = if is_header { text.len() } else { word };
            header = &text[..cut];
            let body = &text[cut..];
            self.hears = hears(header);
            if self.hears == Hears::Model {
                self.found.visible.push_str(body);
            }
        } else {
            self.hears = Hears::Model;
        }
        if self
            .peek_tag()
            .is_some_and(|tag| matches!(tag.name.as_str(), "header_id" | "role") && tag.side == Side::Close)
        {
            self.next();
        }
        if let Some(name) = recipient(header) {
            self.message_to(name);
        }
    }

    /// A message of the formats with channels: `<|channel|>analysis<|message|>…<|end|>`.
    fn channel(&mut self) {
        let mut header = String::new();
        loop {
            match self.tokens.get(self.at) {
                Some(Token::Text(text)) => {
                    // Without a token in between, the name ends with its line.
                    let line = text.find('\n').unwrap_or(text.len());
                    header.push_str(&text[..line]);
                    if line < text.len()
                        && !matches!(self.tokens.get(self.at + 1), Some(Token::Tag(tag)) if tag.name == "message")
                    {
                        break;
                    }
                    self.next();
                }
                Some(Token::Tag(tag)) if matches!(tag.name.as_str(), "constrain" | "message") => {
                    let is_end = tag.name == "message";
                    header.push(' ');
                    self.next();
                    if is_end {
                        break;
                    }
                }
                Some(Token::Tag(_)) | None => break,
            }
        }
        if let Some(name) = recipient(&header) {
            return self.message_to(name);
        }
        if !header.trim_start().starts_with("final") {
            // Up to the next channel or message, which is read as such.
            while let Some(token) = self.tokens.get(self.at) {
                let is_end = matches!(token, Token::Tag(tag) if tag.form == Form::Special
                    && matches!(tag.name.as_str(), "channel" | "start" | "end" | "return" | "call"));
                if is_end {
                    if matches!(token, Token::Tag(tag) if tag.name == "channel" && tag.side == Side::Close || tag.name == "end")
                    {
                        self.next();
                    }
                    return;
                }
                self.next();
            }
        }
    }

    /// A message whose recipient is a tool.
    fn message_to(&mut self, name: String) {
        self.found.mentions_call = true;
        let mut from = self.byte;
        while let Some(token) = self.tokens.get(self.at) {
            match token {
                Token::Tag(tag) if tag.name == "message" => {
                    self.next();
                    from = self.byte;
                    continue;
                }
                Token::Tag(tag)
                    if tag.form == Form::Special
                        && matches!(tag.name.as_str(), "call" | "end" | "start" | "return") =>
                {
                    break;
                }
                Token::Tag(_) | Token::Text(_) => {}
            }
            self.next();
        }
        let content = &self.text[from..self.byte];
        let tag = Tag { raw: "", name: String::new(), side: Side::Open, form: Form::Special, rest: "" };
        self.found.calls.push(Section { tag, content, recipient: Some(name) });
    }

    fn call(&mut self, tag: Tag<'a>) {
        let from = self.byte;
        let mut to = self.byte;
        if !is_self_closing(&tag) {
            let mut depth = 1;
            loop {
                to = self.byte;
                let Some(token) = self.tokens.get(self.at) else { break };
                if let Token::Tag(inner) = token {
                    let next_turn = begins_turn(inner) || role_token(inner) == Some(false);
                    // A token that is not repeated at the end, such as `[TOOL_CALLS]`.
                    let next_call = tag.form == Form::Special && tag.raw == inner.raw;
                    if next_turn || next_call || ends_turn(inner) && inner.form == Form::Special {
                        break;
                    }
                    if inner.name == tag.name {
                        match inner.side {
                            Side::Open if is_self_closing(inner) => {}
                            Side::Open => depth += 1,
                            Side::Close => depth -= 1,
                        }
                    }
                }
                self.next();
                if depth == 0 {
                    break;
                }
            }
        }
        let content = &self.text[from..to];
        self.found.calls.push(Section { tag, content, recipient: None });
    }
}
