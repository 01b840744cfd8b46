//! The editor's head: link to the list, state of the draft, undo, issues, publishing.

use leptos::prelude::*;

use super::{
    outline::OutlineItem,
    publish,
    saving::{Draft, SaveProgress},
    state::{Editor, Panel},
};
use crate::{
    domain::flow::check::{FlowFault, Severity},
    ui::{
        browser,
        components::icon::Icon,
        kit::{Menu, Submit},
    },
};

#[component]
pub fn Head() -> impl IntoView {
    let editor = Editor::expect();
    let name = move || {
        let name = editor.flow.with(|flow| flow.name.trim().to_owned());
        if name.is_empty() { "Untitled flow".to_owned() } else { name }
    };
    view! {
        <header class="flow-head" role="group" aria-label="Flow">
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
                        request_animation_frame(|| browser::focus("trial-text"));
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

/// Whether the draft equals the live version.
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
        SaveProgress::Failed(words) => Some(words),
        _ => None,
    };
    view! {
        <span class="hint saved" role="status">
            {move || match editor.saving.progress.get() {
                SaveProgress::Saved => "Draft saved",
                SaveProgress::Unsaved | SaveProgress::Sending => "Saving…",
                SaveProgress::Failed(_) => "Not saved",
                SaveProgress::Conflict(_) => "Not saved: someone else changed it",
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

/// The notice that another admin saved meanwhile, with the choice between both drafts.
#[component]
fn Conflict() -> impl IntoView {
    let editor = Editor::expect();
    let words = Memo::new(move |_| match editor.saving.progress.get() {
        SaveProgress::Conflict(words) => Some(words),
        _ => None,
    });
    let submit = Submit::with_toasts();
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
                                    " Your changes are here but not saved. You can undo taking theirs; keeping yours replaces what they saved."
                                </p>
                                <button type="button" class="btn" on:click=move |_| editor.settle(submit, Draft::Theirs)>"Take theirs"</button>
                                <button type="button" class="btn" on:click=move |_| editor.settle(submit, Draft::Mine)>"Keep mine"</button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

/// All issues, each with a link to its step.
#[component]
fn FaultMenu() -> impl IntoView {
    let editor = Editor::expect();
    let count = Memo::new(move |_| {
        editor.faults.with(|faults| {
            let errors = faults.iter().filter(|fault| fault.severity == Severity::Blocks).count();
            (errors, faults.len() - errors)
        })
    });
    let words = move || match count.get() {
        (0, 0) => "No issues".to_owned(),
        (0, 1) => "1 warning".to_owned(),
        (0, n) => format!("{n} warnings"),
        (1, _) => "1 issue".to_owned(),
        (n, _) => format!("{n} issues"),
    };
    let icon = move || match count.get() {
        (0, 0) => "check",
        (0, _) => "warn",
        _ => "alert",
    };
    let jump = move |fault: &FlowFault| {
        let item = fault.step.clone().map_or(OutlineItem::Start, OutlineItem::Step);
        editor.panel.set(Panel::Form);
        editor.sheet.set(true);
        editor.go(item);
    };
    let lines = move || {
        let faults = editor.faults.get();
        let lines = faults.into_iter().map(|fault| {
            let label = editor.flow.with_untracked(|flow| match &fault.step {
                Some(step) => flow.find(step).map(|step| flow.numbered_label(step)).unwrap_or_default(),
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
        <span class="visually-hidden" role="status">{words}</span>
        <Menu
            class="faults-menu"
            summary=move || view! { <Icon name=icon()/>{words} }
            summary_class=Signal::derive(move || if count.get().0 > 0 { "btn danger" } else { "btn" }.to_owned())
        >
            <Show when=move || count.get() != (0, 0) fallback=|| view! { <p class="hint">"This flow is ready to publish."</p> }>
                {lines}
            </Show>
        </Menu>
    }
}

#[component]
fn More() -> impl IntoView {
    let editor = Editor::expect();
    let export = move || format!("/flows/{}/export", editor.id());
    let versions = move |_| {
        editor.panel.set(Panel::Versions);
        editor.sheet.set(true);
        request_animation_frame(|| browser::focus("versions-title"));
    };
    view! {
        <Menu label="More" summary=|| view! { <Icon name="more"/> } summary_class="btn icon">
            <button type="button" on:click=versions><Icon name="history"/>"Versions"</button>
            <a href=export rel="external" download=""><Icon name="download"/>"Export as JSON"</a>
        </Menu>
    }
}
