//! Voice notes: Opus packets that move from one container to another. Nothing is decoded or encoded again: an encoder
//! would cost quality, time and a C library. Two channels become one by the head alone, because Opus decoders mix down
//! by themselves.
//!
//! Browsers record WebM (some of them Ogg), WhatsApp takes Ogg alone, and some browsers play WebM alone. `webm.rs` and
//! `pages.rs` read and write the two containers, and `packet.rs` knows how long a packet plays. What is read was made by
//! somebody else, so each length in it is compared with what is there, and never believed.

mod packet;
mod pages;
mod webm;

use std::borrow::Cow;

/// The most packets of a sound: half an hour of usual ones. More of them would be lists many times as large as the file.
const MOST_PACKETS: usize = 100_000;

/// Samples in a millisecond: Opus counts 48 kHz, whatever was recorded.
const PER_MS: u64 = 48;

/// What phones take for a voice message with a play button, in bytes. A larger one is shown as a file to load.
pub const PLAYED_AT_ONCE: u64 = 512 * 1024;

/// Why a sound cannot be moved into another container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceFault {
    /// Neither WebM nor Ogg.
    OtherContainer,
    /// There is no Opus in it.
    NotOpus,
    /// It ends early, or contradicts itself.
    Broken,
    /// No packets.
    Silent,
    TooLong,
}

impl VoiceFault {
    /// The sentences for the agent who recorded it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OtherContainer | Self::NotOpus => {
                "Your browser recorded in a format that WhatsApp doesn't play. Use another browser, or attach an audio file."
            }
            Self::Broken => "The recording is damaged. Record it again.",
            Self::Silent => "The recording is empty. Check your microphone and record it again.",
            Self::TooLong => "The recording is too long. Record a shorter one.",
        }
    }
}

/// Opus packets in order, and what their player must know.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OpusSound<'a> {
    /// 1 or 2.
    channels: u8,
    /// How many samples of the beginning are not played.
    pre_skip: u16,
    /// How much louder it is played, in 256ths of a decibel.
    gain: i16,
    packets: Vec<Cow<'a, [u8]>>,
}

impl<'a> OpusSound<'a> {
    /// Without packets, from the head that both containers have.
    fn of_head(head: &[u8]) -> Result<Self, VoiceFault> {
        let two = |at: usize| head.get(at..at + 2).and_then(|two| <[u8; 2]>::try_from(two).ok());
        // The upper half of the version changes when old readers must refuse the file.
        let is_known = head.starts_with(b"OpusHead") && head.get(8).is_some_and(|version| version >> 4 == 0);
        let (Some(channels @ 1..=2), Some(pre_skip), Some(gain), Some(0)) =
            (head.get(9).copied(), two(10), two(16), head.get(18).copied())
        else {
            return Err(VoiceFault::NotOpus);
        };
        if !is_known {
            return Err(VoiceFault::NotOpus);
        }
        let (pre_skip, gain) = (u16::from_le_bytes(pre_skip), i16::from_le_bytes(gain));
        Ok(Self { channels, pre_skip, gain, packets: Vec::new() })
    }

    fn head(&self) -> Vec<u8> {
        let mut head = b"OpusHead\x01".to_vec();
        head.push(self.channels);
        head.extend(self.pre_skip.to_le_bytes());
        head.extend(48_000_u32.to_le_bytes());
        head.extend(self.gain.to_le_bytes());
        head.push(0);
        head
    }

    fn push(&mut self, packet: Cow<'a, [u8]>) -> Result<(), VoiceFault> {
        // Some recorders mark the end so.
        if packet.is_empty() {
            return Ok(());
        }
        if packet::samples(&packet).is_none() {
            return Err(VoiceFault::Broken);
        }
        if self.packets.len() >= MOST_PACKETS {
            return Err(VoiceFault::TooLong);
        }
        self.packets.push(packet);
        Ok(())
    }

    /// Each packet with the number of samples up to its end.
    fn timed(&self) -> impl Iterator<Item = (&[u8], u64)> {
        let mut end = 0;
        self.packets.iter().map(move |packet| {
            end += u64::from(packet::samples(packet).unwrap_or_default());
            (&packet[..], end)
        })
    }

    fn complete(self) -> Result<Self, VoiceFault> {
        if self.packets.is_empty() { Err(VoiceFault::Silent) } else { Ok(self) }
    }
}

fn read(recorded: &[u8]) -> Result<OpusSound<'_>, VoiceFault> {
    if recorded.starts_with(b"\x1a\x45\xdf\xa3") {
        webm::read(recorded)
    } else if recorded.starts_with(b"OggS") {
        pages::read(recorded)
    } else {
        Err(VoiceFault::OtherContainer)
    }
}

/// What a browser recorded as a voice note for WhatsApp: Ogg with Opus, for one loudspeaker.
///
/// # Errors
/// Why it cannot be one.
pub fn voice_note(recorded: &[u8]) -> Result<Vec<u8>, VoiceFault> {
    let sound = read(recorded)?.complete()?;
    // WhatsApp refuses two channels. This is the number that a player mixes down to; the packets may have two.
    pages::write(&OpusSound { channels: 1, ..sound })
}

/// A voice note as WebM, for browsers that do not play Ogg.
///
/// # Errors
/// Why there is none.
pub fn webm_copy(note: &[u8]) -> Result<Vec<u8>, VoiceFault> {
    Ok(webm::write(&read(note)?.complete()?))
}

#[cfg(test)]
#[path = "voice/tests.rs"]
mod tests;
