use super::*;
use crate::{
    block::BlockReason,
    conversation::{CancelCause, EndingKind},
    ids::Seq,
    time::{Span, Timestamp},
};

fn ana() -> AgentId {
    "agt_ana".into()
}

fn names() -> AgentNames {
    [(ana(), "Ana".to_owned()), ("agt_ben".into(), "Ben".to_owned())].into_iter().collect()
}

fn agent_of(event: Event, actor: Actor) -> Option<String> {
    let entry = Entry { seq: Seq(4), at: Timestamp(9), actor, conversation: None, event };
    match line(&entry, &names())?.body {
        ItemBody::Line(line) => line.agent.map(|(_, name)| name),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_block_is_told_with_the_agent_who_did_it() {
    let blocked = || Event::CustomerBlocked { customer: "cus_1".into(), reason: BlockReason::Fraud };
    assert_eq!(agent_of(blocked(), Actor::Agent(ana())).as_deref(), Some("Ana"));
    assert_eq!(agent_of(blocked(), Actor::System), None);
    let unblocked = Event::CustomerUnblocked { customer: "cus_1".into() };
    assert_eq!(agent_of(unblocked, Actor::Agent("agt_ben".into())).as_deref(), Some("Ben"));
}

#[test]
fn a_conversation_is_reopened_for_its_agent_unless_they_did_it() {
    let reopened =
        Event::Reopened { handoff: "hof_1".into(), agent: ana(), team: "tem_1".into(), target: Span::minutes(5) };
    let told = |actor| what(&reopened, &actor, &names());
    assert_eq!(told(Actor::Agent(ana())).as_deref(), Some("Reopened a conversation"));
    for other in [Actor::Agent("agt_ben".into()), Actor::Customer] {
        assert_eq!(told(other).as_deref(), Some("Reopened a conversation for Ana"));
    }
}

#[test]
fn an_ending_that_its_agent_cancelled_is_no_line() {
    let cancelled =
        |cause| Event::EndingCancelled { ending: "end_1".into(), kind: EndingKind::Close, agent: ana(), cause };
    let line = |cause, actor| {
        let event = cancelled(cause);
        line(&Entry { seq: Seq(4), at: Timestamp(9), actor, conversation: None, event }, &names())
    };
    assert_eq!(line(CancelCause::Undone, Actor::Agent(ana())), None);
    assert!(line(CancelCause::CustomerWrote, Actor::Customer).is_some());
}

#[test]
fn the_audit_log_says_whose_ending_was_cancelled() {
    let cancelled = Event::EndingCancelled {
        ending: "end_1".into(),
        kind: EndingKind::Close,
        agent: ana(),
        cause: CancelCause::Undone,
    };
    let told = |actor| what(&cancelled, &actor, &names()).unwrap_or_default();
    assert!(told(Actor::Agent(ana())).starts_with("Cancelled their "));
    assert!(!told(Actor::Agent("agt_ben".into())).starts_with("Cancelled their "));
}
