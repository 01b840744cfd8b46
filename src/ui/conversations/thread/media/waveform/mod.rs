//! The waveform of a voice message, in the place of the browser's own player and of its size. This file is a part of the thread;
//! what decodes and draws (`player.rs`, `bars.rs`) is in the part of the composer's tools, which is fetched when the first voice
//! message comes into view. Until then, and where the browser does not decode a sound, its own player stays.

mod bars;
mod player;

use leptos::{
    html,
    prelude::*,
    task::spawn_local,
    wasm_split::wasm_split,
    web_sys::{HtmlAudioElement, HtmlMediaElement},
};

use crate::ui::{browser::Sight, page_styles::add_page_styles};

/// The largest file that is decoded, in bytes: half an hour of speech. Decoded, it is many times as large.
const LARGEST: i64 = 4 * 1024 * 1024;

#[derive(Clone, Copy)]
pub struct WaveformCode {
    begin: fn(VoicePlayer, String),
    draw: fn(VoicePlayer, &Waveform) -> AnyView,
}

#[wasm_split(composer_tools, wasm_split_path = leptos::wasm_split)]
fn waveform_code() -> WaveformCode {
    add_page_styles();
    player::CODE
}

/// A sound as it is drawn.
#[derive(Clone)]
pub struct Waveform {
    /// The height of each bar, in percent.
    bars: Vec<u8>,
    seconds: f64,
    /// The browser's own player had the focus when this took its place.
    had_focus: bool,
    code: WaveformCode,
}

/// The player of a voice message. Cheap to copy.
#[derive(Clone, Copy)]
pub struct VoicePlayer {
    /// What plays.
    audio: NodeRef<html::Audio>,
    waveform: RwSignal<Option<Waveform>>,
    is_playing: RwSignal<bool>,
    /// How far it is, in seconds.
    at: RwSignal<f64>,
}

impl VoicePlayer {
    /// A player that draws the sound at `address` once it is in view.
    pub fn new(audio: NodeRef<html::Audio>, size: i64, address: impl Fn() -> String + Send + Sync + 'static) -> Self {
        let player =
            Self { audio, waveform: RwSignal::new(None), is_playing: RwSignal::new(false), at: RwSignal::new(0.0) };
        let sight = StoredValue::new_local(None::<Sight>);
        let address = StoredValue::new(address);
        Effect::new(move |_| {
            let Some(audio) = audio.get().filter(|_| size <= LARGEST) else { return };
            let seen = Sight::of(&audio, move || {
                spawn_local(async move {
                    let code = waveform_code().await;
                    // The conversation may have been left.
                    if let Some(address) = address.try_with_value(|address| untrack(address)) {
                        (code.begin)(player, address);
                    }
                });
            });
            sight.set_value(seen);
        });
        player
    }

    /// Whether the browser's own player is hidden.
    pub fn is_drawn(self) -> bool {
        self.waveform.with(Option::is_some)
    }

    /// The browser tells something of the sound, also after the conversation was left.
    pub fn heard(self, audio: &HtmlMediaElement) {
        // In each frame: whoever begins something with the sound would begin it again.
        let is_playing = !audio.paused();
        if self.is_playing.try_get_untracked().is_some_and(|known| known != is_playing) {
            self.is_playing.set(is_playing);
        }
        let _left = self.at.try_set(audio.current_time());
    }

    /// It was played to its end: the next press plays it again.
    pub fn ended(self, audio: &HtmlMediaElement) {
        audio.set_current_time(0.0);
        self.heard(audio);
    }

    /// What plays, unless the conversation was left.
    fn sound(self) -> Option<HtmlAudioElement> {
        self.audio.try_get_untracked().flatten()
    }

    pub fn view(self) -> impl IntoView {
        move || self.waveform.with(|drawn| drawn.as_ref().map(|drawn| (drawn.code.draw)(self, drawn)))
    }
}
