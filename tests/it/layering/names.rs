//! One name, one thing: no two public types share a name. And no function takes a flag, because a call with `true` says
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{
    report,
    source::{Finding, Source, product},
};

/// Public types that share their name, with the reason. At most ten.
const SHARED: &[(&str, &str)] = &[
    ("FlowRow", "one idea in two layers: the row of the store, and the row that the page gets"),
    ("Notice", "the two sides of ui/browser, of which one is compiled"),
    ("Result", "each service's alias with its own error"),
    ("Sight", "the two sides of ui/browser, of which one is compiled"),
    ("Stream", "the two sides of ui/browser, of which one is compiled"),
];

/// Functions that take a flag: file, function, reason. Components are not listed, because their attributes are named,
/// nor are functions whose name begins with `set_`.
const FLAGS: &[(&str, &str, &str)] = &[
    ("domain/src/event/details.rs", "is_false", "serde calls it"),
    ("domain/src/report/facts/fold/messages.rs", "customer_wrote", "a field of the event"),
    ("domain/src/settings.rs", "is_false", "serde calls it"),
    ("src/server/accounts/factor/sign_in.rs", "await_code", "a value of the row that it writes"),
    ("src/server/bus/presence.rs", "enter", "the agent's own setting"),
];

const KINDS: [&str; 4] = ["struct", "enum", "trait", "type"];

#[test]
fn public_types_have_names_of_their_own() {
    let sources = product();
    let mut places: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !is_test(source)) {
        for (line, name) in public_types(source) {
            places
                .entry(name.clone())
                .or_default()
                .push(source.finding(line, format!("another public type is {name}")));
        }
    }
    places.retain(|_, places| places.len() > 1);
    let unused: Vec<&str> = SHARED.iter().map(|(name, _)| *name).filter(|name| !places.contains_key(*name)).collect();
    assert!(unused.is_empty(), "names that no two types share; remove them from SHARED: {unused:?}");
    assert!(SHARED.len() <= 10);
    let is_known = |name: &str| SHARED.iter().any(|(shared, _)| *shared == name);
    report(places.into_iter().filter(|(name, _)| !is_known(name)).flat_map(|(_, places)| places).collect());
}

#[test]
fn no_function_takes_a_flag() {
    let is_listed =
        |source: &Source, name: &str| FLAGS.iter().any(|(file, listed, _)| source.file == *file && *listed == name);
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    for source in product().iter().filter(|source| !is_test(source)) {
        for (line, name) in functions_with_flags(source) {
            if is_listed(source, &name) {
                used.insert((source.file.clone(), name));
            } else {
                found.push(source.finding(line, format!("`{name}` takes a bool: name what it stands for in an enum")));
            }
        }
    }
    report(found);
    let unused = FLAGS.iter().filter(|(file, name, _)| !used.contains(&((*file).to_owned(), (*name).to_owned())));
    let unused: Vec<_> = unused.collect();
    assert!(unused.is_empty(), "exceptions that nothing needs; remove them from FLAGS: {unused:?}");
}

#[test]
fn types_and_flags_are_found_at_their_lines() {
    let text = "pub struct A;\n    pub enum B {}\nstruct C;\npub(super) type D = A;\n// pub struct E;\n\
                fn f<T>(a: T, b: bool) {}\nfn g(a: &bool) {}\nfn h(a: fn(bool)) -> bool {}\nfn Component(a: bool) {}\n\
                fn set_a(a: bool) {}\nmod tests {\n    fn i(a: bool) {}\n}\n";
    let source = Source::new("src/x.rs".to_owned(), text.to_owned());
    assert_eq!(public_types(&source), [(1, "A".to_owned()), (2, "B".to_owned())]);
    assert_eq!(functions_with_flags(&source), [(6, "f".to_owned()), (7, "g".to_owned())]);
}

fn is_test(source: &Source) -> bool {
    source.file.ends_with("tests.rs") || source.file.contains("/tests/")
}

fn public_types(source: &Source) -> Vec<(usize, String)> {
    let named = |text: &str| {
        let mut words = text.strip_prefix("pub ")?.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.next().filter(|kind| KINDS.contains(kind))?;
        words.next().map(str::to_owned)
    };
    let lines = source.code.lines().enumerate();
    lines.filter_map(|(line, text)| Some((line + 1, named(text.trim_start())?))).collect()
}

/// Functions outside of tests that take a `bool`, except components and setters.
fn functions_with_flags(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    flags_in(source.tokens(), &mut found);
    found.retain(|(_, name)| !name.starts_with("set_") && !name.starts_with(|c: char| c.is_ascii_uppercase()));
    found
}

fn flags_in(tokens: TokenStream, found: &mut Vec<(usize, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let is_tests = at >= 2 && is_word(&tokens[at - 2], "mod") && is_word(&tokens[at - 1], "tests");
        match token {
            TokenTree::Ident(word) if word == "fn" => {
                let Some(TokenTree::Ident(name)) = tokens.get(at + 1) else { continue };
                let arguments = tokens[at + 2..].iter().find_map(|token| match token {
                    TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
                    _ => None,
                });
                if arguments.is_some_and(has_flag) {
                    found.push((name.span().start().line, name.to_string()));
                }
            }
            TokenTree::Group(group) if !is_tests => flags_in(group.stream(), found),
            _ => {}
        }
    }
}

/// Whether one of these arguments is a `bool` or a reference to one.
fn has_flag(arguments: TokenStream) -> bool {
    let arguments: Vec<TokenTree> = arguments.into_iter().collect();
    let is_sign = |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(it) if it.as_char() == sign);
    arguments.iter().enumerate().any(|(at, token)| {
        let before = arguments[..at].iter().rev().find(|token| !is_sign(token, '&'));
        let is_last = arguments.get(at + 1).is_none_or(|next| is_sign(next, ','));
        is_word(token, "bool") && is_last && before.is_some_and(|before| is_sign(before, ':'))
    })
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(it) if it == word)
}
