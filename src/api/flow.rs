//! Flows: the list, the editor of one flow, the actions on a flow, and a test run of its draft.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::{
        Result,
        flow::{FlowPage, FlowTrial, Flows, MoveDirection, NewFlow, Saved, TrialResult},
    },
    domain::{flow::definition::Flow, ids::FlowId},
};

#[server(endpoint = "flows")]
pub async fn read_flows() -> Result<Flows> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.read_flows(call.tenant()).await?)
}

#[server(endpoint = "flow")]
pub async fn read_flow(id: FlowId) -> Result<FlowPage> {
    let call = crate::server::http::admin().await?;
    let found = call.service::<crate::server::settings::Settings>()?.read_flow(call.tenant(), &id).await;
    call.context().answers_not_found(found.map_err(crate::contract::ApiError::from))
}

/// A published version in full.
#[server(endpoint = "flow_version")]
pub async fn flow_version(id: FlowId, version: i64) -> Result<Flow> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.flow_version(call.tenant(), &id, version).await?)
}

/// Adds a flow as a draft. Faults of an import name their line.
#[server(endpoint = "flow_create", input = Json)]
pub async fn flow_create(new: NewFlow) -> Result<FlowId> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.flow_create(call.tenant(), call.initiator(), new).await?)
}

/// Saves the draft that was read at `revision` and returns its faults. A conflict names who saved a newer one.
#[server(endpoint = "flow_save", input = Json)]
pub async fn flow_save(id: FlowId, revision: i64, draft: Flow) -> Result<Saved> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .flow_save(call.tenant(), call.initiator(), &id, revision, draft)
        .await?)
}

/// Publishes the draft at `revision` as the next version, for new conversations. Returns the version.
#[server(endpoint = "flow_publish")]
pub async fn flow_publish(id: FlowId, revision: i64) -> Result<i64> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .flow_publish(call.tenant(), call.initiator(), &id, revision)
        .await?)
}

/// Publishes an earlier version again, as a new version; the draft is unchanged. Returns the new version.
#[server(endpoint = "flow_revert")]
pub async fn flow_revert(id: FlowId, version: i64) -> Result<i64> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .flow_revert(call.tenant(), call.initiator(), &id, version)
        .await?)
}

/// Takes the flow offline: new conversations no longer start it, running ones finish.
#[server(endpoint = "flow_offline")]
pub async fn flow_offline(id: FlowId) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.flow_offline(call.tenant(), call.initiator(), &id).await?)
}

/// Moves a flow one place up or down in the order in which start conditions are tried.
#[server(endpoint = "flow_move")]
pub async fn flow_move(id: FlowId, way: MoveDirection) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .flow_move(call.tenant(), call.initiator(), &id, way)
        .await?)
}

/// Removes a flow and its draft. Conversations that run it finish on their version.
#[server(endpoint = "flow_remove")]
pub async fn flow_remove(id: FlowId) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.flow_remove(call.tenant(), call.initiator(), &id).await?)
}

/// Runs one step of the draft. Sends nothing.
#[server(endpoint = "flow_try", input = Json)]
pub async fn flow_try(trial: FlowTrial) -> Result<TrialResult> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::bot::playground::Playground>()?.flow_try(call.tenant(), trial).await?)
}
