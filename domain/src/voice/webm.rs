//! Opus in WebM. A file is a tree of elements: an id, a length, and the content.
//!
//! No crate reads it here. `matroska-demuxer` makes lists of all that a file says of chapters, tags and places, many times
//! as large as the file, before its first packet, and copies each packet. A sound needs one track and its blocks, which are
//! read in place, without a list that grows with anything but packets.

use std::borrow::Cow;

use super::{OpusSound, PER_MS, VoiceFault};

const EBML: u32 = 0x1a45_dfa3;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK: u32 = 0xae;
const TRACK_NUMBER: u32 = 0xd7;
const CODEC: u32 = 0x86;
const CODEC_HEAD: u32 = 0x63a2;
/// Packets that are compressed or encrypted once more.
const ENCODINGS: u32 = 0x6d80;
const CLUSTER: u32 = 0x1f43_b675;
const GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const SIMPLE_BLOCK: u32 = 0xa3;

/// The length of an element that goes on until another one begins. Recorders write it, because they do not know the end.
const OPEN: u64 = u64::MAX;

/// The flags that say that a block has several packets. No recorder of sound writes those.
const LACING: u8 = 0b110;

/// The time of a cluster's blocks, in milliseconds: their own times have 16 bits.
const CLUSTER_MS: u64 = 5_000;

pub(super) fn read(bytes: &[u8]) -> Result<OpusSound<'_>, VoiceFault> {
    let mut sound: Option<(u64, OpusSound<'_>)> = None;
    let mut rest = bytes;
    while !rest.is_empty() {
        let (id, length) = (element_id(&mut rest)?, element_length(&mut rest)?);
        // What holds blocks and tracks is walked through as if it were flat, so its length does not matter.
        if matches!(id, SEGMENT | TRACKS | CLUSTER | GROUP) {
            continue;
        }
        let content = cut(&mut rest, length)?;
        match id {
            TRACK if sound.is_none() => sound = track(content)?,
            BLOCK | SIMPLE_BLOCK => {
                if let Some((number, sound)) = &mut sound
                    && let Some(packet) = packet(content, *number)?
                {
                    sound.push(Cow::Borrowed(packet))?;
                }
            }
            _ => {}
        }
    }
    sound.map(|(_, sound)| sound).ok_or(VoiceFault::NotOpus)
}

/// The number of a track with Opus, and its sound without packets; `None` for another track.
fn track(mut rest: &[u8]) -> Result<Option<(u64, OpusSound<'static>)>, VoiceFault> {
    let (mut number, mut is_opus, mut head) = (None, false, None);
    while !rest.is_empty() {
        let (id, length) = (element_id(&mut rest)?, element_length(&mut rest)?);
        let content = cut(&mut rest, length)?;
        match id {
            TRACK_NUMBER if content.len() <= 8 => {
                number = Some(content.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)));
            }
            CODEC => is_opus = content == b"A_OPUS",
            CODEC_HEAD => head = Some(content),
            ENCODINGS => return Err(VoiceFault::Broken),
            _ => {}
        }
    }
    match (number, head) {
        (Some(number), Some(head)) if is_opus => Ok(Some((number, OpusSound::of_head(head)?))),
        _ if is_opus => Err(VoiceFault::Broken),
        _ => Ok(None),
    }
}

/// The packet of a block; `None` if it belongs to another track.
fn packet(mut block: &[u8], track: u64) -> Result<Option<&[u8]>, VoiceFault> {
    if element_length(&mut block)? != track {
        return Ok(None);
    }
    match block {
        // Two bytes of time, and the flags.
        [_, _, flags, packet @ ..] if flags & LACING == 0 => Ok(Some(packet)),
        _ => Err(VoiceFault::Broken),
    }
}

fn element_id(rest: &mut &[u8]) -> Result<u32, VoiceFault> {
    let first = *rest.first().ok_or(VoiceFault::Broken)?;
    // One to four bytes, by the zeros before the first set bit, which is a part of the id.
    let length = u64::from(first.leading_zeros()) + 1;
    if length > 4 {
        return Err(VoiceFault::Broken);
    }
    Ok(cut(rest, length)?.iter().fold(0, |id, byte| (id << 8) | u32::from(*byte)))
}

/// A length, or the number of a track: one to eight bytes, without the first set bit.
fn element_length(rest: &mut &[u8]) -> Result<u64, VoiceFault> {
    let first = *rest.first().ok_or(VoiceFault::Broken)?;
    let length = u64::from(first.leading_zeros()) + 1;
    if length > 8 {
        return Err(VoiceFault::Broken);
    }
    let whole = cut(rest, length)?.iter().fold(0, |whole: u64, byte| (whole << 8) | u64::from(*byte));
    let mark = 1_u64 << (7 * length);
    let value = whole & (mark - 1);
    Ok(if value == mark - 1 { OPEN } else { value })
}

/// Takes so many bytes off the beginning.
fn cut<'a>(rest: &mut &'a [u8], length: u64) -> Result<&'a [u8], VoiceFault> {
    let length = usize::try_from(length).map_err(|_| VoiceFault::Broken)?;
    let (content, after) = rest.split_at_checked(length).ok_or(VoiceFault::Broken)?;
    *rest = after;
    Ok(content)
}

pub(super) fn write(sound: &OpusSound<'_>) -> Vec<u8> {
    let kind = [
        element(0x4286, &[1]),
        element(0x42f7, &[1]),
        element(0x42f2, &[4]),
        element(0x42f3, &[8]),
        element(0x4282, b"webm"),
        element(0x4287, &[4]),
        element(0x4285, &[2]),
    ];
    let mut segment = element(INFO, &info(sound).concat());
    segment.extend(element(TRACKS, &element(TRACK, &track_entry(sound).concat())));
    let (mut cluster, mut cluster_begin, mut begin) = (Vec::new(), 0, 0);
    for (packet, end) in sound.timed() {
        let ms = begin / PER_MS;
        if cluster.is_empty() || ms >= cluster_begin + CLUSTER_MS {
            if !cluster.is_empty() {
                segment.extend(element(CLUSTER, &cluster));
            }
            cluster_begin = ms;
            cluster = element(0xe7, &ms.to_be_bytes());
        }
        // Below the length of a cluster.
        let within = u16::try_from(ms - cluster_begin).unwrap_or_default().to_be_bytes();
        // Of the first track, and complete in itself.
        cluster.extend(element(SIMPLE_BLOCK, &[[0x81, within[0], within[1], 0x80].as_slice(), packet].concat()));
        begin = end;
    }
    segment.extend(element(CLUSTER, &cluster));
    [element(EBML, &kind.concat()), element(SEGMENT, &segment)].concat()
}

fn info(sound: &OpusSound<'_>) -> [Vec<u8>; 4] {
    let samples = sound.timed().last().map_or(0, |(_, end)| end);
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let length = (samples.saturating_sub(u64::from(sound.pre_skip)) as f64) / (PER_MS as f64);
    [
        // Times are milliseconds: as many nanoseconds.
        element(0x002a_d7b1, &1_000_000_u32.to_be_bytes()),
        element(0x4489, &length.to_be_bytes()),
        element(0x4d80, b"handoff"),
        element(0x5741, b"handoff"),
    ]
}

fn track_entry(sound: &OpusSound<'_>) -> [Vec<u8>; 8] {
    /// What is decoded before the place that is played, in nanoseconds.
    const ROLL: u64 = 80_000_000;
    let delay = u64::from(sound.pre_skip) * 1_000_000 / PER_MS;
    let audio = [element(0xb5, &48_000_f64.to_be_bytes()), element(0x9f, &[sound.channels])];
    [
        element(TRACK_NUMBER, &[1]),
        element(0x73c5, &[1]),
        // Sound.
        element(0x83, &[2]),
        element(CODEC, b"A_OPUS"),
        element(CODEC_HEAD, &sound.head()),
        element(0x56aa, &delay.to_be_bytes()),
        element(0x56bb, &ROLL.to_be_bytes()),
        element(0xe1, &audio.concat()),
    ]
}

fn element(id: u32, content: &[u8]) -> Vec<u8> {
    let zeros = (id.leading_zeros() / 8) as usize;
    let mut element = id.to_be_bytes()[zeros..].to_vec();
    // In eight bytes, which are always enough.
    element.extend(((1 << 56) | content.len() as u64).to_be_bytes());
    element.extend(content);
    element
}
