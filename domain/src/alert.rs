//! Alerts: what calls an agent's attention to a conversation, and which of it the agent wants to hear.
//!
//! Titles and counts show everything, whatever an agent has silenced. To add a kind: a variant of [`AlertKind`], and
//! where it comes from: in the live frames, or in the page.

use serde::{Deserialize, Serialize};

use super::{
    ids::{AgentId, ConversationId, NoteId, Seq},
    variant_names::variant_names,
};

/// What an agent can switch off. Stored by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A conversation waits for an agent.
    Handoffs,
    /// A customer of the agent wrote.
    Customers,
    /// A colleague took over a conversation of the agent.
    Takeovers,
    /// A message of the agent was not delivered.
    Failures,
    /// The time has come until which the agent had put a conversation aside.
    Snoozes,
    /// A colleague mentioned the agent in a note.
    Mentions,
}

variant_names!(AlertKind {
    Handoffs => "handoffs",
    Customers => "customers",
    Takeovers => "takeovers",
    Failures => "failures",
    Snoozes => "snoozes",
    Mentions => "mentions",
});

impl AlertKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::Handoffs => "New handoffs",
            Self::Customers => "Messages from my customers",
            Self::Takeovers => "A colleague takes over from me",
            Self::Failures => "A message of mine isn't delivered",
            Self::Snoozes => "A snooze of mine ends",
            Self::Mentions => "A colleague mentions me in a note",
        }
    }
}

/// What an agent has silenced. Everything else makes a sound and a desktop notification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SilencedAlerts(Vec<AlertKind>);

impl SilencedAlerts {
    pub fn contains(&self, kind: AlertKind) -> bool {
        self.0.contains(&kind)
    }

    pub fn silence(&mut self, kind: AlertKind) {
        if !self.contains(kind) {
            self.0.push(kind);
            self.0.sort_unstable();
        }
    }

    pub fn hear(&mut self, kind: AlertKind) {
        self.0.retain(|other| *other != kind);
    }
}

/// News about a conversation for one agent, as a frame carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    pub agent: AgentId,
    pub conversation: ConversationId,
    /// The log entry, which identifies the alert: a page that gets a frame twice, and several pages of one agent, alert
    /// once.
    pub seq: Seq,
    pub cause: AlertCause,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertCause {
    CustomerWrote,
    /// The colleague's name.
    TakenOver {
        by: String,
    },
    NotDelivered,
    /// The snooze has ended by its time.
    SnoozeOver,
    /// The agent was gone, and the conversation went back to Unassigned.
    Returned,
    /// A colleague of this name mentioned the agent in a note.
    Mentioned {
        by: String,
        note: NoteId,
    },
}

impl AlertCause {
    /// The kind that an agent can silence. A return is told when the agent is back, without a sound.
    pub fn kind(&self) -> Option<AlertKind> {
        match self {
            Self::CustomerWrote => Some(AlertKind::Customers),
            Self::TakenOver { .. } => Some(AlertKind::Takeovers),
            Self::NotDelivered => Some(AlertKind::Failures),
            Self::SnoozeOver => Some(AlertKind::Snoozes),
            Self::Mentioned { .. } => Some(AlertKind::Mentions),
            Self::Returned => None,
        }
    }

    /// What a notification says below the customer's name. `preview` is the conversation's last message.
    pub fn detail(&self, preview: &str) -> String {
        match self {
            Self::CustomerWrote => preview.to_owned(),
            Self::TakenOver { by } => format!("{by} took over this conversation."),
            Self::NotDelivered => "Your message wasn't delivered.".to_owned(),
            Self::SnoozeOver => "The snooze is over.".to_owned(),
            Self::Returned => "This conversation was returned to Unassigned.".to_owned(),
            Self::Mentioned { by, .. } => format!("{by} mentioned you in a note."),
        }
    }
}

/// A note that mentions an agent who has not looked at it yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    pub note: NoteId,
    pub conversation: ConversationId,
    /// The customer's name.
    pub name: String,
    /// The author's.
    pub by: String,
}

/// A conversation that was returned to Unassigned while its agent was gone, until the agent has read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedConversation {
    pub id: ConversationId,
    /// The customer's.
    pub name: String,
}

/// What an agent reads who is back. Of more than three customers, two are named.
pub fn returned_notice(returned: &[ReturnedConversation]) -> Option<String> {
    // Isolated, because a name may run from right to left.
    let name = |one: &ReturnedConversation| format!("\u{2068}{}\u{2069}", one.name);
    let names = match returned {
        [] => return None,
        [one] => name(one),
        [one, two] => format!("{} and {}", name(one), name(two)),
        [one, two, three] => format!("{}, {} and {}", name(one), name(two), name(three)),
        [one, two, others @ ..] => format!("{}, {} and {} more", name(one), name(two), others.len()),
    };
    Some(match returned.len() {
        1 => format!("While you were away, 1 conversation was returned to Unassigned: {names}."),
        n => format!("While you were away, {n} conversations were returned to Unassigned: {names}."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_heard_until_it_is_silenced() {
        let mut silenced = SilencedAlerts::default();
        for kind in AlertKind::ALL {
            assert!(!silenced.contains(kind));
            silenced.silence(kind);
            silenced.silence(kind);
            assert!(silenced.contains(kind));
        }
        let json = serde_json::to_string(&silenced).expect("is JSON");
        assert_eq!(json, r#"["handoffs","customers","takeovers","failures","snoozes","mentions"]"#);
        assert_eq!(serde_json::from_str::<SilencedAlerts>(&json).expect("is read"), silenced);
        silenced.hear(AlertKind::Customers);
        assert!(!silenced.contains(AlertKind::Customers) && silenced.contains(AlertKind::Failures));
    }

    #[test]
    fn a_notification_says_what_happened() {
        let table = [
            (AlertCause::CustomerWrote, Some(AlertKind::Customers), "Where is it?"),
            (
                AlertCause::TakenOver { by: "Ben".into() },
                Some(AlertKind::Takeovers),
                "Ben took over this conversation.",
            ),
            (AlertCause::NotDelivered, Some(AlertKind::Failures), "Your message wasn't delivered."),
            (AlertCause::SnoozeOver, Some(AlertKind::Snoozes), "The snooze is over."),
            (
                AlertCause::Mentioned { by: "Ben".into(), note: "not_1".into() },
                Some(AlertKind::Mentions),
                "Ben mentioned you in a note.",
            ),
            (AlertCause::Returned, None, "This conversation was returned to Unassigned."),
        ];
        for (cause, kind, detail) in table {
            assert_eq!((cause.kind(), cause.detail("Where is it?").as_str()), (kind, detail));
        }
        for kind in AlertKind::ALL {
            assert!(!kind.label().is_empty());
        }
    }

    #[test]
    fn the_notice_counts_and_names_what_was_returned() {
        let returned = |names: &[&str]| -> Vec<ReturnedConversation> {
            names.iter().map(|name| ReturnedConversation { id: (*name).into(), name: (*name).to_owned() }).collect()
        };
        let says = |names: &[&str]| {
            let words = returned_notice(&returned(names)).unwrap_or_default();
            assert_eq!(words.matches('\u{2068}').count(), words.matches('\u{2069}').count());
            words.replace(['\u{2068}', '\u{2069}'], "")
        };
        let many = |n: usize, names: &str| {
            format!("While you were away, {n} conversations were returned to Unassigned: {names}.")
        };
        assert_eq!(says(&[]), "");
        assert_eq!(says(&["Eva"]), "While you were away, 1 conversation was returned to Unassigned: Eva.");
        assert_eq!(says(&["Eva", "Jo"]), many(2, "Eva and Jo"));
        assert_eq!(says(&["Eva", "Jo", "Kim"]), many(3, "Eva, Jo and Kim"));
        assert_eq!(says(&["Eva", "Jo", "Kim", "Lea", "Max"]), many(5, "Eva, Jo and 3 more"));
    }

    #[test]
    fn every_kind_has_a_label() {
        let labels: std::collections::BTreeSet<_> = AlertKind::ALL.into_iter().map(AlertKind::label).collect();
        assert_eq!(labels.len(), AlertKind::ALL.len());
    }
}
