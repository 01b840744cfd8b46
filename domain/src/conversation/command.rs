//! Commands that change a conversation, and why one is refused.

use super::{RatedHandoff, RatingAnswer, Silence, Snooze, UnattendedWait, WindowWait};
use crate::{
    event::{CancelCause, EndingKind, PreviousOwner, ReplyClock},
    handoff::Trigger,
    ids::{AgentId, ConversationId, EndingId, Epoch, HandoffId, MessageId, OutcomeId, TeamId},
    message::{Author, TurnEffect},
    time::{Span, Timestamp},
    window::closed::WindowReach,
};

/// A request to change a conversation. The caller supplies ids and facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Receive(Received),
    /// Request an agent. `turn` is the epoch of the bot turn that asks, or `None` if no turn asks.
    HandOff {
        handoff: HandoffId,
        trigger: Trigger,
        message: Option<MessageId>,
        target: Span,
        turn: Option<Epoch>,
        /// The team that a flow names; `None` keeps the conversation's team.
        team: Option<TeamId>,
    },
    /// An agent writes first: they have the new conversation, and nobody waits until the customer writes.
    Begin {
        agent: AgentId,
        handoff: HandoffId,
        target: Span,
    },
    /// The bot answers within the turn that began at epoch `turn`.
    BotSay {
        message: MessageId,
        kind: String,
        digest: String,
        turn: Epoch,
    },
    /// A notice or a closing text of the tenant.
    SystemSay {
        message: MessageId,
        kind: String,
        digest: String,
    },
    /// Ask the customer to rate a handoff, right after its close.
    AskRating {
        message: MessageId,
        kind: String,
        digest: String,
        rated: RatedHandoff,
    },
    /// The customer answers that question.
    Rate(RatingAnswer),
    /// Ask the customer to keep the window open in which they wait.
    AskToKeepOpen {
        wait: WindowWait,
        message: MessageId,
        kind: String,
        digest: String,
    },
    Claim {
        agent: AgentId,
    },
    TakeOver {
        agent: AgentId,
        handoff: HandoffId,
        target: Span,
    },
    Reply {
        agent: AgentId,
        message: MessageId,
        kind: String,
        digest: String,
    },
    /// The business answered outside of Handoff.
    Echo {
        author: Author,
        message: MessageId,
        kind: String,
        digest: String,
        at: Timestamp,
        handoff: HandoffId,
        target: Span,
    },
    /// A person's message was accepted by WhatsApp, or was seen from the phone app: it answers the customer.
    ReplySent(SentReply),
    Release {
        agent: AgentId,
    },
    /// Release the conversation of an owner who is deactivated.
    ReleaseDeactivated {
        agent: AgentId,
    },
    ReturnToBot {
        agent: AgentId,
    },
    /// `seen` is the customer's newest message on the agent's screen.
    Close {
        agent: AgentId,
        seen: Option<MessageId>,
    },
    /// A flow or the model ends the conversation within the turn that began at epoch `turn`. `seen` is the customer's
    /// newest message that the turn has taken into account.
    BotClose {
        turn: Epoch,
        seen: Option<MessageId>,
    },
    /// Take a closed conversation up again within WhatsApp's window. It continues with `agent`, and no flow resumes.
    Reopen {
        agent: AgentId,
        handoff: HandoffId,
        target: Span,
        /// The customer's open conversation on this number.
        open: Option<ConversationId>,
    },
    /// Close the conversation of a customer who has been silent for too long.
    CloseSilent {
        silence: Silence,
        /// What is sent although the window has closed.
        reach: WindowReach,
    },
    /// Release the conversation of an owner who is gone while the customer waits for a reply.
    ReleaseUnattended {
        wait: UnattendedWait,
    },
    /// Close the younger of two conversations of one customer.
    Merge,
    /// The agent has the end of the thread on the screen. `left` is the number of news that came after what the screen
    /// showed.
    See {
        agent: AgentId,
        left: i64,
    },
    /// The owner puts the conversation aside.
    Snooze {
        agent: AgentId,
        snooze: Snooze,
    },
    Unsnooze {
        agent: AgentId,
    },
    /// The snooze that ends at `until` is due.
    EndSnooze {
        until: Timestamp,
    },
    /// Close or return to the bot at `due_at`, unless that is undone or cancelled before. A second press, while one is
    /// pending, cancels it and schedules nothing.
    ScheduleEnding {
        ending: EndingId,
        kind: EndingKind,
        agent: AgentId,
        /// The customer's newest message on the agent's screen.
        seen: Option<MessageId>,
        outcome: Option<OutcomeId>,
        due_at: Timestamp,
    },
    UndoEnding {
        agent: AgentId,
        ending: EndingId,
    },
    /// Carry out a pending ending that is due: its ordinary command is decided with the recorded values.
    CarryOutEnding {
        ending: EndingId,
    },
    /// Cancel the pending ending, if there is one.
    CancelEnding {
        cause: CancelCause,
    },
    /// Take a released conversation back. `epoch` is the one that the release led to.
    UndoRelease {
        agent: AgentId,
        epoch: Epoch,
    },
    /// Give a conversation that was taken over back to its previous owner. `epoch` is the one that the take-over led to.
    UndoTakeOver {
        agent: AgentId,
        epoch: Epoch,
        back_to: PreviousOwner,
    },
}

impl Command {
    /// The epoch of the bot turn that this command belongs to.
    pub fn bot_turn(&self) -> Option<Epoch> {
        match self {
            Self::HandOff { turn, .. } => *turn,
            Self::BotSay { turn, .. } | Self::BotClose { turn, .. } => Some(*turn),
            Self::Receive(_)
            | Self::Begin { .. }
            | Self::SystemSay { .. }
            | Self::AskRating { .. }
            | Self::Rate(_)
            | Self::AskToKeepOpen { .. }
            | Self::Claim { .. }
            | Self::TakeOver { .. }
            | Self::Reply { .. }
            | Self::Echo { .. }
            | Self::ReplySent(_)
            | Self::Release { .. }
            | Self::ReleaseDeactivated { .. }
            | Self::ReturnToBot { .. }
            | Self::Close { .. }
            | Self::Reopen { .. }
            | Self::CloseSilent { .. }
            | Self::ReleaseUnattended { .. }
            | Self::Merge
            | Self::See { .. }
            | Self::Snooze { .. }
            | Self::Unsnooze { .. }
            | Self::EndSnooze { .. }
            | Self::ScheduleEnding { .. }
            | Self::UndoEnding { .. }
            | Self::CarryOutEnding { .. }
            | Self::CancelEnding { .. }
            | Self::UndoRelease { .. }
            | Self::UndoTakeOver { .. } => None,
        }
    }

    /// The epoch of the bot turn that sends messages with this command. They are cancelled when the epoch changes.
    pub fn sending_turn(&self) -> Option<Epoch> {
        match self {
            Self::BotSay { turn, .. } => Some(*turn),
            Self::Receive(_)
            | Self::HandOff { .. }
            | Self::Begin { .. }
            | Self::SystemSay { .. }
            | Self::AskRating { .. }
            | Self::Rate(_)
            | Self::AskToKeepOpen { .. }
            | Self::Claim { .. }
            | Self::TakeOver { .. }
            | Self::Reply { .. }
            | Self::Echo { .. }
            | Self::ReplySent(_)
            | Self::Release { .. }
            | Self::ReleaseDeactivated { .. }
            | Self::ReturnToBot { .. }
            | Self::Close { .. }
            | Self::BotClose { .. }
            | Self::Reopen { .. }
            | Self::CloseSilent { .. }
            | Self::ReleaseUnattended { .. }
            | Self::Merge
            | Self::See { .. }
            | Self::Snooze { .. }
            | Self::Unsnooze { .. }
            | Self::EndSnooze { .. }
            | Self::ScheduleEnding { .. }
            | Self::UndoEnding { .. }
            | Self::CarryOutEnding { .. }
            | Self::CancelEnding { .. }
            | Self::UndoRelease { .. }
            | Self::UndoTakeOver { .. } => None,
        }
    }
}

/// The facts about a person's message that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentReply {
    pub message: MessageId,
    pub by: Author,
    /// When it was written: it answers nothing that came later.
    pub written_at: Timestamp,
    pub sent_at: Timestamp,
    /// The wait for a reply to what the customer has written since, if anything.
    pub next: Option<ReplyClock>,
}

/// The facts about a customer's message that the state machine needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub message: MessageId,
    pub kind: String,
    pub turn: TurnEffect,
    pub digest: String,
    /// Meta's time.
    pub written_at: Timestamp,
    pub late: bool,
    /// The id of the handoff that a late message opens while the bot owns the conversation.
    pub handoff: HandoffId,
    pub target: Span,
    /// The target of the wait that it may start.
    pub reply_target: Span,
}

/// Why a command was refused. Every refusal is a sentence that an agent can act on (see `contract::ApiError`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("another agent already claimed it")]
    ClaimedBy(AgentId),
    #[error("it is already yours")]
    AlreadyYours,
    #[error("another agent has it")]
    OwnedBy(AgentId),
    #[error("claim it first")]
    NotClaimed,
    #[error("the bot has it")]
    WithBot,
    #[error("it is closed")]
    Closed,
    #[error("an agent already has it")]
    WithHuman,
    #[error("the customer just wrote")]
    CustomerJustWrote,
    /// An agent took over, or the state changed, since the bot's turn began.
    #[error("the turn is over")]
    TurnOver,
    /// The ending took effect or was cancelled, so it can be neither undone nor carried out.
    #[error("the ending is no longer pending")]
    EndingOver,
    /// Only this agent, who pressed, can undo the pending ending.
    #[error("another agent's ending is pending")]
    PressedBy(AgentId),
    /// A close is pending, and the bot's turn waits until it is over.
    #[error("a close is pending")]
    EndingPending,
    /// The customer has a newer conversation on this number, which is open.
    #[error("it continues in another conversation")]
    ContinuedIn(ConversationId),
    #[error("it was merged into another conversation")]
    Merged,
    /// It holds the number's history from before Handoff.
    #[error("it was imported")]
    Imported,
    #[error("the customer's data was erased")]
    CustomerErased,
    #[error("the reply window is closed")]
    WindowClosed,
    /// WhatsApp has not handed the customer over from another app of the number.
    #[error("another app has the customer")]
    WithOtherApp,
    /// Somebody acted on the conversation since the act that is to be undone: this agent, if it is known.
    #[error("somebody acted since")]
    ActedSince(Option<AgentId>),
    /// Only its author changes a note.
    #[error("another agent wrote the note")]
    NoteBy(AgentId),
    #[error("the note was deleted")]
    NoteDeleted,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_message_of_the_bot_is_cancelled_with_its_turn() {
        let (message, kind, digest) = (MessageId::from("msg_1"), "text".to_owned(), String::new());
        let turn = Epoch(7);
        let say = Command::BotSay { message: message.clone(), kind: kind.clone(), digest: digest.clone(), turn };
        assert_eq!(say.sending_turn(), Some(turn));
        // A closing text and a notice follow a transition that itself ends the turn.
        let others = [
            Command::SystemSay { message, kind, digest },
            Command::BotClose { turn, seen: None },
            Command::HandOff {
                handoff: "hof_1".into(),
                trigger: Trigger::Model,
                message: None,
                target: Span::minutes(5),
                turn: Some(turn),
                team: None,
            },
            Command::Claim { agent: "agt_1".into() },
            Command::Merge,
        ];
        for command in others {
            assert_eq!(command.sending_turn(), None, "{command:?}");
        }
    }
}
