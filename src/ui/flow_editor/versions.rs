//! The published versions, and returning to an earlier one.

use leptos::prelude::*;

use super::{
    publish::{DiffLines, live_of, reverted},
    state::Editor,
};
use crate::{
    api::flow::{flow_offline, flow_revert, flow_version},
    contract::flow::VersionRow,
    domain::flow::{definition::Flow, diff::diff},
    ui::{
        format::TimeStyle,
        kit::{FieldError, Submit, ToastTone},
        local_time::LocalTime,
    },
};

#[component]
pub fn VersionsPanel() -> impl IntoView {
    let editor = Editor::expect();
    let versions = Memo::new(move |_| editor.page.with(|page| page.versions.clone()));
    let live = Memo::new(move |_| editor.page.with(|page| page.live.as_ref().map(|live| live.version)));
    let submit = Submit::with_toasts();
    let offline = move |_| {
        submit.run(flow_offline(editor.id()), move |()| {
            editor.app.toast(ToastTone::Info, "This flow is offline. Ongoing conversations finish.");
            editor.refresh.mark();
        });
    };
    view! {
        <div class="form versions">
            <h2 class="kind" id="versions-title" tabindex="-1">"Versions"</h2>
            <p class="hint">"Conversations finish on the version they started with. Returning to a version does not change your draft."</p>
            <Show
                when=move || versions.with(|versions| !versions.is_empty())
                fallback=|| view! { <p class="hint">"Nothing has been published yet."</p> }
            >
                <ol>
                    <For each=move || versions.get() key=|row| (row.version, row.by.clone()) let:row>
                        <VersionLine row live/>
                    </For>
                </ol>
            </Show>
            <Show when=move || live.get().is_some()>
                <button type="button" class="btn danger" on:click=offline>"Take offline"</button>
            </Show>
        </div>
    }
}

#[component]
fn VersionLine(row: VersionRow, live: Memo<Option<i64>>) -> impl IntoView {
    let editor = Editor::expect();
    let version = row.version;
    let shown = RwSignal::new(None::<Flow>);
    let submit = Submit::in_form();
    let is_live = move || live.get() == Some(version);
    let compare = move |_| {
        if shown.with_untracked(Option::is_some) {
            shown.set(None);
            return;
        }
        submit.run(flow_version(editor.id(), version), move |flow| {
            shown.try_set(Some(flow));
        });
    };
    let go_back = move |_| {
        submit.run(flow_revert(editor.id(), version), move |now| reverted(editor, now, version));
    };
    view! {
        <li class="version">
            <div class="line">
                <b>{format!("Version {version}")}</b>
                {move || is_live().then(|| view! { <span class="tag m">"Live"</span> })}
                <span class="hint"><LocalTime at=row.at style=TimeStyle::Full/>{format!(" · {}", row.by)}</span>
            </div>
            <Show when=move || !is_live()>
                <div class="actions">
                    <button type="button" class="btn" aria-expanded=move || shown.with(Option::is_some).to_string() on:click=compare>
                        "Compare with live"
                    </button>
                    <button type="button" class="btn" on:click=go_back>{format!("Return to version {version}")}</button>
                </div>
            </Show>
            {move || {
                shown
                    .get()
                    .map(|flow| {
                        let lines = Memo::new(move |_| editor.page.with(|page| diff(&live_of(page), &flow)));
                        view! { <DiffLines lines/> }
                    })
            }}
            <FieldError text=submit.error/>
        </li>
    }
}
