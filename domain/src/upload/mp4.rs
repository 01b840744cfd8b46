//! The codecs of an MP4 or 3GP file, read as it passes: the container's parts are walked over, and only the one that
//! describes the tracks (`moov`) is kept, wherever it stands.

/// The largest description of tracks that is kept, in bytes. That of an hour's video has half of it.
const DESCRIPTION_LIMIT: usize = 1024 * 1024;

/// The codecs of a file's tracks, as its sample descriptions name them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracks {
    pub video: Vec<[u8; 4]>,
    pub audio: Vec<[u8; 4]>,
}

/// Reads a file piece by piece.
#[derive(Debug, Default)]
pub struct Mp4Scan {
    at: Place,
    tracks: Tracks,
}

#[derive(Debug)]
enum Place {
    /// In a part's header, of which this is known.
    Header(Vec<u8>),
    /// In a part without tracks, which has so many bytes left.
    Skipping(u64),
    /// In the description of tracks: what is known of it, and its length.
    Description(Vec<u8>, usize),
    /// The rest cannot be read, or has no length.
    Ended,
}

impl Default for Place {
    fn default() -> Self {
        Self::Header(Vec::new())
    }
}

impl Mp4Scan {
    /// The next bytes of the file.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (at, rest) = match std::mem::replace(&mut self.at, Place::Ended) {
                Place::Ended => return,
                Place::Skipping(left) => {
                    let step = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    let left = left - step as u64;
                    let at = if left == 0 { Place::default() } else { Place::Skipping(left) };
                    (at, &bytes[step..])
                }
                Place::Header(mut header) => {
                    let wanted = if header.len() >= 8 && header.starts_with(&[0, 0, 0, 1]) { 16 } else { 8 };
                    let step = (wanted - header.len()).min(bytes.len());
                    header.extend_from_slice(&bytes[..step]);
                    (place_after(header), &bytes[step..])
                }
                Place::Description(mut known, length) => {
                    let step = (length - known.len()).min(bytes.len());
                    known.extend_from_slice(&bytes[..step]);
                    let at = if known.len() == length {
                        self.describe(&known);
                        Place::default()
                    } else {
                        Place::Description(known, length)
                    };
                    (at, &bytes[step..])
                }
            };
            self.at = at;
            bytes = rest;
        }
    }

    /// What was read.
    pub fn tracks(&self) -> &Tracks {
        &self.tracks
    }

    fn describe(&mut self, moov: &[u8]) {
        for track in parts(moov).filter(|part| part.kind == *b"trak") {
            let Some(media) = inside(track.content, b"mdia") else { continue };
            let Some(handler) = inside(media, b"hdlr").and_then(|handler| handler.get(8..12)) else { continue };
            let samples =
                inside(media, b"minf").and_then(|info| inside(info, b"stbl")).and_then(|table| inside(table, b"stsd"));
            // Version and flags, the number of entries, and then the first entry with its length.
            let codec =
                samples.and_then(|samples| samples.get(12..16)).and_then(|codec| <[u8; 4]>::try_from(codec).ok());
            let codec = codec.unwrap_or_default();
            match handler {
                b"vide" => self.tracks.video.push(codec),
                b"soun" => self.tracks.audio.push(codec),
                _ => {}
            }
        }
    }
}

/// Where the file goes on after these bytes of a header.
fn place_after(header: Vec<u8>) -> Place {
    let number = |from: usize, to: usize| header[from..to].iter().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
    if header.len() < 8 {
        return Place::Header(header);
    }
    let length = match number(0, 4) {
        1 if header.len() < 16 => return Place::Header(header),
        1 => number(8, 16),
        // Up to the end of the file: nothing comes after it.
        0 => return Place::Ended,
        length => length,
    };
    let Some(left) = length.checked_sub(header.len() as u64) else { return Place::Ended };
    match (&header[4..8], usize::try_from(left)) {
        (_, Ok(0)) => Place::default(),
        (b"moov", Ok(left)) if left <= DESCRIPTION_LIMIT => Place::Description(Vec::new(), left),
        _ => Place::Skipping(left),
    }
}

struct Part<'a> {
    kind: [u8; 4],
    content: &'a [u8],
}

/// The parts within a part. Ends where the lengths stop making sense.
fn parts(mut bytes: &[u8]) -> impl Iterator<Item = Part<'_>> {
    std::iter::from_fn(move || {
        let length = bytes.get(..4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes)?;
        let kind = bytes.get(4..8)?.try_into().ok()?;
        let length = usize::try_from(length).ok().filter(|length| *length >= 8)?;
        let content = bytes.get(8..length)?;
        bytes = &bytes[length..];
        Some(Part { kind, content })
    })
}

fn inside<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    parts(bytes).find(|part| part.kind == *kind).map(|part| part.content)
}
