//! A button that copies a text, and says so.
//!
//! `<CopyButton text=number label="Copy number"/>`

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::ui::{
    browser::{self, clear_timer},
    components::icon::Icon,
    render_environment::hydrated,
};

/// How long the button says that the text was copied.
const SAID_FOR: Duration = Duration::from_secs(2);

#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    /// Its name for screen readers and on hover.
    label: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    on_cleanup(move || clear_timer(timer));
    let press = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            let done = browser::copy(&text).await;
            // The button may be gone by now.
            if copied.try_set(Some(done)).is_some() {
                return;
            }
            clear_timer(timer);
            let forget = move || {
                let _left = copied.try_set(None);
            };
            timer.set_value(set_timeout_with_handle(forget, SAID_FOR).ok());
        });
    };
    let words = move || match copied.get() {
        Some(true) => "Copied",
        Some(false) => "Couldn't copy",
        None => "",
    };
    let hydrated = hydrated();
    view! {
        <button
            type="button"
            class="btn ghost copy-button"
            aria-label=label
            title=label
            disabled=move || !hydrated.get()
            on:click=press
        >
            <Icon name=Signal::derive(move || if copied.get() == Some(true) { "check" } else { "copy" }) class="xs"/>
        </button>
        <span class="hint" role="status">{words}</span>
    }
}
