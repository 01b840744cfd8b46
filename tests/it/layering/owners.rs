//! Which store file writes which table, and which modules may call its writing functions.
//!
//! To add a table, add its row here. To let another module write one, add it to `callers` and justify it in the review.

use std::{collections::BTreeSet, fs, path::Path};

use super::{
    report,
    source::{Source, sources},
};

/// A file in `src/server/store/tables/`, the tables that only it writes, and the server modules that may call its
/// writing functions. The composition root and tests may call all of them.
struct Owner {
    file: &'static str,
    tables: &'static [&'static str],
    callers: &'static [&'static str],
}

const fn owner(file: &'static str, tables: &'static [&'static str], callers: &'static [&'static str]) -> Owner {
    Owner { file, tables, callers }
}

const OWNERS: &[Owner] = &[
    owner("account_links", &["account_links"], &["accounts"]),
    owner("agents", &["agents"], &["accounts"]),
    owner("apps", &["apps"], &["channels"]),
    owner("automation", &["automation"], &["conversations"]),
    owner("blocks", &["blocks"], &["conversations"]),
    owner("channels", &["channels"], &["channels", "conversations"]),
    owner("conversations", &["conversations"], &["conversations"]),
    owner("counters", &["counters"], &["conversations"]),
    owner("customers", &["customers"], &["conversations"]),
    owner("devices", &["devices"], &["accounts"]),
    owner("drafts", &["drafts"], &["conversations"]),
    owner("entries", &["entries", "entry_addresses"], &["conversations", "log"]),
    owner("facts", &["variables", "calls"], &["conversations"]),
    owner("flow_runs", &["flow_runs"], &["conversations"]),
    owner("flows", &["flows", "flow_versions"], &["settings"]),
    owner("handoffs", &["handoffs"], &["conversations"]),
    owner("jobs", &["jobs"], &["workers", "conversations", "bot", "channels", "indexer"]),
    owner("joined_presses", &["joined_presses"], &["conversations"]),
    owner("journal", &["journal", "quarantine"], &["webhook"]),
    owner("keywords", &["keywords"], &["settings"]),
    owner("media", &["media"], &["conversations", "settings"]),
    owner("messages", &["messages"], &["conversations"]),
    owner("model_sessions", &["model_sessions"], &["bot"]),
    owner("models", &["models", "model_use"], &["settings", "bot"]),
    owner("nodes", &["nodes"], &["workers"]),
    owner("notes", &["notes", "mentions"], &["conversations"]),
    owner("outbox", &["outbox"], &["conversations", "outbox", "workers"]),
    owner("outcomes", &["outcomes"], &["settings"]),
    owner("pending_endings", &["pending_endings"], &["conversations"]),
    owner("pending_updates", &["pending_updates"], &["conversations", "webhook"]),
    owner("pending_sign_ins", &["pending_sign_ins"], &["accounts"]),
    owner("presence", &["presence", "presence_intervals"], &["presence"]),
    owner("prices", &["prices", "price_lists"], &["settings"]),
    owner("recovery_codes", &["recovery_codes"], &["accounts"]),
    owner("remote_files", &["remote_files"], &["conversations"]),
    owner("report_closings", &["report_closings"], &["reports"]),
    owner("report_conversations", &["report_conversations"], &["reports"]),
    owner("report_handoffs", &["report_handoffs"], &["reports"]),
    owner("report_left_out", &["report_left_out"], &["reports"]),
    owner("report_messages", &["report_messages"], &["reports"]),
    owner("report_packed_days", &["report_packed_days"], &["reports"]),
    owner("report_progress", &["report_progress", "report_recorded"], &["reports"]),
    owner("report_ratings", &["report_ratings"], &["reports"]),
    owner("report_stints", &["report_stints"], &["reports"]),
    owner("report_unpacked_rows", &["report_unpacked_rows"], &["reports"]),
    owner("report_waits", &["report_waits"], &["reports"]),
    owner("returned_conversations", &["returned_conversations"], &["conversations"]),
    owner("saved_replies", &["saved_replies"], &["settings"]),
    owner("scheduled_messages", &["scheduled_messages"], &["conversations"]),
    owner("seal_state", &["seal_state"], &[]),
    owner("search", &["search_documents", "search_pending"], &["indexer"]),
    owner("second_factors", &["second_factors"], &["accounts"]),
    owner("secrets", &["secrets"], &["settings"]),
    owner("sessions", &["sessions"], &["accounts"]),
    owner("templates", &["templates", "template_syncs", "template_uses"], &["templates", "conversations"]),
    owner(
        "tenants",
        &["tenants", "teams"],
        &["accounts", "settings", "channels", "conversations", "log", "reports", "store"],
    ),
    owner("tools", &["tools"], &["settings"]),
];

const FOLDER: &str = "src/server/store/tables/";
const WRITES: [&str; 3] = ["INSERT INTO ", "UPDATE ", "DELETE FROM "];
/// The composition root, which may write every table.
const ROOT: [&str; 6] = ["services", "serve", "run", "cli", "admin", "demo"];

#[test]
fn every_table_has_one_owner() {
    let owned: Vec<&str> = OWNERS.iter().flat_map(|owner| owner.tables).copied().collect();
    let once: BTreeSet<&str> = owned.iter().copied().collect();
    assert_eq!(owned.len(), once.len(), "a table is in two rows of OWNERS: {owned:?}");
    let tables = tables();
    let tables: BTreeSet<&str> = tables.iter().map(String::as_str).collect();
    assert_eq!(once, tables, "the tables of the migrations (right) and those of OWNERS (left) differ");
}

#[test]
fn a_table_is_written_by_its_owner_only() {
    let mut found = Vec::new();
    for source in sources("src") {
        for (line, table) in written(&source.raw) {
            let Some(owner) = OWNERS.iter().find(|owner| owner.tables.contains(&table.as_str())) else { continue };
            let owner_file = format!("{FOLDER}{}.rs", owner.file);
            if source.file != owner_file {
                found.push(source.finding(line, format!("only {owner_file} writes the table {table}")));
            }
        }
    }
    report(found);
}

#[test]
fn writing_functions_are_called_by_their_callers_only() {
    let sources = sources("src");
    let mut found = Vec::new();
    let mut unused_callers = Vec::new();
    for owner in OWNERS {
        let owner_file = format!("{FOLDER}{}.rs", owner.file);
        let file =
            sources.iter().find(|source| source.file == owner_file).unwrap_or_else(|| panic!("no file {owner_file}"));
        let calls: Vec<String> = writers(file).iter().map(|name| format!("{}::{name}(", owner.file)).collect();
        assert!(!calls.is_empty(), "{owner_file} writes nothing");
        let mut callers = BTreeSet::new();
        // Other modules may have functions with the same name: only files that import the store can call its functions.
        for source in sources.iter().filter(|source| !source.file.starts_with(FOLDER) && names_store(source)) {
            let Some(module) = source.top_module().filter(|module| !ROOT.contains(&module.as_str())) else { continue };
            let lines = called(source, &calls);
            if !lines.is_empty() {
                callers.insert(module.clone());
            }
            if !owner.callers.contains(&module.as_str()) {
                found.extend(lines.into_iter().map(|(line, call)| {
                    source.finding(line, format!("{module} may not call {call}..) of store/tables/{}.rs", owner.file))
                }));
            }
        }
        let unused = owner.callers.iter().filter(|module| !callers.contains(**module));
        unused_callers.extend(unused.map(|module| format!("{} -> {module}", owner.file)));
    }
    report(found);
    assert!(unused_callers.is_empty(), "callers in OWNERS that call nothing: {unused_callers:?}");
}

#[test]
fn a_write_elsewhere_is_found_at_its_line() {
    let text = "fn f() {\n    q(\"UPDATE messages SET at = 1\");\n    // DELETE FROM nothing of ours\n}\n";
    assert_eq!(written(text), [(2, "messages".to_owned()), (3, "nothing".to_owned())]);
    let source = Source::new("src/server/live/x.rs".to_owned(), "\nfn f() { outbox::finish(tx); }\n".to_owned());
    assert_eq!(called(&source, &["outbox::finish(".to_owned()]), [(2, "outbox::finish(".to_owned())]);
    let file = Source::new(
        format!("{FOLDER}x.rs"),
        "pub async fn find() { q(\"SELECT 1\") }\npub async fn save() {\n q(\"INSERT INTO x\") }\n".to_owned(),
    );
    assert_eq!(writers(&file), ["save"]);
}

/// The names of the tables after all migrations.
fn tables() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    // The search index has a file per engine.
    let folders = [folder.join("postgres"), folder.join("sqlite"), folder];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("the migrations"));
    let mut files: Vec<_> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file()).collect();
    files.sort();
    let mut tables = BTreeSet::new();
    for file in files {
        let sql = fs::read_to_string(file).expect("a migration is text");
        for line in sql.lines() {
            let words: Vec<&str> = line.trim_end_matches([';', '(', ' ']).split_whitespace().collect();
            match words.as_slice() {
                ["CREATE", "TABLE", name] => {
                    tables.insert((*name).to_owned());
                }
                ["ALTER", "TABLE", old, "RENAME", "TO", new] => {
                    assert!(tables.remove(*old), "{old} is renamed before it is created");
                    tables.insert((*new).to_owned());
                }
                ["DROP", "TABLE", name] => {
                    tables.remove(*name);
                }
                _ => {}
            }
        }
    }
    tables
}

/// The tables that statements in a text write, with their lines.
fn written(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in WRITES {
            for (at, _) in line.match_indices(word) {
                let table: String =
                    line[at + word.len()..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                if !table.is_empty() {
                    found.push((number + 1, table));
                }
            }
        }
    }
    found
}

/// The functions of a file that contain a writing statement.
fn writers(file: &Source) -> Vec<String> {
    let mut name = None;
    let mut writers: Vec<String> = Vec::new();
    for line in file.raw.lines() {
        if let Some(rest) = line.strip_prefix("pub async fn ").or_else(|| line.strip_prefix("async fn ")) {
            name = rest.split(['(', '<']).next().map(str::to_owned);
        }
        if let Some(name) = name.as_ref().filter(|name| !written(line).is_empty() && !writers.contains(*name)) {
            writers.push(name.clone());
        }
    }
    writers
}

fn called(source: &Source, calls: &[String]) -> Vec<(usize, String)> {
    let lines = source.code.lines().enumerate();
    lines
        .flat_map(|(line, code)| {
            let here = calls.iter().filter(move |call| {
                code.match_indices(call.as_str())
                    .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
            here.map(move |call| (line + 1, call.clone()))
        })
        .collect()
}

/// Tests of a module may fill the tables that it reads.
fn names_store(source: &Source) -> bool {
    let is_test =
        ["tests.rs", "fixture.rs"].iter().any(|end| source.file.ends_with(end)) || source.file.contains("/tests/");
    !is_test && source.named_modules().iter().any(|(_, name)| name == "store")
}
