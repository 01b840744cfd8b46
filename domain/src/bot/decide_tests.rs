use super::{
    tests::{NOW, by_phrase, flow, model, rule, run, text, trace, turn, waiting},
    *,
};
use crate::{
    flow::definition::{Start, StepId},
    handoff::{Failure, Trigger},
    message::Attachment,
    model::ModelSettings,
};

fn photo() -> Content {
    Content::Image { media: Attachment { caption: None, ..Attachment::default() } }
}

fn tapped(id: &str) -> Content {
    Content::ButtonReply { id: id.into(), title: "Go".into() }
}

#[test]
fn a_turn_is_bound_to_the_revision_of_its_run() {
    let menu = flow("menu", vec![]);
    let mut turn = turn(text("hi"));
    assert_eq!(turn.revision(), 0, "no flow has run yet");
    turn.run = run(&menu, waiting());
    assert_eq!(turn.revision(), 7);
}

#[test]
fn only_a_turn_without_a_message_is_an_automatic_move() {
    let menu = flow("menu", vec![]);
    let moves = |content: Option<Content>, moved: Option<i64>| {
        let run = moved.and_then(|auto_steps| run(&menu, waiting()).map(|run| FlowRun { auto_steps, ..run }));
        Turn { content, run, ..turn(text("hi")) }.auto_steps()
    };
    assert_eq!(moves(None, Some(0)), 1);
    assert_eq!(moves(None, Some(4)), 5);
    assert_eq!(moves(Some(text("hi")), Some(4)), 0, "a message of the customer starts the count again");
    assert_eq!(moves(None, None), 0);
}

#[test]
fn a_turn_without_a_message_decides_nothing() {
    let turn = Turn { content: None, ..turn(text("hi")) };
    assert!(turn.situation(NOW).is_none());
    let outcome = respond(&turn, NOW);
    assert!(outcome.actions.is_empty() && matches!(outcome.next, NextAction::Wait));
}

#[test]
fn an_ad_starts_its_flow_before_any_phrase_does() {
    let referral = |headline: &str, body: &str, url: &str| {
        let part = |part: &str| (!part.is_empty()).then(|| part.to_owned());
        Some(Referral { headline: part(headline), body: part(body), source_url: part(url), source_type: None })
    };
    let led = |contains: &str, referral: Option<Referral>| {
        let ad = flow("ad", vec![Start::Ad { contains: contains.into() }]);
        let menu = flow("menu", vec![by_phrase("menu")]);
        trace(&Turn { live: Arc::new([menu, ad]), referral, ..turn(text("menu")) })
    };
    assert_eq!(led("Sommer", referral("Großer SOMMER-Verkauf", "", "")), "begins ad");
    assert_eq!(led("sommer", referral("", "Im Sommer", "")), "begins ad");
    assert_eq!(led("shop.example", referral("", "", "https://shop.example/summer")), "begins ad");
    assert_eq!(led("", referral("Anything", "", "")), "begins ad", "without a restriction every ad starts it");
    assert_eq!(led("winter", referral("Sommer", "Sommer", "https://shop.example")), "begins menu");
    assert_eq!(led("", None), "begins menu");
}

#[test]
fn a_flow_for_new_conversations_starts_with_the_first_message_only() {
    let opening = flow("opening", vec![Start::NewConversation]);
    let led = |is_first| trace(&Turn { live: Arc::new([opening.clone()]), is_first, ..turn(text("hi")) });
    assert_eq!((led(true).as_str(), led(false).as_str()), ("begins opening", "says Sorry?"));
}

#[test]
fn a_tapped_button_starts_only_the_flow_that_names_it() {
    let other = flow("other", vec![Start::Button { payload: "start".into() }]);
    let menu = flow("menu", vec![]);
    let led = |payload: &str, position: Option<Position>| {
        let run = position.and_then(|position| run(&menu, position));
        trace(&Turn { live: Arc::new([other.clone()]), run, is_first: false, ..turn(tapped(payload)) })
    };
    assert_eq!(led("start", None), "begins other");
    assert_eq!(led("start", Some(waiting())), "begins other", "a button starts its flow while a question waits");
    assert_eq!(led("elsewhere", None), "says Sorry?");
}

#[test]
fn an_option_belongs_to_the_question_that_waits_for_it() {
    let menu = flow("menu", vec![]);
    let other = flow("other", vec![Start::Button { payload: "yes".into() }]);
    let led =
        |position| trace(&Turn { live: Arc::new([other.clone()]), run: run(&menu, position), ..turn(tapped("yes")) });
    assert_eq!(led(waiting()), "menu calls a person", "the flow goes on and ends after its question");
    // No question waits, or another step does: the button starts its flow.
    assert_eq!(led(Position::Start), "begins other");
    assert_eq!(led(Position::Waiting { step: "gone".into(), tries: 0 }), "begins other");
}

#[test]
fn the_model_of_a_flow_answers_until_it_is_turned_off() {
    let menu = flow("menu", vec![]);
    let other = flow("other", vec![by_phrase("other")]);
    let at = Position::Modelling { step: "ask".into() };
    let led = |words: &str, model| {
        let live = Arc::new([menu.clone(), other.clone()]);
        trace(&Turn { live, run: run(&menu, at.clone()), model, ..turn(text(words)) })
    };
    assert_eq!(led("hi", Some(model())), "model");
    assert_eq!(led("other", Some(model())), "begins other");
    assert_eq!(led("hi", None), "menu calls a person");
}

#[test]
fn what_a_model_cannot_read_gets_a_text_once_or_an_agent() {
    let led = |unreadable: &str, unreadable_text_sent| {
        let model = Arc::new(ModelSettings { unreadable: unreadable.into(), ..ModelSettings::clone(&model()) });
        Turn { model: Some(model), unreadable_text_sent, ..turn(photo()) }
    };
    assert_eq!(trace(&led("Only words, please.", false)), "says Only words, please.");
    assert_eq!(trace(&led("Only words, please.", true)), "nothing");
    assert_eq!(trace(&led(" ", false)), "fails: Unreadable");
    // The agent reads in the reason what the customer sent.
    let NextAction::HandOff(escalation) = respond(&led("", true), NOW).next else { panic!("no escalation") };
    assert_eq!(escalation.trigger, Trigger::Failure { failure: Failure::Unreadable });
    assert_eq!(escalation.brief.reason, "The customer sent: Photo");
    assert_eq!(escalation.message, Some("msg_1".into()));
}

#[test]
fn the_fallback_answers_a_first_message_if_there_is_no_greeting() {
    let led = |greeting: &str, fallback: &str, is_first| {
        let mut turn = Turn { is_first, ..turn(text("hi")) };
        turn.settings.texts.greeting = greeting.into();
        turn.settings.texts.fallback = fallback.into();
        trace(&turn)
    };
    assert_eq!(led("Hello", "Sorry?", true), "says Hello");
    assert_eq!(led("Hello", "Sorry?", false), "says Sorry?");
    assert_eq!(led(" ", "Sorry?", true), "says Sorry?");
    assert_eq!(led("Hello", " ", false), "fails: NoAnswer");
}

#[test]
fn a_keyword_in_a_running_flow_requests_an_agent() {
    let menu = flow("menu", vec![]);
    let keywords = Matcher::new(vec![rule("agent")]);
    let led = trace(&Turn { keywords, run: run(&menu, waiting()), ..turn(text("agent")) });
    assert_eq!(led, "keyword agent");
}

#[test]
fn the_preview_shows_the_keyword_and_what_would_answer_without_it() {
    let content = text("agent");
    let (rules, texts) = (Matcher::new(vec![rule("agent")]), turn(text("hi")).settings.texts);
    let shown = |rules| {
        let setting = crate::keyword::MatchContext::default();
        let first = Situation::first_message(&content, setting, rules, &[], None, &texts);
        let Preview { keyword, next } = preview(&first);
        (keyword.map(|(rule, found)| (rule.phrase.as_str(), found.start, found.end)), format!("{next:?}"))
    };
    let greeting = "Text(\"Hello\")".to_owned();
    assert_eq!(shown(&rules), (Some(("agent", 0, 5)), greeting.clone()));
    assert_eq!(shown(Matcher::none()), (None, greeting));
}

#[test]
fn only_a_change_to_another_flow_or_none_ends_the_run() {
    let (flow, version, position) = (FlowId::from("flw_1"), 1, Position::Start);
    assert!(FlowChange::Begin { flow: flow.clone(), version, position: position.clone() }.ends_run());
    assert!(FlowChange::End.ends_run());
    assert!(!FlowChange::Move { flow, version, position }.ends_run());
    assert!(!FlowChange::Keep.ends_run());
}

#[test]
fn a_message_that_an_agent_left_unanswered_is_answered_before_the_flow_goes_on() {
    let menu = flow("menu", vec![by_phrase("menu")]);
    let before = || run(&menu, Position::Before { step: StepId::from("ask") });
    let returned = |content| Turn { is_first: false, run: before(), live: vec![menu.clone()].into(), ..turn(content) };
    let keywords = Matcher::new(vec![rule("agent")]);
    let by_model = Turn { model: Some(model()), ..returned(text("And my order?")) };
    let cases = [
        (Turn { keywords, ..returned(text("agents please")) }, "keyword agent"),
        (returned(text("menu")), "begins menu"),
        (by_model.clone(), "model"),
        (returned(text("And my order?")), "says Sorry?"),
    ];
    for (turn, expected) in cases {
        assert_eq!(trace(&turn), expected);
    }
    assert!(respond(&by_model, NOW).flow.ends_run(), "the model answers outside of the flow");
}

#[test]
fn only_a_keyword_is_heard_in_a_message_that_needs_no_answer() {
    let keywords = || Matcher::new(vec![rule("agent")]);
    let heard = |content| heed(&Turn { keywords: keywords(), ..turn(content) }, NOW).is_some();
    assert!(heard(text("an agent")));
    assert!(!heard(text("hello")));
    assert!(!heard(photo()));
    let fired = Turn { keywords: keywords(), fired: vec![rule("agent").id], ..turn(text("an agent!")) };
    assert!(heed(&fired, NOW).is_none(), "the same rule called an agent for this message before");
}

#[test]
fn a_text_of_ours_ends_a_flow_whose_question_has_expired() {
    let menu = flow("menu", vec![]);
    let later = NOW.plus(crate::time::Span::days(30));
    let turn =
        Turn { run: run(&menu, waiting()), model: Some(model()), is_first: false, sent_at: later, ..turn(photo()) };
    let outcome = respond(&turn, later);
    assert!(matches!(outcome.flow, FlowChange::End), "{outcome:?}");
    assert!(matches!(&outcome.actions[..], [BotAction::Say(_)]), "{outcome:?}");
}
