use super::{
    tests::{T0, after, ana, ben, customer_writes, fresh, hand_off, reply},
    *,
};
use crate::message::TurnEffect;

const LATER: Timestamp = Timestamp(T0.0 + 90_000);
const WAITED: Span = Span::seconds(90);

fn claim(agent: AgentId) -> Command {
    Command::Claim { agent }
}

fn take_over(agent: AgentId) -> Command {
    Command::TakeOver { agent, handoff: "hof_new".into(), target: Span::minutes(5) }
}

fn close(agent: AgentId) -> Command {
    Command::Close { agent, seen: None }
}

fn echo(author: Author) -> Command {
    Command::Echo {
        author,
        message: "msg_e".into(),
        kind: "text".into(),
        digest: "d".into(),
        at: LATER,
        handoff: "hof_new".into(),
        target: Span::minutes(5),
    }
}

fn waiting() -> Conversation {
    after(fresh(), &[hand_off()])
}

fn claimed() -> Conversation {
    after(waiting(), &[claim(ana())])
}

fn on_the_phone() -> Conversation {
    after(fresh(), &[echo(Author::Phone)])
}

fn closed() -> Conversation {
    after(fresh(), &[close(ana())])
}

#[test]
fn only_a_conversation_in_state_human_has_a_handoff_and_only_a_claimed_one_an_agent() {
    let facts = |it: &Conversation| {
        (it.is_open(), it.handoff().map(|handoff| handoff.id.as_str().to_owned()), it.agent().cloned())
    };
    assert_eq!(facts(&fresh()), (true, None, None));
    assert_eq!(facts(&waiting()), (true, Some("hof_1".into()), None));
    assert_eq!(facts(&claimed()), (true, Some("hof_1".into()), Some(ana())));
    assert_eq!(facts(&on_the_phone()), (true, Some("hof_new".into()), None));
    assert_eq!(facts(&closed()), (false, None, None));
}

#[test]
fn a_bot_turn_hands_off_only_at_the_epoch_it_began_with() {
    let now = Epoch(3);
    let open = Conversation { epoch: now, ..fresh() };
    let asked = |turn: Option<Epoch>, team: Option<&str>| {
        let Command::HandOff { handoff, trigger, message, target, .. } = hand_off() else { unreachable!("as built") };
        Command::HandOff { handoff, trigger, message, target, turn, team: team.map(Into::into) }
    };
    let team = |command: &Command| match open.decide(command, T0).as_deref() {
        Ok([Event::HandedOff { team, handoff, .. }]) => Ok((handoff.as_str().to_owned(), team.as_str().to_owned())),
        Ok(other) => panic!("{other:?}"),
        Err(refusal) => Err(refusal.clone()),
    };
    // A request without a turn comes from the platform: no epoch binds it.
    assert_eq!(team(&asked(None, None)), Ok(("hof_1".into(), "tem_1".into())), "the conversation's team");
    assert_eq!(team(&asked(Some(now), None)), Ok(("hof_1".into(), "tem_1".into())));
    assert_eq!(team(&asked(Some(now), Some("tem_2"))), Ok(("hof_1".into(), "tem_2".into())), "the flow's team");
    for stale in [Epoch(2), Epoch(4)] {
        assert_eq!(team(&asked(Some(stale), None)), Err(Refusal::TurnOver));
    }
    assert_eq!(waiting().decide(&hand_off(), T0), Err(Refusal::WithHuman));
    assert_eq!(closed().decide(&hand_off(), T0), Err(Refusal::Closed));
}

#[test]
fn a_bot_turn_says_and_closes_only_at_the_epoch_it_began_with() {
    let open = Conversation { epoch: Epoch(3), last_turn: Some("msg_1".into()), ..fresh() };
    let say =
        |turn| Command::BotSay { message: "msg_b".into(), kind: "text".into(), digest: "d".into(), turn: Epoch(turn) };
    let close = |turn, seen: &str| Command::BotClose { turn: Epoch(turn), seen: Some(seen.into()) };
    let queued =
        Event::Queued { message: "msg_b".into(), author: Author::Bot, kind: "text".into(), digest: "d".into() };
    assert_eq!(open.decide(&say(3), T0), Ok(vec![queued]));
    let ended = Event::Closed { reason: CloseReason::Bot, handoff: None, outcome: None };
    assert_eq!(open.decide(&close(3, "msg_1"), T0), Ok(vec![ended]));
    assert_eq!(open.decide(&close(3, "msg_0"), T0), Err(Refusal::CustomerJustWrote));
    for stale in [2, 4] {
        assert_eq!(open.decide(&say(stale), T0), Err(Refusal::TurnOver));
        assert_eq!(open.decide(&close(stale, "msg_1"), T0), Err(Refusal::TurnOver));
        assert_eq!(open.decide(&close(stale, "msg_0"), T0), Err(Refusal::TurnOver));
    }
    // An agent, or the end, ends the turn even if the epoch were the same.
    for ended in [waiting(), closed()] {
        assert_eq!(ended.decide(&say(ended.epoch.0), T0), Err(Refusal::TurnOver));
        let close = Command::BotClose { turn: ended.epoch, seen: None };
        assert_eq!(ended.decide(&close, T0), Err(Refusal::TurnOver));
    }
}

#[test]
fn a_system_text_is_queued_in_every_state() {
    let say = Command::SystemSay { message: "msg_s".into(), kind: "text".into(), digest: "d".into() };
    let queued =
        Event::Queued { message: "msg_s".into(), author: Author::System, kind: "text".into(), digest: "d".into() };
    for conversation in [fresh(), waiting(), claimed(), closed()] {
        assert_eq!(conversation.decide(&say, T0), Ok(vec![queued.clone()]));
    }
}

#[test]
fn only_the_owners_look_reads_and_never_what_came_after_it() {
    let see = |agent, left| Command::See { agent, left };
    let written = |it: Conversation| after(it, &[customer_writes("msg_1"), customer_writes("msg_2")]);
    // Nobody's look reads what has no owner, and a colleague's reads nothing.
    for it in [fresh(), waiting(), on_the_phone(), closed()] {
        assert_eq!(it.decide(&see(ana(), 0), T0), Ok(vec![]));
    }
    for it in [written(fresh()), written(waiting()), written(on_the_phone())] {
        assert_eq!(it.decide(&see(ana(), 0), T0), Ok(vec![]));
    }
    let mine = written(claimed());
    assert_eq!(mine.decide(&see(ben(), 0), T0), Ok(vec![]));
    // The owner's reads what was on the screen.
    for left in [0, 1] {
        let seen = Event::Seen { agent: ana(), left };
        assert_eq!(mine.decide(&see(ana(), left), T0), Ok(vec![seen]));
        assert_eq!(after(mine.clone(), &[see(ana(), left)]).unread, left);
    }
    for left in [2, 3, i64::MAX] {
        assert_eq!(mine.decide(&see(ana(), left), T0), Ok(vec![]), "an older look than the last");
    }
}

#[test]
fn an_ending_names_the_newest_message_and_a_notice_must_have_been_seen_by_the_owner() {
    let notice = |id: &str| {
        let Command::Receive(received) = customer_writes(id) else { unreachable!("as built") };
        Command::Receive(Received { turn: TurnEffect::Notice, ..received })
    };
    let close = |it: &Conversation, seen: &str| {
        it.decide(&Command::Close { agent: ana(), seen: Some(seen.into()) }, T0).map(|_| ())
    };
    let just_wrote = Err(Refusal::CustomerJustWrote);
    let polled = |it: Conversation| after(it, &[customer_writes("msg_1"), notice("msg_2")]);
    // given a notice that its owner has not seen, then no message is named that lets it be closed
    let unseen = polled(claimed());
    assert_eq!((close(&unseen, "msg_1"), close(&unseen, "msg_2")), (just_wrote.clone(), just_wrote.clone()));
    // and a colleague's look changes nothing
    let looked = after(unseen.clone(), &[Command::See { agent: ben(), left: 0 }]);
    assert_eq!(close(&looked, "msg_2"), just_wrote);
    // when the owner has seen it, then it closes at once
    let seen = after(unseen, &[Command::See { agent: ana(), left: 0 }]);
    assert_eq!(
        (close(&seen, "msg_1"), close(&seen, "msg_2"), close(&seen, "msg_0")),
        (Ok(()), Ok(()), just_wrote.clone())
    );
    // Without an owner, nobody's look counts: the name of the newest message does.
    for it in [polled(fresh()), polled(waiting())] {
        assert_eq!((close(&it, "msg_1"), close(&it, "msg_2")), (just_wrote.clone(), Ok(())));
    }
}

#[test]
fn the_kind_of_a_message_decides_what_its_arrival_records() {
    // effect, late, then: opens the window, counts as unread, requests an agent
    let table = [
        (TurnEffect::Customer, false, (true, true, false)),
        (TurnEffect::Customer, true, (true, true, true)),
        (TurnEffect::Notice, false, (false, true, false)),
        (TurnEffect::Notice, true, (false, true, false)),
        (TurnEffect::Silent, false, (false, false, false)),
        (TurnEffect::Silent, true, (false, false, false)),
    ];
    let arrives = |turn, late| {
        let Command::Receive(received) = customer_writes("msg_1") else { unreachable!("as built") };
        Command::Receive(Received { turn, late, written_at: LATER, digest: "d".into(), ..received })
    };
    for (effect, late, (turn, unread, requests)) in table {
        let wrote = Event::CustomerWrote {
            message: "msg_1".into(),
            kind: "text".into(),
            turn,
            unread,
            at: LATER,
            late,
            digest: "d".into(),
            reply_target: None,
            quiet: false,
        };
        let mut expected = vec![wrote];
        // An agent who has the conversation is not requested again.
        assert_eq!(waiting().decide(&arrives(effect, late), T0), Ok(expected.clone()), "{effect:?} {late}");
        if requests {
            expected.push(Event::HandedOff {
                handoff: "hof_late".into(),
                trigger: Trigger::Late,
                message: Some("msg_1".into()),
                team: "tem_1".into(),
                target: Span::minutes(5),
            });
        }
        assert_eq!(fresh().decide(&arrives(effect, late), T0), Ok(expected), "{effect:?} {late}");
        assert_eq!(closed().decide(&arrives(effect, late), T0), Err(Refusal::Closed));
    }
}

#[test]
fn a_claim_measures_the_wait_since_the_request() {
    let claimed_by_ana =
        |handoff: &str, waited| Ok(vec![Event::Claimed { handoff: handoff.into(), agent: ana(), waited }]);
    assert_eq!(waiting().decide(&claim(ana()), LATER), claimed_by_ana("hof_1", WAITED));
    assert_eq!(on_the_phone().decide(&claim(ana()), LATER), claimed_by_ana("hof_new", WAITED));
    assert_eq!(fresh().decide(&claim(ana()), LATER), Err(Refusal::WithBot));
}

#[test]
fn a_takeover_depends_on_who_has_the_conversation() {
    let decided = |conversation: &Conversation, agent| conversation.decide(&take_over(agent), LATER);
    let claim = |handoff: &str, waited| Event::Claimed { handoff: handoff.into(), agent: ana(), waited };
    // The bot's conversation is handed off and claimed at once.
    let handed_off = Event::HandedOff {
        handoff: "hof_new".into(),
        trigger: Trigger::Agent { agent: ana() },
        message: None,
        team: "tem_1".into(),
        target: Span::minutes(5),
    };
    assert_eq!(decided(&fresh(), ana()), Ok(vec![handed_off, claim("hof_new", Span(0))]));
    // A conversation without an agent is claimed.
    assert_eq!(decided(&waiting(), ana()), Ok(vec![claim("hof_1", WAITED)]));
    assert_eq!(decided(&on_the_phone(), ana()), Ok(vec![claim("hof_new", WAITED)]));
    // Another agent's conversation changes hands, with its handoff.
    let taken = Event::TakenOver { handoff: "hof_1".into(), agent: ben(), from: Some(ana()) };
    assert_eq!(decided(&claimed(), ben()), Ok(vec![taken]));
    assert_eq!(decided(&claimed(), ana()), Err(Refusal::AlreadyYours));
    assert_eq!(decided(&closed(), ana()), Err(Refusal::Closed));
}

#[test]
fn an_echo_of_a_person_takes_over_from_the_bot_and_one_of_another_responder_does_not() {
    let echoed =
        |author| Event::Echoed { message: "msg_e".into(), author, kind: "text".into(), at: LATER, digest: "d".into() };
    let handed_off = Event::HandedOff {
        handoff: "hof_new".into(),
        trigger: Trigger::Phone,
        message: Some("msg_e".into()),
        team: "tem_1".into(),
        target: Span::minutes(5),
    };
    let decided = |conversation: &Conversation, author| conversation.decide(&echo(author), T0);

    let phone = echoed(Author::Phone);
    assert_eq!(decided(&fresh(), Author::Phone), Ok(vec![phone.clone(), handed_off]));
    assert_eq!(decided(&waiting(), Author::Phone), Ok(vec![phone.clone()]));
    let answered = after(claimed(), &[reply(ana())]);
    assert_eq!(decided(&answered, Author::Phone), Ok(vec![phone]));
    for conversation in [fresh(), waiting(), answered] {
        assert_eq!(decided(&conversation, Author::Partner), Ok(vec![echoed(Author::Partner)]));
    }
    for author in [Author::Phone, Author::Partner] {
        assert_eq!(decided(&closed(), author), Err(Refusal::Closed));
    }
}

#[test]
fn anybody_closes_what_no_other_agent_owns() {
    let ended = |handoff: Option<&str>| {
        Ok(vec![Event::Closed { reason: CloseReason::Done, handoff: handoff.map(Into::into), outcome: None }])
    };
    assert_eq!(fresh().decide(&close(ana()), T0), ended(None));
    assert_eq!(waiting().decide(&close(ana()), T0), ended(Some("hof_1")));
    assert_eq!(on_the_phone().decide(&close(ana()), T0), ended(Some("hof_new")));
    assert_eq!(claimed().decide(&close(ana()), T0), ended(Some("hof_1")));
    assert_eq!(claimed().decide(&close(ben()), T0), Err(Refusal::OwnedBy(ana())));
    assert_eq!(closed().decide(&close(ana()), T0), Err(Refusal::Closed));
}

#[test]
fn a_merge_closes_any_open_conversation() {
    let merged = |handoff: Option<&str>| {
        Ok(vec![Event::Closed { reason: CloseReason::Merged, handoff: handoff.map(Into::into), outcome: None }])
    };
    assert_eq!(fresh().decide(&Command::Merge, T0), merged(None));
    assert_eq!(claimed().decide(&Command::Merge, T0), merged(Some("hof_1")));
    assert_eq!(closed().decide(&Command::Merge, T0), Err(Refusal::Closed));
}

#[test]
fn only_the_owner_releases_returns_and_replies() {
    let refused = [
        (fresh(), Refusal::WithBot),
        (waiting(), Refusal::NotClaimed),
        (on_the_phone(), Refusal::NotClaimed),
        (after(waiting(), &[claim(ben())]), Refusal::OwnedBy(ben())),
        (closed(), Refusal::Closed),
    ];
    let (release, give_back) = (Command::Release { agent: ana() }, Command::ReturnToBot { agent: ana() });
    let deactivate = Command::ReleaseDeactivated { agent: ana() };
    for (conversation, refusal) in refused {
        for command in [&release, &give_back, &deactivate, &reply(ana())] {
            assert_eq!(conversation.decide(command, T0), Err(refusal.clone()), "{command:?}");
        }
    }
    let released = Event::Released { handoff: "hof_1".into(), agent: ana(), why: ReleaseReason::ByAgent };
    assert_eq!(claimed().decide(&release, T0), Ok(vec![released]));
    let returned = Event::ReturnedToBot { handoff: "hof_1".into(), agent: ana() };
    assert_eq!(claimed().decide(&give_back, T0), Ok(vec![returned]));
}

#[test]
fn the_conversation_of_a_deactivated_agent_waits_for_everybody() {
    let snooze = Snooze { kind: SnoozeKind::Reply, until: None };
    let command = Command::ReleaseDeactivated { agent: ana() };
    let aside = after(claimed(), &[Command::Snooze { agent: ana(), snooze }]);
    for before in [claimed(), aside] {
        let released = after(before.clone(), std::slice::from_ref(&command));
        assert_eq!((released.agent(), released.snooze), (None, None));
        assert_eq!(released.epoch, before.epoch.next());
        assert!(released.reply_clock.is_some(), "the customer waits");
        assert_eq!(released.handoff().expect("a handoff").released_by, None, "everybody is alerted");
    }
}
