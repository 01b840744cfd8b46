//! One flow of the list: its triggers, its state, and the buttons to move and remove it.

use leptos::prelude::*;

use super::COLUMNS;
use crate::{
    api::flow::{flow_move, flow_remove},
    contract::flow::{FlowRow, FlowState, Flows, MoveDirection},
    domain::ids::FlowId,
    ui::{
        browser,
        components::icon::Icon,
        format::TimeStyle,
        kit::{EditableRow, RefreshTrigger, RowControl, Submit},
        local_time::LocalTime,
    },
};

#[component]
pub fn FlowLine(flows: RwSignal<Flows>, flow: Memo<FlowRow>, refresh: RefreshTrigger) -> impl IntoView {
    let row = RowControl::new(refresh);
    let id = flow.with_untracked(|flow| flow.id.clone());
    let removed = id.clone();
    let remove = move |()| {
        let id = removed.clone();
        row.remove(flow_remove(id.clone()), move || {
            flows.try_update(|flows| flows.rows.retain(|row| row.id != id));
        });
    };
    let name = Signal::derive(move || flow.with(|flow| flow.name.clone()));
    let effect = Signal::derive(move || {
        let words = match flow.with(|flow| flow.state) {
            FlowState::Draft => "Its draft is deleted permanently.",
            FlowState::Live | FlowState::Changed => {
                "New conversations no longer start it, and its draft is deleted permanently. Ongoing conversations finish."
            }
        };
        words.to_owned()
    });
    let moved = id.clone();
    let buttons = move || {
        view! {
            <MoveButton flows refresh id=moved.clone() name way=MoveDirection::Up/>
            <MoveButton flows refresh id=moved.clone() name way=MoveDirection::Down/>
        }
    };
    view! {
        <EditableRow row columns=COLUMNS.len() noun="flow" name effect remove buttons>
            <Cells flow id=id.clone()/>
        </EditableRow>
    }
}

#[component]
fn Cells(flow: Memo<FlowRow>, id: FlowId) -> impl IntoView {
    let state = move || match flow.with(|flow| flow.state) {
        FlowState::Draft => view! { <span class="tag n">"Draft"</span> },
        FlowState::Live => view! { <span class="tag m">"Live"</span> },
        FlowState::Changed => view! { <span class="tag w">"Live, changed"</span> },
    };
    let steps = move || match flow.with(|flow| flow.steps) {
        1 => "1 step".to_owned(),
        n => format!("{n} steps"),
    };
    let issues = move || {
        let (class, icon, words) = match flow.with(|flow| (flow.errors, flow.warnings)) {
            (0, 0) => return view! { <span class="hint">"None"</span> }.into_any(),
            (0, 1) => ("tag w", "warn", "1 warning".to_owned()),
            (0, n) => ("tag w", "warn", format!("{n} warnings")),
            (1, _) => ("tag b", "alert", "1 issue".to_owned()),
            (n, _) => ("tag b", "alert", format!("{n} issues")),
        };
        view! { <span class=class><Icon name=icon/>{words}</span> }.into_any()
    };
    view! {
        <td>
            <b><a href=format!("/admin/flows/{id}") dir="auto">{move || flow.with(|flow| flow.name.clone())}</a></b>
            <div class="hint" dir="auto">{move || flow.with(|flow| flow.starts.clone())}</div>
        </td>
        <td class="tight">{state} <div class="hint">{steps}</div></td>
        <td class="tight opt">{issues}</td>
        <td class="tight dim opt">
            <LocalTime at=Signal::derive(move || flow.with(|flow| flow.updated_at)) style=TimeStyle::Row/>
        </td>
    }
}

/// Moves a flow up or down. Triggers are checked in the order of the flows.
#[component]
fn MoveButton(
    flows: RwSignal<Flows>,
    refresh: RefreshTrigger,
    id: FlowId,
    name: Signal<String>,
    way: MoveDirection,
) -> impl IntoView {
    let (icon, word) = match way {
        MoveDirection::Up => ("up", "up"),
        MoveDirection::Down => ("down", "down"),
    };
    let dom = format!("{word}-{id}");
    let wanted = id.clone();
    // The row that it swaps places with.
    let other = Memo::new(move |_| {
        flows.with(|flows| {
            let at = flows.rows.iter().position(|row| row.id == wanted)?;
            let to = match way {
                MoveDirection::Up => at.checked_sub(1)?,
                MoveDirection::Down => at + 1,
            };
            (to < flows.rows.len()).then_some((at, to))
        })
    });
    let submit = Submit::with_toasts();
    let focus = dom.clone();
    let press = move |_| {
        if other.with_untracked(Option::is_none) {
            return;
        }
        let focus = focus.clone();
        submit.run(flow_move(id.clone(), way), move |()| {
            if let Some(Some((at, to))) = other.try_get_untracked() {
                flows.try_update(|flows| flows.rows.swap(at, to));
            }
            refresh.mark();
            request_animation_frame(move || browser::focus(&focus));
        });
    };
    view! {
        <button
            id=dom
            class="btn icon ghost"
            type="button"
            aria-label=move || format!("Move “{}” {word}", name.get())
            title=move || format!("Move “{}” {word}", name.get())
            aria-disabled=move || other.with(Option::is_none).to_string()
            on:click=press
        >
            <Icon name=icon/>
        </button>
    }
}
