//! Makes rows of a packed day, with what counting asks for. Ids that nothing asks for are empty.

use super::{
    PackedDay, RowGroup, RowKind,
    layout::{self, closing, conversation, handoff, message, stint, wait},
};
use crate::{
    handoff::HandoffEnd,
    ids::{AgentId, ConversationId, HandoffId, MessageId, Seq, TeamId},
    report::{
        facts::{ClosingFact, EndedFact, FirstReplyFact, HandoffFact, Lasted, Replier},
        rows::{
            Origin, ReportClosing, ReportConversation, ReportHandoff, ReportMessage, ReportRow, ReportStint, ReportWait,
        },
    },
    time::{Span, Timestamp},
};

impl PackedDay {
    /// A row with the traits of a group, into which its rows are read one after the other. `None` if the day is damaged.
    pub(super) fn blank(&self, group: &RowGroup) -> Option<ReportRow> {
        let lists = &self.traits;
        let (close_reason, outcome) = lists.closes[group.close].clone();
        let origin = Origin {
            channel: lists.channels[group.channel].clone(),
            begun_by: lists.begun_by[group.begun_by],
            language: lists.languages[group.language].clone(),
            trigger: lists.triggers[group.trigger].clone(),
            reason: None,
            close_reason,
            outcome,
            left_out: group.left_out,
        };
        let (conversation, handoff) = (ConversationId::from(""), HandoffId::from(""));
        let (seq, at, agent) = (Seq(0), Timestamp(0), AgentId::from(""));
        Some(match self.kind {
            RowKind::Handoffs => ReportRow::Handoff(blank_handoff(origin)?),
            RowKind::Waits => ReportRow::Wait(ReportWait {
                seq,
                conversation,
                handoff,
                origin,
                ended_at: at,
                reply: None,
                agent: None,
                lasted: Lasted { raw: Span(0), open: None },
            }),
            RowKind::Conversations => ReportRow::Conversation(ReportConversation {
                id: conversation,
                origin,
                started_at: at,
                bot_took_part: false,
                first_handoff: None,
            }),
            RowKind::Closings => {
                let fact = ClosingFact {
                    seq,
                    conversation,
                    channel: origin.channel.clone(),
                    handoff: None,
                    at,
                    reason: origin.close_reason?,
                    agent: None,
                    bot_alone: false,
                    outcome: origin.outcome.clone(),
                    reopened_at: None,
                    followed_at: None,
                };
                ReportRow::Closing(ReportClosing { fact, origin })
            }
            RowKind::Messages => ReportRow::Message(ReportMessage {
                id: MessageId::from(""),
                conversation,
                handoff: None,
                origin,
                agent,
                sent_at: at,
            }),
            RowKind::Stints => ReportRow::Stint(ReportStint {
                seq,
                conversation,
                handoff,
                origin,
                agent,
                began_at: at,
                ended_at: None,
            }),
        })
    }

    /// Reads the row at a place into a blank one of its group.
    pub(super) fn fill(&self, group: &RowGroup, place: usize, row: &mut ReportRow) {
        let at = self.at(place);
        let agent = |column: usize| self.agent(column, place);
        let time = |column: usize| self.time(column, place);
        let flag = |column: usize| self.number(column, place) == Some(1);
        match row {
            ReportRow::Handoff(row) => self.fill_handoff(group, place, &mut row.fact),
            ReportRow::Wait(row) => {
                row.ended_at = at;
                row.agent = agent(wait::AGENT);
                row.reply = flag(wait::ANSWERED).then(|| MessageId::from(""));
                row.lasted = self.lasted(wait::WAIT, place).unwrap_or(Lasted { raw: Span(0), open: None });
            }
            ReportRow::Conversation(row) => {
                row.started_at = at;
                row.bot_took_part = flag(conversation::BOT_TOOK_PART);
                row.first_handoff = time(conversation::FIRST_HANDOFF_AT).map(|at| (HandoffId::from(""), at));
            }
            ReportRow::Closing(row) => {
                row.fact.at = at;
                row.fact.agent = agent(closing::AGENT);
                row.fact.bot_alone = flag(closing::BOT_ALONE);
                row.fact.reopened_at = time(closing::REOPENED_AT);
                row.fact.followed_at = time(closing::FOLLOWED_AT);
            }
            ReportRow::Message(row) => {
                row.sent_at = at;
                row.agent = agent(message::AGENT).unwrap_or_else(|| AgentId::from(""));
            }
            ReportRow::Stint(row) => {
                row.began_at = at;
                row.ended_at = time(stint::ENDED_AT);
                row.agent = agent(stint::AGENT).unwrap_or_else(|| AgentId::from(""));
            }
            ReportRow::Presence(_) | ReportRow::Rating(_) => {}
        }
    }

    fn fill_handoff(&self, group: &RowGroup, place: usize, fact: &mut HandoffFact) {
        let agent = |column: usize| self.agent(column, place);
        let time = |column: usize| self.time(column, place);
        fact.requested_at = self.at(place);
        fact.target = Span(self.number(handoff::TARGET, place).unwrap_or_default());
        fact.claimed = agent(handoff::CLAIMED_BY).zip(time(handoff::CLAIMED_AT));
        fact.first_reply = time(handoff::REPLIED_AT).map(|at| FirstReplyFact {
            at,
            by: agent(handoff::REPLIED_BY).map_or(Replier::Phone, Replier::Agent),
            message: None,
        });
        fact.ended = time(handoff::ENDED_AT).map(|at| {
            let (reason, outcome) = self.traits.closes[group.close].clone();
            let end = self.number(handoff::END, place).and_then(layout::end_of).unwrap_or(HandoffEnd::Closed);
            EndedFact { at, seq: Seq(0), end, reason, outcome, owner: agent(handoff::OWNER) }
        });
        fact.lost = self.number(handoff::LOST, place) == Some(1);
        let [waiting, response, handling, resolution] = handoff::LASTED.map(|column| self.lasted(column, place));
        (fact.waiting, fact.response) = (waiting, response);
        (fact.handling, fact.resolution) = (handling, resolution);
    }

    /// A duration, and the part of it in the next column.
    fn lasted(&self, column: usize, place: usize) -> Option<Lasted> {
        let open = self.number(column + 1, place).map(Span);
        self.number(column, place).map(|raw| Lasted { raw: Span(raw), open })
    }
}

fn blank_handoff(origin: Origin) -> Option<ReportHandoff> {
    let fact = HandoffFact {
        handoff: HandoffId::from(""),
        conversation: ConversationId::from(""),
        channel: origin.channel,
        begun_by: origin.begun_by,
        language: origin.language,
        trigger: origin.trigger?,
        team: TeamId::from(""),
        target: Span(0),
        requested_at: Timestamp(0),
        requested_seq: Seq(0),
        claimed: None,
        first_reply: None,
        released_at: None,
        releases: 0,
        takeovers: 0,
        ended: None,
        lost: false,
        waiting: None,
        response: None,
        handling: None,
        resolution: None,
    };
    Some(ReportHandoff { fact, left_out: origin.left_out, reason: None })
}
