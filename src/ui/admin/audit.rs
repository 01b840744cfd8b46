//! Who did what, and when: a page of the log, newest first. Older pages are links, so they can be kept and shared.

use leptos::{prefetch_lazy_fn_on_server, prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_query_map};

use super::reading::{Stale, fresh};
use crate::{
    api::audit::read_audit,
    contract::audit::{AuditLine, AuditPage as Lines},
    domain::ids::Seq,
    ui::{
        components::icon::Icon,
        format::{LocalTime, TimeStyle},
        state::AppState,
    },
};

/// The route. The page's code comes when it is first opened.
pub struct AuditRoute;

impl LazyRoute for AuditRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_page: Self) -> AnyView {
        audit_page().await
    }

    async fn preload() {
        fetch_audit_page().await;
    }
}

#[wasm_split(settings, wasm_split_path = leptos::wasm_split, preload(fetch_audit_page))]
fn audit_page() -> AnyView {
    prefetch_lazy_fn_on_server("settings");
    view! { <AuditPage/> }.into_any()
}

#[component]
fn AuditPage() -> impl IntoView {
    let app = AppState::expect();
    let stale = Stale::watch(app);
    let query = use_query_map();
    // Anything that is no number shows the newest page.
    let before = Memo::new(move |_| query.with(|query| query.get("before")?.parse().ok().map(Seq)));
    view! {
        <Title text="Audit log"/>
        <h1>"Audit log"</h1>
        <p class="lead">"Who changed what, and who did what with a conversation. Nothing in it can be changed."</p>
        {fresh(
            stale,
            before.into(),
            read_audit,
            move |page| view! { <Log page before/> },
        )}
    }
}

#[component]
fn Log(page: RwSignal<Lines>, before: Memo<Option<Seq>>) -> impl IntoView {
    let none = Memo::new(move |_| page.with(|page| page.lines.is_empty()));
    let older = Memo::new(move |_| page.with(|page| page.older));
    view! {
        <div class="card">
            <Show when=move || none.get()>
                <div class="empty">
                    <Icon name="audit"/>
                    <h2>{move || if before.get().is_some() { "Nothing older" } else { "Nothing yet" }}</h2>
                    <p>"Changes of keywords, messages and targets, and what agents do with conversations, appear here."</p>
                </div>
            </Show>
            <div class="wide" hidden=move || none.get()>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col">"Who"</th>
                            <th scope="col">"What"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || page.with(|page| page.lines.clone()) key=|line| line.seq.0 let:line>
                            <LogLine line/>
                        </For>
                    </tbody>
                </table>
            </div>
            <nav class="foot" aria-label="Pages of the log">
                {move || before.get().map(|_| view! { <a class="btn" href="/admin/audit">"Newest"</a> })}
                {move || {
                    older
                        .get()
                        .map(|seq| view! { <a class="btn" href=format!("/admin/audit?before={}", seq.0)>"Older"</a> })
                }}
            </nav>
        </div>
    }
}

#[component]
fn LogLine(line: AuditLine) -> impl IntoView {
    let AuditLine { at, who, what, conversation, .. } = line;
    view! {
        <tr>
            <td class="dim"><LocalTime at style=TimeStyle::Full/></td>
            // `bdi`, not `dir=auto`: the latter breaks words anywhere, which a narrow table would do in every row.
            <td><b><bdi>{who}</bdi></b></td>
            <td>
                <bdi>{what}</bdi>
                {conversation
                    .map(|id| view! { <div><a href=format!("/conversations/{id}")>"Open conversation"</a></div> })}
            </td>
        </tr>
    }
}
