//! *Try it*: a test run in a chat. The admin writes as the customer and answers for APIs and model. Sends nothing.

mod bubble;
pub mod chat;
mod outside;

use leptos::{html, prelude::*};

use self::{
    bubble::BotBubble,
    chat::{Chat, ChatLine, LINES, LineContent, TURN},
};
use super::state::Editor;
use crate::{
    contract::flow::{TrialContinuation, TrialInput},
    ui::{
        components::icon::Icon,
        kit::{FieldError, LanguageSelect},
    },
};

#[component]
pub fn TrialPanel() -> impl IntoView {
    let editor = Editor::expect();
    let chat = Chat::expect();
    view! {
        <div class="trial" on:keydown=move |event| {
            if event.key() == "Escape" && !event.default_prevented() {
                event.prevent_default();
                editor.close_form();
            }
        }>
            <div class="trial-head">
                <h2 class="kind"><Icon name="play"/>"Try it"</h2>
                <label class="hours">
                    <span>"Hours"</span>
                    <select on:change:target=move |event| {
                        chat.open.set(match event.target().value().as_str() {
                            "open" => Some(true),
                            "closed" => Some(false),
                            _ => None,
                        });
                    }>
                        <option value="">"current"</option>
                        <option value="open">"open"</option>
                        <option value="closed">"closed"</option>
                    </select>
                </label>
                <LanguageSelect chosen=chat.language/>
                <button type="button" class="btn" on:click=move |_| chat.restart()><Icon name="retry"/>"Start again"</button>
            </div>
            <div class="wa trial-lines" id=LINES role="log" aria-label="Trial" tabindex="0">
                <Show when=move || chat.lines.with(Vec::is_empty)>
                    <p class="hint">"You are the customer. Nothing is sent, and no API is called. Write a message to start."</p>
                </Show>
                <For each=move || chat.lines.get() key=|line| line.n let:line>
                    <Bubble line/>
                </For>
            </div>
            <FieldError text=chat.submit.error/>
            <div id=TURN>
                <Turn/>
            </div>
            <Variables/>
        </div>
    }
}

/// What the admin can do now.
#[component]
fn Turn() -> impl IntoView {
    let chat = Chat::expect();
    move || {
        match chat.rest.get() {
        None => view! { <Say first=true patience=false/> }.into_any(),
        Some(TrialContinuation::Wait { patience, .. }) => view! { <Say first=false patience=patience.is_some()/> }.into_any(),
        Some(TrialContinuation::Fetch { position, label, call }) => {
            view! { <outside::Fetching step=position.step().cloned() label call/> }.into_any()
        }
        Some(TrialContinuation::Model { label, task, .. }) => view! { <outside::Modelling label task/> }.into_any(),
        Some(TrialContinuation::Handoff { note, .. }) => view! {
            <div class="turn">
                {(!note.is_empty()).then(|| view! { <p class="hint"><b>"Note for the agent: "</b>{note}</p> })}
                <button type="button" class="btn" on:click=move |_| chat.restart()><Icon name="retry"/>"Start again"</button>
            </div>
        }
        .into_any(),
        Some(TrialContinuation::Close { .. }) => view! {
            <div class="turn">
                <button type="button" class="btn" on:click=move |_| chat.restart()><Icon name="retry"/>"Start again"</button>
            </div>
        }
        .into_any(),
    }
    }
}

#[component]
fn Say(first: bool, patience: bool) -> impl IntoView {
    let chat = Chat::expect();
    let field = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(if first { "Hello".to_owned() } else { String::new() });
    let send = move || {
        let text = typed.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        typed.set(String::new());
        chat.send_as_customer(text, None);
    };
    view! {
        <form
            class="turn say"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <input
                id="trial-text"
                node_ref=field
                aria-label="The customer writes"
                dir="auto"
                autocomplete="off"
                maxlength="4096"
                value=typed.get_untracked()
                prop:value=move || typed.get()
                on:input:target=move |event| typed.set(event.target().value())
            />
            <button type="submit" class="btn primary icon" aria-label="Send" disabled=move || chat.submit.pending()>
                <Icon name="send"/>
            </button>
        </form>
        {(!first)
            .then(|| {
                view! {
                    <div class="actions others">
                        <button
                            type="button"
                            class="chip"
                            on:click=move |_| {
                                chat.note("mic", "The customer sent a voice note.");
                                chat.run_step(TrialInput::NonText);
                            }
                        >
                            <Icon name="mic" class="xs"/>
                            "Voice note"
                        </button>
                        {patience
                            .then(|| {
                                view! {
                                    <button
                                        type="button"
                                        class="chip"
                                        on:click=move |_| {
                                            chat.note("clock", "The customer didn't answer in time.");
                                            chat.run_step(TrialInput::TimedOut);
                                        }
                                    >
                                        <Icon name="clock" class="xs"/>
                                        "No answer in time"
                                    </button>
                                }
                            })}
                    </div>
                }
            })}
    }
}

#[component]
fn Bubble(line: ChatLine) -> impl IntoView {
    match line.content {
        LineContent::Customer(text) => {
            view! { <div class="bubble own" role="group" aria-label="Customer" dir="auto">{text}</div> }.into_any()
        }
        LineContent::Note { icon, words } => {
            view! { <p class="note-line"><Icon name=icon class="xs"/>{words}</p> }.into_any()
        }
        LineContent::Bot(message) => view! { <BotBubble message n=line.n/> }.into_any(),
    }
}

#[component]
fn Variables() -> impl IntoView {
    let chat = Chat::expect();
    let rows = move || chat.variables.get().into_iter().collect::<Vec<_>>();
    view! {
        <section class="variables" aria-label="Variables">
            <h3>"Variables"</h3>
            <Show
                when=move || chat.variables.with(|known| !known.is_empty())
                fallback=|| view! { <p class="hint">"None yet."</p> }
            >
                <dl>
                    {move || {
                        rows()
                            .into_iter()
                            .map(|(name, variable)| {
                                view! {
                                    <div class:set=variable.fresh>
                                        <dt><code>{name}</code></dt>
                                        <dd dir="auto">{variable.value}</dd>
                                    </div>
                                }
                            })
                            .collect_view()
                    }}
                </dl>
            </Show>
        </section>
    }
}
