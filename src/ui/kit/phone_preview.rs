//! A preview of the customer's phone: their message, and the reply. As on their phone, the business writes from the left.
//!
//! `<PhonePreview wrote=message reads=answer silence="Nothing is sent"/>`

use leptos::prelude::*;

use super::FormattedText;

/// `wrote` is the customer's own bubble; without `reads` nothing is sent, and `silence` says what happens instead. `buttons` are
/// those below the text.
#[component]
pub fn PhonePreview(
    #[prop(optional, into)] wrote: Option<Signal<String>>,
    #[prop(into)] reads: Signal<Option<String>>,
    #[prop(optional, into)] buttons: Signal<Vec<String>>,
    #[prop(into)] silence: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <div class="wa">
            {wrote.map(|wrote| view! {
                <div class="bubble own" role="group" aria-label="Customer" dir="auto">{move || wrote.get()}</div>
            })}
            {move || match reads.get() {
                Some(text) => {
                    view! {
                        <div class="bubble" role="group" aria-label="Business">
                            <div dir="auto">
                                <FormattedText body=text/>
                            </div>
                            <small>"what the customer sees"</small>
                            {move || {
                                let one = |title: String| view! { <li dir="auto">{title}</li> };
                                let buttons = buttons.get();
                                (!buttons.is_empty()).then(|| view! {
                                    <ul class="taps" aria-label="Buttons">{buttons.into_iter().map(one).collect_view()}</ul>
                                })
                            }}
                        </div>
                    }
                        .into_any()
                }
                None => view! { <div class="bubble silent">{move || silence.get()}</div> }.into_any(),
            }}
        </div>
    }
}
