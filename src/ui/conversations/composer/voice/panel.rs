//! The recorder: it asks for the microphone, records with a level and a clock, pauses, and plays what was recorded before it
//! is sent. It ends by itself at the limits within which phones show a play button.

use std::time::Duration;

use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    super::{
        FIELD,
        files::{AfterUpload, keep_recording},
    },
    RecorderCode, VoiceRecorder,
};
use crate::{
    domain::time::Span,
    ui::{
        browser::{self, PickedFile, RecordingRefusal},
        components::icon::Icon,
        state::ToastTone,
    },
};

pub const CODE: RecorderCode = RecorderCode { draw };

/// What speech needs. Four minutes have 480 KB.
const BITS_PER_SECOND: u32 = 16_000;
const LONGEST: Span = Span::minutes(4);

/// Where a recording ends if the browser uses more bits: below the 512 KB of a play button, with what Ogg adds.
const LARGEST: u64 = 490_000;

/// How often clock and level move.
const TICK: Duration = Duration::from_millis(100);

const NAME: &str = "voice-message.webm";

/// The element that has the focus in each phase.
const FIRST: &str = "voice-recorder-first";

/// How far a recording is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    /// The browser asks for the microphone.
    Asking,
    Recording,
    Paused,
    /// The last piece is awaited.
    Ending,
    /// It can be listened to.
    Recorded {
        file: PickedFile,
        address: Option<String>,
    },
    Refused(RecordingRefusal),
}

/// What is done with a recording that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AfterEnd {
    Listen,
    Send,
}

/// A recording's state. Cheap to copy; lives as long as the recorder is open.
#[derive(Clone, Copy)]
struct Panel {
    recorder: VoiceRecorder,
    phase: RwSignal<Phase>,
    /// The recording that has the microphone.
    live: StoredValue<Option<u32>>,
    elapsed: RwSignal<Span>,
    /// When the clock moved last.
    ticked: StoredValue<Span>,
    level: RwSignal<f64>,
    /// It has ended by itself.
    is_full: RwSignal<bool>,
}

impl Panel {
    fn start(recorder: VoiceRecorder) -> Self {
        let panel = Self {
            recorder,
            phase: RwSignal::new(Phase::Asking),
            live: StoredValue::new(None),
            elapsed: RwSignal::new(Span::default()),
            ticked: StoredValue::new(Span::default()),
            level: RwSignal::new(0.0),
            is_full: RwSignal::new(false),
        };
        let timer = set_interval_with_handle(move || panel.tick(), TICK);
        // A page that is closed or loaded again has no time to keep anything.
        let unload = window_event_listener(ev::beforeunload, move |event| {
            if panel.holds_something() {
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
            unload.remove();
            panel.leave();
        });
        panel.record();
        panel
    }

    /// Begins, or begins anew.
    fn record(self) {
        self.phase.set(Phase::Asking);
        self.elapsed.set(Span::default());
        self.is_full.set(false);
        spawn_local(async move {
            let begun = browser::start_recording(BITS_PER_SECOND).await;
            // The recorder may be closed by now, or the pane left.
            let is_awaited = self.phase.try_with_untracked(|phase| *phase == Phase::Asking) == Some(true);
            match begun {
                Ok(handle) if is_awaited => {
                    self.live.set_value(Some(handle));
                    self.ticked.set_value(browser::monotonic().unwrap_or_default());
                    self.phase.set(Phase::Recording);
                    request_animation_frame(|| browser::focus(FIRST));
                }
                Ok(handle) => browser::discard_recording(handle),
                Err(refusal) if is_awaited => {
                    self.phase.set(Phase::Refused(refusal));
                    focus_first_if_lost();
                }
                Err(_) => {}
            }
        });
    }

    fn tick(self) {
        let Some(Some(handle)) = self.live.try_get_value() else { return };
        let now = browser::monotonic().unwrap_or_default();
        let passed = now.0 - self.ticked.get_value().0;
        self.ticked.set_value(now);
        if self.phase.with_untracked(|phase| *phase == Phase::Recording) {
            self.elapsed.update(|elapsed| elapsed.0 += passed);
            self.level.set(browser::recording_level(handle));
        } else {
            self.level.set(0.0);
        }
        let is_full = self.elapsed.get_untracked() >= LONGEST || browser::recorded_bytes(handle) >= LARGEST;
        // The microphone may be unplugged.
        if is_full || !browser::is_recording(handle) {
            self.is_full.set(is_full);
            self.end(AfterEnd::Listen);
        }
    }

    fn holds_something(self) -> bool {
        let is_recorded = self.phase.with_untracked(|phase| matches!(phase, Phase::Recorded { .. } | Phase::Ending));
        is_recorded || self.live.with_value(Option::is_some)
    }

    fn pause(self) {
        if let Some(handle) = self.live.get_value() {
            browser::pause_recording(handle);
            self.phase.set(Phase::Paused);
            focus_first_if_lost();
        }
    }

    fn resume(self) {
        if let Some(handle) = self.live.get_value() {
            browser::resume_recording(handle);
            self.phase.set(Phase::Recording);
            focus_first_if_lost();
        }
    }

    fn end(self, then: AfterEnd) {
        let Some(handle) = self.live.try_update_value(Option::take).flatten() else { return };
        self.phase.set(Phase::Ending);
        let open = self.recorder.open;
        let (conversation, name) = (open.id(), open.row.with_untracked(|row| row.name.clone()));
        spawn_local(async move {
            let file = browser::stop_recording(handle, NAME).await;
            let is_left = self.phase.is_disposed();
            match file {
                Some(file) if is_left => {
                    if open.text.is_disposed() {
                        keep_recording(conversation, file);
                    } else {
                        open.files.add_recording(open, file, AfterUpload::Wait);
                    }
                    open.app.toast(ToastTone::Info, kept_words(&name));
                }
                Some(file) if then == AfterEnd::Send => self.send(file),
                Some(file) => {
                    let address = browser::address_of_file(file.handle);
                    self.phase.set(Phase::Recorded { file, address });
                    focus_first_if_lost();
                }
                None if is_left => {}
                None => self.phase.set(Phase::Refused(RecordingRefusal::Failed)),
            }
        });
    }

    fn send(self, file: PickedFile) {
        let open = self.recorder.open;
        self.done();
        open.files.add_recording(open, file, AfterUpload::Send);
    }

    /// Takes what was recorded out of the recorder.
    fn take(self) -> Option<PickedFile> {
        let phase = self.phase.try_update(|phase| std::mem::replace(phase, Phase::Ending))?;
        match phase {
            Phase::Recorded { file, address } => {
                if let Some(address) = address {
                    browser::forget_address(&address);
                }
                Some(file)
            }
            Phase::Asking | Phase::Recording | Phase::Paused | Phase::Ending | Phase::Refused(_) => None,
        }
    }

    fn discard(self) {
        if let Some(handle) = self.live.try_update_value(Option::take).flatten() {
            browser::discard_recording(handle);
        }
        if let Some(file) = self.take() {
            browser::forget_file(file.handle);
        }
    }

    /// Closes the recorder, which holds nothing any more.
    fn done(self) {
        self.recorder.close();
        if !browser::has_coarse_pointer() {
            request_animation_frame(|| browser::focus(FIELD));
        }
    }

    /// The pane is left, or the field is replaced. What was recorded is kept, and never sent.
    fn leave(self) {
        let open = self.recorder.open;
        if let Some(file) = self.take() {
            // Files upload what is queued when their pane is left.
            open.files.add_recording(open, file, AfterUpload::Wait);
            open.app.toast(ToastTone::Info, kept_words(&open.row.with_untracked(|row| row.name.clone())));
            return;
        }
        // Its end is awaited, and then it is kept as well.
        self.end(AfterEnd::Listen);
    }
}

fn kept_words(name: &str) -> String {
    format!("Your voice message to {name} wasn't sent. It waits in the conversation.")
}

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

/// Puts the focus on what comes first if it went away with a button that was pressed.
fn focus_first_if_lost() {
    request_animation_frame(|| browser::focus_if_lost(FIRST));
}

fn draw(recorder: VoiceRecorder) -> AnyView {
    view! { <RecorderPanel recorder/> }.into_any()
}

#[component]
fn RecorderPanel(recorder: VoiceRecorder) -> impl IntoView {
    let panel = Panel::start(recorder);
    let discard = move |_: ev::MouseEvent| {
        panel.discard();
        panel.done();
    };
    // What is recorded stays.
    let keyed = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            panel.end(AfterEnd::Listen);
        }
    };
    view! {
        <div class="recorder" role="group" aria-label="Voice message" on:keydown=keyed>
            {move || match panel.phase.get() {
                Phase::Asking => view! { <p role="status">"Asking for your microphone…"</p> }.into_any(),
                Phase::Recording => view! { <Live panel is_paused=false/> }.into_any(),
                Phase::Paused => view! { <Live panel is_paused=true/> }.into_any(),
                Phase::Ending => view! { <p role="status">"Finishing…"</p> }.into_any(),
                Phase::Recorded { address, .. } => view! { <Recorded panel address/> }.into_any(),
                Phase::Refused(refusal) => view! { <Refused panel refusal/> }.into_any(),
            }}
            <button
                type="button"
                class="btn ghost icon"
                aria-label="Discard"
                title="Discard"
                disabled=move || panel.phase.with(|phase| *phase == Phase::Ending)
                on:click=discard
            >
                <Icon name="trash"/>
            </button>
        </div>
    }
}

/// While the microphone is in use.
#[component]
fn Live(panel: Panel, is_paused: bool) -> impl IntoView {
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
fn Recorded(panel: Panel, address: Option<String>) -> impl IntoView {
    let again = move |_: ev::MouseEvent| {
        panel.discard();
        panel.record();
    };
    let send = move |_: ev::MouseEvent| {
        if let Some(file) = panel.take() {
            panel.send(file);
        }
    };
    let full = move || panel.is_full.get().then_some("This is as long as phones play at once.");
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
fn Refused(panel: Panel, refusal: RecordingRefusal) -> impl IntoView {
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
    fn a_recording_at_its_limits_has_a_play_button_on_phones() {
        use crate::domain::voice::PLAYED_AT_ONCE;
        // Fifty packets a second have a byte each in Ogg, and their page has 27.
        let seconds = u64::try_from(LONGEST.0 / 1_000).expect("positive");
        let pages = seconds * (50 + 27);
        assert!(LARGEST + pages <= PLAYED_AT_ONCE);
        assert!(seconds * u64::from(BITS_PER_SECOND) / 8 <= LARGEST);
    }

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
