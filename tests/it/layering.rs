//! The import rules as data: which module may import which, which terms are restricted to one place (`terms`), and how
//! long a file may be.
//!
//! To allow an import, add it to the table and justify it in the review; to add a module, add its row.

mod circles;
mod names;
mod owners;
mod source;
mod terms;
mod transactions;
mod vocabulary;
mod wildcards;

use std::collections::BTreeSet;

use source::{Finding, Naming, Source, product, sources};
use terms::RESTRICTED_TERMS;

/// A module of `src/`, or the domain, the modules it may import besides itself, and the crates it may never use.
struct ModuleRule {
    name: &'static str,
    may_import: &'static [&'static str],
    forbidden_crates: &'static [&'static str],
}

const fn module(name: &'static str, may_import: &'static [&'static str]) -> ModuleRule {
    ModuleRule { name, may_import, forbidden_crates: &["sqlx"] }
}

/// A service must not depend on requests or HTTP statuses.
const fn service(name: &'static str, may_import: &'static [&'static str]) -> ModuleRule {
    ModuleRule { name, may_import, forbidden_crates: &["sqlx", "axum", "http", "leptos", "leptos_axum"] }
}

/// Crates that a page cannot use because it runs in a browser, and that rules must not use because they are pure.
const MACHINERY: &[&str] = &["tokio", "sqlx", "axum", "reqwest", "leptos", "leptos_axum", "web_sys", "rand", "tracing"];
/// May import everything: the composition root and what it starts.
const ALL: &[&str] = &["*"];

/// The files of the composition root have `*` in their row.
const MODULES: &[ModuleRule] = &[
    ModuleRule { name: "domain", may_import: &[], forbidden_crates: MACHINERY },
    // The types that page and server exchange, so that services can return them.
    ModuleRule { name: "contract", may_import: &["domain"], forbidden_crates: MACHINERY },
    // Server functions only; the test below restricts `server` to their bodies.
    ModuleRule {
        name: "api",
        may_import: &[
            "domain",
            "contract",
            "http",
            "accounts",
            "settings",
            "templates",
            "conversations",
            "bot",
            "live",
            "reports",
        ],
        forbidden_crates: &["sqlx", "axum", "tokio", "reqwest"],
    },
    ModuleRule {
        name: "ui",
        may_import: &["domain", "contract", "api"],
        forbidden_crates: &["sqlx", "axum", "tokio", "reqwest", "leptos_axum"],
    },
    // The base layer.
    module("clock", &["domain"]),
    module("secret", &[]),
    module("http_client", &[]),
    module("private_files", &[]),
    module("proxies", &[]),
    module("config", &["domain", "secret", "seal", "gateway", "proxies", "file_store"]),
    // A folder or a bucket.
    module("file_store", &["domain", "http_client", "private_files", "secret"]),
    module("bus", &["domain", "workers"]),
    ModuleRule {
        name: "store",
        may_import: &["domain", "private_files"],
        forbidden_crates: &["axum", "reqwest", "leptos"],
    },
    ModuleRule {
        name: "gateway",
        may_import: &["domain", "http_client", "secret"],
        forbidden_crates: &["sqlx", "axum", "leptos", "tokio"],
    },
    // Requests to addresses that a tenant chose, and the language model on top of them.
    module("fetch", &["domain", "clock", "http_client"]),
    module("llm", &["domain", "clock", "secret", "fetch"]),
    module("seal", &["domain", "clock", "secret"]),
    module("log", &["domain", "store", "bus"]),
    module("workers", &["domain", "store", "clock"]),
    // The services: they take a tenant and an actor and return the contract's types and their own errors.
    service("accounts", &["domain", "contract", "clock", "secret", "bus", "store", "log", "seal"]),
    service("settings", &["domain", "contract", "clock", "bus", "store", "log", "seal", "llm", "accounts"]),
    service("channels", &["domain", "clock", "bus", "store", "log", "seal", "secret", "gateway"]),
    service("templates", &["domain", "contract", "clock", "store", "gateway", "channels", "accounts"]),
    service("conversations", &["domain", "clock", "bus", "store", "accounts"]),
    service("reports", &["domain", "contract", "clock", "bus", "store", "workers", "log", "accounts"]),
    // The workers.
    module("webhook", &["domain", "clock", "bus", "store", "workers", "gateway", "seal", "secret", "conversations"]),
    service(
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
    module("presence", &["domain", "clock", "bus", "store", "workers"]),
    module(
        "outbox",
        &["domain", "clock", "bus", "store", "workers", "gateway", "channels", "templates", "conversations", "media"],
    ),
    module("endings", &["domain", "clock", "bus", "store", "workers", "conversations"]),
    module("indexer", &["domain", "clock", "bus", "store", "workers"]),
    module(
        "media",
        &[
            "domain",
            "clock",
            "file_store",
            "bus",
            "store",
            "workers",
            "gateway",
            "channels",
            "seal",
            "log",
            "conversations",
        ],
    ),
    service("live", &["domain", "contract", "clock", "bus", "store", "workers", "accounts"]),
    // The HTTP side of every call: authentication, and the mapping of service errors.
    module(
        "http",
        &[
            "domain",
            "contract",
            "clock",
            "proxies",
            "store",
            "accounts",
            "settings",
            "templates",
            "conversations",
            "live",
            "media",
            "reports",
            "webhook",
        ],
    ),
    // Accepts connections; knows no route.
    module("connections", &["domain", "clock", "proxies"]),
    // Imports nothing of ours, so that both sides of the wire format are written independently.
    module("simulator", &[]),
    // The composition root: may import every module, and no module imports it.
    module("services", ALL),
    module("router", ALL),
    module("serve", ALL),
    module("run", ALL),
    module("cli", ALL),
    module("admin", ALL),
    module("demo", ALL),
];

/// The longest file, in lines.
const LONGEST: usize = 400;
/// The most feature gates; features are gated by module.
const GATES: usize = 3;

#[test]
fn modules_import_only_what_their_row_allows() {
    let found = product().iter().filter(|source| source.top_module().is_some()).flat_map(forbidden_imports).collect();
    report(found);
}

#[test]
fn every_module_has_its_row() {
    let mut unknown: Vec<String> =
        product().iter().filter_map(Source::top_module).filter(|name| rule(name).is_none()).collect();
    unknown.dedup();
    assert!(unknown.is_empty(), "modules without a row in MODULES: {unknown:?}");
}

#[test]
fn the_page_and_the_contract_never_import_the_server() {
    let is_page_side =
        |source: &Source| ["src/ui/", "src/api/", "src/contract/"].iter().any(|path| source.file.starts_with(path));
    let found = product()
        .iter()
        .filter(|source| is_page_side(source))
        .flat_map(|source| {
            let is_api = source.file.starts_with("src/api/");
            source.paths().into_iter().filter(move |path| path.naming != Naming::Inline || !is_api).filter_map(|path| {
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
    // The page fetches these itself, once it is open or at the first use. In the document they would compete with the
    // module.
    let is_left_out = |part: &String| ["composer_tools", "extras"].contains(&part.as_str());
    let mut parts = BTreeSet::new();
    for source in sources("src/ui") {
        let (left_out, cut): (Vec<String>, Vec<String>) =
            after(&source, "#[wasm_split(", ',').into_iter().partition(is_left_out);
        parts.extend(left_out);
        let prefetched: Vec<String> = after(&source, "prefetch_lazy_fn_on_server(", ';').iter().map(name).collect();
        assert_eq!(cut, prefetched, "{}", source.file);
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
    assert_eq!(
        parts.into_iter().collect::<Vec<_>>(),
        "admin composer_tools extras flows reports settings sign_in thread".split(' ').collect::<Vec<_>>()
    );
}

#[test]
fn restricted_terms_occur_only_in_their_places() {
    let mut found = Vec::new();
    for source in product().iter().chain(&sources("tests")) {
        // The harness creates a database per test.
        let is_harness = source.file.starts_with("tests/it/app");
        for rule in RESTRICTED_TERMS {
            let is_allowed = rule.allowed_in.iter().any(|path| source.file.starts_with(path));
            if is_allowed || (is_harness && rule.term == "sqlx::") {
                continue;
            }
            for (line, code) in source.code.lines().enumerate() {
                if code.contains(rule.term) {
                    found.push(source.finding(line + 1, format!("`{}`: {}", rule.term, rule.why)));
                }
            }
        }
    }
    report(found);
}

#[test]
fn features_are_gated_by_module() {
    let gates: Vec<String> = product()
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
    let found = product()
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
    let found: Vec<String> = forbidden_imports(&Source::new("src/server/bot/keyword.rs".to_owned(), text.to_owned()))
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
    let sources = product();
    let mut unused = Vec::new();
    for row in MODULES.iter().filter(|row| !row.may_import.contains(&"*")) {
        let own = |source: &&Source| source.top_module().as_deref() == Some(row.name);
        let named: BTreeSet<String> =
            sources.iter().filter(own).flat_map(|source| source.named_modules()).map(|(_, name)| name).collect();
        unused.extend(
            row.may_import
                .iter()
                .filter(|module| !named.contains(**module))
                .map(|module| format!("{} -> {module}", row.name)),
        );
    }
    assert!(unused.is_empty(), "allowed imports that no file uses; remove them from MODULES: {unused:?}");
}

/// The imports of a file that its row does not allow.
fn forbidden_imports(source: &Source) -> Vec<Finding> {
    let Some(own) = source.top_module() else { return Vec::new() };
    let Some(row) = rule(&own) else { return Vec::new() };
    let mut found = Vec::new();
    for (line, named) in source.named_modules() {
        let fits = named == own || row.may_import.contains(&"*") || row.may_import.contains(&named.as_str());
        if !fits {
            found.push(source.finding(line, format!("{own} may not name {named}")));
        }
    }
    // A module's tests may build what the module communicates with.
    let is_test = source.file.ends_with("tests.rs") || source.file.contains("/tests/");
    for (line, code) in source.code.lines().enumerate().filter(|_| !is_test) {
        for name in row.forbidden_crates {
            if names_crate(code, name) {
                found.push(source.finding(line + 1, format!("{own} may not name the crate {name}")));
            }
        }
    }
    found
}

fn rule(name: &str) -> Option<&'static ModuleRule> {
    MODULES.iter().find(|module| module.name == name)
}

/// `name::` with nothing before it that makes it part of another path.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + name.len()..];
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') && after.starts_with("::")
    })
}

fn report(found: Vec<Finding>) {
    let lines: Vec<String> = found.iter().map(Finding::to_string).collect();
    assert!(lines.is_empty(), "{} findings:\n{}", lines.len(), lines.join("\n"));
}
