//! The work of the matcher has a bound, and what is longer than WhatsApp's texts is not matched.

use super::*;
use crate::keyword::{words::HEARD_LIMIT, written::Steps};

/// The most steps for 200 rules and a message of 4,096 characters. A step is a comparison or a few operations on bits.
const BUDGET: u64 = 40_000_000;

fn close_rules(phrase: impl Fn(usize) -> String) -> Vec<Keyword> {
    let rule = |nth| Keyword { id: KeywordId::from_tail(nth), ..rule(&phrase(nth), Matching::Close) };
    (0..200).map(rule).collect()
}

#[test]
fn two_hundred_close_rules_and_the_longest_message_stay_within_the_budget() {
    let letters = |nth: usize| char::from(b'a' + u8::try_from(nth % 26).expect("small"));
    // what is asked, the phrases, the message
    let cases: [(&str, Vec<Keyword>, String); 7] = [
        ("ordinary rules", close_rules(|nth| format!("speak to agent {nth}")), "I would like to order it ".repeat(163)),
        ("only short words", close_rules(|nth| format!("{}bcde{nth}", "a ".repeat(36))), "a ".repeat(2_048)),
        (
            "many words",
            close_rules(|nth| format!("{} {}x", letters(nth), "b c d e f g h i ".repeat(4))),
            "b c ".repeat(1_024),
        ),
        ("many endings", close_rules(|nth| format!("temsilci temsil{nth}")), "temsilcilerinizdenx ".repeat(204)),
        (
            "long Hangul",
            close_rules(|nth| format!("{}{nth}", "상담원 연결 값 ".repeat(8))),
            "상담원연결값 ".repeat(585),
        ),
        ("no spaces", close_rules(|nth| format!("{}人{nth}", "人間".repeat(35))), "人間".repeat(2_048)),
        ("ligatures", close_rules(|nth| format!("{}{nth}", "ﷺ".repeat(70))), "ﷺ".repeat(4_096)),
    ];
    for (name, rules, message) in cases {
        assert!(message.chars().count() <= HEARD_LIMIT);
        let matcher = Matcher::new(rules);
        // Endings are compared where the customer's language has some.
        for language in if name == "many endings" { [None, Some("tr")].as_slice() } else { &[None] } {
            let mut steps = Steps::default();
            let context = MatchContext { language: *language, ..MatchContext::default() };
            let found = matcher.counted(&message, context, &mut steps);
            assert!(found.is_none(), "{name}: the whole message is searched");
            assert!(steps.0 <= BUDGET, "{name} {language:?}: {} steps", steps.0);
        }
    }
}

#[test]
fn what_is_longer_than_a_whatsapp_text_is_not_matched() {
    let fires = |before: usize| {
        let message = format!("{} agent", "x".repeat(before));
        first_match(&[rule("agent", Matching::Contains)], &message, MatchContext::default()).is_some()
    };
    assert!(fires(HEARD_LIMIT - " agent".len()));
    assert!(!fires(HEARD_LIMIT));
    assert!(!fires(10 * HEARD_LIMIT));
}
