//! What becomes of messages of ours, and of what is said about a message later.
//!
//! `sending.rs` says whether a row of the outbox may go out, `settle_send.rs` writes what a call led to, `statuses.rs` what
//! Meta's statuses tell, `updates.rs` reactions, edits and deletions of any message. Never here: calls to Meta (`outbox`,
//! `gateway`). To add an outcome of a call: a variant of [`sending::SendOutcome`], its arm in `settle_send.rs`.

pub mod sending;
mod settle_send;
mod statuses;
pub(in crate::server::conversations) mod updates;
