//! Checks a file before it is uploaded. A picture that is too large, in a format that phones do not show, or that says
//! where it was taken is drawn anew.

use super::FileState;
use crate::{
    domain::{
        message::outgoing::FileKind,
        upload::{self, FileRefusal, HEAD, LARGEST, Mp4Scan, SendAs, has_position},
    },
    ui::browser::{self, PickedFile},
};

/// The longer side of a picture that is drawn anew, in pixels, and its quality: the first that is small enough is taken.
const SIZES: [(u32, f64); 3] = [(4_096, 0.9), (2_560, 0.85), (1_600, 0.8)];

/// Where a camera puts what it knows of a picture, in bytes from its beginning.
const PICTURE_FACTS: u64 = 256 * 1024;

/// How much of a video is read at once, in bytes.
const STEP: u64 = 1024 * 1024;

/// A larger video is refused for its size, whatever its codecs are.
const MOST_SCANNED: u64 = 17 * STEP;

const UNREADABLE: &str = "Your browser can't read this file any more. Attach it again.";
const SAYS_PLACE: &str = "This picture says where it was taken, and your browser can't remove that. Send it as a document to send it as it is.";

/// The file to upload, or why there is none.
pub async fn prepared(picked: &PickedFile, send_as: SendAs) -> Result<PickedFile, FileState> {
    let unreadable = || FileState::Failed { words: UNREADABLE.to_owned(), send_as };
    let head = browser::file_part(picked.handle, 0, PICTURE_FACTS.min(picked.size)).await.ok_or_else(unreadable)?;
    let checked = checked(picked, &head, send_as).await.ok_or_else(unreadable)?;
    let says_place = send_as == SendAs::Itself && has_position(&head);
    match checked {
        Ok(kind) if kind == FileKind::Image && says_place => {
            redrawn(picked).await.ok_or(FileState::Refused { words: SAYS_PLACE.to_owned(), has_way_out: true })
        }
        Ok(_) => Ok(picked.clone()),
        Err(refusal) => {
            let refused = FileState::Refused { words: refusal.words(), has_way_out: refusal.has_way_out() };
            if !refusal.is_redrawable() || picked.size > LARGEST {
                return Err(refused);
            }
            redrawn(picked).await.ok_or(refused)
        }
    }
}

/// The picture drawn anew, if the browser can and it becomes small enough.
async fn redrawn(picked: &PickedFile) -> Option<PickedFile> {
    for (longest, quality) in SIZES {
        let drawn = browser::redrawn_picture(picked, longest, quality).await?;
        let head = browser::file_part(drawn.handle, 0, HEAD as u64).await?;
        if checked(&drawn, &head, SendAs::Itself).await?.is_ok() {
            return Some(drawn);
        }
        browser::forget_file(drawn.handle);
    }
    None
}

/// What the rules say; `None` if the file cannot be read.
async fn checked(file: &PickedFile, head: &[u8], send_as: SendAs) -> Option<Result<FileKind, FileRefusal>> {
    let head = &head[..head.len().min(HEAD)];
    let must_scan = send_as == SendAs::Itself && upload::needs_scan(upload::sniff(head, &file.name));
    let mut scan = Mp4Scan::default();
    if must_scan && file.size <= MOST_SCANNED {
        let mut at = 0;
        while at < file.size {
            let part = browser::file_part(file.handle, at, (at + STEP).min(file.size)).await?;
            // A file that became shorter since would never end.
            if part.is_empty() {
                return None;
            }
            scan.push(&part);
            at += part.len() as u64;
        }
    }
    let tracks = must_scan.then(|| scan.tracks());
    Some(upload::check(head, &file.name, file.size, tracks, send_as).map(|file| file.kind))
}
