//! The desk: `/conversations` and `/conversations/{id}`. One component for both addresses, so that the list stays as it
//! is when a conversation opens. The grid around it, and which column a phone shows, are the layout's.
//!
//! The list is what everybody loads first. The thread's code comes after it: with the page if the address names a
//! conversation, else as soon as the list stands, so that it is there before anybody opens one.

use leptos::{either::Either, prelude::*, task::spawn_local};
use leptos_router::{LazyRoute, lazy_route};

use crate::{
    domain::ids::ConversationId,
    ui::components::{
        key_list::KeyList,
        list::{ListPane, NothingOpen, use_place},
        thread::ThreadPane,
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

    /// A thread that the server has drawn must be taken over at once.
    async fn preload() {
        if use_place().open.get_untracked().is_some() {
            OpenThread::preload().await;
        }
    }
}

/// The thread beside the list.
struct OpenThread {
    id: Memo<ConversationId>,
}

#[lazy_route]
impl LazyRoute for OpenThread {
    fn data() -> Self {
        let open = use_place().open;
        // The last one stays while the thread is on its way out.
        let id = Memo::new(move |last: Option<&ConversationId>| {
            open.get().or_else(|| last.cloned()).unwrap_or_else(|| ConversationId::from(""))
        });
        Self { id }
    }

    fn view(this: Self) -> AnyView {
        let id = this.id;
        view! { <ThreadPane id /> }.into_any()
    }
}

#[component]
fn DeskPage() -> impl IntoView {
    let place = use_place();
    let is_open = Memo::new(move |_| place.open.with(Option::is_some));
    Effect::new(|| spawn_local(OpenThread::preload()));

    view! {
        <ListPane place />
        {move || {
            if is_open.get() {
                let thread = OpenThread::data();
                Either::Left(Suspend::new(async move { OpenThread::view(thread).await }))
            } else {
                Either::Right(view! { <NothingOpen place /> })
            }
        }}
        <KeyList />
    }
}
