//! The bars of a waveform: how high they are, how many of them were played, and where a key leads.

use std::fmt::Write;

/// How many there are.
pub const BARS: usize = 48;
/// The least height of a bar, in percent: silence is seen, too.
const LEAST: f32 = 8.0;
/// What is more silent is not made as loud as speech.
const SILENCE: f32 = 0.02;

/// Heights in percent. The loudest part is a whole bar, so that a soft voice is drawn as well.
pub fn heights(loudness: &[f32]) -> Vec<u8> {
    let loudest = loudness.iter().copied().filter(|part| part.is_finite()).fold(SILENCE, f32::max);
    // By the root, as ears do: what is half as loud is not drawn half as high.
    let height = |part: f32| LEAST + (100.0 - LEAST) * (part / loudest).clamp(0.0, 1.0).sqrt();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage")]
    loudness.iter().map(|part| height(if part.is_finite() { *part } else { 0.0 }).round() as u8).collect()
}

/// A line for each bar, around the middle of a drawing that is twice as wide as there are bars, and 100 high.
pub fn lines(heights: &[u8]) -> String {
    let mut path = String::new();
    for (nth, height) in heights.iter().enumerate() {
        let (x, top) = (2 * nth + 1, 50 - i32::from(*height) / 2);
        let _never_fails = write!(path, "M{x} {top}V{}", 100 - top);
    }
    path
}

/// How many of the bars are behind `at`.
pub fn played(at: f64, seconds: f64, bars: usize) -> usize {
    if seconds <= 0.0 || at <= 0.0 {
        return 0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a few bars")]
    let exact = at / seconds * bars as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and a few")]
    (exact.ceil().min(f64::from(u16::MAX)) as usize).min(bars)
}

/// Where a key leads from `at`; `None` if it is none of a slider's.
pub fn after_key(key: &str, at: f64, seconds: f64) -> Option<f64> {
    let step = (seconds / 20.0).clamp(0.5, 5.0);
    let to = match key {
        "ArrowRight" | "ArrowUp" => at + step,
        "ArrowLeft" | "ArrowDown" => at - step,
        "PageUp" => at + 4.0 * step,
        "PageDown" => at - 4.0 * step,
        "Home" => 0.0,
        "End" => seconds,
        _ => return None,
    };
    Some(to.clamp(0.0, seconds.max(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loudest_part_is_a_whole_bar_and_silence_is_seen() {
        assert_eq!(heights(&[0.0, 0.125, 0.5, 0.25]), [8, 54, 100, 73]);
        assert_eq!(heights(&[0.0; 3]), [8; 3], "nothing was said");
        assert_eq!(heights(&[0.001, 0.0]), [29, 8], "a hum is not speech");
        assert_eq!(heights(&[f32::NAN, f32::INFINITY, -1.0, 1.0]), [8, 8, 8, 100]);
        assert!(heights(&[]).is_empty());
    }

    #[test]
    fn each_bar_is_a_line_around_the_middle() {
        assert_eq!(lines(&[100, 8]), "M1 0V100M3 46V54");
    }

    #[test]
    fn what_was_played_is_filled_in_whole_bars() {
        for (at, expected) in [(-1.0, 0), (0.0, 0), (0.01, 1), (5.0, 24), (5.01, 25), (10.0, 48), (99.0, 48)] {
            assert_eq!(played(at, 10.0, BARS), expected, "{at}");
        }
        assert_eq!(played(1.0, 0.0, BARS), 0, "without a length");
    }

    #[test]
    fn keys_lead_through_the_sound_and_not_out_of_it() {
        let keys = ["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown", "PageUp", "PageDown", "Home", "End"];
        let to = |at, seconds| keys.map(|key| after_key(key, at, seconds).expect("a key of sliders"));
        assert_eq!(to(20.0, 40.0), [22.0, 22.0, 18.0, 18.0, 28.0, 12.0, 0.0, 40.0]);
        assert_eq!(to(0.2, 0.4), [0.4, 0.4, 0.0, 0.0, 0.4, 0.0, 0.0, 0.4]);
        for key in ["Enter", " ", "a", "Escape"] {
            assert_eq!(after_key(key, 1.0, 40.0), None, "{key:?}");
        }
    }
}
