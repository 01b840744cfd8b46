//! One tool: what it is for, its arguments, its request. Faults stand at their fields while it is typed.

use leptos::{prelude::*, task::spawn_local};

use super::{
    Room,
    tool_typed::{Faults, TypedTool},
};
use crate::{
    api::tools::{tool_check, tool_save},
    domain::model::{Method, ToolDefinition, ToolField, tool::HEADERS},
    ui::{
        admin::{
            asking::ask_when_still,
            faults::{FieldFault, tell},
            fields::{Area, Kind, Line, Text},
        },
        browser,
        components::icon::Icon,
    },
};

type Part = fn(&mut TypedTool) -> &mut String;

/// What the parts of the form share.
#[derive(Clone, Copy)]
struct Form {
    typed: RwSignal<TypedTool>,
    faults: Memo<Faults>,
    refused: RwSignal<Option<String>>,
}

impl Form {
    fn fault(self, field: ToolField) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.faults.with(|faults| faults.iter().find(|(at, _)| *at == field).map(|(_, words)| words.clone()))
        })
    }

    fn retype(self, change: impl FnOnce(&mut TypedTool)) {
        self.refused.set(None);
        self.typed.update(change);
    }

    fn text(self, field: ToolField, part: Part) -> Text {
        Text {
            value: Signal::derive(move || self.typed.with(|typed| part(&mut typed.clone()).clone())),
            retype: Callback::new(move |now| self.retype(|typed| *part(typed) = now)),
            fault: self.fault(field),
        }
    }
}

#[component]
pub fn ToolForm(room: Room, was: Option<ToolDefinition>, leave: Callback<()>) -> impl IntoView {
    let first = was.as_ref().map_or_else(TypedTool::blank, TypedTool::of);
    let was = was.map(|tool| tool.name);
    let typed = RwSignal::new(first.clone());
    let tried = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let sending = RwSignal::new(false);
    let read = Memo::new(move |_| typed.with(TypedTool::read));
    // What only the server can tell: whether the schema is one, and whether the templates fit it.
    let question = Signal::derive(move || {
        let (tool, faults) = read.get();
        faults.is_empty().then_some(tool)
    });
    let answer = ask_when_still(question, tool_check);
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
    let form = Form { typed, faults, refused };
    let save = move || {
        if sending.get_untracked() {
            return;
        }
        tried.set(true);
        if let Some((field, _)) = faults.with_untracked(|faults| faults.first().cloned()) {
            browser::focus(&typed.with_untracked(|typed| place(typed, field)));
            return;
        }
        let (tool, _) = read.get_untracked();
        let was = was.clone();
        sending.set(true);
        spawn_local(async move {
            let answer = tool_save(was, tool).await;
            if sending.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    room.stale.mark();
                    leave.run(());
                }
                Err(error) => tell(room.app, refused, &error),
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
                <Line
                    id="tool-name"
                    label="Name"
                    hint="What the model calls it: letters, digits, _ and -."
                    kind=Kind::Code
                    text=form.text(ToolField::Name, |typed| &mut typed.name)
                />
                <Area
                    id="tool-description"
                    label="When to use it"
                    hint="In words for the model: what it finds out or does, and what it needs to know first."
                    rows="2"
                    text=form.text(ToolField::Description, |typed| &mut typed.description)
                />
                <Area
                    id="tool-schema"
                    label="Arguments"
                    hint="A JSON schema of an object. What the model sends is held against it before anything is asked."
                    rows="8"
                    kind=Kind::Code
                    text=form.text(ToolField::Schema, |typed| &mut typed.schema)
                />
            </div>
            <fieldset class="form part">
                <legend class="legend">"Request"</legend>
                <p class="hint">
                    "Arguments are put in by name, as in " <code>"/orders/{{ order }}"</code>
                    ". The server stands as it is: no argument can choose another one."
                </p>
                <div class="method">
                    <Methods form/>
                    <Line
                        id="tool-url"
                        label="Address"
                        kind=Kind::Code
                        placeholder=Signal::stored("https://shop.example.com/orders/{{ order }}".to_owned())
                        text=form.text(ToolField::Url, |typed| &mut typed.url)
                    />
                </div>
                <Headers form/>
                <Area
                    id="tool-body"
                    label="Body"
                    hint="JSON with arguments in it. Empty sends none."
                    rows="3"
                    kind=Kind::Code
                    text=form.text(ToolField::Body, |typed| &mut typed.body)
                />
                <div class="pair">
                    <Line
                        id="tool-time"
                        label="Seconds it may take"
                        kind=Kind::Number
                        text=form.text(ToolField::TimeOut, |typed| &mut typed.time_out)
                    />
                    <Line
                        id="tool-limit"
                        label="Characters the model reads"
                        hint="The rest of the answer is cut off."
                        kind=Kind::Number
                        text=form.text(ToolField::ResultLimit, |typed| &mut typed.result_limit)
                    />
                </div>
                <FieldFault words=refused/>
            </fieldset>
            <div class="foot actions">
                <button class="btn" type="button" on:click=move |_| leave.run(())>"Cancel"</button>
                <button class="btn primary" type="submit" disabled=move || sending.get()>
                    {move || if sending.get() { "Saving…" } else { "Save the tool" }}
                </button>
            </div>
        </form>
    }
}

/// The id of the field that a fault stands at.
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
fn Methods(form: Form) -> impl IntoView {
    let chosen = move |method: Method| form.typed.with(|typed| typed.method == method);
    view! {
        <div class="field">
            <label for="tool-method">"Method"</label>
            <select
                id="tool-method"
                on:change:target=move |event| {
                    let value = event.target().value();
                    if let Some(method) = Method::ALL.into_iter().find(|method| method.word() == value) {
                        form.retype(|typed| typed.method = method);
                    }
                }
            >
                {Method::ALL
                    .into_iter()
                    .map(|method| {
                        view! {
                            <option
                                value=method.word()
                                selected=untrack(|| chosen(method))
                                prop:selected=move || chosen(method)
                            >
                                {method.word()}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}

#[component]
fn Headers(form: Form) -> impl IntoView {
    let ids = move || form.typed.with(|typed| typed.headers.iter().map(|header| header.id).collect::<Vec<_>>());
    let full = Memo::new(move |_| form.typed.with(|typed| typed.headers.len() >= HEADERS));
    let add = move |_| {
        let mut id = 0;
        form.retype(|typed| id = typed.add_header(String::new(), String::new()));
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
                <small class="hint">"Keys go here, as " <code>"Bearer {{ secret.NAME }}"</code> "."</small>
            </div>
        </fieldset>
    }
}

#[component]
fn HeaderRow(form: Form, id: u32) -> impl IntoView {
    let at = Memo::new(move |_| form.typed.with(|typed| typed.headers.iter().position(|header| header.id == id)));
    let fault = Signal::derive(move || at.get().and_then(|at| form.fault(ToolField::Header(at)).get()));
    let invalid = move || fault.with(Option::is_some).to_string();
    let name = move || form.typed.with(|typed| typed.headers.iter().find(|h| h.id == id).map(|h| h.name.clone()));
    let value = move || form.typed.with(|typed| typed.headers.iter().find(|h| h.id == id).map(|h| h.value.clone()));
    let change = move |change: Box<dyn FnOnce(&mut super::tool_typed::TypedHeader)>| {
        form.retype(|typed| {
            if let Some(header) = typed.headers.iter_mut().find(|header| header.id == id) {
                change(header);
            }
        });
    };
    let error = format!("tool-header-{id}-error");
    view! {
        <div class="header-row">
            <input
                id=header_id(id)
                class="code"
                aria-label="Header's name"
                aria-describedby=error.clone()
                aria-invalid=invalid
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="Authorization"
                prop:value=name
                on:input:target=move |event| {
                    let now = event.target().value();
                    change(Box::new(|header| header.name = now));
                }
            />
            <input
                class="code"
                aria-label="Header's value"
                aria-describedby=error.clone()
                aria-invalid=invalid
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="Bearer {{ secret.SHOP_KEY }}"
                prop:value=value
                on:input:target=move |event| {
                    let now = event.target().value();
                    change(Box::new(|header| header.value = now));
                }
            />
            <button
                class="btn icon ghost"
                type="button"
                aria-label=move || format!("Remove the header {}", name().unwrap_or_default())
                on:click=move |_| {
                    form.retype(|typed| typed.headers.retain(|header| header.id != id));
                    browser::focus("tool-header-add");
                }
            >
                <Icon name="x"/>
            </button>
            <FieldFault id=error words=fault/>
        </div>
    }
}
