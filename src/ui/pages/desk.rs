//! The desk: `/conversations` and `/conversations/{id}`. One component for both addresses, so that the list stays as it
//! is when a conversation opens. The grid around it, and which column a phone shows, are the layout's.

use leptos::{either::Either, prelude::*};

use crate::{
    domain::ids::ConversationId,
    ui::components::{
        list::{ListPane, NothingOpen, use_place},
        thread::ThreadPane,
    },
};

#[component]
pub fn DeskPage() -> impl IntoView {
    let place = use_place();
    let is_open = Memo::new(move |_| place.open.with(Option::is_some));
    // The last one stays while the thread is on its way out.
    let id = Memo::new(move |last: Option<&ConversationId>| {
        place.open.get().or_else(|| last.cloned()).unwrap_or_else(|| ConversationId::from(""))
    });

    view! {
        <ListPane place />
        {move || {
            if is_open.get() {
                Either::Left(view! { <ThreadPane id /> })
            } else {
                Either::Right(view! { <NothingOpen place /> })
            }
        }}
    }
}
