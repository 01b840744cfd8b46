//! Files on Meta's servers: uploaded to the simulator first, so that a message can reference them.

use handoff::domain::{
    message::{File, Message},
    time::Span,
};

use super::stage::Who;
use crate::app::TestApp;

/// Media ids that the simulator knows.
#[derive(Clone)]
pub struct Files {
    pub png: String,
    pub mp4: String,
    pub ogg: String,
    pub pdf: String,
    pub webp: String,
}

/// An unknown id.
pub const UNKNOWN: &str = "777000777000777";

/// Long enough for every download attempt of a file.
pub const WAITS: [Span; 5] = [Span::minutes(1), Span::minutes(5), Span::minutes(30), Span::hours(2), Span::hours(6)];

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0OpusHead";
const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";
const WEBP: &[u8] = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0";

impl Files {
    pub async fn upload(app: &TestApp) -> Self {
        Self {
            png: upload(app, "image/png", PNG).await,
            mp4: upload(app, "video/mp4", MP4).await,
            ogg: upload(app, "audio/ogg; codecs=opus", OGG).await,
            pdf: upload(app, "application/pdf", PDF).await,
            webp: upload(app, "image/webp", WEBP).await,
        }
    }
}

async fn upload(app: &TestApp, mime: &str, bytes: &'static [u8]) -> String {
    let base = app.meta.base_url().expect("the simulator serves");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = client.post(format!("{base}/sim/upload")).header("content-type", mime).body(bytes);
    let answer = request.send().await.expect("the simulator answers");
    let answer: serde_json::Value = answer.json().await.expect("JSON");
    answer["media"].as_str().expect("an id").to_owned()
}

/// Checks the final state of a message's file.
pub fn check(name: &str, who: &Who, message: &Message) {
    let (size, mime) = match message.content.kind() {
        "image" => (PNG.len(), "image/png"),
        "video" => (MP4.len(), "video/mp4"),
        "audio" => (OGG.len(), "audio/ogg"),
        "document" => (PDF.len(), "application/pdf"),
        "sticker" => (WEBP.len(), "image/webp"),
        other => panic!("{name}: {other} has no file"),
    };
    match &message.file {
        Some(File::Failed { detail: words }) => {
            assert!(name.contains("nobody knows"), "{name} ({}): failed: {words}", who.name);
            assert_eq!(words, "WhatsApp no longer has this file.", "{name}");
        }
        Some(File::Kept { url, mime: kept, size: bytes }) => {
            assert!(!name.contains("nobody knows"), "{name}: kept something");
            assert!(url.starts_with("/media/"), "{name}: {url}");
            assert_eq!((kept.as_str(), usize::try_from(*bytes).ok()), (mime, Some(size)), "{name}");
        }
        other => panic!("{name}: the file is {other:?}"),
    }
}
