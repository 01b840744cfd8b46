//! What was live before, and the way back to it.

use leptos::{prelude::*, task::spawn_local};

use super::{
    publish::{DiffLines, live_of, renew},
    state::Editor,
};
use crate::{
    api::flow::{flow_offline, flow_revert, flow_version},
    contract::flow::VersionRow,
    domain::flow::{definition::Flow, diff::diff},
    ui::{
        admin::faults::tell,
        format::{LocalTime, TimeStyle},
        state::ToastTone,
    },
};

#[component]
pub fn VersionsPanel() -> impl IntoView {
    let editor = Editor::expect();
    let versions = Memo::new(move |_| editor.page.with(|page| page.versions.clone()));
    let live = Memo::new(move |_| editor.page.with(|page| page.live.as_ref().map(|live| live.version)));
    let offline = move |_| {
        spawn_local(async move {
            match flow_offline(editor.id()).await {
                Ok(()) => {
                    editor.app.toast(ToastTone::Info, "This flow is offline. Conversations in it finish.");
                    renew(editor).await;
                }
                Err(error) => editor.app.show_error(&error),
            }
        });
    };
    view! {
        <div class="form versions">
            <h2 class="kind" id="versions-title" tabindex="-1">"Versions"</h2>
            <p class="hint">"Conversations finish on the version they began with. Your draft stays as it is when you return to one."</p>
            <Show
                when=move || versions.with(|versions| !versions.is_empty())
                fallback=|| view! { <p class="hint">"Nothing was live yet."</p> }
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
    let refused = RwSignal::new(None::<String>);
    let is_live = move || live.get() == Some(version);
    let look = move |_| {
        if shown.with_untracked(Option::is_some) {
            shown.set(None);
            return;
        }
        spawn_local(async move {
            match flow_version(editor.id(), version).await {
                Ok(flow) => {
                    shown.try_set(Some(flow));
                }
                Err(error) => tell(editor.app, refused, &error),
            }
        });
    };
    let go_back = move |_| {
        refused.set(None);
        spawn_local(async move {
            match flow_revert(editor.id(), version).await {
                Ok(now) => {
                    let words = format!("Version {now} is live: the same as version {version}.");
                    editor.app.toast(ToastTone::Info, words);
                    renew(editor).await;
                }
                Err(error) => tell(editor.app, refused, &error),
            }
        });
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
                    <button type="button" class="btn" aria-expanded=move || shown.with(Option::is_some).to_string() on:click=look>
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
            <crate::ui::admin::faults::FieldFault words=refused/>
        </li>
    }
}
