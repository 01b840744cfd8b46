//! What a bot that has stopped, and a block, are called in threads and in the audit log.

use crate::{
    automation::PauseReason,
    block::{self, BlockAct, BlockReason, BlockResult},
    text::capitalized,
};

pub(super) const UNBLOCKED: &str = "unblocked the customer";

pub(super) fn paused(why: PauseReason) -> &'static str {
    match why {
        PauseReason::Loop => "The bot stopped replying: the same messages went back and forth, as with another bot",
        PauseReason::DailyLimit => "The bot stopped replying: the customer's automatic messages of today are used up",
    }
}

pub(super) fn blocked(reason: BlockReason) -> String {
    format!("blocked the customer · {}", reason.label())
}

/// A line about an agent as a sentence of the audit log.
pub(super) fn audited(line: &str) -> String {
    capitalized(&line.replace(" · ", ": "))
}

pub(super) fn answered(act: BlockAct, answer: BlockResult, code: Option<i64>) -> String {
    let act = act.as_str();
    match (answer, code) {
        (BlockResult::Accepted, _) => format!("WhatsApp confirmed the {act}"),
        (BlockResult::Refused, Some(code)) => format!("WhatsApp refused the {act}: {}", block::refusal(code, None)),
        (BlockResult::Refused, None) => format!("WhatsApp refused the {act}"),
        (BlockResult::Unanswered, _) => format!("WhatsApp could not be reached about the {act}"),
    }
}
