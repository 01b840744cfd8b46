use proptest::prelude::*;

use super::*;
use crate::message::TurnEffect;

pub(super) const T0: Timestamp = Timestamp(1_000_000);

pub(super) fn fresh() -> Conversation {
    Conversation {
        id: "cnv_1".into(),
        channel: "chn_1".into(),
        customer: "cus_1".into(),
        team: "tem_1".into(),
        previous: None,
        started_at: T0,
        epoch: Epoch(0),
        window: Window::default(),
        last_turn: None,
        last_item: None,
        unread: 0,
        reply_clock: None,
        snooze: None,
        state: State::Bot,
        ending: None,
        control: ThreadControl::default(),
    }
}

/// A conversation with the bot; the customer wrote `msg_1`.
pub(super) fn written() -> Conversation {
    Conversation { last_turn: Some("msg_1".into()), last_item: Some("msg_1".into()), ..fresh() }
}

pub(super) fn ana() -> AgentId {
    "agt_ana".into()
}
pub(super) fn ben() -> AgentId {
    "agt_ben".into()
}

/// Runs a command as the service does: decides, then applies the events.
pub(super) fn run(
    conversation: &Conversation,
    command: &Command,
    now: Timestamp,
) -> Result<(Conversation, Vec<Event>), Refusal> {
    run_as(&Actor::System, conversation, command, now)
}

/// As [`run`], with the actor of the events.
pub(super) fn run_as(
    actor: &Actor,
    conversation: &Conversation,
    command: &Command,
    now: Timestamp,
) -> Result<(Conversation, Vec<Event>), Refusal> {
    let events = conversation.decide(command, now)?;
    let next = events.iter().fold(conversation.clone(), |state, event| state.apply(event, actor, now));
    Ok((next, events))
}

pub(super) fn after(conversation: Conversation, commands: &[Command]) -> Conversation {
    after_as(&Actor::System, conversation, commands)
}

pub(super) fn after_as(actor: &Actor, conversation: Conversation, commands: &[Command]) -> Conversation {
    commands.iter().fold(conversation, |state, command| {
        run_as(actor, &state, command, T0).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}")).0
    })
}

pub(super) fn hand_off() -> Command {
    Command::HandOff {
        handoff: "hof_1".into(),
        trigger: Trigger::Keyword { keyword: "kwd_1".into(), phrase: "agent".into() },
        message: None,
        target: Span::minutes(5),
        turn: None,
        team: None,
    }
}

pub(super) fn staff_writes(author: Author) -> Command {
    Command::Echo {
        author,
        message: "msg_e".into(),
        kind: "text".into(),
        digest: String::new(),
        at: T0,
        handoff: "hof_e".into(),
        target: Span::minutes(5),
    }
}

pub(super) fn take_over(agent: AgentId) -> Command {
    Command::TakeOver { agent, handoff: "hof_1".into(), target: Span::minutes(5) }
}

pub(super) fn customer_writes(id: &str) -> Command {
    Command::Receive(Received {
        message: id.into(),
        kind: "text".into(),
        turn: TurnEffect::Customer,
        digest: String::new(),
        written_at: T0,
        late: false,
        handoff: "hof_late".into(),
        target: Span::minutes(5),
        reply_target: Span::minutes(10),
    })
}

pub(super) fn reply(agent: AgentId) -> Command {
    Command::Reply { agent, message: "msg_r".into(), kind: "text".into(), digest: String::new() }
}

/// WhatsApp accepted a reply that was queued at `written`.
pub(super) fn sent(agent: AgentId, written: Timestamp, next: Option<ReplyClock>) -> Command {
    let by = Author::Agent(agent);
    Command::ReplySent(SentReply { message: "msg_r".into(), by, written_at: written, sent_at: written, next })
}

#[test]
fn given_a_claimed_conversation_when_another_claims_then_the_winner_is_named() {
    let claimed = after(fresh(), &[hand_off(), Command::Claim { agent: ana() }]);
    assert_eq!(claimed.decide(&Command::Claim { agent: ben() }, T0), Err(Refusal::ClaimedBy(ana())));
    assert_eq!(claimed.decide(&Command::Claim { agent: ana() }, T0), Err(Refusal::AlreadyYours));
}

#[test]
fn given_a_takeover_when_the_bots_answer_arrives_then_it_is_refused() {
    let before = fresh();
    let turn = before.epoch;
    let say = Command::BotSay { message: "msg_b".into(), kind: "text".into(), digest: String::new(), turn };
    assert!(before.decide(&say, T0).is_ok());
    let taken = after(before, &[take_over(ana())]);
    assert_eq!(taken.decide(&say, T0), Err(Refusal::TurnOver));
    // After the return to the bot, the old turn is still refused.
    let returned = after(taken, &[Command::ReturnToBot { agent: ana() }]);
    assert_eq!(returned.decide(&say, T0), Err(Refusal::TurnOver));
}

#[test]
fn given_a_newer_customer_message_when_an_agent_closes_then_the_customer_just_wrote() {
    let claimed = after(fresh(), &[customer_writes("msg_1"), hand_off(), Command::Claim { agent: ana() }]);
    let newer = after(claimed, &[customer_writes("msg_2")]);
    let close = |seen: &str| Command::Close { agent: ana(), seen: Some(seen.into()) };
    assert_eq!(newer.decide(&close("msg_1"), T0), Err(Refusal::CustomerJustWrote));
    assert!(newer.decide(&close("msg_2"), T0).is_ok());
}

#[test]
fn given_a_partner_that_takes_the_thread_then_the_bots_turn_is_over_and_the_state_stays() {
    let before = fresh();
    let taken = before.clone().apply(&Event::PartnerTook, &Actor::Meta, T0);
    assert_eq!(taken.state, State::Bot);
    let say = Command::BotSay { message: "m".into(), kind: "text".into(), digest: String::new(), turn: before.epoch };
    assert_eq!(taken.decide(&say, T0), Err(Refusal::TurnOver));
}

#[test]
fn given_another_agents_conversation_when_i_reply_or_close_then_the_owner_is_named() {
    let claimed = after(fresh(), &[hand_off(), Command::Claim { agent: ana() }]);
    assert_eq!(claimed.decide(&reply(ben()), T0), Err(Refusal::OwnedBy(ana())));
    assert_eq!(claimed.decide(&Command::Close { agent: ben(), seen: None }, T0), Err(Refusal::OwnedBy(ana())));
    let taken =
        after(claimed, &[Command::TakeOver { agent: ben(), handoff: "hof_2".into(), target: Span::minutes(5) }]);
    assert_eq!(taken.agent(), Some(&ben()));
    assert_eq!(taken.handoff().map(|handoff| handoff.id.as_str()), Some("hof_1"), "the wait goes on");
}

#[test]
fn given_a_wait_when_released_and_claimed_again_then_the_first_claim_and_reply_stand() {
    let answered = after(fresh(), &[hand_off(), Command::Claim { agent: ana() }, reply(ana()), sent(ana(), T0, None)]);
    let again = after(answered, &[Command::Release { agent: ana() }, Command::Claim { agent: ben() }]);
    let handoff = again.handoff().expect("still with people");
    assert_eq!(handoff.claimed.as_ref().map(|claimed| claimed.by.clone()), Some(ana()));
    assert_eq!(handoff.first_reply.as_ref().map(|reply| reply.by.clone()), Some(Author::Agent(ana())));
}

#[test]
fn given_the_bot_when_staff_answer_on_the_phone_then_it_is_a_takeover() {
    let command = Command::Echo {
        author: Author::Phone,
        message: "msg_p".into(),
        kind: "text".into(),
        digest: String::new(),
        at: T0,
        handoff: "hof_p".into(),
        target: Span::minutes(5),
    };
    let phone = after(fresh(), &[command]);
    assert!(matches!(&phone.state, State::Human { owner: Owner::Phone, .. }));
    assert!(phone.epoch > fresh().epoch);
    assert!(phone.decide(&Command::Claim { agent: ana() }, T0).is_ok(), "anyone at the desk may still claim it");
}

#[test]
fn given_the_bot_when_a_message_arrives_late_then_it_waits_for_a_person() {
    let Command::Receive(received) = customer_writes("msg_1") else { unreachable!("built just above") };
    let late = after(fresh(), &[Command::Receive(Received { late: true, ..received })]);
    assert_eq!(late.handoff().map(|handoff| handoff.trigger.clone()), Some(Trigger::Late));
}

#[test]
fn given_a_closed_conversation_then_nothing_moves_it() {
    let closed = after(fresh(), &[Command::Close { agent: ana(), seen: None }]);
    for command in [hand_off(), Command::Claim { agent: ana() }, reply(ana()), customer_writes("m"), Command::Merge] {
        assert_eq!(closed.decide(&command, T0), Err(Refusal::Closed), "{command:?}");
    }
}

#[test]
fn given_a_customer_who_wrote_more_when_the_bot_would_close_then_it_may_not() {
    let open = after(fresh(), &[customer_writes("msg_1"), customer_writes("msg_2")]);
    let close = |seen: &str| Command::BotClose { turn: open.epoch, seen: Some(seen.into()) };
    assert_eq!(open.decide(&close("msg_1"), T0), Err(Refusal::CustomerJustWrote));
    assert!(!after(open.clone(), &[close("msg_2")]).is_open());
}

fn received() -> impl Strategy<Value = Command> {
    let turn = prop_oneof![
        3 => Just(TurnEffect::Customer),
        1 => Just(TurnEffect::Notice),
        1 => Just(TurnEffect::Quiet),
        1 => Just(TurnEffect::Silent),
    ];
    (0u8..20, turn, prop::bool::weighted(0.1)).prop_map(|(n, turn, late)| match customer_writes(&format!("msg_{n}")) {
        Command::Receive(received) => Command::Receive(Received { turn, late, ..received }),
        other => other,
    })
}

fn echo() -> impl Strategy<Value = Command> {
    prop_oneof![Just(Author::Phone), Just(Author::Partner)].prop_map(|author| Command::Echo {
        author,
        message: "msg_e".into(),
        kind: "text".into(),
        digest: String::new(),
        at: T0,
        handoff: "hof_e".into(),
        target: Span::minutes(5),
    })
}

fn command() -> impl Strategy<Value = Command> {
    let agent = prop_oneof![Just(ana()), Just(ben())];
    let epoch = (0i64..6).prop_map(Epoch);
    prop_oneof![
        4 => received(),
        2 => echo(),
        1 => Just(Command::SystemSay { message: "msg_s".into(), kind: "text".into(), digest: String::new() }),
        2 => proptest::option::of(epoch.clone()).prop_map(|turn| match hand_off() {
            Command::HandOff { handoff, trigger, message, target, team, .. } => {
                Command::HandOff { handoff, trigger, message, target, turn, team }
            }
            other => other,
        }),
        2 => epoch.clone().prop_map(|turn| Command::BotSay { message: "msg_b".into(), kind: "text".into(), digest: String::new(), turn }),
        1 => (epoch.clone(), proptest::option::of(0u8..20)).prop_map(|(turn, seen)| Command::BotClose {
            turn,
            seen: seen.map(|n| format!("msg_{n}").as_str().into()),
        }),
        2 => agent.clone().prop_map(|agent| Command::Claim { agent }),
        1 => agent.clone().prop_map(|agent| Command::TakeOver { agent, handoff: "hof_t".into(), target: Span::minutes(5) }),
        2 => agent.clone().prop_map(reply),
        2 => (agent.clone(), 0i64..60, proptest::option::of(0i64..60)).prop_map(|(agent, written, next)| {
            let at = |seconds| T0.plus(Span::seconds(seconds));
            sent(agent, at(written), next.map(|since| ReplyClock { since: at(since), target: Span::minutes(10) }))
        }),
        1 => agent.clone().prop_map(|agent| Command::Release { agent }),
        1 => agent.clone().prop_map(|agent| Command::ReturnToBot { agent }),
        1 => (agent.clone(), proptest::option::of(0u8..20)).prop_map(|(agent, seen)| Command::Close {
            agent,
            seen: seen.map(|n| format!("msg_{n}").as_str().into()),
        }),
        1 => (agent.clone(), 0i64..3).prop_map(|(agent, left)| Command::See { agent, left }),
        1 => (agent.clone(), proptest::option::of(0i64..90)).prop_map(|(agent, until)| {
            let until = until.map(|seconds| T0.plus(Span::seconds(seconds)));
            Command::Snooze { agent, snooze: Snooze { kind: SnoozeKind::Time, until } }
        }),
        1 => agent.clone().prop_map(|agent| Command::Unsnooze { agent }),
        1 => (0i64..90).prop_map(|seconds| Command::EndSnooze { until: T0.plus(Span::seconds(seconds)) }),
        1 => agent.clone().prop_map(|agent| {
            Command::Reopen { agent, handoff: "hof_r".into(), target: Span::minutes(5), open: None }
        }),
        1 => Just(Command::Merge),
        1 => (agent.clone(), epoch.clone()).prop_map(|(agent, epoch)| Command::UndoRelease { agent, epoch }),
        1 => (agent, epoch).prop_map(|(agent, epoch)| Command::UndoTakeOver { agent, epoch, back_to: PreviousOwner::Agent(ben()) }),
    ]
}

proptest! {
    #[test]
    fn no_illegal_transition_is_reachable(commands in prop::collection::vec(command(), 0..60)) {
        let mut state = fresh();
        for (step, command) in commands.iter().enumerate() {
            let now = T0.plus(Span::seconds(step as i64));
            let Ok((next, events)) = run(&state, command, now) else { continue };
            // A closed conversation changes only when it is reopened; a quiet message renews its window.
            let reopens = matches!(command, Command::Reopen { .. });
            let same = Conversation { window: state.window, ..next.clone() };
            prop_assert!(state.is_open() || same == state || reopens);
            let is_quiet = matches!(command, Command::Receive(Received { turn: TurnEffect::Quiet, .. }));
            prop_assert!(state.is_open() || next == state || reopens || is_quiet);
            // Whatever an open conversation receives while no ending is pending is told to somebody.
            let told = events.iter().all(|event| !matches!(event, Event::CustomerWrote { quiet: true, .. }));
            prop_assert!(told || !state.is_open());
            // The epoch never decreases, and every change of owner or state increases it.
            prop_assert!(next.epoch >= state.epoch);
            if std::mem::discriminant(&next.state) != std::mem::discriminant(&state.state) || next.agent() != state.agent() {
                prop_assert!(next.epoch > state.epoch, "{:?}", command);
            }
            // A conversation gets an owner only by that agent's own claim or takeover, or by taking back a release.
            if state.agent().is_none() && let Some(agent) = next.agent() {
                let by_own_hand = matches!(command, Command::Claim { agent: by } | Command::TakeOver { agent: by, .. } | Command::UndoRelease { agent: by, .. } | Command::Reopen { agent: by, .. } if by == agent);
                prop_assert!(by_own_hand, "{:?}", command);
            }
            // Only a reply from the phone app makes the phone the owner; another responder's echo changes no state.
            let on_the_phone = |it: &Conversation| matches!(it.state, State::Human { owner: Owner::Phone, .. });
            if on_the_phone(&next) && !on_the_phone(&state) {
                let by_phone = matches!(command, Command::Echo { author: Author::Phone, .. });
                prop_assert!(by_phone, "{:?}", command);
            }
            if matches!(command, Command::Echo { author: Author::Partner, .. } | Command::SystemSay { .. }) {
                prop_assert_eq!(&next.state, &state.state);
            }
            // A silent message does not raise the unread count, and a late one never stays with the bot.
            if let Command::Receive(received) = command {
                let is_news = received.turn != TurnEffect::Silent && state.is_open();
                prop_assert_eq!(next.unread > state.unread, is_news);
                let late = received.late && received.turn == TurnEffect::Customer;
                prop_assert!(!late || next.state != State::Bot);
            }
            // Only the owner's look marks messages as read, and never more than there are.
            if let Command::See { agent, .. } = command {
                prop_assert!(next.unread == state.unread || state.agent() == Some(agent));
                prop_assert!((0..=state.unread).contains(&next.unread));
            }
            // The bot sends nothing while an agent owns the conversation.
            if events.iter().any(|event| matches!(event, Event::Queued { author: Author::Bot, .. })) {
                prop_assert_eq!(&state.state, &State::Bot);
            }
            // The bot closes neither an agent's conversation nor one with a newer message than it has seen.
            if let Command::BotClose { seen, .. } = command {
                prop_assert_eq!((&state.state, &state.last_turn), (&State::Bot, seen));
            }
            // Only a person's message that was sent, or the end of the human part, stops the clock of the reply.
            if state.reply_clock.is_some() && next.reply_clock.is_none() {
                let by_answer = events.iter().any(|event| matches!(event, Event::Answered { .. }));
                let was_undone = matches!(command, Command::UndoRelease { .. });
                prop_assert!(by_answer || was_undone || !matches!(next.state, State::Human { .. }), "{:?}", command);
            }
            // A customer's message starts it, and a later one does not restart it.
            if let (Command::Receive(received), State::Human { .. }) = (command, &next.state)
                && received.turn != TurnEffect::Silent {
                prop_assert!(next.reply_clock.is_some());
                prop_assert!(state.reply_clock.is_none() || next.reply_clock == state.reply_clock);
            }
            // Only its owner's conversation is put aside, and never while there is news for them.
            prop_assert!(next.snooze.is_none() || next.agent().is_some());
            if next.snooze.is_some() && next.snooze != state.snooze {
                let by_owner = matches!(command, Command::Snooze { agent, .. } if Some(agent) == next.agent());
                prop_assert!(by_owner, "{:?}", command);
            }
            prop_assert!(next.snooze.is_none() || next.unread <= state.unread);
            let with_people = matches!(next.state, State::Human { .. });
            prop_assert!(with_people || next.reply_clock.is_none());
            // A handoff's first reply never changes.
            if let (Some(before), Some(after)) = (state.handoff(), next.handoff())
                && before.id == after.id && before.first_reply.is_some() {
                prop_assert_eq!(&before.first_reply, &after.first_reply);
            }
            state = next;
        }
    }
}
