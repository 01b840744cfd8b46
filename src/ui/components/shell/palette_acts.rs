//! What the palette offers of the rail: going away or online, and signing out.

use leptos::prelude::*;

use super::{
    leave::{Leave, Leaving},
    settings::toggle_away,
};
use crate::ui::{
    palette::{ActScope, Impact, Palette, PaletteAct},
    state::AppState,
};

/// Call it below [`Leave::provide`].
pub fn offer_acts() {
    let (app, leave) = (AppState::expect(), Leave::expect());
    let is_away = Memo::new(move |_| app.viewer.with(|viewer| viewer.away));
    Palette::expect().offer(ActScope::Viewer, move || {
        let (key, icon, label) =
            if is_away.get() { ("online", "circle", "Go online") } else { ("away", "circle", "Go away") };
        let presence = PaletteAct::new(key, icon, label, Impact::Noticed, move || toggle_away(app, leave));
        let sign_out =
            PaletteAct::new("sign-out", "log-out", "Sign out", Impact::Noticed, move || leave.leave(Leaving::SignOut));
        vec![presence.also("presence pause"), sign_out.also("log out logout")]
    });
}
