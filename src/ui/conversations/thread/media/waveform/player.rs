//! Decodes a voice message, and draws its player: a button, the bars, which are the slider to seek with, and the time.

use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{
    VoicePlayer, Waveform, WaveformCode,
    bars::{BARS, after_key, heights, lines, played},
};
use crate::{
    domain::time::Span,
    ui::{
        browser::{self, loudness_of},
        components::icon::Icon,
    },
};

pub const CODE: WaveformCode = WaveformCode { begin, draw };

fn begin(player: VoicePlayer, address: String) {
    spawn_local(async move {
        let Some(loudness) = loudness_of(&address, BARS).await.filter(|sound| sound.seconds > 0.0) else { return };
        let had_focus = player.sound().is_some_and(|audio| browser::has_focus(&audio));
        let (bars, seconds) = (heights(&loudness.parts), loudness.seconds);
        let drawn = Waveform { bars, seconds, had_focus, code: CODE };
        // The conversation may have been left.
        let _left = player.waveform.try_set(Some(drawn));
    });
}

fn draw(player: VoicePlayer, drawn: &Waveform) -> AnyView {
    view! { <WaveformPlayer player drawn=drawn.clone()/> }.into_any()
}

/// `0:03`
fn clock(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a sound")]
    Span::of_millis((seconds * 1_000.0) as i64).clock()
}

/// Moves with the sound, in the browser's frames, for as long as it is played.
fn follow(player: VoicePlayer) {
    request_animation_frame(move || {
        if let Some(audio) = player.sound().filter(|_| player.is_playing.get_untracked()) {
            player.heard(&audio);
            follow(player);
        }
    });
}

#[component]
fn WaveformPlayer(player: VoicePlayer, drawn: Waveform) -> impl IntoView {
    let Waveform { bars, seconds, had_focus, .. } = drawn;
    let (at, is_playing) = (player.at, player.is_playing);
    let (slider, button) = (NodeRef::<html::Div>::new(), NodeRef::<html::Button>::new());
    Effect::new(move |_| {
        if is_playing.get() {
            follow(player);
        }
    });
    Effect::new(move |_| {
        if let Some(button) = button.get().filter(|_| had_focus) {
            let _refused = button.focus();
        }
    });

    let seek = move |to: f64| {
        if let Some(audio) = player.sound() {
            audio.set_current_time(to);
            at.set(to);
        }
    };
    let toggle = move |_| {
        if let Some(audio) = player.sound() {
            browser::play_or_pause(&audio);
        }
    };
    let pressed = move |event: ev::KeyboardEvent| {
        if browser::has_modifier(&event) {
            return;
        }
        if let Some(to) = after_key(&event.key(), at.get_untracked(), seconds) {
            event.prevent_default();
            seek(to);
        }
    };
    let seek_to_pointer = move |event: &ev::PointerEvent| {
        let Some(slider) = slider.get_untracked() else { return };
        // Of the slider itself: its drawing takes no presses.
        let part = f64::from(event.offset_x()) / f64::from(slider.offset_width().max(1));
        seek(part.clamp(0.0, 1.0) * seconds);
    };
    let grabbed = move |event: ev::PointerEvent| {
        let Some(slider) = slider.get_untracked().filter(|_| event.button() == 0) else { return };
        // No text is selected meanwhile. It also keeps the focus away, so that is set here.
        event.prevent_default();
        let _refused = slider.focus();
        let _gone = slider.set_pointer_capture(event.pointer_id());
        seek_to_pointer(&event);
    };
    let dragged = move |event: ev::PointerEvent| {
        if slider.get_untracked().is_some_and(|slider| slider.has_pointer_capture(event.pointer_id())) {
            seek_to_pointer(&event);
        }
    };

    let width = 2 * bars.len();
    let all = lines(&bars);
    let count = Memo::new(move |_| played(at.get(), seconds, BARS));
    let behind = move || lines(&bars[..count.get().min(bars.len())]);
    let position = Memo::new(move |_| clock(at.get()));
    let length = clock(seconds);
    let value_text = {
        let length = length.clone();
        move || format!("{} of {length}", position.get())
    };
    let is_begun = Memo::new(move |_| is_playing.get() || at.get() > 0.0);
    let label = move || if is_playing.get() { "Pause" } else { "Play" };
    view! {
        <div class="waveform">
            <button
                type="button"
                class="btn ghost icon"
                aria-label=label
                title=label
                node_ref=button
                on:click=toggle
            >
                <Icon name=Signal::derive(move || if is_playing.get() { "pause" } else { "play" })/>
            </button>
            <div
                class="bars"
                role="slider"
                tabindex="0"
                aria-label="Position"
                aria-orientation="horizontal"
                aria-valuemin="0"
                aria-valuemax=format!("{seconds:.1}")
                aria-valuenow=move || format!("{:.1}", at.get())
                aria-valuetext=value_text
                node_ref=slider
                on:keydown=pressed
                on:pointerdown=grabbed
                on:pointermove=dragged
            >
                <svg viewBox=format!("0 0 {width} 100") preserveAspectRatio="none" aria-hidden="true">
                    <path class="ahead" d=all></path>
                    <path class="behind" d=behind></path>
                </svg>
            </div>
            <span class="clock">{move || if is_begun.get() { position.get() } else { length.clone() }}</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_a_clock() {
        assert_eq!([0.0, 3.99, 65.2].map(clock), ["0:00", "0:03", "1:05"]);
    }
}
