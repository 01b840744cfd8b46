//! Everyday sentences: what a rule must hear, and where its phrase is only part of another word. The tables per
//! language are in `latin_tests.rs` and `scripts_tests.rs`.

use super::*;

/// A rule's phrase, and sentences of customers.
pub(super) struct Case {
    /// The rule's language; empty for all.
    pub language: &'static str,
    pub phrase: &'static str,
    pub fires: &'static [&'static str],
    pub silent: &'static [&'static str],
}

#[track_caller]
pub(super) fn check(cases: &[Case]) {
    let mut wrong = Vec::new();
    for Case { language, phrase, fires, silent } in cases {
        let language = Some(*language).filter(|language| !language.is_empty());
        for matching in [Matching::Contains, Matching::Close] {
            let rule = Keyword { language: language.map(str::to_owned), ..rule(phrase, matching) };
            let matcher = Matcher::new(vec![rule]);
            let matches = |message: &&&str| {
                matcher.first_match(message, MatchContext { language, ..MatchContext::default() }).is_some()
            };
            let missed = fires.iter().filter(|message| !matches(message));
            wrong.extend(missed.map(|message| format!("{matching:?} {phrase} misses {message}")));
            // A rule for similar spelling may take another word for a typo.
            if matching == Matching::Contains {
                wrong.extend(silent.iter().filter(matches).map(|message| format!("{phrase} fires on {message}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_customers_language_adds_its_forms_to_a_rule_for_all() {
    let matcher = Matcher::new(vec![rule("operatör", Matching::Contains)]);
    let fires = |language| matcher.first_match("operatöre", MatchContext { language, ..MatchContext::default() });
    assert!(fires(None).is_none(), "one vowel may make another word");
    assert!(fires(Some("tr")).is_some());
    assert!(fires(Some("pl")).is_none());
}

#[test]
fn a_rule_for_the_whole_message_takes_forms_but_no_more_words() {
    for (message, fires) in [("agents", true), ("Agent's", true), ("an agent", false), ("agents please", false)] {
        assert_eq!(phrase_matches(message, "agent", Matching::Whole), fires, "{message}");
    }
    for (message, fires) in [("agents please", true), ("my agents", false)] {
        assert_eq!(phrase_matches(message, "agent", Matching::StartsWith), fires, "{message}");
    }
}

#[test]
fn what_is_written_wins_over_a_form_of_an_earlier_rule() {
    let rules = [rule("human", Matching::Contains), rule("my agents", Matching::Contains)];
    let (found, _) = first_match(&rules, "humans and my agents", MatchContext::default()).expect("fires");
    assert_eq!(found.phrase, "my agents");
}

#[test]
fn a_rule_that_fired_for_a_message_does_not_fire_again() {
    let rules = [Keyword { id: "kwd_1".into(), ..rule("agent", Matching::Contains) }];
    let matcher = Matcher::new(rules.to_vec());
    let fired = [KeywordId::from("kwd_1")];
    assert!(matcher.first_match("agents", MatchContext { fired: &fired, ..MatchContext::default() }).is_none());
    assert!(matcher.first_match("agents", MatchContext::default()).is_some());
}

#[test]
fn a_typo_before_an_ending_is_heard_by_a_rule_for_similar_spelling() {
    let rule = Keyword { language: Some("tr".into()), ..rule("temsilci", Matching::Close) };
    let matcher = Matcher::new(vec![rule]);
    for (message, fires) in [("temislciye", true), ("temislciler", true), ("teslimat", false)] {
        assert_eq!(matcher.first_match(message, MatchContext::default()).is_some(), fires, "{message}");
    }
}

#[test]
fn the_admin_sees_which_forms_a_rule_hears_and_misses() {
    let of = |phrase, matching, language: Option<&str>| {
        samples(&Keyword { language: language.map(str::to_owned), ..rule(phrase, matching) })
    };
    let shown = |samples: Samples| (samples.heard.join(", "), samples.missed.join(", "));
    let case = |phrase, language| shown(of(phrase, Matching::Contains, language));
    assert_eq!(case("agent", None), ("agents, agent's".into(), String::new()));
    assert_eq!(case("operatör", Some("tr")), ("operatöre, operatörler, operatörün".into(), String::new()));
    assert_eq!(case("상담원", None), ("상담원을, 상담원이랑, 상담원에게, 상담원님".into(), String::new()));
    assert_eq!(case("נציג", None).1, "");
    assert_eq!(case("24", None), (String::new(), String::new()));
    let whole = shown(of("agent", Matching::Whole, Some("en")));
    assert_eq!(whole, ("agents, agent's".into(), "agent please, hello, agent".into()));
    assert_eq!(case("人間", None), (String::new(), String::new()));
}

#[test]
fn a_trial_says_which_form_a_customer_wrote() {
    let why = |phrase, said, language| why(&rule(phrase, Matching::Contains), said, language).unwrap_or_default();
    assert_eq!(why("agent", "Agent", None), "");
    assert_eq!(why("agent", "agents", None), "with the ending “-s”");
    assert_eq!(why("temsilci", "Temsilcilere", None), "with the ending “-lere”");
    assert_eq!(why("operatör", "operatöre", Some("tr")), "with the ending “-e”");
    assert_eq!(why("상담원", "상담원에게", None), "with the ending “-에게”");
    assert_eq!(why("נציג", "לנציגים", None), "with “ל-” before it and the ending “-ים”");
    assert_eq!(why("agent", "l’agent", None), "with “l’-” before it");
    assert_eq!(why("24", "٢٤", None), "in another spelling");
    assert_eq!(why("destek", "desteğe", Some("tr")), "in another form");
    assert_eq!(samples(&rule("agent", Matching::Contains)).missed, [""; 0]);
}
