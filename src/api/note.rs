//! Notes of a conversation, which only the team sees, and the mentions of the caller in them.

use leptos::prelude::*;

use crate::{
    contract::Result,
    domain::ids::{ConversationId, NoteId},
};

/// Writes a note. The page makes one `client_id` per press: a repeated call with the same id writes nothing.
#[server(endpoint = "write_note")]
pub async fn write_note(id: ConversationId, client_id: String, text: String) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.write_note(&call.caller, &id, &client_id, &text).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Replaces the text of the caller's own note.
#[server(endpoint = "edit_note")]
pub async fn edit_note(id: ConversationId, note: NoteId, text: String) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.edit_note(&call.caller, &id, &note, &text).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Deletes the text of the caller's own note.
#[server(endpoint = "delete_note")]
pub async fn delete_note(id: ConversationId, note: NoteId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.delete_note(&call.caller, &id, &note).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// The caller has looked at the conversation: its notes that mention them count as read.
#[server(endpoint = "see_mentions")]
pub async fn see_mentions(id: ConversationId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.see_mentions(&call.caller, &id).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}
