//! Captures what the program does while tests run: its log output, per test thread, and every SQL statement of the
//! process.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    io::Write,
    sync::{Mutex, Once},
};

use handoff::server::run::log_filter;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    filter::filter_fn,
    layer::{Context, SubscriberExt},
};

thread_local! {
    /// The log output of this thread, if a test captures it; all tasks of a test run on its thread.
    static LOG: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// The database works on its own thread, so statements cannot be assigned to a test.
static STATEMENTS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        LOG.with_borrow_mut(|log| {
            if let Some(log) = log {
                log.extend_from_slice(line);
            }
        });
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Statements;

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = StatementText::default();
        event.record(&mut text);
        STATEMENTS.lock().expect("no panic").insert(text.0);
    }
}

/// sqlx logs a short statement as its summary, and a long one in full in another field.
#[derive(Default)]
struct StatementText(String);

impl Visit for StatementText {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "db.statement" && !value.is_empty() || field.name() == "summary" && self.0.is_empty() {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// Installed for the whole process: a subscriber for this thread alone would miss log lines that another thread logged
/// first, because tracing disables a call site for all threads if no subscriber was interested in it.
pub fn begin() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // The most detailed level an operator can reasonably set, without the internals of other crates.
        let filter = log_filter(Some("info,handoff=trace,tower_http=debug"));
        let log = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| LogWriter).with_filter(filter);
        let statements = Statements.with_filter(filter_fn(|about| about.target() == "sqlx::query"));
        let subscriber = tracing_subscriber::registry().with(log).with(statements);
        tracing::subscriber::set_global_default(subscriber).expect("no other subscriber is installed");
    });
    LOG.set(Some(Vec::new()));
}

/// The log output of this thread since [`begin`].
pub fn log() -> String {
    LOG.take().map(String::from_utf8).expect("capture has begun").expect("text")
}

/// Every statement since the first [`begin`], of all tests of this process.
pub fn statements() -> BTreeSet<String> {
    STATEMENTS.lock().expect("no panic").clone()
}
