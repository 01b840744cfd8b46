use super::*;

const START: Timestamp = Timestamp(1_772_445_600_000);

/// A customer whose messages arrive `every` after the one before, and what the bot sent them last.
struct Stage {
    exchanges: Exchanges,
    bounds: AutomationBounds,
    now: Timestamp,
    sent_at: Option<Timestamp>,
    every: Span,
}

impl Stage {
    fn new() -> Self {
        let (exchanges, bounds) = (Exchanges::default(), AutomationBounds::default());
        Self { exchanges, bounds, now: START, sent_at: None, every: Span::seconds(2) }
    }

    /// Whether the bot answers `heard` with `said`.
    fn answers(&mut self, heard: Option<&str>, said: &str, then: Then) -> bool {
        self.now = self.now.plus(self.every);
        let message = OutgoingMessage::text(said);
        let said = [&message];
        let said: &[&OutgoingMessage] = if said[0] == &OutgoingMessage::text("") { &[] } else { &said };
        let exchange = Exchange { heard, written_at: self.now, said, then, last_sent_at: self.sent_at };
        let answers = !self.exchanges.is_loop(&exchange, self.bounds, self.now);
        if answers {
            self.sent_at = Some(self.now);
        }
        answers
    }

    fn says(&mut self, heard: &str, said: &str) -> bool {
        self.answers(Some(heard), said, Then::Nothing)
    }
}

#[test]
fn the_same_text_and_answer_end_after_a_few() {
    let mut stage = Stage::new();
    assert!(stage.says("We are closed.", "Hi!"));
    let answered: Vec<bool> = (0..8).map(|_| stage.says("We are closed.", "Sorry?")).collect();
    assert_eq!(answered, [true, true, true, true, false, false, false, false]);
    // A person writes something else, and is answered, whatever the answer is.
    assert!(stage.says("I am here now", "Sorry?"));
    assert!(!stage.says("We are closed.", "Sorry?"));
}

#[test]
fn figures_case_and_spaces_make_no_other_text() {
    let mut stage = Stage::new();
    stage.says("Ticket 7, 10:31", "Hi!");
    let texts = ["TICKET 8,  10:32", "ticket ٩, 10:33", "Ticket 10, 9:34", "Ticket 11, 10:35", "Ticket 12, 10:36"];
    let answered: Vec<bool> = texts.into_iter().map(|text| stage.says(text, "Sorry?")).collect();
    assert_eq!(answered, [true, true, true, true, false]);
}

#[test]
fn figures_alone_are_different_answers() {
    let mut stage = Stage::new();
    assert!(["4711", "4712", "4713", "4714", "4715", "4716", "4717"].iter().all(|text| stage.says(text, "Again?")));
}

#[test]
fn texts_that_alternate_are_a_loop() {
    let mut stage = Stage::new();
    let answered = (0..20).filter(|nth| stage.says(["Hello", "Please hold", "One moment"][nth % 3], "Sorry?")).count();
    assert!(answered < 10, "{answered}");
}

#[test]
fn the_same_answers_to_different_texts_end_later() {
    let mut stage = Stage::new();
    let text = |nth: u32| char::from_u32(u32::from('a') + nth).map(String::from).unwrap_or_default();
    let answered = (0..26).take_while(|nth| stage.says(&text(*nth), "Sorry?")).count();
    assert_eq!(answered, 13);
}

#[test]
fn a_new_answer_between_starts_the_count_of_same_answers_again() {
    let mut stage = Stage::new();
    let texts: Vec<String> = ('a'..='t').map(String::from).collect();
    assert!(texts[..10].iter().all(|text| stage.says(text, "Sorry?")));
    assert!(stage.says("x", "Thank you"));
    assert!(texts[10..].iter().all(|text| stage.says(text, "Sorry?")));
}

#[test]
fn the_same_answer_to_a_slow_customer_is_not_counted() {
    let mut stage = Stage::new();
    stage.says("x", "Sorry?");
    stage.every = Span::minutes(2);
    stage.says("y", "Sorry?");
    stage.every = Span::seconds(2);
    let answered = ('a'..='z').take_while(|text| stage.says(&text.to_string(), "Sorry?")).count();
    assert_eq!(answered, 12);
}

#[test]
fn what_follows_a_figure_makes_another_text() {
    let mut stage = Stage::new();
    let answered = ('a'..='z').take_while(|room| stage.says(&format!("1{room}"), "Sorry?")).count();
    assert_eq!(answered, 13);
    assert_ne!(text_digest("room1"), text_digest("room"));
    assert_eq!(text_digest("room1"), text_digest("ROOM23"));
}

#[test]
fn an_exchange_that_calls_a_person_counts_twice() {
    let mut stage = Stage::new();
    stage.says("Hello", "Hi!");
    let answered = (0..5).map(|_| stage.answers(Some("We are closed."), "I call somebody.", Then::Person));
    assert_eq!(answered.collect::<Vec<_>>(), [true, true, false, false, false]);
}

#[test]
fn the_same_text_to_new_questions_is_no_loop() {
    let mut stage = Stage::new();
    for question in ["Parking?", "Breakfast?", "A late arrival?", "A cot?", "A pet?", "A bill?", "By mail?"] {
        assert!(stage.says("yes", question), "{question}");
    }
}

#[test]
fn taps_repeat_nothing() {
    let mut stage = Stage::new();
    for _ in 0..12 {
        assert!(stage.answers(None, "Menu", Then::Nothing));
    }
}

#[test]
fn who_writes_the_same_later_is_no_machine() {
    let mut stage = Stage::new();
    stage.every = Span::minutes(2);
    for _ in 0..40 {
        assert!(stage.says("order", "What would you like?"));
    }
}

#[test]
fn a_loop_through_people_who_close_is_counted_on() {
    // given a flow whose second question calls a person, who closes
    let mut stage = Stage::new();
    let mut calls = 0;
    let mut said = |heard: &str| {
        if !stage.answers(Some(heard), "Your number?", Then::Nothing) {
            return None;
        }
        stage.answers(Some(heard), "", Then::Person).then(|| calls += 1)
    };
    // when the customer's machine answers everything
    while said("We are closed.").is_some() {}
    // then few people were called
    assert!(calls <= 2, "{calls}");
}

#[test]
fn without_a_known_answer_a_text_counts_half() {
    let mut stage = Stage::new();
    let mut count = |heard: &str| (0..20).take_while(|_| stage.answers(Some(heard), "", Then::Later)).count();
    assert_eq!(count("We are closed."), 7);
}

#[test]
fn no_bound_is_no_loop() {
    let mut stage = Stage::new();
    stage.bounds.repeats = 0;
    assert!((0..100).all(|_| stage.says("We are closed.", "Sorry?")));
}

#[test]
fn a_person_is_told_once_and_each_thread_shows_it_once() {
    let mut exchanges = Exchanges::default();
    let (first, second) = (ConversationId::from("cnv_1"), ConversationId::from("cnv_2"));
    let mut told = |why, id: &ConversationId, day: &str, after| exchanges.tell(why, id, day, START.plus(after));
    let (soon, day) = (Span::minutes(1), Span::hours(24));
    assert_eq!(told(PauseReason::Loop, &first, "2026-03-02", Span(0)), Tell::Person);
    assert_eq!(told(PauseReason::Loop, &first, "2026-03-02", soon), Tell::Nobody);
    assert_eq!(told(PauseReason::Loop, &second, "2026-03-02", soon), Tell::Thread);
    assert_eq!(told(PauseReason::Loop, &second, "2026-03-02", soon), Tell::Nobody);
    assert_eq!(told(PauseReason::Loop, &second, "2026-03-03", day), Tell::Person);
    assert_eq!(told(PauseReason::DailyLimit, &second, "2026-03-03", day), Tell::Person);
    assert_eq!(told(PauseReason::DailyLimit, &second, "2026-03-03", day), Tell::Nobody);
    assert_eq!(told(PauseReason::DailyLimit, &second, "2026-03-04", day), Tell::Person);
}

#[test]
fn exchanges_are_bounded_and_survive_storage() {
    let mut stage = Stage::new();
    for nth in 0..100_u32 {
        stage.says(&"x".repeat(nth as usize + 1), &format!("{nth}"));
    }
    assert_eq!((stage.exchanges.heard.len(), stage.exchanges.said.len()), (REMEMBERED, REMEMBERED));
    let stored = serde_json::to_string(&stage.exchanges).expect("JSON");
    assert_eq!(serde_json::from_str::<Exchanges>(&stored).expect("read"), stage.exchanges);
    assert_eq!(serde_json::from_str::<Exchanges>("{}").expect("of any age"), Exchanges::default());
}

#[test]
fn bounds_have_bounds() {
    let fault = |daily_messages, repeats| bounds_fault(AutomationBounds { daily_messages, repeats });
    assert_eq!((fault(0, 0), fault(10_000, 50)), (None, None));
    let is_off = |daily_messages, repeats| AutomationBounds { daily_messages, repeats }.is_off();
    assert!(is_off(0, 0) && !is_off(1, 0) && !is_off(0, 1));
    assert!(fault(10_001, 0).is_some_and(|detail| detail.contains("10,000")));
    assert!(fault(0, 51).is_some_and(|detail| detail.contains("50")));
}
