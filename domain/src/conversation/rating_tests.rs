use super::*;
use crate::{
    conversation::{
        Command, Received,
        tests::{T0, ana, customer_writes, fresh, hand_off, reply, run, sent},
    },
    event::{Actor, CloseReason},
    message::TurnEffect,
    thread_control::{ResponderRole, ThreadControl},
    window::LENGTH,
};

const VALUES: ClosingValues<'_> =
    ClosingValues { customer_name: "Maria Costa", agent_name: "Ana", tenant_name: "Acme" };

fn after(commands: &[Command]) -> Conversation {
    let step = |state, command| run(&state, command, T0).expect("is possible").0;
    commands.iter().fold(fresh(), step)
}

/// Ana has it, and has answered.
fn answered() -> Conversation {
    after(&[customer_writes("msg_1"), hand_off(), Command::Claim { agent: ana() }, reply(ana()), sent(ana(), T0, None)])
}

fn close() -> Command {
    Command::Close { agent: ana(), seen: Some("msg_1".into()) }
}

fn closed() -> Conversation {
    run(&answered(), &close(), T0).expect("closes").0
}

fn rated_handoff() -> RatedHandoff {
    RatedHandoff { handoff: "hof_1".into(), agent: Some(ana()) }
}

fn asks() -> RatingSettings {
    RatingSettings { rule: RatingRule::AfterClose, ..RatingSettings::default() }
}

/// The text of the question.
fn question(it: &Conversation, settings: &RatingSettings, goodbye: Option<&str>, now: Timestamp) -> Option<String> {
    let message = it.rating_question(&rated_handoff(), settings, goodbye, now, &VALUES).expect("a valid template");
    message.map(|message| message.body().to_owned())
}

#[test]
fn only_a_handoff_in_which_a_person_answered_can_be_rated() {
    assert_eq!(answered().to_rate(), Some(rated_handoff()));
    let unanswered = after(&[customer_writes("msg_1"), hand_off(), Command::Claim { agent: ana() }]);
    let queued = run(&unanswered, &reply(ana()), T0).expect("replies").0;
    for it in [fresh(), unanswered, queued, closed()] {
        assert_eq!(it.to_rate(), None, "{it:?}");
    }
    // Whoever answered has let go of it: the close of a colleague asks, and rates nobody.
    let released = run(&answered(), &Command::Release { agent: ana() }, T0).expect("releases").0;
    assert_eq!(released.to_rate(), Some(RatedHandoff { agent: None, ..rated_handoff() }));
}

#[test]
fn a_reopened_conversation_asks_only_after_another_answer() {
    let reopen = Command::Reopen { agent: ana(), handoff: "hof_2".into(), target: Span::minutes(5), open: None };
    let reopened = run(&closed(), &reopen, T0).expect("reopens").0;
    assert_eq!(reopened.to_rate(), None);
    let again = [reply(ana()), sent(ana(), T0, None)];
    let again = again.iter().fold(reopened, |state, command| run(&state, command, T0).expect("is possible").0);
    assert_eq!(again.to_rate().map(|rated| rated.handoff), Some("hof_2".into()));
}

#[test]
fn the_question_is_asked_within_the_window_if_it_is_on() {
    let it = Conversation { window: fresh().window.renewed(T0), ..closed() };
    let end = T0.plus(LENGTH);
    assert_eq!(question(&it, &asks(), None, T0).as_deref(), Some("How was our help?"));
    assert_eq!(question(&it, &asks(), Some("Bye"), T0).as_deref(), Some("Bye\n\nHow was our help?"));
    assert_eq!(question(&it, &RatingSettings::default(), Some("Bye"), T0), None, "it is off");
    assert!(question(&it, &asks(), None, end.minus(Span(1))).is_some());
    assert_eq!(question(&it, &asks(), None, end), None);
    let control = ThreadControl::Theirs { role: ResponderRole::AiAgent, since: T0 };
    assert_eq!(question(&Conversation { control, ..it }, &asks(), None, T0), None, "another app has the customer");
}

#[test]
fn asking_changes_nothing_and_needs_a_close() {
    let rated = rated_handoff();
    let ask = Command::AskRating {
        message: "msg_q".into(),
        kind: "buttons".to_owned(),
        digest: String::new(),
        rated: rated.clone(),
    };
    let (next, events) = run(&closed(), &ask, T0).expect("asks");
    assert_eq!(next, closed());
    let asked = Event::RatingAsked { handoff: rated.handoff, agent: rated.agent, message: "msg_q".into() };
    assert!(
        matches!(&events[..], [Event::Queued { author: Author::System, .. }, last] if *last == asked),
        "{events:?}"
    );
    assert_eq!(answered().decide(&ask, T0), Err(Refusal::WithHuman));
    assert_eq!(fresh().decide(&ask, T0), Err(Refusal::WithBot));
}

#[test]
fn the_first_answer_counts_and_a_later_one_replaces_it_for_a_day() {
    let answer =
        |first_at| RatingAnswer { rated: rated_handoff(), message: "msg_2".into(), score: Score::ALL[2], first_at };
    let expected =
        Event::Rated { handoff: "hof_1".into(), agent: Some(ana()), message: "msg_2".into(), score: Score::ALL[2] };
    let day = T0.plus(CORRECTED_WITHIN);
    for (first_at, now, counts) in [(None, day, true), (Some(T0), day.minus(Span(1)), true), (Some(T0), day, false)] {
        let expected: Vec<Event> = counts.then(|| expected.clone()).into_iter().collect();
        // Whatever has become of the conversation.
        for it in [fresh(), answered(), closed()] {
            let (next, events) = run(&it, &Command::Rate(answer(first_at)), now).expect("is possible");
            assert_eq!((next, &events), (it, &expected));
        }
    }
}

#[test]
fn a_tapped_button_wakes_nobody_wherever_it_arrives() {
    let Command::Receive(received) = customer_writes("msg_2") else { unreachable!("as built") };
    let tap = Command::Receive(Received { turn: TurnEffect::Rating, late: true, ..received });
    let merged = Event::Closed { reason: CloseReason::Merged, handoff: None, outcome: None };
    let merged = answered().apply(&merged, &Actor::System, T0);
    for before in [closed(), merged, answered(), fresh()] {
        let (next, events) = run(&before, &tap, T0).expect("is received");
        let [Event::CustomerWrote { turn: false, unread: false, quiet: true, reply_target: None, .. }] = &events[..]
        else {
            panic!("{events:?}")
        };
        assert_eq!(next, Conversation { window: next.window, ..before });
    }
}
