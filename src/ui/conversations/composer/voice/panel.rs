//! The recorder over the field: level and clock while it records, a player for what was recorded, or why it cannot record.

use leptos::{ev, prelude::*};

use super::{
    RecorderCode, VoiceRecorder,
    recording::{AfterEnd, FIRST, Phase, VoicePanel},
};
use crate::ui::{browser::RecordingRefusal, components::icon::Icon};

pub const CODE: RecorderCode = RecorderCode { draw };

fn refusal_words(refusal: RecordingRefusal) -> &'static str {
    match refusal {
        RecordingRefusal::Denied => {
            "Your browser doesn't let this page use the microphone. Allow it beside the address bar, and try again."
        }
        RecordingRefusal::NoMicrophone => "No microphone was found. Connect one, and try again.",
        RecordingRefusal::Busy => "Another program uses your microphone. Close it there, and try again.",
        RecordingRefusal::Insecure => {
            "Browsers give the microphone only to pages that are opened with https. Ask your admin for that address."
        }
        RecordingRefusal::Unsupported => {
            "Your browser doesn't record what WhatsApp plays. Use a newer one, or attach an audio file."
        }
        RecordingRefusal::Failed => "The microphone couldn't be used. Try again.",
    }
}

fn draw(recorder: VoiceRecorder) -> AnyView {
    view! { <RecorderPanel recorder/> }.into_any()
}

#[component]
fn RecorderPanel(recorder: VoiceRecorder) -> impl IntoView {
    let panel = VoicePanel::start(recorder);
    let discard = move |_: ev::MouseEvent| {
        panel.discard();
        panel.done();
    };
    let keyed = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            panel.step_back();
        }
    };
    view! {
        <div class="recorder" role="group" aria-label="Voice message" on:keydown=keyed>
            {move || match panel.phase.try_get() {
                // Keeping what was recorded changes it when the pane is left.
                None => ().into_any(),
                Some(Phase::Asking) => view! { <p role="status">"Asking for your microphone…"</p> }.into_any(),
                Some(Phase::Recording) => view! { <Live panel is_paused=false/> }.into_any(),
                Some(Phase::Paused) => view! { <Live panel is_paused=true/> }.into_any(),
                Some(Phase::Ending) => view! { <p role="status">"Finishing…"</p> }.into_any(),
                Some(Phase::Recorded { address, .. }) => view! { <Recorded panel address/> }.into_any(),
                Some(Phase::Refused(refusal)) => view! { <Refused panel refusal/> }.into_any(),
            }}
            <button
                type="button"
                class="btn ghost icon"
                aria-label="Discard"
                title="Discard"
                disabled=move || panel.phase.try_with(|phase| *phase == Phase::Ending) != Some(false)
                on:click=discard
            >
                <Icon name="trash"/>
            </button>
        </div>
    }
}

/// While the microphone is in use.
#[component]
fn Live(panel: VoicePanel, is_paused: bool) -> impl IntoView {
    let toggle = move |_: ev::MouseEvent| if is_paused { panel.resume() } else { panel.pause() };
    view! {
        <Icon name="mic"/>
        <span role="status">{if is_paused { "Paused" } else { "Recording" }}</span>
        <span class="clock" role="timer">
            {move || panel.elapsed.get().clock()}
        </span>
        <meter min="0" max="1" value=move || format!("{:.2}", panel.level.get()) aria-label="Level"></meter>
        <button type="button" class="btn" id=FIRST on:click=toggle>
            {if is_paused { "Resume" } else { "Pause" }}
        </button>
        <button type="button" class="btn" on:click=move |_| panel.end(AfterEnd::Listen)>
            <Icon name="stop"/>
            "Stop and listen"
        </button>
        <button type="button" class="btn primary" on:click=move |_| panel.end(AfterEnd::Send)>
            "Send recording"
        </button>
    }
}

/// What was recorded, before it is sent.
#[component]
fn Recorded(panel: VoicePanel, address: Option<String>) -> impl IntoView {
    let again = move |_: ev::MouseEvent| {
        panel.discard();
        panel.record();
    };
    let send = move |_: ev::MouseEvent| {
        if let Some(file) = panel.take() {
            panel.send(file);
        }
    };
    let full = move || panel.is_full.get().then_some("Longer voice messages have no play button on phones.");
    view! {
        <audio id=FIRST controls src=address aria-label="Your recording"></audio>
        <span class="clock">{move || panel.elapsed.get().clock()}</span>
        <span role="status">{full}</span>
        <button type="button" class="btn" on:click=again>
            <Icon name="retry"/>
            "Record again"
        </button>
        <button type="button" class="btn primary" on:click=send>
            "Send recording"
        </button>
    }
}

/// Why nothing is recorded, and the way out.
#[component]
fn Refused(panel: VoicePanel, refusal: RecordingRefusal) -> impl IntoView {
    view! {
        <p role="alert">{refusal_words(refusal)}</p>
        <button type="button" class="btn" id=FIRST on:click=move |_| panel.record()>
            <Icon name="retry"/>
            "Try again"
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_the_way_out() {
        for refusal in [
            RecordingRefusal::Denied,
            RecordingRefusal::NoMicrophone,
            RecordingRefusal::Busy,
            RecordingRefusal::Insecure,
            RecordingRefusal::Unsupported,
            RecordingRefusal::Failed,
        ] {
            let words = refusal_words(refusal);
            assert!(["ry again", "Ask your admin", "attach"].iter().any(|way| words.contains(way)), "{words}");
        }
    }
}
