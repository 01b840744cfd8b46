//! The bot page: the language model and a test question to it.
//!
//! Arguments that contain lists are sent as JSON, because form encoding cannot express an empty list.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::{
        Result,
        bot::{BotSettings, ModelTrial},
    },
    domain::model::ModelSettings,
};

#[server(endpoint = "bot")]
pub async fn read_bot() -> Result<BotSettings> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.read_bot(call.tenant()).await?)
}

/// Saves the model settings, and the API key if one is given.
#[server(endpoint = "model_save", input = Json)]
pub async fn model_save(model: ModelSettings, key: Option<String>) -> Result<()> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .model_save(call.tenant(), by, model, key.as_deref())
        .await?)
}

#[server(endpoint = "model_key_forget")]
pub async fn model_key_forget() -> Result<()> {
    let (call, by) = crate::server::http::reauthenticated().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.model_key_forget(call.tenant(), by).await?)
}

/// Asks the model one question with the settings as typed, saved or not. Sends nothing to customers and calls no tool.
#[server(endpoint = "model_try", input = Json)]
pub async fn model_try(model: ModelSettings, key: Option<String>, question: String) -> Result<ModelTrial> {
    let call = crate::server::http::admin().await?;
    let playground = call.service::<crate::server::bot::playground::Playground>()?;
    Ok(playground.model_try(call.tenant(), model, key.as_deref(), &question).await?)
}
