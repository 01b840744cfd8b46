//! How loud a sound is in each of its parts, and when an element comes into view.

use js_sys::{Array, ArrayBuffer};
use leptos::web_sys::{Element, HtmlMediaElement};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AudioBuffer, IntersectionObserver, IntersectionObserverEntry, OfflineAudioContext, Response};

use super::{super::Loudness, window};

/// The samples of a second that the browser decodes to. It is enough for the loudness, and a sixth of what would be played.
const RATE: f32 = 8_000.0;
/// So many samples are looked at together.
const PIECE: usize = 4_096;

/// Reads and decodes the sound at this address. `None` if the browser cannot.
pub async fn loudness_of(url: &str, parts: usize) -> Option<Loudness> {
    let response: Response = JsFuture::from(window().fetch_with_str(url)).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let bytes: ArrayBuffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?.dyn_into().ok()?;
    // It plays nothing: no device is opened, and nobody has to press anything before.
    let context = OfflineAudioContext::new_with_number_of_channels_and_length_and_sample_rate(1, 1, RATE).ok()?;
    let decoded = JsFuture::from(context.decode_audio_data(&bytes).ok()?).await.ok()?;
    measured(&decoded.dyn_into().ok()?, parts)
}

fn measured(sound: &AudioBuffer, parts: usize) -> Option<Loudness> {
    let whole = sound.length() as usize;
    let mut piece = [0.0_f32; PIECE];
    let mut loudest = Vec::with_capacity(parts);
    for part in 0..parts {
        let (mut at, end) = (whole * part / parts, whole * (part + 1) / parts);
        let mut most = 0.0_f32;
        while at < end {
            let samples = &mut piece[..PIECE.min(end - at)];
            let from = u32::try_from(at).ok()?;
            sound.copy_from_channel_with_start_in_channel(samples, 0, from).ok()?;
            most = samples.iter().fold(most, |most, sample| most.max(sample.abs()));
            at += samples.len();
        }
        loudest.push(most);
    }
    Some(Loudness { parts: loudest, seconds: sound.duration() })
}

/// Plays a sound, or pauses it. A browser that does not play it says so by an event.
pub fn play_or_pause(player: &HtmlMediaElement) {
    if !player.paused() {
        let _never_throws = player.pause();
    } else if let Ok(begun) = player.play() {
        spawn_local(async move {
            let _refused = JsFuture::from(begun).await;
        });
    }
}

/// Waits for an element to come into view. Dropping it ends that.
pub struct Sight {
    observer: IntersectionObserver,
    _seen: Closure<dyn FnMut(Array)>,
}

impl Sight {
    /// Calls back once. `None` in a browser that cannot tell.
    pub fn of(element: &Element, on_seen: impl FnOnce() + 'static) -> Option<Self> {
        let mut on_seen = Some(on_seen);
        let seen = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
            let mut entries = entries.iter().filter_map(|entry| entry.dyn_into::<IntersectionObserverEntry>().ok());
            if entries.any(|entry| entry.is_intersecting())
                && let Some(on_seen) = on_seen.take()
            {
                on_seen();
            }
        });
        let observer = IntersectionObserver::new(seen.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _seen: seen })
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
