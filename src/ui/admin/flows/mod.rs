//! The list of flows, and the ways to create one. The editor of one is `ui/flow_editor`.

mod create;
mod import;
mod row;

use leptos::prelude::*;

use self::{
    create::{NewFlowForm, Samples},
    import::Import,
    row::FlowLine,
};
use crate::{
    api::flow::read_flows,
    contract::flow::{FlowRow, Flows},
    ui::{
        kit::{Column, EmptyState, PageHead, RefreshTrigger, Table, lazy_route, live_resource},
        state::AppState,
    },
};

const COLUMNS: [Column; 5] = [
    Column::new("Flow"),
    Column::new("State"),
    Column::optional("Issues"),
    Column::optional("Draft saved"),
    Column::actions("Move or remove"),
];

lazy_route!(FlowsRoute in flows, FlowsPage);

#[component]
fn FlowsPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    view! {
        <PageHead
            title="Flows"
            lead="What the bot does, step by step, before an agent is needed. The first flow that matches takes the conversation."
        />
        {live_resource(refresh, read_flows, move |flows| {
            view! {
                <div class="stack">
                    <div class="card">
                        <FlowTable flows refresh/>
                        <NewFlowForm flows/>
                    </div>
                    <Samples flows/>
                    <Import/>
                </div>
            }
        })}
    }
}

#[component]
fn FlowTable(flows: RwSignal<Flows>, refresh: RefreshTrigger) -> impl IntoView {
    let rows = Memo::new(move |_| flows.with(|flows| flows.rows.clone()));
    let empty = || {
        view! {
            <EmptyState icon="flow" title="No flows yet">
                "Until there is one, the bot replies with your messages. Start from a template below, or from an empty flow."
            </EmptyState>
        }
    };
    view! {
        <Table
            columns=&COLUMNS
            caption="Flows in the order in which their triggers are checked"
            rows
            key=|row: &FlowRow| row.id.as_str().to_owned()
            empty
            row=move |flow| view! { <FlowLine flows flow refresh/> }
        />
    }
}
