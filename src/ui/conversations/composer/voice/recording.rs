//! A recording from the question for the microphone to its end. It ends by itself at the limits within which phones show a
//! play button.

use std::time::Duration;

use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    super::{
        FIELD,
        files::{AfterUpload, keep_recording},
    },
    VoiceRecorder,
};
use crate::{
    domain::time::Span,
    ui::{
        browser::{self, PickedFile, RecordingRefusal},
        state::ToastTone,
    },
};

/// What speech needs. Four minutes have 480 KB.
const BITS_PER_SECOND: u32 = 16_000;
const LONGEST: Span = Span::minutes(4);

/// Where a recording ends if the browser uses more bits: below the 512 KB of a play button, with what Ogg adds.
const LARGEST: u64 = 490_000;

/// How often clock and level move.
const TICK: Duration = Duration::from_millis(100);

const NAME: &str = "voice-message.webm";

/// The element that has the focus in each phase.
pub const FIRST: &str = "voice-recorder-first";

/// How far a recording is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
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
pub enum AfterEnd {
    Listen,
    Send,
}

/// A recording's state. Cheap to copy; lives as long as the recorder is open.
#[derive(Clone, Copy)]
pub struct VoicePanel {
    recorder: VoiceRecorder,
    pub phase: RwSignal<Phase>,
    /// The recording that has the microphone.
    live: StoredValue<Option<u32>>,
    pub elapsed: RwSignal<Span>,
    /// When the clock moved last.
    ticked: StoredValue<Span>,
    pub level: RwSignal<f64>,
    /// It has ended by itself.
    pub is_full: RwSignal<bool>,
}

impl VoicePanel {
    /// Asks for the microphone.
    pub fn start(recorder: VoiceRecorder) -> Self {
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
    pub fn record(self) {
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
                    // Somebody may write meanwhile, and must not press it by that.
                    request_animation_frame(|| {
                        if !browser::typing() {
                            browser::focus(FIRST);
                        }
                    });
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

    /// Stops for a while.
    pub fn pause(self) {
        if let Some(handle) = self.live.get_value() {
            browser::pause_recording(handle);
            self.phase.set(Phase::Paused);
            focus_first_if_lost();
        }
    }

    /// Goes on after a pause.
    pub fn resume(self) {
        if let Some(handle) = self.live.get_value() {
            browser::resume_recording(handle);
            self.phase.set(Phase::Recording);
            focus_first_if_lost();
        }
    }

    /// Ends the recording, if it has the microphone.
    pub fn end(self, then: AfterEnd) {
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

    /// Sends what was recorded, once it is uploaded.
    pub fn send(self, file: PickedFile) {
        let open = self.recorder.open;
        self.done();
        open.files.add_recording(open, file, AfterUpload::Send);
    }

    /// Takes what was recorded out of the recorder.
    pub fn take(self) -> Option<PickedFile> {
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

    /// Throws away what was recorded.
    pub fn discard(self) {
        if let Some(handle) = self.live.try_update_value(Option::take).flatten() {
            browser::discard_recording(handle);
        }
        if let Some(file) = self.take() {
            browser::forget_file(file.handle);
        }
    }

    /// Closes the recorder, which holds nothing any more.
    pub fn done(self) {
        self.recorder.close();
        request_animation_frame(|| {
            if !browser::has_coarse_pointer() && !browser::typing() {
                browser::focus(FIELD);
            }
        });
    }

    /// Escape: one step back. What is recorded stays.
    pub fn step_back(self) {
        match self.phase.get_untracked() {
            Phase::Recording | Phase::Paused => self.end(AfterEnd::Listen),
            Phase::Asking | Phase::Refused(_) => {
                self.discard();
                self.done();
            }
            Phase::Ending | Phase::Recorded { .. } => browser::focus(FIELD),
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

/// Puts the focus on what comes first if it went away with a button that was pressed.
fn focus_first_if_lost() {
    request_animation_frame(|| browser::focus_if_lost(FIRST));
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
}
