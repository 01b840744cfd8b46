//! Interactive messages of ours, as the customer sees them. An agent cannot tap anything but links.

use leptos::prelude::*;

use super::content::Words;
use crate::{
    domain::{
        formatting::is_web,
        message::interactive::{InteractiveMessage, ReplyOption, sections},
    },
    ui::components::icon::Icon,
};

#[component]
pub fn InteractiveView(message: InteractiveMessage) -> AnyView {
    match message {
        InteractiveMessage::Buttons { body, buttons } => view! { <Buttons body buttons/> }.into_any(),
        InteractiveMessage::List { body, open, rows } => view! { <Rows body open rows/> }.into_any(),
        InteractiveMessage::LinkButton { body, label, url } => view! { <LinkButton body label url/> }.into_any(),
        InteractiveMessage::LocationRequest { body } => view! {
            <Words body/>
            <ul class="btns" aria-label="Buttons shown to the customer">
                <li>
                    <Icon name="pin" class="xs"/>
                    "Send location"
                </li>
            </ul>
        }
        .into_any(),
    }
}

#[component]
fn Buttons(body: String, buttons: Vec<ReplyOption>) -> impl IntoView {
    let buttons: Vec<_> = buttons.into_iter().map(|button| view! { <li dir="auto">{button.title}</li> }).collect();
    view! {
        <Words body/>
        <ul class="btns" aria-label="Buttons shown to the customer">
            {buttons}
        </ul>
    }
}

/// A list, folded as on the phone, with the same label to open it.
#[component]
fn Rows(body: String, open: String, rows: Vec<ReplyOption>) -> impl IntoView {
    let count = match rows.len() {
        1 => "1 option".to_owned(),
        many => format!("{many} options"),
    };
    let row = |row: &ReplyOption| {
        let description = Some(row.description.clone()).filter(|words| !words.trim().is_empty());
        view! {
            <li>
                <b dir="auto">{row.title.clone()}</b>
                {description.map(|words| view! { <small dir="auto">{words}</small> })}
            </li>
        }
    };
    let rows: Vec<_> = sections(&rows)
        .map(|(heading, rows)| {
            let heading = (!heading.is_empty()).then(|| heading.to_owned());
            let rows: Vec<_> = rows.iter().map(row).collect();
            view! {
                {heading.map(|words| view! { <li class="heading" dir="auto">{words}</li> })}
                {rows}
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
fn LinkButton(body: String, label: String, url: String) -> impl IntoView {
    let title = url.clone();
    // Only a web address becomes a link, because the text may come from a customer.
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
