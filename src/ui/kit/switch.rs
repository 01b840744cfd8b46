//! A switch: on or off, effective at once.
//!
//! `<Switch label="Active" is_on=enabled toggle=move |now| set(now)/>` with its name for screen readers alone,
//! `<SwitchField label="..." is_on toggle/>` with its name beside it.

use leptos::prelude::*;

#[component]
pub fn Switch(
    #[prop(optional, into)] label: Option<Signal<String>>,
    #[prop(into)] is_on: Signal<bool>,
    #[prop(into)] toggle: Callback<bool>,
) -> impl IntoView {
    view! {
        <input
            type="checkbox"
            role="switch"
            class="switch"
            aria-label=move || label.map(|label| label.get())
            checked=is_on.get_untracked()
            prop:checked=move || is_on.get()
            on:change:target=move |event| toggle.run(event.target().checked())
        />
    }
}

#[component]
pub fn SwitchField(
    label: &'static str,
    #[prop(into)] is_on: Signal<bool>,
    #[prop(into)] toggle: Callback<bool>,
) -> impl IntoView {
    view! {
        <label class="field line">
            <Switch is_on toggle/>
            <span>{label}</span>
        </label>
    }
}
