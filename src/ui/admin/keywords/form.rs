//! The form of a new rule.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    Rules,
    fields::{KeywordDraft, RuleFields, RuleNotes},
};
use crate::{
    api::keywords::keyword_add,
    ui::{
        browser,
        kit::{Submit, SubmitButton},
    },
};

/// The id of the new rule's phrase. It gets the focus after a row was removed.
pub const NEW_PHRASE: &str = "new-phrase";

#[component]
pub fn AddRule(rules: Rules) -> impl IntoView {
    let submit = Submit::in_form();
    let draft = KeywordDraft::blank(submit);
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        if draft.is_refused() {
            return browser::focus(NEW_PHRASE);
        }
        let rule = draft.rule();
        let sent = draft.phrase.get_untracked();
        submit.run(keyword_add(rule.phrase, rule.matching, rule.language, rule.channel), move |()| {
            // A phrase that was typed meanwhile stays.
            draft.phrase.try_update(|typed| {
                if *typed == sent {
                    typed.clear();
                }
            });
            rules.refresh.mark();
            browser::focus(NEW_PHRASE);
        });
    };
    view! {
        <form class="add" aria-label="New keyword" on:submit=add>
            <RuleFields rules draft prefix="new"/>
            <SubmitButton submit label="Add" busy="Adding…"/>
            <RuleNotes draft prefix="new"/>
        </form>
    }
}
