//! The bot's messages in a test run, with the parts that the customer can tap.

use leptos::prelude::*;

use super::chat::{Chat, LineContent};
use crate::{
    contract::flow::{TrialContinuation, TrialInput},
    domain::{
        flow::words,
        message::{
            interactive::{InteractiveMessage, ReplyOption},
            outgoing::OutgoingMessage,
        },
    },
    ui::{components::icon::Icon, kit::FormattedText},
};

/// `n` is the line's number in the chat.
#[component]
pub fn BotBubble(message: OutgoingMessage, n: usize) -> AnyView {
    match message {
        OutgoingMessage::Text { text } => view! {
            <div class="bubble" role="group" aria-label="Bot" dir="auto">
                <FormattedText body=text/>
            </div>
        }
        .into_any(),
        OutgoingMessage::Media { file, source, caption, .. } => view! {
            <div class="bubble" role="group" aria-label="Bot">
                <b>{words::file_word(file)}</b>
                <br/>
                <code>{source.name().to_owned()}</code>
                <div dir="auto"><FormattedText body=caption/></div>
            </div>
        }
        .into_any(),
        // No step of a flow sends one.
        OutgoingMessage::Template(message) => view! {
            <div class="bubble" role="group" aria-label="Bot" dir="auto">
                <FormattedText body=message.preview.body/>
            </div>
        }
        .into_any(),
        OutgoingMessage::Interactive(message) => view! {
            <div class="bubble" role="group" aria-label="Bot">
                <div dir="auto"><FormattedText body=message.body().to_owned()/></div>
                {tappable(message, n)}
            </div>
        }
        .into_any(),
        // Agents send these. A step cannot.
        OutgoingMessage::Location { .. } | OutgoingMessage::Contacts { .. } | OutgoingMessage::Reaction { .. } => {
            ().into_any()
        }
    }
}

fn tappable(message: InteractiveMessage, n: usize) -> AnyView {
    match message {
        InteractiveMessage::Buttons { buttons, .. } => view! { <Picks picks=buttons n/> }.into_any(),
        InteractiveMessage::List { open, rows, .. } => view! {
            <details class="rows">
                <summary>{open}</summary>
                <Picks picks=rows n/>
            </details>
        }
        .into_any(),
        InteractiveMessage::LinkButton { label, url, .. } => view! {
            <p class="link-button"><Icon name="external" class="xs"/>{label}<br/><small>{url}</small></p>
        }
        .into_any(),
        InteractiveMessage::LocationRequest { .. } => view! { <SendLocation n/> }.into_any(),
    }
}

/// The button that sends the customer's location, a message without text.
#[component]
fn SendLocation(n: usize) -> impl IntoView {
    let chat = Chat::expect();
    view! {
        <div class="picks">
            <button
                type="button"
                class="btn"
                disabled=move || is_over(chat, n)
                on:click=move |_| {
                    chat.note("pin", "The customer sent their location.");
                    chat.run_step(TrialInput::NonText);
                }
            >
                <Icon name="pin" class="xs"/>
                "Send location"
            </button>
        </div>
    }
}

/// Options that can be tapped, as long as the customer has not answered since.
#[component]
fn Picks(picks: Vec<ReplyOption>, n: usize) -> impl IntoView {
    let chat = Chat::expect();
    let over = move || is_over(chat, n);
    view! {
        <div class="picks">
            {picks
                .into_iter()
                .map(|pick| {
                    let (title, payload) = (pick.title.clone(), pick.payload);
                    view! {
                        <button
                            type="button"
                            class="btn"
                            disabled=over
                            on:click=move |_| chat.send_as_customer(title.clone(), Some(payload.clone()))
                        >
                            <span dir="auto">{pick.title}</span>
                            {(!pick.description.is_empty()).then(|| view! { <small dir="auto">{pick.description}</small> })}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// Whether line `n` can no longer be answered by a tap.
fn is_over(chat: Chat, n: usize) -> bool {
    let waits = chat.rest.with(|rest| matches!(rest, Some(TrialContinuation::Wait { .. })));
    let answered = chat
        .lines
        .with(|lines| lines.iter().any(|line| line.n > n && matches!(line.content, LineContent::Customer(_))));
    !waits || answered || chat.submit.pending()
}
