//! The server: everything behind the `ssr` feature of `lib.rs`.
//!
//! ARCHITECTURE.md describes the modules and which of them may import which; `tests/it/layering.rs` enforces it.

pub mod accounts;
pub mod admin;
pub mod bot;
pub mod bus;
pub mod channels;
pub mod cli;
pub mod clock;
pub mod config;
pub mod connections;
pub mod conversations;
pub mod demo;
pub mod endings;
pub mod fetch;
pub mod file_store;
pub mod gateway;
pub mod http;
pub mod http_client;
pub mod indexer;
pub mod live;
pub mod llm;
pub mod log;
pub mod media;
pub mod outbox;
pub mod presence;
pub mod private_files;
pub mod proxies;
pub mod reports;
pub mod router;
pub mod run;
pub mod seal;
pub mod secret;
pub mod serve;
pub mod services;
pub mod settings;
pub mod simulator;
pub mod store;
pub mod templates;
pub mod webhook;
pub mod workers;

pub use run::run;
