//! Fields of a step's form. A field reads its value out of the step and writes it back; the step is the only truth, so
//! that undoing shows in the field at once.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;

use crate::{
    domain::flow::{
        check::{Fault, Severity},
        definition::{Step, StepId, StepKind},
        edit,
    },
    ui::{components::icon::Icon, flow_editor::state::Editor},
};

/// The form of one step. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Form {
    pub editor: Editor,
    pub id: StoredValue<StepId>,
    /// The step without its branches' steps; the last one known when it is gone.
    pub step: Memo<Option<Step>>,
    /// Fields that show their faults themselves.
    claimed: RwSignal<BTreeSet<String>>,
}

impl Form {
    pub fn new(editor: Editor, id: StepId) -> Self {
        let wanted = id.clone();
        let step = Memo::new(move |_| editor.flow.with(|flow| flow.find(&wanted).map(edit::alone)));
        Self { editor, id: StoredValue::new(id), step, claimed: RwSignal::new(BTreeSet::new()) }
    }

    /// Reads the step's content.
    pub fn read<T: Default>(self, read: impl FnOnce(&StepKind) -> T) -> T {
        self.step.with(|step| step.as_ref().map(|step| read(&step.act)).unwrap_or_default())
    }

    /// Takes a keystroke; keystrokes with one `burst` are undone together.
    pub fn retype(self, burst: &str, change: impl FnOnce(&mut StepKind)) {
        let id = self.id.get_value();
        self.editor.retype(&format!("{id} {burst}"), |flow| {
            if let Some(step) = edit::step_mut(flow, &id) {
                change(&mut step.act);
            }
        });
    }

    /// Makes a change of its own.
    pub fn change(self, change: impl FnOnce(&mut StepKind)) {
        let id = self.id.get_value();
        self.editor.change(|flow| {
            let Some(step) = edit::step_mut(flow, &id) else { return false };
            let was = step.act.clone();
            change(&mut step.act);
            step.act != was
        });
    }

    /// The faults that no field of the form shows.
    pub fn unclaimed(self) -> Vec<Fault> {
        self.editor.faults.with(|faults| {
            let mine = faults.iter().filter(|fault| fault.step.as_ref() == Some(&self.id.get_value()));
            let claimed = |fault: &&Fault| {
                fault.field.as_ref().is_some_and(|field| self.claimed.with(|claimed| claimed.contains(field)))
            };
            mine.filter(|fault| !claimed(fault)).cloned().collect()
        })
    }

    /// From here on the field of this name shows its faults itself, for as long as it is drawn.
    fn claim(self, field: &str) {
        let field = field.to_owned();
        self.claimed.update(|claimed| {
            claimed.insert(field.clone());
        });
        on_cleanup(move || {
            self.claimed.try_update(|claimed| claimed.remove(&field));
        });
    }

    /// The faults of one field.
    pub fn faults(self, field: &str) -> Vec<Fault> {
        self.editor.faults.with(|faults| {
            let of_field = |fault: &&Fault| {
                fault.step.as_ref() == Some(&self.id.get_value()) && fault.field.as_deref() == Some(field)
            };
            faults.iter().filter(of_field).cloned().collect()
        })
    }
}

type Write = dyn Fn(&mut StepKind, String) + Send + Sync;

/// Where a field's text stands in the step.
#[derive(Clone)]
pub struct Lens {
    get: Arc<dyn Fn(&StepKind) -> String + Send + Sync>,
    set: Arc<Write>,
}

impl Lens {
    pub fn new(
        get: impl Fn(&StepKind) -> String + Send + Sync + 'static,
        set: impl Fn(&mut StepKind, String) + Send + Sync + 'static,
    ) -> Self {
        Self { get: Arc::new(get), set: Arc::new(set) }
    }

    /// A text that `pick` finds; one that is not there (any more) reads as empty.
    pub fn text(pick: impl for<'a> Fn(&'a mut StepKind) -> Option<&'a mut String> + Send + Sync + 'static) -> Self {
        let pick = Arc::new(pick);
        let picked = pick.clone();
        Self::new(
            move |act| picked(&mut act.clone()).cloned().unwrap_or_default(),
            move |act, typed| {
                if let Some(text) = pick(act) {
                    *text = typed;
                }
            },
        )
    }
}

impl Lens {
    pub fn read(&self, act: &StepKind) -> String {
        (self.get)(act)
    }

    pub fn write(&self, act: &mut StepKind, typed: String) {
        (self.set)(act, typed);
    }
}

/// How a text field looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    #[default]
    Line,
    /// A line of code: names, addresses, expressions.
    Code,
    Text,
    /// Several lines of code.
    CodeText,
}

/// A field of text.
#[component]
pub fn TextField(
    form: Form,
    lens: Lens,
    /// What the check calls this field; also what tells it from the others of the form.
    #[prop(into)]
    field: String,
    #[prop(into)] label: String,
    #[prop(optional)] shape: Shape,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] placeholder: String,
    /// The most characters there can be.
    #[prop(optional)]
    limit: Option<usize>,
    /// Gets the focus when the form is opened.
    #[prop(optional)]
    first: bool,
    /// Suggestions, by the id of a `datalist`.
    #[prop(optional)]
    list: Option<&'static str>,
) -> impl IntoView {
    let id = format!("field-{}", field.replace(['.', ' '], "-"));
    let (hint_id, fault_id) = (format!("{id}-hint"), format!("{id}-fault"));
    let described = format!("{hint_id} {fault_id}");
    let get = lens.get.clone();
    let value = Memo::new(move |_| form.read(|act| get(act)));
    form.claim(&field);
    let name = StoredValue::new(field);
    let faults = Memo::new(move |_| name.with_value(|field| form.faults(field)));
    let invalid = move || faults.with(|faults| (!faults.is_empty()).to_string());
    let type_in = move |typed: String| {
        let set = lens.set.clone();
        name.with_value(|field| form.retype(field, |act| set(act, typed)));
    };
    let counted = move || {
        let limit = limit?;
        let length = value.with(|value| value.chars().count());
        // Far from the limit nobody wants to know.
        (length * 2 > limit).then(|| format!("{length} of {limit}"))
    };
    let (marked, hidden) = (first.then_some(""), hint.is_empty());
    let (spelled, written) = match shape {
        Shape::Line | Shape::Text => ("true", "auto"),
        Shape::Code | Shape::CodeText => ("false", "ltr"),
    };
    let class = if matches!(shape, Shape::Code | Shape::CodeText) { "code" } else { "" };
    let first_value = value.get_untracked();
    let control = match shape {
        Shape::Line | Shape::Code => view! {
            <input
                id=id.clone()
                class=class
                dir=written
                spellcheck=spelled
                autocomplete="off"
                placeholder=placeholder
                data-first=marked
                list=list
                value=first_value
                prop:value=move || value.get()
                aria-describedby=described
                aria-invalid=invalid
                on:input:target=move |event| type_in(event.target().value())
            />
        }
        .into_any(),
        Shape::Text | Shape::CodeText => view! {
            <textarea
                id=id.clone()
                class=class
                dir=written
                spellcheck=spelled
                rows="3"
                placeholder=placeholder
                data-first=marked
                prop:value=move || value.get()
                aria-describedby=described
                aria-invalid=invalid
                on:input:target=move |event| type_in(event.target().value())
            >
                {first_value}
            </textarea>
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <label for=id>
                {label} <span class="count" aria-hidden="true">{counted}</span>
            </label>
            {control}
            <small class="hint" id=hint_id hidden=hidden>
                {hint}
            </small>
            <div id=fault_id>
                <FaultLines faults/>
            </div>
        </div>
    }
}

/// Sentences below a field, or over a form.
#[component]
pub fn FaultLines(#[prop(into)] faults: Signal<Vec<Fault>>) -> impl IntoView {
    move || {
        faults
            .get()
            .into_iter()
            .map(|fault| match fault.severity {
                Severity::Blocks => view! { <small class="err">{fault.detail}</small> }.into_any(),
                Severity::Warns => {
                    view! { <small class="warn"><Icon name="warn"/><span>{fault.detail}</span></small> }.into_any()
                }
            })
            .collect_view()
    }
}

/// A choice among a few words.
#[component]
pub fn SelectField(
    form: Form,
    lens: Lens,
    #[prop(into)] field: String,
    #[prop(into)] label: String,
    /// Values with what they are called; read anew when the flow changes.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    #[prop(optional, into)] hint: String,
    #[prop(optional)] first: bool,
) -> impl IntoView {
    let id = format!("field-{}", field.replace(['.', ' '], "-"));
    let hint_id = format!("{id}-hint");
    let get = lens.get.clone();
    let value = Memo::new(move |_| form.read(|act| get(act)));
    form.claim(&field);
    let name = StoredValue::new(field);
    let faults = Memo::new(move |_| name.with_value(|field| form.faults(field)));
    let choose = move |chosen: String| {
        let set = lens.set.clone();
        form.change(|act| set(act, chosen));
    };
    let hidden = hint.is_empty();
    // The list may be drawn after the value was set: a browser keeps a value only if it is among the options.
    let drawn = move || {
        let now = value.get();
        options
            .get()
            .into_iter()
            .map(|(value, words)| {
                let selected = value == now;
                view! { <option value=value selected=selected prop:selected=selected>{words}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select
                id=id
                data-first=first.then_some("")
                aria-describedby=hint_id.clone()
                aria-invalid=move || faults.with(|faults| (!faults.is_empty()).to_string())
                on:change:target=move |event| choose(event.target().value())
            >
                {drawn}
            </select>
            <small class="hint" id=hint_id hidden=hidden>
                {hint}
            </small>
            <FaultLines faults/>
        </div>
    }
}
