//! The form of the cursor's item: a file per group of step kinds, their fields, and the head card's form.

mod asking;
mod branching;
mod ending;
mod fetching;
pub mod fields;
mod list_field;
mod saying;
mod start;

use leptos::prelude::*;

use self::fields::{FaultLines, FormContext};
use super::{
    outline::{OutlineItem, icon},
    state::Editor,
};
use crate::{
    domain::flow::{
        definition::StepId,
        edit::{self, Kind},
    },
    ui::{
        components::icon::Icon,
        kit::{TextBinding, TextField},
    },
};

/// The id of the form, to focus its first field.
pub const ID: &str = "flow-form";

/// The panel's form. Redrawn for another step or kind, never for a keystroke.
#[component]
pub fn FormPanel() -> impl IntoView {
    let editor = Editor::expect();
    let wanted = Memo::new(move |_| {
        let id = editor.cursor.with(|cursor| cursor.step().cloned())?;
        let kind = editor.flow.with(|flow| flow.find(&id).map(Kind::of))?;
        Some((id, kind))
    });
    view! {
        <div id=ID class="form" on:keydown=move |event| {
            if event.key() == "Escape" && !event.default_prevented() {
                event.prevent_default();
                editor.close_form();
            }
        }>
            {move || match wanted.get() {
                Some((id, kind)) => view! { <StepForm id kind/> }.into_any(),
                None => view! { <start::StartForm/> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn StepForm(id: StepId, kind: Kind) -> impl IntoView {
    let editor = Editor::expect();
    let form = FormContext::new(editor, id.clone());
    let faults = Memo::new(move |_| form.unclaimed());
    let fields = match kind {
        Kind::Message => view! { <saying::MessageForm form/> }.into_any(),
        Kind::Question => view! { <asking::QuestionForm form/> }.into_any(),
        Kind::Condition => view! { <branching::ConditionForm form/> }.into_any(),
        Kind::Hours => view! { <branching::HoursForm/> }.into_any(),
        Kind::Set => view! { <branching::SetForm form/> }.into_any(),
        Kind::Http => view! { <fetching::HttpForm form/> }.into_any(),
        Kind::Model => view! { <fetching::ModelForm form/> }.into_any(),
        Kind::Handoff => view! { <ending::HandoffForm form/> }.into_any(),
        Kind::Close => view! { <ending::CloseForm form/> }.into_any(),
        Kind::Jump => view! { <branching::JumpForm form/> }.into_any(),
    };
    view! {
        <h2 class="kind">
            <Icon name=icon(kind)/>
            {kind.label()}
        </h2>
        <p class="hint">{kind.description()}</p>
        <div class="faults" hidden=move || faults.with(Vec::is_empty)>
            <FaultLines faults/>
        </div>
        {fields}
        <NameField form/>
        <StepTools id/>
    }
}

/// The step's own name.
#[component]
fn NameField(form: FormContext) -> impl IntoView {
    let text = TextBinding {
        value: Signal::derive(move || {
            form.step.with(|step| step.as_ref().map(|step| step.name.clone()).unwrap_or_default())
        }),
        edit: Callback::new(move |typed| {
            let id = form.id.get_value();
            form.editor.retype(&format!("{id} name"), |flow| {
                if let Some(step) = edit::step_mut(flow, &id) {
                    step.name = typed;
                }
            });
        }),
        error: None,
    };
    view! {
        <TextField
            id="field-name"
            label="Step name"
            hint="Shown on its card, in the conversation and to agents. Leave empty to show its kind."
            text
            max_length=80
        />
    }
}

/// Buttons for the actions of the shortcuts.
#[component]
fn StepTools(id: StepId) -> impl IntoView {
    use crate::domain::flow::edit::Direction;
    let editor = Editor::expect();
    let item = StoredValue::new(OutlineItem::Step(id));
    let aim = move || editor.cursor.set(item.get_value());
    let shift = move |direction| {
        aim();
        editor.shift(direction);
    };
    let moves = [
        (Direction::Up, "up", "Move up"),
        (Direction::Down, "down", "Move down"),
        (Direction::In, "right", "Move into the branch above"),
        (Direction::Out, "left", "Move out of its branch"),
    ];
    view! {
        <div class="actions tools" role="group" aria-label="This step">
            {moves
                .into_iter()
                .map(|(direction, icon, label)| {
                    view! {
                        <button type="button" class="btn icon" aria-label=label title=label on:click=move |_| shift(direction)>
                            <Icon name=icon/>
                        </button>
                    }
                })
                .collect_view()}
            <button type="button" class="btn" on:click=move |_| editor.ask_behind(item.get_value())>
                <Icon name="plus"/>
                "Add step below"
            </button>
            <button
                type="button"
                class="btn"
                on:click=move |_| {
                    aim();
                    editor.duplicate();
                }
            >
                <Icon name="copy"/>
                "Duplicate"
            </button>
            <button
                type="button"
                class="btn danger"
                on:click=move |_| {
                    aim();
                    editor.remove();
                }
            >
                <Icon name="trash"/>
                "Delete"
            </button>
        </div>
    }
}
