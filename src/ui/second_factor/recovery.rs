//! Recovery codes that were made just now.

use leptos::prelude::*;

use crate::{
    contract::second_factor::RecoveryCodes,
    ui::{browser, kit::CopyButton},
};

/// The id of the list.
const CODES: &str = "recovery-codes";

/// Drawn after a press, so the list takes the focus.
#[component]
pub fn RecoveryCodesList(codes: RecoveryCodes) -> impl IntoView {
    let RecoveryCodes(codes) = codes;
    Effect::new(move |_| request_animation_frame(|| browser::focus(CODES)));
    let all = codes.join("\n");
    let lines = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
    view! {
        <p class="hint">
            "Your recovery codes. Each signs you in once without your phone. Keep them where only you can read them: they aren't shown again."
        </p>
        <ul id=CODES class="recovery-codes" aria-label="Recovery codes" tabindex="-1">{lines}</ul>
        <div class="actions">
            <CopyButton text=Signal::stored(all) label="Copy all codes"/>
        </div>
    }
}
