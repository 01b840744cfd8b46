//! Voice notes as a decoder that nobody here wrote reads them: `opusdec` and `opusinfo` of opus-tools, by the authors of Opus
//! and Ogg, which check the pages' sums, order and positions. What they decode has the recorder's packets and as many samples.

mod recorded;

use std::{
    path::Path,
    process::{Command, Output},
};

use handoff::domain::voice::{voice_note, webm_copy};
use proptest::prelude::*;
use recorded::{Packet, Recorded, packets, wav};

/// What Chromium records of the microphone that it makes up (`end2end/voice.spec.ts`), as the page asks it to.
const CHROMIUM: &[u8] = include_bytes!("sound_peers/chromium.webm");

/// What a decoder heard.
#[derive(Debug, PartialEq, Eq)]
struct Heard {
    /// The samples and bytes of each packet, with the state in which its decoder ended, which differs if any bit of it does.
    packets: Vec<String>,
    /// 16 bits each, at 48 kHz.
    sound: Vec<u8>,
}

impl Heard {
    fn samples(&self) -> u64 {
        (self.sound.len() / 2) as u64
    }

    fn lengths(&self) -> Vec<(u64, usize)> {
        let length = |line: &String| {
            let mut numbers = line.split(", ");
            let mut next = || numbers.next().expect("a number");
            (next().parse().expect("samples"), next().parse().expect("bytes"))
        };
        self.packets.iter().map(length).collect()
    }
}

/// Decodes a file to one channel, or to as many as it says that it has.
fn heard(ogg: &[u8]) -> Heard {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, ranges) = (folder.path().join("note.ogg"), folder.path().join("packets"));
    std::fs::write(&file, ogg).expect("writes");
    let mut opusdec = opus_tool("opusdec");
    let sound = run(opusdec
        .args(["--quiet", "--no-dither", "--rate", "48000", "--save-range"])
        .args([&ranges, &file])
        .arg("-"));
    let packets = std::fs::read_to_string(&ranges).expect("a list of packets");
    Heard { packets: packets.lines().map(str::to_owned).collect(), sound: sound.stdout }
}

/// What another reader says of a note, which it must not doubt: but for the recorder's own word that every sample is to be played,
/// as Chromium has it.
fn judged(note: &[u8]) -> String {
    const RECORDERS_OWN: &str = "WARNING: Implausibly low preskip in Opus stream (1)";
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("note.ogg");
    std::fs::write(&file, note).expect("writes");
    // It fails if it doubts anything.
    let said = output(opus_tool("opusinfo").arg(&file)).1;
    let doubts: Vec<&str> = said.lines().filter(|line| line.contains("WARNING") || line.contains("ERROR")).collect();
    assert!(doubts.iter().all(|doubt| *doubt == RECORDERS_OWN), "{said}");
    assert_eq!(doubts.is_empty(), !said.contains("Pre-skip: 0\n"), "{said}");
    assert!(said.contains("Channels: 1\n") && said.contains("Logical stream 1 ended"), "{said}");
    said
}

fn encoded(folder: &Path, seconds: f64, channels: u16, options: &[&str]) -> Vec<u8> {
    let (sound, file) = (folder.join("sound.wav"), folder.join("sound.opus"));
    std::fs::write(&sound, wav(seconds, channels)).expect("writes");
    run(opus_tool("opusenc").arg("--quiet").args(options).args([&sound, &file]));
    std::fs::read(&file).expect("an encoded file")
}

fn opus_tool(name: &str) -> Command {
    Command::new(name)
}

/// What a program has done, and all that it said.
fn output(command: &mut Command) -> (Output, String) {
    let output = command.output().unwrap_or_else(|error| {
        let name = command.get_program().display().to_string();
        panic!("{name} of Debian's opus-tools does not start ({error}); `cargo xtask test-server` installs it")
    });
    let said = [&output.stdout[..], &output.stderr].concat();
    (output, String::from_utf8_lossy(&said).into_owned())
}

fn run(command: &mut Command) -> Output {
    let (output, said) = output(command);
    assert!(output.status.success(), "{command:?}: {said}");
    output
}

#[test]
fn what_chromium_recorded_is_heard_as_a_voice_note() {
    let note = voice_note(CHROMIUM).expect("a note");
    let told = judged(&note);
    assert!(told.contains("Packet duration:   60.0ms (max),   60.0ms (avg),   60.0ms (min)"), "{told}");
    let heard = heard(&note);
    assert!(heard.packets.len() > 30, "two seconds: {}", heard.packets.len());
    assert_eq!(heard.samples(), 2_880 * heard.packets.len() as u64);
    let loudest = heard.sound.chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]]).unsigned_abs()).max();
    assert!(loudest > Some(1_000), "the beep of the microphone: {loudest:?}");
}

#[test]
fn what_an_encoder_made_is_the_same_after_both_changes_of_container() {
    let folder = tempfile::tempdir().expect("a folder");
    for (seconds, channels, options) in [
        (1.0, 1, &["--bitrate", "16"][..]),
        (2.1, 1, &["--framesize", "60", "--speech"]),
        (0.7, 1, &["--framesize", "2.5", "--music", "--hard-cbr"]),
        (3.3, 1, &["--framesize", "40", "--bitrate", "8"]),
        (1.5, 2, &["--bitrate", "64"]),
    ] {
        let original = encoded(folder.path(), seconds, channels, options);
        let note = webm_copy(&original).and_then(|copy| voice_note(&copy)).expect("a note");
        judged(&note);
        let (before, after) = (heard(&original), heard(&note));
        assert_eq!(after.packets, before.packets, "{options:?}");
        // An encoder fills its last packet up, and says so in Ogg alone.
        let longest = after.lengths().last().expect("a packet").0;
        let (was, is) = (before.samples() / u64::from(channels), after.samples());
        assert!((was..was + longest).contains(&is), "{options:?}: {was} samples have become {is}");
        if channels == 1 {
            assert!(after.sound.starts_with(&before.sound), "{options:?}: it sounds otherwise");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

    #[test]
    fn any_packets_are_heard_whole_and_in_order(
        packets in packets(),
        pre_skip in prop_oneof![Just(0), Just(312), Just(3_840)],
        channels in 1..3_u8,
    ) {
        let recorded = Recorded { channels, pre_skip, packets };
        let note = voice_note(&recorded.webm()).expect("a note");
        judged(&note);
        let heard = heard(&note);
        let expected: Vec<(u64, usize)> =
            recorded.packets.iter().map(|Packet { bytes, samples }| (*samples, bytes.len())).collect();
        prop_assert_eq!(heard.lengths(), expected);
        prop_assert_eq!(heard.samples(), recorded.samples() - u64::from(pre_skip));
    }
}
