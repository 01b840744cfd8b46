//! The road in: raw bytes, signature, durable journal, 200; then journal, reading, conversations.
//!
//! `receive.rs` answers Meta, `journal.rs` puts what it sent on disk, `project.rs` carries it into the conversations, `read*.rs`
//! turn bytes into domain values. No decision about a conversation is made here, and Meta's shapes end here. To read
//! one more kind of news: see `read.rs`.

pub mod journal;
mod outage;
pub mod project;
mod project_plan;
#[cfg(test)]
mod project_tests;
pub mod read;
mod read_content;
#[cfg(test)]
mod read_field_tests;
mod read_fields;
mod read_items;
mod read_json;
mod read_people;
#[cfg(test)]
mod read_samples;
#[cfg(test)]
mod read_tests;
pub mod receive;
#[cfg(test)]
mod receive_tests;
#[cfg(test)]
mod stage;

pub use journal::{Journal, JournalWriter};
pub use project::Projector;
pub use receive::Webhook;
