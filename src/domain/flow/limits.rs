//! What WhatsApp takes at most, in characters and pieces, and what Handoff itself keeps to.
//!
//! Taken from Meta's reference of interactive messages. To change one, change it here: the step cuts to it, the check
//! counts with it.

use crate::domain::time::Span;

/// A text message, and the body of a list.
pub const TEXT: usize = crate::domain::message::TEXT_LIMIT;
/// The body of a message with reply buttons or a link button.
pub const BODY: usize = 1_024;
pub const CAPTION: usize = 1_024;
pub const BUTTONS: usize = 3;
pub const BUTTON_TITLE: usize = 20;
pub const BUTTON_PAYLOAD: usize = 256;
pub const ROWS: usize = 10;
pub const ROW_TITLE: usize = 24;
pub const ROW_DESCRIPTION: usize = 72;
pub const ROW_PAYLOAD: usize = 200;
/// The word on the button that opens a list.
pub const LIST_OPEN: usize = 20;
pub const LINK_LABEL: usize = 20;

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
