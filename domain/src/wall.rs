//! The rows of the live wall between two reads: what frames change about the conversations that a read has found.
//!
//! A read says who waits for a reply and which conversations of the bot are at risk; frames carry the newer rows. Counts
//! and waiting handoffs are the desk's (`desk.rs`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    desk::{Changes, Row, RowState},
    ids::{ConversationId, Seq},
    sla::{Level, Wait},
    time::Timestamp,
};

/// Rows that frames brought since the last read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewerRows(BTreeMap<ConversationId, (Seq, Option<Row>)>);

impl NewerRows {
    pub fn receive(&mut self, changes: &Changes) {
        for row in &changes.rows {
            self.0.insert(row.id.clone(), (changes.seq, Some(row.clone())));
        }
        for id in &changes.removed {
            self.0.insert(id.clone(), (changes.seq, None));
        }
    }

    /// Forgets what a read up to `seq` knows.
    pub fn forget(&mut self, seq: Seq) {
        self.0.retain(|_, (at, _)| *at > seq);
    }

    /// The newest version of a row that was read; `None` if it is gone.
    pub fn newest(&self, read: &Row) -> Option<Row> {
        match self.0.get(&read.id) {
            Some((_, newer)) => newer.clone(),
            None => Some(read.clone()),
        }
    }

    /// The conversations of agents in which the customer waits for a reply, the one that is due first at the top. `read`
    /// are those of the last read.
    pub fn replies_due(&self, read: &[Row]) -> Vec<Row> {
        let is_new = |row: &&Row| read.iter().all(|known| known.id != row.id);
        let new = self.0.values().filter_map(|(_, row)| row.as_ref()).filter(is_new).cloned();
        let mut rows: Vec<Row> =
            read.iter().filter_map(|row| self.newest(row)).chain(new).filter(is_reply_due).collect();
        rows.sort_by_cached_key(|row| (due_at(row.reply), row.id.clone()));
        rows
    }
}

/// Whether the customer waits for a reply of the conversation's agent, who has not put it aside. Must agree with
/// `store/tables/desk.rs`.
pub fn is_reply_due(row: &Row) -> bool {
    let is_claimed = match &row.state {
        RowState::Claimed { .. } => true,
        RowState::Bot | RowState::Waiting | RowState::Phone | RowState::Closed { .. } => false,
    };
    is_claimed && row.reply.is_some() && row.snooze.is_none()
}

fn due_at(wait: Option<Wait>) -> Option<Timestamp> {
    wait.map(|wait| wait.since.plus(wait.target))
}

/// How many waits are past half of their target, and how many are past it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtRisk {
    pub due: usize,
    pub breached: usize,
}

impl AtRisk {
    pub const fn all(self) -> usize {
        self.due + self.breached
    }

    /// Of some waits, of which this is a newer count of a part, and `read` an older one of all: at least as many as either
    /// says.
    #[must_use]
    pub fn or_more(self, read: Self) -> Self {
        let breached = self.breached.max(read.breached);
        Self { breached, due: self.all().max(read.all()).saturating_sub(breached) }
    }
}

/// The running waits that are late, or soon will be. Must agree with `store/tables/desk/wall.rs`.
pub fn at_risk(waits: impl Iterator<Item = Wait>, now: Timestamp) -> AtRisk {
    let mut at_risk = AtRisk::default();
    for wait in waits.filter(|wait| wait.until.is_none()) {
        match wait.level(now) {
            Level::Calm => {}
            Level::Due => at_risk.due += 1,
            Level::Breached => at_risk.breached += 1,
        }
    }
    at_risk
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::{Snooze, SnoozeKind},
        time::Span,
    };

    fn waits(id: &str, since: i64) -> Row {
        let reply = Wait { since: Timestamp(since), until: None, answered: false, target: Span(100) };
        Row { reply: Some(reply), ..claimed(id) }
    }

    fn claimed(id: &str) -> Row {
        Row::sample(id, RowState::Claimed { agent: "agt_1".into(), name: "Ana".to_owned() })
    }

    fn changes(seq: i64, rows: Vec<Row>) -> Changes {
        Changes { seq: Seq(seq), rows, ..Changes::default() }
    }

    fn ids(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.id.as_str()).collect()
    }

    #[test]
    fn frames_add_change_and_end_waits_for_a_reply() {
        let read = [waits("cnv_a", 10), waits("cnv_b", 20), waits("cnv_c", 30)];
        let mut newer = NewerRows::default();
        assert_eq!(ids(&newer.replies_due(&read)), ["cnv_a", "cnv_b", "cnv_c"]);
        // when one is answered, one is merged away, one is put aside, and a new one begins
        newer.receive(&changes(5, vec![claimed("cnv_a"), waits("cnv_d", 5)]));
        newer.receive(&Changes { removed: vec!["cnv_b".into()], ..changes(6, Vec::new()) });
        assert_eq!(ids(&newer.replies_due(&read)), ["cnv_d", "cnv_c"]);
        let aside = Snooze { kind: SnoozeKind::Reply, until: None };
        newer.receive(&changes(7, vec![Row { snooze: Some(aside), ..waits("cnv_c", 30) }]));
        assert_eq!(ids(&newer.replies_due(&read)), ["cnv_d"]);
        // when a read knows the first of these frames, then only the later ones count
        newer.forget(Seq(5));
        assert_eq!(ids(&newer.replies_due(&[waits("cnv_c", 30), waits("cnv_e", 1)])), ["cnv_e"]);
        assert_eq!(newer.newest(&waits("cnv_b", 20)), None);
    }

    #[test]
    fn what_waits_without_an_agent_is_no_reply_that_is_due() {
        let reply = waits("cnv_a", 10).reply;
        for state in [RowState::Bot, RowState::Waiting, RowState::Phone, RowState::Closed { at: Timestamp(1) }] {
            assert!(!is_reply_due(&Row { reply, ..Row::sample("cnv_a", state) }));
        }
    }

    #[test]
    fn waits_are_counted_by_how_late_they_are() {
        let running = |since: i64| waits("cnv_a", since).reply.expect("a wait");
        let answered = Wait { until: Some(Timestamp(200)), ..running(0) };
        let waits = [running(150), running(149), running(100), running(99), answered];
        assert_eq!(at_risk(waits.into_iter(), Timestamp(200)), AtRisk { due: 3, breached: 1 });
    }

    #[test]
    fn what_is_not_listed_is_counted_as_it_was_read() {
        let of = |due, breached| AtRisk { due, breached };
        // Thirty are listed of a hundred that were read; one of those is late by now.
        assert_eq!(of(9, 21).or_more(of(80, 20)), of(79, 21));
        assert_eq!(of(3, 5).or_more(of(1, 2)), of(3, 5));
        assert_eq!(of(0, 5).or_more(of(7, 2)), of(4, 5));
        assert_eq!(of(0, 0).or_more(of(0, 0)), of(0, 0));
    }
}
