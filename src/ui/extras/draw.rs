//! Draws the pieces. Everything that is named here, and nowhere in the main module, is in the part `extras`.

use leptos::prelude::*;

use super::ExtraPiece;
use crate::ui::{
    alerts::{self, MineAlerts, ReturnedNotice},
    components::shell::{BannerNotice, LeaveDialog, RailControls},
    conversations::{
        activity,
        call_strip::{CallStrip, Invitation, InvitationState, TypedAhead},
        composer::follow_drafts,
        key_list::KeyList,
        list::{FoundRows, ListKeys, Narrowing, NoConversation, NoRows},
        reply_price::ReplyPrice,
        splitter::Splitter,
        undo::UndoList,
    },
    kit::PageToasts,
    palette::PaletteListbox,
    state::AppState,
};

pub fn draw(piece: ExtraPiece) -> AnyView {
    match piece {
        ExtraPiece::RailControls => view! { <RailControls /> }.into_any(),
        ExtraPiece::BannerNotice => view! { <BannerNotice /> }.into_any(),
        ExtraPiece::CallStrip => view! { <CallStrip /> }.into_any(),
        ExtraPiece::Overlays => view! { <Overlays /> }.into_any(),
        ExtraPiece::Notices => view! { <Notices /> }.into_any(),
        ExtraPiece::PaletteOptions => view! { <PaletteListbox /> }.into_any(),
        ExtraPiece::ListKeys(listing, place) => view! { <ListKeys listing place /> }.into_any(),
        ExtraPiece::Narrowing(place) => view! { <Narrowing place /> }.into_any(),
        ExtraPiece::FoundRows(source, listing, place) => view! { <FoundRows source listing place /> }.into_any(),
        ExtraPiece::NoRows(place) => view! { <NoRows place /> }.into_any(),
        ExtraPiece::Invitation => view! { <Invitation /> }.into_any(),
        ExtraPiece::NothingOpen(place) => view! { <NoConversation place /> }.into_any(),
        ExtraPiece::ReplyPrice(next) => view! { <ReplyPrice next /> }.into_any(),
        ExtraPiece::Splitter(pane) => view! { <Splitter pane /> }.into_any(),
    }
}

/// Dialogs, the field of what is typed ahead, and what follows the live changes on every page.
#[component]
fn Overlays() -> impl IntoView {
    let app = AppState::expect();
    activity::follow(app);
    alerts::follow(app);
    follow_drafts(app);
    InvitationState::expect().follow(app);
    let announcement = MineAlerts::expect().announcement;
    view! {
        <KeyList />
        <LeaveDialog />
        <TypedAhead />
        <p class="visually-hidden" role="status" aria-live="polite">
            {move || announcement.get()}
        </p>
    }
}

/// What stands in the stack of toasts: they come last, next to where they appear.
#[component]
fn Notices() -> impl IntoView {
    view! {
        <UndoList />
        <ReturnedNotice />
        <PageToasts />
    }
}
