//! The texts customers read that no person typed just now: each with its field, its counter and its look on a phone.

use std::collections::HashMap;

use leptos::{html, prefetch_lazy_fn_on_server, prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::LazyRoute;

use super::{
    asking::{Answer, ask_when_still},
    bubble::Phone,
    editing::{Edited, Elsewhere, Progress, ProgressWord},
    faults::FieldFault,
    reading::{Stale, fresh},
    typing::{hydrated, take_over},
};
use crate::{
    api::settings::{read_settings, text_preview, text_save},
    contract::ApiError,
    domain::{
        message::TEXT_LIMIT,
        settings::{Settings, TextName, text_fault},
    },
    ui::state::AppState,
};

/// Texts that were typed and not saved, with the saved text each began from. Lives as long as the admin's rooms are
/// open, so a look at another page costs nothing.
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

/// The route. The page's code comes when it is first opened.
pub struct MessagesRoute;

impl LazyRoute for MessagesRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_page: Self) -> AnyView {
        messages_page().await
    }

    async fn preload() {
        fetch_messages_page().await;
    }
}

#[wasm_split(settings, wasm_split_path = leptos::wasm_split, preload(fetch_messages_page))]
fn messages_page() -> AnyView {
    prefetch_lazy_fn_on_server("settings");
    view! { <MessagesPage/> }.into_any()
}

#[component]
fn MessagesPage() -> impl IntoView {
    let app = AppState::expect();
    let stale = Stale::watch(app);
    view! {
        <Title text="Messages"/>
        <h1>"Messages"</h1>
        <p class="lead">
            "What customers read when no person is typing. A change acts at once."
        </p>
        {fresh(
            stale,
            Signal::derive(|| ()),
            |()| read_settings(),
            move |settings| {
                view! {
                    <div class="stack">
                        {TextName::ALL
                            .into_iter()
                            .map(|name| view! { <TextCard name settings stale/> })
                            .collect_view()}
                    </div>
                }
            },
        )}
    }
}

/// One text, saved by itself.
#[component]
fn TextCard(name: TextName, settings: RwSignal<Settings>, stale: Stale) -> impl IntoView {
    let app = AppState::expect();
    let drafts = expect_context::<Drafts>();
    let saved = Memo::new(move |_| settings.with(|settings| settings.texts.get(name).to_owned()));
    let text = Edited::new(saved, drafts.of(name));
    let Edited { typed, base, elsewhere, fault, .. } = text;
    Effect::new(move |_| drafts.keep(name, base.get(), typed.get()));

    let field = NodeRef::<html::Textarea>::new();
    let first = typed.get_untracked();
    let value =
        take_over(move || Some(field.get()?.value()), typed.into(), move |found| text.retype(|typed| *typed = found));
    let answer = ask_when_still(preview_question(typed).into(), move |asked| text_preview(name, asked));
    let wrong = Memo::new(move |_| {
        let too_long = typed.with(|typed| text_fault(typed));
        too_long.or_else(|| fault.get()).or_else(|| answer.with(|answer| fault_in(answer, &typed.read())))
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
    let progress = Signal::derive(move || text.progress());
    let hydrated = hydrated();
    let resting = move || {
        let too_long = typed.with(|typed| text_fault(typed).is_some());
        too_long
            || !hydrated.get()
            || matches!(progress.get(), Progress::Untouched | Progress::Saved | Progress::Saving)
    };
    let key = key(name);
    let (id, hint, error) = (format!("text-{key}"), format!("text-{key}-hint"), format!("text-{key}-error"));
    let described = format!("{hint} {error}");
    view! {
        <form
            class="card"
            on:submit=move |event| {
                event.prevent_default();
                text.save(app, stale, move |typed| text_save(name, typed));
            }
        >
            <div class="form">
                <div class="pair">
                    <div class="field">
                        <label for=id.clone()>{name.label()}</label>
                        <small class="hint" id=hint>{name.description()}</small>
                        <textarea
                            id=id
                            node_ref=field
                            rows="4"
                            dir="auto"
                            aria-describedby=described
                            aria-invalid=move || wrong.with(|wrong| wrong.is_some().to_string())
                            prop:value=value
                            on:input:target=move |event| {
                                let now = event.target().value();
                                text.retype(|typed| *typed = now);
                            }
                        >
                            {first}
                        </textarea>
                        <small class="hint">{move || typed.with(|typed| counted(typed))}</small>
                        <FieldFault id=error words=wrong/>
                    </div>
                    <Phone reads=reads silence=Signal::stored(silence(name))/>
                </div>
                <Elsewhere shown=elsewhere label="Reload this text" reload=Callback::new(move |()| text.reload())/>
            </div>
            <div class="foot actions">
                <ProgressWord progress/>
                <Show when=move || progress.get() == Progress::Unsaved>
                    <button class="btn ghost" type="button" on:click=move |_| text.reload()>"Undo changes"</button>
                </Show>
                <button class="btn primary" type="submit" disabled=resting>"Save"</button>
            </div>
        </form>
    }
}

/// Only a text with a brace in it can read differently from how it is written.
fn has_variables(text: &str) -> bool {
    text.contains('{')
}

fn preview_question(typed: RwSignal<String>) -> Memo<Option<String>> {
    Memo::new(move |_| {
        let typed = typed.get();
        (has_variables(&typed) && text_fault(&typed).is_none()).then_some(typed)
    })
}

fn rendered(answer: &Answer<String, String>, typed: &str) -> Option<String> {
    match answer {
        Some((asked, Ok(reads))) if asked == typed => Some(reads.clone()),
        _ => None,
    }
}

/// A fault the server found in exactly this text. A connection that failed is none of the text's.
fn fault_in(answer: &Answer<String, String>, typed: &str) -> Option<String> {
    match answer {
        Some((asked, Err(ApiError::Invalid(words)))) if asked == typed => Some(words.clone()),
        _ => None,
    }
}

fn counted(text: &str) -> String {
    format!("{} of {TEXT_LIMIT} characters", text.chars().count())
}

fn key(name: TextName) -> &'static str {
    match name {
        TextName::Greeting => "greeting",
        TextName::Fallback => "fallback",
        TextName::NoticeOnline => "notice-online",
        TextName::NoticeOffline => "notice-offline",
        TextName::Closing => "closing",
    }
}

fn silence(name: TextName) -> &'static str {
    match name {
        TextName::Greeting => "The fallback is sent instead",
        TextName::Fallback => "A person is called",
        TextName::NoticeOnline | TextName::NoticeOffline | TextName::Closing => "Nothing is sent",
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
        assert_eq!(counted("é人"), "2 of 4096 characters");
    }
}
