//! The contract between page and server: server functions, a file per noun, and one error.
//!
//! Types here are what the page may know. Bodies of server functions name the server; nothing else in this room does.
//! To add a function: put it in the file of its noun, make its first line ask for who may call (`session::agent()` or
//! `session::admin()`), and the matrix in `tests/it/tenant_matrix.rs` will find it by itself.

pub mod admin;
pub mod bot;
pub mod conversation;
pub mod desk;
pub mod error;
pub mod flow;
pub mod session;

pub use error::ApiError;
