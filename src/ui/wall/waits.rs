//! The customers who wait: for an agent, and for the reply of theirs.

use leptos::prelude::*;

use super::WallState;
use crate::{
    domain::{
        desk::{Row, RowState},
        ids::ConversationId,
        sla::{Level, Wait},
    },
    ui::{conversations::address, number::grouped, state::AppState},
};

/// So many are listed. A room reads no more.
const SHOWN: usize = 6;

/// The handoffs that no agent has, the longest wait first.
#[component]
pub fn Unassigned(state: WallState) -> impl IntoView {
    let app = state.app;
    let rows = Memo::new(move |_| app.waiting());
    let count = Memo::new(move |_| app.desk.with(|desk| desk.counts.waiting));
    let wait = |row: &Row| row.wait;
    let detail = |row: &Row| row.trigger.as_ref().map(|(_, label)| label.clone()).unwrap_or_default();
    view! { <WaitList title="Waiting for an agent" none="Nobody is waiting." rows count wait detail /> }
}

/// The customers whose agent has to reply, the one that is due first at the top.
#[component]
pub fn RepliesDue(state: WallState) -> impl IntoView {
    let app = state.app;
    let count = Memo::new(move |_| app.desk.with(|desk| desk.counts.reply_now.values().sum::<i64>()));
    let wait = |row: &Row| row.reply;
    let rows = state.replies;
    view! { <WaitList title="Reply due" none="Every customer is answered." rows count wait detail=owner /> }
}

fn owner(row: &Row) -> String {
    match &row.state {
        RowState::Claimed { name, .. } => name.clone(),
        RowState::Bot | RowState::Waiting | RowState::Phone | RowState::Closed { .. } => String::new(),
    }
}

#[component]
fn WaitList(
    title: &'static str,
    none: &'static str,
    rows: Memo<Vec<Row>>,
    /// How many there are, listed or not.
    count: Memo<i64>,
    wait: fn(&Row) -> Option<Wait>,
    detail: fn(&Row) -> String,
) -> impl IntoView {
    let shown = Memo::new(move |_| rows.with(|rows| rows.iter().take(SHOWN).cloned().collect::<Vec<_>>()));
    let ids = move || shown.with(|rows| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>());
    let more = Memo::new(move |_| {
        let listed = shown.with(Vec::len);
        usize::try_from(count.get()).unwrap_or_default().saturating_sub(listed)
    });
    view! {
        <section class="panel">
            <h2>{title}</h2>
            <ol class="lines">
                <For each=ids key=Clone::clone let:id>
                    <WaitLine id shown wait detail />
                </For>
            </ol>
            <Show when=move || shown.with(Vec::is_empty)>
                <p class="none">{none}</p>
            </Show>
            <Show when=move || { more.get() > 0 }>
                <p class="more">{move || format!("and {} more", grouped(more.get()))}</p>
            </Show>
        </section>
    }
}

#[component]
fn WaitLine(
    id: ConversationId,
    shown: Memo<Vec<Row>>,
    wait: fn(&Row) -> Option<Wait>,
    detail: fn(&Row) -> String,
) -> impl IntoView {
    let app = AppState::expect();
    let href = address(&id);
    // Nothing while the line leaves.
    let row = Memo::new(move |_| shown.with(|rows| rows.iter().find(|row| row.id == id).cloned()));
    let name = move || row.with(|row| row.as_ref().map(|row| row.name.clone()));
    let detail = move || row.with(|row| row.as_ref().map(detail));
    let clock = Memo::new(move |_| {
        let wait = row.with(|row| row.as_ref().and_then(wait))?;
        let now = app.now.get();
        Some((wait.level(now), wait.label(now), wait.length(now).0 / 1_000))
    });
    let length = move || clock.with(|clock| clock.as_ref().map(|(_, _, seconds)| format!("PT{seconds}S")));
    let words = move || clock.with(|clock| clock.as_ref().map(|(_, label, _)| label.clone()));
    let level = move || clock.with(|clock| clock.as_ref().map(|(level, ..)| *level));
    view! {
        <li
            class="line"
            class:due=move || level() == Some(Level::Due)
            class:breached=move || level() == Some(Level::Breached)
        >
            <a href=href dir="auto">
                {name}
            </a>
            <span class="detail" dir="auto">
                {detail}
            </span>
            <time datetime=length>{words}</time>
        </li>
    }
}
