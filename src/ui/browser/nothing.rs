//! The server's side of `browser`: every function does nothing.

use leptos::{
    ev::{ClipboardEvent, DragEvent, MouseEvent},
    web_sys::{Element, HtmlMediaElement},
};

use super::{
    ControlPlace, ListPart, Loudness, Motion, Permission, PickedFile, RecordingRefusal, Seen, StreamEvent, UploadEvent,
};
use crate::domain::time::{Span, Timestamp};

pub fn now() -> Option<Timestamp> {
    None
}

pub fn monotonic() -> Option<Span> {
    None
}

pub fn offset_at(_at: Timestamp) -> Option<i32> {
    None
}

pub fn zone() -> Option<String> {
    None
}

pub fn random_id() -> String {
    String::new()
}

pub fn local_get(_key: &str) -> Option<String> {
    None
}

pub fn local_set(_key: &str, _value: &str) {}

pub fn local_remove(_key: &str) {}

pub fn local_keys() -> Vec<String> {
    Vec::new()
}

pub fn session_get(_key: &str) -> Option<String> {
    None
}

pub fn session_set(_key: &str, _value: &str) {}

pub fn decomposed(text: &str) -> String {
    text.to_owned()
}

pub fn cookie(_name: &str) -> Option<String> {
    None
}

pub fn set_cookie(_name: &str, _value: &str) {}

pub fn set_theme(_word: Option<&str>) {}

pub fn set_document_property(_name: &str, _value: Option<&str>) {}

pub fn width_of(_id: &str) -> Option<i32> {
    None
}

pub fn hidden() -> bool {
    false
}

pub fn has_focus_here() -> bool {
    false
}

pub fn platform() -> String {
    String::new()
}

pub fn has_open_dialog() -> bool {
    false
}

pub fn typing() -> bool {
    false
}

pub fn on_pressable() -> bool {
    false
}

pub fn is_free_for_letters(_id: &str) -> bool {
    false
}

pub fn focus_is_within(_id: &str) -> bool {
    false
}

pub fn has_focus(_element: &Element) -> bool {
    false
}

pub fn nothing_has_focus() -> bool {
    false
}

pub fn id_of(_selector: &str) -> Option<String> {
    None
}

pub fn is_shown(_id: &str) -> bool {
    false
}

pub fn has_coarse_pointer() -> bool {
    false
}

pub fn focus(_id: &str) {}

pub fn focus_at_end(_id: &str) {}

pub fn focus_if_lost(_id: &str) {}

pub fn focus_first(_id: &str) {}

pub fn focused() -> Option<String> {
    None
}

pub fn on_tree_item() -> bool {
    false
}

pub async fn read_file(_id: &str) -> Option<String> {
    None
}

pub fn open_dialog(_id: &str) {}

pub fn close_dialog(_id: &str) {}

pub fn close_panel() -> bool {
    false
}

pub async fn copy(_words: &str) -> bool {
    false
}

pub fn scroll_to(_id: &str, _motion: Motion) {}

pub fn scroll_to_end(_id: &str, _motion: Motion) {}

pub fn from_end(_id: &str) -> Option<i32> {
    None
}

pub fn set_from_end(_id: &str, _distance: i32) {}

pub fn scroll_by(_id: &str, _pixels: i32) -> i32 {
    0
}

pub fn seen_of_list(_id: &str) -> Option<Seen> {
    None
}

pub fn list_part(_list: &str, _id: &str) -> Option<ListPart> {
    None
}

pub fn slide(_parts: &[(String, i32)]) {}

pub fn permission() -> Permission {
    Permission::Unsupported
}

pub async fn ask_notifications() -> Permission {
    Permission::Unsupported
}

/// A desktop notification. There is none on the server.
pub struct Notice;

pub fn notify(_title: &str, _body: &str, _tag: &str, _on_click: impl FnOnce() + 'static) -> Option<Notice> {
    None
}

pub fn play_chime() -> bool {
    false
}

pub fn play_soft_chime() -> bool {
    false
}

pub fn set_icon(_address: &str) {}

pub fn add_styles(_address: &str) {}

pub fn set_title(_words: &str) {}

pub fn load_pages_while(_is_hydrating: impl Fn() -> bool + Clone + 'static) {}

pub fn reload() {}

/// An open event stream. There is none on the server.
pub struct Stream;

impl Stream {
    pub fn open(_url: &str, _on_event: impl FnMut(StreamEvent) + 'static) -> Option<Self> {
        None
    }
}

/// Keeps a `Suspend` pending until its boundary has finished its dry resolves.
///
/// Before it renders, a suspense boundary polls its children to find the resources that they read (`dry_resolve`). A
/// page that is ready at such a poll is built twice: for the poll, and again for the HTML, with other resources. Leptos
/// has no event for the end of these polls, so a fixed number is skipped, which is more than a boundary makes.
pub async fn after_dry_resolves() {
    let mut remaining = 8;
    std::future::poll_fn(|context| {
        if remaining == 0 {
            return std::task::Poll::Ready(());
        }
        remaining -= 1;
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

pub fn place_of_press(_event: &MouseEvent, _host: &str) -> Option<ControlPlace> {
    None
}

pub fn place_of_focus() -> Option<ControlPlace> {
    None
}

pub fn focus_control(_place: &ControlPlace) {}

pub fn press_control(_place: &ControlPlace) {}

pub fn mark_hits(_items: &[(String, Vec<String>)]) {}

pub fn choose_files(_id: &str) {}

pub fn chosen_files(_id: &str) -> Vec<PickedFile> {
    Vec::new()
}

pub fn drags_files(_event: &DragEvent) -> bool {
    false
}

pub fn dropped_files(_event: &DragEvent) -> Vec<PickedFile> {
    Vec::new()
}

pub fn pasted_files(_event: &ClipboardEvent) -> Vec<PickedFile> {
    Vec::new()
}

pub async fn file_part(_handle: u32, _from: u64, _to: u64) -> Option<Vec<u8>> {
    None
}

pub async fn redrawn_picture(_file: &PickedFile, _longest: u32, _quality: f64) -> Option<PickedFile> {
    None
}

pub fn upload_file(_handle: u32, _url: &str, _on_event: impl FnMut(UploadEvent) + 'static) {}

pub fn forget_file(_handle: u32) {}

pub fn remove_at(_url: &str) {}

pub async fn start_recording(_bits_per_second: u32) -> Result<u32, RecordingRefusal> {
    Err(RecordingRefusal::Unsupported)
}

pub async fn stop_recording(_handle: u32, _name: &str) -> Option<PickedFile> {
    None
}

pub fn is_recording(_handle: u32) -> bool {
    false
}

pub fn pause_recording(_handle: u32) {}

pub fn resume_recording(_handle: u32) {}

pub fn discard_recording(_handle: u32) {}

pub fn recording_level(_handle: u32) -> f64 {
    0.0
}

pub fn recorded_bytes(_handle: u32) -> u64 {
    0
}

pub fn address_of_file(_handle: u32) -> Option<String> {
    None
}

pub fn forget_address(_url: &str) {}

pub async fn loudness_of(_url: &str, _parts: usize) -> Option<Loudness> {
    None
}

pub fn play_or_pause(_player: &HtmlMediaElement) {}

pub struct Sight;

impl Sight {
    pub fn of(_element: &Element, _on_seen: impl FnOnce() + 'static) -> Option<Self> {
        None
    }
}
