//! What the banner says while the page is connected: the page is outdated, a number cannot send, the viewer signed in with
//! a recovery code, or their password is shorter than new ones must be. A piece of the extras.

use leptos::prelude::*;

use super::settings::change;
use crate::{
    api::{account::dismiss_short_password, second_factor::dismiss_recovery_code},
    domain::access::{Action, advice, may},
    ui::{
        browser,
        components::icon::Icon,
        render_environment::hydrated,
        state::{AppState, Connection},
    },
};

/// Where an admin reads what WhatsApp reported about the numbers.
const REPORTS: &str = "/admin/audit?kind=numbers";

/// The most important of it.
#[component]
pub fn BannerNotice() -> impl IntoView {
    let app = AppState::expect();
    let codes_left = Memo::new(move |_| app.viewer.with(|viewer| viewer.recovery_codes_left));
    let is_short = Memo::new(move |_| app.viewer.with(|viewer| viewer.short_password));
    move || match app.connection.get() {
        Connection::Opening | Connection::Live if app.outdated.get() => Some(
            view! {
                <Icon name="retry" class="xs" />
                <span>"A new version is available."</span>
                <button type="button" class="btn" on:click=move |_| browser::reload()>
                    "Reload"
                </button>
            }
            .into_any(),
        ),
        Connection::Opening | Connection::Live => app.stopped.with(|stopped| {
            let stopped = stopped.first().map(|number| {
                let queued = "can't send right now. Your messages are queued.";
                let role = app.viewer.with(|viewer| viewer.role);
                let detail = advice(role, &number.detail);
                let reports = may(role, Action::Administer).then(|| {
                    view! {
                        <a class="btn" href=REPORTS>
                            "See reports"
                        </a>
                    }
                });
                view! {
                    <Icon name="warn" class="xs" />
                    <span>{format!("{} {queued} {detail}", number.channel)}</span>
                    {reports}
                }
                .into_any()
            });
            stopped
                .or_else(|| codes_left.get().map(|left| view! { <RecoveryCodeUsed left /> }.into_any()))
                .or_else(|| is_short.get().then(|| view! { <ShortPassword /> }.into_any()))
        }),
        Connection::Lost | Connection::SignedOut => None,
    }
}

/// Until the viewer has a longer password, or dismisses it for this session.
#[component]
fn ShortPassword() -> impl IntoView {
    let (app, hydrated) = (AppState::expect(), hydrated());
    let dismiss = move |_| {
        change(app, |viewer, short| viewer.short_password = short, true, false, dismiss_short_password());
    };
    view! {
        <Icon name="lock" class="xs" />
        <span>"Your password is short. Choose one of 12 characters or more."</span>
        <a class="btn" href="/account">
            "Change it"
        </a>
        <button type="button" class="btn" disabled=move || !hydrated.get() on:click=dismiss>
            "Not now"
        </button>
    }
}

/// After a sign-in with a recovery code, until the viewer dismisses it.
#[component]
fn RecoveryCodeUsed(left: i64) -> impl IntoView {
    let (app, hydrated) = (AppState::expect(), hydrated());
    let dismiss = move |_| {
        change(app, |viewer, left| viewer.recovery_codes_left = left, Some(left), None, dismiss_recovery_code());
    };
    let words = match left {
        0 => "You signed in with your last recovery code. Make new ones.".to_owned(),
        1 => "You signed in with a recovery code. 1 is left.".to_owned(),
        left => format!("You signed in with a recovery code. {left} are left."),
    };
    view! {
        <Icon name="lock" class="xs" />
        <span>{words}</span>
        <a class="btn" href="/account">
            "Your account"
        </a>
        <button type="button" class="btn" disabled=move || !hydrated.get() on:click=dismiss>
            "OK"
        </button>
    }
}
