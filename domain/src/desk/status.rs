//! The status of a filter: one group of the list, or all groups of the viewer's own conversations.

use serde::{Deserialize, Serialize};

use super::Group;
use crate::variant_names::variant_names;

/// What a view shows. Stored views and addresses have these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The viewer's own conversations, in whichever group.
    Mine,
    ReplyNow,
    #[serde(rename = "waiting")]
    Unassigned,
    CustomersTurn,
    Snoozed,
    #[serde(rename = "team")]
    Others,
    Bot,
    Closed,
}

variant_names!(Status {
    Mine => "mine",
    ReplyNow => "reply_now",
    Unassigned => "waiting",
    CustomersTurn => "customers_turn",
    Snoozed => "snoozed",
    Others => "team",
    Bot => "bot",
    Closed => "closed",
});

impl Status {
    /// Whether a view with this status shows `group`.
    pub fn includes(self, group: Group) -> bool {
        match self {
            Self::Mine => matches!(group, Group::ReplyNow | Group::CustomersTurn | Group::Snoozed),
            Self::ReplyNow => group == Group::ReplyNow,
            Self::Unassigned => group == Group::Unassigned,
            Self::CustomersTurn => group == Group::CustomersTurn,
            Self::Snoozed => group == Group::Snoozed,
            Self::Others => group == Group::Others,
            Self::Bot => group == Group::Bot,
            Self::Closed => group == Group::Closed,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Mine => "Mine",
            Self::ReplyNow => Group::ReplyNow.label(),
            Self::Unassigned => Group::Unassigned.label(),
            Self::CustomersTurn => Group::CustomersTurn.label(),
            Self::Snoozed => Group::Snoozed.label(),
            Self::Others => Group::Others.label(),
            Self::Bot => Group::Bot.label(),
            Self::Closed => Group::Closed.label(),
        }
    }
}

impl From<Group> for Status {
    fn from(group: Group) -> Self {
        match group {
            Group::ReplyNow => Self::ReplyNow,
            Group::Unassigned => Self::Unassigned,
            Group::CustomersTurn => Self::CustomersTurn,
            Group::Snoozed => Self::Snoozed,
            Group::Others => Self::Others,
            Group::Bot => Self::Bot,
            Group::Closed => Self::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_shows_its_group_and_mine_shows_all_of_ones_own() {
        for group in Group::ALL {
            let shown: Vec<_> = Status::ALL.into_iter().filter(|status| status.includes(group)).collect();
            let own = matches!(group, Group::ReplyNow | Group::CustomersTurn | Group::Snoozed);
            let expected = if own { vec![Status::Mine, group.into()] } else { vec![group.into()] };
            assert_eq!(shown, expected);
            assert_eq!((Status::from(group).as_str(), Status::from(group).label()), (group.as_str(), group.label()));
        }
    }

    #[test]
    fn addresses_of_earlier_versions_are_read() {
        for (name, groups) in [
            ("waiting", vec![Group::Unassigned]),
            ("mine", vec![Group::ReplyNow, Group::CustomersTurn, Group::Snoozed]),
            ("team", vec![Group::Others]),
            ("bot", vec![Group::Bot]),
            ("closed", vec![Group::Closed]),
        ] {
            let status: Status = name.parse().expect("a known name");
            let json: Status = serde_json::from_str(&format!("\"{name}\"")).expect("a stored view");
            assert_eq!(status, json);
            assert_eq!(Group::ALL.into_iter().filter(|group| status.includes(*group)).collect::<Vec<_>>(), groups);
        }
    }
}
