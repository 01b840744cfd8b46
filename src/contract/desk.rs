//! What the layout and the filters of the desk start from.

use serde::{Deserialize, Serialize};

use crate::domain::{
    desk::{Desk, Row, Stopped},
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
