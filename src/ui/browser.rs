//! The only access to browser APIs: storage, focus, scrolling, sound, notifications, the event stream.
//!
//! `browser/page.rs` is compiled into the page. `browser/nothing.rs` has the same functions for the server, where they
//! do nothing, so that both builds compile the same components. A new function is added to both files. State and
//! decisions belong to the components.

#[cfg_attr(feature = "hydrate", path = "browser/page.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "browser/nothing.rs")]
mod side;

pub use side::*;

/// An event of the stream.
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

/// The browser's permission for desktop notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Not asked yet.
    Open,
    Granted,
    Denied,
    /// This browser has none, or this is the server.
    Unsupported,
}
