//! What is said above the numbers: what of the address was changed, how far the log was counted, and what it never held.

use leptos::prelude::*;

use crate::{
    contract::report::{Counting, ReportProgress},
    ui::{components::icon::Icon, format::TimeStyle, local_time::LocalTime},
};

/// What could not be followed.
#[component]
pub fn Notes(notes: Vec<String>) -> impl IntoView {
    (!notes.is_empty()).then(|| {
        let lines = notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view();
        view! {
            <div class="report-notes" role="status">
                <ul>{lines}</ul>
            </div>
        }
    })
}

#[component]
pub fn ProgressNote(progress: ReportProgress) -> impl IntoView {
    let ReportProgress { counting, not_recorded, is_new: _ } = progress;
    let counting = counting.map(|Counting { up_to }| {
        let until = match up_to {
            Some(at) => view! {
                "Still counting. The numbers are complete up to "
                <LocalTime at style=TimeStyle::Full/>
                "."
            }
            .into_any(),
            None => "Still counting. The numbers appear here as they are ready.".into_any(),
        };
        view! {
            <p class="report-progress" role="status">
                <Icon name="loader"/>
                <span>{until}</span>
            </p>
        }
    });
    let missing = not_recorded.into_iter().map(|words| view! { <p class="hint">{words}</p> }).collect_view();
    view! {
        {counting}
        {missing}
    }
}
