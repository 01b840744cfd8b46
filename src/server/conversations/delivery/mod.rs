//! Outcomes of our messages, and later updates of any message.
//!
//! `sending.rs` and `send_decision.rs` decide whether an outbox row may be sent, `settle_send.rs` records the outcome of
//! a call, `statuses.rs` applies Meta's statuses, `updates.rs` applies reactions, edits and deletions, and `answers.rs`
//! ends or resumes the wait of the customer. Calls to Meta do not belong here (see `outbox` and `gateway`). To add an
//! outcome of a call: a variant of [`sending::SendOutcome`] and its arm in `settle_send.rs`.
//!
//! Rows and messages are changed while their conversation is locked, which is locked first.

mod answers;
mod send_decision;
pub mod sending;
mod settle_send;
mod statuses;
pub(in crate::server::conversations) mod updates;

pub(in crate::server::conversations) use statuses::is_of_our_message;
