//! Who else has the conversation open, and who of them is typing.

use leptos::prelude::*;

use super::state::ThreadState;
use crate::domain::activity::sentence;

/// ` · Ben is typing`, or nothing.
pub fn colleagues_words(open: ThreadState) -> Memo<String> {
    Memo::new(move |_| {
        let now = open.app.now.get();
        let said = open.app.active.with(|active| sentence(active, &open.id(), now));
        said.map(|said| format!(" · {said}")).unwrap_or_default()
    })
}

/// Stands behind owner and reply window, which a narrow screen must not cut off.
#[component]
pub fn Colleagues(words: Memo<String>) -> impl IntoView {
    view! {
        <span class="colleagues" aria-live="polite">
            {words}
        </span>
    }
}
