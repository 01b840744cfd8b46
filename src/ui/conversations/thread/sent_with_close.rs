//! What the customer gets with a close, and the switch of a template that is part of it.

use leptos::prelude::*;

use super::state::ThreadState;
use crate::contract::conversation::{GoodbyeTemplate, Thread};

/// Read with the thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SentWithClose {
    /// The closing message that the tenant has set, for this customer. `None`: none is sent.
    pub(super) goodbye: Option<String>,
    /// The template in its place, because the reply window has closed.
    pub(super) template: Option<GoodbyeTemplate>,
    /// The question for a rating.
    pub(super) rating_question: Option<String>,
}

impl SentWithClose {
    pub fn of(thread: &Thread) -> Self {
        Self {
            goodbye: thread.goodbye.clone(),
            template: thread.goodbye_template.clone(),
            rating_question: thread.rating_question.clone(),
        }
    }
}

/// Switches the template on and off, and shows it: nobody edits what WhatsApp has approved.
#[component]
pub fn TemplateSwitch(template: GoodbyeTemplate, sends: RwSignal<bool>) -> impl IntoView {
    let open = ThreadState::expect();
    let GoodbyeTemplate { category, text } = template;
    let category = category.label().to_lowercase();
    view! {
        <label class="goodbye-switch">
            <input
                type="checkbox"
                prop:checked=move || sends.get()
                on:change=move |event| sends.set(event_target_checked(&event))
            />
            <span>"Send a goodbye to " <bdi>{move || open.row.with(|row| row.name.clone())}</bdi></span>
        </label>
        <p class="hint">
            {format!("The reply window is closed, so they get a {category} template, which WhatsApp charges: ")}
            <q dir="auto">{text}</q>
        </p>
    }
}
