//! What the viewer has written for later, before an act after which nobody may think of it.

use leptos::prelude::*;

use super::{super::state::ThreadState, is_kept, rows::state_words};
use crate::ui::{components::icon::Icon, format::Zone};

/// What becomes of the messages that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessagesStay {
    /// They are sent when they are due.
    AreSent,
    /// They ask then, because the conversation is not the viewer's any more.
    Ask,
}

/// The viewer's messages that are to be sent later, before an act after which nobody may think of them. Each can be
/// cancelled; the others are kept.
#[component]
pub fn KeptMessages(stay: MessagesStay) -> impl IntoView {
    let open = ThreadState::expect();
    let zone = Zone::current();
    let me = open.me();
    let kept = Memo::new(move |_| {
        open.scheduled.all.with(|all| all.iter().filter(|message| is_kept(message, &me)).cloned().collect::<Vec<_>>())
    });
    let then = match stay {
        MessagesStay::AreSent => "It is still sent.",
        MessagesStay::Ask => "If you keep it, it asks you before it is sent.",
    };
    view! {
        <For each=move || kept.get() key=|message| message.id.clone() let:message>
            {
                let id = message.id.clone();
                let beginning: String = message.body.chars().take(60).collect();
                view! {
                    <p class="left-behind kept">
                        <Icon name="clock"/>
                        <span>
                            {move || state_words(&open, &message, zone)} ": " <q dir="auto">{beginning}</q> " " {then}
                        </span>
                        <button type="button" class="btn" on:click=move |_| open.discard(id.clone())>
                            "Don't send"
                        </button>
                    </p>
                }
            }
        </For>
    }
}
