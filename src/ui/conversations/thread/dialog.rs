//! The dialog of the thread: asks before an action that takes the conversation from somebody or ends it.

use leptos::{ev, prelude::*};

use super::{actions::AgentAction, state::ThreadState};
use crate::{
    domain::ids::MessageId,
    ui::browser::{close_dialog, open_dialog},
};

const ID: &str = "thread-ask";

/// What the dialog is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// `seen` is the customer's newest turn when the agent pressed *Close*: later messages were not seen.
    Close {
        seen: Option<MessageId>,
    },
    ReturnToBot,
    TakeOver {
        from: String,
    },
}

/// The texts of a question: its title, what will happen, and the buttons.
struct Question {
    title: String,
    consequence: String,
    yes: &'static str,
    no: &'static str,
    act: AgentAction,
    seen: Option<MessageId>,
}

impl Ask {
    fn question(&self, open: &ThreadState) -> Question {
        let name = open.row.with(|row| row.name.clone());
        match self {
            Self::Close { seen } => Question {
                title: "Close this conversation?".to_owned(),
                consequence: closing_words(open, &name),
                yes: "Close it",
                no: "Keep open",
                act: AgentAction::Close,
                seen: seen.clone(),
            },
            Self::ReturnToBot => Question {
                title: "Return it to the bot?".to_owned(),
                consequence: format!(
                    "The bot goes on where its flow says, which may send something at once; without a flow it answers {name}'s next message. The conversation leaves your list."
                ),
                yes: "Return it",
                no: "Keep it",
                act: AgentAction::ReturnToBot,
                seen: None,
            },
            Self::TakeOver { from } => Question {
                title: format!("Take over from {from}?"),
                consequence: format!(
                    "{from} will see that you took over and can no longer reply. {name} isn't notified."
                ),
                yes: "Take over",
                no: "Cancel",
                act: AgentAction::TakeOver,
                seen: None,
            },
        }
    }
}

fn closing_words(open: &ThreadState, name: &str) -> String {
    let ends = open.row.with(|row| row.window_closes);
    let inside = ends.is_some_and(|end| open.now() < end);
    let message = if inside {
        format!("{name} gets the closing message, if your admin has set one.")
    } else {
        "Closing message not sent: window closed. WhatsApp takes only templates now.".to_owned()
    };
    format!("{message} The conversation stays readable; the customer's next message starts a new one with the bot.")
}

/// Draws [`ThreadState::ask`]. Escape and other ways to close the dialog mean no.
#[component]
pub fn ThreadDialog() -> impl IntoView {
    let open = ThreadState::expect();
    Effect::new(move || {
        if open.ask.with(Option::is_some) {
            // Opened after its text is drawn, so that a button can take the focus.
            request_animation_frame(|| open_dialog(ID));
        } else {
            close_dialog(ID);
        }
    });
    let content = move || {
        let question = open.ask.get()?.question(&open);
        Some(view! { <Asking question/> })
    };
    view! {
        <dialog
            id=ID
            aria-labelledby="thread-ask-title"
            on:close=move |_: ev::Event| open.ask.set(None)
        >
            {content}
        </dialog>
    }
}

#[component]
fn Asking(question: Question) -> impl IntoView {
    let open = ThreadState::expect();
    let Question { title, consequence, yes, no, act, seen } = question;
    let confirm = move |_| {
        open.ask.set(None);
        open.perform(act, seen.clone());
    };
    view! {
        <h2 id="thread-ask-title">{title}</h2>
        <p>{consequence}</p>
        <div class="actions">
            <button type="button" class="btn" on:click=move |_| open.ask.set(None)>
                {no}
            </button>
            <button type="button" class="btn primary" autofocus=true on:click=confirm>
                {yes}
            </button>
        </div>
    }
}
