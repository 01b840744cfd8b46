//! Rows and contexts for the tests of reports. Times are in minutes after the beginning of Monday, 2 March 2026, in UTC.

use jiff::tz::TimeZone;

use super::{
    count::CountContext,
    facts::{BegunBy, Lasted, TriggerFact},
    period::Bounds,
    query::ReportClock,
    rows::{
        CloseResult, HandoffEnding, ReportClosing, ReportConversation, ReportHandoff, ReportPresence, ReportRow,
        ReportStint, ReportWait, Traits,
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

pub fn traits() -> Traits {
    Traits {
        channel: "chn_1".into(),
        begun_by: BegunBy::Customer,
        language: Some("de".to_owned()),
        trigger: Some(keyword()),
        result: CloseResult::NotClosed,
        left_out: false,
    }
}

fn lasted(minutes: i64) -> Lasted {
    Lasted { raw: Span::minutes(minutes), open: None }
}

/// A handoff that nobody has claimed yet, with a target of five minutes.
pub fn waiting(id: &str, requested: i64) -> ReportHandoff {
    ReportHandoff {
        id: id.into(),
        conversation: "cnv_1".into(),
        traits: traits(),
        target: Span::minutes(5),
        requested_at: at(requested),
        requested_seq: Seq(requested),
        claimed: None,
        first_reply: None,
        ended: None,
        lost: false,
        waiting: None,
        response: None,
        handling: None,
        resolution: None,
    }
}

/// As [`waiting`], claimed and answered by an agent.
pub fn answered(id: &str, requested: i64, agent: &str, claimed: i64, replied: i64) -> ReportHandoff {
    ReportHandoff {
        claimed: Some((agent.into(), at(claimed))),
        first_reply: Some((Some(agent.into()), at(replied), "msg_1".into())),
        waiting: Some(lasted(claimed - requested)),
        response: Some(lasted(replied - requested)),
        ..waiting(id, requested)
    }
}

/// The handoff, closed by the agent who claimed it.
pub fn closed(handoff: ReportHandoff, ended: i64) -> ReportHandoff {
    let minutes = |from: Timestamp| (at(ended).0 - from.0) / 60_000;
    let owner = handoff.claimed.as_ref().map(|(agent, _)| agent.clone());
    ReportHandoff {
        handling: handoff.claimed.as_ref().map(|(_, claimed)| lasted(minutes(*claimed))),
        resolution: Some(lasted(minutes(handoff.requested_at))),
        ended: Some(HandoffEnding { at: at(ended), seq: Seq(ended), end: HandoffEnd::Closed, owner }),
        ..handoff
    }
}

pub fn wait(seq: i64, ended: i64, agent: &str, minutes: i64) -> ReportWait {
    ReportWait {
        seq: Seq(seq),
        conversation: "cnv_1".into(),
        handoff: "hof_1".into(),
        traits: traits(),
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
        traits: Traits { trigger: None, ..traits() },
        started_at: at(started),
        bot_took_part: true,
        handed_off_at: None,
    }
}

/// A close by an agent.
pub fn closing(seq: i64, minutes: i64, agent: &str) -> ReportClosing {
    ReportClosing {
        seq: Seq(seq),
        conversation: "cnv_1".into(),
        handoff: Some("hof_1".into()),
        traits: Traits { result: CloseResult::NoOutcome, ..traits() },
        at: at(minutes),
        reason: CloseReason::Done,
        agent: Some(agent.into()),
        bot_alone: false,
        continued_at: None,
    }
}

pub fn stint(seq: i64, agent: &str, began: i64, ended: Option<i64>) -> ReportRow {
    ReportRow::Stint(ReportStint {
        seq: Seq(seq),
        conversation: "cnv_1".into(),
        handoff: "hof_1".into(),
        traits: traits(),
        agent: agent.into(),
        began_at: at(began),
        ended_at: ended.map(at),
    })
}

pub fn online(agent: &str, began: i64, ended: Option<i64>) -> ReportRow {
    ReportRow::Presence(ReportPresence { agent: agent.into(), began_at: at(began), ended_at: ended.map(at) })
}
