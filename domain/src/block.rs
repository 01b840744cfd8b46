//! A customer whom the business has blocked: why, since when, and what WhatsApp answered.
//!
//! The block holds in Handoff at once, whatever WhatsApp answers: it accepts blocks only of people who wrote within 24
//! hours.

use serde::{Deserialize, Serialize};

use crate::{time::Timestamp, variant_names::variant_names};

/// Why a customer is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockReason {
    Spam,
    Abuse,
    Fraud,
    /// Another bot, or an automatic reply.
    Machine,
    Other,
}

variant_names!(BlockReason {
    Spam => "spam",
    Abuse => "abuse",
    Fraud => "fraud",
    Machine => "machine",
    Other => "other",
});

impl BlockReason {
    pub fn label(self) -> &'static str {
        match self {
            Self::Spam => "Spam",
            Self::Abuse => "Insults or threats",
            Self::Fraud => "Fraud",
            Self::Machine => "Another bot",
            Self::Other => "Another reason",
        }
    }
}

/// What WhatsApp is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockAct {
    Block,
    Unblock,
}

impl BlockAct {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Unblock => "unblock",
        }
    }
}

/// What WhatsApp answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockResult {
    Accepted,
    Refused,
    /// It could not be asked.
    Unanswered,
}

/// What became of a block or unblock at WhatsApp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockState {
    /// The call is owed.
    Pending,
    Done,
    Refused,
}

variant_names!(BlockState {
    Pending => "pending",
    Done => "done",
    Refused => "refused",
});

/// A block as agents see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerBlock {
    /// `false` after an unblock that WhatsApp has not confirmed.
    pub is_on: bool,
    pub reason: BlockReason,
    pub by: String,
    pub at: Timestamp,
    pub state: BlockState,
    /// Why WhatsApp refused it.
    pub detail: String,
}

impl CustomerBlock {
    /// What WhatsApp did about it.
    pub fn answer(&self) -> String {
        match (self.is_on, self.state) {
            (true, BlockState::Pending) => "WhatsApp has not confirmed the block yet.".to_owned(),
            (true, BlockState::Done) => "Blocked on WhatsApp too.".to_owned(),
            (true, BlockState::Refused) => format!("Blocked here only. WhatsApp refused it: {}", self.detail),
            (false, BlockState::Pending) => "WhatsApp has not confirmed the unblock yet.".to_owned(),
            (false, BlockState::Done) => String::new(),
            (false, BlockState::Refused) => format!("WhatsApp refused the unblock: {}", self.detail),
        }
    }
}

/// Why WhatsApp refuses a block, for agents. `details` is Meta's own explanation.
pub fn refusal(code: i64, details: Option<&str>) -> String {
    match code {
        131_047 => "it blocks only people who wrote within the last 24 hours.".to_owned(),
        139_101 => "the number's list of blocked people is full.".to_owned(),
        139_102 => "another change of the list is under way.".to_owned(),
        _ => details.map_or_else(|| format!("code {code}."), |details| format!("{details} (code {code})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_says_what_whatsapp_did() {
        let block = |is_on, state| CustomerBlock {
            is_on,
            reason: BlockReason::Spam,
            by: "Ana".to_owned(),
            at: Timestamp(1),
            state,
            detail: refusal(131_047, None),
        };
        assert_eq!(
            block(true, BlockState::Refused).answer(),
            "Blocked here only. WhatsApp refused it: it blocks only people who wrote within the last 24 hours."
        );
        assert_eq!(block(true, BlockState::Done).answer(), "Blocked on WhatsApp too.");
        assert_eq!(block(false, BlockState::Done).answer(), "");
        assert!(block(false, BlockState::Refused).answer().starts_with("WhatsApp refused the unblock: "));
        for is_on in [true, false] {
            assert!(block(is_on, BlockState::Pending).answer().contains("not confirmed"));
        }
    }

    #[test]
    fn unknown_codes_keep_metas_explanation() {
        assert_eq!(refusal(139_103, Some("Internal error")), "Internal error (code 139103)");
        assert_eq!(refusal(7, None), "code 7.");
    }

    #[test]
    fn every_reason_has_a_label() {
        let labels: std::collections::BTreeSet<_> = BlockReason::ALL.into_iter().map(BlockReason::label).collect();
        assert_eq!(labels.len(), BlockReason::ALL.len());
    }

    #[test]
    fn a_known_code_is_said_in_our_words() {
        for (code, words) in
            [(131_047, "24 hours"), (139_101, "list of blocked people is full"), (139_102, "under way")]
        {
            let said = refusal(code, Some("Internal error"));
            assert!(said.contains(words) && !said.contains("Internal error"), "{said}");
        }
    }
}
