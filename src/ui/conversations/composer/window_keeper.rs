//! The offer over the composer, near the end of the reply window, of a message whose button the customer taps to open it
//! again. It opens a form that is filled in. Where the customer was asked without an agent's act, nothing is offered.

use leptos::prelude::*;

use super::{forms::ComposerForms, lock::Locking};
use crate::{
    domain::{
        desk::ItemBody,
        time::Timestamp,
        window::{self, keep_open::is_automatic, keeper::ending_window},
    },
    ui::{
        browser::{session_get, session_set},
        components::icon::Icon,
        conversations::thread::state::ThreadState,
        format::TimeStyle,
        local_time::LocalTime,
    },
};

/// Where the end of the window is kept whose offer was dismissed: another window gets an offer of its own.
fn dismissed_key(open: ThreadState) -> String {
    format!("handoff.window-keeper.{}", open.id())
}

/// Whether the customer was asked automatically in the window that ends at `closes`.
fn was_asked(open: ThreadState, closes: Timestamp) -> bool {
    let begins = closes.minus(window::LENGTH);
    open.slots.with(|slots| {
        let items = slots.iter().rev().map(|slot| slot.item.get_untracked());
        items.take_while(|item| item.at >= begins).any(|item| match item.body {
            ItemBody::Message(message) => is_automatic(&message.content),
            ItemBody::Line(_) | ItemBody::Note(_) => false,
        })
    })
}

#[component]
pub fn WindowKeeper() -> impl IntoView {
    let open = ThreadState::expect();
    let (forms, lock) = (ComposerForms::expect(), Locking::expect());
    let dismissed = RwSignal::new(None::<Timestamp>);
    // After the page is hydrated, because the server does not know it.
    Effect::new(move |_| {
        let kept = session_get(&dismissed_key(open)).and_then(|kept| kept.parse().ok());
        dismissed.set(kept.map(Timestamp));
    });
    let closes = Memo::new(move |_| {
        let closes = open.row.with(|row| ending_window(row, &open.me(), open.now()));
        closes.filter(|closes| lock.is_open() && dismissed.get() != Some(*closes) && !was_asked(open, *closes))
    });
    // It moves the end of the thread.
    Effect::new(move |_| {
        closes.track();
        open.stick();
    });
    let dismiss = move |_| {
        if let Some(closes) = closes.get_untracked() {
            session_set(&dismissed_key(open), &closes.0.to_string());
            dismissed.set(Some(closes));
        }
    };
    move || {
        closes.get().map(|at| {
            view! {
                <div class="keeper" role="status">
                    <Icon name="clock"/>
                    // Not what is left, which would be read out every minute.
                    <span>
                        "The reply window closes at " <LocalTime at style=TimeStyle::Clock/>
                        ". If your answer takes longer, ask for a tap, which opens it for another 24 hours."
                    </span>
                    <button type="button" class="btn" on:click=move |_| forms.keep_window()>
                        "Ask for a tap…"
                    </button>
                    <button type="button" class="btn ghost icon" aria-label="Dismiss" on:click=dismiss>
                        <Icon name="x"/>
                    </button>
                </div>
            }
        })
    }
}
