//! The tools of the model: their list, or the tool that is being edited.

mod form;
mod list;
mod typed;

use leptos::prelude::*;

use self::{form::ToolForm, list::ToolList};
use crate::{
    contract::bot::BotSettings,
    domain::model::ToolDefinition,
    ui::{browser, components::icon::Icon, kit::RefreshTrigger},
};

/// What the card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mode {
    List,
    New,
    Edit(ToolDefinition),
}

const ADD: &str = "tool-add";

#[component]
pub fn Tools(bot: RwSignal<BotSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let mode = RwSignal::new(Mode::List);
    let leave = Callback::new(move |()| {
        mode.set(Mode::List);
        // The button exists once the list is drawn again.
        request_animation_frame(|| browser::focus(ADD));
    });
    view! {
        <section class="card" aria-labelledby="tools-title">
            <header>
                <h2 id="tools-title">
                    {move || match mode.get() {
                        Mode::List => "Tools".to_owned(),
                        Mode::New => "New tool".to_owned(),
                        Mode::Edit(tool) => format!("Edit {}", tool.name),
                    }}
                </h2>
                <Show when=move || mode.get() == Mode::List>
                    <button class="btn" type="button" id=ADD on:click=move |_| mode.set(Mode::New)>
                        <Icon name="plus"/>
                        "Add a tool"
                    </button>
                </Show>
            </header>
            {move || match mode.get() {
                Mode::List => view! { <ToolList bot refresh mode/> }.into_any(),
                Mode::New => view! { <ToolForm was=None refresh leave/> }.into_any(),
                Mode::Edit(tool) => view! { <ToolForm was=Some(tool) refresh leave/> }.into_any(),
            }}
        </section>
    }
}
