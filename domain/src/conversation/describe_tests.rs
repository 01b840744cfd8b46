use super::*;
use crate::{
    automation::PauseReason,
    block::{BlockAct, BlockReason, BlockResult},
    conversation::{CancelCause, EndingKind},
    event::{FactorChange, MemberChange, NewIdentity, Setting, SignInRefusal, Skipped, SkippedText, Wish},
    handoff::Failure,
    ids::{HandoffId, Seq},
    message::{Author, Delivery},
    text_name::TextName,
    thread_control::{ControlCause, LeaveWay, ResponderRole, ThreadControl},
    time::{Span, Timestamp},
};

fn names() -> AgentNames {
    [("agt_ana".into(), "Ana".to_owned()), ("agt_ben".into(), "Ben".to_owned())].into_iter().collect()
}

fn ana() -> AgentId {
    "agt_ana".into()
}

fn hof() -> HandoffId {
    "hof_1".into()
}

fn handed_off(trigger: Trigger) -> Event {
    Event::HandedOff { handoff: hof(), trigger, message: None, team: "tem_1".into(), target: Span::minutes(5) }
}

fn claimed(waited: Span) -> Event {
    Event::Claimed { handoff: hof(), agent: ana(), waited }
}

fn released(why: ReleaseReason) -> Event {
    Event::Released { handoff: hof(), agent: ana(), why }
}

fn taken_over(from: Option<&str>) -> Event {
    Event::TakenOver { handoff: hof(), agent: ana(), from: from.map(Into::into) }
}

fn closed(reason: CloseReason) -> Event {
    Event::Closed { reason, handoff: None, outcome: None }
}

fn started(previous: Option<&str>) -> Event {
    Event::Started { channel: "chn_1".into(), customer: "cus_1".into(), previous: previous.map(Into::into) }
}

fn number_changed(what: NewIdentity) -> Event {
    Event::NumberChanged { customer: "cus_1".into(), what }
}

fn preferred(wish: Wish) -> Event {
    Event::Preferred { customer: "cus_1".into(), wish }
}

fn sign_in_refused(why: SignInRefusal) -> Event {
    Event::SignInRefused { agent: ana(), why }
}

fn second_factor(change: FactorChange) -> Event {
    Event::SecondFactorChanged { agent: ana(), change }
}

fn unfinished(kind: EndingKind) -> Event {
    Event::EndingCancelled { ending: "end_1".into(), kind, agent: ana(), cause: CancelCause::CustomerWrote }
}

fn takeover_undone(to: PreviousOwner) -> Event {
    Event::TakeOverUndone { handoff: hof(), agent: ana(), to }
}

fn failure(failure: Failure) -> Event {
    handed_off(Trigger::Failure { failure })
}

/// The tone, the agent's name and the text of an event's line.
fn line_of(event: Event, actor: Actor) -> Option<(Tone, Option<String>, String)> {
    let entry = Entry { seq: Seq(4), at: Timestamp(9), actor, conversation: None, event };
    let item = line(&entry, &names())?;
    assert_eq!((item.at, item.seq), (Timestamp(9), Seq(4)), "a line stands where its entry does");
    match item.body {
        ItemBody::Line(Line { tone, agent, text, fact: None }) => Some((tone, agent.map(|(_, name)| name), text)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_event_of_a_thread_has_its_line() {
    use Tone::{Claim, Close, Handoff, Plain, Warning};
    let keyword = Trigger::Keyword { keyword: "kwd_1".into(), phrase: "human".into() };
    let flow = Trigger::Flow { flow: "Orders".into(), step: "s".into() };
    let table = [
        (started(Some("cnv_0")), Plain, None, "New conversation. Earlier ones are in Details."),
        (handed_off(keyword), Handoff, None, "Agent requested · keyword “human”"),
        (handed_off(flow), Handoff, None, "Agent requested · flow Orders"),
        (handed_off(Trigger::Model), Handoff, None, "Agent requested · bot escalated"),
        (failure(Failure::HttpFailed), Handoff, None, "Agent requested · API call failed"),
        (handed_off(Trigger::Phone), Handoff, None, "Answered from the phone app"),
        (handed_off(Trigger::Agent { agent: ana() }), Handoff, Some("Ana"), "took over from the bot"),
        (handed_off(Trigger::Outbound { agent: ana() }), Handoff, Some("Ana"), "started this conversation"),
        (claimed(Span(0)), Claim, Some("Ana"), "claimed this"),
        (claimed(Span::seconds(72)), Claim, Some("Ana"), "claimed this after 1:12"),
        (released(ReleaseReason::ByAgent), Plain, Some("Ana"), "released this; back to Unassigned"),
        (released(ReleaseReason::AgentGone), Warning, Some("Ana"), "went offline; back to Unassigned"),
        (released(ReleaseReason::AgentDeactivated), Warning, Some("Ana"), "was deactivated; back to Unassigned"),
        (taken_over(Some("agt_ben")), Claim, Some("Ana"), "took over from Ben"),
        (taken_over(Some("agt_gone")), Claim, Some("Ana"), "took over from Someone"),
        (taken_over(None), Claim, Some("Ana"), "took over"),
        (Event::ReturnedToBot { handoff: hof(), agent: ana() }, Plain, Some("Ana"), "returned this to the bot"),
        (closed(CloseReason::Done), Close, Some("Ana"), "closed this"),
        (closed(CloseReason::Bot), Close, None, "Closed by the bot"),
        (closed(CloseReason::Merged), Close, None, "Closed. It continues in this customer's other conversation."),
        (closed(CloseReason::Imported), Close, None, "Imported from the number's history"),
        (unfinished(EndingKind::Close), Warning, Some("Ana"), "didn't finish closing this: the customer just wrote"),
        (
            unfinished(EndingKind::ReturnToBot),
            Warning,
            Some("Ana"),
            "didn't finish returning this to the bot: the customer just wrote",
        ),
        (Event::ReleaseUndone { handoff: hof(), agent: ana() }, Claim, Some("Ana"), "undid the release"),
        (takeover_undone(PreviousOwner::Bot), Plain, Some("Ana"), "undid the takeover; back with the bot"),
        (
            takeover_undone(PreviousOwner::Agent("agt_ben".into())),
            Plain,
            Some("Ana"),
            "undid the takeover; back with Ben",
        ),
        (
            Event::TextSkipped { text: TextName::Closing.into(), why: Skipped::WindowClosed },
            Warning,
            None,
            "Closing message not sent: reply window closed",
        ),
        (
            Event::TextSkipped { text: TextName::Closing.into(), why: Skipped::TemplateFault },
            Warning,
            None,
            "Closing message not sent: its text has an error. Fix it in Admin, Messages.",
        ),
        (
            Event::TextSkipped { text: TextName::Closing.into(), why: Skipped::WithOtherApp },
            Warning,
            None,
            "Closing message not sent: another app answers this customer",
        ),
        (
            Event::TextSkipped { text: TextName::Reminder.into(), why: Skipped::DailyLimit },
            Warning,
            None,
            "Reminder not sent: the customer's automatic messages of today are used up",
        ),
        (Event::BotSilenced { messages: 1 }, Plain, None, "1 bot message not sent: an agent took over"),
        (Event::BotSilenced { messages: 2 }, Plain, None, "2 bot messages not sent: an agent took over"),
        (number_changed(NewIdentity::Number), Plain, None, "The customer has a new phone number"),
        (
            number_changed(NewIdentity::UserId),
            Plain,
            None,
            "WhatsApp gave the customer a new ID. It is the same person.",
        ),
        (number_changed(NewIdentity::Unknown), Plain, None, "The customer's WhatsApp number or identity changed"),
        (
            number_changed(NewIdentity::Keys),
            Warning,
            None,
            "The customer's security code changed. They may have reinstalled WhatsApp or have a new phone.",
        ),
        (
            number_changed(NewIdentity::Replaced),
            Warning,
            None,
            "This customer's number now belongs to another WhatsApp user. It may be someone else.",
        ),
        (preferred(Wish::Stop), Plain, None, "The customer opted out of marketing messages"),
        (preferred(Wish::Resume), Plain, None, "The customer opted back in to marketing messages"),
        (preferred(Wish::Signup), Plain, None, "The customer signed up for marketing messages"),
        (Event::CustomerCalled { at: Timestamp(0) }, Plain, None, "The customer called on WhatsApp"),
        (Event::PartnerTook, Warning, None, "Another app on this number took over the customer. The bot is paused."),
        (control(ControlCause::TakeAccepted), Plain, None, "WhatsApp handed the customer over from Meta's AI agent"),
        (control(ControlCause::Passed), Plain, None, "Passed the customer to Meta's AI agent"),
        (
            control(ControlCause::TakeRefused),
            Warning,
            None,
            "WhatsApp refused to hand the customer over from Meta's AI agent (code 2494191)",
        ),
        (
            control(ControlCause::TakeUnclear),
            Warning,
            None,
            "WhatsApp did not say whether it handed the customer over from Meta's AI agent. Handoff does not ask again.",
        ),
    ];
    for (event, tone, agent, words) in table {
        assert!(event.kind().is_thread_line(), "{event:?}");
        let expected = Some((tone, agent.map(str::to_owned), words.to_owned()));
        assert_eq!(line_of(event, Actor::Agent(ana())), expected);
    }
    // The line of a close names an agent only if an agent closed it.
    let closed_by_nobody = line_of(closed(CloseReason::Done), Actor::System);
    assert_eq!(closed_by_nobody, Some((Close, None, "Closed".to_owned())));
}

#[test]
fn a_messages_event_and_a_first_conversations_start_have_no_line() {
    for event in [
        started(None),
        Event::Queued { message: "msg_1".into(), author: Author::Bot, kind: "text".into(), digest: String::new() },
        Event::Delivered { message: "msg_1".into(), status: Delivery::Read, code: None, pricing: None },
        Event::BotRefused,
        Event::Seen { agent: ana(), left: 0 },
    ] {
        assert_eq!(line_of(event, Actor::Bot), None);
    }
}

#[test]
fn a_label_within_a_sentence_begins_in_lower_case_unless_it_is_an_abbreviation() {
    for (label, expected) in
        [("Flow Orders", "flow Orders"), ("API call failed", "API call failed"), ("A", "A"), ("", "")]
    {
        assert_eq!(mid_sentence(label), expected);
    }
}

#[test]
fn the_audit_log_names_the_actor() {
    let table = [
        (Actor::Customer, "Customer"),
        (Actor::Bot, "Bot"),
        (Actor::Agent(ana()), "Ana"),
        (Actor::Agent("agt_gone".into()), "Someone"),
        (Actor::System, "Handoff"),
        (Actor::Meta, "WhatsApp"),
    ];
    for (actor, expected) in table {
        assert_eq!(who(&actor, &names()), expected);
    }
}

fn control(cause: ControlCause) -> Event {
    let (role, since) = (ResponderRole::AiAgent, Timestamp(5));
    let control = ThreadControl::TakeRefused { role, since, code: Some(2_494_191) };
    Event::ControlChanged { control, cause, written_at: None }
}

#[test]
fn what_only_other_entries_show_is_no_line_and_every_cause_is_audited() {
    let shown = ControlCause::ALL.into_iter().filter(|cause| line_of(control(*cause), Actor::Meta).is_some());
    let expected = [
        ControlCause::ReplySent,
        ControlCause::TakeAccepted,
        ControlCause::TakeRefused,
        ControlCause::TakeUnclear,
        ControlCause::Passed,
        ControlCause::Released,
        ControlCause::LeaveRefused,
        ControlCause::LeaveUnclear,
    ];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    let told: std::collections::BTreeSet<_> =
        ControlCause::ALL.into_iter().filter_map(|cause| what(&control(cause), &Actor::Meta, &names())).collect();
    assert_eq!(told.len(), ControlCause::ALL.len(), "each has its own sentence: {told:?}");
    let role = ResponderRole::Marketing;
    let left = ThreadControl::Leaving { way: LeaveWay::Release, role, since: Timestamp(5), agent: Some(ana()) };
    let returned = Event::ControlChanged { control: left, cause: ControlCause::Returned, written_at: None };
    let expected = "Asked WhatsApp to give the customer back to the app for marketing";
    assert_eq!(what(&returned, &Actor::Agent(ana()), &names()).as_deref(), Some(expected));
}

const PAUSED: &str = "The bot stopped replying: the customer's automatic messages of today are used up";

fn blocked() -> Event {
    Event::CustomerBlocked { customer: "cus_1".into(), reason: BlockReason::Fraud }
}

fn answered(act: BlockAct, answer: BlockResult, code: Option<i64>) -> Event {
    Event::BlockAnswered { customer: "cus_1".into(), act, answer, code }
}

#[test]
fn the_audit_log_says_what_happened() {
    let by_ana = Actor::Agent(ana());
    let keyword = Trigger::Keyword { keyword: "kwd_1".into(), phrase: "human".into() };
    let amended = |what| Event::Amended { message: "msg_1".into(), what };
    let noted = |act| Event::Noted { note: "not_1".into(), act, mentioned: vec![ana()] };
    let table = [
        (handed_off(keyword), "Agent requested: keyword “human”"),
        (handed_off(Trigger::Agent { agent: ana() }), "Agent stepped in"),
        (claimed(Span::seconds(72)), "Claimed after 1:12"),
        (released(ReleaseReason::ByAgent), "Released a conversation"),
        (released(ReleaseReason::AgentGone), "Returned a conversation to Unassigned: Ana was offline"),
        (taken_over(Some("agt_ben")), "Took over from Ben"),
        (taken_over(None), "Took over"),
        (Event::ReturnedToBot { handoff: hof(), agent: ana() }, "Returned a conversation to the bot"),
        (closed(CloseReason::Done), "Closed a conversation"),
        (closed(CloseReason::Bot), "Closed a conversation"),
        (closed(CloseReason::Merged), "Closed a merged conversation"),
        (closed(CloseReason::Imported), "Archived an imported conversation"),
        (unfinished(EndingKind::Close), "Cancelled their close: the customer just wrote"),
        (Event::ReleaseUndone { handoff: hof(), agent: ana() }, "Undid a release"),
        (takeover_undone(PreviousOwner::Nobody), "Undid a takeover: back to Unassigned"),
        (Event::TextSkipped { text: TextName::Closing.into(), why: Skipped::WindowClosed }, "Closing message not sent"),
        (Event::TextSkipped { text: SkippedText::Rating, why: Skipped::DailyLimit }, "Rating question not sent"),
        (Event::BotSilenced { messages: 3 }, "3 bot messages not sent: an agent took over"),
        (Event::BotRefused, "Discarded a bot reply because an agent had taken over"),
        (Event::Merged { from: "cus_1".into(), into: "cus_2".into() }, "Merged two customer records"),
        (number_changed(NewIdentity::Number), "The customer has a new phone number"),
        (preferred(Wish::Stop), "The customer opted out of marketing messages"),
        (Event::CustomerCalled { at: Timestamp(0) }, "The customer called on WhatsApp"),
        (Event::PartnerTook, "Another app on this number took over the customer. The bot is paused."),
        (Event::ChannelShared { channel: "chn_1".into() }, "Another app uses this number, too"),
        (Event::BotPaused { why: PauseReason::DailyLimit }, PAUSED),
        (blocked(), "Blocked the customer: Fraud"),
        (Event::CustomerUnblocked { customer: "cus_1".into() }, "Unblocked the customer"),
        (answered(BlockAct::Block, BlockResult::Accepted, None), "WhatsApp confirmed the block"),
        (answered(BlockAct::Unblock, BlockResult::Refused, Some(7)), "WhatsApp refused the unblock: code 7."),
        (answered(BlockAct::Unblock, BlockResult::Refused, None), "WhatsApp refused the unblock"),
        (answered(BlockAct::Block, BlockResult::Unanswered, None), "WhatsApp could not be reached about the block"),
        (Event::Resent { message: "msg_1".into() }, "Resent a message"),
        (Event::WindowRefused { at: Timestamp(0) }, "Reported that the 24-hour window is closed"),
        (Event::SignedIn { agent: ana() }, "Signed in"),
        (Event::SignedOut { agent: ana() }, "Signed out"),
        (Event::Availability { agent: ana(), away: true }, "Switched to away"),
        (Event::Availability { agent: ana(), away: false }, "Switched to online"),
        (sign_in_refused(SignInRefusal::Password), "Refused a sign-in: wrong password"),
        (sign_in_refused(SignInRefusal::TooManyAttempts), "Refused a sign-in: too many attempts"),
        (sign_in_refused(SignInRefusal::Busy), "Refused a sign-in: the server was busy"),
        (sign_in_refused(SignInRefusal::Inactive), "Refused a sign-in: the account is deactivated"),
        (sign_in_refused(SignInRefusal::Confirmation), "Entered a wrong password when asked to confirm it"),
        (sign_in_refused(SignInRefusal::Code), "Refused a sign-in: right password, wrong code"),
        (second_factor(FactorChange::Added), "Set up a second factor"),
        (second_factor(FactorChange::Replaced), "Replaced a second factor"),
        (second_factor(FactorChange::Removed), "Removed a second factor"),
        (second_factor(FactorChange::CodesRenewed), "Made new recovery codes"),
        (second_factor(FactorChange::CodeUsed), "Used a recovery code"),
        (Event::SessionsEnded { agent: ana(), sessions: 1 }, "Signed out on another device"),
        (Event::SessionsEnded { agent: ana(), sessions: 3 }, "Signed out on 3 other devices"),
        (Event::Exported { what: Setting::Flow, subject: Some("flw_1".into()) }, "Exported a flow"),
        (noted(NoteAct::Written), "Wrote a note"),
        (noted(NoteAct::Edited), "Edited a note"),
        (noted(NoteAct::Deleted), "Deleted a note"),
        (amended(Amendment::Edited), "Edited a message"),
        (amended(Amendment::Revoked), "Deleted a message"),
        (amended(Amendment::Reacted), "Reacted"),
        (amended(Amendment::FileKept), "Saved a file"),
        (amended(Amendment::FileFailed), "Couldn't save a file"),
    ];
    for (event, expected) in table {
        assert_eq!(what(&event, &by_ana, &names()).as_deref(), Some(expected), "{event:?}");
    }
    let alert = Event::ChannelTrouble {
        channel: "chn_1".into(),
        code: None,
        field: "security".into(),
        title: "PIN_CHANGED".into(),
        details: None,
    };
    assert_eq!(what(&alert, &Actor::Meta, &names()).as_deref(), Some("A number's two-step PIN was changed"));
    assert_eq!(what(&started(Some("cnv_0")), &by_ana, &names()), None);
    assert_eq!(what(&Event::Seen { agent: ana(), left: 0 }, &by_ana, &names()), None);
}

#[test]
fn the_audit_log_names_everybody_once() {
    let by_ben = Actor::Agent("agt_ben".into());
    let told = |event: &Event, actor: &Actor| what(event, actor, &names()).unwrap_or_default();
    // given acts of Ana that somebody else is the actor of, her name is in the sentence
    assert_eq!(told(&claimed(Span::seconds(72)), &Actor::System), "Claimed after 1:12 (Ana)");
    assert_eq!(told(&Event::Availability { agent: ana(), away: true }, &by_ben), "Switched to away (Ana)");
    assert_eq!(
        told(&unfinished(EndingKind::Close), &Actor::Customer),
        "Ana's close was cancelled: the customer just wrote"
    );
    // and what the customer did names the customer beside the sentence only
    let called = Event::CustomerCalled { at: Timestamp(0) };
    assert_eq!(told(&called, &Actor::Customer), "Called on WhatsApp");
    assert_eq!(told(&called, &Actor::Meta), "The customer called on WhatsApp");
    assert_eq!(told(&preferred(Wish::Stop), &Actor::Customer), "Opted out of marketing messages");
}

#[test]
fn the_audit_log_says_how_the_team_changed() {
    let by_ben = Actor::Agent("agt_ben".into());
    let event = Event::MemberChanged { agent: ana(), change: MemberChange::Deactivated };
    assert_eq!(what(&event, &by_ben, &names()).as_deref(), Some("Deactivated a member"));
    let released = released(ReleaseReason::AgentDeactivated);
    let told = what(&released, &by_ben, &names());
    assert_eq!(told.as_deref(), Some("Returned a conversation to Unassigned: Ana was deactivated"));
}
