//! The four fields of a rule, the same for a new one and for one that is changed.

use leptos::{html, prelude::*};

use super::Rules;
use crate::{
    domain::{
        ids::ChannelId,
        keyword::{Keyword, Matching, phrase_fault, swallows},
    },
    ui::{
        admin::{
            faults::FieldFault,
            languages::{LANGUAGES, language_name},
            typing::take_over,
        },
        components::icon::Icon,
    },
};

/// A rule being typed.
#[derive(Clone, Copy)]
pub struct Draft {
    pub phrase: RwSignal<String>,
    pub matching: RwSignal<Matching>,
    pub language: RwSignal<Option<String>>,
    pub channel: RwSignal<Option<ChannelId>>,
    /// What the server said to it.
    pub refused: RwSignal<Option<String>>,
}

impl Draft {
    pub fn blank() -> Self {
        Self::of(String::new(), Matching::Contains, None, None)
    }

    pub fn of_rule(rule: &Keyword) -> Self {
        Self::of(rule.phrase.clone(), rule.matching, rule.language.clone(), rule.channel.clone())
    }

    fn of(phrase: String, matching: Matching, language: Option<String>, channel: Option<ChannelId>) -> Self {
        Self {
            phrase: RwSignal::new(phrase),
            matching: RwSignal::new(matching),
            language: RwSignal::new(language),
            channel: RwSignal::new(channel),
            refused: RwSignal::new(None),
        }
    }

    /// Why it cannot be saved, also said before the server is asked.
    pub fn fault(self) -> Option<String> {
        self.phrase.with(|phrase| phrase_fault(phrase))
    }

    /// What is shown to be wrong: an empty field only once somebody tried to save it.
    fn shown_fault(self) -> Option<String> {
        let typed = self.phrase.with(|phrase| !phrase.trim().is_empty());
        self.refused.get().or_else(|| self.fault().filter(|_| typed))
    }

    fn warning(self) -> Option<String> {
        let complete = self.fault().is_none();
        complete.then(|| self.phrase.with(|phrase| swallows(phrase, self.matching.get()))).flatten()
    }
}

/// The fields, each with its label. The number is asked for only where there is a choice.
#[component]
pub fn RuleFields(
    rules: Rules,
    draft: Draft,
    phrase_field: NodeRef<html::Input>,
    /// The phrase field's id.
    #[prop(optional)]
    id: Option<&'static str>,
) -> impl IntoView {
    let Draft { phrase, matching, language, channel, refused } = draft;
    let first = phrase.get_untracked();
    let value = take_over(move || Some(phrase_field.get()?.value()), phrase.into(), move |typed| phrase.set(typed));
    let retype = move |typed: String| {
        refused.set(None);
        phrase.set(typed);
    };
    let own_language = language.get_untracked().filter(|tag| !LANGUAGES.iter().any(|(known, _)| known == tag));
    let chosen_language = language.get_untracked();
    let chosen_channel = channel.get_untracked();
    let channels = rules.data.with_untracked(|data| data.channels.clone());
    let choice = channels.len() > 1 || chosen_channel.is_some();
    view! {
        <label class="field">
            <span>"Phrase"</span>
            <input
                id=id
                node_ref=phrase_field
                name="phrase"
                dir="auto"
                autocomplete="off"
                placeholder="For example “talk to someone”"
                value=first
                prop:value=value
                aria-invalid=move || draft.shown_fault().is_some().to_string()
                on:input:target=move |event| retype(event.target().value())
            />
        </label>
        <label class="field">
            <span>"Matches"</span>
            <select
                name="matching"
                on:change:target=move |event| {
                    refused.set(None);
                    matching.set(Matching::from_word(&event.target().value()).unwrap_or(Matching::Contains));
                }
            >
                {Matching::ALL
                    .into_iter()
                    .map(|way| {
                        let chosen = way == matching.get_untracked();
                        view! { <option value=way.word() selected=chosen>{way.label()}</option> }
                    })
                    .collect_view()}
            </select>
        </label>
        <label class="field">
            <span>"Language"</span>
            <select
                name="language"
                on:change:target=move |event| {
                    refused.set(None);
                    language.set(Some(event.target().value()).filter(|tag| !tag.is_empty()));
                }
            >
                <option value="" selected=chosen_language.is_none()>"any"</option>
                {own_language
                    .map(|tag| {
                        let name = language_name(&tag);
                        view! { <option value=tag selected=true>{name}</option> }
                    })}
                {LANGUAGES
                    .into_iter()
                    .map(|(tag, name)| {
                        let chosen = chosen_language.as_deref() == Some(tag);
                        view! { <option value=tag selected=chosen>{name}</option> }
                    })
                    .collect_view()}
            </select>
        </label>
        {choice.then(|| view! {
            <label class="field">
                <span>"Number"</span>
                <select
                    name="channel"
                    on:change:target=move |event| {
                        refused.set(None);
                        channel.set(Some(event.target().value()).filter(|id| !id.is_empty()).map(ChannelId::from));
                    }
                >
                    <option value="" selected=chosen_channel.is_none()>"all"</option>
                    {channels
                        .into_iter()
                        .map(|(id, name)| {
                            let chosen = chosen_channel.as_ref() == Some(&id);
                            view! { <option value=id.into_string() selected=chosen>{name}</option> }
                        })
                        .collect_view()}
                </select>
            </label>
        })}
    }
}

/// What is wrong or doubtful about the phrase, below all fields.
#[component]
pub fn RuleNotes(draft: Draft) -> impl IntoView {
    let fault = Memo::new(move |_| draft.shown_fault());
    let warning = Memo::new(move |_| draft.warning());
    view! {
        <FieldFault words=fault/>
        <span class="warn" role="status" hidden=move || warning.with(Option::is_none)>
            <Icon name="warn"/>
            <span>{move || warning.get()}</span>
        </span>
    }
}
