//! Detects a file's type and decides how browsers may show it. The first bytes decide. The declared type counts only if
//! they match no known type, or if it is a more specific type for the detected container.

use crate::domain::upload::safe_file_name;

/// The type of a file of unknown type.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// How many of the first bytes are examined. The names of the parts of an Office file are within them.
pub(super) const HEAD: usize = 8 * 1024;

/// Containers for several types: the detected type, and prefixes of declared types that are more specific.
const CONTAINERS: [(&str, &[&str]); 5] = [
    ("application/zip", &["application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."]),
    ("application/x-ole-storage", &["application/msword", "application/vnd.ms-"]),
    ("video/mp4", &["audio/mp4", "audio/m4a", "audio/aac", "video/3gpp", "video/quicktime"]),
    ("audio/m4a", &["audio/mp4", "audio/aac"]),
    ("video/webm", &["audio/webm"]),
];

/// Opus in an Ogg container: its registered type, which browsers play. They refuse `audio/opus`, as which it is detected
/// and was stored by earlier versions.
fn playable(mime: String) -> String {
    if mime == "audio/opus" { "audio/ogg".to_owned() } else { mime }
}

/// The type of a file that begins with `head`, in lower case and without parameters.
pub(super) fn detect(head: &[u8], declared: Option<&str>) -> String {
    let declared = declared.and_then(essence);
    let Some(found) = infer::get(head).map(|kind| kind.mime_type()) else {
        return declared.unwrap_or_else(|| UNKNOWN.to_owned());
    };
    let finer = declared.filter(|declared| {
        CONTAINERS
            .iter()
            .any(|(container, kinds)| *container == found && kinds.iter().any(|kind| declared.starts_with(kind)))
    });
    playable(finer.unwrap_or_else(|| found.to_owned()))
}

/// The `type/subtype` of a MIME type, if it is valid.
fn essence(mime: &str) -> Option<String> {
    let essence = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, sub) = essence.split_once('/')?;
    let word = |word: &str| {
        !word.is_empty()
            && word.len() <= 100
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    (word(kind) && word(sub)).then(|| essence.clone())
}

/// How a browser shows a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disposition {
    /// In the page.
    Inline,
    /// As a download.
    Attachment,
}

/// The content type and disposition of a response. A type that could run as a script in our origin is served as an
/// unknown download.
pub(super) fn serve_as(mime: Option<&str>) -> (String, Disposition) {
    let Some(mime) = mime.and_then(essence).map(playable) else { return (UNKNOWN.to_owned(), Disposition::Attachment) };
    let (kind, sub) = mime.split_once('/').unwrap_or_default();
    let runs = sub.contains("html") || sub.contains("xml") || sub.contains("svg") || sub.contains("script");
    // Types of Office files contain "xml", but the files are archives.
    if runs && !sub.starts_with("vnd.openxmlformats-") {
        return (UNKNOWN.to_owned(), Disposition::Attachment);
    }
    let shown = matches!(kind, "image" | "audio" | "video") || mime == "application/pdf";
    (mime, if shown { Disposition::Inline } else { Disposition::Attachment })
}

/// `Content-Disposition` (RFC 6266): an ASCII name for old browsers, the real one percent-encoded (RFC 8187).
pub(super) fn disposition(disposition: Disposition, filename: Option<&str>) -> String {
    let word = match disposition {
        Disposition::Inline => "inline",
        Disposition::Attachment => "attachment",
    };
    let Some(name) = filename.map(safe_file_name).filter(|name| !name.is_empty()) else { return word.to_owned() };
    let ascii: String = name.chars().map(|c| if c.is_ascii() && !"\"\\%".contains(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{word}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(detect(png, Some("text/html")), "image/png");
        assert_eq!(detect(b"just words", Some("Text/Plain; charset=utf-8")), "text/plain");
        assert_eq!(detect(b"just words", Some("no mime")), UNKNOWN);
        assert_eq!(detect(b"<!DOCTYPE html><script>", Some("image/jpeg")), "text/html");
        let voice = b"OggS\0\x02\0\0\0\0\0\0\0\0FFOH\0\0\0\0\0\0\0\0\x01\x13OpusHead";
        assert_eq!(detect(voice, Some("audio/ogg; codecs=opus")), "audio/ogg");
        assert_eq!(serve_as(Some("audio/opus")), ("audio/ogg".to_owned(), Disposition::Inline));
        let zip = b"PK\x03\x04\x14\0\0\0\0\0";
        let odt = "application/vnd.oasis.opendocument.text";
        assert_eq!(detect(zip, Some(odt)), odt);
        assert_eq!(detect(zip, Some("image/png")), "application/zip");
    }

    #[test]
    fn types_that_could_run_are_served_as_downloads() {
        for mime in ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "text/xml", "bent"] {
            assert_eq!(serve_as(Some(mime)), (UNKNOWN.to_owned(), Disposition::Attachment), "{mime}");
        }
        assert_eq!(serve_as(None).1, Disposition::Attachment);
        for mime in ["image/png", "audio/ogg", "video/mp4", "application/pdf"] {
            assert_eq!(serve_as(Some(mime)), (mime.to_owned(), Disposition::Inline));
        }
        let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        assert_eq!(serve_as(Some(sheet)), (sheet.to_owned(), Disposition::Attachment));
    }

    #[test]
    fn deceptive_file_names_are_cleaned() {
        for (name, header_value) in [
            ("../../etc/passwd", "filename=\"passwd\"; filename*=UTF-8''passwd"),
            ("a\"b\r\nX: y.pdf", "filename=\"a_bX: y.pdf\"; filename*=UTF-8''a%22bX%3A%20y.pdf"),
            ("\u{202e}fdp.exe", "filename=\"fdp.exe\"; filename*=UTF-8''fdp.exe"),
            ("Größe.pdf", "filename=\"Gr__e.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf"),
        ] {
            assert_eq!(disposition(Disposition::Attachment, Some(name)), format!("attachment; {header_value}"));
        }
        assert_eq!(disposition(Disposition::Inline, Some("...")), "inline");
        let long = disposition(Disposition::Attachment, Some(&format!("{}.docx", "x".repeat(500))));
        assert!(long.len() < 320 && long.ends_with("x.docx"));
    }
}
