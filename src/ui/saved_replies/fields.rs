//! The fields of a saved reply, shared by the form of a new one and the editor.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    Replies,
    files::{FormFileList, FormFiles},
};
use crate::{
    api::saved_reply::{saved_reply_add, saved_reply_preview},
    contract::ApiError,
    domain::{
        message::TEXT_LIMIT,
        saved_reply::{
            NAME_LIMIT, ReplyScope, SavedText, VARIABLES, body_fault, name_fault, tags_fault, tags_of, tags_text,
        },
    },
    ui::{
        browser,
        kit::{
            FieldError, LANGUAGES, SelectField, Submit, SubmitButton, TextField, debounced_query, language_name,
            language_options, options,
        },
    },
};

/// The id of the new reply's name. It gets the focus after one was removed.
pub const NEW_NAME: &str = "new-reply-name";

/// A saved reply as it is typed. Cheap to copy.
#[derive(Clone, Copy)]
pub struct TypedReply {
    pub submit: Submit,
    name: RwSignal<String>,
    text: RwSignal<String>,
    tags: RwSignal<String>,
    language: RwSignal<String>,
    scope: RwSignal<ReplyScope>,
    files: FormFiles,
}

impl TypedReply {
    pub fn of(saved: SavedText) -> Self {
        Self {
            submit: Submit::in_form(),
            name: RwSignal::new(saved.name),
            text: RwSignal::new(saved.text),
            tags: RwSignal::new(tags_text(&saved.tags)),
            language: RwSignal::new(saved.language.unwrap_or_default()),
            scope: RwSignal::new(saved.scope),
            files: FormFiles::of(saved.files),
        }
    }

    pub fn saved(self) -> SavedText {
        SavedText {
            name: self.name.get_untracked(),
            text: self.text.get_untracked(),
            tags: self.tags.with_untracked(|tags| tags_of(tags)),
            language: Some(self.language.get_untracked()),
            scope: self.scope.get_untracked(),
            files: self.files.saved(),
        }
        .normalized()
    }

    /// Whether it cannot be saved. Shows the reason.
    pub fn is_refused(self) -> bool {
        let fault = self.saved().fault().or_else(|| self.files.fault());
        let is_refused = fault.is_some();
        if is_refused {
            self.submit.error.set(fault);
        }
        is_refused
    }

    /// The reply was saved, with its files.
    pub fn was_saved(self, sent: &SavedText) {
        self.files.were_saved(&sent.files);
    }

    /// Empties the fields of what was saved, unless something else was typed meanwhile.
    fn forget(self, sent: &SavedText) {
        let is_same = !self.name.is_disposed() && self.saved() == *sent;
        self.was_saved(sent);
        if is_same {
            self.name.set(String::new());
            self.text.set(String::new());
            self.tags.set(String::new());
        }
    }
}

#[component]
pub fn ReplyFields(replies: Replies, typed: TypedReply, #[prop(into)] prefix: String) -> impl IntoView {
    let submit = typed.submit;
    let question = Signal::derive(move || {
        let text = typed.text.get();
        (text.contains('{') && body_fault(&text).is_none()).then_some(text)
    });
    let answer = debounced_query(question, saved_reply_preview);
    let reads = move || {
        answer.with(|answer| match answer {
            Some((_, Ok(text))) => Some(text.clone()),
            Some((_, Err(_))) | None => None,
        })
    };
    let text_fault = Memo::new(move |_| {
        let own = typed.text.with(|text| if text.is_empty() { None } else { body_fault(text) });
        own.or_else(|| {
            answer.with(|answer| match answer {
                Some((asked, Err(ApiError::Invalid(words)))) if typed.text.with(|text| text == asked) => {
                    Some(words.clone())
                }
                Some(_) | None => None,
            })
        })
    });
    let mut languages = vec![(String::new(), "any".to_owned())];
    // A narrower or unlisted tag is kept as an option.
    let own = Some(typed.language.get_untracked()).filter(|tag| !tag.is_empty());
    let own = own.filter(|tag| !LANGUAGES.iter().any(|(known, _)| known == tag));
    languages.extend(own.map(|tag| (tag.clone(), language_name(&tag))));
    languages.extend(language_options());
    let hint = format!("Variables: {}, and what the bot collects, such as order_number.", braced(&VARIABLES));
    let scope_id = format!("{prefix}-scope");
    let may_share = untrack(|| replies.may_share());
    view! {
        <TextField
            id=format!("{prefix}-name")
            label="Name"
            limit=NAME_LIMIT
            text=submit.text(typed.name).checked(name_fault)
        />
        <TextField
            id=format!("{prefix}-text")
            label="Text"
            rows=5
            hint=Signal::stored(hint)
            limit=TEXT_LIMIT
            text=submit.text(typed.text).with_error(text_fault)
        />
        <p class="hint lines" hidden=move || reads().is_none()>
            "With sample values: "
            <bdi>{reads}</bdi>
        </p>
        <FormFileList files=typed.files submit prefix=prefix.clone()/>
        <TextField
            id=format!("{prefix}-tags")
            label="Tags"
            hint=Signal::stored("Separate tags with commas. Search finds them, too.".to_owned())
            text=submit.text(typed.tags).checked(tags_error)
        />
        <SelectField
            id=format!("{prefix}-language")
            label="Language"
            hint="Suggested first for customers who use this language."
            options=languages
            value=typed.language
            choose=move |tag: String| {
                submit.error.set(None);
                typed.language.set(tag);
            }
        />
        {may_share.then(|| view! {
            <SelectField
                id=scope_id
                label="For"
                options=options(ReplyScope::ALL, ReplyScope::as_str, ReplyScope::label)
                value=Signal::derive(move || typed.scope.get().as_str().to_owned())
                choose=move |word: String| {
                    submit.error.set(None);
                    typed.scope.set(word.parse().unwrap_or_default());
                }
            />
        })}
    }
}

fn tags_error(typed: &str) -> Option<String> {
    tags_fault(&tags_of(typed))
}

/// `{{ a }}, {{ b }}`
fn braced(names: &[&str]) -> String {
    names.iter().map(|name| format!("{{{{ {name} }}}}")).collect::<Vec<_>>().join(", ")
}

/// The form of a new reply.
#[component]
pub fn AddReply(replies: Replies) -> impl IntoView {
    // What leads and admins add is for everyone, unless they say otherwise.
    let scope = if untrack(|| replies.may_share()) { ReplyScope::Everyone } else { ReplyScope::Me };
    let typed = TypedReply::of(SavedText { scope, ..SavedText::default() });
    let submit = typed.submit;
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        if typed.is_refused() {
            return;
        }
        let sent = typed.saved();
        submit.run(saved_reply_add(sent.clone()), move |()| {
            typed.forget(&sent);
            replies.refresh.mark();
            browser::focus(NEW_NAME);
        });
    };
    view! {
        <form class="form" aria-label="New saved reply" on:submit=add>
            <h2>"New saved reply"</h2>
            <ReplyFields replies typed prefix="new-reply"/>
            <FieldError text=submit.error/>
            <div class="actions end">
                <SubmitButton submit label="Add" busy="Adding…"/>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_shown_as_they_are_written() {
        assert_eq!(braced(&["customer.name", "agent.name"]), "{{ customer.name }}, {{ agent.name }}");
    }
}
