//! The live wall: what the desk's frames do not carry.

use serde::{Deserialize, Serialize};

use crate::domain::{
    arrivals::Arrivals,
    desk::Row,
    ids::{AgentId, Seq},
    risk::Risk,
    time::Timestamp,
    wall::AtRisk,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wall {
    /// The log position of this read. What frames bring later is applied on top.
    pub seq: Seq,
    /// The zone of the hours of arrivals.
    pub zone: String,
    /// The day of the week that it is there.
    pub weekday: String,
    /// The agents who have the desk open, by name.
    pub people: Vec<PersonHere>,
    /// Customers who wait for a reply of their agent, the one that is due first at the top. At most 30.
    pub replies: Vec<Row>,
    /// Of all customers who wait for an agent or for a reply, listed or not.
    pub at_risk: AtRisk,
    pub arrivals: Arrivals,
    /// The bot's conversations that may need a person, the likeliest first. At most 8.
    pub risks: Vec<RiskyConversation>,
}

/// An agent who has the desk open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonHere {
    pub agent: AgentId,
    pub name: String,
    pub away: bool,
    /// Since when they are online, or away.
    pub since: Timestamp,
}

/// A conversation of the bot that may need a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskyConversation {
    pub row: Row,
    pub risk: Risk,
}
