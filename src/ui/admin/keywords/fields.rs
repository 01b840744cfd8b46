//! The four fields of a rule, shared by the form of a new one and the editor.

use leptos::prelude::*;

use super::Rules;
use crate::{
    domain::{
        ids::{ChannelId, KeywordId},
        keyword::{Keyword, Matching, breadth_warning, phrase_fault},
    },
    ui::{
        components::icon::Icon,
        kit::{FieldError, LANGUAGES, SelectField, Submit, TextField, language_name, language_options, options},
    },
};

/// A rule as it is typed.
#[derive(Clone, Copy)]
pub struct KeywordDraft {
    pub phrase: RwSignal<String>,
    pub submit: Submit,
    /// All fields but the phrase.
    rule: RwSignal<Keyword>,
}

impl KeywordDraft {
    pub fn blank(submit: Submit) -> Self {
        let id = KeywordId::from(String::new());
        let (phrase, matching) = (String::new(), Matching::Contains);
        Self::of_rule(Keyword { id, phrase, matching, language: None, channel: None, enabled: true }, submit)
    }

    pub fn of_rule(rule: Keyword, submit: Submit) -> Self {
        Self { phrase: RwSignal::new(rule.phrase.clone()), submit, rule: RwSignal::new(rule) }
    }

    /// The rule as it is typed.
    pub fn rule(self) -> Keyword {
        Keyword { phrase: self.phrase.get_untracked().trim().to_owned(), ..self.rule.get_untracked() }
    }

    /// Why it cannot be saved, by the rules that the server applies too.
    fn fault(self) -> Option<String> {
        self.phrase.with(|phrase| phrase_fault(phrase))
    }

    /// Whether it cannot be saved. Shows the reason.
    pub fn is_refused(self) -> bool {
        let fault = untrack(|| self.fault());
        let is_refused = fault.is_some();
        if is_refused {
            self.submit.error.set(fault);
        }
        is_refused
    }

    /// The fault to show. An empty field is wrong only after an attempt to save it.
    fn shown_fault(self) -> Option<String> {
        let typed = self.phrase.with(|phrase| !phrase.trim().is_empty());
        self.submit.error.get().or_else(|| self.fault().filter(|_| typed))
    }

    fn warning(self) -> Option<String> {
        let complete = self.fault().is_none();
        complete
            .then(|| self.phrase.with(|phrase| breadth_warning(phrase, self.rule.with(|rule| rule.matching))))
            .flatten()
    }

    fn change(self, change: impl FnOnce(&mut Keyword)) {
        self.submit.error.set(None);
        self.rule.update(change);
    }

    fn value(self, read: fn(&Keyword) -> String) -> Signal<String> {
        Signal::derive(move || self.rule.with(read))
    }
}

/// The fields, with ids that begin with `prefix`. The number is shown only if there are several.
#[component]
pub fn RuleFields(rules: Rules, draft: KeywordDraft, #[prop(into)] prefix: String) -> impl IntoView {
    let first = draft.rule.get_untracked();
    let channels = rules.data.with_untracked(|data| data.channels.clone());
    let has_choice = channels.len() > 1 || first.channel.is_some();
    let mut languages = vec![(String::new(), "any".to_owned())];
    // A narrower or unlisted tag is kept as an option.
    let own = first.language.filter(|tag| !LANGUAGES.iter().any(|(known, _)| known == tag));
    languages.extend(own.map(|tag| (tag.clone(), language_name(&tag))));
    languages.extend(language_options());
    let mut numbers = vec![(String::new(), "all".to_owned())];
    numbers.extend(channels.into_iter().map(|(id, name)| (id.into_string(), name)));
    let number = format!("{prefix}-number");
    view! {
        <TextField
            id=format!("{prefix}-phrase")
            label="Phrase"
            placeholder="For example “talk to someone”"
            text=draft.submit.text(draft.phrase).with_error(Signal::derive(move || draft.shown_fault()))
            error_id=notes_id(&prefix)
        />
        <SelectField
            id=format!("{prefix}-matching")
            label="Matches"
            options=options(Matching::ALL, Matching::as_str, Matching::label)
            value=draft.value(|rule| rule.matching.as_str().to_owned())
            choose=move |word: String| {
                draft.change(|rule| rule.matching = word.parse().unwrap_or(Matching::Contains));
            }
        />
        <SelectField
            id=format!("{prefix}-language")
            label="Language"
            options=languages
            value=draft.value(|rule| rule.language.clone().unwrap_or_default())
            choose=move |tag: String| draft.change(|rule| rule.language = Some(tag).filter(|tag| !tag.is_empty()))
        />
        {has_choice.then(|| view! {
            <SelectField
                id=number
                label="Number"
                options=numbers
                value=draft.value(|rule| rule.channel.as_ref().map(ToString::to_string).unwrap_or_default())
                choose=move |id: String| {
                    draft.change(|rule| rule.channel = Some(id).filter(|id| !id.is_empty()).map(ChannelId::from));
                }
            />
        })}
    }
}

fn notes_id(prefix: &str) -> String {
    format!("{prefix}-phrase-error")
}

/// The fault and the warning of the phrase, below all fields.
#[component]
pub fn RuleNotes(draft: KeywordDraft, #[prop(into)] prefix: String) -> impl IntoView {
    let warning = Memo::new(move |_| draft.warning());
    view! {
        <FieldError id=notes_id(&prefix) text=Signal::derive(move || draft.shown_fault())/>
        <span class="warn" role="status" hidden=move || warning.with(Option::is_none)>
            <Icon name="warn"/>
            <span>{move || warning.get()}</span>
        </span>
    }
}
