//! HTTP tools that the language model may call.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::Result,
    domain::model::{ToolDefinition, ToolField},
};

/// Every fault that blocks saving the tool, each with its field.
#[server(endpoint = "tool_check", input = Json)]
pub async fn tool_check(tool: ToolDefinition) -> Result<Vec<(ToolField, String)>> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.tool_check(call.tenant(), &tool).await)
}

/// Saves a tool; `was` is its current name, `None` for a new tool.
#[server(endpoint = "tool_save", input = Json)]
pub async fn tool_save(was: Option<String>, tool: ToolDefinition) -> Result<()> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.tool_save(call.tenant(), by, was.as_deref(), tool).await?)
}

#[server(endpoint = "tool_remove")]
pub async fn tool_remove(name: String) -> Result<()> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.tool_remove(call.tenant(), by, &name).await?)
}
