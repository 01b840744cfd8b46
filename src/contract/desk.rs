//! Data that the layout and the desk's filters load first.

use serde::{Deserialize, Serialize};

use crate::domain::{
    alert::{Mention, ReturnedConversation},
    desk::{Desk, Row, Stopped},
    ids::{AgentId, ChannelId, ConversationId},
    time::Timestamp,
};

/// What the layout of every signed-in page loads: waiting handoffs, the viewer's pending endings, counts, presence and
/// the options of the desk's filters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calls {
    /// Waiting handoffs, oldest first; at most 20.
    pub waiting: Vec<Row>,
    /// Counts and cursor; its groups are empty.
    pub desk: Desk,
    pub online: Vec<AgentId>,
    /// Server time of this read. Handoffs requested later are announced as new.
    #[serde(default)]
    pub at: Timestamp,
    /// Conversations whose pending close or return the viewer pressed, in the order in which they take effect.
    #[serde(default)]
    pub endings: Vec<Row>,
    /// The viewer's conversations that hold news they have not seen.
    #[serde(default)]
    pub unread: Vec<ConversationId>,
    /// The conversations in which the viewer has typed something and not sent it, or in which a message of theirs was not
    /// sent at its time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drafts: Vec<ConversationId>,
    /// Read with the layout, because a request and resource of their own would weigh more than they do.
    #[serde(default)]
    pub choices: Choices,
    /// [`Asides`] as JSON.
    #[serde(default)]
    pub asides: String,
}

/// What the calls hold for the extras alone. They carry it as text: read with them, it would put the code of its types
/// into the page's first load.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asides {
    /// Conversations that were returned to Unassigned while the viewer was gone, until they have read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<ReturnedConversation>,
    /// Notes that mention the viewer, until they have looked at the conversation. Oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// Numbers that cannot send now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stopped: Vec<Stopped>,
    /// The checklist of a new company, in order. Empty once everything is done, or an admin has dismissed it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setup: Vec<SetupStep>,
}

impl Asides {
    pub fn write(&self) -> String {
        // Texts and ids can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Empty if it cannot be read: it comes from another version of the server.
    pub fn read(text: &str) -> Self {
        serde_json::from_slice(text.as_bytes()).unwrap_or_default()
    }
}

/// One line of the checklist of a new company. Its words come from the server, so that the page holds none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupStep {
    pub label: String,
    /// How it is done.
    pub hint: String,
    /// The page where the caller can do it.
    pub href: Option<String>,
    pub is_done: bool,
}

/// The position of the step that the first message of a customer completes.
pub const FIRST_MESSAGE: usize = 1;

/// The options of the filter's selects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    pub agents: Vec<(AgentId, String)>,
    pub channels: Vec<(ChannelId, String)>,
    /// Those of `agents` who are deactivated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<AgentId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asides_of_another_version_are_empty() {
        let step = SetupStep { label: "A number".into(), hint: "Connect it".into(), href: None, is_done: false };
        let asides = Asides { setup: vec![step], ..Asides::default() };
        assert_eq!(Asides::read(&asides.write()), asides);
        for other in ["", "{}", r#"{"setup":7}"#] {
            assert_eq!(Asides::read(other), Asides::default(), "{other}");
        }
    }
}
