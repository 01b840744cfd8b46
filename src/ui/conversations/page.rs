//! The Conversations page: `/conversations` and `/conversations/{id}`. One component serves both addresses, so that the
//! list keeps its state when a conversation opens. The layout's styles decide which column a phone shows.
//!
//! The thread's code is loaded separately from the list's: with the page if the address names a conversation, else once
//! the stream is live, so that it does not delay the list.

use leptos::{either::Either, prefetch_lazy_fn_on_server, prelude::*, task::spawn_local, wasm_split::wasm_split};
use leptos_router::LazyRoute;

use super::{
    list::{ListPane, NothingOpen, use_desk_location},
    pane_focus::PaneFocus,
    thread::ThreadPane,
};
use crate::{
    domain::ids::ConversationId,
    ui::state::{AppState, Connection},
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
fn thread(id: Memo<ConversationId>) -> AnyView {
    prefetch_lazy_fn_on_server("thread");
    view! { <ThreadPane id /> }.into_any()
}

#[component]
fn DeskPage() -> impl IntoView {
    PaneFocus::provide();
    let place = use_desk_location();
    let is_open = Memo::new(move |_| place.open.with(Option::is_some));
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
        {move || {
            if is_open.get() {
                // Keeps the last id while the thread is being removed.
                let id = Memo::new(move |last: Option<&ConversationId>| {
                    place.open.get().or_else(|| last.cloned()).unwrap_or_else(|| ConversationId::from(""))
                });
                // A boundary of its own: while the code is fetched, the layout's would take the whole page away, with
                // the focus.
                Either::Left(view! {
                    <Suspense fallback=|| {
                        view! { <main class="thread" id="main" tabindex="-1" aria-busy="true"></main> }
                    }>{Suspend::new(thread(id))}</Suspense>
                })
            } else {
                Either::Right(view! { <NothingOpen place /> })
            }
        }}
    }
}
