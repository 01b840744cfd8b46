//! What the bot sends besides plain words: buttons, lists, links, files by address. How a flow's [`Out`] becomes
//! [`Content`], how many of WhatsApp's messages it takes, and whether WhatsApp would take it at all.
//!
//! Limits are Meta's, in characters: `flow/limits.rs`. To add a kind: its arm in each of the three functions, in
//! `server/outbox/say.rs` and in `server/gateway/wire/request.rs`.

use std::collections::BTreeSet;

use super::{
    content::{Attachment, Content},
    flow::{
        definition::FileKind,
        limits::{
            BODY, BUTTON_PAYLOAD, BUTTON_TITLE, BUTTONS, CAPTION, LINK_LABEL, LIST_OPEN, ROW_DESCRIPTION, ROW_PAYLOAD,
            ROW_TITLE, ROWS, TEXT,
        },
        run::{Out, ReplyOption},
    },
    message::split_text,
};

/// One of the calls that a content takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The content itself.
    Whole,
    /// Words alone: a part of a long text, or a caption that cannot stand under its file.
    Text(String),
}

impl Content {
    /// A message of the bot, as the thread shows it and the outbox sends it.
    pub fn of_bot(out: Out) -> Self {
        match out {
            Out::Text { text } => Self::Text { body: text },
            Out::Media { file, link, caption } => {
                let filename = filename(&link);
                let caption = Some(caption).filter(|caption| !caption.trim().is_empty());
                let media = Attachment { caption, link: Some(link), ..Attachment::default() };
                match file {
                    FileKind::Image => Self::Image { media },
                    FileKind::Video => Self::Video { media },
                    FileKind::Audio => Self::Audio { media, voice: false },
                    FileKind::Document => Self::Document { media, filename },
                }
            }
            Out::Buttons { text, buttons } => Self::Buttons { body: text, buttons },
            Out::List { text, open, rows } => Self::List { body: text, open, rows },
            Out::Link { text, label, url } => Self::LinkButton { body: text, label, url },
        }
    }

    /// The calls it takes to say it, in their order; none for kinds that we never send.
    pub fn pieces(&self) -> Vec<Piece> {
        match self {
            Self::Text { body } => split_text(body).into_iter().map(Piece::Text).collect(),
            Self::Buttons { .. } | Self::List { .. } | Self::LinkButton { .. } => vec![Piece::Whole],
            _ => match self.attachment() {
                Some(Attachment { link: Some(_), caption, .. }) => {
                    let after = caption.as_deref().filter(|_| !self.carries_caption()).unwrap_or_default();
                    let after = split_text(after).into_iter().map(Piece::Text);
                    std::iter::once(Piece::Whole).chain(after).collect()
                }
                _ => Vec::new(),
            },
        }
    }

    /// Whether its caption goes under its file: sound takes none, and a long one does not fit.
    pub fn carries_caption(&self) -> bool {
        let fits = |media: &Attachment| media.caption.as_ref().is_some_and(|words| words.chars().count() <= CAPTION);
        !matches!(self, Self::Audio { .. }) && self.attachment().is_some_and(fits)
    }

    /// Why WhatsApp would refuse it, for people; `None` if it would take it.
    pub fn violation(&self) -> Option<String> {
        match self {
            Self::Buttons { body, buttons } => {
                let limits =
                    Limits { most: BUTTONS, title: BUTTON_TITLE, payload: BUTTON_PAYLOAD, titles: Titles::Unique };
                length("text", body, BODY).or_else(|| limits.violation("button", buttons))
            }
            Self::List { body, open, rows } => {
                let limits = Limits { most: ROWS, title: ROW_TITLE, payload: ROW_PAYLOAD, titles: Titles::Free };
                length("text", body, TEXT)
                    .or_else(|| length("word that opens the list", open, LIST_OPEN))
                    .or_else(|| limits.violation("row", rows))
                    .or_else(|| {
                        rows.iter().find_map(|row| at_most("description of a row", &row.description, ROW_DESCRIPTION))
                    })
            }
            Self::LinkButton { body, label, url } => length("text", body, BODY)
                .or_else(|| length("word on the link", label, LINK_LABEL))
                .or_else(|| address("address of the link", url)),
            _ => self.attachment()?.link.as_deref().and_then(|link| address("address of the file", link)),
        }
        .map(|what| format!("WhatsApp would not take this message: {what}. Mend the flow's step."))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Titles {
    Unique,
    Free,
}

/// What holds for buttons or rows.
struct Limits {
    most: usize,
    title: usize,
    payload: usize,
    titles: Titles,
}

impl Limits {
    fn violation(&self, one: &str, picks: &[ReplyOption]) -> Option<String> {
        if picks.is_empty() || picks.len() > self.most {
            return Some(format!("it has {} {one}s, and 1 to {} are allowed", picks.len(), self.most));
        }
        let (mut payloads, mut titles) = (BTreeSet::new(), BTreeSet::new());
        for pick in picks {
            let wrong = length(&format!("title of a {one}"), &pick.title, self.title)
                .or_else(|| length(&format!("payload of a {one}"), &pick.payload, self.payload));
            if wrong.is_some() {
                return wrong;
            }
            if !payloads.insert(&pick.payload) {
                return Some(format!("two {one}s carry the same payload"));
            }
            if !titles.insert(&pick.title) && self.titles == Titles::Unique {
                return Some(format!("two {one}s have the same title"));
            }
        }
        None
    }
}

fn length(what: &str, words: &str, limit: usize) -> Option<String> {
    if words.trim().is_empty() { Some(format!("the {what} is empty")) } else { at_most(what, words, limit) }
}

fn at_most(what: &str, words: &str, limit: usize) -> Option<String> {
    let count = words.chars().count();
    (count > limit).then(|| format!("the {what} has {count} characters, and {limit} are allowed"))
}

fn address(what: &str, url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let there =
        rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !url.contains(char::is_whitespace));
    (!there).then(|| format!("the {what} is no web address"))
}

/// The last part of an address, if it looks like a file's name: its ending picks the icon on the phone.
fn filename(link: &str) -> Option<String> {
    let path = link.split(['?', '#']).next()?.split_once("://")?.1;
    let (_, last) = path.rsplit_once('/')?;
    let name = unescaped(last);
    let named = name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && !ending.is_empty());
    (named && name.chars().count() <= 240 && !name.contains(['/', '\\', '\0'])).then_some(name)
}

/// `%20` and its like, read; as it stands where it makes no text.
fn unescaped(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match tail {
            [high, low, after @ ..] if *first == b'%' => {
                hex(*high).zip(hex(*low)).map(|(high, low)| (high * 16 + low, after))
            }
            _ => None,
        };
        let (byte, after) = escaped.unwrap_or((*first, tail));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).unwrap_or_else(|_| part.to_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
#[path = "offer_tests.rs"]
mod tests;
