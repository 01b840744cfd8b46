use super::{
    super::{
        Command, Owner,
        tests::{T0, after, ana, ben, fresh, hand_off, reply, run},
    },
    *,
};
use crate::event::Actor;

const LATER: Timestamp = Timestamp(T0.0 + 90_000);
const ROLE: ResponderRole = ResponderRole::AiAgent;

fn claim(agent: AgentId) -> Command {
    Command::Claim { agent }
}

fn with(control: ThreadControl, it: Conversation) -> Conversation {
    Conversation { control, ..it }
}

fn theirs() -> ThreadControl {
    ThreadControl::Theirs { role: ROLE, since: T0 }
}

fn requested() -> ThreadControl {
    ThreadControl::TakeRequested { role: ROLE, since: T0 }
}

fn refused() -> ThreadControl {
    ThreadControl::TakeRefused { role: ROLE, since: T0, code: Some(2_494_191) }
}

fn uncertain() -> ThreadControl {
    ThreadControl::TakeUncertain { role: ROLE, since: T0 }
}

fn from_partner() -> ThreadControl {
    ours(ROLE, T0)
}

fn passing() -> ThreadControl {
    leaving(LeaveWay::Pass, ROLE, T0, Some(&ana()))
}

fn waiting(control: ThreadControl) -> Conversation {
    with(control, after(fresh(), &[hand_off()]))
}

fn claimed(control: ThreadControl) -> Conversation {
    with(control, after(fresh(), &[hand_off(), claim(ana())]))
}

/// The control after a command at [`LATER`], and its cause if it changed.
fn asks(it: &Conversation, command: &Command) -> (ThreadControl, Option<ControlCause>) {
    let (next, events) = run(it, command, LATER).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
    (next.control, cause_of(&events))
}

fn cause_of(events: &[Event]) -> Option<ControlCause> {
    events.iter().find_map(|event| if let Event::ControlChanged { cause, .. } = event { Some(*cause) } else { None })
}

fn applied(it: &Conversation, events: &[Event]) -> Conversation {
    events.iter().fold(it.clone(), |state, event| state.apply(event, &Actor::Meta, LATER))
}

#[test]
fn whoever_gets_a_conversation_asks_for_the_customer_of_another_app_once() {
    let take = (ThreadControl::TakeRequested { role: ROLE, since: LATER }, Some(ControlCause::Claimed));
    for control in [theirs(), refused(), passing()] {
        assert_eq!(asks(&waiting(control.clone()), &claim(ana())), take, "{control:?}");
        let take_over = Command::TakeOver { agent: ben(), handoff: "hof_2".into(), target: Span::minutes(5) };
        assert_eq!(asks(&claimed(control.clone()), &take_over), take, "{control:?}");
        assert_eq!(asks(&with(control.clone(), fresh()), &take_over), take, "from the bot: {control:?}");
        let released = after(claimed(control.clone()), &[Command::Release { agent: ana() }]);
        assert_eq!(released.control, control, "a release asks for nothing");
        let undo = Command::UndoRelease { agent: ana(), epoch: released.epoch };
        assert_eq!(asks(&released, &undo), take, "{control:?}");
    }
    // A request under way is not made twice, and one that may have had its effect is never repeated.
    for control in [requested(), uncertain(), from_partner(), ThreadControl::default()] {
        assert_eq!(asks(&waiting(control.clone()), &claim(ana())), (control, None));
    }
}

#[test]
fn the_claim_stands_and_the_owner_cannot_write_until_the_customer_is_ours() {
    for control in [theirs(), requested(), refused(), uncertain(), passing()] {
        let it = claimed(control.clone());
        assert_eq!(it.agent(), Some(&ana()));
        assert_eq!(it.decide(&reply(ana()), LATER), Err(Refusal::WithOtherApp), "{control:?}");
        // Who else has it is said first.
        assert_eq!(it.decide(&reply(ben()), LATER), Err(Refusal::OwnedBy(ana())));
    }
    for control in [ThreadControl::default(), from_partner()] {
        let it = claimed(control);
        assert!(it.decide(&reply(ana()), LATER).is_ok());
        assert!(it.writable_by(&ana()).is_ok() && it.writable_by(&ben()).is_err());
    }
}

#[test]
fn a_return_passes_the_customer_on_and_a_close_releases_them() {
    let returned = Command::ReturnToBot { agent: ana() };
    let pass = leaving(LeaveWay::Pass, ROLE, LATER, Some(&ana()));
    assert_eq!(asks(&claimed(from_partner()), &returned), (pass.clone(), Some(ControlCause::Returned)));
    // Meta passes to its own agent only.
    let role = ResponderRole::Marketing;
    let release = leaving(LeaveWay::Release, role, LATER, Some(&ana()));
    assert_eq!(asks(&claimed(ours(role, T0)), &returned).0, release);
    let close = Command::Close { agent: ana(), seen: None };
    let release = leaving(LeaveWay::Release, ROLE, LATER, None);
    assert_eq!(asks(&claimed(from_partner()), &close), (release, Some(ControlCause::Closed)));
    // Without another app, or while it has the customer, nothing is given away.
    for control in [ThreadControl::default(), theirs(), requested(), refused(), uncertain(), passing()] {
        for command in [&returned, &close] {
            assert_eq!(asks(&claimed(control.clone()), command), (control.clone(), None), "{command:?}");
        }
    }
    // An ending that can be undone asks when it takes effect.
    let press = Command::ScheduleEnding {
        ending: "end_1".into(),
        kind: super::super::EndingKind::ReturnToBot,
        agent: ana(),
        seen: None,
        outcome: None,
        due_at: LATER,
    };
    let pending = after(claimed(from_partner()), &[press]);
    assert_eq!(pending.control, from_partner());
    assert_eq!(asks(&pending, &Command::CarryOutEnding { ending: "end_1".into() }).0, pass);
}

#[test]
fn a_takeover_that_is_undone_gives_the_customer_back_with_the_conversation() {
    let it = claimed(from_partner());
    let undo = |back_to| Command::UndoTakeOver { agent: ana(), epoch: it.epoch, back_to };
    let pass = leaving(LeaveWay::Pass, ROLE, LATER, Some(&ana()));
    assert_eq!(asks(&it, &undo(PreviousOwner::Bot)), (pass, Some(ControlCause::Returned)));
    for owner in [PreviousOwner::Nobody, PreviousOwner::Phone] {
        assert_eq!(asks(&it, &undo(owner)), (from_partner(), None));
    }
    // To a colleague it goes like a claim, which asks for nothing that is ours.
    assert_eq!(asks(&it, &undo(PreviousOwner::Agent(ben()))), (from_partner(), None));
}

#[test]
fn a_merged_conversation_is_not_given_away_and_keeps_what_is_known_of_the_customer() {
    assert_eq!(asks(&claimed(from_partner()), &Command::Merge), (from_partner(), None));
    let kept = |older: ThreadControl, younger: ThreadControl| {
        let event = with(older.clone(), fresh()).merged_control(&with(younger, fresh()));
        event.map_or(older, |event| applied(&fresh(), &[event]).control)
    };
    let later = |control| match control {
        ThreadControl::Theirs { role, .. } => ThreadControl::Theirs { role, since: LATER },
        other => other,
    };
    assert_eq!(kept(ThreadControl::default(), theirs()), theirs());
    assert_eq!(kept(theirs(), ThreadControl::default()), theirs());
    assert_eq!(kept(from_partner(), later(theirs())), later(theirs()), "the newer of two");
    assert_eq!(kept(later(theirs()), from_partner()), later(theirs()));
    for open in [requested(), uncertain(), passing()] {
        assert_eq!(kept(later(theirs()), open.clone()), open, "a request counts more");
        assert_eq!(kept(open.clone(), later(theirs())), open);
    }
}

#[test]
fn signs_show_who_answers_unless_they_are_older_than_what_is_known() {
    let signed = |control: ThreadControl, sign, at| {
        let it = claimed(control);
        let event = it.control_sign(sign, at);
        event.map(|event| applied(&it, &[event]).control)
    };
    let earlier = T0.minus(Span::seconds(5));
    // A message on our own field: the customer is ours, whatever was asked before.
    for control in [theirs(), requested(), refused(), uncertain()] {
        assert_eq!(signed(control.clone(), ControlSign::OwnMessage, LATER), Some(ours(ROLE, LATER)), "{control:?}");
        assert_eq!(signed(control.clone(), ControlSign::OwnMessage, earlier), None, "a late webhook: {control:?}");
        assert_eq!(signed(control, ControlSign::Sent, LATER), Some(ours(ROLE, LATER)));
    }
    for control in [ThreadControl::default(), from_partner(), passing()] {
        assert_eq!(signed(control.clone(), ControlSign::OwnMessage, LATER), None, "{control:?}");
        assert_eq!(signed(control, ControlSign::Sent, LATER), None);
    }
    // A copy of another app's conversation: it has the customer. What is being asked is decided by the answer.
    let copied = ThreadControl::Theirs { role: ROLE, since: LATER };
    for control in [from_partner(), uncertain()] {
        assert_eq!(signed(control.clone(), ControlSign::Copied, LATER), Some(copied.clone()), "{control:?}");
        assert_eq!(signed(control, ControlSign::Copied, T0), None, "not newer");
    }
    for control in [theirs(), requested(), refused(), passing()] {
        assert_eq!(signed(control.clone(), ControlSign::Copied, LATER), None, "{control:?}");
    }
    let unknown = ThreadControl::Theirs { role: ResponderRole::Unknown, since: LATER };
    assert_eq!(signed(ThreadControl::default(), ControlSign::Copied, LATER), Some(unknown));
    // Handovers name the role.
    let role = ResponderRole::Utility;
    let by = ThreadControl::Theirs { role, since: LATER };
    for control in [ThreadControl::default(), from_partner(), uncertain(), refused()] {
        assert_eq!(signed(control.clone(), ControlSign::Taken { by: role }, LATER), Some(by.clone()), "{control:?}");
    }
    assert_eq!(signed(requested(), ControlSign::Taken { by: role }, LATER), None);
    assert_eq!(signed(from_partner(), ControlSign::Taken { by: role }, earlier), None);
    for control in [ThreadControl::default(), theirs(), requested(), refused(), uncertain(), passing()] {
        let passed = signed(control.clone(), ControlSign::Passed { from: role }, LATER);
        assert_eq!(passed, Some(ours(role, LATER)), "{control:?}");
    }
    assert_eq!(signed(from_partner(), ControlSign::Passed { from: ROLE }, LATER), None, "nothing new");
}

#[test]
fn a_copy_ends_the_bots_turns_and_is_overtaken_by_a_later_message_of_ours() {
    let copied = fresh().control_sign(ControlSign::Copied, LATER).expect("a sign");
    let next = applied(&fresh(), std::slice::from_ref(&copied));
    assert!(next.epoch > fresh().epoch && next.state == State::Bot);
    let with_ana = claimed(ThreadControl::default());
    assert_eq!(applied(&with_ana, &[copied]).epoch, with_ana.epoch, "an agent's stay as they are");
    let window = with_ana.window.renewed(LATER);
    let written = Conversation { window, ..fresh() };
    assert_eq!(written.control_sign(ControlSign::Copied, LATER.minus(Span::seconds(2))), None);
    // What has ended shows nothing.
    let closed = after(fresh(), &[Command::Close { agent: ana(), seen: None }]);
    assert_eq!(closed.control_sign(ControlSign::Copied, LATER), None);
}

#[test]
fn what_the_customer_wrote_to_the_other_app_opens_the_window_with_the_control() {
    let it = claimed(requested());
    let mut events = it.control_answered(T0, ControlAnswer::Accepted, LATER);
    assert!(!applied(&it, &events).window.is_open(LATER), "nothing is known of what they wrote");
    if let Some(Event::ControlChanged { written_at, .. }) = events.first_mut() {
        *written_at = Some(T0);
    }
    let next = applied(&it, &events);
    assert!(next.window.is_open(LATER) && next.writable_by(&ana()).is_ok());
}

#[test]
fn the_answer_to_a_take_opens_the_composer_or_says_why_not() {
    let answered = |it: &Conversation, answer| {
        let events = it.control_answered(T0, answer, LATER);
        (applied(it, &events).control, cause_of(&events))
    };
    let it = claimed(requested());
    assert_eq!(answered(&it, ControlAnswer::Accepted), (ours(ROLE, LATER), Some(ControlCause::TakeAccepted)));
    let no = ControlAnswer::Refused { code: Some(7) };
    let refused = ThreadControl::TakeRefused { role: ROLE, since: LATER, code: Some(7) };
    assert_eq!(answered(&it, no), (refused, Some(ControlCause::TakeRefused)));
    assert_eq!(answered(&it, ControlAnswer::Unclear), (uncertain(), Some(ControlCause::TakeUnclear)));
    // Released meanwhile: the desk has the customer, and the next claim asks for nothing.
    let released = after(it.clone(), &[Command::Release { agent: ana() }]);
    let ours_now = applied(&released, &released.control_answered(T0, ControlAnswer::Accepted, LATER));
    assert!(matches!(ours_now.state, State::Human { owner: Owner::Nobody, .. }));
    assert_eq!(asks(&ours_now, &claim(ben())), (ours(ROLE, LATER), None));
    // Another request, or a sign, has replaced it.
    for control in [ThreadControl::TakeRequested { role: ROLE, since: LATER }, theirs(), from_partner(), uncertain()] {
        assert!(claimed(control).control_answered(T0, ControlAnswer::Accepted, LATER).is_empty());
    }
}

#[test]
fn a_customer_who_was_taken_after_the_agent_left_is_given_back() {
    let returned = with(requested(), fresh());
    let events = returned.control_answered(T0, ControlAnswer::Accepted, LATER);
    assert_eq!(events.len(), 2);
    assert_eq!(applied(&returned, &events).control, leaving(LeaveWay::Pass, ROLE, LATER, None));
    let closed = with(requested(), after(fresh(), &[Command::Close { agent: ana(), seen: None }]));
    let events = closed.control_answered(T0, ControlAnswer::Accepted, LATER);
    assert_eq!(applied(&closed, &events).control, leaving(LeaveWay::Release, ROLE, LATER, None));
    // A refusal is nobody's to read there.
    let events = returned.control_answered(T0, ControlAnswer::Refused { code: None }, LATER);
    assert_eq!(applied(&returned, &events).control, ThreadControl::Theirs { role: ROLE, since: LATER });
}

#[test]
fn a_customer_who_was_not_given_away_yet_stays_with_the_agent_who_claims() {
    let it = claimed(requested());
    let events = it.leave_cancelled(LATER);
    assert_eq!(
        (applied(&it, &events).control, cause_of(&events)),
        (ours(ROLE, LATER), Some(ControlCause::LeaveCancelled))
    );
    // If the agent has returned the conversation since, the customer is given away now.
    let returned = with(requested(), fresh());
    let events = returned.leave_cancelled(LATER);
    assert_eq!(applied(&returned, &events).control, leaving(LeaveWay::Pass, ROLE, LATER, None));
    // Whatever else is known since tells more.
    for control in [theirs(), refused(), uncertain(), from_partner(), passing(), ThreadControl::default()] {
        assert!(claimed(control.clone()).leave_cancelled(LATER).is_empty(), "{control:?}");
    }
}

#[test]
fn two_requests_never_have_the_same_time() {
    let passes = with(leaving(LeaveWay::Pass, ROLE, LATER, None), fresh());
    let take_over = Command::TakeOver { agent: ben(), handoff: "hof_2".into(), target: Span::minutes(5) };
    let since = Timestamp(LATER.0 + 1);
    assert_eq!(asks(&passes, &take_over).0, ThreadControl::TakeRequested { role: ROLE, since });
}

#[test]
fn a_customer_who_is_given_away_is_theirs_unless_that_is_refused() {
    let it = with(passing(), fresh());
    let answered = |answer| {
        let events = it.control_answered(T0, answer, LATER);
        (applied(&it, &events).control, cause_of(&events))
    };
    let theirs_later = ThreadControl::Theirs { role: ROLE, since: LATER };
    assert_eq!(answered(ControlAnswer::Accepted), (theirs_later, Some(ControlCause::Passed)));
    let no = ControlAnswer::Refused { code: Some(7) };
    assert_eq!(answered(no), (ours(ROLE, LATER), Some(ControlCause::LeaveRefused)));
    assert_eq!(answered(ControlAnswer::Unclear), (theirs(), Some(ControlCause::LeaveUnclear)));
    let release = with(leaving(LeaveWay::Release, ROLE, T0, None), fresh());
    let events = release.control_answered(T0, ControlAnswer::Accepted, LATER);
    assert_eq!(cause_of(&events), Some(ControlCause::Released));
}

#[test]
fn what_is_known_alike_of_two_conversations_is_no_news() {
    let mine = waiting(theirs());
    assert_eq!(mine.merged_control(&waiting(theirs())), None);
    assert!(mine.merged_control(&waiting(requested())).is_some());
}
