//! A slice of a customer's phone: what they wrote, and what they would read.

use leptos::prelude::*;

/// The phone. `wrote` is the customer's own bubble; without `reads` nothing is sent, and `silence` says what happens.
#[component]
pub fn Phone(
    #[prop(optional, into)] wrote: Option<Signal<String>>,
    #[prop(into)] reads: Signal<Option<String>>,
    /// What the place of the message says when there is none.
    #[prop(into)]
    silence: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <div class="wa">
            {wrote.map(|wrote| view! { <div class="bubble in" dir="auto">{move || wrote.get()}</div> })}
            {move || match reads.get() {
                Some(text) => {
                    view! {
                        <div class="bubble">
                            <div dir="auto">{text}</div>
                            <small>"what the customer sees"</small>
                        </div>
                    }
                        .into_any()
                }
                None => view! { <div class="bubble silent">{move || silence.get()}</div> }.into_any(),
            }}
        </div>
    }
}
