use proptest::prelude::*;

use super::*;

/// A mono packet of 20 ms, and one of three frames of 20 ms.
const PACKETS: [&[u8]; 2] = [&[0xf8, 0xff, 0xfe], &[0xfb, 3, 9, 9, 9, 9]];

fn sound(channels: u8, packets: &[Vec<u8>]) -> OpusSound<'_> {
    let packets = packets.iter().map(|packet| Cow::Borrowed(&packet[..])).collect();
    OpusSound { channels, pre_skip: 312, gain: 0, packets }
}

fn packets() -> impl Strategy<Value = Vec<Vec<u8>>> {
    // Frames of every length, and packets that fill a page's rows exactly.
    let size = prop_oneof![1..40_usize, Just(255), Just(510), 500..1_200_usize];
    let packet = (any::<u8>(), 1..3_u8, size).prop_map(|(first, frames, size)| {
        let mut packet = vec![frames; size + 1];
        packet[0] = first;
        packet
    });
    prop::collection::vec(packet.prop_filter("a packet", |packet| packet::samples(packet).is_some()), 1..200)
}

/// As a recorder writes it: it does not know how long anything will be.
fn with_open_lengths(webm: &[u8]) -> Vec<u8> {
    let mut open = webm.to_vec();
    for id in [&b"\x18\x53\x80\x67\x01"[..], b"\x1f\x43\xb6\x75\x01"] {
        let found: Vec<usize> = (0..open.len()).filter(|at| open[*at..].starts_with(id)).collect();
        for at in found {
            open[at + 5..at + 12].fill(0xff);
        }
    }
    open
}

/// The position of each page with packets that end in it, from the bytes.
fn positions(ogg: &[u8]) -> Vec<u64> {
    let begins = (0..ogg.len()).filter(|at| ogg[*at..].starts_with(b"OggS\0"));
    begins.map(|at| u64::from_le_bytes(ogg[at + 6..at + 14].try_into().expect("eight bytes"))).collect()
}

#[test]
fn a_recording_becomes_a_voice_note_with_the_same_packets() {
    let recorded: Vec<Vec<u8>> = (0..120).map(|nth| PACKETS[usize::from(nth == 119)].to_vec()).collect();
    let webm = with_open_lengths(&webm::write(&sound(2, &recorded)));

    let note = voice_note(&webm).expect("a note");

    assert_eq!(pages::read(&note).expect("Ogg"), sound(1, &recorded), "one channel, the same packets");
    assert_eq!(&note[28..47], b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0");
    let second = 50 * 960;
    assert_eq!(positions(&note), [0, 0, second, 2 * second, 119 * 960 + 2_880]);
    let flags: Vec<u8> =
        (0..note.len()).filter(|at| note[*at..].starts_with(b"OggS\0")).map(|at| note[at + 5]).collect();
    assert_eq!(flags, [2, 0, 0, 0, 4], "the first page begins the stream, and the last one ends it");
    assert_eq!(voice_note(&note), Ok(note.clone()), "a browser that records Ogg");
    assert_eq!(webm_copy(&note).and_then(|copy| voice_note(&copy)), Ok(note));
}

#[test]
fn what_is_no_recording_of_opus_is_refused_with_the_reason() {
    let packet = [PACKETS[0].to_vec()];
    let webm = webm::write(&sound(1, &packet));
    let at = webm.windows(6).position(|six| six == b"A_OPUS").expect("the codec");
    let mut vorbis = webm.clone();
    vorbis[at..at + 6].copy_from_slice(b"A_VORB");
    let mut six_channels = webm.clone();
    let head = webm.windows(8).position(|eight| eight == b"OpusHead").expect("the head");
    six_channels[head + 9] = 6;
    let block = webm.windows(3).rposition(|three| three == PACKETS[0]).expect("the packet");
    let mut laced = webm.clone();
    laced[block - 1] |= 0b10;
    let mut other_track = webm.clone();
    other_track[block - 4] = 0x82;
    // An element of 2^56 - 2 bytes.
    let huge = [&webm[..], b"\xec\x01\xff\xff\xff\xff\xff\xff\xfe"].concat();
    for (bytes, fault) in [
        (&b""[..], VoiceFault::OtherContainer),
        (&b"\0\0\0\x10ftypM4A "[..], VoiceFault::OtherContainer),
        (&b"OggS\0\x02"[..], VoiceFault::Broken),
        (&b"\x1a\x45\xdf\xa3"[..], VoiceFault::Broken),
        (&b"\x1a\x45\xdf\xa3\x80"[..], VoiceFault::NotOpus),
        (&vorbis[..], VoiceFault::NotOpus),
        (&six_channels[..], VoiceFault::NotOpus),
        (&laced[..], VoiceFault::Broken),
        (&other_track[..], VoiceFault::Silent),
        (&huge[..], VoiceFault::Broken),
        (&webm[..webm.len() - 1], VoiceFault::Broken),
        (&webm::write(&sound(1, &[]))[..], VoiceFault::Silent),
    ] {
        assert_eq!(voice_note(bytes), Err(fault), "{bytes:x?}");
        assert!(fault.words().ends_with('.'));
    }
}

#[test]
fn a_list_of_packets_has_an_end() {
    let many = vec![PACKETS[0].to_vec(); MOST_PACKETS + 1];
    assert_eq!(voice_note(&webm::write(&sound(1, &many))), Err(VoiceFault::TooLong));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_packets_are_the_same_in_each_container(packets in packets(), channels in 1..3_u8) {
        let sound = sound(channels, &packets);
        let note = voice_note(&with_open_lengths(&webm::write(&sound))).expect("a note");
        let read = pages::read(&note).expect("Ogg");
        prop_assert_eq!(&read.packets, &sound.packets);
        let whole: u64 = packets.iter().map(|packet| u64::from(packet::samples(packet).unwrap_or_default())).sum();
        prop_assert_eq!(positions(&note).last().copied(), Some(whole));
        let copy = webm_copy(&note).expect("a copy");
        let read = webm::read(&copy).expect("WebM");
        prop_assert_eq!(&read.packets, &sound.packets);
    }

    #[test]
    fn no_bytes_make_it_fail_otherwise_than_with_a_reason(
        packets in packets(),
        cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let webm = webm::write(&sound(1, &packets));
        let note = voice_note(&webm).expect("a note");
        for whole in [webm, note] {
            let mut bytes = whole[..cut.index(whole.len()) + 1].to_vec();
            for (at, value) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *value;
            }
            // What is made of it has at most its bytes, the pages' heads, and the lengths of WebM.
            if let Ok(made) = voice_note(&bytes) {
                prop_assert!(made.len() <= 2 * bytes.len() + 400);
            }
            let _reason = webm_copy(&bytes);
        }
    }
}

#[test]
fn a_head_of_another_kind_or_of_a_later_version_is_refused() {
    let head = sound(1, &[]).head();
    assert!(OpusSound::of_head(&head).is_ok());
    let other = [b"OpusTags".as_slice(), &head[8..]].concat();
    let later = [b"OpusHead\x10".as_slice(), &head[9..]].concat();
    for refused in [other, later] {
        assert_eq!(OpusSound::of_head(&refused), Err(VoiceFault::NotOpus));
    }
}
