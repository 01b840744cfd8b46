//! The alerts of a frame: news about conversations of single agents. A row says what is unread and not what has just
//! happened, and most pages do not know its previous value.

use std::collections::HashMap;

use crate::domain::{
    alert::{Alert, AlertCause},
    conversation::{SnoozeEnd, describe::AgentNames},
    desk::{Row, RowState},
    event::{Actor, Entry, Event, ReleaseReason},
    ids::{AgentId, ConversationId, MessageId},
    message::{Author, Delivery},
};

/// The alerts that `log` causes. `rows` are the resulting rows of its conversations, `authors` those of its messages.
/// Several messages of one customer make one alert, the newest.
pub(super) fn alerts(
    log: &[Entry],
    rows: &[Row],
    authors: &HashMap<MessageId, Author>,
    names: &AgentNames,
) -> Vec<Alert> {
    let mut alerts: Vec<Alert> = Vec::new();
    for entry in log {
        let Some(conversation) = &entry.conversation else { continue };
        if changes_owner(&entry.event) {
            // What the customer wrote before is no news for the agent who has the conversation now.
            alerts.retain(|known| known.conversation != *conversation || known.cause != AlertCause::CustomerWrote);
        }
        let concerned = alert(entry, conversation, rows, authors, names).into_iter().chain(mentions(entry, names));
        for (agent, cause) in concerned {
            alerts.retain(|known| (&known.conversation, &known.agent, &known.cause) != (conversation, &agent, &cause));
            alerts.push(Alert { agent, conversation: conversation.clone(), seq: entry.seq, cause });
        }
    }
    alerts
}

fn changes_owner(event: &Event) -> bool {
    matches!(
        event,
        Event::Claimed { .. }
            | Event::TakenOver { .. }
            | Event::Reopened { .. }
            | Event::ReleaseUndone { .. }
            | Event::TakeOverUndone { .. }
    )
}

/// Whom a note calls.
fn mentions(entry: &Entry, names: &AgentNames) -> Vec<(AgentId, AlertCause)> {
    let (Event::Noted { note, mentioned, .. }, Actor::Agent(by)) = (&entry.event, &entry.actor) else {
        return Vec::new();
    };
    let cause = AlertCause::Mentioned { by: names.of(by), note: note.clone() };
    mentioned.iter().map(|agent| (agent.clone(), cause.clone())).collect()
}

/// Whom an entry concerns, and why.
fn alert(
    entry: &Entry,
    conversation: &ConversationId,
    rows: &[Row],
    authors: &HashMap<MessageId, Author>,
    names: &AgentNames,
) -> Option<(AgentId, AlertCause)> {
    let owner = || match &rows.iter().find(|row| row.id == *conversation)?.state {
        RowState::Claimed { agent, .. } => Some(agent.clone()),
        RowState::Bot | RowState::Waiting | RowState::Phone | RowState::Closed { .. } => None,
    };
    if entry.event.is_news(&entry.actor) {
        return Some((owner()?, AlertCause::CustomerWrote));
    }
    if let Event::SnoozeEnded { why: SnoozeEnd::Due } = &entry.event {
        return Some((owner()?, AlertCause::SnoozeOver));
    }
    if let Event::TakenOver { agent: by, from: Some(from), .. } = &entry.event {
        return (by != from).then(|| (from.clone(), AlertCause::TakenOver { by: names.of(by) }));
    }
    if let Event::Delivered { message, status: Delivery::Failed, pricing: None, .. } = &entry.event {
        let Author::Agent(agent) = authors.get(message)? else { return None };
        return Some((agent.clone(), AlertCause::NotDelivered));
    }
    if let Event::Released { agent, why: ReleaseReason::AgentGone, .. } = &entry.event {
        return Some((agent.clone(), AlertCause::Returned));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        event::{Amendment, NoteAct},
        ids::Seq,
        time::{Span, Timestamp},
    };

    fn entry(seq: i64, actor: Actor, event: Event) -> Entry {
        Entry { seq: Seq(seq), at: Timestamp(seq), actor, conversation: Some("cnv_1".into()), event }
    }

    fn wrote(seq: i64) -> Entry {
        let event = Event::CustomerWrote {
            message: "msg_1".into(),
            kind: "text".into(),
            turn: true,
            unread: true,
            at: Timestamp(seq),
            late: false,
            digest: String::new(),
            reply_target: None,
            quiet: false,
        };
        entry(seq, Actor::Customer, event)
    }

    /// The alerts of a log about a conversation in this state, as agent, cause and entry.
    fn of(log: &[Entry], state: RowState) -> Vec<(String, AlertCause, i64)> {
        let authors = [("msg_ana".into(), Author::Agent("agt_ana".into())), ("msg_bot".into(), Author::Bot)];
        let names = [("agt_ben".into(), "Ben".to_owned())].into_iter().collect();
        let alerts = alerts(log, &[Row::sample("cnv_1", state)], &authors.into_iter().collect(), &names);
        alerts.into_iter().map(|alert| (alert.agent.to_string(), alert.cause, alert.seq.0)).collect()
    }

    fn anas() -> RowState {
        RowState::Claimed { agent: "agt_ana".into(), name: "Ana".to_owned() }
    }

    #[test]
    fn news_of_a_customer_alerts_the_owner_once() {
        let ana = || "agt_ana".to_owned();
        assert_eq!(of(&[wrote(1), wrote(2)], anas()), [(ana(), AlertCause::CustomerWrote, 2)]);
        let edited = Event::Amended { message: "msg_1".into(), what: Amendment::Edited };
        assert_eq!(of(&[entry(3, Actor::Customer, edited)], anas()), [(ana(), AlertCause::CustomerWrote, 3)]);
        let claim = || {
            let claimed = Event::Claimed { handoff: "hof_1".into(), agent: "agt_ana".into(), waited: Span(5) };
            entry(2, Actor::Agent("agt_ana".into()), claimed)
        };
        assert_eq!(of(&[wrote(1), claim()], anas()), [], "she reads it when she claims it");
        assert_eq!(of(&[wrote(1), claim(), wrote(3)], anas()), [(ana(), AlertCause::CustomerWrote, 3)]);
        for state in [RowState::Bot, RowState::Waiting, RowState::Phone, RowState::Closed { at: Timestamp(9) }] {
            assert_eq!(of(&[wrote(1)], state), []);
        }
    }

    #[test]
    fn a_takeover_alerts_whom_it_was_taken_from() {
        let taken = |from: Option<&str>| Event::TakenOver {
            handoff: "hof_1".into(),
            agent: "agt_ben".into(),
            from: from.map(Into::into),
        };
        let by_ben = |from| [entry(1, Actor::Agent("agt_ben".into()), taken(from))];
        let cause = AlertCause::TakenOver { by: "Ben".to_owned() };
        assert_eq!(of(&by_ben(Some("agt_ana")), anas()), [("agt_ana".to_owned(), cause, 1)]);
        assert_eq!(of(&by_ben(None), anas()), []);
        assert_eq!(of(&by_ben(Some("agt_ben")), anas()), []);
    }

    #[test]
    fn a_snooze_that_ends_by_its_time_alerts_the_owner() {
        let ended = |why| [entry(1, Actor::System, Event::SnoozeEnded { why })];
        assert_eq!(of(&ended(SnoozeEnd::Due), anas()), [("agt_ana".to_owned(), AlertCause::SnoozeOver, 1)]);
        assert_eq!(of(&ended(SnoozeEnd::Ended), anas()), []);
        assert_eq!(of(&ended(SnoozeEnd::Due), RowState::Waiting), []);
    }

    #[test]
    fn a_failed_message_alerts_its_author() {
        let delivered = |message: &str, status| {
            [entry(1, Actor::Meta, Event::Delivered { message: message.into(), status, code: None, pricing: None })]
        };
        let failed = of(&delivered("msg_ana", Delivery::Failed), RowState::Waiting);
        assert_eq!(failed, [("agt_ana".to_owned(), AlertCause::NotDelivered, 1)]);
        assert_eq!(of(&delivered("msg_bot", Delivery::Failed), anas()), []);
        assert_eq!(of(&delivered("msg_ana", Delivery::Read), anas()), []);
    }

    #[test]
    fn a_note_alerts_all_whom_it_mentions() {
        let noted = |mentioned: &[&str]| {
            let mentioned = mentioned.iter().map(|id| (*id).into()).collect();
            let event = Event::Noted { note: "not_1".into(), act: NoteAct::Written, mentioned };
            [entry(1, Actor::Agent("agt_ben".into()), event)]
        };
        let cause = || AlertCause::Mentioned { by: "Ben".to_owned(), note: "not_1".into() };
        let expected = [("agt_ana".to_owned(), cause(), 1), ("agt_cho".to_owned(), cause(), 1)];
        assert_eq!(of(&noted(&["agt_ana", "agt_cho"]), RowState::Bot), expected);
        assert_eq!(of(&noted(&[]), anas()), []);
    }

    #[test]
    fn an_agents_own_release_alerts_nobody_and_one_without_them_is_told() {
        let released = |why| Event::Released { handoff: "hof_1".into(), agent: "agt_ana".into(), why };
        let own = entry(1, Actor::Agent("agt_ana".into()), released(ReleaseReason::ByAgent));
        assert_eq!(of(&[own], RowState::Waiting), []);
        let gone = entry(1, Actor::System, released(ReleaseReason::AgentGone));
        assert_eq!(of(&[gone], RowState::Waiting), [("agt_ana".to_owned(), AlertCause::Returned, 1)]);
    }
}
