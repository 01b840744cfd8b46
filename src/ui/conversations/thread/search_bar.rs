//! The hits of the list's search in the open conversation: how many there are, the next and the previous one, and their
//! marks in the messages and notes that are on the screen.
//!
//! The server says which of them are hits and how their words are written, because only it can fold a text.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{
    items::{named_item, reveal},
    state::ThreadState,
};
use crate::{
    api::search::read_thread_hits,
    contract::search::{FoundItem, ThreadHit},
    domain::number::counted,
    ui::{
        browser::mark_hits, components::icon::Icon, conversations::list::use_desk_location, kit::debounced_query,
        number::grouped,
    },
};

#[component]
pub fn SearchBar() -> impl IntoView {
    let open = ThreadState::expect();
    let place = use_desk_location();
    let question = Signal::derive(move || place.filter.with(|filter| filter.search.clone()));
    let answer = debounced_query(question, move |typed: String| read_thread_hits(open.id(), typed));
    let hits = Memo::new(move |_| {
        answer.with(|answer| match answer {
            Some((_, Ok(hits))) => hits.clone(),
            // The list shows what is wrong with a search.
            Some((_, Err(_))) | None => Vec::new(),
        })
    });
    // Which of them is shown, counted from the newest.
    let at = RwSignal::new(None::<usize>);
    let hash = use_location().hash;
    Effect::new(move |_| {
        let named = hash.with_untracked(|hash| named_item(hash));
        at.set(hits.with(|hits| position(hits, named.as_deref())));
    });
    show_marks(open, hits);
    follow_address(open);

    let count = Memo::new(move |_| hits.with(Vec::len));
    let go = move |step: Step| {
        let Some(next) = stepped(at.get_untracked(), count.get_untracked(), step) else { return };
        at.set(Some(next));
        if let Some(id) = hits.with_untracked(|hits| hits.get(next).map(|hit| hit.item.as_str().to_owned())) {
            reveal(open, id);
        }
    };
    let words = move || match (at.get(), count.get()) {
        (Some(at), count) => format!("{} of {}", grouped(at + 1), grouped(count)),
        (None, count) => hits.with(|hits| match found_kinds(hits) {
            (_, 0) => format!("{} found", counted(count, "message")),
            (0, _) => format!("{} found", counted(count, "note")),
            (messages, notes) => format!("{} and {} found", counted(messages, "message"), counted(notes, "note")),
        }),
    };
    view! {
        <Show when=move || { count.get() > 0 }>
            <div class="hits" role="group" aria-label="Search in this conversation">
                <Icon name="search"/>
                <span role="status">{words}</span>
                <button type="button" class="btn ghost icon" aria-label="Older hit" on:click=move |_| go(Step::Older)>
                    <Icon name="down" class="up"/>
                </button>
                <button type="button" class="btn ghost icon" aria-label="Newer hit" on:click=move |_| go(Step::Newer)>
                    <Icon name="down"/>
                </button>
            </div>
        </Show>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Older,
    Newer,
}

/// The hit that a step leads to. Behind the last one the first one follows.
fn stepped(at: Option<usize>, count: usize, step: Step) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match (at, step) {
        (None, _) => 0,
        (Some(at), Step::Older) if at >= last => 0,
        (Some(at), Step::Older) => at + 1,
        (Some(at), Step::Newer) => at.checked_sub(1).unwrap_or(last),
    })
}

/// How many messages, and how many notes, are found.
fn found_kinds(hits: &[ThreadHit]) -> (usize, usize) {
    let notes = hits.iter().filter(|hit| matches!(hit.item, FoundItem::Note(_))).count();
    (hits.len() - notes, notes)
}

fn position(hits: &[ThreadHit], named: Option<&str>) -> Option<usize> {
    hits.iter().position(|hit| Some(hit.item.as_str()) == named)
}

/// Marks the hits in what is on the screen, also after items were loaded or drawn again.
fn show_marks(open: ThreadState, hits: Memo<Vec<ThreadHit>>) {
    Effect::new(move |_| {
        open.slots.track();
        let items = hits
            .with(|hits| hits.iter().map(|hit| (hit.item.as_str().to_owned(), hit.hits.clone())).collect::<Vec<_>>());
        // The items are drawn by then.
        request_animation_frame(move || mark_hits(&items));
    });
    on_cleanup(|| mark_hits(&[]));
}

/// Goes to the message or note that a link names while its conversation is open already.
fn follow_address(open: ThreadState) {
    let hash = use_location().hash;
    Effect::new(move |before: Option<String>| {
        let now = hash.get();
        if before.is_some_and(|before| before != now)
            && let Some(id) = named_item(&now).filter(|id| !id.starts_with("line_"))
        {
            reveal(open, id);
        }
        now
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_around() {
        for (at, step, expected) in [
            (None, Step::Older, Some(0)),
            (Some(0), Step::Older, Some(1)),
            (Some(2), Step::Older, Some(0)),
            (Some(0), Step::Newer, Some(2)),
            (Some(2), Step::Newer, Some(1)),
        ] {
            assert_eq!(stepped(at, 3, step), expected, "{at:?} {step:?}");
        }
        assert_eq!(stepped(None, 0, Step::Newer), None);
    }
}
