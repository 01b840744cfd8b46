//! What a row says at Meta: a piece of text, or its message's content whole (`domain/offer.rs` cuts them).

use crate::{
    domain::{flow::definition::FileKind, message::Content},
    server::gateway::{Outgoing, Preview},
};

/// `words` are the row's; empty ones stand for the content itself. `None` for kinds that are never sent from here.
pub(super) fn outgoing(words: &str, content: &Content) -> Option<Outgoing> {
    if !words.is_empty() {
        return Some(Outgoing::Text { body: words.to_owned(), preview: preview(words) });
    }
    Some(match content.clone() {
        Content::Buttons { body, buttons } => Outgoing::Buttons { body, buttons },
        Content::List { body, open, rows } => Outgoing::List { body, open, rows },
        Content::LinkButton { body, label, url } => Outgoing::Link { body, label, url },
        Content::Image { .. } => file(FileKind::Image, content, None)?,
        Content::Video { .. } => file(FileKind::Video, content, None)?,
        Content::Audio { .. } => file(FileKind::Audio, content, None)?,
        Content::Document { filename, .. } => file(FileKind::Document, content, filename)?,
        _ => return None,
    })
}

fn file(kind: FileKind, content: &Content, filename: Option<String>) -> Option<Outgoing> {
    let media = content.attachment()?;
    let caption = media.caption.clone().filter(|_| content.carries_caption());
    Some(Outgoing::File { kind, link: media.link.clone()?, caption, filename })
}

fn preview(body: &str) -> Preview {
    if body.contains("https://") || body.contains("http://") { Preview::Show } else { Preview::No }
}
