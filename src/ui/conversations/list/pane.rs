//! The column of the list: heading, search, status, filters, rows. It places the pieces of the extras.

use std::time::Duration;

use leptos::{either::EitherOf3, ev, html, prelude::*};

use super::{
    LIST, ROWS,
    chips::Chips,
    empty::{ListError, SkeletonRows},
    groups::{Groups, use_more},
    listing::Listing,
    pill::NewRowsPill,
    query::DeskLocation,
    results::{SearchAnswer, use_results},
    search::Search,
    stillness::Stillness,
};
use crate::{
    contract::Result,
    domain::desk::Desk,
    ui::{
        browser,
        components::icon::Icon,
        conversations::{
            NEW_CONVERSATION,
            call_strip::{ClaimPlace, Claims},
        },
        extras::{Extra, ExtraPiece, requests::read_desk},
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
    let results = use_results(place);
    let hold = Hold::new(listing);
    app.on_changes(move |changes| listing.receive(changes));

    view! {
        <section class="list" id=LIST aria-label="Conversations">
            <header>
                <h1>"Conversations"</h1>
                <a class="btn ghost icon" href=NEW_CONVERSATION aria-label="New conversation" title="New conversation">
                    <Icon name="plus" />
                </a>
            </header>
            <Search place />
            <Chips place />
            <div class="narrowing">
                <Extra piece=ExtraPiece::Narrowing(place) />
            </div>
            <UnknownValue place />
            <Extra piece=ExtraPiece::ListKeys(listing, place) />
            <Transition fallback=|| view! { <div class="rows" aria-busy="true"><SkeletonRows /></div> }>
                {Suspend::new(async move {
                    let read = snapshot.await;
                    listing.take(read, &place.listed.get_untracked());
                    // The piece that shows it takes it itself.
                    results.await;
                    view! { <Rows listing place snapshot hold results /> }
                })}
            </Transition>
            <Extra piece=ExtraPiece::Invitation />
        </section>
    }
}

/// The snapshot of the desk under the current filter.
fn use_snapshot(listing: Listing, place: DeskLocation) -> Snapshot<Result<Desk>> {
    let app = AppState::expect();
    let ready = use_context::<LayoutSnapshot>();
    snapshot(
        move || (place.listed.get(), app.refresh.get(), listing.again.get()),
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
            && let Some(error) = listing.take(read, &place.listed.get_untracked())
        {
            app.show_error(&error);
        }
    });
}

/// Keeps the rows where they are while the pointer moves over them, by a timer of the page.
#[derive(Clone, Copy)]
struct Hold {
    listing: Listing,
    stillness: StoredValue<Stillness>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Hold {
    fn new(listing: Listing) -> Self {
        let timer = StoredValue::new(None::<TimeoutHandle>);
        on_cleanup(move || browser::clear_timer(timer));
        Self { listing, stillness: StoredValue::new(Stillness::default()), timer }
    }

    fn pointer_moved(self) {
        let Some(now) = browser::monotonic() else { return };
        self.stillness.update_value(|stillness| stillness.moved(now));
        self.listing.hold();
        if self.timer.with_value(Option::is_none) {
            self.wait_for_rest();
        }
    }

    fn pointer_left(self) {
        self.stillness.update_value(Stillness::left);
        self.listing.release();
    }

    /// Releases the rows if they may move, else asks again when they may.
    fn wait_for_rest(self) {
        let remaining = browser::monotonic().and_then(|now| self.stillness.get_value().remaining(now));
        let timer = remaining.and_then(|span| {
            let wait = Duration::from_millis(u64::try_from(span.millis()).unwrap_or_default());
            set_timeout_with_handle(move || self.wait_for_rest(), wait).ok()
        });
        self.timer.set_value(timer);
        if timer.is_none() {
            self.listing.release();
        }
    }
}

/// The rows. While the pointer moves over them, no row moves.
#[component]
fn Rows(
    listing: Listing,
    place: DeskLocation,
    snapshot: Snapshot<Result<Desk>>,
    hold: Hold,
    results: Snapshot<SearchAnswer>,
) -> impl IntoView {
    use_later_snapshots(snapshot, listing, place);
    let is_searching = Memo::new(move |_| place.filter.with(|filter| filter.search.is_some()));
    let more = use_more(listing);
    let rows = NodeRef::<html::Div>::new();
    let scrolled = move |_: ev::Event| {
        let near = rows
            .get_untracked()
            .is_some_and(|rows| rows.scroll_height() - rows.scroll_top() - rows.client_height() < NEAR_END);
        if near && is_searching.get_untracked() {
            listing.near_end.update(|n| *n += 1);
        } else if near
            && !more.pending().get_untracked()
            && let Some(group) = listing.goes_on()
        {
            more.dispatch(group);
        }
    };
    let empty = Memo::new(move |_| listing.is_empty());
    let claims = Claims::expect();

    view! {
        <div
            class="rows"
            id=ROWS
            tabindex="-1"
            node_ref=rows
            aria-busy=move || listing.busy.get().then_some("true")
            on:scroll=scrolled
            on:pointerenter=move |_| hold.pointer_moved()
            on:pointermove=move |_| hold.pointer_moved()
            on:pointerleave=move |_| hold.pointer_left()
        >
            <p class="lost" role="status">
                {move || claims.lost_at(ClaimPlace::List)}
            </p>
            <Show when=move || !is_searching.get()>
                <NewRowsPill listing />
            </Show>
            {move || match (is_searching.get(), listing.fault.get()) {
                (true, _) => EitherOf3::A(view! { <Extra piece=ExtraPiece::FoundRows(results, listing, place) /> }),
                (false, Some(error)) => EitherOf3::B(view! { <ListError error listing /> }),
                (false, None) => {
                    EitherOf3::C(view! {
                        <Groups listing place more />
                        <Show when=move || empty.get()>
                            <Extra piece=ExtraPiece::NoRows(place) />
                        </Show>
                    })
                }
            }}
        </div>
    }
}

/// Says that the address names a status or a trigger that does not exist.
#[component]
fn UnknownValue(place: DeskLocation) -> impl IntoView {
    move || {
        place.unknown.get().map(|(noun, name)| {
            view! {
                <p class="list-note" role="status">
                    "There is no " {noun} " “" <bdi>{name}</bdi> "”, so conversations of every " {noun} " are shown."
                </p>
            }
        })
    }
}
