//! WhatsApp's limits, in characters and items (Meta's reference of messages and interactive messages).
//!
//! Flow steps cut to these limits, the flow check reports violations, and every message is checked before it is sent.

/// A text message, and the body of a list.
pub const TEXT: usize = super::TEXT_LIMIT;
/// The body of every interactive message except a list.
pub const BODY: usize = 1_024;
pub const CAPTION: usize = 1_024;
pub const BUTTONS: usize = 3;
pub const BUTTON_TITLE: usize = 20;
pub const BUTTON_PAYLOAD: usize = 256;
pub const ROWS: usize = 10;
pub const ROW_TITLE: usize = 24;
pub const ROW_DESCRIPTION: usize = 72;
pub const ROW_PAYLOAD: usize = 200;
/// The heading over some rows of a list.
pub const SECTION_TITLE: usize = 24;
/// The label of the button that opens a list.
pub const LIST_OPEN: usize = 20;
pub const LINK_LABEL: usize = 20;
/// The address of a link button: a bound of ours, Meta names none.
pub const LINK: usize = 2_000;
/// The name and the address of a place, and every text of a contact card: a bound of ours, Meta names none.
pub const CARD_TEXT: usize = 256;
