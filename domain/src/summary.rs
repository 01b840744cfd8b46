//! A short summary of what happened before an agent was requested, for handoffs without a summary by the language
//! model: collected values, the last response of another system, the customer's messages. Nothing is inferred.

use super::{
    dossier::{CallFact, CallStatus, VariableFact, current},
    json_words::in_words,
    text::{capitalized, clip, one_line},
};

/// The longest summary, in characters.
pub const LIMIT: usize = 400;
/// The most values that are listed; the rest is only counted.
const VALUES: usize = 4;
/// The most characters of one value, response or message.
const PIECE: usize = 80;

/// `said` are the customer's messages before the request, oldest first, except the one that the dossier quotes. `None`
/// if there is nothing to summarise.
pub fn compose(variables: &[VariableFact], calls: &[CallFact], said: &[String]) -> Option<String> {
    let sentences = [collected(variables), asked(calls), wrote(said)];
    let summary = sentences.into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!summary.is_empty()).then(|| clip(&summary, LIMIT))
}

fn short(words: &str) -> String {
    clip(&one_line(&in_words(words)), PIECE)
}

fn collected(variables: &[VariableFact]) -> Option<String> {
    let known: Vec<_> = current(variables).into_iter().filter(|fact| !fact.value.trim().is_empty()).collect();
    let named: Vec<_> =
        known.iter().take(VALUES).map(|fact| format!("{} {}", fact.display_name(), short(&fact.value))).collect();
    let more = match known.len().saturating_sub(VALUES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!named.is_empty()).then(|| sentence(&capitalized(&format!("{}{more}", named.join(", ")))))
}

/// The newest call that ended: the last attempt usually explains why the bot stopped.
fn asked(calls: &[CallFact]) -> Option<String> {
    let call = calls.iter().rev().find(|call| call.status != CallStatus::Requested)?;
    let label = one_line(&call.label);
    let said = call.output.as_deref().map(short).filter(|said| !said.is_empty());
    Some(match (call.status, said) {
        (CallStatus::Answered, Some(said)) => sentence(&format!("“{label}” returned: {said}")),
        (CallStatus::Answered, None) => format!("“{label}” returned nothing."),
        (CallStatus::Failed, Some(said)) => sentence(&format!("“{label}” failed: {said}")),
        (CallStatus::Failed, None) => format!("“{label}” failed."),
        (CallStatus::Interrupted | CallStatus::Requested, _) => format!("“{label}” was interrupted."),
    })
}

fn wrote(said: &[String]) -> Option<String> {
    let said: Vec<String> = said.iter().map(|words| short(words)).filter(|words| !words.is_empty()).collect();
    let last = said.get(said.len().saturating_sub(2)..).unwrap_or_default();
    let quoted: Vec<String> = last.iter().map(|words| format!("“{words}”")).collect();
    (!quoted.is_empty()).then(|| format!("Earlier, the customer wrote {}.", quoted.join(" and ")))
}

/// Adds a full stop unless the text ends with punctuation.
fn sentence(words: &str) -> String {
    if words.ends_with(['.', '!', '?', '…']) { words.to_owned() } else { format!("{words}.") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dossier::tests::{call, variable};

    fn said(words: &[&str]) -> Vec<String> {
        words.iter().map(|words| (*words).to_owned()).collect()
    }

    #[test]
    fn without_facts_there_is_no_summary() {
        assert_eq!(compose(&[], &[], &[]), None);
        assert_eq!(compose(&[variable(1, "order_number", "  ")], &[], &said(&["  "])), None);
    }

    #[test]
    fn values_responses_and_messages_make_three_sentences() {
        let variables =
            [variable(1, "order_number", "471"), variable(2, "city", "Bonn"), variable(4, "order_number", "4711")];
        let calls = [call(3, CallStatus::Answered, "shipped"), call(5, CallStatus::Requested, "")];
        let summary = compose(&variables, &calls, &said(&["Hello", "Where is\nmy parcel?", "It is late"]));
        assert_eq!(
            summary.as_deref(),
            Some(
                "Order number 4711, city Bonn. “order_status” returned: shipped. Earlier, the customer wrote “Where is \
                 my parcel?” and “It is late”."
            )
        );
    }

    #[test]
    fn a_failure_is_named_and_many_values_are_counted() {
        let variables: Vec<_> = (0..6).map(|n| variable(n, &format!("v{n}"), "x")).collect();
        let summary = compose(&variables, &[call(9, CallStatus::Failed, "HTTP 503")], &[]);
        assert_eq!(summary.as_deref(), Some("V0 x, v1 x, v2 x, v3 x and 2 more. “order_status” failed: HTTP 503."));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_summary_is_one_short_line_whatever_was_said(words in proptest::collection::vec("\\PC{0,400}", 0..4)) {
            let variables: Vec<_> = words.iter().enumerate().map(|(n, value)| variable(n as i64, "a_b", value)).collect();
            if let Some(summary) = compose(&variables, &[call(9, CallStatus::Answered, &words.concat())], &words) {
                prop_assert!(summary.chars().count() <= LIMIT);
                prop_assert!(!summary.contains('\n'));
            }
        }
    }

    #[test]
    fn a_call_is_summarised_by_its_outcome() {
        let told = |status, output: &str| compose(&[], &[call(1, status, output)], &[]);
        let table = [
            (CallStatus::Answered, "done!", Some("“order_status” returned: done!")),
            (CallStatus::Answered, " ", Some("“order_status” returned nothing.")),
            (CallStatus::Failed, "HTTP 503", Some("“order_status” failed: HTTP 503.")),
            (CallStatus::Failed, "", Some("“order_status” failed.")),
            (CallStatus::Interrupted, "x", Some("“order_status” was interrupted.")),
            (CallStatus::Requested, "", None),
        ];
        for (status, output, expected) in table {
            assert_eq!(told(status, output).as_deref(), expected, "{status:?}");
        }
        // What another system returned is told in words, complete or cut off.
        let shipped = told(CallStatus::Answered, r#"{"status":"shipped","days":2}"#);
        assert_eq!(shipped.as_deref(), Some("“order_status” returned: status shipped, days 2."));
        let cut = told(CallStatus::Answered, r#"{"status":"shipped","da"#).unwrap_or_default();
        assert!(cut.contains("shipped") && !cut.contains(['{', '"']), "{cut}");
        assert_eq!(told(CallStatus::Answered, "{}").as_deref(), Some("“order_status” returned nothing."));
        // The newest call that ended counts.
        let calls = [call(1, CallStatus::Failed, "a"), call(2, CallStatus::Answered, "b")];
        assert_eq!(compose(&[], &calls, &[]).as_deref(), Some("“order_status” returned: b."));
    }

    #[test]
    fn four_values_are_listed_and_the_last_two_messages_quoted() {
        let values = |count: i64| (0..count).map(|n| variable(n, &format!("v{n}"), "x")).collect::<Vec<_>>();
        assert_eq!(compose(&values(1), &[], &[]).as_deref(), Some("V0 x."));
        assert_eq!(compose(&values(4), &[], &[]).as_deref(), Some("V0 x, v1 x, v2 x, v3 x."));
        assert_eq!(compose(&values(5), &[], &[]).as_deref(), Some("V0 x, v1 x, v2 x, v3 x and 1 more."));
        let wrote = |words: &[&str]| compose(&[], &[], &said(words));
        assert_eq!(wrote(&["a"]).as_deref(), Some("Earlier, the customer wrote “a”."));
        assert_eq!(wrote(&["a", "b", " ", "c"]).as_deref(), Some("Earlier, the customer wrote “b” and “c”."));
        let long = compose(&[variable(1, "a", &"x".repeat(81))], &[], &[]);
        assert_eq!(long, Some(format!("A {}…", "x".repeat(79))));
    }
}
