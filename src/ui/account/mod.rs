//! The viewer's own account: the password, the second factor, and where they are signed in. Every role has it. Its link
//! is in the account menu; what agents choose for their desk is in that menu itself.

mod password;
mod second_factor;
mod sessions;

use leptos::prelude::*;

use self::{password::PasswordCard, second_factor::SecondFactorCard, sessions::SessionsCard};
use crate::{
    api::{account::own_sessions, second_factor::read_second_factor},
    ui::{
        admin::password_prompt::{PasswordDialog, PasswordPrompt},
        kit::{PageHead, RefreshTrigger, lazy_route, live_resource},
        state::AppState,
    },
};

lazy_route!(AccountRoute in settings, AccountPage);

#[component]
fn AccountPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    PasswordPrompt::provide();
    view! {
        <main class="page" id="main" tabindex="-1">
            <PageHead title="Your account" lead="Your password, your second factor, and the devices that you are signed in on."/>
            <div class="stack">
                <PasswordCard refresh/>
                {live_resource(refresh, read_second_factor, move |factor| view! { <SecondFactorCard factor refresh/> })}
                {live_resource(refresh, own_sessions, move |sessions| view! { <SessionsCard sessions refresh/> })}
            </div>
        </main>
        <PasswordDialog/>
    }
}
