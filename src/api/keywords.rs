//! Handoff keywords: the rules, and a test of a message.

use leptos::prelude::*;

use crate::{
    contract::{
        Result,
        keywords::{Keywords, Tried},
    },
    domain::{
        ids::{ChannelId, KeywordId},
        keyword::{Keyword, Matching},
    },
};

#[server(endpoint = "keywords")]
pub async fn read_keywords() -> Result<Keywords> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.read_keywords(call.tenant()).await?)
}

#[server(endpoint = "keyword_add")]
pub async fn keyword_add(
    phrase: String,
    matching: Matching,
    language: Option<String>,
    channel: Option<ChannelId>,
) -> Result<()> {
    let call = crate::server::http::admin().await?;
    let rule = crate::server::settings::keywords::NewKeyword { phrase, matching, language, channel };
    call.service::<crate::server::settings::Settings>()?.keyword_add(call.tenant(), call.initiator(), rule).await?;
    Ok(())
}

#[server(endpoint = "keyword_change")]
pub async fn keyword_change(rule: Keyword) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .keyword_change(call.tenant(), call.initiator(), rule)
        .await?)
}

#[server(endpoint = "keyword_remove")]
pub async fn keyword_remove(id: KeywordId) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .keyword_remove(call.tenant(), call.initiator(), &id)
        .await?)
}

/// The rule that matches `message`, and the text the customer would receive. Sends nothing.
#[server(endpoint = "keyword_try")]
pub async fn keyword_try(message: String, channel: Option<ChannelId>, language: Option<String>) -> Result<Tried> {
    let call = crate::server::http::admin().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.keyword_try(call.tenant(), &message, channel.as_ref(), language.as_deref()).await?)
}
