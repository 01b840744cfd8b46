//! Server functions, a file per noun: each finds out who calls, calls the service, and maps its error.
//!
//! Never here: types (they stand in `contract`) and rules. Bodies name the server; nothing else here does. To add a
//! function: put it into the file of its noun, begin it with `http::agent()` or `http::admin()`, and the matrix in
//! `tests/it/tenant_matrix.rs` will find it.

pub mod audit;
pub mod bot;
pub mod conversation;
pub mod desk;
mod error;
pub mod flow;
pub mod hours;
pub mod keywords;
pub mod secrets;
pub mod session;
pub mod settings;
pub mod team;
pub mod tools;
