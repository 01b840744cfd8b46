//! How the customer rated handoffs. Each rating links to its line in the thread.

use leptos::prelude::*;

use super::{super::thread::state::ThreadState, ToPlace};
use crate::{
    domain::{dossier::HandoffRating, text::capitalized},
    ui::{format::TimeStyle, local_time::LocalTime},
};

#[component]
pub fn Ratings() -> impl IntoView {
    let open = ThreadState::expect();
    let known = Memo::new(move |_| open.dossier.with(|dossier| dossier.ratings.clone()));
    move || {
        let ratings = known.get();
        if ratings.is_empty() {
            return None;
        }
        let rows: Vec<_> = ratings.into_iter().map(|rating| view! { <Rating rating/> }).collect();
        Some(view! {
            <section aria-label="Ratings">
                <h3>"Ratings"</h3>
                <dl class="facts">{rows}</dl>
            </section>
        })
    }
}

#[component]
fn Rating(rating: HandoffRating) -> impl IntoView {
    let (subject, anchor, at) = (rating.subject(), rating.anchor(), rating.at);
    let label = format!("Show the rating of {subject}: ");
    view! {
        <dt dir="auto">{capitalized(&subject)}</dt>
        <dd>
            <span>{rating.score.to_string()}</span>
            " "
            <ToPlace anchor>
                <span class="visually-hidden">{label}</span>
                <LocalTime at style=TimeStyle::Row/>
            </ToPlace>
        </dd>
    }
}
