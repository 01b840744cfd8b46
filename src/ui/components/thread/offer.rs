//! What the bot gave to tap: buttons, a list, a link. An agent sees what the customer sees and taps none of it, but for
//! the link, which may be followed.

use leptos::prelude::*;

use super::{content::Words, links::is_web};
use crate::{domain::flow::run::ReplyOption, ui::components::icon::Icon};

#[component]
pub fn Buttons(body: String, buttons: Vec<ReplyOption>) -> impl IntoView {
    let buttons: Vec<_> = buttons.into_iter().map(|button| view! { <li dir="auto">{button.title}</li> }).collect();
    view! {
        <Words body/>
        <ul class="btns" aria-label="Buttons for the customer">
            {buttons}
        </ul>
    }
}

/// Folded as on the phone; the word that opens it there opens it here.
#[component]
pub fn Rows(body: String, open: String, rows: Vec<ReplyOption>) -> impl IntoView {
    let count = match rows.len() {
        1 => "1 row".to_owned(),
        many => format!("{many} rows"),
    };
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let description = Some(row.description).filter(|words| !words.trim().is_empty());
            view! {
                <li>
                    <b dir="auto">{row.title}</b>
                    {description.map(|words| view! { <small dir="auto">{words}</small> })}
                </li>
            }
        })
        .collect();
    view! {
        <Words body/>
        <details class="picks">
            <summary>
                <Icon name="down" class="xs"/>
                <span dir="auto">{open}</span>
                <small>{count}</small>
            </summary>
            <ul>{rows}</ul>
        </details>
    }
}

#[component]
pub fn LinkButton(body: String, label: String, url: String) -> impl IntoView {
    let title = url.clone();
    // What is no web address is shown and leads nowhere: it may hold what a customer wrote.
    let button = if is_web(&url) {
        view! {
            <a href=url title=title target="_blank" rel="noopener noreferrer nofollow" dir="auto">
                <Icon name="external" class="xs"/>
                {label}
            </a>
        }
        .into_any()
    } else {
        view! { <span title=title dir="auto">{label}</span> }.into_any()
    };
    view! {
        <Words body/>
        <div class="btns">{button}</div>
    }
}
