//! Publishing, with a dialog that shows the changes.

use leptos::prelude::*;

use super::{saving::SaveProgress, state::Editor};
use crate::{
    api::flow::{flow_publish, flow_revert, read_flow},
    contract::{Result, flow::FlowPage},
    domain::{
        flow::{
            check::Severity,
            definition::Flow,
            diff::{ChangeKind, Difference, diff},
        },
        ids::FlowId,
    },
    ui::{
        components::icon::Icon,
        kit::{Dialog, IconButton, Submit, ToastTone},
    },
};

#[component]
pub fn PublishButton() -> impl IntoView {
    let editor = Editor::expect();
    let asked = RwSignal::new(false);
    let same = Memo::new(move |_| {
        editor.page.with(|page| page.live.as_ref().is_some_and(|live| editor.flow.with(|flow| *flow == live.flow)))
    });
    view! {
        <button type="button" class="btn primary" disabled=move || same.get() on:click=move |_| asked.set(true)>
            <Icon name="send"/>
            "Publish"
        </button>
        <Dialog
            id="flow-publish"
            class="flow-diff"
            labelled_by="flow-publish-title"
            is_open=asked
            close=move |()| asked.set(false)
        >
            <Question asked/>
        </Dialog>
    }
}

#[component]
fn Question(asked: RwSignal<bool>) -> impl IntoView {
    let editor = Editor::expect();
    let submit = Submit::in_form();
    let errors = Memo::new(move |_| {
        editor.faults.with(|faults| faults.iter().filter(|fault| fault.severity == Severity::Blocks).count())
    });
    let saved = Memo::new(move |_| editor.saving.progress.get() == SaveProgress::Saved);
    let live = editor.page.with_untracked(|page| page.live.clone());
    let title = match &live {
        Some(live) => format!("Publish the changes since version {}?", live.version),
        None => "Publish this flow?".to_owned(),
    };
    let before = live.as_ref().map(|live| live.version);
    let old = live.map(|live| live.flow).unwrap_or_default();
    let lines = Memo::new(move |_| editor.flow.with(|flow| diff(&old, flow)));
    let publish = move |_| {
        if !saved.get_untracked() {
            return;
        }
        let request = publish_draft(editor, editor.id(), editor.saving.revision(), before);
        submit.run(request, move |()| {
            asked.try_set(false);
        });
    };
    let blocked = move || match errors.get() {
        0 => None,
        1 => Some("Fix 1 issue before publishing. It is marked at its step.".to_owned()),
        n => Some(format!("Fix {n} issues before publishing. They are marked at their steps.")),
    };
    view! {
        <h2 id="flow-publish-title">{title}</h2>
        <p>"Ongoing conversations finish on their current version."</p>
        <DiffLines lines/>
        <div role="alert">
            {move || {
                blocked()
                    .or_else(|| submit.error.get())
                    .map(|words| view! { <div class="fault"><Icon name="alert"/><p>{words}</p></div> })
            }}
        </div>
        <div class="actions">
            <button type="button" class="btn" on:click=move |_| asked.set(false)>"Cancel"</button>
            <button
                type="button"
                class="btn primary"
                autofocus=true
                disabled=move || errors.get() != 0 || submit.pending() || !saved.get()
                on:click=publish
            >
                {move || if submit.pending() { "Publishing…" } else { "Publish" }}
            </button>
        </div>
    }
}

/// Publishes the draft in place of the version `before`, and reads the page again before the dialog closes.
async fn publish_draft(editor: Editor, id: FlowId, revision: i64, before: Option<i64>) -> Result<()> {
    let version = flow_publish(id.clone(), revision).await?;
    // The page may have been left meanwhile.
    match before {
        Some(before) => {
            editor.published.try_set(Some((version, before)));
        }
        None => editor.app.toast(ToastTone::Info, published(version)),
    }
    match read_flow(id).await {
        Ok(page) => {
            editor.page.try_set(page);
        }
        Err(error) => editor.app.show_error(&error),
    }
    Ok(())
}

fn published(version: i64) -> String {
    format!("Version {version} is live. New conversations use it.")
}

/// The notice after a version replaced another one, with a button to go back.
#[component]
pub fn WentLive() -> impl IntoView {
    let editor = Editor::expect();
    let submit = Submit::with_toasts();
    view! {
        <div role="status">
            {move || {
                editor
                    .published
                    .get()
                    .map(|(now, before)| {
                        view! {
                            <div class="went-live">
                                <Icon name="check"/>
                                <p>{published(now)}</p>
                                <button type="button" class="btn" on:click=move |_| go_back(editor, submit, before)>
                                    {format!("Back to version {before}")}
                                </button>
                                <IconButton icon="x" label="Dismiss" press=move |_| editor.published.set(None)/>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

fn go_back(editor: Editor, submit: Submit, version: i64) {
    editor.published.set(None);
    submit.run(flow_revert(editor.id(), version), move |now| reverted(editor, now, version));
}

/// An earlier version is live again, as the version `now`.
pub fn reverted(editor: Editor, now: i64, version: i64) {
    editor.app.toast(ToastTone::Info, format!("Version {now} is live. It is the same as version {version}."));
    editor.refresh.mark();
}

/// The list of differences.
#[component]
pub fn DiffLines(#[prop(into)] lines: Signal<Vec<Difference>>) -> impl IntoView {
    view! {
        <ul class="diff" tabindex="0" aria-label="Changes">
            {move || {
                let lines = lines.get();
                if lines.is_empty() {
                    return view! { <li class="hint">"No changes."</li> }.into_any();
                }
                lines.into_iter().map(|line| view! { <DiffLine line/> }).collect_view().into_any()
            }}
        </ul>
    }
}

#[component]
fn DiffLine(line: Difference) -> impl IntoView {
    let label = line.label;
    match line.what {
        ChangeKind::Added => view! { <li class="plus-line"><Icon name="plus" class="xs"/><span><b dir="auto">{label}</b>" added"</span></li> }.into_any(),
        ChangeKind::Removed => {
            view! { <li class="minus-line"><Icon name="trash" class="xs"/><span><b dir="auto">{label}</b>" removed"</span></li> }.into_any()
        }
        ChangeKind::Moved { to } => {
            view! { <li><Icon name="jump" class="xs"/><span><b dir="auto">{label}</b>{format!(" moved to {to}")}</span></li> }.into_any()
        }
        ChangeKind::Changed { field, from, to } => view! {
            <li>
                <Icon name="pencil" class="xs"/>
                <span>
                    <b dir="auto">{label}</b>
                    {format!(", {field}: ")}
                    {(!from.is_empty()).then(|| view! { <del dir="auto">{from}</del> " " })}
                    {if to.is_empty() {
                        view! { <span class="hint">"removed"</span> }.into_any()
                    } else {
                        view! { <ins dir="auto">{to}</ins> }.into_any()
                    }}
                </span>
            </li>
        }
        .into_any(),
    }
}

/// The live version's definition; an empty flow when there is none.
pub fn live_of(page: &FlowPage) -> Flow {
    page.live.as_ref().map(|live| live.flow.clone()).unwrap_or_default()
}
