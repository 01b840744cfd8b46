//! Files that the person picks, pastes or drops: read in parts, drawn anew, uploaded. The page holds a handle of each.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use js_sys::{Promise, Uint8Array};
use leptos::ev::{ClipboardEvent, DragEvent};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, FileList, HtmlCanvasElement, HtmlInputElement, ImageBitmap, ProgressEvent,
    XmlHttpRequest,
};

use super::{
    super::{PickedFile, UploadEvent},
    document, element,
};

#[wasm_bindgen]
extern "C" {
    // `catch`: the browser does not decode every picture.
    #[wasm_bindgen(js_name = createImageBitmap, catch)]
    async fn create_image_bitmap(picture: &Blob) -> Result<JsValue, JsValue>;
}

thread_local! {
    static FILES: RefCell<HashMap<u32, Blob>> = RefCell::default();
    static UPLOADS: RefCell<HashMap<u32, XmlHttpRequest>> = RefCell::default();
    static NEXT: Cell<u32> = const { Cell::new(1) };
}

pub(super) fn keep(file: Blob, name: String) -> PickedFile {
    let handle = NEXT.get();
    NEXT.set(handle.wrapping_add(1));
    let size = whole(file.size());
    FILES.with_borrow_mut(|files| files.insert(handle, file));
    PickedFile { handle, name, size }
}

pub(super) fn picked(handle: u32) -> Option<Blob> {
    FILES.with_borrow(|files| files.get(&handle).cloned())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes of a file")]
pub(super) fn whole(bytes: f64) -> u64 {
    bytes as u64
}

fn all_of(list: Option<FileList>) -> Vec<PickedFile> {
    let Some(list) = list else { return Vec::new() };
    let files = (0..list.length()).filter_map(|nth| list.get(nth));
    files
        .map(|file| {
            let name = file.name();
            keep(file.into(), name)
        })
        .collect()
}

/// The files that were chosen in the field with this id, which is emptied, so that the same ones can be chosen again.
pub fn chosen_files(id: &str) -> Vec<PickedFile> {
    let Some(input) = element(id).and_then(|element| element.dyn_into::<HtmlInputElement>().ok()) else {
        return Vec::new();
    };
    let files = all_of(input.files());
    input.set_value("");
    files
}

/// Opens the dialog of the file field with this id.
pub fn choose_files(id: &str) {
    if let Some(input) = element(id).and_then(|element| element.dyn_into::<HtmlInputElement>().ok()) {
        input.click();
    }
}

/// The files that are pasted. A table or text that an office program copies has a picture of itself, which is left out.
pub fn pasted_files(event: &ClipboardEvent) -> Vec<PickedFile> {
    let Some(data) = event.clipboard_data() else { return Vec::new() };
    let has = |kind: &str| data.types().iter().any(|known| known.as_string().as_deref() == Some(kind));
    if has("text/plain") && has("text/html") {
        return Vec::new();
    }
    all_of(data.files())
}

/// The files that are dropped.
pub fn dropped_files(event: &DragEvent) -> Vec<PickedFile> {
    all_of(event.data_transfer().and_then(|data| data.files()))
}

/// Whether what is dragged are files.
pub fn drags_files(event: &DragEvent) -> bool {
    let Some(data) = event.data_transfer() else { return false };
    data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files"))
}

/// The bytes of a file from one place to another; `None` if it cannot be read any more.
#[expect(clippy::cast_precision_loss, reason = "files are far smaller than 2^53 bytes")]
pub async fn file_part(handle: u32, from: u64, to: u64) -> Option<Vec<u8>> {
    let part = picked(handle)?.slice_with_f64_and_f64(from as f64, to as f64).ok()?;
    let bytes = JsFuture::from(part.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&bytes).to_vec())
}

/// Draws a picture anew as a JPEG, whose longer side has at most so many pixels. Nothing but its pixels is in the new
/// file. `None` if the browser does not decode the picture. Transparent parts become white.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and below the limit")]
pub async fn redrawn_picture(file: &PickedFile, longest: u32, quality: f64) -> Option<PickedFile> {
    let blob = picked(file.handle)?;
    let picture = create_image_bitmap(&blob).await.ok()?.dyn_into::<ImageBitmap>().ok()?;
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let scale = (f64::from(longest) / width.max(height).max(1.0)).min(1.0);
    let (width, height) = ((width * scale).round().max(1.0), (height * scale).round().max(1.0));
    let canvas = document()?.create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_image_bitmap_and_dw_and_dh(&picture, 0.0, 0.0, width, height).ok()?;
    picture.close();
    let drawn = Promise::new(&mut |done, _failed| {
        if canvas.to_blob_with_type_and_encoder_options(&done, "image/jpeg", &quality.into()).is_err() {
            let _never_throws = done.call1(&JsValue::NULL, &JsValue::NULL);
        }
    });
    let drawn = JsFuture::from(drawn).await.ok()?.dyn_into::<Blob>().ok()?;
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    Some(keep(drawn, format!("{stem}.jpg")))
}

/// Uploads a file. `on_event` is called with the progress, and last with `Answered` or `Lost`.
pub fn upload_file(handle: u32, url: &str, on_event: impl FnMut(UploadEvent) + 'static) {
    let on_event = Rc::new(RefCell::new(on_event));
    let told = on_event.clone();
    if begin_upload(handle, url, on_event).is_err() {
        (told.borrow_mut())(UploadEvent::Lost);
    }
}

fn begin_upload<F: FnMut(UploadEvent) + 'static>(
    handle: u32,
    url: &str,
    on_event: Rc<RefCell<F>>,
) -> Result<(), JsValue> {
    let file = picked(handle).ok_or(JsValue::NULL)?;
    let request = XmlHttpRequest::new()?;
    request.open("POST", url)?;
    let heard = on_event.clone();
    let progressed = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        (heard.borrow_mut())(UploadEvent::Progress { sent: whole(event.loaded()), of: whole(event.total()) });
    });
    request.upload()?.set_onprogress(Some(progressed.as_ref().unchecked_ref()));
    let answered = request.clone();
    // Fired once, whatever the end is.
    let ended = Closure::once_into_js(move || {
        drop(progressed);
        UPLOADS.with_borrow_mut(|uploads| uploads.remove(&handle));
        let status = answered.status().unwrap_or_default();
        let body = answered.response_text().ok().flatten().unwrap_or_default();
        let event = if status == 0 { UploadEvent::Lost } else { UploadEvent::Answered { status, body } };
        (on_event.borrow_mut())(event);
    });
    request.set_onloadend(Some(ended.unchecked_ref()));
    UPLOADS.with_borrow_mut(|uploads| uploads.insert(handle, request.clone()));
    request.send_with_opt_blob(Some(&file))
}

/// Forgets a file, and ends its upload.
pub fn forget_file(handle: u32) {
    FILES.with_borrow_mut(|files| files.remove(&handle));
    let upload = UPLOADS.with_borrow_mut(|uploads| uploads.remove(&handle));
    if let Some(upload) = upload {
        let _ended = upload.abort();
    }
}

/// Asks our server to remove what is at this address.
pub fn remove_at(url: &str) {
    if let Ok(request) = XmlHttpRequest::new()
        && request.open("DELETE", url).is_ok()
    {
        let _lost = request.send();
    }
}
