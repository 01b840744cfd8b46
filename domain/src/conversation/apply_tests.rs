use super::{
    tests::{T0, after, ana, ben, customer_writes, fresh, hand_off, reply, sent as sent_at_once},
    *,
};
use crate::event::{Amendment, NoteAct};

const LATER: Timestamp = Timestamp(T0.0 + 90_000);

fn at(state: &Conversation, event: &Event, actor: &Actor, now: Timestamp) -> Conversation {
    state.clone().apply(event, actor, now)
}

fn claimed() -> Conversation {
    after(fresh(), &[customer_writes("msg_1"), hand_off(), Command::Claim { agent: ana() }])
}

fn written(turn: bool, unread: bool) -> Event {
    Event::CustomerWrote {
        message: "msg_2".into(),
        kind: "text".into(),
        turn,
        unread,
        at: LATER,
        late: false,
        digest: String::new(),
        reply_target: None,
        quiet: false,
    }
}

fn queued(author: Author) -> Event {
    Event::Queued { message: "msg_q".into(), author, kind: "text".into(), digest: String::new() }
}

fn echoed(author: Author) -> Event {
    Event::Echoed { message: "msg_e".into(), author, kind: "text".into(), at: LATER, digest: String::new() }
}

#[test]
fn a_customers_turn_renews_the_window_and_what_is_unread_is_counted() {
    let facts = |turn, unread| {
        let next = at(&fresh(), &written(turn, unread), &Actor::Customer, LATER);
        let [turn, item] = [next.last_turn, next.last_item].map(|id| id.map(MessageId::into_string));
        (next.window.last_turn, turn, item, next.unread, next.epoch)
    };
    let id = || Some("msg_2".to_owned());
    assert_eq!(facts(true, true), (Some(LATER), id(), id(), 1, Epoch(0)));
    assert_eq!(facts(false, true), (None, None, id(), 1, Epoch(0)));
    assert_eq!(facts(false, false), (None, None, None, 0, Epoch(0)));
    let twice =
        at(&at(&fresh(), &written(true, true), &Actor::Customer, T0), &written(true, true), &Actor::Customer, T0);
    assert_eq!(twice.unread, 2);
}

#[test]
fn a_persons_message_ends_the_bots_turn_unless_it_is_imported() {
    let before = after(fresh(), &[customer_writes("msg_1")]);
    // event, actor, then: the epoch, the unread count
    let agent = || Author::Agent(ana());
    let table = [
        (queued(agent()), Actor::Agent(ana()), (1, 1)),
        (echoed(Author::Phone), Actor::Meta, (1, 0)),
        (queued(agent()), Actor::System, (0, 1)),
        (echoed(Author::Phone), Actor::System, (0, 1)),
        (queued(Author::Bot), Actor::Bot, (0, 1)),
        (queued(Author::System), Actor::System, (0, 1)),
        (echoed(Author::Partner), Actor::Meta, (0, 1)),
    ];
    for (event, actor, expected) in table {
        let next = at(&before, &event, &actor, LATER);
        assert_eq!((next.epoch.0, next.unread), expected, "{event:?} by {actor:?}");
    }
}

#[test]
fn the_next_reply_time_belongs_to_the_first_message_after_the_release() {
    let next_reply = |state: &Conversation| state.handoff().expect("a handoff").next_reply_at;
    let clock = ReplyClock { since: T0, target: Span::minutes(5) };
    let sent =
        || Event::Answered { message: "msg_q".into(), by: Author::Agent(ana()), clock, waited: Span(0), next: None };
    let answer = |state: &Conversation, now| at(state, &sent(), &Actor::Meta, now);
    let released = Event::Released { handoff: "hof_1".into(), agent: ana(), why: ReleaseReason::ByAgent };
    let release = |state: &Conversation, now| at(state, &released, &Actor::Agent(ana()), now);

    // given an answered conversation that was not released, a further message is no next reply
    let answered = after(claimed(), &[reply(ana()), sent_at_once(ana(), T0, None)]);
    assert_eq!(next_reply(&answer(&answered, LATER)), None);
    // given a release before any reply, the first wait continues
    assert_eq!(next_reply(&answer(&release(&claimed(), T0), LATER)), None);
    // given a release of an answered conversation, the first message counts and later ones do not
    let once = answer(&release(&answered, T0), LATER);
    assert_eq!(next_reply(&once), Some(LATER));
    assert_eq!(next_reply(&answer(&once, LATER.plus(Span::hours(1)))), Some(LATER));
    // given a second release, the time is open again
    let again = release(&once, LATER);
    assert_eq!(next_reply(&again), None);
    assert_eq!(again.handoff().expect("a handoff").released_at, Some(LATER));
}

#[test]
fn a_handoff_keeps_its_request_and_belongs_to_its_team() {
    let handed_off = |trigger| Event::HandedOff {
        handoff: "hof_2".into(),
        trigger,
        message: Some("msg_1".into()),
        team: "tem_2".into(),
        target: Span::minutes(7),
    };
    for (trigger, owner) in [(Trigger::Model, Owner::Nobody), (Trigger::Phone, Owner::Phone)] {
        let next = at(&fresh(), &handed_off(trigger.clone()), &Actor::Bot, LATER);
        let handoff = Handoff {
            id: "hof_2".into(),
            trigger,
            message: Some("msg_1".into()),
            team: "tem_2".into(),
            requested_at: LATER,
            target: Span::minutes(7),
            claimed: None,
            first_reply: None,
            released_at: None,
            released_by: None,
            next_reply_at: None,
        };
        assert_eq!(next.state, State::Human { handoff, owner });
        assert_eq!((next.team, next.epoch), ("tem_2".into(), Epoch(1)));
    }
}

#[test]
fn a_change_of_owner_increases_the_epoch_and_keeps_the_first_claim() {
    let waiting = after(fresh(), &[hand_off()]);
    let handoff = || HandoffId::from("hof_1");
    let first = Event::Claimed { handoff: handoff(), agent: ana(), waited: Span(0) };
    let second = Event::TakenOver { handoff: handoff(), agent: ben(), from: Some(ana()) };
    let owner = |state: &Conversation| match &state.state {
        State::Human { handoff, owner } => {
            (handoff.claimed.clone().map(|claimed| (claimed.by, claimed.at)), owner.clone())
        }
        other => panic!("{other:?}"),
    };
    let by_ana = at(&waiting, &first, &Actor::Agent(ana()), T0);
    assert_eq!(owner(&by_ana), (Some((ana(), T0)), Owner::Agent { agent: ana(), since: T0 }));
    let by_ben = at(&by_ana, &second, &Actor::Agent(ben()), LATER);
    assert_eq!(owner(&by_ben), (Some((ana(), T0)), Owner::Agent { agent: ben(), since: LATER }));
    let released = at(
        &by_ben,
        &Event::Released { handoff: handoff(), agent: ben(), why: ReleaseReason::ByAgent },
        &Actor::Agent(ben()),
        LATER,
    );
    assert_eq!(owner(&released), (Some((ana(), T0)), Owner::Nobody));
    let epochs = [&waiting, &by_ana, &by_ben, &released].map(|state| state.epoch.0);
    assert_eq!(epochs, [1, 2, 3, 4]);
}

#[test]
fn the_first_reply_is_timed_from_the_request() {
    let replied = |agent, after| {
        let (handoff, message, by) = ("hof_1".into(), "msg_r".into(), Author::Agent(agent));
        Event::FirstReplySent { handoff, message, by, after }
    };
    let once = at(&claimed(), &replied(ana(), Span::seconds(30)), &Actor::Agent(ana()), LATER);
    let twice = at(&once, &replied(ben(), Span::seconds(60)), &Actor::Agent(ben()), LATER);
    for state in [once, twice] {
        let reply = state.handoff().and_then(|handoff| handoff.first_reply.clone()).expect("a first reply");
        assert_eq!((reply.by, reply.at), (Author::Agent(ana()), T0.plus(Span::seconds(30))));
    }
}

#[test]
fn the_end_of_a_handoff_marks_everything_as_read_and_ends_the_turn() {
    let before = after(claimed(), &[customer_writes("msg_2")]);
    assert!(before.unread > 0);
    let returned = Event::ReturnedToBot { handoff: "hof_1".into(), agent: ana() };
    let closed = Event::Closed { reason: CloseReason::Merged, handoff: Some("hof_1".into()), outcome: None };
    let ended = State::Closed { at: LATER, by: Actor::Agent(ana()), reason: CloseReason::Merged };
    for (event, state) in [(returned, State::Bot), (closed, ended)] {
        let next = at(&before, &event, &Actor::Agent(ana()), LATER);
        assert_eq!((next.state, next.unread, next.epoch), (state, 0, before.epoch.next()));
    }
}

#[test]
fn seeing_a_conversation_changes_nothing_but_the_unread_count() {
    let before = after(claimed(), &[customer_writes("msg_2")]);
    for left in [0, 1] {
        let seen = at(&before, &Event::Seen { agent: ana(), left }, &Actor::Agent(ana()), LATER);
        assert_eq!(seen, Conversation { unread: left, ..before.clone() });
    }
}

#[test]
fn an_edit_or_a_deletion_by_the_customer_is_unread_while_the_conversation_is_open() {
    let amended = |what| Event::Amended { message: "msg_1".into(), what };
    let closed = after(claimed(), &[Command::Close { agent: ana(), seen: Some("msg_1".into()) }]);
    for what in [Amendment::Edited, Amendment::Revoked] {
        let seen = Conversation { unread: 0, ..claimed() };
        let next = at(&seen, &amended(what), &Actor::Customer, LATER);
        assert_eq!(next, Conversation { unread: 1, ..seen.clone() }, "{what:?}");
        assert_eq!(at(&seen, &amended(what), &Actor::Meta, LATER), seen, "the business changed its own");
        assert_eq!(at(&closed, &amended(what), &Actor::Customer, LATER), closed);
    }
}

#[test]
fn an_answer_from_the_phone_reads_what_no_agent_owns() {
    let mine = claimed();
    assert_eq!(at(&mine, &echoed(Author::Phone), &Actor::Meta, LATER).unread, mine.unread, "Ana has not seen it");
    let waiting = after(fresh(), &[customer_writes("msg_1"), hand_off()]);
    assert_eq!(at(&waiting, &echoed(Author::Phone), &Actor::Meta, LATER).unread, 0);
}

#[test]
fn a_call_opens_the_window_and_a_refusal_closes_it() {
    let called = at(&fresh(), &Event::CustomerCalled { at: T0 }, &Actor::Customer, T0);
    assert!(called.window.is_open(LATER) && !fresh().window.is_open(LATER));
    let refused = at(&called, &Event::WindowRefused { at: LATER }, &Actor::Meta, LATER);
    assert!(!refused.window.is_open(LATER));
    assert_eq!(refused.window.refused_at, Some(LATER));
}

#[test]
fn a_partner_that_takes_the_thread_ends_the_turn_only() {
    let before = claimed();
    let taken = at(&before, &Event::PartnerTook, &Actor::Meta, LATER);
    assert_eq!(taken, Conversation { epoch: before.epoch.next(), ..before });
}

#[test]
fn an_event_about_something_else_leaves_the_conversation_as_it_is() {
    let before = claimed();
    for event in [
        Event::Delivered { message: "msg_1".into(), status: crate::message::Delivery::Read, code: None, pricing: None },
        Event::BotSilenced { messages: 2 },
        Event::FirstReplied { handoff: "hof_1".into(), by: Author::Agent(ana()), after: Span(5) },
        Event::BotRefused,
        Event::Resent { message: "msg_1".into() },
        Event::FlowBegan { flow: "flw_1".into(), version: 1 },
        Event::Noted { note: "not_1".into(), act: NoteAct::Written, mentioned: vec![ana()] },
        Event::Availability { agent: ana(), away: true },
    ] {
        assert_eq!(at(&before, &event, &Actor::System, LATER), before, "{event:?}");
    }
}
