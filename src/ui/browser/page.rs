//! The page's side of `browser`. What a browser refuses (storage full, sound forbidden, no permission) is ignored: none
//! of it is worth an error on the screen.

use js_sys::{Array, Date, Intl, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, EventSource, HtmlDialogElement, HtmlDocument, HtmlElement, HtmlInputElement, MessageEvent, Notification,
    NotificationOptions, NotificationPermission, Storage, VisibilityState, Window,
};

mod control_place;
mod files;
mod first_links;
mod highlight;
mod keyboard_focus;
mod loudness;
mod recording;
mod scrolling;
mod sound;

pub use self::{
    control_place::{focus_control, place_of_focus, place_of_press, press_control},
    files::{
        choose_files, chosen_files, drags_files, dropped_files, file_part, forget_file, pasted_files, redrawn_picture,
        remove_at, upload_file,
    },
    first_links::load_pages_while,
    highlight::mark_hits,
    keyboard_focus::{
        focus, focus_at_end, focus_first, focus_if_lost, focus_is_within, focused, has_focus, has_open_dialog, id_of,
        is_free_for_letters, is_shown, nothing_has_focus, on_pressable, on_tree_item, typing,
    },
    loudness::{Sight, loudness_of, play_or_pause},
    recording::{
        address_of_file, discard_recording, forget_address, is_recording, pause_recording, recorded_bytes,
        recording_level, resume_recording, start_recording, stop_recording,
    },
    scrolling::{from_end, list_part, scroll_by, scroll_to, scroll_to_end, seen_of_list, set_from_end, slide},
    sound::{play_chime, play_soft_chime},
};
use super::{Permission, StreamEvent};
use crate::domain::time::{Span, Timestamp};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn fill_randomly(bytes: &mut [u8]) -> Result<JsValue, JsValue>;

    // `catch`: the function does not exist on pages that were not loaded over HTTPS.
    #[wasm_bindgen(js_namespace = ["navigator", "clipboard"], js_name = writeText, catch)]
    async fn write_clipboard(words: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = matchMedia)]
    fn match_media(query: &str) -> JsValue;
}

fn window() -> Window {
    leptos::prelude::window()
}

fn document() -> Option<HtmlDocument> {
    window().document()?.dyn_into().ok()
}

fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn date(at: Timestamp) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds fit a double for 285,000 years")]
    Date::new(&JsValue::from_f64(at.0 as f64))
}

/// The clock of the person's computer, which may be wrong by any amount. What is shown or compared with a time of the
/// server follows `AppState::now`.
pub fn now() -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
    Some(Timestamp(Date::now() as i64))
}

/// The time since the page was opened, by a clock that nobody can set.
pub fn monotonic() -> Option<Span> {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
    Some(Span(performance_now() as i64))
}

/// Minutes that the person's zone was ahead of UTC at that time.
pub fn offset_at(at: Timestamp) -> Option<i32> {
    let behind = date(at).get_timezone_offset();
    #[expect(clippy::cast_possible_truncation, reason = "zones are at most 14 hours from UTC")]
    behind.is_finite().then_some(-behind as i32)
}

/// The zone's name, `Europe/Lisbon`.
pub fn zone() -> Option<String> {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

/// 128 random bits as hexadecimal digits. Not `crypto.randomUUID`, which plain HTTP pages do not have.
pub fn random_id() -> String {
    let mut bytes = [0; 16];
    if fill_randomly(&mut bytes).is_err() {
        return String::new();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn local_get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

pub fn local_set(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _full_or_forbidden = storage.set_item(key, value);
    }
}

pub fn local_remove(key: &str) {
    if let Some(storage) = storage() {
        let _forbidden = storage.remove_item(key);
    }
}

/// The keys of everything that is stored.
pub fn local_keys() -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or_default();
    (0..count).filter_map(|nth| storage.key(nth).ok().flatten()).collect()
}

/// What this tab has stored, until it is closed.
pub fn session_get(key: &str) -> Option<String> {
    session()?.get_item(key).ok().flatten()
}

pub fn session_set(key: &str, value: &str) {
    if let Some(storage) = session() {
        let _full_or_forbidden = storage.set_item(key, value);
    }
}

/// The text with its characters decomposed (NFKD), for `domain::text::folded_decomposed`.
pub fn decomposed(text: &str) -> String {
    JsString::from(text).normalize("NFKD").into()
}

/// A cookie that the page may read. The session's is not among them.
pub fn cookie(name: &str) -> Option<String> {
    let all = document()?.cookie().ok()?;
    all.split("; ").find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

/// Keeps a preference for a year. `value` must be free of `;` and spaces.
pub fn set_cookie(name: &str, value: &str) {
    if let Some(document) = document() {
        let _refused = document.set_cookie(&format!("{name}={value}; path=/; max-age=31536000; samesite=lax"));
    }
}

/// Sets `data-theme` on the document, or takes it away to follow the system.
pub fn set_theme(word: Option<&str>) {
    let Some(root) = document().and_then(|document| document.document_element()) else { return };
    let _refused = match word {
        Some(word) => root.set_attribute("data-theme", word),
        None => root.remove_attribute("data-theme"),
    };
}

/// Sets a CSS property of the document, or takes it away. The policy forbids `style` in HTML, not this.
pub fn set_document_property(name: &str, value: Option<&str>) {
    let root = document().and_then(|document| document.document_element());
    let Some(root) = root.and_then(|root| root.dyn_into::<HtmlElement>().ok()) else { return };
    let style = root.style();
    match value {
        Some(value) => {
            let _refused = style.set_property(name, value);
        }
        None => {
            let _refused = style.remove_property(name);
        }
    }
}

/// The width of the element with this id in CSS pixels. `None` if it is not shown.
pub fn width_of(id: &str) -> Option<i32> {
    let width = element(id)?.dyn_into::<HtmlElement>().ok()?.offset_width();
    (width > 0).then_some(width)
}

/// Whether the person cannot see the page now.
pub fn hidden() -> bool {
    document().is_some_and(|document| document.visibility_state() == VisibilityState::Hidden)
}

/// Whether this window has the focus. A window that is visible beside another one is not hidden, but has no focus.
pub fn has_focus_here() -> bool {
    !hidden() && document().is_some_and(|document| document.has_focus().unwrap_or(true))
}

/// The system's name as the browser tells it: `MacIntel`, `Win32`, `Linux x86_64`.
pub fn platform() -> String {
    window().navigator().platform().unwrap_or_default()
}

/// Whether the person points with a finger, and so types on a touch keyboard.
pub fn has_coarse_pointer() -> bool {
    let query = window().match_media("(pointer: coarse)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

/// The text of the file that was chosen in the field with this id. Empties the field: browsers don't report a file that is
/// chosen twice, as one that was corrected after a refusal is.
pub async fn read_file(id: &str) -> Option<String> {
    let field = element(id)?.dyn_into::<HtmlInputElement>().ok()?;
    let file = field.files()?.get(0)?;
    field.set_value("");
    JsFuture::from(file.text()).await.ok()?.as_string()
}

/// Shows the `<dialog>` with this id over everything, with the focus inside it.
pub fn open_dialog(id: &str) {
    if let Some(dialog) = element(id).and_then(|element| element.dyn_into::<HtmlDialogElement>().ok())
        && !dialog.open()
    {
        let _refused = dialog.show_modal();
    }
}

pub fn close_dialog(id: &str) {
    if let Some(dialog) = element(id).and_then(|element| element.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
}

/// Closes a panel that was opened by the address's fragment, such as the dossier on a narrow screen. Returns whether
/// one was open.
pub fn close_panel() -> bool {
    let location = window().location();
    let is_open = location.hash().is_ok_and(|hash| hash == "#dossier");
    if is_open {
        let _refused = location.set_hash("");
    }
    is_open
}

/// Copies `words` to the clipboard. Returns whether it succeeded.
pub async fn copy(words: &str) -> bool {
    write_clipboard(words).await.is_ok()
}

fn notifications_exist() -> bool {
    Reflect::has(&window(), &"Notification".into()).unwrap_or(false)
}

fn meaning(permission: NotificationPermission) -> Permission {
    match permission {
        NotificationPermission::Granted => Permission::Granted,
        NotificationPermission::Denied => Permission::Denied,
        _ => Permission::Open,
    }
}

pub fn permission() -> Permission {
    if notifications_exist() { meaning(Notification::permission()) } else { Permission::Unsupported }
}

/// Asks the person, once. Browsers only allow it while a press of a button is handled.
pub async fn ask_notifications() -> Permission {
    if !notifications_exist() {
        return Permission::Unsupported;
    }
    if let Ok(answer) = Notification::request_permission() {
        let _said = JsFuture::from(answer).await;
    }
    meaning(Notification::permission())
}

/// A desktop notification. Dropping it takes it off the screen.
pub struct Notice(Notification);

impl Drop for Notice {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Shows a desktop notification. A later one with the same `tag` replaces it, also one of another tab.
pub fn notify(title: &str, body: &str, tag: &str, on_click: impl FnOnce() + 'static) -> Option<Notice> {
    let options = NotificationOptions::new();
    options.set_body(body);
    options.set_tag(tag);
    options.set_icon("/favicon.svg");
    // Browsers on phones allow notifications from a service worker only, and throw here.
    let shown = Notification::new_with_options(title, &options).ok()?;
    let opened = shown.clone();
    let clicked = Closure::once_into_js(move || {
        let _refused = window().focus();
        opened.close();
        on_click();
    });
    shown.set_onclick(clicked.dyn_ref());
    Some(Notice(shown))
}

/// Sets the tab's icon.
pub fn set_icon(address: &str) {
    let link = document().and_then(|document| document.query_selector("link[rel=icon]").ok().flatten());
    if let Some(link) = link {
        let _refused = link.set_attribute("href", address);
    }
}

/// Adds a stylesheet to the document, unless it is there.
pub fn add_styles(address: &str) {
    let Some(document) = document() else { return };
    let find = |selector: &str| document.query_selector(selector).ok().flatten();
    if find(&format!("link[href='{address}']")).is_some() {
        return;
    }
    if let (Some(head), Ok(link)) = (find("head"), document.create_element("link")) {
        let _refused = link.set_attribute("rel", "stylesheet");
        let _refused = link.set_attribute("href", address);
        let _refused = head.append_child(&link);
    }
}

pub fn set_title(words: &str) {
    if let Some(document) = document() {
        document.set_title(words);
    }
}

pub fn reload() {
    let _refused = window().location().reload();
}

/// An open event stream. Dropping it closes the connection.
///
/// gloo-net's `EventSource` is not used: it hides the errors after which the browser reconnects by itself with the
/// cursor of the first attempt, and a lost network would never be shown. Frames have one event name, because events of
/// several names can overtake each other.
pub struct Stream {
    source: EventSource,
    _opened: Closure<dyn FnMut()>,
    _framed: Closure<dyn FnMut(MessageEvent)>,
    _ended: Closure<dyn FnMut()>,
}

impl Stream {
    /// Opens it. `on_event` is called with `Opened`, with each `Frame`, and last with `Ended`.
    pub fn open(url: &str, on_event: impl FnMut(StreamEvent) + 'static) -> Option<Self> {
        let source = EventSource::new(url).ok()?;
        let on_event = std::rc::Rc::new(std::cell::RefCell::new(on_event));

        let handler = on_event.clone();
        let opened = Closure::<dyn FnMut()>::new(move || (handler.borrow_mut())(StreamEvent::Opened));
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));

        let handler = on_event.clone();
        let framed = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(data) = event.data().as_string() {
                (handler.borrow_mut())(StreamEvent::Frame(data));
            }
        });
        source.add_event_listener_with_callback("frame", framed.as_ref().unchecked_ref()).ok()?;

        let broken = source.clone();
        let ended = Closure::<dyn FnMut()>::new(move || {
            broken.close();
            (on_event.borrow_mut())(StreamEvent::Ended);
        });
        source.set_onerror(Some(ended.as_ref().unchecked_ref()));

        Some(Self { source, _opened: opened, _framed: framed, _ended: ended })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Nothing to wait for: the page hydrates at once.
pub async fn after_dry_resolves() {}
