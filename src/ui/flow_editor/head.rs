//! The editor's head: the way back, how the draft is kept, undo, the faults in sum, and going live.

use leptos::prelude::*;

use super::{
    outline::Item,
    publish,
    saving::{Draft, Progress},
    state::{Editor, Panel},
};
use crate::{
    domain::flow::check::{Fault, Severity},
    ui::components::icon::Icon,
};

#[component]
pub fn Head() -> impl IntoView {
    let editor = Editor::expect();
    let name = move || {
        let name = editor.flow.with(|flow| flow.name.trim().to_owned());
        if name.is_empty() { "Untitled flow".to_owned() } else { name }
    };
    view! {
        <header class="flow-head">
            <a class="btn icon ghost" href="/admin/flows" aria-label="All flows" title="All flows"><Icon name="left"/></a>
            <h1 class="cut" dir="auto">{name}</h1>
            <LiveTag/>
            <SavedWord/>
            <span class="spacer"></span>
            <div class="actions">
                <button
                    type="button"
                    class="btn icon ghost"
                    aria-label="Undo"
                    title="Undo (Ctrl Z)"
                    aria-disabled=move || (!editor.can_undo()).to_string()
                    on:click=move |_| editor.undo()
                >
                    <Icon name="undo"/>
                </button>
                <button
                    type="button"
                    class="btn icon ghost"
                    aria-label="Redo"
                    title="Redo (Ctrl Shift Z)"
                    aria-disabled=move || (!editor.can_redo()).to_string()
                    on:click=move |_| editor.redo()
                >
                    <Icon name="redo"/>
                </button>
                <FaultMenu/>
                <button
                    type="button"
                    class="btn"
                    aria-pressed=move || (editor.panel.get() == Panel::Trial).to_string()
                    on:click=move |_| {
                        editor.panel.set(Panel::Trial);
                        editor.sheet.set(true);
                        request_animation_frame(|| crate::ui::browser::focus("trial-text"));
                    }
                >
                    <Icon name="play"/>
                    "Try it"
                </button>
                <More/>
                <publish::PublishButton/>
            </div>
        </header>
        <div class="flow-conflict">
            <Conflict/>
            <publish::WentLive/>
        </div>
    }
}

/// How the draft stands to what customers meet.
#[component]
fn LiveTag() -> impl IntoView {
    let editor = Editor::expect();
    let state = Memo::new(move |_| {
        let live = editor.page.with(|page| page.live.clone())?;
        Some((live.version, editor.flow.with(|flow| *flow == live.flow)))
    });
    move || match state.get() {
        None => view! { <span class="tag n">"Draft"</span> }.into_any(),
        Some((version, true)) => view! { <span class="tag m">{format!("Live · version {version}")}</span> }.into_any(),
        Some((version, false)) => {
            view! { <span class="tag w">{format!("Changed since version {version}")}</span> }.into_any()
        }
    }
}

#[component]
fn SavedWord() -> impl IntoView {
    let editor = Editor::expect();
    let failed = move || match editor.saving.progress.get() {
        Progress::Failed(words) => Some(words),
        _ => None,
    };
    view! {
        <span class="hint saved" role="status">
            {move || match editor.saving.progress.get() {
                Progress::Saved => "Draft saved",
                Progress::Unsaved | Progress::Sending => "Saving…",
                Progress::Failed(_) => "Not saved",
                Progress::Conflict(_) => "Not saved: changed elsewhere",
            }}
        </span>
        {move || {
            failed()
                .map(|words| {
                    view! {
                        <button type="button" class="btn danger" title=words on:click=move |_| editor.save()>
                            <Icon name="retry"/>
                            "Save now"
                        </button>
                    }
                })
        }}
    }
}

/// Another admin saved meanwhile. Both drafts are still there: the person says which counts.
#[component]
fn Conflict() -> impl IntoView {
    let editor = Editor::expect();
    let words = Memo::new(move |_| match editor.saving.progress.get() {
        Progress::Conflict(words) => Some(words),
        _ => None,
    });
    view! {
        <div role="alert">
            {move || {
                words
                    .get()
                    .map(|words| {
                        view! {
                            <div class="fault">
                                <Icon name="alert"/>
                                <p>
                                    {words}
                                    " What you changed is kept here and not saved. Taking theirs can be undone; keeping yours replaces what they saved."
                                </p>
                                <button type="button" class="btn" on:click=move |_| editor.settle(Draft::Theirs)>"Take theirs"</button>
                                <button type="button" class="btn" on:click=move |_| editor.settle(Draft::Mine)>"Keep mine"</button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

/// All faults in sum; each leads to its step.
#[component]
fn FaultMenu() -> impl IntoView {
    let editor = Editor::expect();
    let count = Memo::new(move |_| {
        editor.faults.with(|faults| {
            let severity = faults.iter().filter(|fault| fault.severity == Severity::Blocks).count();
            (severity, faults.len() - severity)
        })
    });
    let summary = move || match count.get() {
        (0, 0) => view! { <Icon name="check"/>"No faults" }.into_any(),
        (0, 1) => view! { <Icon name="warn"/>"1 warning" }.into_any(),
        (0, n) => view! { <Icon name="warn"/>{format!("{n} warnings")} }.into_any(),
        (1, _) => view! { <Icon name="alert"/>"1 fault" }.into_any(),
        (n, _) => view! { <Icon name="alert"/>{format!("{n} faults")} }.into_any(),
    };
    let open = NodeRef::<leptos::html::Details>::new();
    let jump = move |fault: &Fault| {
        if let Some(details) = open.get_untracked() {
            details.set_open(false);
        }
        let item = fault.step.clone().map_or(Item::Start, Item::Step);
        editor.panel.set(Panel::Form);
        editor.sheet.set(true);
        editor.go(item);
    };
    let lines = move || {
        let faults = editor.faults.get();
        let lines = faults.into_iter().map(|fault| {
            let label = editor.flow.with_untracked(|flow| match &fault.step {
                Some(step) => flow.find(step).map(|step| step.label().to_owned()).unwrap_or_default(),
                None => "The flow".to_owned(),
            });
            let (class, icon) = if fault.severity == Severity::Blocks { ("bad", "alert") } else { ("soft", "warn") };
            let words = fault.detail.clone();
            view! {
                <button type="button" class=class on:click=move |_| jump(&fault)>
                    <Icon name=icon/>
                    <span><b dir="auto">{label}</b><br/>{words}</span>
                </button>
            }
        });
        lines.collect_view()
    };
    view! {
        <details class="pop faults-menu" node_ref=open>
            <summary
                class="btn"
                class:danger=move || { count.get().0 > 0 }
                aria-live="polite"
            >
                {summary}
            </summary>
            <div class="menu end">
                <Show
                    when=move || count.get() != (0, 0)
                    fallback=|| view! { <p class="hint">"Everything a customer could meet is in order."</p> }
                >
                    {lines}
                </Show>
            </div>
        </details>
    }
}

#[component]
fn More() -> impl IntoView {
    let editor = Editor::expect();
    let export = move || format!("/flows/{}/export", editor.id());
    let open = NodeRef::<leptos::html::Details>::new();
    let versions = move |_| {
        if let Some(details) = open.get_untracked() {
            details.set_open(false);
        }
        editor.panel.set(Panel::Versions);
        editor.sheet.set(true);
        request_animation_frame(|| crate::ui::browser::focus("versions-title"));
    };
    view! {
        <details class="pop" node_ref=open>
            <summary class="btn icon" aria-label="More" title="More"><Icon name="more"/></summary>
            <div class="menu end">
                <button type="button" on:click=versions><Icon name="history"/>"Versions"</button>
                <a href=export rel="external" download=""><Icon name="download"/>"Export as JSON"</a>
            </div>
        </details>
    }
}
