//! A field for a date and a time within a menu, with the button that takes it.

use leptos::{ev, prelude::*};

use crate::{
    domain::time::Timestamp,
    ui::{format::Zone, kit::ToastTone, state::AppState},
};

#[component]
pub fn TimeField(
    /// The button's words.
    action: &'static str,
    #[prop(into)] choose: Callback<Timestamp>,
) -> impl IntoView {
    let (app, zone) = (AppState::expect(), Zone::current());
    let text = RwSignal::new(String::new());
    let confirm = move || match zone.read_field(&text.get_untracked()) {
        Some(at) => choose.run(at),
        None => app.toast(ToastTone::Error, "Choose a date and a time."),
    };
    let keyed = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            confirm();
        }
    };
    view! {
        // A press in the field must not close the menu.
        <div class="until" on:click=|event: ev::MouseEvent| event.stop_propagation()>
            <label class="field">
                <span>"Date and time"</span>
                <input
                    type="datetime-local"
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                    on:keydown=keyed
                />
            </label>
            <button type="button" on:click=move |_| confirm()>{action}</button>
        </div>
    }
}
