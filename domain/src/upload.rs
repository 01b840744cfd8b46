//! Files that agents send: what WhatsApp accepts, decided from the first bytes and the parts that name a video's codecs.
//!
//! The page checks a file before it is uploaded, and the server checks what arrived, with the same functions. A refusal
//! names the limit and the way out. `sniff.rs` recognizes types, `mp4.rs` reads the codecs of a video, `refusal.rs` says
//! why a file is refused, `name.rs` makes names harmless, `position.rs` finds the place where a picture was taken.

mod mp4;
mod name;
mod position;
mod refusal;
mod sniff;

use serde::{Deserialize, Serialize};

pub use self::{
    mp4::{Mp4Scan, Tracks},
    name::safe_file_name,
    position::has_position,
    refusal::FileRefusal,
    sniff::{FileType, HEAD, sniff},
};
use crate::{message::outgoing::FileKind, voice::VoiceFault};

/// One megabyte, as WhatsApp counts.
const MB: u64 = 1024 * 1024;
const KB: u64 = 1024;

/// The largest file that can be sent at all, in bytes: a document's limit.
pub const LARGEST: u64 = 100 * MB;

/// The largest recording, in bytes. It is held in memory while it moves into another container. The recorder's own limits
/// make it a tenth of this, unless the browser ignores them.
pub const LARGEST_RECORDING: u64 = 8 * MB;

/// The most files that wait in one composer.
pub const MOST_WAITING: usize = 30;

/// How an agent wants to send a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendAs {
    /// As what it is: a picture as a picture.
    #[default]
    Itself,
    /// As a file to be saved, which WhatsApp neither changes nor plays.
    Document,
    /// As spoken into the chat. What a browser records is moved into the container that WhatsApp takes (`crate::voice`).
    Voice,
}

/// A file that was uploaded and not sent yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingFile {
    pub id: crate::ids::MediaId,
    pub name: String,
    pub kind: FileKind,
    /// In bytes.
    pub size: u64,
}

/// A file that WhatsApp accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptedFile {
    pub kind: FileKind,
    /// The type that its first bytes show.
    pub found: FileType,
}

/// The largest file of a kind, in bytes. Stickers that move may be larger than those that do not.
pub const fn limit(kind: FileKind, found: FileType) -> u64 {
    match kind {
        FileKind::Image => 5 * MB,
        FileKind::Video | FileKind::Audio => 16 * MB,
        FileKind::Voice => LARGEST_RECORDING,
        FileKind::Document => LARGEST,
        FileKind::Sticker => match found {
            FileType::WebpMoving => 500 * KB,
            _ => 100 * KB,
        },
    }
}

/// Checks a whole file. `head` are its first bytes ([`HEAD`] of them, or all), `tracks` what [`Mp4Scan`] has read.
///
/// # Errors
/// Why WhatsApp would not accept it.
pub fn check(
    head: &[u8],
    name: &str,
    size: u64,
    tracks: Option<&Tracks>,
    send_as: SendAs,
) -> Result<AcceptedFile, FileRefusal> {
    let found = settled(sniff(head, name), tracks);
    if size == 0 || head.is_empty() {
        return Err(FileRefusal::Empty);
    }
    if size > LARGEST {
        return Err(FileRefusal::OverLargest { size });
    }
    let kind = match send_as {
        SendAs::Document => FileKind::Document,
        SendAs::Itself => found.kind().ok_or(FileRefusal::OtherType { found })?,
        SendAs::Voice if matches!(found, FileType::Webm | FileType::OggOpus) => FileKind::Voice,
        SendAs::Voice => return Err(FileRefusal::Recording(VoiceFault::OtherContainer)),
    };
    let limit = limit(kind, found);
    if size > limit {
        return Err(FileRefusal::TooLarge { kind, size, limit });
    }
    match kind {
        FileKind::Video => video_plays(found, tracks)?,
        FileKind::Image if found == FileType::PngDeep => return Err(FileRefusal::DeepPng),
        FileKind::Image | FileKind::Audio | FileKind::Document | FileKind::Sticker | FileKind::Voice => {}
    }
    Ok(AcceptedFile { kind, found })
}

/// Whether the container has to be read ([`Mp4Scan`]) before a file of this type can be checked.
pub const fn needs_scan(found: FileType) -> bool {
    matches!(found, FileType::Mp4 | FileType::ThreeGp)
}

/// The same container holds videos and sound alone.
fn settled(found: FileType, tracks: Option<&Tracks>) -> FileType {
    match tracks {
        Some(tracks) if found == FileType::Mp4 && tracks.video.is_empty() && !tracks.audio.is_empty() => FileType::M4a,
        _ => found,
    }
}

fn video_plays(found: FileType, tracks: Option<&Tracks>) -> Result<(), FileRefusal> {
    let Some(tracks) = tracks.filter(|tracks| !tracks.video.is_empty()) else {
        return Err(FileRefusal::Unreadable { found });
    };
    if let Some(codec) = tracks.video.iter().find(|codec| !matches!(&codec[..], b"avc1" | b"avc3")) {
        return Err(FileRefusal::VideoCodec { codec: *codec });
    }
    if let Some(codec) = tracks.audio.iter().find(|codec| &codec[..] != b"mp4a") {
        return Err(FileRefusal::SoundCodec { codec: *codec });
    }
    if tracks.audio.len() > 1 { Err(FileRefusal::SeveralSounds { count: tracks.audio.len() }) } else { Ok(()) }
}

/// The type under which a file is uploaded to Meta, which accepts no others.
///
/// It does not look into documents, and phones open them by the ending of their names, so what has no type of its own
/// there is uploaded as text; so is what is larger than its own type may be.
pub const fn type_at_meta(found: FileType, size: u64) -> &'static str {
    const OTHER: &str = "text/plain";
    let fits = match found.kind() {
        Some(kind) => size <= limit(kind, found),
        None => false,
    };
    if fits { found.mime_at_meta() } else { OTHER }
}

#[cfg(test)]
#[path = "upload/tests.rs"]
mod tests;
