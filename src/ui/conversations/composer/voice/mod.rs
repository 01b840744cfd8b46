//! Voice messages in the composer. The button is a part of the thread; the recorder (`recording.rs`, drawn by `panel.rs`)
//! is in the part of the composer's tools, which is fetched with the first press.
//!
//! What was recorded is sent by *Send* alone. A recording that is left, with its conversation or because somebody else took
//! that over, waits there as a file that is not sent.

mod panel;
mod recording;

use leptos::{prelude::*, task::spawn_local, wasm_split::wasm_split};

use crate::ui::{components::icon::Icon, conversations::thread::state::ThreadState, page_styles::add_page_styles};

/// The recorder's code.
#[derive(Clone, Copy)]
pub struct RecorderCode {
    draw: fn(VoiceRecorder) -> AnyView,
}

#[wasm_split(composer_tools, wasm_split_path = leptos::wasm_split)]
fn recorder_code() -> RecorderCode {
    add_page_styles();
    panel::CODE
}

/// The recorder of the open composer. Cheap to copy; lives as long as the field.
#[derive(Clone, Copy)]
pub struct VoiceRecorder {
    open: ThreadState,
    code: RwSignal<Option<RecorderCode>>,
    is_open: RwSignal<bool>,
}

impl VoiceRecorder {
    /// Of the composer of this conversation.
    pub fn attach(open: ThreadState) -> Self {
        Self { open, code: RwSignal::new(None), is_open: RwSignal::new(false) }
    }

    fn begin(self) {
        self.is_open.set(true);
        if self.code.with_untracked(Option::is_none) {
            spawn_local(async move {
                let code = recorder_code().await;
                // The pane may be gone.
                let _left = self.code.try_set(Some(code));
            });
        }
    }

    fn close(self) {
        // The pane may be gone.
        let _left = self.is_open.try_set(false);
    }

    /// The button that begins.
    pub fn button(self) -> impl IntoView {
        view! {
            <button
                type="button"
                class="btn ghost icon"
                aria-label="Record a voice message"
                title="Record a voice message"
                disabled=move || self.is_open.get()
                on:click=move |_| self.begin()
            >
                <Icon name="mic"/>
            </button>
        }
    }

    /// The recorder, over the field.
    pub fn view(self) -> impl IntoView {
        let is_open = Memo::new(move |_| self.is_open.get());
        move || {
            is_open.get().then(|| match self.code.get() {
                Some(code) => untrack(|| (code.draw)(self)),
                None => view! { <p class="hint" role="status">"Loading the recorder…"</p> }.into_any(),
            })
        }
    }
}
