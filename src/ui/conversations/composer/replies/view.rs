//! What the composer shows of saved replies: the button, the list over the field, and why nothing was inserted or sent.

use leptos::prelude::*;

use super::{LIST, ReplyPicker, element_id};
use crate::ui::components::icon::Icon;

impl ReplyPicker {
    /// The id of the chosen option, for the field. Tracks.
    pub fn active_element(self) -> Option<String> {
        self.active.with(|active| active.as_ref().map(|active| element_id(&active.id)))
    }

    /// The id of the list while it is drawn, for the field. Tracks.
    pub fn list_element(self) -> Option<&'static str> {
        let is_drawn = self.search.with(Option::is_some) && self.code.with(Option::is_some);
        is_drawn.then_some(LIST)
    }

    /// The button that opens the list.
    pub fn button(self) -> impl IntoView {
        view! {
            <button
                type="button"
                class="btn ghost icon"
                aria-label="Saved replies"
                title="Saved replies (/)"
                on:click=move |_| self.begin()
            >
                <Icon name="saved-reply"/>
            </button>
        }
    }

    /// The list over the field, and why nothing was inserted or sent.
    pub fn view(self) -> impl IntoView {
        let is_open = Memo::new(move |_| self.search.with(Option::is_some));
        let list = move || {
            is_open.get().then(|| match self.code.get() {
                Some(code) => untrack(|| (code.draw)(self)),
                None => {
                    view! { <div class="menu replies"><p class="hint">"Loading saved replies…"</p></div> }.into_any()
                }
            })
        };
        let complaint = move || {
            self.complaint.get().map(|words| {
                view! {
                    <div class="fault" role="alert">
                        <Icon name="alert"/>
                        <p dir="auto">{words}</p>
                    </div>
                }
            })
        };
        let awaited = move || {
            let name = self.inserting.get().map(|name| format!("Inserting “{name}”… Press Escape to cancel."));
            let early = || "Loading saved replies… Press Escape to cancel.".to_owned();
            name.or_else(|| self.early.with(Option::is_some).then(early))
        };
        view! {
            {list}
            {complaint}
            <p class="awaited" role="status">{awaited}</p>
        }
    }
}
