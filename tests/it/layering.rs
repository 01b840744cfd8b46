//! The import rules as data: which module may import which, which terms are restricted to one place, and how long a
//! file may be.
//!
//! To allow an import, add it to the table and justify it in the review; to add a module, add its row.

mod owners;
mod source;
mod vocabulary;
mod wildcards;

use std::collections::BTreeSet;

use source::{Finding, Source, sources};

/// A module of `src/`, the modules it may import besides itself, and the crates it may never use.
struct Room {
    name: &'static str,
    may: &'static [&'static str],
    never: &'static [&'static str],
}

const fn room(name: &'static str, may: &'static [&'static str]) -> Room {
    Room { name, may, never: &["sqlx"] }
}

/// A service must not depend on requests or HTTP statuses.
const fn service(name: &'static str, may: &'static [&'static str]) -> Room {
    Room { name, may, never: &["sqlx", "axum", "http", "leptos", "leptos_axum"] }
}

/// Crates that a page cannot use because it runs in a browser, and that rules must not use because they are pure.
const MACHINERY: &[&str] = &["tokio", "sqlx", "axum", "reqwest", "leptos", "leptos_axum", "web_sys", "rand", "tracing"];
/// May import everything: the composition root and what it starts.
const ALL: &[&str] = &["*"];

/// The files of the composition root have `*` in their row.
const ROOMS: &[Room] = &[
    Room { name: "domain", may: &[], never: MACHINERY },
    // The types that page and server exchange, so that services can return them.
    Room { name: "contract", may: &["domain"], never: MACHINERY },
    // Server functions only; the test below restricts `server` to their bodies.
    Room {
        name: "api",
        may: &["domain", "contract", "http", "accounts", "settings", "conversations", "bot", "live"],
        never: &["sqlx", "axum", "tokio", "reqwest"],
    },
    Room {
        name: "ui",
        may: &["domain", "contract", "api"],
        never: &["sqlx", "axum", "tokio", "reqwest", "leptos_axum"],
    },
    // The base layer.
    room("clock", &["domain"]),
    room("secret", &[]),
    room("config", &["domain", "secret", "gateway"]),
    room("bus", &["domain", "workers"]),
    Room { name: "store", may: &["domain"], never: &["axum", "reqwest", "leptos"] },
    Room { name: "gateway", may: &["domain", "secret"], never: &["sqlx", "axum", "leptos", "tokio"] },
    // Requests to addresses that a tenant chose, and the language model on top of them.
    room("fetch", &["domain", "clock"]),
    room("llm", &["domain", "clock", "secret", "fetch"]),
    room("seal", &["clock", "secret"]),
    room("log", &["domain", "store", "bus"]),
    room("workers", &["domain", "store", "clock"]),
    // The services: they take a tenant and an actor and return the contract's types and their own errors.
    service("accounts", &["domain", "contract", "clock", "bus", "store", "log"]),
    service("settings", &["domain", "contract", "clock", "bus", "store", "log", "seal", "llm"]),
    service("channels", &["domain", "clock", "bus", "store", "log", "seal", "secret", "gateway"]),
    service("conversations", &["domain", "clock", "bus", "store", "accounts"]),
    // The workers.
    room("webhook", &["domain", "clock", "bus", "store", "workers", "gateway", "seal", "secret", "conversations"]),
    room(
        "bot",
        &[
            "domain",
            "contract",
            "clock",
            "bus",
            "store",
            "workers",
            "seal",
            "secret",
            "fetch",
            "llm",
            "settings",
            "conversations",
        ],
    ),
    room("outbox", &["domain", "clock", "bus", "store", "workers", "gateway", "channels", "conversations"]),
    room(
        "media",
        &["domain", "clock", "bus", "store", "workers", "gateway", "channels", "seal", "log", "conversations"],
    ),
    room("live", &["domain", "contract", "clock", "bus", "store", "workers", "accounts"]),
    // The HTTP side of every call: authentication, and the mapping of service errors.
    room("http", &["domain", "contract", "store", "accounts", "settings", "conversations", "live", "media", "webhook"]),
    // Imports nothing of ours, so that both sides of the wire format are written independently.
    room("simulator", &[]),
    // The composition root: may import every module, and no module imports it.
    room("services", ALL),
    room("router", ALL),
    room("serve", ALL),
    room("run", ALL),
    room("cli", ALL),
    room("admin", ALL),
    room("demo", ALL),
];

/// A term that may occur in certain places only.
struct Word {
    word: &'static str,
    /// Path prefixes, relative to the checkout, where it is allowed.
    home: &'static [&'static str],
    why: &'static str,
}

const WORDS: &[Word] = &[
    Word { word: "sqlx::", home: &["src/server/store/"], why: "the only SQL is the store's" },
    Word { word: "SystemTime::now", home: &["src/server/clock.rs"], why: "time is an argument" },
    Word { word: "Instant::now", home: &["src/server/clock.rs"], why: "time is an argument" },
    Word { word: "Timestamp::now", home: &["src/server/clock.rs"], why: "time is an argument" },
    Word { word: "rand::rng", home: &["src/server/clock.rs"], why: "randomness is an argument" },
    Word { word: "#[allow", home: &[], why: "lints are answered with #[expect(.., reason)]" },
    Word { word: "#![allow", home: &[], why: "lints are answered with #![expect(.., reason)]" },
    Word { word: "todo!", home: &[], why: "nothing is left unfinished" },
    Word { word: "unimplemented!", home: &[], why: "nothing is left unfinished" },
];

/// The longest file, in lines.
const LONGEST: usize = 400;
/// The most feature gates; features are gated by module.
const GATES: usize = 3;

#[test]
fn modules_import_only_what_their_row_allows() {
    let found = sources("src").iter().filter(|source| source.room().is_some()).flat_map(walls).collect();
    report(found);
}

#[test]
fn every_module_has_its_row() {
    let mut unknown: Vec<String> =
        sources("src").iter().filter_map(Source::room).filter(|name| row(name).is_none()).collect();
    unknown.dedup();
    assert!(unknown.is_empty(), "rooms without a row in ROOMS: {unknown:?}");
}

#[test]
fn the_page_and_the_contract_never_import_the_server() {
    let in_the_open =
        |source: &Source| ["src/ui/", "src/api/", "src/contract/"].iter().any(|path| source.file.starts_with(path));
    let found = sources("src")
        .iter()
        .filter(|source| in_the_open(source))
        .flat_map(|source| {
            let is_api = source.file.starts_with("src/api/");
            source.paths().into_iter().filter(move |path| path.is_use || !is_api).filter_map(|path| {
                let names_server = path.segments.first().is_some_and(|first| first == "server");
                names_server.then(|| source.finding(path.line, "names `server` outside a server function".to_owned()))
            })
        })
        .collect();
    report(found);
}

/// With a mismatching name the server would find no files to preload with the document. Nothing would fail; the page
/// would only load more slowly.
#[test]
fn each_lazy_part_has_one_name() {
    let after = |source: &Source, before: &str, end: char| -> Vec<String> {
        let rest = source.raw.split(before).skip(1);
        rest.filter_map(|rest| rest.split_once(end)).map(|(found, _)| found.to_owned()).collect()
    };
    // `"thread")`, or `stringify!($part))` in the macro that defines routes.
    let name = |call: &String| call.trim_start_matches("stringify!(").trim_matches(['"', ')']).to_owned();
    let mut parts = BTreeSet::new();
    for source in sources("src/ui") {
        let cut = after(&source, "#[wasm_split(", ',');
        let told: Vec<String> = after(&source, "prefetch_lazy_fn_on_server(", ';').iter().map(name).collect();
        assert_eq!(cut, told, "{}", source.file);
        if source.file == "src/ui/kit/lazy_route.rs" {
            assert_eq!(cut, ["$part"]);
        } else {
            parts.extend(cut);
        }
        for route in after(&source, "lazy_route!(", ')') {
            let (_, rest) = route.split_once(" in ").expect("a route names its part");
            parts.extend(rest.split_once(',').map(|(part, _)| part.to_owned()));
        }
    }
    assert_eq!(parts.into_iter().collect::<Vec<_>>(), ["bot", "flows", "settings", "sign_in", "thread"]);
}

#[test]
fn restricted_terms_occur_only_in_their_places() {
    let mut found = Vec::new();
    for source in sources("src").iter().chain(&sources("tests")) {
        // This file contains the terms that it forbids; the harness creates a database per test.
        let is_harness = source.file.starts_with("tests/it/app");
        for rule in WORDS {
            let at_home = rule.home.iter().any(|home| source.file.starts_with(home));
            if at_home || (is_harness && rule.word == "sqlx::") {
                continue;
            }
            for (line, code) in source.code.lines().enumerate() {
                if code.contains(rule.word) {
                    found.push(source.finding(line + 1, format!("`{}`: {}", rule.word, rule.why)));
                }
            }
        }
    }
    report(found);
}

#[test]
fn features_are_gated_by_module() {
    let gates: Vec<String> = sources("src")
        .iter()
        .flat_map(|source| {
            // The feature name is a string in the attribute, so the raw text is searched.
            let lines = source.raw.lines().enumerate().filter(|(_, text)| text.contains("cfg(feature"));
            lines.map(|(line, _)| format!("{}:{}", source.file, line + 1)).collect::<Vec<_>>()
        })
        .collect();
    assert!(gates.len() <= GATES, "more than {GATES} feature gates:\n{}", gates.join("\n"));
}

#[test]
fn files_stay_short() {
    let found = sources("src")
        .iter()
        .chain(&sources("tests"))
        .filter_map(|source| {
            let lines = source.raw.lines().count();
            (lines >= LONGEST).then(|| source.finding(lines, format!("{lines} lines; a file has fewer than {LONGEST}")))
        })
        .collect();
    report(found);
}

#[test]
fn a_forbidden_import_is_found_at_its_line() {
    let text =
        "use crate::server::{conversations::Conversations,\n    outbox::Outbox};\nfn f() { sqlx::query(\"\"); }\n";
    let found: Vec<String> = walls(&Source::new("src/server/bot/keyword.rs".to_owned(), text.to_owned()))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        found,
        [
            "src/server/bot/keyword.rs:2: bot may not name outbox",
            "src/server/bot/keyword.rs:3: bot may not name the crate sqlx",
        ]
    );
}

#[test]
fn every_allowed_import_is_used() {
    let sources = sources("src");
    let mut idle = Vec::new();
    for row in ROOMS.iter().filter(|row| !row.may.contains(&"*")) {
        let own = |source: &&Source| source.room().as_deref() == Some(row.name);
        let named: BTreeSet<String> =
            sources.iter().filter(own).flat_map(|source| source.named_rooms()).map(|(_, name)| name).collect();
        idle.extend(
            row.may.iter().filter(|room| !named.contains(**room)).map(|room| format!("{} -> {room}", row.name)),
        );
    }
    assert!(idle.is_empty(), "doors that nobody uses; close them in ROOMS: {idle:?}");
}

/// The imports of a file that its row does not allow.
fn walls(source: &Source) -> Vec<Finding> {
    let Some(own) = source.room() else { return Vec::new() };
    let Some(row) = row(&own) else { return Vec::new() };
    let mut found = Vec::new();
    for (line, named) in source.named_rooms() {
        let fits = named == own || row.may.contains(&"*") || row.may.contains(&named.as_str());
        if !fits {
            found.push(source.finding(line, format!("{own} may not name {named}")));
        }
    }
    // A module's tests may build what the module communicates with.
    let is_test = source.file.ends_with("tests.rs") || source.file.contains("/tests/");
    for (line, code) in source.code.lines().enumerate().filter(|_| !is_test) {
        for word in row.never {
            if names_crate(code, word) {
                found.push(source.finding(line + 1, format!("{own} may not name the crate {word}")));
            }
        }
    }
    found
}

fn row(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

/// `word::` with nothing before it that makes it part of another path.
fn names_crate(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + word.len()..];
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') && after.starts_with("::")
    })
}

fn report(found: Vec<Finding>) {
    let lines: Vec<String> = found.iter().map(Finding::to_string).collect();
    assert!(lines.is_empty(), "{} findings:\n{}", lines.len(), lines.join("\n"));
}
