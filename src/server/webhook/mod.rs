//! Inbound webhooks: signature, durable journal, 200; then journal, parsing, conversations.
//!
//! `receive.rs` answers Meta, `body.rs` bounds the memory of bodies that arrive, `admission.rs` the bodies that wait,
//! `journal.rs` writes them to disk, `project.rs` passes them on to the conversations, and `read*.rs` parse bytes into
//! domain values. Meta's webhook shapes are not used outside this module, and it makes no decision about a conversation.
//! To read one more field, see `read.rs`.

pub mod admission;
pub mod body;
#[cfg(test)]
mod fixture;
pub mod journal;
mod outage;
pub mod project;
mod project_backlog;
mod project_load;
mod project_plan;
#[cfg(test)]
mod project_tests;
pub mod read;
mod read_account;
mod read_content;
#[cfg(test)]
mod read_field_tests;
mod read_fields;
mod read_items;
mod read_json;
mod read_limits;
mod read_people;
#[cfg(test)]
mod read_samples;
mod read_template;
#[cfg(test)]
mod read_tests;
pub mod receive;
#[cfg(test)]
mod receive_tests;
mod vcard;

pub use journal::{Journal, JournalWriter};
pub use project::Projector;
pub use receive::Webhook;
