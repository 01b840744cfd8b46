//! The automatic messages, each with its field, a preview of the phone and its template for a closed window, the question for
//! a rating, the times for silent customers and for those who wait, which texts are sent as one message, the limits of the
//! bot per customer, and when customers see read receipts.

use std::collections::HashMap;

use leptos::prelude::*;

use super::{
    automation::AutomationForm,
    joined_texts::JoinedTextsForm,
    keep_open::KeepOpenForm,
    rating::RatingForm,
    receipts::ReceiptsForm,
    silence::SilenceForm,
    text_key::text_key,
    window_templates::{LoadedChoices, WindowTemplateForms},
};
use crate::{
    api::settings::{read_settings, text_preview, text_save},
    contract::ApiError,
    domain::{
        message::TEXT_LIMIT,
        settings::{TenantSettings, TextName, text_fault},
    },
    ui::{
        kit::{
            EditForm, EditState, FieldError, PageHead, PhonePreview, QueryAnswer, RefreshTrigger, TextBinding,
            TextInput, debounced_query, lazy_route, live_resource,
        },
        number::grouped,
        state::AppState,
    },
};

/// Unsaved texts, with the saved text that each began from. They live as long as the admin's pages are open, so that
/// they survive a visit to another page.
#[derive(Clone, Copy)]
pub struct Drafts(StoredValue<HashMap<TextName, (String, String)>>);

impl Default for Drafts {
    fn default() -> Self {
        Self(StoredValue::new(HashMap::new()))
    }
}

impl Drafts {
    fn of(self, name: TextName) -> Option<(String, String)> {
        self.0.with_value(|drafts| drafts.get(&name).cloned())
    }

    fn keep(self, name: TextName, base: String, typed: String) {
        self.0.update_value(|drafts| {
            if base == typed {
                drafts.remove(&name)
            } else {
                drafts.insert(name, (base, typed))
            };
        });
    }
}

lazy_route!(MessagesRoute in settings, MessagesPage);

#[component]
fn MessagesPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    LoadedChoices::provide(refresh);
    view! {
        <PageHead title="Messages" lead="Automatic messages, and when customers see read receipts. Changes apply immediately."/>
        {live_resource(refresh, read_settings, move |settings| {
            let card = |name: TextName| view! {
                <TextCard name settings refresh/>
                {name.has_template().then(|| view! { <WindowTemplateForms name settings refresh/> })}
            };
            view! {
                <div class="stack">
                    {TextName::ALL.into_iter().map(card).collect_view()}
                    <RatingForm settings refresh/>
                    <SilenceForm settings refresh/>
                    <KeepOpenForm settings refresh/>
                    <JoinedTextsForm settings refresh/>
                    <AutomationForm settings refresh/>
                    <ReceiptsForm settings refresh/>
                </div>
            }
        })}
    }
}

/// A message, with its own form.
#[component]
fn TextCard(name: TextName, settings: RwSignal<TenantSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let drafts = expect_context::<Drafts>();
    let saved = Memo::new(move |_| settings.with(|settings| settings.texts.get(name).to_owned()));
    let text = EditState::new(saved, drafts.of(name));
    let EditState { typed, base, .. } = text;
    Effect::new(move |_| drafts.keep(name, base.get(), typed.get()));

    let answer = debounced_query(preview_question(typed).into(), move |asked| text_preview(name, asked));
    let too_long = Memo::new(move |_| typed.with(|typed| text_fault(typed)));
    let fault = Memo::new(move |_| {
        let fault = too_long.get().or_else(|| text.error.get());
        fault.or_else(|| answer.with(|answer| fault_in(answer, &typed.read())))
    });
    let reads = Memo::new(move |shown: Option<&Option<String>>| {
        let typed = typed.get();
        if typed.trim().is_empty() {
            return None;
        }
        let last = shown.cloned().flatten();
        answer
            .with(|answer| rendered(answer, &typed))
            .or(if has_variables(&typed) { last } else { None })
            .or(Some(typed))
    });
    let edit = Callback::new(move |now| text.edit(|typed| *typed = now));
    let key = text_key(name);
    let (id, hint, error) = (format!("text-{key}"), format!("text-{key}-hint"), format!("text-{key}-error"));
    view! {
        <EditForm
            form=text
            label=name.label()
            reload_label="Reload this text"
            save=move || text.save(refresh, move |typed| text_save(name, typed))
            blocked=Signal::derive(move || too_long.with(Option::is_some))
        >
            <div class="pair">
                <div class="field">
                    <label for=id.clone()>{name.label()}</label>
                    <small class="hint" id=hint.clone()>{name.description()}</small>
                    <TextInput
                        id
                        rows=4
                        described_by=format!("{hint} {error}")
                        text=TextBinding { value: typed.into(), edit, error: Some(fault.into()) }
                    />
                    <small class="hint">{move || typed.with(|typed| counted(typed))}</small>
                    <FieldError id=error text=fault/>
                </div>
                <PhonePreview reads silence=Signal::stored(silence(name))/>
            </div>
        </EditForm>
    }
}

/// Whether the text can contain a variable.
fn has_variables(text: &str) -> bool {
    text.contains('{')
}

fn preview_question(typed: RwSignal<String>) -> Memo<Option<String>> {
    Memo::new(move |_| {
        let typed = typed.get();
        (has_variables(&typed) && text_fault(&typed).is_none()).then_some(typed)
    })
}

fn rendered(answer: &QueryAnswer<String, String>, typed: &str) -> Option<String> {
    match answer {
        Some((asked, Ok(reads))) if asked == typed => Some(reads.clone()),
        _ => None,
    }
}

/// The fault that the server found in this very text. A failed call is not the text's fault.
fn fault_in(answer: &QueryAnswer<String, String>, typed: &str) -> Option<String> {
    match answer {
        Some((asked, Err(ApiError::Invalid(words)))) if asked == typed => Some(words.clone()),
        _ => None,
    }
}

fn counted(text: &str) -> String {
    format!("{} of {} characters", grouped(text.chars().count()), grouped(TEXT_LIMIT))
}

fn silence(name: TextName) -> &'static str {
    match name {
        TextName::Greeting => "The fallback is sent instead",
        TextName::Fallback => "An agent is called",
        TextName::NoticeOnline | TextName::NoticeOffline | TextName::Closing | TextName::Reminder => "Nothing is sent",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_only_for_the_text_it_was_asked_for() {
        let bad = Some(("{{ x".to_owned(), Err(ApiError::Invalid("no".to_owned()))));
        assert_eq!(fault_in(&bad, "{{ x"), Some("no".to_owned()));
        assert_eq!(fault_in(&bad, "{{ x }}"), None);
        let good = Some(("{{ a }}".to_owned(), Ok("Ana".to_owned())));
        assert_eq!(rendered(&good, "{{ a }}"), Some("Ana".to_owned()));
        assert_eq!(rendered(&good, "{{ b }}"), None);
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(counted("é人"), "2 of 4,096 characters");
    }
}
