//! Sounds as recorders write them, made here byte by byte: packets of any kind in WebM, and plain samples for an encoder.

use proptest::prelude::*;

#[derive(Clone, Debug)]
pub struct Packet {
    pub bytes: Vec<u8>,
    /// At 48 kHz.
    pub samples: u64,
}

#[derive(Clone, Debug)]
pub struct Recorded {
    pub channels: u8,
    pub pre_skip: u16,
    pub packets: Vec<Packet>,
}

impl Recorded {
    pub fn samples(&self) -> u64 {
        self.packets.iter().map(|packet| packet.samples).sum()
    }

    /// WebM as browsers write it while they record: without the lengths of what is not finished.
    pub fn webm(&self) -> Vec<u8> {
        const OPEN: u8 = 0xff;
        let head = [
            b"OpusHead\x01".as_slice(),
            &[self.channels],
            &self.pre_skip.to_le_bytes(),
            &48_000_u32.to_le_bytes(),
            &[0, 0, 0],
        ];
        let track = [
            element(&[0xd7], &[1]),
            element(&[0x83], &[2]),
            element(&[0x86], b"A_OPUS"),
            element(&[0x63, 0xa2], &head.concat()),
        ];
        let tracks = element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &track.concat()));
        let kind = element(&[0x1a, 0x45, 0xdf, 0xa3], &element(&[0x42, 0x82], b"webm"));
        let mut webm = [&kind[..], &[0x18, 0x53, 0x80, 0x67, OPEN], &tracks].concat();
        for cluster in self.packets.chunks(7) {
            webm.extend([0x1f, 0x43, 0xb6, 0x75, OPEN]);
            webm.extend(element(&[0xe7], &[0]));
            for packet in cluster {
                webm.extend(element(&[0xa3], &[&[0x81, 0, 0, 0x80], &packet.bytes[..]].concat()));
            }
        }
        webm
    }
}

fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    // A length in four bytes.
    let length = 0x1000_0000 | u32::try_from(content.len()).expect("short");
    [id, &length.to_be_bytes(), content].concat()
}

/// Packets of every mode, length and number of channels (RFC 6716, 3.1 and 3.2), with any content: a decoder makes noise of it,
/// and refuses none.
pub fn packets() -> impl Strategy<Value = Vec<Packet>> {
    let frame = prop::collection::vec(any::<u8>(), 0..90);
    let any_packet = (any::<u8>(), frame, 1..=48_u8).prop_map(|(first, frame, frames)| packet(first, &frame, frames));
    // So many that they last longer than what a player leaves out.
    prop::collection::vec(any_packet, 0..150).prop_map(|mut packets| {
        packets.extend(std::iter::repeat_n(packet(0xf8, &[0xff, 0xfe], 1), 5));
        packets
    })
}

fn packet(first: u8, frame: &[u8], frames: u8) -> Packet {
    let config = first >> 3;
    // In the 400th part of a second, 120 samples.
    let length = match config {
        0..12 => [4, 8, 16, 24][usize::from(config % 4)],
        12..16 => [4, 8][usize::from(config % 2)],
        _ => [1, 2, 4, 8][usize::from(config % 4)],
    };
    let (code, frames) = match first % 4 {
        0 => (vec![], 1),
        1 => (vec![], 2),
        // Of two lengths: the second has one byte more.
        2 => (vec![u8::try_from(frame.len()).expect("short")], 2),
        // At most 120 ms.
        _ => {
            let frames = frames.min(48 / length);
            (vec![frames], frames)
        }
    };
    let mut bytes = [vec![first], code, frame.repeat(usize::from(frames))].concat();
    if first % 4 == 2 {
        bytes.push(0x55);
    }
    Packet { bytes, samples: u64::from(frames) * u64::from(length) * 120 }
}

/// A tone with noise in it, which an encoder cannot make short.
pub fn wav(seconds: f64, channels: u16) -> Vec<u8> {
    const RATE: u32 = 48_000;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds")]
    let samples = (seconds * f64::from(RATE)) as u32 * u32::from(channels);
    let mut noise = 1_u32;
    let sound = (0..samples).flat_map(|nth| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let tone = if nth / 120 % 2 == 0 { 6_000 } else { -6_000 };
        let [_, _, _, random] = noise.to_le_bytes();
        (tone + i16::from(random) * 8).to_le_bytes()
    });
    let sound: Vec<u8> = sound.collect();
    let bytes = u32::try_from(sound.len()).expect("short");
    let block = channels * 2;
    [
        b"RIFF".as_slice(),
        &(bytes + 36).to_le_bytes(),
        b"WAVEfmt \x10\0\0\0\x01\0",
        &channels.to_le_bytes(),
        &RATE.to_le_bytes(),
        &(RATE * u32::from(block)).to_le_bytes(),
        &block.to_le_bytes(),
        b"\x10\0data",
        &bytes.to_le_bytes(),
        &sound,
    ]
    .concat()
}
