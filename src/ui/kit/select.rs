//! A select of one among several values.
//!
//! `<SelectField id="tool-method" label="Method" options value choose=move |chosen| set(&chosen)/>`, or `<Select ..>`
//! with `aria_label` where the label is not shown. Options are pairs of a value and the text that is read;
//! `options(..)` makes them of an enum.

use leptos::prelude::*;

use super::field::FocusOrder;

/// A value and its text.
pub type SelectOption = (String, String);

/// The options of an enum: all its variants, the form value of each, and its text.
pub fn options<T: Copy>(
    all: impl IntoIterator<Item = T>,
    value: fn(T) -> &'static str,
    text: fn(T) -> &'static str,
) -> Vec<SelectOption> {
    all.into_iter().map(|one| (value(one).to_owned(), text(one).to_owned())).collect()
}

#[component]
pub fn Select(
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] aria_label: Option<&'static str>,
    /// Drawn again whenever they change.
    #[prop(into)]
    options: Signal<Vec<SelectOption>>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] choose: Callback<String>,
    #[prop(optional, into)] described_by: Option<String>,
    /// The chosen value is invalid.
    #[prop(optional, into)]
    invalid: Signal<bool>,
    #[prop(optional)] focus: FocusOrder,
) -> impl IntoView {
    // Each option has `selected`, because a browser drops a value that is not among the options, and they may be drawn
    // later.
    let drawn = move || {
        let one = |(own, text): SelectOption| {
            let this = own.clone();
            let chosen = Memo::new(move |_| value.with(|value| *value == this));
            view! { <option value=own selected=chosen.get_untracked() prop:selected=chosen>{text}</option> }
        };
        options.get().into_iter().map(one).collect_view()
    };
    view! {
        <select
            id=id
            aria-label=aria_label
            aria-describedby=described_by
            aria-invalid=move || invalid.get().then_some("true")
            data-first=(focus == FocusOrder::First).then_some("")
            on:change:target=move |event| choose.run(event.target().value())
        >
            {drawn}
        </select>
    }
}

/// A select with its label and its hint.
#[component]
pub fn SelectField(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(into)] options: Signal<Vec<SelectOption>>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] choose: Callback<String>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] invalid: Signal<bool>,
    #[prop(optional)] focus: FocusOrder,
    /// Shown below, such as the error of the choice.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described_by = format!("{hint_id} {error_id}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <Select id options value choose described_by invalid focus/>
            {(!hint.is_empty()).then(|| view! { <small class="hint" id=hint_id>{hint}</small> })}
            {children.map(|children| view! { <div id=error_id>{children()}</div> })}
        </div>
    }
}
