//! Why a file is not accepted: the limit, and the way out.

use super::{FileType, LARGEST, MB};
use crate::{message::outgoing::FileKind, voice::VoiceFault};

/// Why WhatsApp would not accept a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileRefusal {
    Empty,
    /// Larger than anything that can be sent.
    OverLargest {
        size: u64,
    },
    TooLarge {
        kind: FileKind,
        size: u64,
        limit: u64,
    },
    /// A picture, sound or video that phones do not show.
    OtherType {
        found: FileType,
    },
    /// No video was found in a video's container.
    Unreadable {
        found: FileType,
    },
    VideoCodec {
        codec: [u8; 4],
    },
    SoundCodec {
        codec: [u8; 4],
    },
    SeveralSounds {
        count: usize,
    },
    DeepPng,
    /// A recording that cannot be a voice message.
    Recording(VoiceFault),
}

const AS_DOCUMENT: &str = "Send it as a document instead.";

impl FileRefusal {
    /// Whether the same file can be sent as a document.
    pub const fn has_way_out(self) -> bool {
        match self {
            Self::Empty | Self::OverLargest { .. } | Self::Recording(_) => false,
            Self::TooLarge { kind, .. } => !matches!(kind, FileKind::Document | FileKind::Voice),
            Self::OtherType { .. }
            | Self::Unreadable { .. }
            | Self::VideoCodec { .. }
            | Self::SoundCodec { .. }
            | Self::SeveralSounds { .. }
            | Self::DeepPng => true,
        }
    }

    /// Whether a picture drawn anew would be accepted.
    pub const fn is_redrawable(self) -> bool {
        match self {
            Self::TooLarge { kind, .. } => matches!(kind, FileKind::Image | FileKind::Sticker),
            Self::OtherType { found } => found.is_still_picture(),
            Self::DeepPng => true,
            Self::Empty
            | Self::OverLargest { .. }
            | Self::Unreadable { .. }
            | Self::VideoCodec { .. }
            | Self::SoundCodec { .. }
            | Self::SeveralSounds { .. }
            | Self::Recording(_) => false,
        }
    }

    /// The sentences for an agent: the limit, and what to do.
    pub fn words(self) -> String {
        match self {
            Self::Empty => "The file is empty (0 bytes). Choose another one.".to_owned(),
            Self::OverLargest { size } => format!(
                "The file has {}, and WhatsApp takes up to {}. Send a smaller one, or a link to it.",
                measured(size),
                measured(LARGEST)
            ),
            Self::TooLarge { kind, size, limit } => {
                let plural = match kind {
                    FileKind::Image => "pictures",
                    FileKind::Video => "videos",
                    FileKind::Audio => "sounds",
                    FileKind::Document => "documents",
                    FileKind::Sticker => "stickers",
                    FileKind::Voice => return VoiceFault::TooLong.words().to_owned(),
                };
                format!(
                    "The file has {}, and WhatsApp takes {plural} up to {}. {AS_DOCUMENT}",
                    measured(size),
                    measured(limit)
                )
            }
            Self::OtherType { found } => format!("WhatsApp doesn't show {}. {AS_DOCUMENT}", found.noun()),
            Self::Unreadable { found } => {
                format!("The file looks like {}, but its video can't be read. {AS_DOCUMENT}", found.noun())
            }
            Self::VideoCodec { codec } => {
                format!("WhatsApp plays H.264 videos only, and this one is {}. {AS_DOCUMENT}", named(codec))
            }
            Self::SoundCodec { codec } => {
                format!("WhatsApp plays videos with AAC sound only, and this one has {}. {AS_DOCUMENT}", named(codec))
            }
            Self::SeveralSounds { count } => {
                format!("WhatsApp plays videos with one sound track, and this one has {count}. {AS_DOCUMENT}")
            }
            Self::Recording(fault) => fault.words().to_owned(),
            Self::DeepPng => {
                format!("WhatsApp takes PNG pictures with 8 bits a channel, and this one has 16. {AS_DOCUMENT}")
            }
        }
    }
}

/// The name of a codec that people know, or the one that the file has.
fn named(codec: [u8; 4]) -> String {
    match &codec {
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => "H.265 (HEVC)".to_owned(),
        b"av01" => "AV1".to_owned(),
        b"vp08" => "VP8".to_owned(),
        b"vp09" => "VP9".to_owned(),
        b"mp4v" => "MPEG-4 Part 2".to_owned(),
        b"s263" | b"h263" => "H.263".to_owned(),
        b"Opus" => "Opus".to_owned(),
        b"samr" | b"sawb" => "AMR".to_owned(),
        b"ac-3" | b"ec-3" => "Dolby Digital".to_owned(),
        b".mp3" => "MP3".to_owned(),
        other => {
            let plain = |byte: &u8| if byte.is_ascii_alphanumeric() { char::from(*byte) } else { '?' };
            format!("“{}”", other.iter().map(plain).collect::<String>())
        }
    }
}

/// `100 KB`, `16 MB`, `7.2 MB`. Rounded up, so that what is over a limit never reads like it.
fn measured(size: u64) -> String {
    if size < MB {
        return format!("{} KB", size.div_ceil(1024));
    }
    let tenths = (size * 10).div_ceil(MB);
    match tenths % 10 {
        0 => format!("{} MB", tenths / 10),
        tenth => format!("{}.{tenth} MB", tenths / 10),
    }
}
