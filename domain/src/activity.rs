//! Which agents have a conversation open, and who of them is typing, for their colleagues who have it open, too.
//!
//! Pages report it every few seconds. A report that is not repeated expires, so a page that is gone needs no report.

use serde::{Deserialize, Serialize};

use super::{
    ids::{AgentId, ConversationId},
    time::{Span, Timestamp},
};

/// How long a report of an open conversation counts.
const VIEWING: Span = Span::seconds(45);
/// How long a report of typing counts.
const TYPING: Span = Span::seconds(8);

/// What a page reports about an open conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// It is on the screen, and nothing is being typed.
    Viewing,
    Typing,
    /// It is no longer on the screen.
    Left,
}

impl Activity {
    /// After how long a page reports the same again. Several reports may be lost before the last one expires.
    pub const fn renewal(self) -> Span {
        match self {
            Self::Viewing | Self::Left => Span::seconds(20),
            Self::Typing => Span::seconds(4),
        }
    }

    /// Until when a report counts that arrives now, as viewing and as typing. `None`: the agent has left.
    pub fn expiry(self, now: Timestamp) -> Option<Expiry> {
        match self {
            Self::Viewing => Some(Expiry { viewing: now.plus(VIEWING), typing: now }),
            Self::Typing => Some(Expiry { viewing: now.plus(VIEWING), typing: now.plus(TYPING) }),
            Self::Left => None,
        }
    }
}

/// When the last report expires, by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    pub viewing: Timestamp,
    pub typing: Timestamp,
}

/// A colleague who has a conversation open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveAgent {
    pub conversation: ConversationId,
    pub agent: AgentId,
    pub name: String,
    pub until: Expiry,
}

/// What is said about the colleagues who have `conversation` open now: who types, else who looks.
pub fn sentence(active: &[ActiveAgent], conversation: &ConversationId, now: Timestamp) -> Option<String> {
    let names = |counts: fn(&Expiry) -> Timestamp| -> Vec<&str> {
        let here = active.iter().filter(|one| one.conversation == *conversation && now < counts(&one.until));
        here.map(|one| one.name.as_str()).collect()
    };
    let (names, verb) = match (names(|until| until.typing), names(|until| until.viewing)) {
        (typing, _) if !typing.is_empty() => (typing, "typing"),
        (_, viewing) => (viewing, "viewing"),
    };
    match names[..] {
        [] => None,
        [one] => Some(format!("{one} is {verb}")),
        [one, other] => Some(format!("{one} and {other} are {verb}")),
        [one, ref others @ ..] => Some(format!("{one} and {} others are {verb}", others.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn active(name: &str, activity: Activity, at: Timestamp) -> ActiveAgent {
        let (conversation, agent) = ("cnv_1".into(), AgentId::from(name));
        ActiveAgent { conversation, agent, name: name.to_owned(), until: activity.expiry(at).expect("is there") }
    }

    #[test]
    fn who_types_is_named_before_who_looks() {
        let at = Timestamp(1_000);
        let says = |active: &[ActiveAgent]| sentence(active, &"cnv_1".into(), at);
        assert_eq!(says(&[]), None);
        let [ana, ben, chloe] = ["Ana", "Ben", "Chloe"].map(|name| active(name, Activity::Viewing, at));
        assert_eq!(says(std::slice::from_ref(&ana)).as_deref(), Some("Ana is viewing"));
        assert_eq!(says(&[ana.clone(), ben.clone()]).as_deref(), Some("Ana and Ben are viewing"));
        assert_eq!(says(&[ana.clone(), ben, chloe]).as_deref(), Some("Ana and 2 others are viewing"));
        let ben = active("Ben", Activity::Typing, at);
        assert_eq!(says(&[ana, ben.clone()]).as_deref(), Some("Ben is typing"));
        assert_eq!(sentence(&[ben], &"cnv_2".into(), at), None, "another conversation");
    }

    #[test]
    fn a_report_that_is_not_repeated_expires() {
        let ben = [active("Ben", Activity::Typing, Timestamp(0))];
        let says = |at| sentence(&ben, &"cnv_1".into(), at);
        let last = |span: Span| Timestamp(span.0 - 1);
        assert_eq!(says(last(TYPING)).as_deref(), Some("Ben is typing"));
        assert_eq!(says(Timestamp(TYPING.0)).as_deref(), Some("Ben is viewing"));
        assert_eq!(says(last(VIEWING)).as_deref(), Some("Ben is viewing"));
        assert_eq!(says(Timestamp(VIEWING.0)), None);
        assert_eq!(Activity::Left.expiry(Timestamp(0)), None);
    }

    #[test]
    fn a_report_is_repeated_before_it_expires() {
        for (activity, lasts) in [(Activity::Viewing, VIEWING), (Activity::Typing, TYPING)] {
            assert!(activity.renewal() > Span(0) && activity.renewal() < lasts, "{activity:?}");
        }
    }
}
