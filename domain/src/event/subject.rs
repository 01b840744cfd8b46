//! The subject of an event: a message, a fact, or the end of a handoff.

use super::{CloseReason, Event, PreviousOwner};
use crate::{
    handoff::HandoffEnd,
    ids::{CallId, CustomerId, HandoffId, MessageId, NoteId, VariableId},
};

/// What a thread must load to show an event, besides its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// The message is new or has changed.
    Message(&'a MessageId),
    Variable(&'a VariableId),
    Call(&'a CallId),
    Note(&'a NoteId),
    /// Nothing: the event's own sentence is complete.
    Itself,
}

impl Event {
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Self::CustomerWrote { message, .. }
            | Self::Queued { message, .. }
            | Self::Echoed { message, .. }
            | Self::Delivered { message, .. }
            | Self::Resent { message }
            | Self::Amended { message, .. } => Subject::Message(message),
            Self::VariableSet { variable } => Subject::Variable(variable),
            Self::CallRequested { call } | Self::CallEnded { call, .. } => Subject::Call(call),
            Self::Noted { note, .. } => Subject::Note(note),
            Self::Started { .. }
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
            | Self::Scheduled(_)
            | Self::Configured { .. }
            | Self::ChannelTrouble { .. }
            | Self::SignedIn { .. }
            | Self::SignedOut { .. }
            | Self::Availability { .. }
            | Self::SignInRefused { .. }
            | Self::SessionsEnded { .. }
            | Self::SecondFactorChanged { .. }
            | Self::Exported { .. }
            | Self::MemberChanged { .. } => Subject::Itself,
        }
    }

    /// The customer whom an event names, besides that of its conversation.
    pub fn customer(&self) -> Option<&CustomerId> {
        let (Self::NumberChanged { customer, .. }
        | Self::Preferred { customer, .. }
        | Self::CustomerBlocked { customer, .. }
        | Self::CustomerUnblocked { customer }
        | Self::BlockAnswered { customer, .. }
        | Self::Merged { into: customer, .. }
        | Self::Started { customer, .. }) = self
        else {
            return None;
        };
        Some(customer)
    }

    /// The handoff that an event ends, and how it ended.
    pub fn ended_handoff(&self) -> Option<(&HandoffId, HandoffEnd)> {
        match self {
            Self::ReturnedToBot { handoff, .. } | Self::TakeOverUndone { handoff, to: PreviousOwner::Bot, .. } => {
                Some((handoff, HandoffEnd::ReturnedToBot))
            }
            Self::Closed { reason, handoff, .. } => {
                let end = match reason {
                    CloseReason::Merged => HandoffEnd::Merged,
                    CloseReason::Done | CloseReason::Bot | CloseReason::Imported | CloseReason::Silent => {
                        HandoffEnd::Closed
                    }
                };
                handoff.as_ref().map(|handoff| (handoff, end))
            }
            Self::Started { .. }
            | Self::CustomerWrote { .. }
            | Self::Queued { .. }
            | Self::Echoed { .. }
            | Self::Delivered { .. }
            | Self::Resent { .. }
            | Self::Amended { .. }
            | Self::WindowRefused { .. }
            | Self::HandedOff { .. }
            | Self::Claimed { .. }
            | Self::FirstReplied { .. }
            | Self::FirstReplySent { .. }
            | Self::Answered { .. }
            | Self::AnswerFailed { .. }
            | Self::Released { .. }
            | Self::TakenOver { .. }
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
            | Self::MemberChanged { .. } => None,
        }
    }
}
