//! The Conversations page: `/conversations` and `/conversations/{id}`. One component serves both addresses, so that the
//! list keeps its state when a conversation opens. The layout's styles decide which column a phone shows.
//!
//! The thread's code is loaded separately from the list's: with the page if the address names a conversation, else once
//! the page is live, after the extras, so that it delays neither.

use leptos::{either::Either, prefetch_lazy_fn_on_server, prelude::*, task::spawn_local, wasm_split::wasm_split};
use leptos_router::LazyRoute;

use super::{
    list::{ListPane, NothingOpen, use_desk_location},
    pane_focus::REGION,
    read_ahead::ReadAhead,
    splitter::SidePane,
    thread::ConversationPane,
};
use crate::{
    domain::ids::ConversationId,
    ui::{
        extras::{Extra, ExtraPiece},
        state::{AppState, Connection},
    },
};

/// The route.
pub struct DeskRoute;

impl LazyRoute for DeskRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_desk: Self) -> AnyView {
        view! { <DeskPage /> }.into_any()
    }

    /// A thread that the server has rendered must be hydrated with the page.
    async fn preload() {
        if use_desk_location().open.get_untracked().is_some() {
            fetch_thread().await;
        }
    }
}

/// The thread beside the list.
#[wasm_split(thread, wasm_split_path = leptos::wasm_split, preload(fetch_thread))]
fn thread(id: ConversationId) -> AnyView {
    prefetch_lazy_fn_on_server("thread");
    view! { <ConversationPane id /> }.into_any()
}

#[component]
fn DeskPage() -> impl IntoView {
    let place = use_desk_location();
    ReadAhead::provide(place.open);
    let connection = AppState::expect().connection;
    Effect::new(move |fetched: Option<bool>| {
        let fetched = fetched.unwrap_or_default();
        let now = !fetched && connection.get() == Connection::Live;
        if now {
            spawn_local(fetch_thread());
        }
        fetched || now
    });

    view! {
        <ListPane place />
        // Each conversation gets a pane of its own: one pane that reads the next conversation would keep the view of the
        // last one, with effects that run without their signals, until the answer is there. The choice is outside the
        // boundary, because the server runs what is inside once more for each of its resources.
        {move || match place.open.get() {
            // A boundary of its own: while the code is fetched, the layout's would take the whole page away, with the
            // focus.
            Some(id) => Either::Left(view! {
                <Suspense fallback=|| {
                    view! { <main class="thread" id=REGION tabindex="-1" aria-busy="true"></main> }
                }>{Suspend::new(thread(id))}</Suspense>
            }),
            None => Either::Right(view! { <NothingOpen place /> }),
        }}
        // The styles put them between the panes. Each belongs to two of them, so they have a landmark of their own.
        <div class="extra separators" role="region" aria-label="Pane widths">
            <Extra piece=ExtraPiece::Splitter(SidePane::List) />
            <Extra piece=ExtraPiece::Splitter(SidePane::Details) />
        </div>
    }
}
