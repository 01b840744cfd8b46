//! What a flow keeps to: WhatsApp's limits ([`crate::domain::message::limits`]) and Handoff's own.
//!
//! To change a limit of Handoff's, change it here: the step cuts to it, the check counts with it.

pub use crate::domain::message::limits::{
    BODY, BUTTON_PAYLOAD, BUTTON_TITLE, BUTTONS, CAPTION, LINK_LABEL, LIST_OPEN, ROW_DESCRIPTION, ROW_PAYLOAD,
    ROW_TITLE, ROWS, TEXT,
};
use crate::domain::time::Span;

/// A variable's value, in characters; longer ones are cut.
pub const VALUE: usize = 4_096;
/// A variable's name, in characters.
pub const NAME: usize = 40;
/// A handoff's reason and note, in characters.
pub const REASON: usize = 200;
pub const NOTE: usize = 2_000;
/// A pattern, in characters, and what it may grow to when compiled, in bytes.
pub const PATTERN: usize = 500;
pub const PATTERN_COMPILED: usize = 1 << 20;
/// Branches within branches: what stands deeper could be written as JSON, and not be read back.
pub const DEPTH: usize = 19;
/// The longest patience of a question: what comes after it is still said within the 24 hours.
pub const PATIENCE: Span = Span::hours(23);
/// Steps of one call of [`super::step::step`].
pub const STEPS: usize = 100;
/// The longest patience of an HTTP request, and what one without a time of its own gets.
pub const TIME_OUT: Span = Span::seconds(5);
/// What opens the list of a question whose options do not fit on buttons.
pub const CHOICE_OPEN: &str = "Options";
