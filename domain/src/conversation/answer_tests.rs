use super::{
    tests::{T0, after, ana, ben, customer_writes, fresh, hand_off, reply, run, sent},
    *,
};
use crate::message::TurnEffect;

/// The tenant's target for replies, and that of the request.
const REPLY: Span = Span::minutes(10);
const REQUEST: Span = Span::minutes(5);

const fn at(seconds: i64) -> Timestamp {
    T0.plus(Span::seconds(seconds))
}

fn clock(seconds: i64, target: Span) -> Option<ReplyClock> {
    Some(ReplyClock { since: at(seconds), target })
}

fn claimed() -> Conversation {
    after(fresh(), &[customer_writes("msg_1"), hand_off(), Command::Claim { agent: ana() }])
}

/// Ana's first reply was sent at 20 seconds.
fn answered() -> Conversation {
    after(claimed(), &[reply(ana()), sent(ana(), at(20), None)])
}

fn writes_at(state: &Conversation, id: &str, seconds: i64) -> Conversation {
    let Command::Receive(received) = customer_writes(id) else { unreachable!("as built") };
    let command = Command::Receive(Received { written_at: at(seconds), ..received });
    run(state, &command, at(seconds)).expect("is open").0
}

fn wait(state: &Conversation) -> Option<ReplyClock> {
    state.reply_clock
}

#[test]
fn the_clock_starts_with_the_request_and_a_queued_reply_does_not_stop_it() {
    assert_eq!(wait(&after(fresh(), &[customer_writes("msg_1")])), None, "the bot answers");
    let mine = claimed();
    assert_eq!(wait(&mine), clock(0, REQUEST));
    let (queued, events) = run(&mine, &reply(ana()), at(10)).expect("she owns it");
    assert!(matches!(&events[..], [Event::Queued { .. }]), "{events:?}");
    assert_eq!((wait(&queued), queued.handoff().and_then(|it| it.first_reply.clone())), (wait(&mine), None));
}

#[test]
fn a_sent_reply_ends_the_wait_and_the_first_one_is_timed_from_the_request() {
    let reply = SentReply {
        message: "msg_r".into(),
        by: Author::Agent(ana()),
        written_at: at(30),
        sent_at: at(90),
        next: None,
    };
    let (answered, events) = run(&claimed(), &Command::ReplySent(reply.clone()), at(90)).expect("never refused");
    let (message, by, waited) = (reply.message.clone(), reply.by.clone(), Span::seconds(90));
    let first =
        Event::FirstReplySent { handoff: "hof_1".into(), message: message.clone(), by: by.clone(), after: waited };
    let clock = ReplyClock { since: at(0), target: REQUEST };
    assert_eq!(events, [Event::Answered { message, by, clock, waited, next: None }, first]);
    assert_eq!(wait(&answered), None);
    let first = answered.handoff().and_then(|it| it.first_reply.clone()).expect("a first reply");
    assert_eq!((first.by, first.at), (Author::Agent(ana()), at(90)));
    // A further message answers nothing, because nobody waits.
    assert_eq!(answered.decide(&Command::ReplySent(reply), at(95)), Ok(vec![]));
}

#[test]
fn later_messages_do_not_restart_the_clock_and_the_reply_names_what_is_still_unanswered() {
    let waits = writes_at(&writes_at(&answered(), "msg_2", 60), "msg_3", 70);
    assert_eq!(wait(&waits), clock(60, REPLY));
    // given a reply that was queued before the second of them came
    let next = clock(70, REPLY);
    let (still, events) = run(&waits, &sent(ana(), at(65), next), at(80)).expect("never refused");
    assert!(matches!(&events[..], [Event::Answered { waited, .. }] if *waited == Span::seconds(5)), "{events:?}");
    assert_eq!(wait(&still), next);
    // A reply that was queued before the customer wrote answers nothing, and neither does one that is reported late.
    assert_eq!(waits.decide(&sent(ana(), at(59), None), at(80)), Ok(vec![]));
    assert_eq!(waits.decide(&sent(ana(), at(80), clock(60, REPLY)), at(80)), Ok(vec![]));
    // A message that arrives late has been waiting since it was written, but never longer than its arrival.
    let Command::Receive(received) = customer_writes("msg_4") else { unreachable!("as built") };
    for (written, since) in [(40, 40), (200, 100)] {
        let late = Command::Receive(Received { written_at: at(written), ..received.clone() });
        assert_eq!(wait(&run(&answered(), &late, at(100)).expect("is open").0), clock(since, REPLY));
    }
}

#[test]
fn what_the_thread_shows_starts_the_clock_and_silent_messages_do_not() {
    let Command::Receive(received) = customer_writes("msg_2") else { unreachable!("as built") };
    let arrives = |turn| {
        let command = Command::Receive(Received { turn, written_at: at(60), ..received.clone() });
        wait(&run(&answered(), &command, at(60)).expect("is open").0)
    };
    assert_eq!(arrives(TurnEffect::Customer), clock(60, REPLY));
    assert_eq!(arrives(TurnEffect::Notice), clock(60, REPLY));
    assert_eq!(arrives(TurnEffect::Silent), None);
}

#[test]
fn what_comes_quietly_while_a_reply_waits_to_be_sent_starts_no_clock() {
    // given a closed conversation that its customer reopens, and Ana's reply, which is queued
    let close = Command::Close { agent: ana(), seen: Some("msg_1".into()) };
    let reopen = Command::Reopen { agent: ana(), handoff: "hof_2".into(), target: REQUEST, open: None };
    let reopened = writes_at(&after(answered(), &[close, reopen]), "msg_2", 60);
    assert_eq!(wait(&reopened), clock(60, REPLY));
    let queued = run(&reopened, &reply(ana()), at(70)).expect("she owns it").0;
    // when something comes that needs no reply, before it is sent
    let Command::Receive(received) = customer_writes("msg_3") else { unreachable!("as built") };
    let said = |turn| {
        let command = Command::Receive(Received { turn, written_at: at(75), ..received.clone() });
        run(&queued, &command, at(75)).expect("is received").1.remove(0)
    };
    let quiet = [TurnEffect::Rating, TurnEffect::Blocked, TurnEffect::Silent].map(said);
    let of = |events: &[Event]| unanswered(events.iter().map(|event| (event, at(75))), REPLY);
    assert_eq!(of(&quiet), None);
    // then the reply that is sent leaves nobody waiting
    let answered = run(&queued, &sent(ana(), at(70), of(&quiet)), at(80)).expect("never refused").0;
    assert_eq!(wait(&answered), None);
    // and what needs a reply is still unanswered, whatever came before it
    let asked = [quiet.to_vec(), vec![said(TurnEffect::Notice), said(TurnEffect::Customer)]].concat();
    assert_eq!(of(&asked), clock(75, REPLY));
}

#[test]
fn the_clock_survives_its_owners_and_ends_with_the_human_part() {
    let waits = writes_at(&answered(), "msg_2", 60);
    let take_over = Command::TakeOver { agent: ben(), handoff: "hof_2".into(), target: REQUEST };
    let released = after(waits.clone(), &[Command::Release { agent: ana() }]);
    let claimed = after(released.clone(), &[Command::Claim { agent: ben() }]);
    for state in [after(waits.clone(), &[take_over]), released, claimed] {
        assert_eq!(wait(&state), clock(60, REPLY));
    }
    // A release leaves something to be done, even if the customer was answered; its undo takes that back.
    let (released, _) = run(&answered(), &Command::Release { agent: ana() }, at(50)).expect("she owns it");
    assert_eq!(wait(&released), clock(50, REQUEST));
    let undo = Command::UndoRelease { agent: ana(), epoch: released.epoch };
    assert_eq!(wait(&after(released, &[undo])), None);
    let close = Command::Close { agent: ana(), seen: Some("msg_2".into()) };
    for end in [Command::ReturnToBot { agent: ana() }, close] {
        assert_eq!(wait(&after(waits.clone(), &[end])), None);
    }
}

#[test]
fn an_answer_on_the_phone_leaves_nobody_waiting() {
    let echo = Command::Echo {
        author: Author::Phone,
        message: "msg_p".into(),
        kind: "text".into(),
        digest: String::new(),
        at: T0,
        handoff: "hof_p".into(),
        target: REQUEST,
    };
    let phone = after(after(fresh(), &[customer_writes("msg_1")]), &[echo]);
    assert_eq!(wait(&phone), None);
    assert_eq!(wait(&writes_at(&phone, "msg_2", 60)), clock(60, REPLY));
}

#[test]
fn an_answer_that_fails_afterwards_was_none() {
    let failed = |handoff: Option<&str>, since: i64| Event::AnswerFailed {
        message: "msg_r".into(),
        at: at(20),
        handoff: handoff.map(Into::into),
        clock: ReplyClock { since: at(since), target: REQUEST },
    };
    let apply = |state: &Conversation, event: &Event| state.clone().apply(event, &Actor::Meta, at(99));
    let first = |state: &Conversation| state.handoff().and_then(|it| it.first_reply.clone()).is_some();
    // The customer has been waiting since the request, and the handoff is unanswered.
    let undelivered = apply(&answered(), &failed(Some("hof_1"), 0));
    assert_eq!((wait(&undelivered), first(&undelivered)), (clock(0, REQUEST), false));
    // A later message does not hide the earlier wait, and an earlier wait is kept.
    let waits = writes_at(&answered(), "msg_2", 60);
    assert_eq!(wait(&apply(&waits, &failed(None, 0))), clock(0, REQUEST));
    assert_eq!(wait(&apply(&waits, &failed(None, 70))), clock(60, REPLY));
    // The first reply of another handoff stays, and what is with the bot or closed has no clock.
    assert!(first(&apply(&answered(), &failed(Some("hof_0"), 0))));
    let returned = after(answered(), &[Command::ReturnToBot { agent: ana() }]);
    assert_eq!(apply(&returned, &failed(Some("hof_1"), 0)), returned);
}
