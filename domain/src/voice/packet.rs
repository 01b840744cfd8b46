//! How long an Opus packet plays: its first bytes say it (RFC 6716, 3.1 and 3.2).

/// The longest packet: 120 ms.
const MOST_SAMPLES: u32 = 5_760;

/// The samples of a packet, at 48 kHz; `None` if it is no packet of Opus.
pub(super) fn samples(packet: &[u8]) -> Option<u32> {
    let first = *packet.first()?;
    let config = usize::from(first >> 3);
    let of_frame = match config {
        // 10, 20, 40 and 60 ms.
        0..12 => [480, 960, 1_920, 2_880][config % 4],
        // 10 and 20 ms.
        12..16 => [480, 960][config % 2],
        // 2.5, 5, 10 and 20 ms.
        _ => [120, 240, 480, 960][config % 4],
    };
    let frames = match first & 0b11 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(packet.get(1)? & 0b11_1111),
    };
    Some(of_frame * frames).filter(|samples| (1..=MOST_SAMPLES).contains(samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_say_how_long_a_packet_plays() {
        for (packet, expected) in [
            (&[0xf8, 0xff, 0xfe][..], Some(960)),
            (&[0x00][..], Some(480)),
            (&[0x18][..], Some(2_880)),
            (&[0x60][..], Some(480)),
            (&[0x80][..], Some(120)),
            (&[0xf9, 1][..], Some(1_920)),
            (&[0xfb, 0x83][..], Some(2_880)),
            (&[0xfb, 6][..], Some(5_760)),
            (&[0xfb, 7][..], None),
            (&[0xfb, 0][..], None),
            (&[0xfb][..], None),
            (&[][..], None),
        ] {
            assert_eq!(samples(packet), expected, "{packet:x?}");
        }
    }
}
