//! The automatic texts that customers receive, by name.

use serde::{Deserialize, Serialize};

/// The texts by name, in the order in which admins see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextName {
    Greeting,
    Fallback,
    NoticeOnline,
    NoticeOffline,
    Closing,
    Reminder,
}

impl TextName {
    pub const ALL: [TextName; 6] =
        [Self::Greeting, Self::Fallback, Self::NoticeOnline, Self::NoticeOffline, Self::Closing, Self::Reminder];

    pub fn label(self) -> &'static str {
        match self {
            Self::Greeting => "Greeting",
            Self::Fallback => "Fallback",
            Self::NoticeOnline => "Handoff message, agents online",
            Self::NoticeOffline => "Handoff message, no agents online",
            Self::Closing => "Closing message",
            Self::Reminder => "Reminder",
        }
    }

    /// When customers receive it, and what an empty text means.
    pub fn description(self) -> &'static str {
        match self {
            Self::Greeting => {
                "The bot's reply to the first message of a conversation. Leave empty to use the fallback. Variables: \
                 {{ customer.first_name }}, {{ customer.name }}, {{ tenant.name }}."
            }
            Self::Fallback => {
                "The bot's reply to everything else. Leave empty to hand off to an agent. Variables: {{ \
                 customer.first_name }}, {{ customer.name }}, {{ tenant.name }}."
            }
            Self::NoticeOnline => {
                "Sent when a conversation is handed off. Leave empty to send nothing. Variables: {{ \
                 customer.first_name }}, {{ customer.name }}, {{ tenant.name }}."
            }
            Self::NoticeOffline => {
                "Sent instead when no agent is online. Leave empty to send nothing. Variables: {{ customer.first_name \
                 }}, {{ customer.name }}, {{ tenant.name }}."
            }
            Self::Closing => {
                "Sent when an agent closes the conversation, within the 24-hour window. Leave empty to send nothing. \
                 Variables: {{ customer.first_name }}, {{ customer.name }}, {{ agent.name }}, {{ tenant.name }}."
            }
            Self::Reminder => {
                "Sent once to a customer who doesn't answer an agent, after the time set below. Leave empty to \
                 send nothing. Variables: {{ customer.first_name }}, {{ customer.name }}, {{ agent.name }}, {{ \
                 tenant.name }}."
            }
        }
    }
}

impl TextName {
    /// The notice for a customer when this many agents are online.
    pub fn notice(online: usize) -> Self {
        if online > 0 { Self::NoticeOnline } else { Self::NoticeOffline }
    }
}

impl TextName {
    /// The texts in whose place a template can be sent. The greeting and the fallback answer a message, which has just
    /// opened the window.
    pub const WITH_TEMPLATE: [Self; 4] = [Self::NoticeOnline, Self::NoticeOffline, Self::Closing, Self::Reminder];

    pub fn has_template(self) -> bool {
        match self {
            Self::NoticeOnline | Self::NoticeOffline | Self::Closing | Self::Reminder => true,
            Self::Greeting | Self::Fallback => false,
        }
    }

    /// Whether an agent has the conversation when it is sent.
    pub fn has_agent(self) -> bool {
        match self {
            Self::Closing | Self::Reminder => true,
            Self::Greeting | Self::Fallback | Self::NoticeOnline | Self::NoticeOffline => false,
        }
    }
}
