//! What stands where there are no rows: bones while they load, and why there are none and what to do next.

use leptos::prelude::*;

use super::{
    listing::Listing,
    query::{DESK, Place},
};
use crate::{
    contract::ApiError,
    domain::desk::{Filter, Group},
    ui::{components::icon::Icon, state::AppState},
};

/// The shape of rows that are on their way.
#[component]
pub fn Bones() -> impl IntoView {
    let bone = |_| {
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
        {(0..8).map(bone).collect_view()}
    }
}

/// No rows at all.
#[component]
pub fn NoRows(place: Place) -> impl IntoView {
    move || {
        let filter = place.filter.get();
        let (title, advice) = words(&filter);
        let all = filter.narrows().then(|| {
            let rest = Filter { status: filter.status, ..Filter::default() };
            view! {
                <a class="btn" href=place.link(&rest)>
                    "Clear the filters"
                </a>
            }
        });
        view! {
            <div class="empty">
                <Icon name="inbox" />
                <b>{title}</b>
                <p>{advice}</p>
                {all}
            </div>
        }
    }
}

fn words(filter: &Filter) -> (&'static str, &'static str) {
    // Days in this form sort as they follow each other.
    if let (Some(from), Some(to)) = (&filter.from, &filter.to)
        && from > to
    {
        return ("No day lies between these", "The first day is after the last one. Turn them round.");
    }
    if filter.narrows() {
        return ("Nothing matches", "Try fewer filters, or other words.");
    }
    match filter.status {
        None => ("No conversations yet", "When a customer writes to your WhatsApp number, it appears here."),
        Some(Group::Waiting) => ("Nobody is waiting", "A customer who asks for a person appears here at once."),
        Some(Group::Mine) => ("You have no conversations", "Claim one that waits, or take one over from the bot."),
        Some(Group::Others) => ("Your colleagues have none", "What others have claimed appears here."),
        Some(Group::Bot) => ("The bot talks to nobody", "Conversations that the bot answers appear here."),
        Some(Group::Closed) => ("Nothing is closed yet", "Closed conversations stay here, to be found and read."),
    }
}

/// The list could not be read.
#[component]
pub fn Unread(error: ApiError, listing: Listing) -> impl IntoView {
    // A filter that the server refuses is not cured by asking again.
    let way_on = match &error {
        ApiError::Invalid(_) => view! {
            <a class="btn" href=DESK>
                "Clear the filters"
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
            <b>"The list could not be read"</b>
            <p>{error.to_string()}</p>
            {way_on}
        </div>
    }
}

/// No conversation is open.
#[component]
pub fn NothingOpen(place: Place) -> impl IntoView {
    let app = AppState::expect();
    let oldest = Memo::new(move |_| app.waiting().first().map(|row| row.id.clone()));
    view! {
        <main class="thread" id="main" tabindex="-1">
            <div class="empty">
                <Icon name="inbox" />
                <h2>"No conversation is open"</h2>
                <p>
                    "Pick one from the list, or press " <kbd>"J"</kbd> " and " <kbd>"K"</kbd>
                    " to move through it. " <kbd>"?"</kbd> " lists all keys."
                </p>
                {move || {
                    oldest
                        .get()
                        .map(|id| view! {
                            <a class="btn primary" href=place.open_link(&id)>
                                "Open the one that waits longest"
                            </a>
                        })
                }}
            </div>
        </main>
    }
}
