//! The first word: a business writes to a person who has not written to it. To whom, what the agent notes about the person's
//! agreement, and why it is refused. Who has the conversation then is decided in `conversation/begin.rs`, how a number is read
//! in `phone_number::typed`, what may be sent in `template`.

use serde::{Deserialize, Serialize};

use crate::{handoff::Brief, ids::CustomerId, text::one_line};

/// The most characters of the note.
pub const NOTE_LIMIT: usize = 300;

/// What the dossier says of the agreement, before the note.
const AGREED: &str = "The agent noted that this person agreed to get messages.";

/// To whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstRecipient {
    Customer(CustomerId),
    /// As it was typed.
    Number(String),
}

/// What the agent notes about the person's agreement, which WhatsApp asks of every business that writes first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OptIn {
    /// The agent confirms that the person agreed.
    pub agreed: bool,
    /// How and when, if the agent wrote it down. It is stored with the handoff, where it can be erased.
    pub note: String,
}

impl OptIn {
    /// What is stored with the handoff.
    ///
    /// # Errors
    /// What is missing, for the agent.
    pub fn brief(&self) -> Result<Brief, String> {
        if !self.agreed {
            return Err("Confirm that this person agreed to get messages from you.".to_owned());
        }
        let note = one_line(&self.note.replace('\0', ""));
        let length = note.chars().count();
        if length > NOTE_LIMIT {
            return Err(format!("The note can have up to {NOTE_LIMIT} characters; this one has {length}. Shorten it."));
        }
        let note = if note.is_empty() { AGREED.to_owned() } else { format!("{AGREED} {note}") };
        Ok(Brief { note, ..Brief::default() })
    }
}

/// Why nothing is sent to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotWritable {
    /// It is the business's own number, of this name.
    Own(String),
    Blocked(String),
    /// The person has turned off marketing messages.
    OptedOut(String),
    Group,
}

impl NotWritable {
    /// For the agent.
    pub fn words(&self) -> String {
        match self {
            Self::Own(name) => format!("This is your own number ({name}). Enter a customer's number."),
            Self::Blocked(name) => format!("{name} is blocked. Unblock them in one of their conversations first."),
            Self::OptedOut(name) => {
                format!("{name} opted out of marketing messages. Choose a utility template, or wait until they write.")
            }
            Self::Group => "A group can't be written to. Choose a person.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_without_a_noted_agreement() {
        let note = |agreed, note: &str| OptIn { agreed, note: note.to_owned() }.brief().map(|brief| brief.note);
        assert!(note(false, "In the shop").is_err());
        assert_eq!(note(true, " "), Ok(AGREED.to_owned()));
        assert_eq!(note(true, " In the shop,\n3 May "), Ok(format!("{AGREED} In the shop, 3 May")));
        assert_eq!(note(true, &"x".repeat(NOTE_LIMIT)).map(|note| note.len()), Ok(AGREED.len() + 1 + NOTE_LIMIT));
        let long = note(true, &"x".repeat(NOTE_LIMIT + 1)).expect_err("too long");
        assert!(long.contains("301"), "{long}");
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        let all = [
            NotWritable::Own("Acme".to_owned()),
            NotWritable::Blocked("Rosa".to_owned()),
            NotWritable::OptedOut("Rosa".to_owned()),
            NotWritable::Group,
        ];
        for refusal in all {
            assert!(refusal.words().matches(". ").count() >= 1, "{refusal:?}");
        }
    }

    #[test]
    fn a_recipient_is_named_by_its_kind_on_the_wire() {
        let json = |recipient: &FirstRecipient| serde_json::to_string(recipient).expect("JSON");
        assert_eq!(json(&FirstRecipient::Customer("cus_1".into())), r#"{"customer":"cus_1"}"#);
        assert_eq!(json(&FirstRecipient::Number("+49 1".to_owned())), r#"{"number":"+49 1"}"#);
    }
}
