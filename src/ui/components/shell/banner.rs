//! The banner over all pages: the connection is lost, or the session ended. What it says otherwise is in
//! `banner_notice.rs`: its code is fetched with the extras, which may not be there when the connection is lost.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::ui::{
    components::icon::Icon,
    extras::{Extra, ExtraPiece},
    pages::sign_in::sign_in_address,
    state::{AppState, Connection},
};

/// Always in the document, and hidden if there is nothing to say: a screen reader announces it only if it existed before.
#[component]
pub fn Banner() -> impl IntoView {
    let app = AppState::expect();
    let location = use_location();
    let here = move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        if search.is_empty() { path } else { format!("{path}?{search}") }
    };
    let error = move || match app.connection.get() {
        Connection::SignedOut => true,
        Connection::Opening | Connection::Live => {
            !app.outdated.get() && app.stopped.with(|stopped| !stopped.is_empty())
        }
        Connection::Lost => false,
    };
    let words = move || match app.connection.get() {
        Connection::Opening | Connection::Live => None,
        Connection::Lost => Some(
            view! {
                <Icon name="offline" class="xs" />
                <span>"You're offline. Reconnecting… This page may be out of date."</span>
            }
            .into_any(),
        ),
        Connection::SignedOut => Some(
            view! {
                <Icon name="lock" class="xs" />
                <span>"You're signed out. Your drafts are kept."</span>
                // A full page load, because the state in memory belongs to the session that ended.
                <a class="btn" href=move || sign_in_address(&here()) rel="external">
                    "Sign in"
                </a>
            }
            .into_any(),
        ),
    };
    view! {
        <div class="banner" class:error=error role="status" aria-live="polite">
            {words}
            <Extra piece=ExtraPiece::BannerNotice />
        </div>
    }
}
