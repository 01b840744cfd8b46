//! Runs a test on one engine, with its own server and database, and with a time limit.

use std::{
    future::Future,
    panic::resume_unwind,
    pin::Pin,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use tokio::runtime;

use super::{Database, Engine, Gate, Origin, TestApp};

/// Many times the duration of the slowest test on a busy machine: a test that takes longer is stuck.
const BOUND: Duration = Duration::from_secs(300);

/// Creates two tests, `name::sqlite` and `name::postgres`: `on_both!(name, async |app| { .. });`.
///
/// `threads = 4` before the body gives the test a runtime with that many threads; `gate = function` sets the networks
/// that tenants' requests may reach; `from = "97b2322"` starts it on the database that this version left behind.
macro_rules! on_both {
    ($name:ident, async |$app:ident| $body:expr) => {
        $crate::app::on_both!($name, threads = 1, async |$app| $body);
    };
    ($name:ident, threads = $threads:literal, async |$app:ident| $body:expr) => {
        $crate::app::on_engines!(
            $name, $threads, $crate::app::Gate::default, Empty, $app, $body, sqlite Sqlite, postgres Postgres
        );
    };
    ($name:ident, gate = $gate:ident, async |$app:ident| $body:expr) => {
        $crate::app::on_engines!($name, 1, super::$gate, Empty, $app, $body, sqlite Sqlite, postgres Postgres);
    };
    ($name:ident, from = $version:literal, async |$app:ident| $body:expr) => {
        $crate::app::on_engines!(
            $name, 1, $crate::app::Gate::default, Version($version), $app, $body, sqlite Sqlite, postgres Postgres
        );
    };
}
pub(crate) use on_both;

/// Like [`on_both`], for behaviour that only SQLite has.
macro_rules! on_sqlite {
    ($name:ident, async |$app:ident| $body:expr) => {
        $crate::app::on_sqlite!($name, threads = 1, async |$app| $body);
    };
    ($name:ident, threads = $threads:literal, async |$app:ident| $body:expr) => {
        $crate::app::on_engines!($name, $threads, $crate::app::Gate::default, Empty, $app, $body, sqlite Sqlite);
    };
}
pub(crate) use on_sqlite;

/// As [`on_both`], for what only PostgreSQL does.
macro_rules! on_postgres {
    ($name:ident, async |$app:ident| $body:expr) => {
        $crate::app::on_engines!($name, 1, $crate::app::Gate::default, Empty, $app, $body, postgres Postgres);
    };
}
pub(crate) use on_postgres;

/// What they expand to: the body as a function, and a test for each engine.
macro_rules! on_engines {
    (
        $name:ident, $threads:literal, $gate:path, $origin:ident $(($version:literal))?, $app:ident, $body:expr,
        $($test:ident $engine:ident),+
    ) => {
        async fn $name($app: &$crate::app::TestApp) {
            $body
        }

        mod $name {
            use $crate::app::{Engine, Origin, run::Test};

            const TEST: Test = Test {
                name: module_path!(),
                threads: $threads,
                gate: $gate,
                origin: Origin::$origin $(($version))?,
                body: |app| Box::pin(super::$name(app)),
            };

            $(
                #[test]
                fn $test() {
                    TEST.run(Engine::$engine);
                }
            )+
        }
    };
}
pub(crate) use on_engines;

pub type Body = for<'a> fn(&'a TestApp) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

#[derive(Clone, Copy)]
pub struct Test {
    pub name: &'static str,
    pub threads: usize,
    pub gate: fn() -> Gate,
    pub origin: Origin,
    pub body: Body,
}

/// Bytes. Unoptimised, a long test keeps every temporary value of its steps in one frame.
const STACK: usize = 8 << 20;

impl Test {
    pub fn run(self, engine: Engine) {
        self.run_within(BOUND, engine);
    }

    /// The body runs on its own thread: if it never ends, this one still fails and drops the database.
    fn run_within(self, bound: Duration, engine: Engine) {
        let database = Database::create(engine, self.origin);
        let place = database.place.clone();
        // Nothing is sent: the sender is dropped when the thread ends, even by a panic.
        let (running, ended) = mpsc::channel::<()>();
        let body = move || {
            let _running = running;
            self.runtime().block_on(async {
                let app = TestApp::start(&place, (self.gate)()).await;
                (self.body)(&app).await;
                app.assert_nothing_is_left().await;
            });
        };
        let name = thread::current().name().unwrap_or(self.name).to_owned();
        let thread = thread::Builder::new().name(name).stack_size(STACK).spawn(body).expect("a thread");
        if let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(bound) {
            panic!("{} on {engine:?} has not ended after {bound:?}", self.name);
        }
        if let Err(panic) = thread.join() {
            resume_unwind(panic);
        }
    }

    fn runtime(self) -> runtime::Runtime {
        let mut builder = match self.threads {
            1 => runtime::Builder::new_current_thread(),
            _ => runtime::Builder::new_multi_thread(),
        };
        builder.worker_threads(self.threads).enable_all().build().expect("a runtime")
    }
}

mod tests {
    use std::{
        future,
        panic::{AssertUnwindSafe, catch_unwind},
        sync::Mutex,
    };

    use super::*;
    use crate::app::database::names;

    static URLS: Mutex<Vec<String>> = Mutex::new(Vec::new());

    fn remember(app: &TestApp) {
        URLS.lock().expect("not poisoned").push(app.config.database_url.clone());
    }

    async fn fails(app: &TestApp) {
        remember(app);
        panic!("on purpose");
    }

    async fn hangs(app: &TestApp) {
        remember(app);
        future::pending().await
    }

    fn words(panic: Box<dyn std::any::Any + Send>) -> String {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).expect("a text")
    }

    #[test]
    fn a_test_that_fails_or_hangs_says_so_and_leaves_no_database() {
        let cases: [(&str, Body, Duration, &str); 2] = [
            ("it::fails", |app| Box::pin(fails(app)), BOUND, "on purpose"),
            ("it::hangs", |app| Box::pin(hangs(app)), Duration::from_secs(10), "it::hangs on Postgres has not ended"),
        ];
        for (name, body, bound, said) in cases {
            let test = Test { name, threads: 1, gate: Gate::default, origin: Origin::Empty, body };
            let run = catch_unwind(AssertUnwindSafe(|| test.run_within(bound, Engine::Postgres)));
            assert!(words(run.expect_err("fails")).contains(said));
        }
        let urls = URLS.lock().expect("not poisoned").clone();
        assert_eq!(urls.len(), 2);
        let stay: Vec<String> = names().into_iter().filter(|name| urls.iter().any(|url| url.ends_with(name))).collect();
        assert_eq!(stay, [""; 0]);
    }
}
