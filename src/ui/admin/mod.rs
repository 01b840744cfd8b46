//! The admin's rooms: a side list of pages, and one page beside it.
//!
//! A page is a file (or a folder) here. It reads its snapshot with [`reading::fresh`], edits with [`editing::Edited`] and
//! says what went wrong with [`faults`]. Rules and bounds are never decided here: they are `domain`'s, and the server
//! checks them again.
//!
//! Each page is a `LazyRoute`: its code is a file of its own, which the browser fetches when the page is first opened, so
//! that agents, who never come here, do not pay for it. To add a page: its file, with the `LazyRoute` at its top as in
//! [`audit`], its line in [`ROOMS`], its `<Route>` in `ui/app.rs`.

pub mod asking;
pub mod audit;
pub mod bot;
pub mod bubble;
pub mod editing;
pub mod faults;
pub mod fields;
pub mod flows;
pub mod hours;
pub mod keywords;
pub mod languages;
pub mod messages;
pub mod reading;
pub mod targets;
pub mod team;
pub mod typing;
pub mod zones;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::{A, Outlet};

use crate::{
    domain::access::{Action, may},
    ui::{components::icon::Icon, state::AppState},
};

/// Address, icon and name of every page, in the order they are listed.
const ROOMS: [(&str, &str, &str); 8] = [
    ("/admin/flows", "flow", "Flows"),
    ("/admin/keywords", "key", "Handoff keywords"),
    ("/admin/messages", "chat", "Messages"),
    ("/admin/bot", "bot", "Bot"),
    ("/admin/hours", "calendar", "Opening hours"),
    ("/admin/targets", "hours", "Targets"),
    ("/admin/team", "users", "Team"),
    ("/admin/audit", "audit", "Audit log"),
];

/// What every admin page stands in. Others than admins see who may come in, and the way back.
#[component]
pub fn AdminLayout() -> impl IntoView {
    let app = AppState::expect();
    // Above the pages, so that a text typed on one of them survives a look at another.
    provide_context(messages::Drafts::default());
    let welcome = Memo::new(move |_| app.viewer.with(|viewer| may(viewer.role, Action::Administer)));
    view! {
        <nav class="sub" aria-label="Admin">
            <h2>"Admin"</h2>
            <Show when=move || welcome.get()>
                {ROOMS
                    .into_iter()
                    .map(|(href, icon, name)| view! { <A href=href><Icon name=icon/>{name}</A> })
                    .collect_view()}
            </Show>
        </nav>
        <main class="page" id="main" tabindex="-1">
            <Show when=move || welcome.get() fallback=Closed>
                <Outlet/>
            </Show>
        </main>
    }
}

/// What an agent without the right sees.
#[component]
fn Closed() -> impl IntoView {
    view! {
        <Title text="Admin"/>
        <div class="empty">
            <Icon name="lock"/>
            <h1>"Only admins can open this"</h1>
            <p>"Keywords, messages, the bot, opening hours, targets, the team and the audit log are set up by your admins. Ask one of them if something should change."</p>
            <a class="btn" href="/conversations">"Back to conversations"</a>
        </div>
    }
}
