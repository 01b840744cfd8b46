//! Reactions: those on a message, and the button with which an agent gives one or takes it back.

use leptos::{
    ev, html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{HtmlElement, Node},
};

use super::state::ThreadState;
use crate::{
    api::conversation::react,
    domain::{
        ids::AgentId,
        message::{
            Author, Message, Reaction,
            reaction::{NOT_AN_EMOJI, ReactionState, USUAL, of_business, one_emoji},
        },
    },
    ui::{browser, components::icon::Icon, kit::Submit, state::Connection},
};

/// The reactions on a message, and why the agent's was not sent.
pub fn shown(reactions: &[Reaction], me: &AgentId) -> Option<AnyView> {
    if reactions.is_empty() {
        return None;
    }
    let chips: Vec<_> = reactions
        .iter()
        .map(|reaction| {
            let words = words(reaction, me);
            let title = words.clone();
            let is_under_way = matches!(reaction.state, ReactionState::Sending | ReactionState::Removing);
            let has_failed = matches!(reaction.state, ReactionState::Failed { .. });
            view! {
                <span title=title class:pending=is_under_way class:failed=has_failed>
                    <span class="visually-hidden">{words} ": "</span>
                    {reaction.emoji.clone()}
                </span>
            }
        })
        .collect();
    let fault = reactions.iter().find_map(|reaction| match &reaction.state {
        ReactionState::Failed { detail } => Some(format!("WhatsApp didn't take the reaction. {detail}")),
        ReactionState::Shown | ReactionState::Sending | ReactionState::Removing => None,
    });
    let fault = fault.map(|words| {
        view! {
            <div class="fault">
                <Icon name="alert"/>
                <span>{words}</span>
            </div>
        }
    });
    Some(
        view! {
            {fault}
            <span class="reacts">{chips}</span>
        }
        .into_any(),
    )
}

/// Who reacted, and how far it is.
fn words(reaction: &Reaction, me: &AgentId) -> String {
    let who = match &reaction.author {
        Author::Customer => "Customer",
        Author::Agent(agent) if agent == me => "You",
        Author::Agent(_) => reaction.author_name.as_deref().unwrap_or("A colleague"),
        Author::Bot | Author::System | Author::Phone | Author::Partner => "Your team",
    };
    let state = match &reaction.state {
        ReactionState::Shown => "",
        ReactionState::Sending => ", sending",
        ReactionState::Removing => ", taking it back",
        ReactionState::Failed { .. } => ", not sent",
    };
    format!("{who} reacted{state}")
}

/// The button beside a customer's message, and what it opens.
#[component]
pub fn ReactButton(message: Memo<Message>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let whole = NodeRef::<html::Span>::new();
    let id = message.with_untracked(|message| format!("react-{}", message.id));
    let picker = {
        let id = id.clone();
        move || {
            let id = id.clone();
            is_open.get().then(|| view! { <Picker message id is_open whole/> })
        }
    };
    view! {
        <span class="react" node_ref=whole hidden=move || message.with(|message| message.revoked)>
            <button
                type="button"
                class="btn ghost icon"
                aria-label="React to this message"
                aria-expanded=move || is_open.get().to_string()
                aria-controls=id
                title="React"
                on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)
            >
                <Icon name="smile"/>
            </button>
            {picker}
        </span>
    }
}

#[component]
fn Picker(message: Memo<Message>, id: String, is_open: RwSignal<bool>, whole: NodeRef<html::Span>) -> impl IntoView {
    let open = ThreadState::expect();
    let submit = Submit::with_toasts();
    let (typed, fault) = (RwSignal::new(String::new()), RwSignal::new(None::<&'static str>));
    let own = Memo::new(move |_| {
        message.with(|message| {
            let known = of_business(&message.reactions)?;
            let is_there = matches!(known.state, ReactionState::Shown | ReactionState::Sending);
            is_there.then(|| known.emoji.clone())
        })
    });
    close_from_outside(is_open, whole);
    {
        let id = id.clone();
        request_animation_frame(move || browser::focus_first(&id));
    }
    let close = move || {
        focus_button(whole);
        is_open.set(false);
    };
    let give = move |emoji: Option<String>| {
        let target = message.with_untracked(|message| message.id.clone());
        submit.run(react(open.id(), target, emoji), move |()| {
            if open.app.connection.get_untracked() != Connection::Live {
                open.reread();
            }
        });
        close();
    };
    let usual: Vec<_> = USUAL
        .into_iter()
        .enumerate()
        .map(|(nth, emoji)| {
            let is_own = move || own.with(|own| own.as_deref() == Some(emoji));
            view! {
                <button
                    type="button"
                    class="btn ghost icon"
                    aria-label=format!("React with {emoji}")
                    aria-pressed=move || is_own().to_string()
                    data-first=(nth == 0).then_some("")
                    on:click=move |_| {
                        let is_own = own.with_untracked(|own| own.as_deref() == Some(emoji));
                        give((!is_own).then(|| emoji.to_owned()));
                    }
                >
                    {emoji}
                </button>
            }
        })
        .collect();
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        match typed.with_untracked(|typed| one_emoji(typed).map(str::to_owned)) {
            Some(emoji) => give(Some(emoji)),
            None => fault.set(Some(NOT_AN_EMOJI)),
        }
    };
    // Before the page's own Escape, which goes back one step.
    let keyed = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            close();
        }
    };
    view! {
        <div class="menu" id=id role="group" aria-label="Reaction" on:keydown=keyed>
            <div class="usual">{usual}</div>
            <form on:submit=send>
                <input
                    type="text"
                    aria-label="Another emoji"
                    placeholder="Another emoji"
                    autocomplete="off"
                    aria-invalid=move || fault.get().is_some().to_string()
                    on:input:target=move |event| {
                        fault.set(None);
                        typed.set(event.target().value());
                    }
                />
                <button type="submit" class="btn">
                    "React"
                </button>
            </form>
            <small class="err" role="alert" hidden=move || fault.get().is_none()>
                {move || fault.get()}
            </small>
            <button
                type="button"
                class="btn ghost"
                hidden=move || own.with(Option::is_none)
                on:click=move |_| give(None)
            >
                "Take your team's reaction back"
            </button>
        </div>
    }
}

/// The button that opened it is in the same element.
fn focus_button(whole: NodeRef<html::Span>) {
    let button = whole.get_untracked().and_then(|whole| whole.query_selector("button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _refused = button.focus();
    }
}

/// Closes it with a press elsewhere.
fn close_from_outside(is_open: RwSignal<bool>, whole: NodeRef<html::Span>) {
    let pressed = window_event_listener(ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        let is_within = whole.try_get_untracked().flatten().is_some_and(|whole| whole.contains(target.as_ref()));
        if !is_within {
            let _left = is_open.try_set(false);
        }
    });
    on_cleanup(move || pressed.remove());
}
