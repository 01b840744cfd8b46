//! The bot's room and the opening hours: the language model, what it may call, its secrets, and a place to try it.
//!
//! Keys and secrets come in and never go out: a page learns whether one is set, and when. Values with lists in them
//! travel as JSON, because a form cannot say that a list is empty.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use super::error::Result;
use crate::domain::{
    calendar::Calendar,
    model::{ModelSettings, ToolDefinition, ToolField},
    time::Timestamp,
};

/// The bot page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bot {
    pub model: ModelSettings,
    pub key: KeyState,
    /// Tokens of today, in the tenant's zone.
    pub used_today: u64,
    /// By name.
    pub tools: Vec<ToolRow>,
    /// By name.
    pub secrets: Vec<SecretRow>,
}

/// What a page may know of the model's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Missing,
    /// Set, and since when if that is known.
    Set(Option<Timestamp>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRow {
    pub tool: ToolDefinition,
    /// Secrets that it names and that are not set.
    pub missing: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRow {
    pub name: String,
    pub changed: Timestamp,
    /// Tools and live flows that name it.
    pub used_by: Vec<String>,
}

/// What a question to the model came to. Nothing was sent, and no tool was called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// What the customer would read.
    pub answer: Option<String>,
    /// What would happen besides, as a sentence.
    pub then: Option<String>,
    /// Calls that the model made, which were not carried out.
    pub calls: Vec<TrialCall>,
    /// Why there is no answer, as a sentence.
    pub fault: Option<String>,
    /// They count for the day, as any other.
    pub tokens: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialCall {
    pub name: String,
    /// JSON, for people.
    pub arguments: String,
}

/// The hours page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    pub calendar: Calendar,
    pub zone: String,
    pub now: RightNow,
}

/// Whether the tenant is open by the saved hours, at the moment of reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightNow {
    pub open: bool,
    /// `closes today at 18:00`, by the tenant's clocks.
    pub words: String,
    /// When this is true no longer.
    pub until: Option<Timestamp>,
}

#[server(endpoint = "bot")]
pub async fn read_bot() -> Result<Bot> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::bot::read(&admin).await
}

/// Saves the model, and its key if one is given.
#[server(endpoint = "model_save", input = Json)]
pub async fn model_save(model: ModelSettings, key: Option<String>) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::model::save(&admin, model, key).await
}

#[server(endpoint = "model_key_forget")]
pub async fn model_key_forget() -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::model::forget_key(&admin).await
}

/// One question to the model as it is typed, saved or not. Sends nothing to any customer and calls no tool.
#[server(endpoint = "model_try", input = Json)]
pub async fn model_try(model: ModelSettings, key: Option<String>, question: String) -> Result<Trial> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::trial::ask(&admin, model, key, question).await
}

/// What keeps a tool from being saved, each with its field.
#[server(endpoint = "tool_check", input = Json)]
pub async fn tool_check(tool: ToolDefinition) -> Result<Vec<(ToolField, String)>> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::tools::check(&admin, tool).await
}

/// Saves a tool; `was` is its name so far, nothing for a new one.
#[server(endpoint = "tool_save", input = Json)]
pub async fn tool_save(was: Option<String>, tool: ToolDefinition) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::tools::save(&admin, was, tool).await
}

#[server(endpoint = "tool_remove")]
pub async fn tool_remove(name: String) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::tools::remove(&admin, name).await
}

/// Sets a secret, or gives the one of that name another value.
#[server(endpoint = "secret_set")]
pub async fn secret_set(name: String, value: String) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::secrets::set(&admin, name, value).await
}

#[server(endpoint = "secret_remove")]
pub async fn secret_remove(name: String) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::secrets::remove(&admin, name).await
}

#[server(endpoint = "hours")]
pub async fn read_hours() -> Result<Hours> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::hours::read(&admin).await
}

#[server(endpoint = "hours_save", input = Json)]
pub async fn hours_save(calendar: Calendar) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::hours::save(&admin, calendar).await
}
