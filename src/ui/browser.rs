//! The one door to the browser. Components ask here for storage, sound, scrolling, notifications; the server's side of
//! every function does nothing and says so with its return value, so that both builds compile the same components.
//!
//! What never lives here: state, and anything that a component decides. To add a function: write it in `browser/page.rs`
//! and its silent twin, with the same signature, in `browser/nothing.rs`.

#[cfg_attr(feature = "hydrate", path = "browser/page.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "browser/nothing.rs")]
mod side;

pub use side::*;

/// What an event stream tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamEvent {
    /// The server accepted it.
    Opened,
    /// The data of one event named `frame`.
    Frame(String),
    /// Refused, broken or ended by the server. It stays closed: open another one.
    Ended,
}

/// How a scroll moves. Smooth becomes instant when the person asked for less motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    Instant,
    Smooth,
}

/// What the person said about desktop notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Not asked yet.
    Open,
    Granted,
    Denied,
    /// This browser has none, or this is the server.
    Unsupported,
}
