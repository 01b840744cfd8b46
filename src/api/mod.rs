//! Server functions, a file per noun: each identifies the caller, calls the service and maps its error.
//!
//! Values with lists travel as JSON (`input = Json`), because a form cannot say that a list is empty.
//!
//! Types belong in `contract`, rules in `domain` and the services. Only function bodies name the server. To add a
//! function, put it into the file of its noun and begin its body with `http::agent()` or `http::admin()`; the matrix in
//! `tests/it/tenant_matrix.rs` finds it.

pub mod account;
pub mod account_link;
pub mod audit;
pub mod bot;
pub mod composed;
pub mod conversation;
pub mod cost;
pub mod desk;
mod error;
pub mod flow;
pub mod hours;
pub mod keywords;
pub mod note;
pub mod numbers;
pub mod outbound;
pub mod outcomes;
pub mod prices;
pub mod rating;
pub mod report;
pub mod saved_reply;
pub mod scheduled;
pub mod search;
pub mod second_factor;
pub mod secrets;
pub mod session;
pub mod settings;
pub mod staffing;
pub mod team;
pub mod templates;
pub mod tools;
pub mod wall;
pub mod window_templates;
