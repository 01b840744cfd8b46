//! A checkbox of a form, saved with it.

use leptos::prelude::*;

/// `hint` stands below the label.
#[component]
pub fn CheckboxField(
    label: &'static str,
    #[prop(optional)] hint: &'static str,
    #[prop(into)] is_on: Signal<bool>,
    #[prop(into)] toggle: Callback<bool>,
) -> impl IntoView {
    let hint = (!hint.is_empty()).then(|| {
        view! {
            <br/>
            <small class="hint">{hint}</small>
        }
    });
    view! {
        <label class="field line">
            <input
                type="checkbox"
                checked=is_on.get_untracked()
                prop:checked=move || is_on.get()
                on:change:target=move |event| toggle.run(event.target().checked())
            />
            <span>{label} {hint}</span>
        </label>
    }
}
