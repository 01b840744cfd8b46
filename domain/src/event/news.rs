//! What is news for the owner of a conversation, and counts as unread.

use super::{Actor, Amendment, Event};

impl Event {
    /// Whether it is news for the conversation's owner: a message of the customer that the thread
    /// shows, or a change of one. Imports and what the business changes are none.
    pub fn is_news(&self, actor: &Actor) -> bool {
        match self {
            Self::CustomerWrote { unread, .. } => *unread,
            Self::Amended { what, .. } => match what {
                Amendment::Edited | Amendment::Revoked => *actor == Actor::Customer,
                Amendment::Reacted | Amendment::FileKept | Amendment::FileFailed => false,
            },
            Self::Started { .. }
            | Self::Queued { .. }
            | Self::Echoed { .. }
            | Self::Delivered { .. }
            | Self::Resent { .. }
            | Self::WindowRefused { .. }
            | Self::HandedOff { .. }
            | Self::Claimed { .. }
            | Self::FirstReplied { .. }
            | Self::FirstReplySent { .. }
            | Self::Answered { .. }
            | Self::AnswerFailed { .. }
            | Self::Released { .. }
            | Self::TakenOver { .. }
            | Self::ReturnedToBot { .. }
            | Self::Closed { .. }
            | Self::Reopened { .. }
            | Self::EndingScheduled { .. }
            | Self::EndingCancelled { .. }
            | Self::ReleaseUndone { .. }
            | Self::TakeOverUndone { .. }
            | Self::TextSkipped { .. }
            | Self::RatingAsked { .. }
            | Self::WindowAsked { .. }
            | Self::Rated { .. }
            | Self::BotSilenced { .. }
            | Self::BotRefused
            | Self::Seen { .. }
            | Self::Snoozed { .. }
            | Self::SnoozeEnded { .. }
            | Self::Merged { .. }
            | Self::NumberChanged { .. }
            | Self::Preferred { .. }
            | Self::CustomerCalled { .. }
            | Self::PartnerTook
            | Self::ControlChanged { .. }
            | Self::ChannelShared { .. }
            | Self::BotPaused { .. }
            | Self::CustomerBlocked { .. }
            | Self::CustomerUnblocked { .. }
            | Self::BlockAnswered { .. }
            | Self::FlowBegan { .. }
            | Self::Noted { .. }
            | Self::Scheduled(_)
            | Self::VariableSet { .. }
            | Self::CallRequested { .. }
            | Self::CallEnded { .. }
            | Self::Configured { .. }
            | Self::ChannelTrouble { .. }
            | Self::SignedIn { .. }
            | Self::SignedOut { .. }
            | Self::Availability { .. }
            | Self::SignInRefused { .. }
            | Self::SessionsEnded { .. }
            | Self::SecondFactorChanged { .. }
            | Self::Exported { .. }
            | Self::MemberChanged { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_edits_and_deletions_of_the_customer_are_news() {
        let wrote = |unread| Event::CustomerWrote {
            message: "msg_1".into(),
            kind: "text".into(),
            turn: false,
            unread,
            at: crate::time::Timestamp(5),
            late: false,
            digest: String::new(),
            reply_target: None,
            quiet: false,
        };
        let amended = |what| Event::Amended { message: "msg_1".into(), what };
        assert!(wrote(true).is_news(&Actor::Customer) && !wrote(false).is_news(&Actor::System));
        for what in [Amendment::Edited, Amendment::Revoked] {
            assert!(amended(what).is_news(&Actor::Customer) && !amended(what).is_news(&Actor::Meta), "{what:?}");
        }
        for what in [Amendment::Reacted, Amendment::FileKept, Amendment::FileFailed] {
            assert!(!amended(what).is_news(&Actor::Customer), "{what:?}");
        }
        assert!(!Event::BotRefused.is_news(&Actor::Bot));
    }
}
