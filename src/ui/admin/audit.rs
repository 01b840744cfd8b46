//! The audit log: who did what, and when, newest first. Older pages are links, so that they can be shared.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::audit::read_audit,
    contract::audit::{AuditLine, AuditPage as Lines},
    domain::ids::Seq,
    ui::{
        format::TimeStyle,
        kit::{Column, EmptyState, PageHead, RefreshTrigger, Table, lazy_route, live_resource_by},
        local_time::LocalTime,
        state::AppState,
    },
};

const COLUMNS: [Column; 3] = [Column::new("When"), Column::new("Who"), Column::new("What")];

lazy_route!(AuditRoute in settings, AuditPage);

#[component]
fn AuditPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    let query = use_query_map();
    // Without a valid number the newest page is shown.
    let before = Memo::new(move |_| query.with(|query| query.get("before")?.parse().ok().map(Seq)));
    view! {
        <PageHead title="Audit log" lead="Every change and every action. Read-only."/>
        {live_resource_by(refresh, before.into(), read_audit, move |page| view! { <Log page before/> })}
    }
}

#[component]
fn Log(page: RwSignal<Lines>, before: Memo<Option<Seq>>) -> impl IntoView {
    let rows = Memo::new(move |_| page.with(|page| page.lines.clone()));
    let title = move || if before.get().is_some() { "No older entries" } else { "No entries yet" }.to_owned();
    let empty = move || {
        view! {
            <EmptyState icon="audit" title=Signal::derive(title)>
                "Changes to settings, and what agents do with conversations, appear here."
            </EmptyState>
        }
    };
    let older = move || {
        let seq = page.with(|page| page.older)?;
        Some(view! { <a class="btn" href=format!("/admin/audit?before={}", seq.0)>"Older"</a> })
    };
    view! {
        <div class="card">
            <Table
                columns=&COLUMNS
                rows
                key=|line: &AuditLine| line.seq.0
                empty
                row=move |line| view! { <LogLine line=line.get_untracked()/> }
            />
            <nav class="foot" aria-label="Pages of the log">
                {move || before.get().map(|_| view! { <a class="btn" href="/admin/audit">"Newest"</a> })}
                {older}
            </nav>
        </div>
    }
}

#[component]
fn LogLine(line: AuditLine) -> impl IntoView {
    let AuditLine { at, who, what, number, conversation, .. } = line;
    view! {
        <tr>
            <td class="dim"><LocalTime at style=TimeStyle::Full/></td>
            // `bdi`, because the styles of `dir=auto` break words anywhere, which a narrow table would do in every row.
            <td><b><bdi>{who}</bdi></b></td>
            <td>
                <bdi>{what}</bdi>
                {number.map(|number| view! { <div class="dim"><bdi>{number}</bdi></div> })}
                {conversation
                    .map(|id| view! { <div><a href=format!("/conversations/{id}")>"Open conversation"</a></div> })}
            </td>
        </tr>
    }
}
