//! Types of files by their first bytes. The name decides only between types of one container, never against the bytes.

use serde::{Deserialize, Serialize};

use crate::message::outgoing::FileKind;

/// How many of the first bytes are examined.
pub const HEAD: usize = 4 * 1024;

/// What the first bytes of a file show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileType {
    Jpeg,
    Png,
    /// With 16 bits a channel, which WhatsApp does not take.
    PngDeep,
    /// Of the size of a sticker.
    Webp,
    WebpMoving,
    /// Of another size: phones would distort it.
    WebpPicture,
    Gif,
    Heic,
    Avif,
    Mp4,
    ThreeGp,
    QuickTime,
    Webm,
    M4a,
    Aac,
    Amr,
    Mp3,
    OggOpus,
    /// Another sound or video in an Ogg container.
    Ogg,
    Wav,
    Pdf,
    Word,
    WordOld,
    Excel,
    ExcelOld,
    PowerPoint,
    PowerPointOld,
    Text,
    /// An archive, or one of the types that are archives and that WhatsApp does not know.
    Zip,
    Unknown,
}

impl FileType {
    /// The kind of message that shows this type; `None` if WhatsApp takes it as no kind but a document that is asked for.
    pub const fn kind(self) -> Option<FileKind> {
        match self {
            Self::Jpeg | Self::Png | Self::PngDeep => Some(FileKind::Image),
            Self::Webp | Self::WebpMoving => Some(FileKind::Sticker),
            Self::Mp4 | Self::ThreeGp => Some(FileKind::Video),
            Self::M4a | Self::Aac | Self::Amr | Self::Mp3 | Self::OggOpus => Some(FileKind::Audio),
            Self::Pdf
            | Self::Word
            | Self::WordOld
            | Self::Excel
            | Self::ExcelOld
            | Self::PowerPoint
            | Self::PowerPointOld
            | Self::Text
            | Self::Zip
            | Self::Unknown => Some(FileKind::Document),
            // Pictures, sound and videos in formats that phones do not show: only as a document, if the agent says so.
            Self::WebpPicture
            | Self::Gif
            | Self::Heic
            | Self::Avif
            | Self::QuickTime
            | Self::Webm
            | Self::Ogg
            | Self::Wav => None,
        }
    }

    /// The registered type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png | Self::PngDeep => "image/png",
            Self::Webp | Self::WebpMoving | Self::WebpPicture => "image/webp",
            Self::Gif => "image/gif",
            Self::Heic => "image/heic",
            Self::Avif => "image/avif",
            Self::Mp4 => "video/mp4",
            Self::ThreeGp => "video/3gpp",
            Self::QuickTime => "video/quicktime",
            Self::Webm => "video/webm",
            Self::M4a => "audio/mp4",
            Self::Aac => "audio/aac",
            Self::Amr => "audio/amr",
            Self::Mp3 => "audio/mpeg",
            Self::OggOpus | Self::Ogg => "audio/ogg",
            Self::Wav => "audio/wav",
            Self::Pdf => "application/pdf",
            Self::Word => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::WordOld => "application/msword",
            Self::Excel => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::ExcelOld => "application/vnd.ms-excel",
            Self::PowerPoint => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::PowerPointOld => "application/vnd.ms-powerpoint",
            Self::Text => "text/plain",
            Self::Zip => "application/zip",
            Self::Unknown => "application/octet-stream",
        }
    }

    /// The type that Meta accepts for it, of those in its reference.
    pub(super) const fn mime_at_meta(self) -> &'static str {
        match self {
            // Without the codec, Meta takes it for a type that it does not deliver.
            Self::OggOpus => "audio/ogg; codecs=opus",
            Self::Zip | Self::Unknown => "text/plain",
            other => other.mime(),
        }
    }

    /// The type in a sentence: “a GIF”.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Jpeg => "a JPEG picture",
            Self::Png | Self::PngDeep => "a PNG picture",
            Self::Webp | Self::WebpMoving | Self::WebpPicture => "a WebP picture",
            Self::Gif => "a GIF",
            Self::Heic => "a HEIC picture",
            Self::Avif => "an AVIF picture",
            Self::Mp4 => "an MP4 video",
            Self::ThreeGp => "a 3GP video",
            Self::QuickTime => "a QuickTime video",
            Self::Webm => "a WebM video",
            Self::M4a | Self::Aac | Self::Amr | Self::Mp3 | Self::OggOpus | Self::Ogg => "a sound",
            Self::Wav => "a WAV sound",
            Self::Pdf => "a PDF",
            Self::Word | Self::WordOld => "a Word document",
            Self::Excel | Self::ExcelOld => "an Excel document",
            Self::PowerPoint | Self::PowerPointOld => "a PowerPoint document",
            Self::Text => "a text",
            Self::Zip => "an archive",
            Self::Unknown => "a file of an unknown type",
        }
    }

    /// Whether it is a picture that a browser may be able to draw, and that loses nothing but size by it. What moves
    /// would stand still.
    pub const fn is_still_picture(self) -> bool {
        match self {
            Self::Jpeg | Self::Png | Self::PngDeep | Self::Webp | Self::WebpPicture | Self::Heic | Self::Avif => true,
            Self::Gif
            | Self::WebpMoving
            | Self::Mp4
            | Self::ThreeGp
            | Self::QuickTime
            | Self::Webm
            | Self::M4a
            | Self::Aac
            | Self::Amr
            | Self::Mp3
            | Self::OggOpus
            | Self::Ogg
            | Self::Wav
            | Self::Pdf
            | Self::Word
            | Self::WordOld
            | Self::Excel
            | Self::ExcelOld
            | Self::PowerPoint
            | Self::PowerPointOld
            | Self::Text
            | Self::Zip
            | Self::Unknown => false,
        }
    }
}

/// The type of a file that begins with `head`. Of archives, `name` says which one it is.
pub fn sniff(head: &[u8], name: &str) -> FileType {
    let head = &head[..head.len().min(HEAD)];
    let at = |from: usize, bytes: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(bytes));
    if at(0, b"\xff\xd8\xff") {
        FileType::Jpeg
    } else if at(0, b"\x89PNG\r\n\x1a\n") {
        // The eighth byte of the first part is the number of bits.
        if head.get(24) == Some(&16) { FileType::PngDeep } else { FileType::Png }
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        FileType::Gif
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        webp(head)
    } else if at(0, b"RIFF") && at(8, b"WAVE") {
        FileType::Wav
    } else if at(4, b"ftyp") {
        branded(head)
    } else if at(0, b"\x1a\x45\xdf\xa3") {
        FileType::Webm
    } else if at(0, b"OggS") {
        if at(28, b"OpusHead") { FileType::OggOpus } else { FileType::Ogg }
    } else if at(0, b"#!AMR") {
        FileType::Amr
    } else if at(0, b"ID3") {
        FileType::Mp3
    } else if is_frame(head, 0xf6, 0xf0) {
        FileType::Aac
    } else if is_frame(head, 0xe6, 0xe2) {
        FileType::Mp3
    } else if at(0, b"%PDF-") {
        FileType::Pdf
    } else if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") {
        zip(name)
    } else if at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        compound(name)
    } else if is_text(head) {
        FileType::Text
    } else {
        FileType::Unknown
    }
}

/// A sound without a container begins with eleven or twelve set bits; `mask` of the second byte must be `bits`.
fn is_frame(head: &[u8], mask: u8, bits: u8) -> bool {
    head.len() > 3 && head[0] == 0xff && head[1] & mask == bits
}

/// A sticker has 512 pixels on each side.
fn webp(head: &[u8]) -> FileType {
    const ANIMATION: u8 = 0b10;
    const SIDE: u32 = 512;
    let byte = |at: usize| head.get(at).copied().map(u32::from).unwrap_or_default();
    let two = |at: usize| byte(at) | (byte(at + 1) << 8);
    let three = |at: usize| two(at) | (byte(at + 2) << 16);
    let (width, height) = match head.get(12..16).unwrap_or_default() {
        // Both are stored less one.
        b"VP8X" => (three(24) + 1, three(27) + 1),
        // In 14 bits each, after a signature.
        b"VP8L" => ((two(21) & 0x3fff) + 1, ((three(22) >> 6) & 0x3fff) + 1),
        b"VP8 " => (two(26) & 0x3fff, two(28) & 0x3fff),
        _ => (0, 0),
    };
    if (width, height) != (SIDE, SIDE) {
        return FileType::WebpPicture;
    }
    match head.get(20) {
        Some(flags) if head.get(12..16) == Some(b"VP8X".as_slice()) && flags & ANIMATION != 0 => FileType::WebpMoving,
        _ => FileType::Webp,
    }
}

/// By the main brand, which the first part names.
fn branded(head: &[u8]) -> FileType {
    match head.get(8..12).unwrap_or_default() {
        b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => FileType::Heic,
        b"avif" | b"avis" => FileType::Avif,
        b"qt  " => FileType::QuickTime,
        b"M4A " | b"M4B " | b"M4P " => FileType::M4a,
        [b'3', b'g', ..] => FileType::ThreeGp,
        _ => FileType::Mp4,
    }
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

fn zip(name: &str) -> FileType {
    match ending(name).as_str() {
        "docx" => FileType::Word,
        "xlsx" => FileType::Excel,
        "pptx" => FileType::PowerPoint,
        _ => FileType::Zip,
    }
}

fn compound(name: &str) -> FileType {
    match ending(name).as_str() {
        "doc" => FileType::WordOld,
        "xls" => FileType::ExcelOld,
        "ppt" => FileType::PowerPointOld,
        _ => FileType::Unknown,
    }
}

/// UTF-8 without control characters. The last character may be cut.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
}
