//! Databases that another version left behind.
//!
//! A fixture is what a version's database held when its server was killed in the middle of its work, as statements:
//! `tests/fixtures/<version>.<engine>.sql`. `upgrades/customers.rs` says who is in it, `fill.rs` makes it, `carried.rs` reads
//! it with this build, `worked.rs` goes on with it. The shop and the model's server that it names are gone.
//!
//! Every release adds the fixture of the commit that it starts from. At that commit, with `sqlite3` and `pg_dump` in PATH:
//!
//! ```text
//! HANDOFF_FIXTURE=<commit> cargo xtask test-server --test it upgrades::what_this_version -- --nocapture
//! ```
//!
//! writes both files and prints the session's token; then add a test like that of 97b2322 here. `fill.rs` may grow with a
//! release; what an older fixture does not have is checked only for the newer ones. The fixture of 97b2322 was made by the
//! same `fill.rs`, with the names that the code had then, and without owners of leases, which that version did not know.

mod carried;
mod customers;
mod fill;
mod older;
mod worked;

use crate::app::{TestApp, on_both};

/// The session of Ana, who was signed in.
const SESSION_OF_97B2322: &str = "45c1947a07c7695c301479c94a81291f895ffa3bbc9f3ad98afdbf44809d8de3";

const SESSION_OF_934D124: &str = "895ffa3bbc9f3ad98afdbf44809d8de32368a1e8af28c5d84b8734e6ddd51f45";
const SESSION_OF_2E335A9: &str = "895ffa3bbc9f3ad98afdbf44809d8de32368a1e8af28c5d84b8734e6ddd51f45";
const SESSION_OF_C958AB9: &str = "cb87b7f4aeb10216e211f34eb6f2e2a331525e9011a8a162e65a85032069ddbf";

on_both!(a_database_of_97b2322_is_carried_over_and_worked_on, from = "97b2322", async |app| {
    is_carried_over_and_worked_on(app, SESSION_OF_97B2322).await;
});

on_both!(a_database_of_934d124_is_carried_over_and_worked_on, from = "934d124", async |app| {
    is_carried_over_and_worked_on(app, SESSION_OF_934D124).await;
});

on_both!(a_database_of_2e335a9_is_carried_over_and_worked_on, from = "2e335a9", async |app| {
    is_carried_over_and_worked_on(app, SESSION_OF_2E335A9).await;
});

on_both!(a_database_of_c958ab9_is_carried_over_and_worked_on, from = "c958ab9", async |app| {
    is_carried_over_and_worked_on(app, SESSION_OF_C958AB9).await;
});

on_both!(what_this_version_leaves_behind_is_carried_over_and_worked_on, async |app| {
    let session = fill::fill(app).await;
    if let Ok(version) = std::env::var("HANDOFF_FIXTURE") {
        app.write_fixture(&version);
        eprintln!("the session of the fixture on {:?}: {session}", app.engine);
    }
    is_carried_over_and_worked_on(&app.restarted().await, &session).await;
});

async fn is_carried_over_and_worked_on(app: &TestApp, session: &str) {
    let ana = carried::signed_in(app, session).await;
    carried::is_carried_over(app, &ana).await;
    worked::goes_on(app, &ana).await;
}
