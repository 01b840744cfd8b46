//! The kinds of events without their data: their names in the log, and where they are shown.

use serde::{Deserialize, Serialize};

use super::Event;
use crate::variant_names::variant_names;

/// A variant of [`Event`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    Started,
    CustomerWrote,
    Queued,
    Echoed,
    Delivered,
    Resent,
    Amended,
    WindowRefused,
    HandedOff,
    Claimed,
    FirstReplied,
    FirstReplySent,
    Answered,
    AnswerFailed,
    Released,
    TakenOver,
    ReturnedToBot,
    Closed,
    Reopened,
    EndingScheduled,
    EndingCancelled,
    ReleaseUndone,
    TakeOverUndone,
    TextSkipped,
    RatingAsked,
    WindowAsked,
    Rated,
    BotSilenced,
    BotRefused,
    Seen,
    Snoozed,
    SnoozeEnded,
    Merged,
    NumberChanged,
    Preferred,
    CustomerCalled,
    PartnerTook,
    ControlChanged,
    ChannelShared,
    BotPaused,
    CustomerBlocked,
    CustomerUnblocked,
    BlockAnswered,
    FlowBegan,
    Noted,
    Scheduled,
    VariableSet,
    CallRequested,
    CallEnded,
    Configured,
    ChannelTrouble,
    SignedIn,
    SignedOut,
    Availability,
    SignInRefused,
    SessionsEnded,
    SecondFactorChanged,
    Exported,
    MemberChanged,
}

// The tags in the events' JSON.
variant_names!(EventKind {
    Started => "started",
    CustomerWrote => "customer_wrote",
    Queued => "queued",
    Echoed => "echoed",
    Delivered => "delivered",
    Resent => "resent",
    Amended => "amended",
    WindowRefused => "window_refused",
    HandedOff => "handed_off",
    Claimed => "claimed",
    FirstReplied => "first_replied",
    FirstReplySent => "first_reply_sent",
    Answered => "answered",
    AnswerFailed => "answer_failed",
    Released => "released",
    TakenOver => "taken_over",
    ReturnedToBot => "returned_to_bot",
    Closed => "closed",
    Reopened => "reopened",
    EndingScheduled => "ending_scheduled",
    EndingCancelled => "ending_cancelled",
    ReleaseUndone => "release_undone",
    TakeOverUndone => "take_over_undone",
    TextSkipped => "closing_skipped",
    RatingAsked => "rating_asked",
    WindowAsked => "window_asked",
    Rated => "rated",
    BotSilenced => "bot_silenced",
    BotRefused => "bot_refused",
    Seen => "seen",
    Snoozed => "snoozed",
    SnoozeEnded => "snooze_ended",
    Merged => "merged",
    NumberChanged => "number_changed",
    Preferred => "preferred",
    CustomerCalled => "customer_called",
    PartnerTook => "partner_took",
    ControlChanged => "control_changed",
    ChannelShared => "channel_shared",
    BotPaused => "bot_paused",
    CustomerBlocked => "customer_blocked",
    CustomerUnblocked => "customer_unblocked",
    BlockAnswered => "block_answered",
    FlowBegan => "flow_began",
    Noted => "noted",
    Scheduled => "scheduled",
    VariableSet => "variable_set",
    CallRequested => "call_requested",
    CallEnded => "call_ended",
    Configured => "configured",
    ChannelTrouble => "channel_trouble",
    SignedIn => "signed_in",
    SignedOut => "signed_out",
    Availability => "availability",
    SignInRefused => "sign_in_refused",
    SessionsEnded => "sessions_ended",
    SecondFactorChanged => "second_factor_changed",
    Exported => "exported",
    MemberChanged => "member_changed",
});

impl EventKind {
    /// Whether entries of this kind are lines of a thread: sentences or facts. Messages are not lines.
    pub const fn is_thread_line(self) -> bool {
        match self {
            Self::Started
            | Self::HandedOff
            | Self::Claimed
            | Self::Released
            | Self::TakenOver
            | Self::ReturnedToBot
            | Self::Closed
            | Self::Reopened
            | Self::EndingCancelled
            | Self::ReleaseUndone
            | Self::TakeOverUndone
            | Self::TextSkipped
            | Self::WindowAsked
            | Self::Rated
            | Self::BotSilenced
            | Self::NumberChanged
            | Self::Preferred
            | Self::CustomerCalled
            | Self::PartnerTook
            | Self::ControlChanged
            | Self::BotPaused
            | Self::CustomerBlocked
            | Self::CustomerUnblocked
            | Self::BlockAnswered
            | Self::VariableSet
            | Self::CallRequested => true,
            Self::CustomerWrote
            | Self::Queued
            | Self::Echoed
            | Self::Delivered
            | Self::Resent
            | Self::Amended
            | Self::WindowRefused
            | Self::FirstReplied
            | Self::FirstReplySent
            | Self::Answered
            | Self::AnswerFailed
            | Self::EndingScheduled
            | Self::RatingAsked
            | Self::BotRefused
            | Self::Seen
            | Self::Snoozed
            | Self::SnoozeEnded
            | Self::Merged
            | Self::FlowBegan
            | Self::Noted
            | Self::Scheduled
            | Self::CallEnded
            | Self::Configured
            | Self::ChannelTrouble
            | Self::ChannelShared
            | Self::SignedIn
            | Self::SignedOut
            | Self::Availability
            | Self::SignInRefused
            | Self::SessionsEnded
            | Self::SecondFactorChanged
            | Self::Exported
            | Self::MemberChanged => false,
        }
    }

    /// Whether the audit log shows entries of this kind: all except messages, and what has no effect of its own.
    pub const fn is_audited(self) -> bool {
        self.audit_kind().is_some()
    }

    /// The kind of act that the audit log's filter finds it by.
    pub const fn audit_kind(self) -> Option<AuditKind> {
        Some(match self {
            Self::Resent
            | Self::HandedOff
            | Self::Claimed
            | Self::Released
            | Self::TakenOver
            | Self::ReturnedToBot
            | Self::Closed
            | Self::Reopened
            | Self::EndingCancelled
            | Self::ReleaseUndone
            | Self::TakeOverUndone
            | Self::TextSkipped
            | Self::BotSilenced
            | Self::BotRefused
            | Self::WindowRefused
            | Self::PartnerTook
            | Self::ControlChanged
            | Self::BotPaused
            | Self::Noted => AuditKind::Conversations,
            Self::Merged
            | Self::NumberChanged
            | Self::Preferred
            | Self::CustomerCalled
            | Self::CustomerBlocked
            | Self::CustomerUnblocked
            | Self::BlockAnswered => AuditKind::Customers,
            Self::Configured | Self::Exported => AuditKind::Settings,
            Self::ChannelTrouble | Self::ChannelShared => AuditKind::Numbers,
            Self::SignedIn
            | Self::SignedOut
            | Self::Availability
            | Self::SignInRefused
            | Self::SessionsEnded
            | Self::SecondFactorChanged
            | Self::MemberChanged => AuditKind::People,
            Self::Started
            | Self::CustomerWrote
            | Self::Queued
            | Self::Echoed
            | Self::Delivered
            | Self::Amended
            | Self::FirstReplied
            | Self::FirstReplySent
            | Self::Answered
            | Self::AnswerFailed
            | Self::EndingScheduled
            | Self::RatingAsked
            | Self::WindowAsked
            | Self::Rated
            | Self::Seen
            | Self::Snoozed
            | Self::SnoozeEnded
            | Self::FlowBegan
            | Self::Scheduled
            | Self::VariableSet
            | Self::CallRequested
            | Self::CallEnded => return None,
        })
    }
}

/// What the entries of the audit log are about. Addresses have these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditKind {
    Conversations,
    Customers,
    Settings,
    /// What WhatsApp reported about a number.
    Numbers,
    /// The team, sign-ins, and who is away.
    People,
}

variant_names!(AuditKind {
    Conversations => "conversations",
    Customers => "customers",
    Settings => "settings",
    Numbers => "numbers",
    People => "people",
});

impl AuditKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::Conversations => "Conversations",
            Self::Customers => "Customers",
            Self::Settings => "Settings",
            Self::Numbers => "WhatsApp reports",
            Self::People => "Team and sign-ins",
        }
    }
}

impl Event {
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Started { .. } => EventKind::Started,
            Self::CustomerWrote { .. } => EventKind::CustomerWrote,
            Self::Queued { .. } => EventKind::Queued,
            Self::Echoed { .. } => EventKind::Echoed,
            Self::Delivered { .. } => EventKind::Delivered,
            Self::Resent { .. } => EventKind::Resent,
            Self::Amended { .. } => EventKind::Amended,
            Self::WindowRefused { .. } => EventKind::WindowRefused,
            Self::HandedOff { .. } => EventKind::HandedOff,
            Self::Claimed { .. } => EventKind::Claimed,
            Self::FirstReplied { .. } => EventKind::FirstReplied,
            Self::FirstReplySent { .. } => EventKind::FirstReplySent,
            Self::Answered { .. } => EventKind::Answered,
            Self::AnswerFailed { .. } => EventKind::AnswerFailed,
            Self::Released { .. } => EventKind::Released,
            Self::TakenOver { .. } => EventKind::TakenOver,
            Self::ReturnedToBot { .. } => EventKind::ReturnedToBot,
            Self::Closed { .. } => EventKind::Closed,
            Self::Reopened { .. } => EventKind::Reopened,
            Self::EndingScheduled { .. } => EventKind::EndingScheduled,
            Self::EndingCancelled { .. } => EventKind::EndingCancelled,
            Self::ReleaseUndone { .. } => EventKind::ReleaseUndone,
            Self::TakeOverUndone { .. } => EventKind::TakeOverUndone,
            Self::TextSkipped { .. } => EventKind::TextSkipped,
            Self::RatingAsked { .. } => EventKind::RatingAsked,
            Self::WindowAsked { .. } => EventKind::WindowAsked,
            Self::Rated { .. } => EventKind::Rated,
            Self::BotSilenced { .. } => EventKind::BotSilenced,
            Self::BotRefused => EventKind::BotRefused,
            Self::Seen { .. } => EventKind::Seen,
            Self::Snoozed { .. } => EventKind::Snoozed,
            Self::SnoozeEnded { .. } => EventKind::SnoozeEnded,
            Self::Merged { .. } => EventKind::Merged,
            Self::NumberChanged { .. } => EventKind::NumberChanged,
            Self::Preferred { .. } => EventKind::Preferred,
            Self::CustomerCalled { .. } => EventKind::CustomerCalled,
            Self::PartnerTook => EventKind::PartnerTook,
            Self::ControlChanged { .. } => EventKind::ControlChanged,
            Self::ChannelShared { .. } => EventKind::ChannelShared,
            Self::BotPaused { .. } => EventKind::BotPaused,
            Self::CustomerBlocked { .. } => EventKind::CustomerBlocked,
            Self::CustomerUnblocked { .. } => EventKind::CustomerUnblocked,
            Self::BlockAnswered { .. } => EventKind::BlockAnswered,
            Self::FlowBegan { .. } => EventKind::FlowBegan,
            Self::Noted { .. } => EventKind::Noted,
            Self::Scheduled(_) => EventKind::Scheduled,
            Self::VariableSet { .. } => EventKind::VariableSet,
            Self::CallRequested { .. } => EventKind::CallRequested,
            Self::CallEnded { .. } => EventKind::CallEnded,
            Self::Configured { .. } => EventKind::Configured,
            Self::ChannelTrouble { .. } => EventKind::ChannelTrouble,
            Self::SignedIn { .. } => EventKind::SignedIn,
            Self::SignedOut { .. } => EventKind::SignedOut,
            Self::Availability { .. } => EventKind::Availability,
            Self::SignInRefused { .. } => EventKind::SignInRefused,
            Self::SessionsEnded { .. } => EventKind::SessionsEnded,
            Self::SecondFactorChanged { .. } => EventKind::SecondFactorChanged,
            Self::Exported { .. } => EventKind::Exported,
            Self::MemberChanged { .. } => EventKind::MemberChanged,
        }
    }

    /// The variant's stable name, which is its tag in JSON.
    pub fn name(&self) -> &'static str {
        self.kind().as_str()
    }
}
