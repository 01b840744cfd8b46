//! A new rule.

use leptos::{html, prelude::*, task::spawn_local};

use super::{
    Rules,
    fields::{Draft, RuleFields, RuleNotes},
};
use crate::{
    api::keywords::keyword_add,
    ui::admin::{faults::tell, typing::hydrated},
};

/// Where the focus goes when the row that had it is gone.
pub const NEW_PHRASE: &str = "new-phrase";

#[component]
pub fn AddRule(rules: Rules) -> impl IntoView {
    let draft = Draft::blank();
    let phrase_field = NodeRef::<html::Input>::new();
    let sending = RwSignal::new(false);
    let hydrated = hydrated();
    let add = move || {
        if sending.get_untracked() {
            return;
        }
        if let Some(fault) = untrack(|| draft.fault()) {
            draft.refused.set(Some(fault));
            focus(phrase_field);
            return;
        }
        sending.set(true);
        let phrase = draft.phrase.get_untracked();
        let (language, channel) = (draft.language.get_untracked(), draft.channel.get_untracked());
        let matching = draft.matching.get_untracked();
        spawn_local(async move {
            match keyword_add(phrase.trim().to_owned(), matching, language, channel).await {
                Ok(()) => {
                    // Somebody may have typed on meanwhile: that is the next phrase, not this one.
                    draft.phrase.try_update(|typed| {
                        if *typed == phrase {
                            typed.clear();
                        }
                    });
                    rules.stale.mark();
                }
                Err(error) => tell(rules.app, draft.refused, &error),
            }
            if sending.try_set(false).is_none() {
                focus(phrase_field);
            }
        });
    };
    view! {
        <form
            class="add"
            aria-label="New keyword"
            on:submit=move |event| {
                event.prevent_default();
                add();
            }
        >
            <RuleFields rules draft phrase_field id=NEW_PHRASE/>
            <button class="btn primary" type="submit" disabled=move || !hydrated.get() || sending.get()>
                {move || if sending.get() { "Adding…" } else { "Add" }}
            </button>
            <RuleNotes draft/>
        </form>
    }
}

fn focus(field: NodeRef<html::Input>) {
    if let Some(Some(field)) = field.try_get_untracked() {
        // A field that cannot take the focus is no fault: the next Tab finds it.
        drop(field.focus());
    }
}
