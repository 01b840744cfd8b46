use super::*;

#[path = "keyword/before_tests.rs"]
mod before_tests;
#[path = "keyword/everyday_tests.rs"]
mod everyday_tests;
#[path = "keyword/latin_tests.rs"]
mod latin_tests;
#[path = "keyword/limits_tests.rs"]
mod limits_tests;
#[path = "keyword/scripts_tests.rs"]
mod scripts_tests;

/// Whether `phrase` occurs in `message`, matched like a rule.
fn phrase_matches(message: &str, phrase: &str, matching: Matching) -> bool {
    let rule = Keyword::for_everybody(phrase.to_owned(), matching);
    Matcher::new(vec![rule]).first_match(message, MatchContext::default()).is_some()
}

/// The first of `rules` that matches, and where.
fn first_match(rules: &[Keyword], message: &str, context: MatchContext<'_>) -> Option<(Keyword, Found)> {
    Matcher::new(rules.to_vec()).first_match(message, context).map(|(rule, found)| (rule.clone(), found))
}

fn rule(phrase: &str, matching: Matching) -> Keyword {
    Keyword {
        id: KeywordId::from_tail(phrase.len()),
        phrase: phrase.to_owned(),
        matching,
        language: None,
        channel: None,
        enabled: true,
    }
}

fn fires(phrase: &str, matching: Matching, message: &str) -> Option<String> {
    let rules = [rule(phrase, matching)];
    first_match(&rules, message, MatchContext::default()).map(|(_, found)| message[found.start..found.end].to_owned())
}

#[test]
fn each_way_of_matching_does_what_it_says() {
    // phrase, matching, message, the matched words
    let table = [
        ("speak to agent", Matching::Contains, "can i SPEAK to agént pls", Some("SPEAK to agént")),
        ("speak to agent", Matching::Contains, "speak to agents", Some("speak to agents")),
        ("speak to agent", Matching::Contains, "speak to agency", None),
        ("speak to agent", Matching::Contains, "Speak\n  to agent!", Some("Speak\n  to agent")),
        ("agent", Matching::Whole, " Agent! ", Some("Agent")),
        ("agent", Matching::Whole, "an agent", None),
        ("help", Matching::StartsWith, "Help me", Some("Help")),
        ("help", Matching::StartsWith, "helpful", None),
        ("help", Matching::StartsWith, "please help", None),
        ("human", Matching::Close, "I want a humna", Some("humna")),
        ("human", Matching::Close, "I want a hunam being", None),
        ("human", Matching::Close, "it is humid", None),
        ("falar com atendente", Matching::Close, "quero falar com atendete", Some("falar com atendete")),
        ("bot", Matching::Close, "got", None),
        ("人間", Matching::Contains, "すみません人間と話したい", Some("人間")),
        ("оператор", Matching::Contains, "позовите ОПЕРАТОР пожалуйста", Some("ОПЕРАТОР")),
        ("موظف", Matching::Contains, "أريد مُوَظَّف الآن", Some("مُوَظَّف")),
        ("इंसान", Matching::Contains, "मुझे इंसान से बात करनी है", Some("इंसान")),
    ];
    for (phrase, matching, message, expected) in table {
        let found = fires(phrase, matching, message);
        let found = found.as_deref();
        // Combining marks after the last letter belong to it in the customer's text, so compare the folded text.
        assert_eq!(
            found.map(text::folded),
            expected.map(text::folded),
            "{phrase:?} {matching:?} on {message:?} found {found:?}"
        );
    }
}

#[test]
fn a_rule_for_another_language_or_number_does_not_match() {
    let mut rules = [rule("agente", Matching::Contains)];
    rules[0].language = Some("pt-BR".to_owned());
    rules[0].channel = Some(ChannelId::from("chn_1"));
    let other = ChannelId::from("chn_2");
    let here = ChannelId::from("chn_1");
    let fires =
        |channel, language| first_match(&rules, "agente", MatchContext { channel, language, fired: &[] }).is_some();
    assert!(fires(Some(&here), Some("pt")));
    assert!(fires(Some(&here), None));
    assert!(!fires(Some(&here), Some("es")));
    assert!(!fires(Some(&other), Some("pt")));
}

#[test]
fn a_switched_off_rule_never_fires() {
    let mut rules = [rule("agent", Matching::Contains)];
    rules[0].enabled = false;
    assert!(first_match(&rules, "agent", MatchContext::default()).is_none());
}

#[test]
fn an_admin_is_warned_of_phrases_that_swallow_everyday_words() {
    assert!(breadth_warning("Help", Matching::StartsWith).is_some());
    assert!(breadth_warning("Help", Matching::Whole).is_none());
    assert!(breadth_warning("speak to agent", Matching::Contains).is_none());
    assert!(phrase_fault("!!!").is_some());
    assert!(phrase_fault(&"a".repeat(81)).is_some());
    assert!(phrase_fault("人").is_none());
}

proptest::proptest! {
    #[test]
    fn any_phrase_finds_itself_and_any_text_is_safe(phrase in "\\PC{1,30}", message in "\\PC{0,120}") {
        for matching in Matching::ALL {
            let rules = [rule(&phrase, matching)];
            if let Some((_, found)) = first_match(&rules, &message, MatchContext::default()) {
                proptest::prop_assert!(message.get(found.start..found.end).is_some());
            }
            if !text::fold(&phrase).is_empty() {
                proptest::prop_assert!(first_match(&rules, &phrase, MatchContext::default()).is_some());
            }
        }
    }
}

#[test]
fn a_script_without_spaces_needs_no_word_boundary() {
    // phrase, message, the matched words
    let table = [
        ("人間", "人間ok", Some("人間")),
        ("人間", "ok人間", Some("人間")),
        ("agent", "我要agent谢谢", Some("agent")),
        ("agent", "myagent", None),
        ("agent", "agentur", None),
        ("agent", "my agent", Some("agent")),
        // The first occurrence is part of a word; the second one counts.
        ("agent", "agentur or agent", Some("agent")),
        // A form counts only if the phrase does not stand in the message as it is written.
        ("agent", "agents or agent", Some("agent")),
        ("agent", "my agents", Some("agents")),
    ];
    for (phrase, message, expected) in table {
        assert_eq!(fires(phrase, Matching::Contains, message).as_deref(), expected, "{phrase} in {message}");
    }
}

#[test]
fn the_tolerated_typos_grow_with_the_phrase() {
    // phrase, message, whether it matches
    let table = [
        // up to four letters: none
        ("help", "hepl", false),
        ("help", "help", true),
        // five to eight: one, and the first letter must be right
        ("agent", "agant", true),
        ("agent", "agnt", true),
        ("agent", "aagent", true),
        ("agent", "aganl", false),
        ("agent", "bgent", false),
        ("operator", "operater", true),
        ("operator", "oparater", false),
        // from nine on: two, anywhere
        ("operadora", "uperadara", true),
        ("operadora", "opeadra", true),
        ("operadora", "opedra", false),
        ("operadora", "uparadara", false),
        // a typo may split or join words
        ("speak to agent", "i want to speakto agent", true),
        ("speak to agent", "spe ak to agent", true),
        ("customer service", "customerservice", true),
    ];
    for (phrase, message, expected) in table {
        assert_eq!(phrase_matches(message, phrase, Matching::Close), expected, "{phrase} in {message}");
    }
}

#[test]
fn a_message_without_letters_matches_no_phrase() {
    for matching in Matching::ALL {
        for (message, phrase) in [("", "human"), ("!?", "human"), ("human", ""), ("human", "!?"), ("", "")] {
            assert!(!phrase_matches(message, phrase, matching), "{phrase:?} in {message:?}");
        }
        assert!(phrase_matches("Human", "human", matching));
    }
}

#[test]
fn the_first_rule_that_matches_wins() {
    let rules =
        [rule("boss", Matching::Contains), rule("agent", Matching::Contains), rule("an agent", Matching::Whole)];
    let found = first_match(&rules, "an agent", MatchContext::default()).map(|(rule, _)| rule.phrase);
    assert_eq!(found.as_deref(), Some("agent"));
}

#[test]
fn a_phrase_is_checked_before_it_is_saved() {
    let fault = |phrase: &str| phrase_fault(phrase).unwrap_or_default();
    assert!(fault("  ").starts_with("Enter the words a customer would write"));
    assert_eq!(fault("…!"), "Enter at least one letter or digit.");
    assert_eq!(fault(&format!(" {} ", "ü".repeat(PHRASE_LIMIT))), "", "spaces around it do not count");
    let long = fault(&"ü".repeat(PHRASE_LIMIT + 1));
    assert_eq!(long, "A phrase can have up to 80 characters; this one has 81. Shorten it.");
}

#[test]
fn short_phrases_are_broad_unless_their_script_has_no_spaces() {
    let warned = |phrase: &str, matching| breadth_warning(phrase, matching).is_some();
    assert!(warned("go", Matching::Contains));
    assert!(!warned("bot", Matching::Contains));
    assert!(!warned("人", Matching::Contains));
    assert!(warned("Question?", Matching::Close), "everyday words are compared folded");
    assert!(!warned("go", Matching::Whole));
    assert!(breadth_warning(" Help ", Matching::Contains).is_some_and(|words| words.starts_with("“Help” appears")));
}

#[test]
fn each_way_of_matching_has_its_own_label() {
    let labels: Vec<_> = Matching::ALL.into_iter().map(Matching::label).collect();
    assert_eq!(labels, ["contains", "exact message", "starts with", "similar spelling"]);
}
