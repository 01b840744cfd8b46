//! A tenant's texts, targets, times for silent customers, limits of the bot, when reply windows are kept open, and what becomes
//! of conversations of absent agents.

use leptos::prelude::*;

use crate::{
    contract::Result,
    domain::{
        settings::{BotTexts, GoneAgents, ReadPolicy, TenantSettings, TextName},
        time::Span,
        window::keep_open::AskBefore,
    },
};

#[server(endpoint = "settings")]
pub async fn read_settings() -> Result<TenantSettings> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.tenant(call.tenant()).await?.settings)
}

/// Dismisses the checklist of a new company, for everybody.
#[server(endpoint = "dismiss_setup")]
pub async fn dismiss_setup() -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.dismiss_setup(call.tenant(), call.initiator()).await?)
}

#[server(endpoint = "text_save")]
pub async fn text_save(name: TextName, text: String) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .text_save(call.tenant(), call.initiator(), name, text)
        .await?)
}

/// Renders the text with sample values for its variables. A fault in the text is an `Invalid` error.
#[server(endpoint = "text_preview")]
pub async fn text_preview(name: TextName, text: String) -> Result<String> {
    let call = crate::server::http::admin().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.text_preview(call.tenant(), name, &text, call.caller.agent().name()).await?)
}

/// What is not given stays as it is set.
#[server(endpoint = "targets_save")]
pub async fn targets_save(
    #[server(default)] waiting_target: Option<Span>,
    #[server(default)] zone: Option<String>,
    #[server(default)] read_policy: Option<ReadPolicy>,
    #[server(default)] reply_target: Option<Span>,
    #[server(default)] grace_time: Option<Span>,
) -> Result<()> {
    let call = crate::server::http::admin().await?;
    let targets =
        crate::server::settings::targets::Targets { waiting_target, reply_target, grace_time, zone, read_policy };
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .targets_save(call.tenant(), call.initiator(), targets)
        .await?)
}

/// A time of 0 is never.
#[server(endpoint = "silence_save")]
pub async fn silence_save(remind_after: Span, close_after: Span) -> Result<()> {
    let call = crate::server::http::admin().await?;
    let times = crate::domain::settings::SilenceTimes { remind_after, close_after };
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .silence_save(call.tenant(), call.initiator(), times)
        .await?)
}

/// How long before their reply window closes customers who wait are asked to keep it open.
#[server(endpoint = "keep_open_save")]
pub async fn keep_open_save(before: AskBefore) -> Result<()> {
    let call = crate::server::http::admin().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.keep_open_save(call.tenant(), call.initiator(), before).await?)
}

/// How much the bot may send to one customer; 0 is no bound.
#[server(endpoint = "automation_save")]
pub async fn automation_save(daily_messages: u32, repeats: u32) -> Result<()> {
    let call = crate::server::http::admin().await?;
    let bounds = crate::domain::automation::AutomationBounds { daily_messages, repeats };
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.automation_save(call.tenant(), call.initiator(), bounds).await?)
}

/// Within how many milliseconds texts of an agent are sent as one message; 0 sends each by itself. And how the bot's are sent.
#[server(endpoint = "joined_texts_save")]
pub async fn joined_texts_save(join_within: Span, bot_texts: BotTexts) -> Result<()> {
    let call = crate::server::http::admin().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.joined_texts_save(call.tenant(), call.initiator(), join_within, bot_texts).await?)
}

/// What becomes of the conversations of agents who are gone while their customers wait.
#[server(endpoint = "gone_agents_save")]
pub async fn gone_agents_save(gone_agents: GoneAgents) -> Result<()> {
    let call = crate::server::http::admin().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.gone_agents_save(call.tenant(), call.initiator(), gone_agents).await?)
}
