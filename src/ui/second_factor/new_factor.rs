//! A new secret as a QR code and as text, and its first code.

use leptos::{ev::SubmitEvent, prelude::*};

use crate::{
    api::second_factor::second_factor_confirm,
    contract::second_factor::{NewFactor, RecoveryCodes},
    ui::{
        browser,
        kit::{CopyButton, FieldKind, Submit, SubmitButton, TextField},
    },
};

/// The id of the field for the code.
const CODE: &str = "second-factor-code";

/// `done` is given the recovery codes. Drawn after a press, so the field for the code takes the focus.
#[component]
pub fn NewFactorForm(
    factor: NewFactor,
    submit: Submit,
    #[prop(into)] done: Callback<RecoveryCodes>,
    /// Called when the person does not go on, or has to start again.
    #[prop(into)]
    cancel: Callback<()>,
) -> impl IntoView {
    let NewFactor { secret, picture } = factor;
    let code = RwSignal::new(String::new());
    let blocked = Signal::derive(move || code.with(|code| code.trim().is_empty()));
    let confirm = move |event: SubmitEvent| {
        event.prevent_default();
        submit.run(second_factor_confirm(code.get_untracked()), move |codes| done.run(codes));
    };
    let leave = move |_| {
        submit.error.set(None);
        cancel.run(());
    };
    Effect::new(move |_| request_animation_frame(|| browser::focus(CODE)));
    let shown = spaced(&secret);
    view! {
        <form class="form" aria-label="Set up a second factor" on:submit=confirm>
            <p class="hint">
                "Scan the picture with an authenticator app, or type the key into it. Neither is shown again."
            </p>
            {picture
                .map(|picture| {
                    view! { <img class="qr" src=picture alt="QR code of the key" width="200" height="200"/> }
                })}
            <div class="copy">
                <code>{shown}</code>
                <CopyButton text=Signal::stored(secret) label="Copy key"/>
            </div>
            <TextField
                id=CODE
                label="Code"
                hint="The six digits that the app shows now."
                kind=FieldKind::OneTimeCode
                text=submit.text(code).with_error(submit.error)
            />
            <div class="actions">
                <button type="button" class="btn" on:click=leave>
                    "Cancel"
                </button>
                <SubmitButton submit label="Confirm" busy="Checking…" blocked/>
            </div>
        </form>
    }
}

/// In groups of four, as people read a key aloud.
fn spaced(secret: &str) -> String {
    let mut shown = String::with_capacity(secret.len() * 5 / 4);
    for (place, c) in secret.chars().enumerate() {
        if place > 0 && place.is_multiple_of(4) {
            shown.push(' ');
        }
        shown.push(c);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::spaced;

    #[test]
    fn a_key_is_shown_in_groups() {
        for (secret, shown) in [("", ""), ("GEZD", "GEZD"), ("GEZDGNBVG", "GEZD GNBV G")] {
            assert_eq!(spaced(secret), shown);
        }
    }
}
