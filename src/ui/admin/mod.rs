//! The admin's pages: their list at the side, and one page beside it.
//!
//! A page is a file or a folder here, made of the parts of `ui/kit`: it reads with `live_resource`, edits with
//! `EditState` and lists with `Table`. Rules and bounds are in `domain`, and the server checks them again.
//!
//! To add a page: its file, with a `lazy_route!` as in [`audit`], so that agents do not load it; its line in `PAGES`;
//! its `<Route>` in `ui/app.rs`.

pub mod audit;
mod automation;
pub mod bot;
pub mod flows;
pub mod hours;
mod joined_texts;
mod keep_open;
pub mod keywords;
pub mod messages;
mod model;
pub mod numbers;
pub mod outcomes;
pub mod password_prompt;
pub mod prices;
mod rating;
mod receipts;
mod secrets;
pub mod security;
mod silence;
pub mod targets;
pub mod team;
mod text_key;
mod tools;
mod window_templates;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    components::{A, Outlet},
    hooks::use_location,
};

use self::password_prompt::{PasswordDialog, PasswordPrompt};
use crate::{
    domain::access::{Action, may},
    ui::{
        browser::{Motion, scroll_to},
        components::icon::Icon,
        kit::lazy_route,
        state::AppState,
    },
};

lazy_route!(AdminRoute in admin, AdminLayout);

/// Address, icon and name of every page, in the order they are listed. The palette has them too.
pub const PAGES: [(&str, &str, &str); 12] = [
    ("/admin/flows", "flow", "Flows"),
    ("/admin/keywords", "key", "Handoff keywords"),
    ("/admin/messages", "chat", "Messages"),
    ("/admin/bot", "bot", "Bot"),
    ("/admin/outcomes", "flag", "Outcomes"),
    ("/admin/hours", "calendar", "Opening hours"),
    ("/admin/targets", "hours", "Targets"),
    ("/admin/numbers", "phone", "Numbers"),
    ("/admin/prices", "cart", "Prices"),
    ("/admin/team", "users", "Team"),
    ("/admin/security", "lock", "Security"),
    ("/admin/audit", "audit", "Audit log"),
];

/// The address of the page that *Admin* opens: the first that is listed.
pub const FIRST_PAGE: &str = PAGES[0].0;

/// The layout of every admin page. Agents see that only admins can open it.
#[component]
fn AdminLayout() -> impl IntoView {
    let app = AppState::expect();
    // Provided above the pages, so that unsaved texts survive when another page is opened.
    provide_context(messages::Drafts::default());
    PasswordPrompt::provide();
    let is_admin = Memo::new(move |_| app.viewer.with(|viewer| may(viewer.role, Action::Administer)));
    show_current_link();
    view! {
        <nav class="sub" aria-label="Admin">
            <h2>"Admin"</h2>
            <Show when=move || is_admin.get()>
                {PAGES
                    .into_iter()
                    .map(|(href, icon, name)| view! { <A href=href attr:id=link_id(href)><Icon name=icon/>{name}</A> })
                    .collect_view()}
            </Show>
        </nav>
        <main class="page" id="main" tabindex="-1">
            <Show when=move || is_admin.get() fallback=Closed>
                <Outlet/>
            </Show>
        </main>
        <PasswordDialog/>
    }
}

/// The id of the link to a page: `admin-flows`.
fn link_id(href: &str) -> String {
    href.trim_start_matches('/').replace('/', "-")
}

/// Scrolls the link of the current page into view: on a phone the links are one row, of which a part fits.
fn show_current_link() {
    let path = use_location().pathname;
    Effect::new(move |_| {
        let current = path.with(|path| PAGES.into_iter().find(|(href, ..)| path.starts_with(href)));
        if let Some((href, ..)) = current {
            // The links are drawn by then.
            request_animation_frame(move || scroll_to(&link_id(href), Motion::Instant));
        }
    });
}

/// What an agent sees.
#[component]
fn Closed() -> impl IntoView {
    view! {
        <Title text="Admin"/>
        <div class="empty">
            <Icon name="lock"/>
            <h1>"Only admins can open this"</h1>
            <p>"Keywords, messages, the bot, outcomes, opening hours, targets, prices, the team, security and the audit log are set up by your admins. Ask one of them if something should change."</p>
            <a class="btn" href="/conversations">"Back to conversations"</a>
        </div>
    }
}
