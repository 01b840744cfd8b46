//! What stands over the field: the message that the reply quotes, and why closing was refused.

use leptos::prelude::*;

use crate::ui::{
    components::icon::Icon,
    conversations::thread::{actions::AgentAction, outgoing::Quoting, state::ThreadState},
};

#[component]
pub fn QuotingBar(quoting: Quoting) -> impl IntoView {
    let open = ThreadState::expect();
    let words = format!("{}: {}", quoting.who, quoting.preview);
    let title = words.clone();
    view! {
        <div class="quoting">
            <Icon name="reply" class="xs"/>
            <span dir="auto" title=title>{words}</span>
            <button
                type="button"
                class="btn ghost icon"
                aria-label="Remove quote"
                on:click=move |_| open.quote.set(None)
            >
                <Icon name="x"/>
            </button>
        </div>
    }
}

/// The notice that closing was refused because the customer just wrote, beside the new message.
#[component]
pub fn JustWrote() -> impl IntoView {
    let open = ThreadState::expect();
    // A colleague may own the conversation by now. Then the viewer cannot close it.
    let closable = Memo::new(move |_| open.ownership().actions().contains(&AgentAction::Close));
    move || {
        open.just_wrote.get().filter(|_| closable.get()).map(|words| {
            view! {
                <div class="fault" role="alert">
                    <Icon name="alert"/>
                    <span>"Not closed. " {words}</span>
                    <button type="button" class="btn" on:click=move |_| open.press(AgentAction::Close)>
                        "Close anyway"
                    </button>
                    <button
                        type="button"
                        class="btn ghost icon"
                        aria-label="Dismiss"
                        on:click=move |_| open.just_wrote.set(None)
                    >
                        <Icon name="x"/>
                    </button>
                </div>
            }
        })
    }
}
