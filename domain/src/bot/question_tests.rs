use super::{
    question::fit,
    tests::{NOW, by_phrase, flow, run, text, trace, turn, waiting},
    *,
};
use crate::{
    flow::definition::{Choice, Expect, Question, Start, Step, StepKind},
    message::{Attachment, Author},
    time::Span,
};

fn photo() -> Content {
    Content::Image { media: Attachment::default() }
}

fn tap(id: &str) -> Content {
    Content::ButtonReply { id: id.into(), title: "Yes".into() }
}

/// A flow that asks for an order number in five digits.
fn orders() -> LiveFlow {
    let question = Question {
        text: "Your order number?".into(),
        variable: "order".into(),
        expect: Expect::Pattern { pattern: "[0-9]{5}".into(), example: String::new() },
        retries: 1,
        retry_text: String::new(),
        patience: None,
        on_failure: Vec::new(),
    };
    let step = Step { id: "ask".into(), name: String::new(), act: StepKind::Question(question) };
    LiveFlow::new("orders".into(), 1, Arc::new(Flow { steps: vec![step], ..Flow::default() }))
}

fn at(live: &LiveFlow, content: Content, change: impl FnOnce(&mut Turn)) -> Turn {
    let mut turn = turn(content);
    turn.is_first = false;
    turn.run = run(live, waiting());
    change(&mut turn);
    turn
}

fn tries(turn: &mut Turn, count: u8) {
    if let Some(run) = &mut turn.run {
        run.position = Position::Waiting { step: "ask".into(), tries: count };
    }
}

#[test]
fn a_tap_answers_only_the_message_it_belongs_to() {
    let menu = flow("menu", vec![]);
    let by = |author: Author, at: Timestamp, body: &str| Some(TappedMessage { author, at, body: body.into() });
    let tapped = |at: Timestamp, body: &str| by(Author::Bot, at, body);
    for (what, message, expected) in [
        ("sent with the question", tapped(NOW, "Anything"), QuestionFit::Answers),
        ("sent before it", tapped(NOW.minus(Span::seconds(1)), "A newsletter?"), QuestionFit::OtherMessage),
        ("an earlier try of it", tapped(NOW.minus(Span::seconds(1)), "Shall I?"), QuestionFit::Answers),
        ("unknown", None, QuestionFit::Answers),
        ("an automatic message", by(Author::System, NOW, "Tap to keep it open"), QuestionFit::OtherMessage),
        ("an agent's", by(Author::Agent("agt_1".into()), NOW, "Which one?"), QuestionFit::OtherMessage),
    ] {
        let turn = at(&menu, tap("yes"), |turn| turn.tapped = message);
        assert_eq!(fit(&turn, NOW), expected, "{what}");
    }
    // The question is asked again, and no try is counted.
    let turn = at(&menu, tap("yes"), |turn| {
        turn.tapped = tapped(NOW.minus(Span::seconds(1)), "A newsletter?");
        tries(turn, 1);
    });
    let outcome = respond(&turn, NOW);
    assert_eq!(outcome.actions.len(), 1);
    assert!(
        matches!(outcome.flow, FlowChange::Move { position: Position::Waiting { tries: 0, .. }, .. }),
        "{outcome:?}"
    );
    // A question without buttons is answered by no tap.
    assert_eq!(fit(&at(&orders(), tap("12345"), |_| {}), NOW), QuestionFit::OtherMessage);
    // Except on a message that was sent together with it.
    let with_it = at(&orders(), Content::ButtonReply { id: "x".into(), title: "12345".into() }, |turn| {
        turn.tapped = tapped(NOW, "One of these?");
    });
    assert_eq!(fit(&with_it, NOW), QuestionFit::Answers);
    // The other message's button still starts a flow.
    let starts = flow("starts", vec![Start::Button { payload: "yes".into() }]);
    let turn = at(&menu, tap("yes"), |turn| {
        turn.live = Arc::new([starts]);
        turn.tapped = tapped(NOW.minus(Span::seconds(1)), "A newsletter?");
    });
    assert_eq!(trace(&turn), "begins starts");
}

#[test]
fn an_album_is_one_try() {
    let orders = orders();
    let sent = |content: Content, after: Span, count: u8| {
        let turn = at(&orders, content, |turn| {
            turn.sent_at = NOW.plus(after);
            tries(turn, count);
        });
        fit(&turn, NOW.plus(after))
    };
    assert_eq!(sent(photo(), Span(0), 0), QuestionFit::Misses, "the first picture");
    assert_eq!(sent(photo(), Span(0), 1), QuestionFit::SameTry, "the second");
    let before = Span::of_millis(-2_000);
    assert_eq!(sent(text("I have a question"), before, 0), QuestionFit::Precedes, "written before the question");
    assert_eq!(sent(text("12345"), before, 0), QuestionFit::Answers);
    assert_eq!(sent(photo(), Span::seconds(2), 1), QuestionFit::SameTry);
    assert_eq!(sent(photo(), Span::seconds(3), 1), QuestionFit::Misses, "another picture");
    assert_eq!(
        sent(text("sorry"), Span::of_millis(-2_000), 1),
        QuestionFit::SameTry,
        "written before the question came again"
    );
    assert_eq!(
        sent(text("12345"), Span::of_millis(-2_000), 1),
        QuestionFit::Answers,
        "the answer counts whenever it was sent"
    );
    let turn = at(&orders, photo(), |turn| tries(turn, 1));
    assert_eq!(trace(&turn), "nothing");
}

#[test]
fn texts_that_follow_a_wrong_answer_at_once_are_one_try() {
    let orders = orders();
    let after = |millis: i64, words: &str, count: u8| {
        let turn = at(&orders, text(words), |turn| {
            turn.sent_at = NOW.plus(Span::of_millis(millis));
            tries(turn, count);
        });
        (fit(&turn, turn.sent_at), trace(&turn))
    };
    let nothing = |fit| (fit, "nothing".to_owned());
    for words in ["I mean", "the blue one", "??", "hello"] {
        for millis in [0, 400, 999] {
            assert_eq!(after(millis, words, 1), nothing(QuestionFit::SameTry), "{words} after {millis} ms");
        }
    }
    // An answer is one however soon it comes, and so is a wrong one that had time to be read for.
    assert_eq!(after(400, "12345", 1).0, QuestionFit::Answers);
    assert_eq!(after(1_000, "the blue one", 1).0, QuestionFit::Misses);
    // The first wrong answer is counted.
    assert_eq!(after(0, "the blue one", 0), (QuestionFit::Misses, "moves orders".to_owned()));
}

#[test]
fn what_was_sent_before_the_question_gets_a_reply_and_counts_no_try() {
    let orders = orders();
    let before = |words: &str, is_newest: bool| {
        at(&orders, text(words), |turn| {
            turn.sent_at = NOW.minus(Span::seconds(40));
            turn.is_newest = is_newest;
        })
    };
    let turn = before("My parcel is broken", true);
    assert_eq!(fit(&turn, NOW), QuestionFit::Precedes);
    let outcome = respond(&turn, NOW);
    assert_eq!(outcome.actions.len(), 1, "the question comes again");
    assert!(
        matches!(outcome.flow, FlowChange::Move { position: Position::Waiting { tries: 0, .. }, .. }),
        "{outcome:?}"
    );
    // Of several, the last one gets it.
    assert_eq!(trace(&before("My parcel is broken", false)), "nothing");
    // What it asks for goes first.
    let mut other = before("returns please", true);
    other.live = Arc::new([flow("other", vec![by_phrase("returns")])]);
    assert_eq!(trace(&other), "begins other");
    assert_eq!(fit(&before("12345", true), NOW), QuestionFit::Answers);
}

#[test]
fn an_expired_question_begins_anew() {
    let (orders, opening) = (orders(), flow("opening", vec![Start::NewConversation]));
    let later = |content: Content, span: Span, live: Vec<LiveFlow>| {
        at(&orders, content, |turn| {
            turn.live = live.into();
            if let Some(run) = &mut turn.run {
                run.moved_at = NOW.minus(span);
            }
        })
    };
    let three_days = Span::hours(72);
    let mut in_time = later(text("hello"), Span::hours(24), Vec::new());
    assert_eq!(fit(&in_time, NOW), QuestionFit::Expired);
    in_time.sent_at = NOW.minus(Span::seconds(2));
    assert_ne!(fit(&in_time, NOW), QuestionFit::Expired, "written in time, read late");
    assert_eq!(trace(&later(text("hello"), three_days, vec![opening.clone()])), "begins opening");
    assert_eq!(trace(&later(text("12345"), three_days, vec![opening.clone()])), "begins opening");
    let turn = later(text("hello"), three_days, vec![]);
    assert_eq!(trace(&turn), "says Hello", "the tenant's greeting, as in a new conversation");
    assert!(matches!(respond(&turn, NOW).flow, FlowChange::End));
    assert_eq!(fit(&later(text("12345"), Span::hours(23), vec![]), NOW), QuestionFit::Answers);
    // The flow's own time.
    let turn = at(&orders, text("12345"), |turn| {
        if let Some(run) = &mut turn.run {
            run.moved_at = NOW.minus(Span::minutes(30));
            let flow =
                Flow { question_expiry: Some(Span::minutes(30)), ..run.flow.as_deref().cloned().unwrap_or_default() };
            run.flow = Some(Arc::new(flow));
        }
    });
    assert_eq!(fit(&turn, NOW), QuestionFit::Expired);
}

#[test]
fn greetings_and_the_words_of_other_flows_are_no_wrong_answers() {
    let (orders, other) = (orders(), flow("other", vec![by_phrase("returns")]));
    let last_try = |content| {
        at(&orders, content, |turn| {
            turn.live = Arc::new([other.clone()]);
            turn.sent_at = NOW.plus(Span::seconds(10));
            tries(turn, 1);
        })
    };
    assert_eq!(trace(&last_try(text("Hello!"))), "moves orders");
    assert_eq!(trace(&last_try(text("returns please"))), "begins other");
    // Also what was sent together with a wrong answer.
    let mut burst = last_try(text("returns please"));
    burst.sent_at = NOW.minus(Span::seconds(2));
    assert_eq!((fit(&burst, NOW), trace(&burst)), (QuestionFit::SameTry, "begins other".to_owned()));
    // The words that start this flow, alone: asked again, and no try is counted.
    let mut starts = orders.clone();
    starts.flow = Arc::new(Flow { starts: vec![by_phrase("my order")], ..Flow::clone(&orders.flow) });
    let own = |words: &str| {
        let mut turn = last_try(text(words));
        turn.live = Arc::new([LiveFlow::new(starts.id.clone(), 1, starts.flow.clone())]);
        turn
    };
    for words in ["My order!", "Hello, my order"] {
        let outcome = respond(&own(words), NOW);
        assert!(
            matches!(outcome.flow, FlowChange::Move { position: Position::Waiting { tries: 0, .. }, .. }),
            "{words}: {outcome:?}"
        );
    }
    // A wrong answer in which they stand is one: a person comes in the end.
    assert_eq!(trace(&own("I don't know the number of my order")), "orders calls a person");
    assert_eq!(trace(&last_try(text("nonsense"))), "orders calls a person");
    // An answer that fits is one, whatever it would start.
    let options =
        ["returns", "orders"].map(|title| Choice { id: title.into(), title: title.into(), ..Choice::default() });
    let question = Question {
        text: "What is it about?".into(),
        variable: "topic".into(),
        expect: Expect::Choice { options: options.to_vec() },
        retries: 1,
        retry_text: String::new(),
        patience: None,
        on_failure: Vec::new(),
    };
    let step = Step { id: "ask".into(), name: String::new(), act: StepKind::Question(question) };
    let topics = LiveFlow::new("topics".into(), 1, Arc::new(Flow { steps: vec![step], ..Flow::default() }));
    let turn = at(&topics, text("returns"), |turn| turn.live = Arc::new([other.clone()]));
    assert_eq!(fit(&turn, NOW), QuestionFit::Answers);
}

#[test]
fn a_tap_that_is_no_option_answers_nothing_and_an_old_one_is_late() {
    let menu = flow("menu", vec![]);
    let tapped = |id: &str| {
        let content = Content::ButtonReply { id: id.into(), title: "Something else".into() };
        let asked = TappedMessage { author: Author::Bot, at: NOW, body: "Shall I?".into() };
        at(&menu, content, |turn| turn.tapped = Some(asked.clone()))
    };
    assert_eq!((fit(&tapped("yes"), NOW), fit(&tapped("other"), NOW)), (QuestionFit::Answers, QuestionFit::Misses));
    let later = NOW.plus(Span::days(30));
    let unknown = at(&menu, tap("yes"), |turn| turn.sent_at = later);
    assert_eq!(fit(&unknown, later), QuestionFit::Expired);
}

#[test]
fn a_long_text_is_no_greeting() {
    use super::greeting::is_greeting;
    assert!(is_greeting(&"hello ".repeat(30)));
    assert!(!is_greeting(&"hello ".repeat(40)));
}
