//! Going live: what would change is read first.

use leptos::{ev, prelude::*, task::spawn_local};

use super::{saving::Progress, state::Editor};
use crate::{
    api::flow::{flow_publish, flow_revert, read_flow},
    contract::flow::FlowPage,
    domain::flow::{
        check::Severity,
        definition::Flow,
        diff::{Difference, What, diff},
    },
    ui::{
        browser::{close_dialog, open_dialog},
        components::icon::Icon,
        state::ToastTone,
    },
};

const ID: &str = "flow-publish";

#[component]
pub fn PublishButton() -> impl IntoView {
    let editor = Editor::expect();
    let asked = RwSignal::new(false);
    Effect::new(move || {
        if asked.get() {
            request_animation_frame(|| open_dialog(ID));
        } else {
            close_dialog(ID);
        }
    });
    let same = Memo::new(move |_| {
        editor.page.with(|page| page.live.as_ref().is_some_and(|live| editor.flow.with(|flow| *flow == live.flow)))
    });
    view! {
        <button type="button" class="btn primary" disabled=move || same.get() on:click=move |_| asked.set(true)>
            <Icon name="send"/>
            "Go live"
        </button>
        <dialog id=ID class="flow-diff" aria-labelledby="flow-publish-title" on:close=move |_: ev::Event| asked.set(false)>
            {move || asked.get().then(|| view! { <Asking asked/> })}
        </dialog>
    }
}

#[component]
fn Asking(asked: RwSignal<bool>) -> impl IntoView {
    let editor = Editor::expect();
    let refused = RwSignal::new(None::<String>);
    let sending = RwSignal::new(false);
    let severity = Memo::new(move |_| {
        editor.faults.with(|faults| faults.iter().filter(|fault| fault.severity == Severity::Blocks).count())
    });
    let saved = Memo::new(move |_| editor.saving.progress.get() == Progress::Saved);
    let live = editor.page.with_untracked(|page| page.live.clone());
    let title = match &live {
        Some(live) => format!("What changes after version {}", live.version),
        None => "Put this flow live?".to_owned(),
    };
    let before = live.as_ref().map(|live| live.version);
    let old = live.map(|live| live.flow).unwrap_or_default();
    let lines = Memo::new(move |_| editor.flow.with(|flow| diff(&old, flow)));
    let publish = move |_| {
        if sending.get_untracked() || !saved.get_untracked() {
            return;
        }
        sending.set(true);
        refused.set(None);
        let (id, revision) = (editor.id(), editor.saving.revision());
        spawn_local(async move {
            match flow_publish(id, revision).await {
                Ok(version) => {
                    match before {
                        Some(before) => editor.published.set(Some((version, before))),
                        None => {
                            let words = format!("Version {version} is live. New conversations meet it.");
                            editor.app.toast(ToastTone::Info, words);
                        }
                    }
                    renew(editor).await;
                    asked.try_set(false);
                }
                Err(error) => {
                    refused.try_set(Some(error.to_string()));
                }
            }
            sending.try_set(false);
        });
    };
    let blocked = move || match severity.get() {
        0 => None,
        1 => Some("One fault keeps it from going live. It is marked at its step.".to_owned()),
        n => Some(format!("{n} faults keep it from going live. They are marked at their steps.")),
    };
    view! {
        <h2 id="flow-publish-title">{title}</h2>
        <p>"Conversations that are under way finish as they began."</p>
        <DiffLines lines/>
        <div role="alert">
            {move || {
                blocked()
                    .or_else(|| refused.get())
                    .map(|words| view! { <div class="fault"><Icon name="alert"/><p>{words}</p></div> })
            }}
        </div>
        <div class="actions">
            <button type="button" class="btn" on:click=move |_| asked.set(false)>"Not yet"</button>
            <button
                type="button"
                class="btn primary"
                autofocus=true
                disabled=move || severity.get() != 0 || sending.get() || !saved.get()
                on:click=publish
            >
                {move || if sending.get() { "Going live…" } else { "Go live" }}
            </button>
        </div>
    }
}

/// A version went live in the place of another: the way back, in one click.
#[component]
pub fn WentLive() -> impl IntoView {
    let editor = Editor::expect();
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
                                <p>{format!("Version {now} is live. New conversations meet it.")}</p>
                                <button type="button" class="btn" on:click=move |_| go_back(editor, before)>
                                    {format!("Back to version {before}")}
                                </button>
                                <button
                                    type="button"
                                    class="btn icon ghost"
                                    aria-label="Dismiss"
                                    on:click=move |_| editor.published.set(None)
                                >
                                    <Icon name="x"/>
                                </button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

fn go_back(editor: Editor, version: i64) {
    editor.published.set(None);
    spawn_local(async move {
        match flow_revert(editor.id(), version).await {
            Ok(now) => {
                let words = format!("Version {now} is live: the same as version {version}.");
                editor.app.toast(ToastTone::Info, words);
                renew(editor).await;
            }
            Err(error) => editor.app.show_error(&error),
        }
    });
}

/// Reads the page anew after a change of what is live.
pub async fn renew(editor: Editor) {
    match read_flow(editor.id()).await {
        Ok(page) => {
            editor.page.try_set(page);
        }
        Err(error) => editor.app.show_error(&error),
    }
}

/// Differences as a list, a group per step.
#[component]
pub fn DiffLines(#[prop(into)] lines: Signal<Vec<Difference>>) -> impl IntoView {
    view! {
        <ul class="diff" tabindex="0" aria-label="Changes">
            {move || {
                let lines = lines.get();
                if lines.is_empty() {
                    return view! { <li class="hint">"Nothing differs."</li> }.into_any();
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
        What::Added => view! { <li class="plus-line"><Icon name="plus" class="xs"/><span><b dir="auto">{label}</b>" is new"</span></li> }.into_any(),
        What::Removed => {
            view! { <li class="minus-line"><Icon name="trash" class="xs"/><span><b dir="auto">{label}</b>" is gone"</span></li> }.into_any()
        }
        What::Moved { to } => {
            view! { <li><Icon name="jump" class="xs"/><span><b dir="auto">{label}</b>{format!(" moved to {to}")}</span></li> }.into_any()
        }
        What::Changed { field, from, to } => view! {
            <li>
                <Icon name="pencil" class="xs"/>
                <span>
                    <b dir="auto">{label}</b>
                    {format!(", {field}: ")}
                    {(!from.is_empty()).then(|| view! { <del dir="auto">{from}</del> " " })}
                    {if to.is_empty() {
                        view! { <span class="hint">"taken away"</span> }.into_any()
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
