//! The limits of a flow: WhatsApp's ([`crate::message::limits`]) and Handoff's own.
//!
//! Steps cut their texts to these limits and the check reports what exceeds them.

pub use crate::message::limits::{
    BODY, BUTTON_PAYLOAD, BUTTON_TITLE, BUTTONS, CAPTION, LINK_LABEL, LIST_OPEN, ROW_DESCRIPTION, ROW_PAYLOAD,
    ROW_TITLE, ROWS, TEXT,
};
use crate::time::Span;

/// The longest value of a variable, in characters; longer ones are cut.
pub const VALUE: usize = 4_096;
/// The longest name of a variable, in characters.
pub const NAME: usize = 40;
/// The longest reason and note of a handoff, in characters.
pub const REASON: usize = 200;
pub const NOTE: usize = 2_000;
/// The longest pattern in characters, and its largest compiled size in bytes.
pub const PATTERN: usize = 500;
pub const PATTERN_COMPILED: usize = 1 << 20;
/// The most patterns of a flow.
pub const PATTERNS: usize = 50;
/// The longest answer that is compared with a pattern, in characters: a large pattern takes long for each.
pub const PATTERN_ANSWER: usize = 1_000;
/// The most fields that an HTTP request keeps.
pub const KEEPS: usize = 50;
/// The most triggers of a flow, and the most of a version from before this limit that are heeded. The phrases of all flows
/// are searched in every message.
pub const STARTS: usize = 20;
pub const OLD_STARTS: usize = 100;
/// The deepest nesting of branches. A deeper flow could be written as JSON but not be parsed again.
pub const DEPTH: usize = 19;
/// The longest wait limit of a question, so that the next message is still within the 24-hour window.
pub const PATIENCE: Span = Span::hours(23);
/// How long questions may stay open, at least and at most.
pub const SHORTEST_EXPIRY: Span = Span::minutes(1);
pub const LONGEST_EXPIRY: Span = Span::hours(30 * 24);
/// The most steps in one call of [`super::step::step`].
pub const STEPS: usize = 100;
/// The longest timeout of an HTTP request, and the default.
pub const TIME_OUT: Span = Span::seconds(5);
/// The label of the button that opens the list of a question whose options do not fit on buttons.
pub const CHOICE_OPEN: &str = "Options";
