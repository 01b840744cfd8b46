//! Opus in Ogg (RFC 7845). The crate `ogg` cuts packets into pages, joins them, and checks their sums.

use std::{borrow::Cow, io::Cursor};

use ogg::{PacketReader, PacketWriteEndInfo, PacketWriter};

use super::{OpusSound, VoiceFault};

/// The number of the stream: a file has no other one, and the same recording gives the same bytes.
const SERIAL: u32 = 1;

/// Packets of a page: a second of usual ones.
const PAGE: usize = 50;

const TAGS: &[u8] = b"OpusTags\x07\0\0\0handoff\0\0\0\0";

pub(super) fn read(bytes: &[u8]) -> Result<OpusSound<'static>, VoiceFault> {
    let mut reader = PacketReader::new(Cursor::new(bytes));
    let mut next = || reader.read_packet().map_err(|_| VoiceFault::Broken);
    let Some(head) = next()? else { return Err(VoiceFault::Broken) };
    let mut sound = OpusSound::of_head(&head.data)?;
    let serial = head.stream_serial();
    let mut has_tags = false;
    while let Some(packet) = next()? {
        if packet.stream_serial() != serial {
            continue;
        }
        if has_tags {
            sound.push(Cow::Owned(packet.data))?;
        } else if packet.data.starts_with(b"OpusTags") {
            has_tags = true;
        } else {
            return Err(VoiceFault::Broken);
        }
    }
    Ok(sound)
}

pub(super) fn write(sound: &OpusSound<'_>) -> Result<Vec<u8>, VoiceFault> {
    let mut writer = PacketWriter::new(Vec::new());
    let last = sound.packets.len().saturating_sub(1);
    let mut put = |packet: Cow<'_, [u8]>, end: PacketWriteEndInfo, position: u64| {
        // A list in memory takes everything.
        writer.write_packet(packet.into_owned(), SERIAL, end, position).map_err(|_| VoiceFault::Broken)
    };
    // Head and tags have a page of their own each, without a position.
    put(Cow::Owned(sound.head()), PacketWriteEndInfo::EndPage, 0)?;
    put(Cow::Borrowed(TAGS), PacketWriteEndInfo::EndPage, 0)?;
    // A position is that of the page's last sample, with those that are not played.
    for (nth, (packet, position)) in sound.timed().enumerate() {
        let end = if nth == last {
            PacketWriteEndInfo::EndStream
        } else if (nth + 1).is_multiple_of(PAGE) {
            PacketWriteEndInfo::EndPage
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        put(Cow::Borrowed(packet), end, position)?;
    }
    Ok(writer.into_inner())
}
