//! Modules whose write transactions are all begun by `Db::transact`, which runs one again that PostgreSQL aborts because
//! of another.
//!
//! To add a module: its path in [`RUN_AGAIN`].

use super::{
    report,
    source::{Finding, Source, sources},
};

const RUN_AGAIN: &[&str] = &["src/server/accounts"];

#[test]
fn transactions_that_are_aborted_are_run_again() {
    let sources: Vec<Source> = RUN_AGAIN.iter().flat_map(|folder| sources(folder)).collect();
    assert!(sources.iter().any(|source| source.code.contains(".transact(")), "nothing calls it");
    report(sources.iter().flat_map(begun).collect());
}

#[test]
fn a_transaction_that_is_not_run_again_is_found_at_its_line() {
    let text = "\nasync fn f(db: &Db) {\n    db.begin_read();\n    db.begin_write();\n}\n";
    let found: Vec<usize> =
        begun(&Source::new("src/server/accounts/x.rs".to_owned(), text.to_owned())).iter().map(|it| it.line).collect();
    assert_eq!(found, [4]);
}

/// Where a file begins a write transaction itself.
fn begun(source: &Source) -> Vec<Finding> {
    let lines = source
        .code
        .lines()
        .enumerate()
        .filter(|(_, code)| [".begin_write(", ".begin_urgent("].iter().any(|call| code.contains(call)));
    lines.map(|(line, _)| source.finding(line + 1, "begins a transaction without `transact`".to_owned())).collect()
}
