//! Reading the desk: the snapshot, and further pages of a group.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::Result;
use crate::domain::{
    desk::{Desk, Filter, Group, Key, Range, Row, Stopped},
    ids::{AgentId, ChannelId},
    time::Timestamp,
};

/// What the layout of every signed-in page starts from: the desk's cards, counts and presence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calls {
    /// Handoffs that wait, oldest first; at most 20.
    pub waiting: Vec<Row>,
    /// Counts and cursor; its groups are empty.
    pub desk: Desk,
    pub online: Vec<AgentId>,
    /// When this was read, by the server's clock: calls after it are new.
    #[serde(default)]
    pub at: Timestamp,
    /// Numbers that cannot send right now.
    #[serde(default)]
    pub stopped: Vec<Stopped>,
}

/// What the filter's lists offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    pub agents: Vec<(AgentId, String)>,
    pub channels: Vec<(ChannelId, String)>,
}

/// The first page of every group under `filter`.
#[server(endpoint = "desk")]
pub async fn read_desk(filter: Filter) -> Result<Desk> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::live::read::desk(&agent, filter).await
}

/// The page of `group` below `after`.
#[server(endpoint = "desk_more")]
pub async fn read_more(filter: Filter, group: Group, after: Key) -> Result<Range> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::live::read::more(&agent, filter, group, after).await
}

/// Cards, counts and presence for the layout.
#[server(endpoint = "calls")]
pub async fn read_calls() -> Result<Calls> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::live::read::calls(&agent).await
}

#[server(endpoint = "choices")]
pub async fn read_choices() -> Result<Choices> {
    let agent = crate::server::accounts::session::agent().await?;
    crate::server::live::read::choices(&agent).await
}
