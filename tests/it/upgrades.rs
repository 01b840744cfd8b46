//! Databases that another version left behind.
//!
//! Each fixture is what a version left when it was killed in the middle of its work: `tests/fixtures/<version>.sqlite.sql`
//! and `tests/fixtures/<version>.postgres.sql`. `customers.rs` lists who is in it. It is opened, and worked on, by this build.

mod carried;
mod customers;
mod older;
mod worked;

use crate::app::on_both;

on_both!(a_database_of_97b2322_is_carried_over_and_worked_on, from = "97b2322", async |app| {
    let ana = carried::signed_in(app, "ana").await;
    carried::is_carried_over(app, &ana).await;
    worked::goes_on(app, &ana).await;
});
