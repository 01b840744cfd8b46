//! An entry of the log, and who or what caused it.

use serde::{Deserialize, Serialize};

use super::Event;
use crate::{
    ids::{AgentId, ConversationId, Seq},
    time::Timestamp,
};

/// One entry of a tenant's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: Seq,
    pub at: Timestamp,
    pub actor: Actor,
    pub conversation: Option<ConversationId>,
    pub event: Event,
}

/// Who or what caused an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "actor", content = "id", rename_all = "snake_case")]
pub enum Actor {
    Customer,
    Bot,
    Agent(AgentId),
    /// The platform itself: timers, imports, the command line.
    System,
    /// Meta's servers: delivery statuses, number changes, echoes.
    Meta,
}
