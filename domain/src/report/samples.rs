//! Rows and contexts for the tests of reports. Times are in minutes after the beginning of Monday, 2 March 2026, in UTC.

use jiff::tz::TimeZone;

use super::{
    count::CountContext,
    facts::{BegunBy, ClosingFact, EndedFact, FirstReplyFact, HandoffFact, Lasted, Replier, TriggerFact},
    period::Bounds,
    query::ReportClock,
    rows::{
        Origin, ReportClosing, ReportConversation, ReportHandoff, ReportPresence, ReportRow, ReportStint, ReportWait,
    },
};
use crate::{
    event::CloseReason,
    handoff::{HandoffEnd, Trigger},
    ids::Seq,
    time::{Span, Timestamp},
};

/// The beginning of the week.
const MONDAY: i64 = 1_772_409_600_000;

pub fn at(minutes: i64) -> Timestamp {
    Timestamp(MONDAY + minutes * 60_000)
}

/// The whole week, seen at its end.
pub fn week() -> CountContext {
    let bounds = Bounds { from: at(0), to: at(7 * 24 * 60) };
    CountContext { clock: ReportClock::Wall, zone: TimeZone::UTC, now: bounds.to, bounds }
}

pub fn keyword() -> TriggerFact {
    TriggerFact::of(&Trigger::Keyword { keyword: "kwd_1".into(), phrase: "human".to_owned() })
}

pub fn origin() -> Origin {
    Origin {
        channel: "chn_1".into(),
        begun_by: BegunBy::Customer,
        language: Some("de".to_owned()),
        trigger: Some(keyword()),
        reason: None,
        close_reason: None,
        outcome: None,
        left_out: false,
    }
}

fn lasted(minutes: i64) -> Lasted {
    Lasted { raw: Span::minutes(minutes), open: None }
}

/// A handoff that nobody has claimed yet, with a target of five minutes.
pub fn waiting(id: &str, requested: i64) -> HandoffFact {
    HandoffFact {
        handoff: id.into(),
        conversation: "cnv_1".into(),
        channel: "chn_1".into(),
        begun_by: BegunBy::Customer,
        language: Some("de".to_owned()),
        trigger: keyword(),
        team: "tem_1".into(),
        target: Span::minutes(5),
        requested_at: at(requested),
        requested_seq: Seq(requested),
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
    }
}

/// As [`waiting`], claimed and answered by an agent.
pub fn answered(id: &str, requested: i64, agent: &str, claimed: i64, replied: i64) -> HandoffFact {
    let reply = FirstReplyFact { at: at(replied), by: Replier::Agent(agent.into()), message: Some("msg_1".into()) };
    HandoffFact {
        claimed: Some((agent.into(), at(claimed))),
        first_reply: Some(reply),
        waiting: Some(lasted(claimed - requested)),
        response: Some(lasted(replied - requested)),
        ..waiting(id, requested)
    }
}

pub fn ended(end: HandoffEnd, minutes: i64) -> EndedFact {
    let reason = (end == HandoffEnd::Closed).then_some(CloseReason::Done);
    EndedFact { at: at(minutes), seq: Seq(minutes), end, reason, outcome: None, owner: None }
}

/// The handoff, closed by the agent who claimed it.
pub fn closed(handoff: HandoffFact, minute: i64) -> HandoffFact {
    let minutes = |from: Timestamp| (at(minute).0 - from.0) / 60_000;
    let owner = handoff.claimed.as_ref().map(|(agent, _)| agent.clone());
    HandoffFact {
        handling: handoff.claimed.as_ref().map(|(_, claimed)| lasted(minutes(*claimed))),
        resolution: Some(lasted(minutes(handoff.requested_at))),
        ended: Some(EndedFact { owner, ..ended(HandoffEnd::Closed, minute) }),
        ..handoff
    }
}

pub fn row(fact: HandoffFact) -> ReportRow {
    ReportRow::Handoff(ReportHandoff { fact, left_out: false, reason: None })
}

pub fn wait(seq: i64, ended: i64, agent: &str, minutes: i64) -> ReportWait {
    ReportWait {
        seq: Seq(seq),
        conversation: "cnv_1".into(),
        handoff: "hof_1".into(),
        origin: origin(),
        ended_at: at(ended),
        reply: Some("msg_2".into()),
        agent: Some(agent.into()),
        lasted: lasted(minutes),
    }
}

/// A conversation with the bot alone.
pub fn conversation(id: &str, started: i64) -> ReportConversation {
    ReportConversation {
        id: id.into(),
        origin: Origin { trigger: None, ..origin() },
        started_at: at(started),
        bot_took_part: true,
        first_handoff: None,
    }
}

/// A close by an agent, without an outcome.
pub fn closing(seq: i64, minutes: i64, agent: &str) -> ReportClosing {
    let fact = ClosingFact {
        seq: Seq(seq),
        conversation: "cnv_1".into(),
        channel: "chn_1".into(),
        handoff: Some("hof_1".into()),
        at: at(minutes),
        reason: CloseReason::Done,
        agent: Some(agent.into()),
        bot_alone: false,
        outcome: None,
        reopened_at: None,
        followed_at: None,
    };
    ReportClosing { fact, origin: origin() }
}

pub fn stint(seq: i64, agent: &str, began: i64, ended: Option<i64>) -> ReportRow {
    ReportRow::Stint(ReportStint {
        seq: Seq(seq),
        conversation: "cnv_1".into(),
        handoff: "hof_1".into(),
        origin: origin(),
        agent: agent.into(),
        began_at: at(began),
        ended_at: ended.map(at),
    })
}

pub fn online(agent: &str, began: i64, ended: Option<i64>) -> ReportRow {
    ReportRow::Presence(ReportPresence { agent: agent.into(), began_at: at(began), ended_at: ended.map(at) })
}
