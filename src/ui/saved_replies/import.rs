//! Importing saved replies from a CSV file, or from pasted text.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use super::Replies;
use crate::{
    api::saved_reply::saved_replies_import,
    contract::saved_reply::ImportCounts,
    domain::saved_reply::file::COLUMNS,
    ui::{
        browser,
        components::icon::Icon,
        kit::{FieldError, FieldKind, Submit, SubmitButton, TextField, ToastTone},
        state::AppState,
    },
};

const FILE: &str = "replies-file";

#[component]
pub fn Import(replies: Replies) -> impl IntoView {
    let app = AppState::expect();
    let submit = Submit::in_form();
    let text = RwSignal::new(String::new());
    let chosen = move |_| {
        spawn_local(async move {
            match browser::read_file(FILE).await {
                Some(read) => {
                    text.try_set(read);
                    submit.error.try_set(None);
                }
                None => {
                    submit.error.try_set(Some("Couldn't read this file.".to_owned()));
                }
            }
        });
    };
    let import = move |event: SubmitEvent| {
        event.prevent_default();
        submit.run(saved_replies_import(text.get_untracked()), move |counts| {
            text.try_set(String::new());
            replies.refresh.mark();
            app.toast(ToastTone::Info, counted(counts));
        });
    };
    view! {
        <details class="card pad import">
            <summary><Icon name="download"/>"Import saved replies"</summary>
            <form class="form" aria-label="Import saved replies" on:submit=import>
                <p class="hint">{format!(
                    "A CSV file with the columns {}. The scope is “me” or “everyone”. Attached files don't come with it: attach them here.",
                    COLUMNS.join(", "),
                )}</p>
                <label class="field">
                    <span>"File"</span>
                    <input id=FILE type="file" accept=".csv,text/csv" on:change=chosen/>
                </label>
                <TextField
                    id="replies-text"
                    label="Or paste its text"
                    rows=8
                    kind=FieldKind::Code
                    text=submit.text(text)
                    error_id="replies-fault"
                />
                <div class="lines"><FieldError id="replies-fault" text=submit.error/></div>
                <div class="actions">
                    <SubmitButton submit label="Import" busy="Importing…"/>
                    <span class="hint">"Replies with the same name and scope are replaced."</span>
                </div>
            </form>
        </details>
    }
}

fn counted(counts: ImportCounts) -> String {
    let ImportCounts { added, changed, unchanged, without_files } = counts;
    let done = format!("{added} added, {changed} changed, {unchanged} unchanged.");
    match without_files {
        0 => done,
        1 => format!("{done} One names files that a CSV file can't contain. Attach them here."),
        _ => format!("{done} {without_files} name files that a CSV file can't contain. Attach them here."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_says_what_it_did() {
        let counts = ImportCounts { added: 3, changed: 1, ..ImportCounts::default() };
        assert_eq!(counted(counts), "3 added, 1 changed, 0 unchanged.");
        let told = counted(ImportCounts { without_files: 2, ..counts });
        assert!(told.ends_with("2 name files that a CSV file can't contain. Attach them here."), "{told}");
    }
}
