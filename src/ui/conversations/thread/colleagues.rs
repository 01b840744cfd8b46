//! Who else has the conversation open, and who of them is typing.

use leptos::prelude::*;

use super::state::ThreadState;
use crate::domain::activity::sentence;

/// ` · Ben is typing`, behind owner and reply window, which a narrow screen must not cut off.
#[component]
pub fn Colleagues() -> impl IntoView {
    let open = ThreadState::expect();
    let said = Memo::new(move |_| {
        let now = open.app.now.get();
        open.app.active.with(|active| sentence(active, &open.id(), now))
    });
    view! {
        <span class="colleagues" aria-live="polite">
            {move || said.get().map(|said| format!(" · {said}"))}
        </span>
    }
}
