//! The sounds of alerts. Browsers forbid them before the first click or key press.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{AudioContext, OscillatorNode, OscillatorType};

use super::window;

/// A note of a sound.
struct Note {
    /// In hertz.
    pitch: f32,
    /// When it begins, in seconds.
    after: f64,
}

/// Two short notes.
const CHIME: [Note; 2] = [Note { pitch: 659.3, after: 0.0 }, Note { pitch: 880.0, after: 0.16 }];
const VOLUME: f32 = 0.08;
/// One lower note.
const SOFT_CHIME: [Note; 1] = [Note { pitch: 523.3, after: 0.0 }];
const SOFT_VOLUME: f32 = 0.03;

/// Plays the sound of a new call. Returns whether it can be heard: browsers forbid sound before the first click or key
/// press.
pub fn play_chime() -> bool {
    play(&CHIME, VOLUME).unwrap_or(false)
}

/// As [`play_chime`], softer: for what concerns the agent's own conversations.
pub fn play_soft_chime() -> bool {
    play(&SOFT_CHIME, SOFT_VOLUME).unwrap_or(false)
}

/// Whether the page was clicked or a key pressed. `None` in a browser that does not report it.
fn touched() -> Option<bool> {
    let activation = Reflect::get(&window().navigator(), &"userActivation".into()).ok()?;
    Reflect::get(&activation, &"hasBeenActive".into()).ok()?.as_bool()
}

fn play(notes: &[Note], volume: f32) -> Result<bool, JsValue> {
    let context = AudioContext::new()?;
    // A page that may sound untouched says so at once; one that was touched begins a moment later in some browsers.
    let running = Reflect::get(&context, &"state".into())?.as_string().as_deref() == Some("running");
    if !running && touched() == Some(false) {
        let _already = context.close();
        return Ok(false);
    }
    let start = context.current_time();
    let mut last = None;
    for note in notes {
        last = Some(play_note(&context, note.pitch, volume, start + note.after)?);
    }
    // Browsers allow few open contexts: give this one back after its last note.
    let ended = Closure::once_into_js(move || {
        let _already = context.close();
    });
    if let Some(last) = last {
        last.set_onended(ended.dyn_ref());
    }
    Ok(true)
}

/// One note of `pitch` hertz, swelling to `loudest` and fading within 0.3 s from `from` on.
fn play_note(context: &AudioContext, pitch: f32, loudest: f32, from: f64) -> Result<OscillatorNode, JsValue> {
    // A ramp cannot start or end at nothing.
    const SILENT: f32 = 0.000_1;
    let until = from + 0.3;
    let (note, volume) = (context.create_oscillator()?, context.create_gain()?);
    note.set_type(OscillatorType::Sine);
    note.frequency().set_value(pitch);
    volume.gain().set_value_at_time(SILENT, from)?;
    volume.gain().exponential_ramp_to_value_at_time(loudest, from + 0.02)?;
    volume.gain().exponential_ramp_to_value_at_time(SILENT, until)?;
    note.connect_with_audio_node(&volume)?.connect_with_audio_node(&context.destination())?;
    note.start_with_when(from)?;
    note.stop_with_when(until)?;
    Ok(note)
}
