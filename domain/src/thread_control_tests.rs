use super::*;

const AT: Timestamp = Timestamp(5);

fn all() -> [ThreadControl; 6] {
    let role = ResponderRole::AiAgent;
    [
        ThreadControl::Ours { from: Some(role), since: AT },
        ThreadControl::Theirs { role, since: AT },
        ThreadControl::TakeRequested { role, since: AT },
        ThreadControl::TakeRefused { role, since: AT, code: Some(2_494_191) },
        ThreadControl::TakeUncertain { role, since: AT },
        ThreadControl::Leaving { way: LeaveWay::Pass, role, since: AT, agent: None },
    ]
}

#[test]
fn every_state_but_ours_says_why_the_owner_cannot_write() {
    for control in all() {
        assert_eq!(control.headline().is_empty(), control.is_ours(), "{control:?}");
        assert_eq!(control.advice().is_empty(), control.is_ours(), "{control:?}");
        assert_eq!((control.role(), control.since()), (ResponderRole::AiAgent, AT));
    }
    let refused = ThreadControl::TakeRefused { role: ResponderRole::Unknown, since: AT, code: Some(7) };
    assert_eq!(
        refused.advice(),
        "The customer is still with another app on this number (code 7). Release the conversation, or ask an admin."
    );
}

#[test]
fn only_requests_have_to_be_made() {
    let asked: Vec<_> = all().iter().filter_map(ThreadControl::request).collect();
    assert_eq!(asked, [(ControlRequest::Take, AT), (ControlRequest::Pass, AT)]);
    let release = ThreadControl::Leaving { way: LeaveWay::Release, role: ResponderRole::Ctwa, since: AT, agent: None };
    assert_eq!(release.request(), Some((ControlRequest::Release, AT)));
}

#[test]
fn a_role_that_nobody_knows_is_another_app() {
    assert_eq!(ResponderRole::of_wire(Some("ctwa")), ResponderRole::Ctwa);
    assert_eq!(ResponderRole::of_wire(Some("meta_business_agent")), ResponderRole::AiAgent);
    for name in [None, Some("concierge"), Some("")] {
        assert_eq!(ResponderRole::of_wire(name), ResponderRole::Unknown, "{name:?}");
    }
    assert_eq!(ResponderRole::Unknown.way_back(), LeaveWay::Pass);
    assert_eq!(ResponderRole::Marketing.way_back(), LeaveWay::Release);
}

#[test]
fn a_new_conversation_is_ours_and_nothing_is_known_of_others() {
    let new = ThreadControl::default();
    assert!(new.is_ours() && new.is_default() && new.may_send() && new.request().is_none());
    assert_eq!(all().iter().filter(|control| control.may_send()).count(), 2);
    assert_eq!(all().iter().filter(|control| control.is_stuck()).count(), 3);
    assert!(!all()[0].is_default());
    assert!(ControlSign::Copied.shows_other_app() && !ControlSign::Sent.shows_other_app());
}

#[test]
fn the_note_says_who_returned_the_customer_and_why_an_agent_was_there() {
    let note = leave_note(Some("Ana Costa"), Some("Keyword “human”"));
    assert_eq!(note, "Returned by Ana Costa. An agent was requested: Keyword “human”.");
    assert_eq!(leave_note(None, None), "The conversation with an agent has ended.");
    assert_eq!(leave_note(Some(&"x".repeat(3_000)), None).chars().count(), NOTE_LIMIT);
}

#[test]
fn only_taking_keeps_the_customer() {
    assert!(!ControlRequest::Take.is_leave());
    assert!(ControlRequest::Pass.is_leave() && ControlRequest::Release.is_leave());
}
