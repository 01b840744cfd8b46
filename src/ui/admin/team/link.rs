//! A link that was made just now. It is shown once, because the server keeps only its token's hash.

use leptos::prelude::*;

use crate::{
    contract::account_link::NewLink,
    domain::account_link::LinkKind,
    ui::{format::TimeStyle, kit::CopyButton, local_time::LocalTime},
};

/// Announced when it appears.
#[component]
pub fn MadeLink(#[prop(into)] link: Signal<Option<NewLink>>) -> impl IntoView {
    view! { <div role="status">{move || link.get().map(|link| view! { <Shown link/> })}</div> }
}

#[component]
fn Shown(link: NewLink) -> impl IntoView {
    let NewLink { url, kind, expires_at } = link;
    let act = match kind {
        LinkKind::Join => "Copy this link and send it to the person you invite.",
        LinkKind::NewPassword => "Copy this link and send it to them. Their old password works until they use it.",
    };
    let copied = url.clone();
    view! {
        <div class="form">
            <p class="hint">
                {act} " It works once, until " <LocalTime at=expires_at style=TimeStyle::Full/> ", and isn't shown again."
            </p>
            <div class="copy">
                <code>{url}</code>
                <CopyButton text=Signal::stored(copied) label="Copy link"/>
            </div>
        </div>
    }
}
