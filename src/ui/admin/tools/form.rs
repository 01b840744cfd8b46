//! The form of a tool: its description, its arguments, its request. Faults are shown at their fields while typing.

use leptos::prelude::*;

use super::typed::{ToolFaults, TypedHeader, TypedTool};
use crate::{
    api::tools::{tool_check, tool_save},
    domain::model::{Method, ToolDefinition, ToolField, tool::HEADERS},
    ui::{
        admin::password_prompt::PasswordPrompt,
        browser,
        components::icon::Icon,
        kit::{
            FieldError, FieldKind, IconButton, Part, RefreshTrigger, SelectField, Submit, SubmitButton, TextBinding,
            TextField, TextInput, debounced_query, fault_of, options, part,
        },
    },
};

/// What the parts of the form share.
#[derive(Clone, Copy)]
struct Form {
    typed: RwSignal<TypedTool>,
    faults: Memo<ToolFaults>,
    submit: Submit,
}

impl Form {
    fn fault(self, field: ToolField) -> Signal<Option<String>> {
        fault_of(self.faults, field)
    }

    fn edit(self, change: impl FnOnce(&mut TypedTool)) {
        self.submit.error.set(None);
        self.typed.update(change);
    }

    fn text(self, field: ToolField, part: Part<TypedTool>) -> TextBinding {
        let Part { get, get_mut } = part;
        TextBinding {
            value: Signal::derive(move || self.typed.with(|typed| get(typed).clone())),
            edit: Callback::new(move |now| self.edit(|typed| *get_mut(typed) = now)),
            error: Some(self.fault(field)),
        }
    }

    /// A text of the header with this id.
    fn header(self, id: u32, part: Part<TypedHeader>) -> TextBinding {
        let Part { get, get_mut } = part;
        TextBinding {
            value: Signal::derive(move || {
                let header = self
                    .typed
                    .with(|typed| typed.headers.iter().find(|header| header.id == id).map(|h| get(h).clone()));
                header.unwrap_or_default()
            }),
            edit: Callback::new(move |now| {
                self.edit(|typed| {
                    if let Some(header) = typed.headers.iter_mut().find(|header| header.id == id) {
                        *get_mut(header) = now;
                    }
                });
            }),
            error: Some(self.header_fault(id)),
        }
    }

    fn header_fault(self, id: u32) -> Signal<Option<String>> {
        let at = Memo::new(move |_| self.typed.with(|typed| typed.headers.iter().position(|header| header.id == id)));
        Signal::derive(move || {
            let field = ToolField::Header(at.get()?);
            self.faults.with(|faults| faults.iter().find(|(at, _)| *at == field).map(|(_, words)| words.clone()))
        })
    }
}

#[component]
pub fn ToolForm(was: Option<ToolDefinition>, refresh: RefreshTrigger, leave: Callback<()>) -> impl IntoView {
    let first = was.as_ref().map_or_else(TypedTool::blank, TypedTool::of);
    let was = was.map(|tool| tool.name);
    let typed = RwSignal::new(first.clone());
    let tried = RwSignal::new(false);
    let (submit, prompt) = (Submit::in_form(), PasswordPrompt::expect());
    let read = Memo::new(move |_| typed.with(TypedTool::read));
    // Only the server can check whether the schema is valid and whether the templates fit it.
    let question = Signal::derive(move || {
        let (tool, faults) = read.get();
        faults.is_empty().then_some(tool)
    });
    let answer = debounced_query(question, tool_check);
    let known_first = first.clone();
    let faults = Memo::new(move |_| {
        let (tool, mut faults) = read.get();
        answer.with(|answer| {
            if let Some((asked, Ok(further))) = answer
                && *asked == tool
            {
                faults.extend(further.iter().filter(|fault| !faults.contains(fault)).cloned().collect::<Vec<_>>());
            }
        });
        if !tried.get() {
            typed.with(|typed| faults.retain(|(field, _)| !typed.is_untouched(&known_first, *field)));
        }
        faults
    });
    let form = Form { typed, faults, submit };
    let save = move || {
        tried.set(true);
        if let Some((field, _)) = faults.with_untracked(|faults| faults.first().cloned()) {
            browser::focus(&typed.with_untracked(|typed| place(typed, field)));
            return;
        }
        let ((tool, _), was) = (read.get_untracked(), was.clone());
        submit.run(prompt.confirmed(move || tool_save(was.clone(), tool.clone())), move |()| {
            refresh.mark();
            // The form may be closed by then.
            if !typed.is_disposed() {
                leave.run(());
            }
        });
    };
    request_animation_frame(|| browser::focus("tool-name"));
    view! {
        <form
            aria-label="Tool"
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <div class="form">
                <TextField
                    id="tool-name"
                    label="Name"
                    hint="What the model calls it: letters, digits, _ and -."
                    kind=FieldKind::Code
                    text=form.text(ToolField::Name, part!(name))
                />
                <TextField
                    id="tool-description"
                    label="When to use it"
                    hint="For the model: what the tool finds out or does, and what it needs first."
                    rows=2
                    text=form.text(ToolField::Description, part!(description))
                />
                <TextField
                    id="tool-schema"
                    label="Arguments"
                    hint="A JSON schema of an object. The model's arguments are checked against it before the request is sent."
                    rows=8
                    kind=FieldKind::Code
                    text=form.text(ToolField::Schema, part!(schema))
                />
            </div>
            <fieldset class="form part">
                <legend class="legend">"Request"</legend>
                <p class="hint">
                    "Arguments are filled in by name, as in " <code>"/orders/{{ order }}"</code>
                    ". The server is fixed: no argument can change it."
                </p>
                <div class="method">
                    <SelectField
                        id="tool-method"
                        label="Method"
                        options=options(Method::ALL, Method::as_str, Method::as_str)
                        value=Signal::derive(move || typed.with(|typed| typed.method.as_str().to_owned()))
                        choose=move |chosen: String| {
                            if let Ok(method) = chosen.parse::<Method>() {
                                form.edit(|typed| typed.method = method);
                            }
                        }
                    />
                    <TextField
                        id="tool-url"
                        label="Address"
                        kind=FieldKind::Code
                        placeholder="https://shop.example.com/orders/{{ order }}"
                        text=form.text(ToolField::Url, part!(url))
                    />
                </div>
                <Headers form/>
                <TextField
                    id="tool-body"
                    label="Body"
                    hint="JSON with arguments in it. Leave empty to send none."
                    rows=3
                    kind=FieldKind::Code
                    text=form.text(ToolField::Body, part!(body))
                />
                <div class="pair">
                    <TextField
                        id="tool-time"
                        label="Timeout (s)"
                        kind=FieldKind::Number
                        text=form.text(ToolField::TimeOut, part!(time_out))
                    />
                    <TextField
                        id="tool-limit"
                        label="Characters the model reads"
                        hint="The rest of the answer is cut off."
                        kind=FieldKind::Number
                        text=form.text(ToolField::ResultLimit, part!(result_limit))
                    />
                </div>
                <FieldError text=submit.error/>
            </fieldset>
            <div class="foot actions">
                <button class="btn" type="button" on:click=move |_| leave.run(())>"Cancel"</button>
                <SubmitButton submit label="Save tool" busy="Saving…"/>
            </div>
        </form>
    }
}

/// The id of the field that has this fault.
fn place(typed: &TypedTool, field: ToolField) -> String {
    match field {
        ToolField::Name => "tool-name".to_owned(),
        ToolField::Description => "tool-description".to_owned(),
        ToolField::Schema => "tool-schema".to_owned(),
        ToolField::Url => "tool-url".to_owned(),
        ToolField::Header(at) => typed.headers.get(at).map(|header| header_id(header.id)).unwrap_or_default(),
        ToolField::Body => "tool-body".to_owned(),
        ToolField::TimeOut => "tool-time".to_owned(),
        ToolField::ResultLimit => "tool-limit".to_owned(),
    }
}

fn header_id(id: u32) -> String {
    format!("tool-header-{id}")
}

#[component]
fn Headers(form: Form) -> impl IntoView {
    let ids = move || form.typed.with(|typed| typed.headers.iter().map(|header| header.id).collect::<Vec<_>>());
    let full = Memo::new(move |_| form.typed.with(|typed| typed.headers.len() >= HEADERS));
    let add = move |_| {
        let mut id = 0;
        form.edit(|typed| id = typed.add_header(String::new(), String::new()));
        request_animation_frame(move || browser::focus(&header_id(id)));
    };
    view! {
        <fieldset class="stack tight">
            <legend class="legend">"Headers"</legend>
            <For each=ids key=|id| *id let:id>
                <HeaderRow form id/>
            </For>
            <div class="actions">
                <button class="btn" type="button" id="tool-header-add" disabled=move || full.get() on:click=add>
                    <Icon name="plus"/>
                    "Add a header"
                </button>
                <small class="hint">"Add keys here, as " <code>"Bearer {{ secret.NAME }}"</code> "."</small>
            </div>
        </fieldset>
    }
}

#[component]
fn HeaderRow(form: Form, id: u32) -> impl IntoView {
    let (name, value) = (form.header(id, part!(name)), form.header(id, part!(value)));
    let error = format!("tool-header-{id}-error");
    let remove = move |_| {
        form.edit(|typed| typed.headers.retain(|header| header.id != id));
        browser::focus("tool-header-add");
    };
    view! {
        <div class="header-row">
            <TextInput
                id=header_id(id)
                kind=FieldKind::Code
                aria_label="Header name"
                described_by=error.clone()
                placeholder="Authorization"
                text=name
            />
            <TextInput
                id=format!("tool-header-{id}-value")
                kind=FieldKind::Code
                aria_label="Header value"
                described_by=error.clone()
                placeholder="Bearer {{ secret.SHOP_KEY }}"
                text=value
            />
            <IconButton
                icon="x"
                label=Signal::derive(move || format!("Remove the header {}", name.value.get()))
                press=remove
            />
            <FieldError id=error text=form.header_fault(id)/>
        </div>
    }
}
