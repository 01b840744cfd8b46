//! A new secret as a QR code and as text, and its first code. It is a plain form, too, which sends the secret along, so that
//! it can be shown again after a wrong code.

use leptos::{ev::SubmitEvent, prelude::*};

use crate::{
    api::second_factor::second_factor_confirm,
    contract::second_factor::{CODE_FIELD, NewFactor, RecoveryCodes, SECRET_FIELD},
    ui::{
        browser,
        kit::{CopyButton, FieldKind, Submit, TextField},
        render_environment::hydrated,
    },
};

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
    let hydrated = hydrated();
    // Without scripts nothing tells whether a code was typed.
    let blocked = move || hydrated.get() && code.with(|code| code.trim().is_empty());
    let confirm = move |event: SubmitEvent| {
        event.prevent_default();
        submit.run(second_factor_confirm(code.get_untracked()), move |codes| done.run(codes));
    };
    let leave = move |_| {
        submit.error.set(None);
        cancel.run(());
    };
    Effect::new(move |_| request_animation_frame(|| browser::focus(CODE_FIELD)));
    let shown = spaced(&secret);
    let cancel_button = move || match hydrated.get() {
        true => view! {
            <button type="button" class="btn" on:click=leave>
                "Cancel"
            </button>
        }
        .into_any(),
        // The same page, without what was sent to it.
        false => view! {
            <a class="btn" href="" rel="external">
                "Cancel"
            </a>
        }
        .into_any(),
    };
    view! {
        <form class="form" method="post" aria-label="Set up a second factor" on:submit=confirm>
            <input type="hidden" name=SECRET_FIELD value=secret.clone()/>
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
                id=CODE_FIELD
                label="Code"
                hint="The six digits that the app shows now."
                kind=FieldKind::OneTimeCode
                text=submit.text(code).with_error(submit.error)
            />
            <div class="actions">
                {cancel_button}
                // Not disabled while the request is under way, because a disabled button loses the focus.
                <button
                    class="btn primary"
                    disabled=blocked
                    aria-disabled=move || submit.pending().to_string()
                >
                    {move || if submit.pending() { "Checking…" } else { "Confirm" }}
                </button>
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
