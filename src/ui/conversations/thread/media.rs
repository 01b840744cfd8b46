//! Files in a bubble: what the browser shows itself (`media/shown.rs`), documents, and files that are not loaded.
//!
//! The kind that our server detected from the first bytes decides how a file is shown, never the sender's mime type.

mod shown;
mod waveform;

use leptos::prelude::*;

use self::shown::{Photo, Sound, Sticker, Video, Voice};
use crate::{
    domain::{direction::split_file_name, formatting::is_web, message::File},
    ui::components::icon::Icon,
};

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
            Self::Voice => "mic",
            Self::Sound => "music",
            Self::Document => "file",
            Self::Sticker => "sticker",
        }
    }

    /// What a browser does with it.
    fn verb(self) -> &'static str {
        match self {
            Self::Video | Self::Voice | Self::Sound => "play",
            Self::Photo | Self::Document | Self::Sticker => "show",
        }
    }

    /// The prefix of the mime types that this kind shows. Other files are offered for download.
    pub fn shows(self, mime: &str) -> bool {
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
        Some(File::Kept { url, mime, size }) => {
            let file = KeptFile { kind, url, mime, size };
            if kind.shows(&file.mime) { shown(file) } else { download(file, filename) }
        }
        Some(File::Failed { detail: words }) => absent(kind, filename, declared, Absence::Failed(words)),
        Some(File::Pending) => absent(kind, filename, declared, Absence::Pending),
        None => match link {
            Some(link) => elsewhere(kind, filename, link),
            None => absent(kind, filename, declared, Absence::NotHere),
        },
    }
}

/// A file that is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFile {
    pub kind: AttachmentKind,
    pub url: String,
    /// As the server detected it from the first bytes, without parameters.
    pub mime: String,
    /// In bytes.
    pub size: i64,
}

impl KeptFile {
    /// `OGG · 214 kB`
    fn facts(&self) -> String {
        format!("{} · {}", type_word(&self.mime), length(self.size))
    }

    /// The name under which a file without one is saved: `voice-message.amr`.
    pub fn save_as(&self) -> String {
        let name = self.kind.label().to_lowercase().replace(' ', "-");
        match extension(&self.mime) {
            Some(extension) => format!("{name}.{extension}"),
            None => name,
        }
    }
}

fn shown(file: KeptFile) -> AnyView {
    match file.kind {
        AttachmentKind::Video => view! { <Video file/> }.into_any(),
        AttachmentKind::Voice => view! { <Voice file/> }.into_any(),
        AttachmentKind::Sound => view! { <Sound file/> }.into_any(),
        AttachmentKind::Sticker => view! { <Sticker file/> }.into_any(),
        AttachmentKind::Photo | AttachmentKind::Document => view! { <Photo file/> }.into_any(),
    }
}

fn download(file: KeptFile, filename: Option<String>) -> AnyView {
    let save_as = match filename.as_deref().map(split_file_name) {
        Some((body, ending)) if !body.is_empty() => format!("{body}{ending}"),
        Some(_) | None => file.save_as(),
    };
    let facts = format!("{} · download", file.facts());
    view! {
        <a class="file" href=file.url download=save_as>
            <Icon name=file.kind.icon()/>
            <span>
                <FileName kind=file.kind filename/>
                <small>{facts}</small>
            </span>
        </a>
    }
    .into_any()
}

/// A file that this browser cannot play or show, to be saved.
fn unplayable(file: &KeptFile) -> AnyView {
    let words = format!("Your browser can't {} it · {} · download", file.kind.verb(), file.facts());
    view! {
        <a class="file unplayable" href=file.url.clone() download=file.save_as()>
            <Icon name=file.kind.icon()/>
            <span>
                <b>{file.kind.label()}</b>
                <small>{words}</small>
            </span>
        </a>
    }
    .into_any()
}

/// The file's name, or its kind. A long name is cut before its ending, which says what the file is.
#[component]
fn FileName(kind: AttachmentKind, filename: Option<String>) -> impl IntoView {
    let (body, ending) = filename
        .as_deref()
        .map(split_file_name)
        .filter(|(body, _)| !body.is_empty())
        .unwrap_or_else(|| (kind.label().to_owned(), String::new()));
    view! {
        <b class="file-name" dir="auto">
            <bdi>{body}</bdi>
            <bdi dir="ltr">{ending}</bdi>
        </b>
    }
}

/// A file of the bot on another server. It is linked and not embedded: loading it would reveal the agent to that
/// server, and a flow may put a customer's text into the address.
fn elsewhere(kind: AttachmentKind, filename: Option<String>, link: String) -> AnyView {
    let place = site(&link).unwrap_or_else(|| link.clone());
    let inside = view! {
        <Icon name=kind.icon()/>
        <span>
            <FileName kind filename/>
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
    let facts = match declared.as_deref().map(type_word) {
        Some(word) if !word.is_empty() => format!("{word} · {words}"),
        _ => words,
    };
    view! {
        <div class="file">
            <Icon name=icon/>
            <span>
                <FileName kind filename/>
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

/// The usual ending of files of a type, for those that come without a name.
fn extension(mime: &str) -> Option<&'static str> {
    Some(match mime {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "image/heic" | "image/heif" => "heic",
        "video/mp4" => "mp4",
        "video/3gpp" => "3gp",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        "audio/amr" => "amr",
        "audio/ogg" | "application/ogg" | "audio/opus" => "ogg",
        "audio/mpeg" => "mp3",
        "audio/mp4" | "audio/m4a" | "audio/x-m4a" => "m4a",
        "audio/aac" => "aac",
        "audio/wav" | "audio/x-wav" => "wav",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        _ => return None,
    })
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
    fn a_file_without_a_name_is_saved_under_one_that_opens() {
        let file = |kind, mime: &str| KeptFile { kind, url: "/media/1".to_owned(), mime: mime.to_owned(), size: 1 };
        let table = [
            (AttachmentKind::Voice, "audio/amr", "voice-message.amr"),
            (AttachmentKind::Video, "video/3gpp", "video.3gp"),
            (AttachmentKind::Photo, "image/heif", "photo.heic"),
            (AttachmentKind::Document, "application/x-unknown", "document"),
        ];
        for (kind, mime, expected) in table {
            assert_eq!(file(kind, mime).save_as(), expected);
        }
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
