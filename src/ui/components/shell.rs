//! The rail: the main navigation and the viewer's own settings. On a phone it is the bar at the bottom.
//!
//! The links are there with the page, the controls below them are pieces of the extras.
//!
//! To add an entry: its link in [`Rail`], its id in `rail_entries.rs`, its page in `app.rs`.

mod alert_settings;
mod banner;
mod banner_notice;
mod leave;
mod palette_acts;
mod settings;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

pub use self::{
    banner::Banner,
    banner_notice::BannerNotice,
    leave::{Leave, LeaveDialog},
    settings::go_online,
};
use self::{
    palette_acts::offer_acts,
    settings::{AwayToggle, Me, SoundToggle, ThemeToggle},
};
use super::{
    icon::Icon,
    rail_entries::{RAIL_ADMIN, RAIL_CONVERSATIONS, RAIL_REPORTS, RAIL_WALL, WALL},
};
use crate::{
    domain::access::{Action, may},
    ui::{
        admin::FIRST_PAGE,
        extras::{Extra, ExtraPiece},
        palette::PaletteButton,
        reports::REPORTS,
        state::AppState,
    },
};

/// The main navigation.
#[component]
pub fn Rail() -> impl IntoView {
    let app = AppState::expect();
    let path = use_location().pathname;
    // An entry is also marked on the pages below it.
    let within = move |place: &'static str| path.with(|path| path.starts_with(place).then_some("page"));
    let waiting = Memo::new(move |_| app.desk.with(|desk| desk.counts.waiting));
    let admin = Memo::new(move |_| app.viewer.with(|viewer| may(viewer.role, Action::Administer)));

    view! {
        <nav class="rail" aria-label="Main">
            <a class="logo" href="/conversations" aria-label="Handoff">
                <Icon name="logo" />
            </a>
            <a
                id=RAIL_CONVERSATIONS
                href="/conversations"
                aria-current=move || within("/conversations")
                title="Conversations"
            >
                <Icon name="chat" />
                <span class="visually-hidden">"Conversations"</span>
                <Show when=move || { waiting.get() > 0 }>
                    <span class="dot">
                        {move || waiting.get()} <span class="visually-hidden">" waiting"</span>
                    </span>
                </Show>
            </a>
            <a
                id=RAIL_REPORTS
                href=REPORTS
                aria-current=move || within(REPORTS)
                aria-label="Reports"
                title="Reports"
            >
                <Icon name="chart" />
            </a>
            <Show when=move || admin.get()>
                <a
                    id=RAIL_ADMIN
                    href=FIRST_PAGE
                    aria-current=move || within("/admin")
                    aria-label="Admin"
                    title="Admin"
                >
                    <Icon name="settings" />
                </a>
            </Show>
            <PaletteButton />
            <Extra piece=ExtraPiece::RailControls />
        </nav>
    }
}

/// The wall's link, and at the end of the rail the toggles and the person. The link is not in [`Rail`], because few open
/// the wall and everybody loads that.
#[component]
pub fn RailControls() -> impl IntoView {
    offer_acts();
    let app = AppState::expect();
    let path = use_location().pathname;
    let is_here = move || path.with(|path| path.starts_with(WALL).then_some("page"));
    let may_view = Memo::new(move |_| app.viewer.with(|viewer| may(viewer.role, Action::ViewWall)));
    view! {
        <Show when=move || may_view.get()>
            <a
                id=RAIL_WALL
                class="of-wall"
                href=WALL
                aria-current=is_here
                aria-label="Live wall"
                title="Live wall"
            >
                <Icon name="eye" />
            </a>
        </Show>
        <span class="spacer"></span>
        <SoundToggle />
        <ThemeToggle />
        <AwayToggle />
        <Me />
    }
}
