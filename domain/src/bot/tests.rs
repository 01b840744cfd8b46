use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::{
    flow::definition::{Choice, Expect, Question, Start, Step, StepId, StepKind},
    handoff::{Failure, Trigger},
    interpolation::{self, SAMPLE_CUSTOMER, TextValues},
    keyword::{Keyword, Matcher, Matching},
    message::{Attachment, outgoing::OutgoingMessage},
    model::ModelSettings,
    settings::{TenantSettings, Texts},
    time::Timestamp,
};

pub(super) const NOW: Timestamp = Timestamp(1_772_442_000_000);
const HERE: &str = "chn_1";

/// A flow with the start conditions `starts` that asks one question and waits for its answer.
pub(super) fn flow(id: &str, starts: Vec<Start>) -> LiveFlow {
    let yes = Choice { id: "yes".into(), title: "Yes".into(), description: String::new(), steps: Vec::new() };
    let question = Question {
        text: "Shall I?".into(),
        variable: "answer".into(),
        expect: Expect::Choice { options: vec![yes] },
        retries: 1,
        retry_text: String::new(),
        patience: None,
        on_failure: Vec::new(),
    };
    let step = Step { id: "ask".into(), name: String::new(), act: StepKind::Question(question) };
    let flow = Flow { name: format!("Flow {id}"), starts, steps: vec![step], ..Flow::default() };
    LiveFlow::new(id.into(), 1, Arc::new(flow))
}

pub(super) fn by_phrase(phrase: &str) -> Start {
    Start::Phrase { phrase: phrase.into(), matching: Matching::Contains }
}

pub(super) fn rule(phrase: &str) -> Keyword {
    Keyword {
        id: format!("kwd_{phrase}").as_str().into(),
        phrase: phrase.into(),
        matching: Matching::Contains,
        language: None,
        channel: None,
        enabled: true,
    }
}

pub(super) fn text(body: &str) -> Content {
    Content::Text { body: body.into() }
}

pub(super) fn model() -> Arc<ModelSettings> {
    Arc::new(ModelSettings { enabled: true, unreadable: "Only words, please.".into(), ..ModelSettings::default() })
}

/// A new customer's first message to a tenant that has configured nothing but its texts.
pub(super) fn turn(content: Content) -> Turn {
    Turn {
        tenant: "ten_1".into(),
        tenant_name: "Acme".into(),
        conversation: "cnv_1".into(),
        channel: HERE.into(),
        channel_name: "Shop".into(),
        message: Some("msg_1".into()),
        seen: Some("msg_1".into()),
        epoch: Epoch(0),
        last_words: content.text().unwrap_or_default().into(),
        content: Some(content),
        sent_at: NOW,
        tapped: None,
        referral: None,
        ad: String::new(),
        is_first: true,
        is_newest: true,
        unreadable_text_sent: false,
        customer: TurnCustomer { name: SAMPLE_CUSTOMER.into(), ..TurnCustomer::default() },
        settings: TenantSettings {
            texts: Texts { greeting: "Hello".into(), fallback: "Sorry?".into(), ..Texts::default() },
            ..TenantSettings::default()
        },
        keywords: Matcher::none().clone(),
        fired: Vec::new(),
        live: Arc::new([]),
        run: None,
        variables: BTreeMap::new(),
        model: None,
    }
}

/// A run of `live` at `position`.
pub(super) fn run(live: &LiveFlow, position: Position) -> Option<FlowRun> {
    let flow = Some(live.flow.clone());
    Some(FlowRun {
        id: live.id.clone(),
        version: live.version,
        position,
        revision: 7,
        auto_steps: 0,
        moved_at: NOW,
        flow,
    })
}

pub(super) fn waiting() -> Position {
    Position::Waiting { step: StepId::from("ask"), tries: 0 }
}

/// The outcome of a turn in a word or two.
pub(super) fn trace(turn: &Turn) -> String {
    let outcome = respond(turn, NOW);
    let said = outcome.actions.iter().find_map(|action| match action {
        BotAction::Say(message) => Some(Content::from(message.clone()).preview()),
        BotAction::Set { .. } => None,
    });
    match (outcome.flow, outcome.next) {
        (FlowChange::Begin { flow, .. }, _) => format!("begins {flow}"),
        (FlowChange::Move { flow, .. }, NextAction::HandOff(_)) => format!("{flow} calls a person"),
        (FlowChange::Move { flow, .. }, _) => format!("moves {flow}"),
        (_, NextAction::HandOff(escalation)) => match escalation.trigger {
            Trigger::Keyword { phrase, .. } => format!("keyword {phrase}"),
            Trigger::Failure { failure } => format!("fails: {failure:?}"),
            other => other.kind().as_str().to_owned(),
        },
        (_, NextAction::Model) => "model".to_owned(),
        (_, _) => said.map_or_else(|| "nothing".to_owned(), |said| format!("says {said}")),
    }
}

#[test]
fn the_first_configured_answer_is_chosen_in_this_order() {
    let menu = flow("menu", vec![by_phrase("menu")]);
    let tap = flow("tap", vec![Start::Button { payload: "start".into() }]);
    let opening = flow("opening", vec![Start::NewConversation]);
    let live: Arc<[LiveFlow]> = Arc::new([opening.clone(), menu.clone(), tap]);
    let tapped = |id: &str| Content::ButtonReply { id: id.into(), title: "Go".into() };
    let photo = || Content::Image { media: Attachment::default() };
    let with = |content, change: &dyn Fn(&mut Turn)| {
        let mut turn = turn(content);
        change(&mut turn);
        trace(&turn)
    };
    let all = |turn: &mut Turn| {
        turn.keywords = Matcher::new(vec![rule("agent")]);
        turn.live = live.clone();
        turn.model = Some(model());
    };
    let table = [
        ("a keyword before all", with(text("menu agent"), &all), "keyword agent"),
        ("a tapped button", with(tapped("start"), &all), "begins tap"),
        ("words before any first message", with(text("the menu"), &all), "begins menu"),
        ("any first message", with(text("hi"), &all), "begins opening"),
        ("the model", with(text("hi"), &|turn| turn.model = Some(model())), "model"),
        ("what the model cannot read", with(photo(), &|turn| turn.model = Some(model())), "says Only words, please."),
        ("the greeting", with(text("hi"), &|_| ()), "says Hello"),
        ("the fallback", with(text("hi"), &|turn| turn.is_first = false), "says Sorry?"),
        ("no text", with(text("hi"), &|turn| turn.settings.texts = blank()), "fails: NoAnswer"),
        (
            "a text with a fault",
            with(text("hi"), &|turn| turn.settings.texts.greeting = "{{ x }}".into()),
            "fails: NoAnswer",
        ),
    ];
    for (what, led, expected) in table {
        assert_eq!(led, expected, "{what}");
    }
}

#[test]
fn a_running_flow_takes_the_message_unless_another_flow_may_start() {
    let menu = flow("menu", vec![by_phrase("menu")]);
    let other = flow("other", vec![by_phrase("other"), Start::Button { payload: "yes".into() }]);
    let at = |position: Position, content| {
        let mut turn = turn(content);
        turn.live = Arc::new([menu.clone(), other.clone()]);
        turn.run = run(&menu, position);
        turn.is_first = false;
        trace(&turn)
    };
    let tapped = Content::ButtonReply { id: "yes".into(), title: "Yes".into() };
    assert_eq!(at(waiting(), tapped), "menu calls a person", "its own option answers the question, and the flow ends");
    assert_eq!(at(waiting(), text("other")), "begins other", "the words of another flow are no wrong answer");
    assert_eq!(at(waiting(), text("menu")), "moves menu", "its own words ask again");
    assert_eq!(at(waiting(), text("nonsense")), "moves menu");
    assert_eq!(at(Position::Fetching { step: "ask".into() }, text("other")), "nothing");
    assert_eq!(at(Position::Start, text("other")), "begins other");
    assert_eq!(at(Position::Start, text("hi")), "moves menu");
    let gone = |content| {
        let mut turn = turn(content);
        turn.live = Arc::new([other.clone()]);
        turn.run = run(&menu, waiting()).map(|run| FlowRun { flow: None, ..run });
        trace(&turn)
    };
    assert_eq!(gone(text("other")), "begins other");
    assert_eq!(gone(text("hi")), "fails: FlowBroken");
}

pub(super) fn blank() -> Texts {
    Texts { greeting: " ".into(), fallback: String::new(), ..Texts::default() }
}

fn phrases() -> impl Strategy<Value = String> {
    select(vec!["agent", "menu", "hello", "ola", "order"]).prop_map(str::to_owned)
}

fn languages() -> impl Strategy<Value = Option<String>> {
    option::of(select(vec!["pt", "en"]).prop_map(str::to_owned))
}

fn rules() -> impl Strategy<Value = Vec<Keyword>> {
    let channel = option::of(select(vec![HERE, "chn_2"]));
    let rule = (phrases(), select(Matching::ALL.to_vec()), languages(), channel, any::<bool>());
    let rule = rule.prop_map(|(phrase, matching, language, channel, enabled)| Keyword {
        matching,
        language,
        channel: channel.map(Into::into),
        enabled,
        ..self::rule(&phrase)
    });
    vec(rule, 0..4)
}

fn live() -> impl Strategy<Value = Vec<LiveFlow>> {
    let start = prop_oneof![
        Just(Start::NewConversation),
        (phrases(), select(Matching::ALL.to_vec())).prop_map(|(phrase, matching)| Start::Phrase { phrase, matching }),
        Just(Start::Button { payload: "start".into() }),
        Just(Start::Ad { contains: String::new() }),
    ];
    let flows = vec(vec(start, 0..3), 0..3);
    flows.prop_map(|flows| {
        flows.into_iter().enumerate().map(|(at, starts)| flow(&format!("flw_{at}"), starts)).collect()
    })
}

fn texts() -> impl Strategy<Value = Texts> {
    let text = || select(vec!["", " ", "Hello {{ customer.name }}", "Welcome to {{ tenant.name }}", "{{ nothing }}"]);
    (text(), text()).prop_map(|(greeting, fallback)| Texts {
        greeting: greeting.into(),
        fallback: fallback.into(),
        ..Texts::default()
    })
}

proptest! {
    /// The keyword page's preview of a message matches what the bot does with it.
    #[test]
    fn the_preview_is_the_real_decision(
        message in vec(select(vec!["agent", "menu", "hello", "please", "Ola!", "ordre", "…"]), 1..4),
        rules in rules(),
        live in live(),
        language in languages(),
        texts in texts(),
        has_model in any::<bool>(),
    ) {
        let content = text(&message.join(" "));
        let mut turn = turn(content.clone());
        turn.keywords = Matcher::new(rules);
        turn.live = live.into();
        turn.customer.language = language;
        turn.settings.texts = texts;
        turn.model = has_model.then(model);
        let language = turn.customer.language.as_deref();
        let setting = crate::keyword::MatchContext { channel: Some(&turn.channel), language, fired: &[] };
        let first = Situation::first_message(
            &content, setting, &turn.keywords, &turn.live, turn.model.as_deref(), &turn.settings.texts);
        let shown = preview(&first);
        let values = TextValues { customer_name: &turn.customer.name, tenant_name: &turn.tenant_name };

        let outcome = respond(&turn, NOW);

        let trigger = match &outcome.next {
            NextAction::HandOff(escalation) => Some(&escalation.trigger),
            _ => None,
        };
        let begun = match &outcome.flow {
            FlowChange::Begin { flow, .. } => Some(flow),
            FlowChange::Keep | FlowChange::Move { .. } | FlowChange::End => None,
        };
        let said = match outcome.actions.as_slice() {
            [BotAction::Say(message)] => Some(message.clone()),
            _ => None,
        };
        let no_answer = Trigger::Failure { failure: Failure::NoAnswer };
        match (shown.keyword, shown.next) {
            (Some((rule, _)), _) => {
                let called = Trigger::Keyword { keyword: rule.id.clone(), phrase: rule.phrase.clone() };
                prop_assert_eq!(trigger, Some(&called));
            }
            (None, Decision::BeginFlow(live)) => prop_assert_eq!(begun, Some(&live.id)),
            (None, Decision::Model) => prop_assert!(matches!(outcome.next, NextAction::Model)),
            (None, Decision::Text(text)) => match interpolation::filled(text, &values) {
                Ok(words) => prop_assert_eq!(said, Some(OutgoingMessage::text(words))),
                Err(_) => prop_assert_eq!(trigger, Some(&no_answer)),
            },
            (None, Decision::NoAnswer) => prop_assert_eq!(trigger, Some(&no_answer)),
            (None, other) => prop_assert!(false, "no first message in words leads to {:?}", other),
        }
    }
}
