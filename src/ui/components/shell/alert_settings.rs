//! Which alerts the viewer hears, in the account menu.

use leptos::prelude::*;

use super::settings::{change, tell_other_tabs};
use crate::{
    api::session::set_alert,
    contract::session::Viewer,
    domain::alert::AlertKind,
    ui::{kit::SwitchField, state::AppState},
};

/// A switch for each kind of alert. Titles and counts show all of them.
#[component]
pub fn AlertSettings() -> impl IntoView {
    let app = AppState::expect();
    let switches = AlertKind::ALL.into_iter().map(move |kind| {
        let is_on = Signal::derive(move || app.viewer.with(|viewer| !viewer.silenced_alerts.contains(kind)));
        let toggle = move |heard: bool| {
            let set = move |viewer: &mut Viewer, heard| match heard {
                true => viewer.silenced_alerts.hear(kind),
                false => viewer.silenced_alerts.silence(kind),
            };
            change(app, set, !heard, heard, async move {
                set_alert(kind, heard).await?;
                tell_other_tabs();
                Ok(())
            });
        };
        view! { <SwitchField label=kind.label() is_on toggle /> }
    });
    view! {
        <div role="group" aria-labelledby="alert-settings">
            <h3 id="alert-settings">"Sound and notification for"</h3>
            {switches.collect_view()}
        </div>
    }
}
