//! Sound from the microphone. The page holds a handle of each recording; what is recorded becomes a picked file.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AnalyserNode, AudioContext, Blob, BlobEvent, BlobPropertyBag, MediaRecorder, MediaRecorderOptions, MediaStream,
    MediaStreamConstraints, MediaStreamTrack, RecordingState, Url,
};

use super::{
    super::{PickedFile, RecordingRefusal},
    files, window,
};

/// What is recorded, the first that the browser knows. All of it is Opus: another codec would be accepted and never
/// delivered.
const TYPES: [&str; 2] = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus"];

/// How often a piece of the recording arrives, in milliseconds.
const PIECE_MS: i32 = 250;

/// How many samples the level is the loudest of.
const SAMPLES: u32 = 1_024;

struct Recording {
    recorder: MediaRecorder,
    stream: MediaStream,
    mime: &'static str,
    pieces: Array,
    bytes: Rc<Cell<u64>>,
    /// What hears the level, if the browser lets it.
    meter: Option<(AudioContext, AnalyserNode)>,
    _heard: Closure<dyn FnMut(BlobEvent)>,
}

impl Recording {
    /// Gives the microphone back: the browser shows that it is in use.
    fn release(&self) {
        release(&self.stream);
        if let Some((context, _)) = &self.meter {
            let _already = context.close();
        }
    }
}

thread_local! {
    static RECORDINGS: RefCell<HashMap<u32, Recording>> = RefCell::default();
    static NEXT: Cell<u32> = const { Cell::new(1) };
}

/// Asks for the microphone and begins to record.
pub async fn start_recording(bits_per_second: u32) -> Result<u32, RecordingRefusal> {
    let devices = window().navigator().media_devices().map_err(|_| RecordingRefusal::Unsupported)?;
    // A page that was not loaded over HTTPS has none.
    if devices.is_undefined() {
        return Err(RecordingRefusal::Insecure);
    }
    let mime = known_type().ok_or(RecordingRefusal::Unsupported)?;
    let wishes = Object::new();
    for wish in ["echoCancellation", "noiseSuppression", "autoGainControl"] {
        let _never_throws = Reflect::set(&wishes, &wish.into(), &true.into());
    }
    let _never_throws = Reflect::set(&wishes, &"channelCount".into(), &JsValue::from_f64(1.0));
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&wishes);
    let asked = devices.get_user_media_with_constraints(&constraints).map_err(|error| refusal(&error))?;
    let stream = JsFuture::from(asked).await.map_err(|error| refusal(&error))?;
    let stream = stream.dyn_into::<MediaStream>().map_err(|_| RecordingRefusal::Failed)?;
    begin(&stream, mime, bits_per_second).map_err(|_| {
        release(&stream);
        RecordingRefusal::Failed
    })
}

fn known_type() -> Option<&'static str> {
    let recorder = Reflect::get(&window(), &"MediaRecorder".into()).ok()?;
    if recorder.is_undefined() {
        return None;
    }
    TYPES.into_iter().find(|mime| MediaRecorder::is_type_supported(mime))
}

fn refusal(error: &JsValue) -> RecordingRefusal {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" | "SecurityError" => RecordingRefusal::Denied,
        "NotFoundError" | "OverconstrainedError" => RecordingRefusal::NoMicrophone,
        "NotReadableError" | "AbortError" => RecordingRefusal::Busy,
        _ => RecordingRefusal::Failed,
    }
}

fn begin(stream: &MediaStream, mime: &'static str, bits_per_second: u32) -> Result<u32, JsValue> {
    let options = MediaRecorderOptions::new();
    options.set_mime_type(mime);
    options.set_audio_bits_per_second(bits_per_second);
    let recorder = MediaRecorder::new_with_media_stream_and_media_recorder_options(stream, &options)?;
    let (pieces, bytes) = (Array::new(), Rc::new(Cell::new(0)));
    let (kept, counted) = (pieces.clone(), bytes.clone());
    let heard = Closure::<dyn FnMut(BlobEvent)>::new(move |event: BlobEvent| {
        if let Some(piece) = event.data() {
            counted.set(counted.get() + files::whole(piece.size()));
            let piece: JsValue = piece.into();
            kept.push(&piece);
        }
    });
    recorder.set_ondataavailable(Some(heard.as_ref().unchecked_ref()));
    recorder.start_with_time_slice(PIECE_MS)?;
    let meter = meter(stream).ok();
    let handle = NEXT.get();
    NEXT.set(handle.wrapping_add(1));
    let recording = Recording { recorder, stream: stream.clone(), mime, pieces, bytes, meter, _heard: heard };
    RECORDINGS.with_borrow_mut(|all| all.insert(handle, recording));
    Ok(handle)
}

fn meter(stream: &MediaStream) -> Result<(AudioContext, AnalyserNode), JsValue> {
    let context = AudioContext::new()?;
    let analyser = context.create_analyser()?;
    analyser.set_fft_size(SAMPLES);
    context.create_media_stream_source(stream)?.connect_with_audio_node(&analyser)?;
    Ok((context, analyser))
}

fn release(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
            track.stop();
        }
    }
}

fn recorder(handle: u32) -> Option<MediaRecorder> {
    RECORDINGS.with_borrow(|all| all.get(&handle).map(|recording| recording.recorder.clone()))
}

/// Whether the recording goes on, or pauses. It also ends when the microphone is unplugged or taken away.
pub fn is_recording(handle: u32) -> bool {
    recorder(handle).is_some_and(|recorder| recorder.state() != RecordingState::Inactive)
}

/// Stops recording for a while. The microphone is kept.
pub fn pause_recording(handle: u32) {
    if let Some(recorder) = recorder(handle) {
        let _ended = recorder.pause();
    }
}

/// Goes on after a pause.
pub fn resume_recording(handle: u32) {
    if let Some(recorder) = recorder(handle) {
        let _ended = recorder.resume();
    }
}

/// How loud it is now, from 0 to 1.
pub fn recording_level(handle: u32) -> f64 {
    RECORDINGS.with_borrow(|all| {
        let Some((_, analyser)) = all.get(&handle).and_then(|recording| recording.meter.as_ref()) else { return 0.0 };
        let mut samples = [128_u8; SAMPLES as usize];
        analyser.get_byte_time_domain_data(&mut samples);
        // Silence is in the middle.
        let loudest = samples.iter().map(|sample| sample.abs_diff(128)).max().unwrap_or_default();
        f64::from(loudest) / 128.0
    })
}

/// How many bytes were recorded so far.
pub fn recorded_bytes(handle: u32) -> u64 {
    RECORDINGS.with_borrow(|all| all.get(&handle).map(|recording| recording.bytes.get()).unwrap_or_default())
}

/// Ends a recording, gives the microphone back, and returns the sound as a file with this name.
pub async fn stop_recording(handle: u32, name: &str) -> Option<PickedFile> {
    let recorder = recorder(handle)?;
    if recorder.state() != RecordingState::Inactive {
        // The last piece comes before that event.
        let ended = Promise::new(&mut |done, _failed| {
            recorder.set_onstop(Some(&done));
            if recorder.stop().is_err() {
                let _never_throws = done.call1(&JsValue::NULL, &JsValue::NULL);
            }
        });
        let _never_fails = JsFuture::from(ended).await;
    }
    let recording = RECORDINGS.with_borrow_mut(|all| all.remove(&handle))?;
    recording.release();
    let options = BlobPropertyBag::new();
    options.set_type(recording.mime);
    let sound = Blob::new_with_blob_sequence_and_options(&recording.pieces, &options).ok()?;
    Some(files::keep(sound, name.to_owned()))
}

/// Ends a recording that nobody wants, and gives the microphone back.
pub fn discard_recording(handle: u32) {
    if let Some(recording) = RECORDINGS.with_borrow_mut(|all| all.remove(&handle)) {
        recording.recorder.set_ondataavailable(None);
        let _ended = recording.recorder.stop();
        recording.release();
    }
}

/// An address of a picked file for a player in this page. It is to be given back with [`forget_address`].
pub fn address_of_file(handle: u32) -> Option<String> {
    Url::create_object_url_with_blob(&files::picked(handle)?).ok()
}

pub fn forget_address(url: &str) {
    let _unknown = Url::revoke_object_url(url);
}
