//! The state of a search: its results, and their further pages. `found_rows.rs` shows them.
//!
//! The list reads the first page, so that the document can hold it, and keeps it as JSON: what results are made of is
//! known to the extras only.

use std::pin::Pin;

use leptos::{prelude::*, task::spawn_local, wasm_split::wasm_split};

use super::{ROWS, listing::Listing, query::DeskLocation};
use crate::{
    api::search::read_results,
    contract::{
        ApiError, Result,
        search::{SearchHit, SearchPage},
    },
    domain::desk::{Filter, Row},
    ui::{
        browser::{focus_if_lost, focused},
        snapshot::{Snapshot, snapshot},
        state::AppState,
    },
};

/// The id of the button that reads a further page.
pub const MORE: &str = "found-more";

/// A search text, and the first page of its results as JSON. Without a search the JSON is empty.
pub type SearchAnswer = (Option<String>, String);

type Answering = Pin<Box<dyn Future<Output = String> + Send>>;

/// The first page of the search in the address. Without a search nothing is asked.
pub fn use_results(place: DeskLocation) -> Snapshot<SearchAnswer> {
    let app = AppState::expect();
    snapshot(
        move || (place.filter.get(), app.refresh.get()),
        |(filter, _)| async move {
            let typed = filter.search.clone();
            let found = if typed.is_some() { first_page(filter).await.await } else { String::new() };
            (typed, found)
        },
    )
}

/// Reads the first page. In the extras, which alone can read it.
#[wasm_split(extras, wasm_split_path = leptos::wasm_split)]
fn first_page(filter: Filter) -> Answering {
    Box::pin(async move {
        let read = read_results(filter, None).await;
        // What cannot be written is not readable either, and is an error there.
        serde_json::to_string(&read).unwrap_or_default()
    })
}

/// What [`first_page`] has read. JSON that is not readable is a fault of ours.
fn results_of(typed: Option<&String>, found: &str) -> Result<SearchPage> {
    match typed {
        Some(_) => serde_json::from_slice(found.as_bytes()).unwrap_or(Err(ApiError::Internal)),
        None => Ok(SearchPage::default()),
    }
}

/// The results on the screen. Cheap to copy; lives as long as they are shown.
#[derive(Clone, Copy)]
pub struct Results {
    pub found: RwSignal<Result<SearchPage>>,
    /// The text that was searched for them.
    answered: RwSignal<Option<String>>,
    /// A further page is being read.
    pub is_reading: RwSignal<bool>,
    app: AppState,
    source: Snapshot<SearchAnswer>,
    listing: Listing,
    place: DeskLocation,
}

impl Results {
    /// Takes what has been read so far, and shows it in place of the groups until the current owner is cleaned up.
    pub fn new(listing: Listing, place: DeskLocation, source: Snapshot<SearchAnswer>) -> Self {
        let found = RwSignal::new(Ok(SearchPage::default()));
        let app = AppState::expect();
        let answered = RwSignal::new(None);
        let it = Self { found, answered, is_reading: RwSignal::new(false), app, source, listing, place };
        it.answer(source.get_untracked().unwrap_or_default());
        on_cleanup(move || listing.hide_found());
        it
    }

    /// Takes every later read, and reads further pages near the end of the list. Call it inside the list's own
    /// `<Transition>` only, as the list's snapshots.
    pub fn follow(self) {
        Effect::new(move |_| {
            if let Some(answer) = self.source.get() {
                self.answer(answer);
            }
        });
        let near_end = self.listing.near_end;
        Effect::new(move |before: Option<u64>| {
            let now = near_end.get();
            if before.is_some_and(|before| before != now) {
                untrack(|| self.read_more());
            }
            now
        });
    }

    /// Whether the results are those of the search in the address.
    pub fn is_answered(self) -> bool {
        self.place.filter.with(|filter| self.answered.with(|answered| *answered == filter.search))
    }

    fn answer(self, (typed, found): SearchAnswer) {
        self.take(results_of(typed.as_ref(), &found));
        if self.answered.with_untracked(|answered| *answered != typed) {
            self.answered.set(typed);
        }
    }

    fn take(self, read: Result<SearchPage>) {
        let read = read.map(joined);
        let is_searching = self.place.filter.with_untracked(|filter| filter.search.is_some());
        let rows = |page: &SearchPage| hits(page).map(|hit| hit.row.clone()).collect::<Vec<Row>>();
        self.listing.show_found(is_searching.then(|| read.as_ref().map(rows).unwrap_or_default()));
        if self.found.with_untracked(|found| *found != read) {
            self.found.set(read);
        }
    }

    /// Reads the next page, if there is one and none is being read.
    pub fn read_more(self) {
        let more = self.found.with_untracked(|found| found.as_ref().ok().and_then(|page| page.more));
        let Some(after) = more.filter(|_| !self.is_reading.get_untracked()) else { return };
        self.is_reading.set(true);
        let filter = self.place.filter.get_untracked();
        spawn_local(async move {
            let read = read_results(filter.clone(), Some(after)).await;
            // The list may have been left meanwhile, or another search begun.
            if self.is_reading.try_set(false).is_some() || self.is_of_another(&filter) {
                return;
            }
            let has_focus = focused().as_deref() == Some(MORE);
            match read {
                Ok(next) => self.append(next),
                Err(error) => self.app.show_error(&error),
            }
            if has_focus {
                // The button is removed with the last page.
                request_animation_frame(|| focus_if_lost(ROWS));
            }
        });
    }

    fn is_of_another(self, filter: &Filter) -> bool {
        self.place.filter.with_untracked(|now| now != filter)
    }

    fn append(self, next: SearchPage) {
        let Ok(mut page) = self.found.get_untracked() else { return };
        page.messages.extend(next.messages);
        page.notes.extend(next.notes);
        page.more = next.more;
        page.is_cut |= next.is_cut;
        self.take(Ok(page));
    }

    /// Searches again.
    pub fn retry(self) {
        self.source.refetch();
    }

    pub fn section(self, of: fn(&SearchPage) -> &Vec<SearchHit>) -> Memo<Vec<SearchHit>> {
        let found = self.found;
        Memo::new(move |_| found.with(|found| found.as_ref().map(|page| of(page).clone()).unwrap_or_default()))
    }
}

/// In the order on the screen.
pub fn hits(page: &SearchPage) -> impl Iterator<Item = &SearchHit> {
    page.customers.iter().chain(&page.notes).chain(&page.messages)
}

/// Each conversation once: a customer who is found keeps the place, with the message that is found too, and a conversation
/// that is found by a message the one there, with its note. Further pages may find a conversation again by an older message.
pub fn joined(mut page: SearchPage) -> SearchPage {
    let mut kept: Vec<SearchHit> = Vec::with_capacity(page.messages.len());
    for hit in std::mem::take(&mut page.messages) {
        if let Some(customer) = page.customers.iter_mut().find(|known| known.row.id == hit.row.id) {
            customer.message = customer.message.take().or(hit.message);
        } else if kept.iter().all(|known| known.row.id != hit.row.id) {
            kept.push(hit);
        }
    }
    page.messages = kept;
    let mut notes: Vec<SearchHit> = Vec::with_capacity(page.notes.len());
    for hit in std::mem::take(&mut page.notes) {
        let known = page.customers.iter_mut().chain(&mut page.messages).find(|known| known.row.id == hit.row.id);
        if let Some(known) = known {
            known.note = known.note.take().or(hit.note);
        } else if notes.iter().all(|known| known.row.id != hit.row.id) {
            notes.push(hit);
        }
    }
    page.notes = notes;
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        contract::search::{FoundMessage, FoundNote},
        domain::{desk::RowState, search::Marked, time::Timestamp},
    };

    fn hit(id: &str, message: Option<&str>) -> SearchHit {
        let message = message.map(|message| FoundMessage {
            id: message.into(),
            at: Timestamp(0),
            is_from_customer: true,
            excerpt: Marked::plain("hi"),
        });
        let row = Row::sample(id, RowState::Bot);
        SearchHit { name: Marked::plain(row.name.clone()), row, phone: None, message, note: None }
    }

    #[test]
    fn results_survive_their_way_through_the_document() {
        let page = SearchPage { messages: vec![hit("cnv_2", Some("msg_3"))], ..SearchPage::default() };
        for read in [Ok(page), Err(ApiError::Offline)] {
            let found = serde_json::to_string(&read).expect("JSON");
            assert_eq!(results_of(Some(&"maria".to_owned()), &found), read);
        }
        assert_eq!(results_of(None, ""), Ok(SearchPage::default()));
        assert_eq!(results_of(Some(&"maria".to_owned()), ""), Err(ApiError::Internal));
    }

    #[test]
    fn a_note_is_with_the_row_that_its_conversation_has() {
        let note = |id: &str, note: &str| {
            let (author, author_name, excerpt) = ("agt_ana".into(), "Ana".to_owned(), Marked::plain("hi"));
            let note = FoundNote { id: note.into(), at: Timestamp(0), author, author_name, excerpt };
            SearchHit { note: Some(note), ..hit(id, None) }
        };
        let page = joined(SearchPage {
            customers: vec![hit("cnv_1", None)],
            messages: vec![hit("cnv_2", Some("msg_1"))],
            notes: vec![note("cnv_2", "not_2"), note("cnv_1", "not_1"), note("cnv_3", "not_3")],
            ..SearchPage::default()
        });
        let shown: Vec<_> = hits(&page).map(|hit| hit.item().map(|item| item.as_str().to_owned())).collect();
        assert_eq!(shown, ["not_1", "not_3", "msg_1"].map(|item| Some(item.to_owned())));
        assert_eq!((page.notes.len(), page.messages[0].note.is_some()), (1, true));
    }

    #[test]
    fn a_conversation_stands_in_the_results_once() {
        // given a customer who is also found by a message, and a conversation that a further page finds again
        let page = SearchPage {
            customers: vec![hit("cnv_1", None)],
            messages: vec![hit("cnv_1", Some("msg_1")), hit("cnv_2", Some("msg_3")), hit("cnv_2", Some("msg_2"))],
            ..SearchPage::default()
        };
        // when they are joined
        let page = joined(page);
        // then each has one row, with its newest message
        let shown: Vec<_> =
            hits(&page).map(|hit| (hit.row.id.as_str(), hit.message.as_ref().map(|it| it.id.as_str()))).collect();
        assert_eq!(shown, [("cnv_1", Some("msg_1")), ("cnv_2", Some("msg_3"))]);
    }
}
