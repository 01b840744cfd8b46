//! The list without rows: a skeleton while it loads, or why it is empty and what to do next.

use std::borrow::Cow;

use leptos::prelude::*;

use super::{
    listing::Listing,
    query::{DESK, DeskLocation},
};
use crate::{
    contract::ApiError,
    domain::desk::{Filter, Status},
    ui::{
        components::icon::Icon,
        conversations::{pane_focus::REGION, setup::SetupChecklist},
        extras::{Extra, ExtraPiece},
        keyboard::shown_platform,
        state::AppState,
    },
};

/// A skeleton of the rows, while they load.
#[component]
pub fn SkeletonRows() -> impl IntoView {
    let row = |_| {
        view! {
            <div class="row skel" aria-hidden="true">
                <span class="bone av"></span>
                <div class="name">
                    <span class="bone w2"></span>
                </div>
                <div class="last">
                    <span class="bone w4"></span>
                </div>
            </div>
        }
    };
    view! {
        <p class="visually-hidden">"Loading conversations"</p>
        {(0..8).map(row).collect_view()}
    }
}

/// The list is empty.
#[component]
pub fn NoRows(place: DeskLocation) -> impl IntoView {
    let app = AppState::expect();
    move || {
        let filter = place.filter.get();
        if filter == Filter::default() && app.setup.with(|steps| !steps.is_empty()) {
            // Beside the list there is the checklist. On a phone there is only the list.
            return view! {
                <SetupChecklist />
                <p class="list-note">"Your first conversation appears here."</p>
            }
            .into_any();
        }
        let (title, advice) = words(&filter);
        let all = (filter.is_narrowing() || filter.search.is_some()).then(|| {
            let rest = Filter { status: filter.status, ..Filter::default() };
            view! {
                <a class="btn" href=place.link(&rest)>
                    {clear_label(&filter)}
                </a>
            }
        });
        view! {
            <div class="empty">
                <Icon name="inbox" />
                <b dir="auto">{title}</b>
                <p>{advice}</p>
                {all}
            </div>
        }
        .into_any()
    }
}

/// Whether something besides the search narrows the list.
fn is_filtered(filter: &Filter) -> bool {
    Filter { search: None, ..filter.clone() }.is_narrowing()
}

/// Why the list is empty, and what to do.
fn words(filter: &Filter) -> (Cow<'static, str>, &'static str) {
    // ISO dates compare as text.
    if let (Some(from), Some(to)) = (&filter.from, &filter.to)
        && from > to
    {
        return ("The start date is after the end date".into(), "Swap the dates to see results.");
    }
    if let Some(search) = &filter.search {
        let advice = if is_filtered(filter) || filter.status.is_some() {
            "Try another spelling, or fewer filters."
        } else {
            "Try another spelling, or the beginning of a word."
        };
        return (format!("No results for “{search}”").into(), advice);
    }
    if filter.is_narrowing() {
        return ("No results".into(), "No conversation matches these filters.");
    }
    let (title, advice) = match filter.status {
        None => {
            ("No conversations yet", "When a customer writes to your WhatsApp number, the conversation appears here.")
        }
        Some(Status::Unassigned) => ("Nobody is waiting", "Customers who ask for an agent appear here."),
        Some(Status::ReplyNow) => ("All replied", "Your conversations in which a customer waits for you appear here."),
        Some(Status::CustomersTurn) => {
            ("Nobody owes you a reply", "Your conversations whose customers you have replied to appear here.")
        }
        Some(Status::Snoozed) => ("Nothing is snoozed", "Conversations that you put aside for a time appear here."),
        Some(Status::Mine) => {
            ("You have no conversations", "Claim an unassigned conversation, or take one over from the bot.")
        }
        Some(Status::Others) => {
            ("Your colleagues have no conversations", "Conversations they have claimed appear here.")
        }
        Some(Status::Bot) => ("No bot conversations", "Conversations the bot is handling appear here."),
        Some(Status::Closed) => {
            ("No closed conversations yet", "Closed conversations stay here so you can find and read them.")
        }
    };
    (title.into(), advice)
}

/// The label of the link, by what it removes.
fn clear_label(filter: &Filter) -> &'static str {
    match (filter.search.is_some(), is_filtered(filter)) {
        (true, true) => "Clear search and filters",
        (true, false) => "Clear search",
        (false, _) => "Clear filters",
    }
}

/// The list could not be read.
#[component]
pub fn ListError(error: ApiError, listing: Listing) -> impl IntoView {
    // A filter that the server refuses would be refused again.
    let way_on = match &error {
        ApiError::Invalid(_) => view! {
            <a class="btn" href=DESK>
                "Clear filters"
            </a>
        }
        .into_any(),
        _ => view! {
            <button type="button" class="btn" on:click=move |_| listing.ask()>
                "Try again"
            </button>
        }
        .into_any(),
    };
    view! {
        <div class="empty" role="alert">
            <Icon name="alert" />
            <b>"Couldn't load conversations"</b>
            <p>{error.to_string()}</p>
            {way_on}
        </div>
    }
}

/// No conversation is open.
#[component]
pub fn NothingOpen(place: DeskLocation) -> impl IntoView {
    view! {
        <main class="thread" id=REGION tabindex="-1">
            <Extra piece=ExtraPiece::NothingOpen(place) />
        </main>
    }
}

/// What to do while no conversation is open.
#[component]
pub fn NoConversation(place: DeskLocation) -> impl IntoView {
    let app = AppState::expect();
    let platform = shown_platform();
    let has_letters = Memo::new(move |_| app.viewer.with(|viewer| viewer.typing_keys));
    let oldest = Memo::new(move |_| app.waiting().first().map(|row| row.id.clone()));
    // A company without a conversation has nothing to select.
    let is_new = Memo::new(move |_| {
        app.desk.with(|desk| desk.counts.total(&desk.viewer)) == 0 && app.setup.with(|steps| !steps.is_empty())
    });
    view! {
        <SetupChecklist />
        <div class="empty" hidden=move || is_new.get()>
            <Icon name="inbox" />
            <h2>"No conversation selected"</h2>
            <p>
                "Pick a conversation"
                <Show when=move || has_letters.get() fallback=|| ".">
                    ", or use " <kbd>"J"</kbd> " and " <kbd>"K"</kbd> "."
                </Show> " Press " <kbd>{move || platform.get().command_label("/")}</kbd> " for all shortcuts."
            </p>
            {move || {
                oldest
                    .get()
                    .map(|id| view! {
                        <a class="btn primary" href=place.open_link(&id)>
                            "Open the longest-waiting conversation"
                        </a>
                    })
            }}
        </div>
    }
}
