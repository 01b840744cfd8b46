//! Files in a bubble: pictures, players, documents, and files that are not loaded.
//!
//! The kind that our server detected from the first bytes decides how a file is shown, never the sender's mime type.

use leptos::prelude::*;

use super::links::is_web;
use crate::{domain::message::File, ui::components::icon::Icon};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentKind {
    Photo,
    Video,
    Voice,
    Sound,
    Document,
    Sticker,
}

impl AttachmentKind {
    fn label(self) -> &'static str {
        match self {
            Self::Photo => "Photo",
            Self::Video => "Video",
            Self::Voice => "Voice message",
            Self::Sound => "Audio",
            Self::Document => "Document",
            Self::Sticker => "Sticker",
        }
    }

    fn icon(self) -> &'static str {
        match self {
            Self::Photo => "image",
            Self::Video => "video",
            Self::Voice | Self::Sound => "mic",
            Self::Document => "file",
            Self::Sticker => "sticker",
        }
    }

    /// The prefix of the mime types that this kind shows. Other files are offered for download.
    fn shows(self, mime: &str) -> bool {
        match self {
            // SVG can contain scripts, so it is not shown as a picture.
            Self::Photo | Self::Sticker => mime.starts_with("image/") && !mime.starts_with("image/svg"),
            Self::Video => mime.starts_with("video/"),
            Self::Voice | Self::Sound => mime.starts_with("audio/") || mime == "application/ogg" || mime == "video/mp4",
            Self::Document => false,
        }
    }
}

#[component]
pub fn MediaView(
    kind: AttachmentKind,
    file: Option<File>,
    filename: Option<String>,
    /// The sender's name for it, shown while the file is not loaded.
    declared: Option<String>,
    /// The address that WhatsApp fetched it from, for files of the bot.
    link: Option<String>,
) -> AnyView {
    match file {
        Some(File::Kept { url, mime, size }) if kind.shows(&mime) => shown(kind, url, size),
        Some(File::Kept { url, mime, size }) => download(kind, url, &mime, size, filename),
        Some(File::Failed { detail: words }) => absent(kind, filename, declared, Absence::Failed(words)),
        Some(File::Pending) => absent(kind, filename, declared, Absence::Pending),
        None => match link {
            Some(link) => elsewhere(kind, filename, link),
            None => absent(kind, filename, declared, Absence::NotHere),
        },
    }
}

fn shown(kind: AttachmentKind, url: String, size: i64) -> AnyView {
    let label = kind.label();
    match kind {
        AttachmentKind::Video => view! {
            <figure class="media">
                <video controls preload="metadata" src=url aria-label=format!("{label}, {}", length(size))></video>
            </figure>
        }
        .into_any(),
        AttachmentKind::Voice | AttachmentKind::Sound => view! {
            <div class="media voice">
                <Icon name=kind.icon()/>
                <audio controls preload="metadata" src=url aria-label=label></audio>
            </div>
        }
        .into_any(),
        AttachmentKind::Sticker => view! {
            <div class="media sticker">
                <img src=url alt=label loading="lazy" decoding="async"/>
            </div>
        }
        .into_any(),
        AttachmentKind::Photo | AttachmentKind::Document => {
            let href = url.clone();
            view! {
                <figure class="media">
                    <a href=href target="_blank" rel="noopener" aria-label="Open photo full size">
                        <img src=url alt="" loading="lazy" decoding="async"/>
                    </a>
                </figure>
            }
            .into_any()
        }
    }
}

fn download(kind: AttachmentKind, url: String, mime: &str, size: i64, filename: Option<String>) -> AnyView {
    let name = filename.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| kind.label().to_owned());
    let facts = format!("{} · {} · download", type_word(mime), length(size));
    let save_as = name.clone();
    view! {
        <a class="file" href=url download=save_as>
            <Icon name=kind.icon()/>
            <span>
                <b dir="auto">{name}</b>
                <small>{facts}</small>
            </span>
        </a>
    }
    .into_any()
}

/// A file of the bot on another server. It is linked and not embedded: loading it would reveal the agent to that
/// server, and a flow may put a customer's text into the address.
fn elsewhere(kind: AttachmentKind, filename: Option<String>, link: String) -> AnyView {
    let name = filename.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| kind.label().to_owned());
    let place = site(&link).unwrap_or_else(|| link.clone());
    let inside = view! {
        <Icon name=kind.icon()/>
        <span>
            <b dir="auto">{name}</b>
            <small>{place}</small>
        </span>
    };
    if is_web(&link) {
        view! {
            <a class="file" href=link target="_blank" rel="noopener noreferrer nofollow">
                {inside}
            </a>
        }
        .into_any()
    } else {
        view! { <div class="file">{inside}</div> }.into_any()
    }
}

/// The host of an address: `acme.test`.
fn site(link: &str) -> Option<String> {
    let (_, rest) = link.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

/// Why a file is not shown.
enum Absence {
    Pending,
    Failed(String),
    /// Never fetched: sent by us from elsewhere, or before files were stored.
    NotHere,
}

fn absent(kind: AttachmentKind, filename: Option<String>, declared: Option<String>, why: Absence) -> AnyView {
    let label = kind.label();
    let (icon, words) = match why {
        Absence::Pending => ("loader", format!("Loading {}…", label.to_lowercase())),
        Absence::Failed(words) => ("alert", words),
        Absence::NotHere => (kind.icon(), format!("{label} not available")),
    };
    // Pictures reserve their space, so that nothing moves when they are loaded; others are one line high.
    if matches!(kind, AttachmentKind::Photo | AttachmentKind::Video) {
        return view! {
            <div class="media late">
                <Icon name=icon/>
                <span>{words}</span>
            </div>
        }
        .into_any();
    }
    let name = filename.unwrap_or_else(|| label.to_owned());
    let facts = match declared.as_deref().map(type_word) {
        Some(word) if !word.is_empty() => format!("{word} · {words}"),
        _ => words,
    };
    view! {
        <div class="file">
            <Icon name=icon/>
            <span>
                <b dir="auto">{name}</b>
                <small>{facts}</small>
            </span>
        </div>
    }
    .into_any()
}

/// `PDF`, `OGG`: a readable name for a mime type.
fn type_word(mime: &str) -> String {
    let bare = mime.split(';').next().unwrap_or_default().trim();
    match bare {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" | "application/msword" => {
            "Word".into()
        }
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" | "application/vnd.ms-excel" => {
            "Excel".into()
        }
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "PowerPoint".into(),
        "application/octet-stream" | "" => "File".into(),
        "text/plain" => "Text".into(),
        _ => bare.rsplit(['/', '.']).next().unwrap_or(bare).trim_start_matches("x-").to_uppercase(),
    }
}

/// `512 bytes`, `214 kB`, `3.4 MB`, in powers of ten.
fn length(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{} bytes", bytes.max(0)),
        1_000..1_000_000 => format!("{} kB", (bytes + 500) / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_and_measured_for_people() {
        assert_eq!(type_word("application/pdf"), "PDF");
        assert_eq!(type_word("audio/ogg; codecs=opus"), "OGG");
        assert_eq!(type_word("text/plain"), "Text");
        assert_eq!(length(512), "512 bytes");
        assert_eq!(length(214_300), "214 kB");
        assert_eq!(length(3_456_000), "3.4 MB");
    }

    #[test]
    fn a_file_elsewhere_names_the_server_that_has_it() {
        assert_eq!(site("https://acme.test/a.png?x=1").as_deref(), Some("acme.test"));
        assert_eq!(site("https://acme.test@evil.test/a.png").as_deref(), Some("evil.test"), "the true server");
        assert_eq!(site("nothing"), None);
    }

    #[test]
    fn only_what_the_first_bytes_allow_is_drawn() {
        assert!(AttachmentKind::Photo.shows("image/jpeg"));
        assert!(!AttachmentKind::Photo.shows("image/svg+xml"));
        assert!(!AttachmentKind::Photo.shows("text/html"));
        assert!(AttachmentKind::Voice.shows("audio/ogg"));
    }
}
