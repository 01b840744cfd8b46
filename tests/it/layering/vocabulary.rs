//! Terms of an earlier vocabulary that the sources no longer use, and the places where one of them is the correct term.

use super::source::{Finding, Source, product};

/// Compared in lower case, as whole words, also with a trailing `s`.
const RETIRED: &[&str] = &["mend", "aloft", "scribe", "knock", "house", "bell", "shelf", "letter"];

/// Where a retired term is the standard term: path prefix, term, reason.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("src/server/webhook/read_samples.rs", "bell", "a company's name in a sample"),
    ("src/ui/conversations/", "bell", "the icon's name"),
    ("domain/src/", "letter", "a character of a script"),
    ("src/ui/", "letter", "a character of a script, or a key of the keyboard"),
    ("src/server/settings/", "letter", "a character of a script"),
    ("src/server/channels/", "letter", "a character of a script"),
    ("src/server/simulator/", "letter", "a character of a script, or a country's code"),
];

#[test]
fn no_retired_term_is_used() {
    let found: Vec<String> = product().iter().flat_map(retired).map(|finding| finding.to_string()).collect();
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_retired_word_is_found_in_code_and_comments() {
    let text = "// Rings the bells.\nfn knock() {}\nlet letterhead = 1;\n";
    let found: Vec<String> = retired(&Source::new("src/server/bus/x.rs".to_owned(), text.to_owned()))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        found,
        ["src/server/bus/x.rs:1: the retired word `bell`", "src/server/bus/x.rs:2: the retired word `knock`"]
    );
}

#[test]
fn every_allowed_word_is_used() {
    let sources = product();
    let is_used = |place: &str, word: &str| {
        let mut lines = sources.iter().filter(|source| source.file.starts_with(place)).flat_map(|it| it.raw.lines());
        lines.any(|line| words(line).any(|found| found == word))
    };
    let unused: Vec<_> = ALLOWED.iter().filter(|(place, word, _)| !is_used(place, word)).collect();
    assert!(unused.is_empty(), "unused exceptions; remove them from ALLOWED: {unused:?}");
}

fn retired(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (line, text) in source.raw.lines().enumerate() {
        for word in words(text) {
            let is_allowed = ALLOWED.iter().any(|(place, it, _)| source.file.starts_with(place) && *it == word);
            if !is_allowed {
                found.push(source.finding(line + 1, format!("the retired word `{word}`")));
            }
        }
    }
    found
}

/// The retired words of a line, each as [`RETIRED`] spells it.
fn words(line: &str) -> impl Iterator<Item = &'static str> {
    let words = line.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter_map(|word| RETIRED.iter().find(|it| word == **it || word.strip_suffix('s') == Some(it)).copied())
}
