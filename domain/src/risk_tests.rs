use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp(10_000_000);

fn customer(text: &str) -> Said {
    Said::Typed(text.to_owned())
}

fn bot(text: &str) -> Said {
    Said::Bot(text.to_owned())
}

/// A conversation whose messages `msg_0`, `msg_1` and so on are ten seconds apart, the last of them ten seconds ago.
fn observed(said: Vec<Said>) -> Observation {
    let count = said.len();
    let message = |(nth, said): (usize, Said)| {
        let ago = Span::seconds(10 * i64::try_from(count - nth).expect("few messages"));
        ObservedMessage { id: format!("msg_{nth}").into(), at: NOW.minus(ago), said }
    };
    Observation { messages: said.into_iter().enumerate().map(message).collect(), ..Observation::default() }
}

/// The signs of a conversation, with the message and the points of each.
fn signs(observed: &Observation) -> Vec<(SignalKind, String, i64)> {
    let signals = assess(observed, NOW).signals.into_iter();
    signals.map(|signal| (signal.kind, signal.message.to_string(), signal.points)).collect()
}

fn kinds(said: Vec<Said>) -> Vec<SignalKind> {
    signs(&observed(said)).into_iter().map(|(kind, ..)| kind).collect()
}

#[test]
fn each_sign_names_its_newest_message_and_counts_once() {
    // given a bot that gives the same answer three times
    let answer = "Your parcel arrives on Tuesday. Is there anything else?";
    let said = vec![
        customer("where is it"),
        bot(answer),
        customer("it was due last Friday"),
        bot(answer),
        customer("let me talk to a human"),
        bot(answer),
    ];
    // then
    let expected =
        [(SignalKind::AsksForPerson, "msg_4".to_owned(), 60), (SignalKind::BotRepeats, "msg_5".to_owned(), 60)];
    assert_eq!(signs(&observed(said.clone())), expected);
    let risk = assess(&observed(said), NOW);
    assert_eq!((risk.score, risk.level), (120, RiskLevel::Likely));
    let details: Vec<_> = risk.signals.iter().map(|signal| signal.detail.as_str()).collect();
    assert_eq!(details, ["Asks for a person", "The bot keeps repeating itself"]);
}

#[test]
fn the_sum_of_the_points_gives_the_level() {
    for (score, level) in [
        (0, RiskLevel::None),
        (WATCH - 1, RiskLevel::None),
        (WATCH, RiskLevel::Watch),
        (LIKELY - 1, RiskLevel::Watch),
        (LIKELY, RiskLevel::Likely),
    ] {
        assert_eq!(RiskLevel::of(score), level, "{score}");
    }
}

#[test]
fn what_the_customer_writes_shows_it() {
    use SignalKind::{Anger, AsksForPerson, Capitals, CustomerRepeats, Marks, NotHelped, SaidBefore};
    let ask = || customer("the lamp is broken since Monday");
    let answered = |text: &str| vec![ask(), bot("Did that help?"), customer(text)];
    let table: [(&str, &[SignalKind]); 12] = [
        ("this is ridiculous", &[Anger]),
        ("😡", &[Anger]),
        ("no", &[NotHelped]),
        ("still not working", &[NotHelped]),
        ("I already told you", &[SaidBefore]),
        ("The lamp is broken since Monday!", &[CustomerRepeats]),
        ("WHERE IS THE NEW LAMP NOW", &[Capitals]),
        ("hello???", &[Marks]),
        ("a human please", &[AsksForPerson]),
        ("yes it does", &[]),
        ("yes, amazing!!!", &[]),
        ("MARIA FERNANDA DE LA CRUZ SOTO", &[]),
    ];
    for (text, expected) in table {
        assert_eq!(kinds(answered(text)), expected, "{text}");
    }
    // given a customer who always writes in capitals, or a first message about what does not work, then there is no sign
    assert_eq!(kinds(vec![customer("WHERE IS THE NEW LAMP NOW")]), []);
    assert_eq!(kinds(vec![customer("the lamp doesnt work")]), []);
}

#[test]
fn a_menu_that_is_asked_for_is_no_repetition() {
    let menu = || bot("Choose: hours, prices, location");
    let tapped = || Said::Tapped("Main menu".to_owned());
    assert_eq!(kinds(vec![tapped(), menu(), tapped(), menu()]), []);
    assert_eq!(kinds(vec![customer("menu"), menu(), customer("Menü"), menu()]), []);
    assert_eq!(kinds(vec![customer("help"), menu(), customer("my order"), menu()]), [SignalKind::BotRepeats]);
}

#[test]
fn thanks_a_solution_and_a_person_end_what_was_before() {
    let angry = || vec![customer("useless"), bot("Sorry, I didn't understand that.")];
    assert_eq!(kinds(angry()), [SignalKind::Anger, SignalKind::NotUnderstood]);
    for end in [customer("ok thank you so much!!!"), customer("it works now"), Said::Person] {
        assert_eq!(kinds([angry(), vec![end]].concat()), []);
    }
    // given an answer of an emoji alone, then it may mean anything
    assert_eq!(kinds([angry(), vec![customer("🙂")]].concat()).len(), 2);
    // given more than five messages of the customer since, then it is over
    let later = (0..5).flat_map(|n| [customer(&format!("question {n}")), bot(&format!("answer {n}"))]);
    assert_eq!(kinds(angry().into_iter().chain(later).collect()), []);
}

#[test]
fn a_bot_that_does_not_answer_is_late_and_then_stuck() {
    let waiting = |minutes: i64, said: Vec<Said>| {
        let mut observed = observed(said);
        for message in &mut observed.messages {
            message.at = message.at.minus(Span::minutes(minutes));
        }
        let risk = assess(&observed, NOW);
        risk.signals.into_iter().map(|it| (it.points, it.message.to_string(), it.detail)).collect::<Vec<_>>()
    };
    let ask = || vec![bot("Hello"), customer("where is my order"), customer("any news")];
    assert_eq!(waiting(2, ask()), []);
    assert_eq!(waiting(3, ask()), [(40, "msg_1".to_owned(), "No answer for 3 min".to_owned())]);
    assert_eq!(waiting(70, ask()), [(60, "msg_1".to_owned(), "No answer for 1 h".to_owned())]);
    // given a thank-you, or a message that was answered, then nobody waits
    assert_eq!(waiting(70, vec![bot("Tuesday"), customer("thanks")]), []);
    assert_eq!(waiting(70, vec![customer("when"), bot("Tuesday")]), []);
    // given an answer that failed, then it is no answer
    let failed = waiting(3, vec![customer("when"), Said::Undelivered]);
    let details: Vec<_> = failed.into_iter().map(|(_, _, detail)| detail).collect();
    assert_eq!(details, ["No answer for 3 min", "The bot's message wasn't delivered"]);
}

#[test]
fn a_failed_call_counts_until_it_succeeds() {
    let call = |status, seconds: i64| ObservedCall {
        label: "Look up order".to_owned(),
        status,
        message: Some("msg_0".into()),
        at: NOW.minus(Span::seconds(seconds)),
    };
    let with = |calls: Vec<ObservedCall>| {
        let observed = Observation { calls, ..observed(vec![customer("order 4711"), bot("One moment.")]) };
        assess(&observed, NOW).signals.into_iter().map(|it| (it.points, it.detail)).collect::<Vec<_>>()
    };
    let failed = |points| vec![(points, "“Look up order” failed".to_owned())];
    assert_eq!(with(vec![call(CallStatus::Failed, 5)]), failed(40));
    assert_eq!(with(vec![call(CallStatus::Interrupted, 8), call(CallStatus::Failed, 5)]), failed(60));
    assert_eq!(with(vec![call(CallStatus::Failed, 8), call(CallStatus::Answered, 5)]), []);
    assert_eq!(with(vec![call(CallStatus::Requested, 5)]), []);
    assert_eq!(with(vec![call(CallStatus::Failed, 600)]), [], "before the messages that count");
}

#[test]
fn a_flows_question_that_is_asked_again_counts_whatever_its_words_are() {
    let asked = observed(vec![customer("hello"), bot("Your number?"), customer("a12"), bot("Six digits, please.")]);
    let tried = |tries| signs(&Observation { tries, ..asked.clone() });
    assert_eq!(tried(0), []);
    assert_eq!(tried(1), [(SignalKind::NotUnderstood, "msg_2".to_owned(), 20)]);
    assert_eq!(tried(2), [(SignalKind::NotUnderstood, "msg_2".to_owned(), 45)]);
}

#[test]
fn messages_are_what_their_author_and_kind_make_them() {
    let text = |body: &str| Content::Text { body: body.to_owned() };
    let tap = Content::ButtonReply { id: "yes".to_owned(), title: "Yes".to_owned() };
    let table = [
        (Author::Customer, text("hi"), None, Some(customer("hi"))),
        (Author::Customer, tap, None, Some(Said::Tapped("Yes".to_owned()))),
        (Author::Customer, Content::InteractiveMissing, None, Some(Said::Wordless)),
        (Author::Customer, Content::RequestWelcome, None, None),
        (Author::Bot, text("hi"), Some(Delivery::Sent), Some(bot("hi"))),
        (Author::Bot, text("hi"), Some(Delivery::Failed), Some(Said::Undelivered)),
        (Author::Bot, text("hi"), Some(Delivery::Cancelled), None),
        (Author::System, text("We are closed."), Some(Delivery::Sent), None),
        (Author::Agent("agt_1".into()), text("hi"), Some(Delivery::Sent), Some(Said::Person)),
        (Author::Phone, text("hi"), None, Some(Said::Person)),
        (Author::Partner, text("hi"), None, Some(Said::Person)),
    ];
    for (author, content, delivery, expected) in table {
        assert_eq!(Said::of(&author, &content, delivery), expected, "{author:?} {content:?}");
    }
}

#[test]
fn the_work_is_bounded_whatever_people_write() {
    for word in ["no ", "agent ", "human talk to ", "\"a", "A!? ", "já não "] {
        let long = word.repeat(4_096);
        let said = (0..RECENT).map(|nth| if nth.is_multiple_of(2) { customer(&long) } else { bot(&long) });
        let mut steps = Steps::default();
        counted(&observed(said.collect()), NOW, &mut steps);
        assert!(steps.0 < 400_000, "{word}: {} steps", steps.0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_score_is_the_sum_of_its_signals(texts in prop::collection::vec("\\PC{0,60}", 0..12)) {
        let said = texts.iter().enumerate().map(|(nth, text)| if nth % 3 == 1 { bot(text) } else { customer(text) });
        let observed = observed(said.collect());
        let risk = assess(&observed, NOW);
        prop_assert_eq!(risk.score, risk.signals.iter().map(|signal| signal.points).sum::<i64>());
        let is_known = |id: &MessageId| observed.messages.iter().any(|message| message.id == *id);
        prop_assert!(risk.signals.iter().all(|signal| is_known(&signal.message)));
    }
}
