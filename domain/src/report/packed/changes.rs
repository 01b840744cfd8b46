//! Which rows of reports change with some entries: their packed days do not hold them as they are any more.
//!
//! A row has its traits from its conversation and its handoff. When those change, all rows change that have them from there,
//! on whatever days they are; the caller finds them among the stored ones.

use std::collections::{BTreeMap, BTreeSet};

use super::{RowKind, UtcDay};
use crate::{
    event::CloseReason,
    ids::{ChannelId, ConversationId, HandoffId, OutcomeId},
    report::facts::{BegunBy, ConversationFact, FactSet, HandoffFact, MessageFact, MessageSender},
    time::Timestamp,
};

/// A row that a day does not hold as it is. The id is that of the fact, as a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowChange {
    pub kind: RowKind,
    pub day: UtcDay,
    pub row: String,
}

/// A stored row with traits from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelatedRow {
    pub kind: RowKind,
    pub at: Timestamp,
    pub row: String,
    pub conversation: ConversationId,
    pub handoff: Option<HandoffId>,
}

/// Rows that have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowChanges {
    rows: BTreeSet<RowChange>,
    /// All of whose rows change.
    conversations: BTreeSet<ConversationId>,
    /// As `conversations`, with those that they belong to.
    handoffs: BTreeMap<HandoffId, ConversationId>,
}

impl RowChanges {
    /// What entries have changed: the facts before them, and after them.
    pub fn between(before: &FactSet, after: &FactSet) -> Self {
        let mut changes = Self::default();
        for (old, new) in differing(&before.conversations, &after.conversations) {
            if old.map(read_of) != Some(read_of(new)) {
                changes.add(RowKind::Conversations, new.started_at, new.conversation.to_string());
            }
            if old.is_some_and(|old| shared_by(old) != shared_by(new)) {
                changes.conversations.insert(new.conversation.clone());
            }
        }
        for (old, new) in differing(&before.handoffs, &after.handoffs) {
            changes.add(RowKind::Handoffs, new.requested_at, new.handoff.to_string());
            if old.is_some_and(|old| close_of(old) != close_of(new)) {
                changes.add_handoff(&new.handoff, &new.conversation);
            }
        }
        for (_, new) in differing(&before.waits, &after.waits) {
            changes.add(RowKind::Waits, new.ended_at, new.seq.0.to_string());
        }
        for (_, new) in differing(&before.stints, &after.stints) {
            changes.add(RowKind::Stints, new.began_at, new.seq.0.to_string());
        }
        for (_, new) in differing(&before.closings, &after.closings) {
            changes.add(RowKind::Closings, new.at, new.seq.0.to_string());
        }
        for (old, new) in differing(&before.messages, &after.messages) {
            changes.add_message(old, new);
        }
        changes
    }

    /// A row that appeared, changed or disappeared.
    pub fn add(&mut self, kind: RowKind, at: Timestamp, row: String) {
        self.rows.insert(RowChange { kind, day: UtcDay::of(at), row });
    }

    /// All rows of a handoff.
    pub fn add_handoff(&mut self, handoff: &HandoffId, conversation: &ConversationId) {
        self.handoffs.insert(handoff.clone(), conversation.clone());
    }

    /// Only messages of agents that were sent are read, and all they have of their own is when.
    fn add_message(&mut self, old: Option<&MessageFact>, new: &MessageFact) {
        let is_read = new.piece == 0 && matches!(new.sender, MessageSender::Agent(_));
        let before = old.and_then(|old| old.sent_at);
        if is_read && before != new.sent_at {
            for at in [before, new.sent_at].into_iter().flatten() {
                self.add(RowKind::Messages, at, new.message.to_string());
            }
        }
    }

    /// The conversations whose stored rows are to be [added](Self::add_related).
    pub fn related_conversations(&self) -> Vec<&ConversationId> {
        self.conversations.iter().chain(self.handoffs.values()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Of the rows of these conversations, those that have changed with them.
    pub fn add_related(&mut self, rows: Vec<RelatedRow>) {
        for RelatedRow { kind, at, row, conversation, handoff } in rows {
            let is_of_handoff = handoff.is_some_and(|handoff| self.handoffs.contains_key(&handoff));
            if is_of_handoff || self.conversations.contains(&conversation) {
                self.add(kind, at, row);
            }
        }
    }

    /// All of them, in order.
    pub fn into_rows(self) -> Vec<RowChange> {
        self.rows.into_iter().collect()
    }
}

/// The facts that are new or differ, with what they were.
fn differing<'a, K: Ord, V: PartialEq>(
    before: &'a BTreeMap<K, V>,
    after: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = (Option<&'a V>, &'a V)> {
    after.iter().map(move |(key, new)| (before.get(key), new)).filter(|(old, new)| *old != Some(*new))
}

/// What all rows of a conversation have from it.
#[derive(PartialEq, Eq)]
struct SharedTraits<'f> {
    channel: &'f ChannelId,
    begun_by: BegunBy,
    language: Option<&'f str>,
}

fn shared_by(fact: &ConversationFact) -> SharedTraits<'_> {
    SharedTraits { channel: &fact.channel, begun_by: fact.begun_by, language: fact.language.as_deref() }
}

/// What reports read of a conversation. Most entries change none of it.
#[derive(PartialEq, Eq)]
struct ReadTraits<'f> {
    shared: SharedTraits<'f>,
    started_at: Timestamp,
    bot_took_part: bool,
    first_handoff: Option<&'f HandoffId>,
    closed: Option<(CloseReason, Option<&'f OutcomeId>)>,
}

fn read_of(fact: &ConversationFact) -> ReadTraits<'_> {
    ReadTraits {
        shared: shared_by(fact),
        started_at: fact.started_at,
        bot_took_part: fact.bot_took_part,
        first_handoff: fact.first_handoff.as_ref().map(|(id, _)| id),
        closed: fact.closed.as_ref().map(|closed| (closed.reason, closed.outcome.as_ref())),
    }
}

/// What all rows of a handoff have from it and can change.
fn close_of(fact: &HandoffFact) -> (Option<CloseReason>, Option<&OutcomeId>) {
    let ended = fact.ended.as_ref();
    (ended.and_then(|ended| ended.reason), ended.and_then(|ended| ended.outcome.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        handoff::HandoffEnd,
        ids::Seq,
        report::{
            facts::{ClosedFact, ClosingFact, EndedFact},
            samples::{answered, at, closed, closing},
        },
    };

    fn conversation() -> ConversationFact {
        ConversationFact {
            conversation: "cnv_1".into(),
            channel: "chn_1".into(),
            started_at: at(0),
            begun_by: BegunBy::Customer,
            language: None,
            bot_took_part: true,
            bot_turns: 0,
            customer_messages: 1,
            handoffs: 0,
            first_handoff: None,
            closed: None,
            wait: None,
            handoff: None,
            closing: None,
            stint: None,
            turn_answered: false,
            flow: None,
        }
    }

    fn message(sender: MessageSender, sent: Option<i64>) -> MessageFact {
        MessageFact {
            message: "msg_1".into(),
            piece: 0,
            conversation: "cnv_1".into(),
            channel: "chn_1".into(),
            handoff: None,
            sender,
            flow: None,
            notice: None,
            market: None,
            kind: "text".to_owned(),
            queued_at: at(0),
            sent_at: sent.map(at),
            failed: None,
            priced: None,
        }
    }

    fn set(conversation: ConversationFact, handoff: Option<HandoffFact>) -> FactSet {
        let mut facts = FactSet::default();
        facts.conversations.insert(conversation.conversation.clone(), conversation);
        facts.handoffs.extend(handoff.map(|handoff| (handoff.handoff.clone(), handoff)));
        facts
    }

    /// Kinds, days after the first one, and ids.
    fn rows(changes: RowChanges) -> Vec<(RowKind, i64, String)> {
        let first = UtcDay::of(at(0)).0;
        changes.into_rows().into_iter().map(|it| (it.kind, it.day.0 - first, it.row)).collect()
    }

    const DAY: i64 = 24 * 60;

    #[test]
    fn what_reports_do_not_read_changes_no_row() {
        let before = set(conversation(), None);
        let more = ConversationFact { bot_turns: 1, customer_messages: 2, turn_answered: true, ..conversation() };
        assert_eq!(rows(RowChanges::between(&before, &set(more, None))), []);
        let mut facts = FactSet::default();
        facts.messages.insert(("msg_1".into(), 0), message(MessageSender::Bot, Some(5)));
        assert_eq!(rows(RowChanges::between(&FactSet::default(), &facts)), []);
    }

    #[test]
    fn a_row_changes_on_the_day_of_its_cohort() {
        let facts = set(conversation(), Some(answered("hof_1", 5, "agt_ana", 10, 2 * DAY)));
        let expected = [(RowKind::Handoffs, 0, "hof_1".to_owned()), (RowKind::Conversations, 0, "cnv_1".to_owned())];
        assert_eq!(rows(RowChanges::between(&FactSet::default(), &facts)), expected);
        assert_eq!(rows(RowChanges::between(&facts, &facts)), []);
        // What came back changes the close, not the day on which it came.
        let mut before = FactSet::default();
        let fact = closing(7, DAY, "agt_ana").fact;
        before.closings.insert(Seq(7), fact.clone());
        let mut after = before.clone();
        after.closings.insert(Seq(7), ClosingFact { followed_at: Some(at(5 * DAY)), ..fact });
        assert_eq!(rows(RowChanges::between(&before, &after)), [(RowKind::Closings, 1, "7".to_owned())]);
    }

    #[test]
    fn a_message_that_is_sent_once_more_leaves_its_first_day() {
        let with = |sent: Option<i64>| {
            let mut facts = FactSet::default();
            facts.messages.insert(("msg_1".into(), 0), message(MessageSender::Agent("agt_ana".into()), sent));
            facts
        };
        let days = |before: Option<i64>, after: Option<i64>| {
            let changes = RowChanges::between(&with(before), &with(after));
            rows(changes).into_iter().map(|(_, day, _)| day).collect::<Vec<_>>()
        };
        assert_eq!((days(None, Some(5)), days(Some(5), None)), (vec![0], vec![0]));
        assert_eq!((days(Some(5), Some(DAY)), days(None, None)), (vec![0, 1], vec![]));
    }

    #[test]
    fn rows_change_with_what_they_have_their_traits_from() {
        let related = |row: &str, handoff: &str| RelatedRow {
            kind: RowKind::Messages,
            at: at(DAY),
            row: row.to_owned(),
            conversation: "cnv_1".into(),
            handoff: Some(handoff.into()),
        };
        let found = |before: &FactSet, after: &FactSet| {
            let mut changes = RowChanges::between(before, after);
            let asked = changes.related_conversations().len();
            changes.add_related(vec![related("msg_1", "hof_1"), related("msg_0", "hof_0")]);
            let messages = rows(changes).into_iter().filter(|(kind, ..)| *kind == RowKind::Messages);
            (asked, messages.map(|(_, _, row)| row).collect::<Vec<_>>())
        };
        let open = answered("hof_1", 5, "agt_ana", 10, 20);
        let before = set(conversation(), Some(open.clone()));
        // given a handoff that is closed: its own rows have another result
        let after = set(
            ConversationFact {
                closed: Some(ClosedFact { at: at(40), reason: CloseReason::Done, outcome: None }),
                ..conversation()
            },
            Some(closed(open.clone(), 40)),
        );
        assert_eq!(found(&before, &after), (1, vec!["msg_1".to_owned()]));
        // and one that returns to the bot: nobody closed it before or after
        let returned = EndedFact { end: HandoffEnd::ReturnedToBot, ..ended_at(40) };
        let after = set(conversation(), Some(HandoffFact { ended: Some(returned), ..open.clone() }));
        assert_eq!(found(&before, &after), (0, vec![]));
        // and another language: all rows of the conversation
        let after = set(ConversationFact { language: Some("de".to_owned()), ..conversation() }, Some(open));
        assert_eq!(found(&before, &after), (1, vec!["msg_0".to_owned(), "msg_1".to_owned()]));
    }

    fn ended_at(minutes: i64) -> EndedFact {
        let end = HandoffEnd::Merged;
        EndedFact { at: at(minutes), seq: Seq(1), end, reason: None, outcome: None, owner: None }
    }
}
