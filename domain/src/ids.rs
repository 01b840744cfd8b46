//! Typed ids: opaque, prefixed strings that sort by creation time (`cnv_01J..`).
//!
//! One generic type with a marker per noun, so that a customer's id cannot be passed as a conversation's.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Serialize};

/// The noun of an id. The prefix identifies the noun in a log.
pub trait Noun {
    const PREFIX: &'static str;
}

/// An id of one noun. Opaque: compare and store it, never parse it.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Id<N>(String, #[serde(skip)] PhantomData<fn() -> N>);

impl<N> Id<N> {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl<N: Noun> Id<N> {
    /// Joins the noun's prefix and a unique, sortable suffix (a ULID made by the caller).
    pub fn from_tail(tail: impl fmt::Display) -> Self {
        Self(format!("{}_{tail}", N::PREFIX), PhantomData)
    }
}

impl<N> From<String> for Id<N> {
    fn from(raw: String) -> Self {
        Self(raw, PhantomData)
    }
}

impl<N> From<&str> for Id<N> {
    fn from(raw: &str) -> Self {
        Self(raw.to_owned(), PhantomData)
    }
}

impl<N> Clone for Id<N> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}
impl<N> PartialEq for Id<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<N> Eq for Id<N> {}
impl<N> PartialOrd for Id<N> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<N> Ord for Id<N> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<N> std::hash::Hash for Id<N> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<N> fmt::Debug for Id<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl<N> fmt::Display for Id<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Marker types without values, one per noun.
pub mod noun {
    use super::Noun;

    pub enum TenantNoun {}
    impl Noun for TenantNoun {
        const PREFIX: &'static str = "tnt";
    }
    pub enum AppNoun {}
    impl Noun for AppNoun {
        const PREFIX: &'static str = "app";
    }
    pub enum ChannelNoun {}
    impl Noun for ChannelNoun {
        const PREFIX: &'static str = "chn";
    }
    pub enum CustomerNoun {}
    impl Noun for CustomerNoun {
        const PREFIX: &'static str = "cus";
    }
    pub enum ConversationNoun {}
    impl Noun for ConversationNoun {
        const PREFIX: &'static str = "cnv";
    }
    pub enum HandoffNoun {}
    impl Noun for HandoffNoun {
        const PREFIX: &'static str = "hof";
    }
    pub enum AgentNoun {}
    impl Noun for AgentNoun {
        const PREFIX: &'static str = "agt";
    }
    pub enum TeamNoun {}
    impl Noun for TeamNoun {
        const PREFIX: &'static str = "tem";
    }
    pub enum MessageNoun {}
    impl Noun for MessageNoun {
        const PREFIX: &'static str = "msg";
    }
    pub enum KeywordNoun {}
    impl Noun for KeywordNoun {
        const PREFIX: &'static str = "kwd";
    }
    pub enum OutboxNoun {}
    impl Noun for OutboxNoun {
        const PREFIX: &'static str = "out";
    }
    pub enum JobNoun {}
    impl Noun for JobNoun {
        const PREFIX: &'static str = "job";
    }
    pub enum JournalNoun {}
    impl Noun for JournalNoun {
        const PREFIX: &'static str = "jrn";
    }
    pub enum FlowNoun {}
    impl Noun for FlowNoun {
        const PREFIX: &'static str = "flw";
    }
    pub enum VariableNoun {}
    impl Noun for VariableNoun {
        const PREFIX: &'static str = "var";
    }
    pub enum CallNoun {}
    impl Noun for CallNoun {
        const PREFIX: &'static str = "cal";
    }
    pub enum MediaNoun {}
    impl Noun for MediaNoun {
        const PREFIX: &'static str = "med";
    }
    pub enum NodeNoun {}
    impl Noun for NodeNoun {
        const PREFIX: &'static str = "nod";
    }
    pub enum EndingNoun {}
    impl Noun for EndingNoun {
        const PREFIX: &'static str = "end";
    }
    pub enum OutcomeNoun {}
    impl Noun for OutcomeNoun {
        const PREFIX: &'static str = "otc";
    }
    pub enum SavedReplyNoun {}
    impl Noun for SavedReplyNoun {
        const PREFIX: &'static str = "srp";
    }
    pub enum AccountLinkNoun {}
    impl Noun for AccountLinkNoun {
        const PREFIX: &'static str = "lnk";
    }
    pub enum SessionNoun {}
    impl Noun for SessionNoun {
        const PREFIX: &'static str = "ses";
    }
    pub enum FactorNoun {}
    impl Noun for FactorNoun {
        const PREFIX: &'static str = "fac";
    }
    pub enum TemplateNoun {}
    impl Noun for TemplateNoun {
        const PREFIX: &'static str = "tpl";
    }
    pub enum NoteNoun {}
    impl Noun for NoteNoun {
        const PREFIX: &'static str = "not";
    }
    pub enum ScheduledNoun {}
    impl Noun for ScheduledNoun {
        const PREFIX: &'static str = "sch";
    }
}

pub type TenantId = Id<noun::TenantNoun>;
pub type AppId = Id<noun::AppNoun>;
pub type ChannelId = Id<noun::ChannelNoun>;
pub type CustomerId = Id<noun::CustomerNoun>;
pub type ConversationId = Id<noun::ConversationNoun>;
pub type HandoffId = Id<noun::HandoffNoun>;
pub type AgentId = Id<noun::AgentNoun>;
pub type TeamId = Id<noun::TeamNoun>;
pub type TemplateId = Id<noun::TemplateNoun>;
pub type MessageId = Id<noun::MessageNoun>;
pub type KeywordId = Id<noun::KeywordNoun>;
pub type OutboxId = Id<noun::OutboxNoun>;
pub type JobId = Id<noun::JobNoun>;
pub type JournalId = Id<noun::JournalNoun>;
pub type FlowId = Id<noun::FlowNoun>;
pub type VariableId = Id<noun::VariableNoun>;
pub type CallId = Id<noun::CallNoun>;
pub type MediaId = Id<noun::MediaNoun>;
/// One of the processes that share a database.
pub type NodeId = Id<noun::NodeNoun>;
/// A pending close or return to the bot.
pub type EndingId = Id<noun::EndingNoun>;
/// What an agent chose as the result of a conversation.
pub type OutcomeId = Id<noun::OutcomeNoun>;
/// A text that agents insert into their replies.
pub type SavedReplyId = Id<noun::SavedReplyNoun>;
/// A one-time link with which a person sets a password.
pub type AccountLinkId = Id<noun::AccountLinkNoun>;
/// A sign-in of an agent in one browser. It is no secret, unlike the token in the browser's cookie.
pub type SessionId = Id<noun::SessionNoun>;
/// A second factor of an agent: a secret that an authenticator app has, too.
pub type FactorId = Id<noun::FactorNoun>;
/// What agents write to each other in a conversation. It is no message: nothing that sends takes its id.
pub type NoteId = Id<noun::NoteNoun>;
/// A message that waits to be sent. Once it is sent, its message has an id of that time.
pub type ScheduledId = Id<noun::ScheduledNoun>;

/// The position of an entry in its tenant's log: increases by one per entry, in commit order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub i64);

impl Seq {
    /// The position of the next entry.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The key of the line of the entry at `seq`, which is its anchor in the page.
pub fn line_key(seq: Seq) -> String {
    format!("line_{}", seq.0)
}

/// Incremented by every state change, claim and human message of a conversation. A bot turn commits only at the epoch it
/// began with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub i64);

impl Epoch {
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// Meta's message id (`wamid.`): opaque, unique within a channel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wamid(pub String);

/// The shortest token, in bytes. Meta's have about twenty.
const SHORTEST_TOKEN: usize = 8;

impl Wamid {
    /// What names the message whatever else the id holds. Meta makes ids for the customer's number or for their user id,
    /// and may name one message by both: what is encoded in them ends with the same letters and digits. `None` for ids of
    /// another form.
    pub fn token(&self) -> Option<String> {
        let bytes = decoded(self.0.strip_prefix("wamid.")?)?;
        let end = bytes.iter().rposition(|byte| *byte != 0)? + 1;
        let start = bytes[..end].iter().rposition(|byte| !byte.is_ascii_alphanumeric())? + 1;
        let token = &bytes[start..end];
        (token.len() >= SHORTEST_TOKEN).then(|| token.iter().copied().map(char::from).collect())
    }
}

/// The bytes of a text in base64, with or without its padding.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        held = (held << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_its_nouns_prefix_and_a_unique_tail() {
        let id = ConversationId::from_tail("01J");
        assert_eq!((id.as_str(), id.to_string(), format!("{id:?}")), ("cnv_01J", "cnv_01J".into(), "cnv_01J".into()));
        assert_eq!(id.clone().into_string(), "cnv_01J");
        assert_eq!(id, ConversationId::from("cnv_01J".to_owned()));
        assert_eq!(serde_json::to_string(&id).expect("JSON"), "\"cnv_01J\"");
    }

    #[test]
    fn ids_are_equal_and_sorted_by_their_text() {
        let (first, second) = (MessageId::from("msg_1"), MessageId::from("msg_2"));
        assert_ne!(first, second);
        assert!(first < second);
        assert_eq!(first.cmp(&first.clone()), std::cmp::Ordering::Equal);
    }

    #[test]
    fn an_id_has_the_hash_of_its_text() {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let hash = |value: &dyn Fn(&mut DefaultHasher)| {
            let mut hasher = DefaultHasher::new();
            value(&mut hasher);
            hasher.finish()
        };
        let id = |raw: &str| hash(&|hasher| MessageId::from(raw).hash(hasher));
        assert_eq!(id("msg_1"), hash(&|hasher| "msg_1".hash(hasher)));
        assert_ne!(id("msg_1"), id("msg_2"));
    }

    #[test]
    fn a_message_is_named_by_the_end_of_its_id() {
        let token = |id: &str| Wamid(id.to_owned()).token();
        // One message, for a number and for a user id.
        let number = "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzRUIwQTk4NkNGMUZCMDZERTREMAA=";
        assert_eq!(token(number).as_deref(), Some("3EB0A986CF1FB06DE4D0"));
        let user = "wamid.HBgSVVMuMTE4MTU1NTEyMzQ1Njc4FQIAEhgUM0VCMEE5ODZDRjFGQjA2REU0RDAA";
        assert_eq!(token(user), token(number));
        let other = "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI2QzNGOEI5RTJGMkI0RkE3QTAA";
        assert_eq!(token(other).as_deref(), Some("6C3F8B9E2F2B4FA7A0"));
        for id in ["wamid.xyzxyz", "wamid.Q", "wamid.", "wamid.4915550001.3", "print.0123456789abcdef", "", "wamid.é"]
        {
            assert_eq!(token(id), None, "{id}");
        }
    }

    #[test]
    fn a_lines_key_and_the_next_epoch_come_from_their_numbers() {
        assert_eq!(line_key(Seq(42)), "line_42");
        assert_eq!((Seq(4).next(), Epoch(4).next()), (Seq(5), Epoch(5)));
    }

    #[test]
    fn both_alphabets_of_base64_are_read() {
        assert_eq!(decoded("-_8="), decoded("+/8="));
        assert_eq!(decoded("+/8="), Some(vec![0xfb, 0xff]));
    }
}
