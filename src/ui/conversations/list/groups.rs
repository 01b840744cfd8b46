//! The groups of the list, by what they need: from *Reply now* to *Closed*. An empty group is not shown.

use leptos::prelude::*;

use super::{listing::Listing, query::DeskLocation, row::ConversationRow};
use crate::{
    domain::desk::{Count, Group},
    ui::{extras::requests::read_more, number::grouped, state::AppState},
};

/// Loads the next page of a group, one at a time.
pub type More = Action<Group, ()>;

/// The action that loads further pages.
pub fn use_more(listing: Listing) -> More {
    let app = AppState::expect();
    Action::new(move |group: &Group| {
        let group = *group;
        let page = listing.next_page(group);
        async move {
            let Some((filter, after)) = page else { return };
            match read_more(filter.clone(), group, after.clone()).await {
                Ok(page) => listing.extend(&filter, group, &after, page),
                Err(error) => app.show_error(&error),
            }
        }
    })
}

#[component]
pub fn Groups(listing: Listing, place: DeskLocation, more: More) -> impl IntoView {
    Group::ALL.map(|group| view! { <GroupRows group listing place more /> }).collect_view()
}

#[component]
fn GroupRows(group: Group, listing: Listing, place: DeskLocation, more: More) -> impl IntoView {
    let ids = listing.ids(group);
    let some = Memo::new(move |_| ids.with(|ids| !ids.is_empty()));
    // It counts the rows below it: while they are held back it waits with them.
    let count = Memo::new(move |before: Option<&Count>| {
        let newest = listing.count(group);
        before.copied().filter(|_| listing.is_behind()).unwrap_or(newest)
    });
    let goes_on = Memo::new(move |_| listing.has_more(group));
    let heading = format!("group-{}", group.as_str());
    let class = format!("group {}", group.as_str());
    let loading = move || more.pending().get() && more.input().with(|input| *input == Some(group));

    view! {
        <Show when=move || some.get()>
            <section class=class.clone() id=format!("rows-{}", group.as_str()) aria-labelledby=heading.clone()>
                <h2 class="group-name" id=heading.clone()>
                    {group.label()}
                    " "
                    <b>{move || count_words(count.get())}</b>
                </h2>
                <For each=move || ids.get() key=|id| id.clone() let:id>
                    {listing.cell(&id).map(|row| view! { <ConversationRow id row group listing place /> })}
                </For>
                <Show when=move || goes_on.get()>
                    <button
                        type="button"
                        id=format!("more-{}", group.as_str())
                        class="btn more"
                        aria-disabled=move || loading().then_some("true")
                        on:click=move |_| {
                            if !more.pending().get_untracked() {
                                more.dispatch(group);
                            }
                        }
                    >
                        {move || if loading() { "Loading…" } else { "Show more" }}
                        <span class="visually-hidden">" in "{group.label()}</span>
                    </button>
                </Show>
            </section>
        </Show>
    }
}

/// `18`, or `1,000+` where counting stopped.
pub fn count_words(count: Count) -> String {
    let number = grouped(count.n);
    if count.more { format!("{number}+") } else { number }
}
