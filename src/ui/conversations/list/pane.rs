//! The column of the list: heading, search, status, filters, rows.

use leptos::{either::Either, ev, html, prelude::*};

use super::{
    LIST, ROWS,
    chips::Chips,
    empty::{ListError, NoRows, SkeletonRows},
    filters::Filters,
    groups::{Groups, count_words, use_more},
    keys::use_keys,
    listing::Listing,
    pill::{self, NewRowsPill},
    query::DeskLocation,
    search::Search,
};
use crate::{
    api::desk::read_desk,
    contract::Result,
    domain::desk::{Count, Desk, Group, Status},
    ui::{
        snapshot::{LayoutSnapshot, Snapshot, snapshot},
        state::AppState,
    },
};

/// Within so many CSS pixels of its end the list loads further rows.
const NEAR_END: i32 = 400;

#[component]
pub fn ListPane(place: DeskLocation) -> impl IntoView {
    let app = AppState::expect();
    let listing = Listing::new(app.me());
    let snapshot = use_snapshot(listing, place);
    app.on_changes(move |changes| listing.receive(changes));
    use_keys(listing, place);

    view! {
        <section class="list" id=LIST aria-label="Conversations">
            <header>
                <h1>"Conversations"</h1>
            </header>
            <Search place />
            <Chips place />
            <Filters place />
            <Announcer listing place />
            <Transition fallback=|| view! { <div class="rows" aria-busy="true"><SkeletonRows /></div> }>
                {Suspend::new(async move {
                    let read = snapshot.await;
                    listing.take(read, &place.filter.get_untracked());
                    view! { <Rows listing place snapshot /> }
                })}
            </Transition>
        </section>
    }
}

/// The snapshot of the desk under the current filter.
fn use_snapshot(listing: Listing, place: DeskLocation) -> Snapshot<Result<Desk>> {
    let app = AppState::expect();
    let ready = use_context::<LayoutSnapshot>();
    snapshot(
        move || (place.filter.get(), app.refresh.get(), listing.again.get()),
        move |(filter, ..)| {
            listing.begin();
            async move {
                // The layout's snapshot must be older than this one, because the stream begins at its cursor. Its error
                // is shown by the layout.
                if let Some(LayoutSnapshot(calls)) = ready {
                    calls.await.ok();
                }
                read_desk(filter).await
            }
        },
    )
}

/// Takes every snapshot after the first one, which is taken while rendering.
///
/// Call it inside the list's own `<Transition>` only: reading a resource, also in an effect, registers it with the
/// nearest suspense boundary, and the layout's would replace the whole page while a filter is read.
fn use_later_snapshots(snapshot: Snapshot<Result<Desk>>, listing: Listing, place: DeskLocation) {
    let app = AppState::expect();
    Effect::new(move |_| {
        if let Some(read) = snapshot.get()
            && let Some(error) = listing.take(read, &place.filter.get_untracked())
        {
            app.show_error(&error);
        }
    });
}

/// The rows. While the pointer is over them, no row moves.
#[component]
fn Rows(listing: Listing, place: DeskLocation, snapshot: Snapshot<Result<Desk>>) -> impl IntoView {
    use_later_snapshots(snapshot, listing, place);
    let more = use_more(listing);
    let rows = NodeRef::<html::Div>::new();
    let scrolled = move |_: ev::Event| {
        let near = rows
            .get_untracked()
            .is_some_and(|rows| rows.scroll_height() - rows.scroll_top() - rows.client_height() < NEAR_END);
        if near
            && !more.pending().get_untracked()
            && let Some(group) = listing.goes_on()
        {
            more.dispatch(group);
        }
    };
    let empty = Memo::new(move |_| listing.is_empty());

    view! {
        <div
            class="rows"
            id=ROWS
            tabindex="-1"
            node_ref=rows
            aria-busy=move || listing.busy.get().then_some("true")
            on:scroll=scrolled
            on:pointerenter=move |_| listing.hold()
            on:pointermove=move |_| listing.hold()
            on:pointerleave=move |_| listing.release()
        >
            <NewRowsPill listing />
            {move || match listing.fault.get() {
                Some(error) => Either::Left(view! { <ListError error listing /> }),
                None => {
                    Either::Right(view! {
                        <Groups listing place more />
                        <Show when=move || empty.get()>
                            <NoRows place />
                        </Show>
                    })
                }
            }}
        </div>
    }
}

/// Announces changes of the list to screen readers. The first text is not announced, because a new page is read anyway.
#[component]
fn Announcer(listing: Listing, place: DeskLocation) -> impl IntoView {
    let words = Memo::new(move |_| {
        let pending = listing.pending_rows();
        if pending.any {
            return pill::words(pending);
        }
        if place.filter.with(|filter| filter.is_narrowing() || filter.status.is_some()) {
            let status = place.filter.with(|filter| filter.status);
            let found = Group::ALL.into_iter().filter(|group| status.is_none_or(|wanted| wanted.includes(*group)));
            let found = found
                .map(|group| listing.count(group))
                .fold(Count::default(), |sum, count| Count { n: sum.n + count.n, more: sum.more || count.more });
            let noun = if found.n == 1 && !found.more { "conversation" } else { "conversations" };
            return format!("{} {noun} found", count_words(found));
        }
        let own = Group::ALL.into_iter().filter(|group| Status::Mine.includes(*group));
        let yours: i64 = own.map(|group| listing.count(group).n).sum();
        format!("{} waiting, {yours} yours", listing.count(Group::Unassigned).n)
    });
    let announcement = RwSignal::new(String::new());
    Effect::new(move |before: Option<String>| {
        let now = words.get();
        if before.is_some_and(|before| before != now) {
            announcement.set(now.clone());
        }
        now
    });
    view! {
        <p class="visually-hidden" role="status">
            {announcement}
        </p>
    }
}
