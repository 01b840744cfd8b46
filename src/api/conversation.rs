//! One conversation: its thread, and everything an agent does with it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::Result;
use crate::domain::{
    desk::{Item, Row},
    dossier::Dossier,
    ids::{ConversationId, MessageId, Seq},
    time::Timestamp,
};

/// Everything the page shows of one conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    pub row: Row,
    pub customer: Customer,
    /// Oldest first.
    pub items: Vec<Item>,
    /// There are older items.
    pub older: bool,
    #[serde(default)]
    pub dossier: Dossier,
    /// The customer's earlier conversations, newest first.
    pub earlier: Vec<Earlier>,
    /// Everything up to here is in it.
    pub seq: Seq,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    pub name: String,
    pub phone: Option<String>,
    pub username: Option<String>,
    pub since: Timestamp,
    pub language: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    pub id: ConversationId,
    pub preview: String,
    pub started_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<String>,
}

/// Older items of a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OlderItems {
    pub items: Vec<Item>,
    pub older: bool,
}

#[server(endpoint = "thread")]
pub async fn read_thread(id: ConversationId) -> Result<Thread> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::live::thread::thread(&agent, &id).await
}

/// The page of items before `(at, seq)`.
#[server(endpoint = "thread_older")]
pub async fn read_older(id: ConversationId, at: Timestamp, seq: Seq) -> Result<OlderItems> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::live::thread::older(&agent, &id, at, seq).await
}

#[server(endpoint = "claim")]
pub async fn claim(id: ConversationId) -> Result<()> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::inbox::desk::claim(&agent, &id).await
}

#[server(endpoint = "take_over")]
pub async fn take_over(id: ConversationId) -> Result<()> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::inbox::desk::take_over(&agent, &id).await
}

#[server(endpoint = "release")]
pub async fn release(id: ConversationId) -> Result<()> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::inbox::desk::release(&agent, &id).await
}

#[server(endpoint = "return_to_bot")]
pub async fn return_to_bot(id: ConversationId) -> Result<()> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::inbox::desk::return_to_bot(&agent, &id).await
}

/// Closes. `seen` is the customer's newest turn on the caller's screen (`Row::last_turn`): if a newer one is there,
/// nothing is closed and the answer says that the customer just wrote.
#[server(endpoint = "close")]
pub async fn close(id: ConversationId, seen: Option<MessageId>) -> Result<()> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::inbox::desk::close(&agent, &id, seen).await
}

/// Sends a text. `client_id` is made by the page once per press of Send: the same one twice sends once.
#[server(endpoint = "reply")]
pub async fn reply(id: ConversationId, client_id: String, body: String, quote: Option<MessageId>) -> Result<()> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::inbox::desk::reply(&agent, &id, client_id, body, quote).await
}

/// Sends a failed or unclear message again.
#[server(endpoint = "retry")]
pub async fn retry(id: ConversationId, message: MessageId) -> Result<()> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::inbox::desk::retry(&agent, &id, &message).await
}

/// The agent looks at it: nothing is unread any more, and by policy the customer sees blue ticks.
#[server(endpoint = "see")]
pub async fn see(id: ConversationId) -> Result<()> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::inbox::desk::see(&agent, &id).await
}
