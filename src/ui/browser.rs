//! The only access to browser APIs: storage, focus, scrolling, sound, notifications, the event stream.
//!
//! `browser/page.rs` is compiled into the page. `browser/nothing.rs` has the same functions for the server, where they
//! do nothing, so that both builds compile the same components. A new function is added to both files. State and
//! decisions belong to the components.

#[cfg_attr(feature = "hydrate", path = "browser/page.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "browser/nothing.rs")]
mod side;

use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    prelude::{StoredValue, TimeoutHandle, UpdateValue},
};

pub use side::*;

/// Whether a click on a link opens another tab or window, or saves: the browser's meanings of the modifiers.
pub fn opens_elsewhere(event: &MouseEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()
}

/// Whether a key is pressed with any modifier, so that it has another meaning than the key alone.
pub fn has_modifier(event: &KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()
}

/// Stops a timer, if one runs. The component that started it may be gone.
pub fn clear_timer(timer: StoredValue<Option<TimeoutHandle>>) {
    if let Some(Some(running)) = timer.try_update_value(Option::take) {
        running.clear();
    }
}

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

/// A file that the person picked, pasted or dropped. The browser's side has its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickedFile {
    pub handle: u32,
    pub name: String,
    /// In bytes.
    pub size: u64,
}

/// Why nothing is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingRefusal {
    /// By the person, or by their browser's settings.
    Denied,
    NoMicrophone,
    /// Another program has it.
    Busy,
    /// The page was not loaded over HTTPS.
    Insecure,
    /// The browser records nothing that WhatsApp plays.
    Unsupported,
    Failed,
}

/// How loud a sound is.
#[derive(Clone, Debug, PartialEq)]
pub struct Loudness {
    /// The greatest deviation from silence in each part, from 0 to 1.
    pub parts: Vec<f32>,
    pub seconds: f64,
}

/// What an upload says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadEvent {
    Progress {
        sent: u64,
        of: u64,
    },
    /// The server answered.
    Answered {
        status: u16,
        body: String,
    },
    /// The connection was lost, or the upload was ended here.
    Lost,
}

/// A control, by its place in the element that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlPlace {
    /// The id of the element that holds it.
    pub host: String,
    /// From there, how many elements stand before it, and before each of the elements around it.
    pub path: Vec<u32>,
    /// What it is called, so that no other control is taken for it.
    pub label: String,
}

/// A group of a list, or a row or heading in one, and where it is, in CSS pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPart {
    /// The element's id.
    pub id: String,
    /// The id of its group; empty for a group.
    pub group: String,
    /// From the beginning of what scrolls.
    pub top: i32,
    pub height: i32,
}

/// What a box shows of the list that scrolls in it, in CSS pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What is hidden above.
    pub top: i32,
    pub height: i32,
    /// In order, each group before what is in it. Also those within one height above and below.
    pub parts: Vec<ListPart>,
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
