//! What a bot that has stopped, a notice that was not sent, and a block are called in threads and in the audit log.

use crate::{
    automation::PauseReason,
    block::{self, BlockAct, BlockReason, BlockResult},
    event::{Skipped, SkippedNotice},
    text::capitalized,
};

pub(super) const UNBLOCKED: &str = "unblocked the customer";

pub(super) fn paused(why: PauseReason) -> &'static str {
    match why {
        PauseReason::Loop => "The bot stopped replying: the same messages went back and forth, as with another bot",
        PauseReason::DailyLimit => "The bot stopped replying: the customer's automatic messages of today are used up",
    }
}

pub(super) fn closing_skipped(why: Skipped) -> &'static str {
    match why {
        Skipped::WindowClosed => "Closing message not sent: reply window closed",
        Skipped::TemplateFault => "Closing message not sent: its text has an error. Fix it in Admin, Messages.",
        Skipped::WithOtherApp => "Closing message not sent: another app answers this customer",
        Skipped::DailyLimit => "Closing message not sent: the customer's automatic messages of today are used up",
    }
}

pub(super) fn notice_skipped(notice: SkippedNotice) -> &'static str {
    match notice {
        SkippedNotice::Handoff => "Handoff message not sent: the customer's automatic messages of today are used up",
        SkippedNotice::Reminder => "Reminder not sent: the customer's automatic messages of today are used up",
        SkippedNotice::Rating => "Rating question not sent: the customer's automatic messages of today are used up",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_sent_says_what_it_was_and_why() {
        let why = "the customer's automatic messages of today are used up";
        let table = [
            (notice_skipped(SkippedNotice::Handoff), "Handoff message"),
            (notice_skipped(SkippedNotice::Reminder), "Reminder"),
            (notice_skipped(SkippedNotice::Rating), "Rating question"),
            (closing_skipped(Skipped::DailyLimit), "Closing message"),
            (paused(PauseReason::DailyLimit), "The bot stopped replying"),
        ];
        for (sentence, what) in table {
            assert!(sentence.starts_with(what) && sentence.ends_with(why), "{sentence}");
        }
    }
}
