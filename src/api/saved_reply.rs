//! Saved replies: what an agent may insert, and how they are kept.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::{
        Result,
        saved_reply::{ImportCounts, SavedReplies},
    },
    domain::{
        ids::{ConversationId, SavedReplyId},
        saved_reply::SavedText,
        upload::WaitingFile,
    },
};

/// What the caller may insert; nothing if it is still what had the mark `known`.
#[server(endpoint = "saved_replies")]
pub async fn read_saved_replies(known: Option<String>) -> Result<Option<SavedReplies>> {
    let call = crate::server::http::agent().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.read_saved_replies(&call.caller, known.as_deref()).await?)
}

/// The reply's text, filled in for this conversation. What has no value is a hole (`domain::saved_reply::hole`).
#[server(endpoint = "saved_reply_fill")]
pub async fn saved_reply_fill(id: SavedReplyId, conversation: ConversationId) -> Result<String> {
    let call = crate::server::http::agent().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.saved_reply_fill(&call.caller, &id, &conversation).await?)
}

/// Attaches the reply's files to what the caller writes in this conversation, once for each `client_id`.
#[server(endpoint = "saved_reply_attach")]
pub async fn saved_reply_attach(
    id: SavedReplyId,
    conversation: ConversationId,
    client_id: String,
) -> Result<Vec<WaitingFile>> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    Ok(conversations.saved_reply_attach(&call.caller, &id, &conversation, &client_id).await?)
}

/// Counts that the caller has inserted it.
#[server(endpoint = "saved_reply_used")]
pub async fn saved_reply_used(id: SavedReplyId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.saved_reply_used(&call.caller, &id).await?)
}

/// The text with sample values.
#[server(endpoint = "saved_reply_preview", input = Json)]
pub async fn saved_reply_preview(text: String) -> Result<String> {
    let call = crate::server::http::agent().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.saved_reply_preview(&call.caller, &text).await?)
}

#[server(endpoint = "saved_reply_add", input = Json)]
pub async fn saved_reply_add(saved: SavedText) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    settings.saved_reply_add(&call.caller, call.caller.initiator(call.context().address()), saved).await?;
    Ok(())
}

/// `revision` is the one that the caller has seen.
#[server(endpoint = "saved_reply_change", input = Json)]
pub async fn saved_reply_change(id: SavedReplyId, revision: i64, saved: SavedText) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    let initiator = call.caller.initiator(call.context().address());
    Ok(settings.saved_reply_change(&call.caller, initiator, &id, revision, saved).await?)
}

#[server(endpoint = "saved_reply_remove")]
pub async fn saved_reply_remove(id: SavedReplyId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    let initiator = call.caller.initiator(call.context().address());
    Ok(settings.saved_reply_remove(&call.caller, initiator, &id).await?)
}

/// Adds and replaces by name and scope, everything or nothing.
#[server(endpoint = "saved_replies_import", input = Json)]
pub async fn saved_replies_import(file: String) -> Result<ImportCounts> {
    let call = crate::server::http::agent().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    let initiator = call.caller.initiator(call.context().address());
    Ok(settings.saved_replies_import(&call.caller, initiator, &file).await?)
}
