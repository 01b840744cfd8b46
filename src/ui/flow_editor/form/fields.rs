//! Fields of a step's form. A field reads its value from the step and writes it back. It holds no value of its own, so
//! an undo shows in the field at once.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;

use crate::{
    domain::flow::{
        check::{FlowFault, Severity},
        definition::{Step, StepId, StepKind},
        edit,
    },
    ui::{
        components::icon::Icon,
        flow_editor::state::Editor,
        kit::{self, FieldKind, FocusOrder, SelectOption, TextBinding},
    },
};

/// The form of one step. Cheap to copy.
#[derive(Clone, Copy)]
pub struct FormContext {
    pub editor: Editor,
    pub id: StoredValue<StepId>,
    /// The step without its branches' steps; the last known one if it is removed.
    pub step: Memo<Option<Step>>,
    /// Fields that show their faults themselves.
    claimed: RwSignal<BTreeSet<String>>,
}

impl FormContext {
    pub fn new(editor: Editor, id: StepId) -> Self {
        let wanted = id.clone();
        let step = Memo::new(move |_| editor.flow.with(|flow| flow.find(&wanted).map(edit::alone)));
        Self { editor, id: StoredValue::new(id), step, claimed: RwSignal::new(BTreeSet::new()) }
    }

    /// Reads the step's content.
    pub fn read<T: Default>(self, read: impl FnOnce(&StepKind) -> T) -> T {
        self.step.with(|step| step.as_ref().map(|step| read(&step.act)).unwrap_or_default())
    }

    /// Applies a keystroke. Those with one `burst` are undone together.
    pub fn retype(self, burst: &str, change: impl FnOnce(&mut StepKind)) {
        let id = self.id.get_value();
        self.editor.retype(&format!("{id} {burst}"), |flow| {
            if let Some(step) = edit::step_mut(flow, &id) {
                change(&mut step.act);
            }
        });
    }

    /// Makes a change that is undone by itself.
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
    pub fn unclaimed(self) -> Vec<FlowFault> {
        self.editor.faults.with(|faults| {
            let mine = faults.iter().filter(|fault| fault.step.as_ref() == Some(&self.id.get_value()));
            let claimed = |fault: &&FlowFault| {
                fault.field.as_ref().is_some_and(|field| self.claimed.with(|claimed| claimed.contains(field)))
            };
            mine.filter(|fault| !claimed(fault)).cloned().collect()
        })
    }

    /// The faults of the field with this name, which shows them itself from here on, as long as it is drawn.
    fn claim(self, field: &str) -> Memo<Vec<FlowFault>> {
        let field = field.to_owned();
        self.claimed.update(|claimed| {
            claimed.insert(field.clone());
        });
        let left = field.clone();
        on_cleanup(move || {
            self.claimed.try_update(|claimed| claimed.remove(&left));
        });
        Memo::new(move |_| {
            self.editor.faults.with(|faults| {
                let of_field = |fault: &&FlowFault| {
                    fault.step.as_ref() == Some(&self.id.get_value()) && fault.field.as_deref() == Some(&*field)
                };
                faults.iter().filter(of_field).cloned().collect()
            })
        })
    }
}

type Read = dyn Fn(&StepKind) -> String + Send + Sync;
type Write = dyn Fn(&mut StepKind, String) + Send + Sync;

/// Where a field's text is in the step.
#[derive(Clone)]
pub struct Lens {
    read: Arc<Read>,
    write: Arc<Write>,
}

impl Lens {
    pub fn new(
        read: impl Fn(&StepKind) -> String + Send + Sync + 'static,
        write: impl Fn(&mut StepKind, String) + Send + Sync + 'static,
    ) -> Self {
        Self { read: Arc::new(read), write: Arc::new(write) }
    }

    /// A text that both functions find. A missing one reads as empty. Made by [`text_lens`].
    pub fn text(
        get: impl for<'a> Fn(&'a StepKind) -> Option<&'a String> + Send + Sync + 'static,
        get_mut: impl for<'a> Fn(&'a mut StepKind) -> Option<&'a mut String> + Send + Sync + 'static,
    ) -> Self {
        Self::new(
            move |act| get(act).cloned().unwrap_or_default(),
            move |act, typed| {
                if let Some(text) = get_mut(act) {
                    *text = typed;
                }
            },
        )
    }

    pub fn read(&self, act: &StepKind) -> String {
        (self.read)(act)
    }

    pub fn write(&self, act: &mut StepKind, typed: String) {
        (self.write)(act, typed);
    }
}

/// The lens of a text: `text_lens!(StepKind::Close(close) => close.text)`, or of a text in a row of a list:
/// `text_lens!(StepKind::Http(http) => http.headers, n, name)`. One pattern reads and writes.
macro_rules! text_lens {
    ($pattern:pat => $text:expr) => {
        $crate::ui::flow_editor::form::fields::Lens::text(
            move |act| if let $pattern = act { Some(&$text) } else { None },
            move |act| if let $pattern = act { Some(&mut $text) } else { None },
        )
    };
    ($pattern:pat => $list:expr, $n:ident, $field:ident) => {
        $crate::ui::flow_editor::form::fields::Lens::text(
            move |act| if let $pattern = act { $list.get($n).map(|row| &row.$field) } else { None },
            move |act| if let $pattern = act { $list.get_mut($n).map(|row| &mut row.$field) } else { None },
        )
    };
}

pub(super) use text_lens;

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

impl Shape {
    fn kind(self) -> FieldKind {
        match self {
            Self::Line | Self::Text => FieldKind::Text,
            Self::Code | Self::CodeText => FieldKind::Code,
        }
    }

    fn rows(self) -> u8 {
        match self {
            Self::Line | Self::Code => 1,
            Self::Text | Self::CodeText => 3,
        }
    }
}

/// The id of the element of a field.
fn dom_id(field: &str) -> String {
    format!("field-{}", field.replace(['.', ' '], "-"))
}

/// A field of text.
#[component]
pub fn TextField(
    form: FormContext,
    lens: Lens,
    /// The check's name for this field, unique in the form.
    #[prop(into)]
    field: String,
    #[prop(into)] label: String,
    #[prop(optional)] shape: Shape,
    #[prop(optional, into)] hint: Signal<String>,
    #[prop(optional, into)] placeholder: String,
    /// The maximum of characters.
    #[prop(default = usize::MAX)]
    limit: usize,
    #[prop(optional)] focus: FocusOrder,
) -> impl IntoView {
    let faults = form.claim(&field);
    let id = dom_id(&field);
    let read = lens.clone();
    let value = Memo::new(move |_| form.read(|act| read.read(act)));
    let edit = Callback::new(move |typed: String| form.retype(&field, |act| lens.write(act, typed)));
    let text = TextBinding { value: value.into(), edit, error: Some(first_words(faults)) };
    view! {
        <kit::TextField
            id
            label
            hint
            text
            kind=shape.kind()
            rows=shape.rows()
            placeholder=Signal::stored(placeholder)
            limit
            focus
        >
            <FaultLines faults/>
        </kit::TextField>
    }
}

fn first_words(faults: Memo<Vec<FlowFault>>) -> Signal<Option<String>> {
    Signal::derive(move || faults.with(|faults| faults.first().map(|fault| fault.detail.clone())))
}

/// Faults as text, below a field or above a form.
#[component]
pub fn FaultLines(#[prop(into)] faults: Signal<Vec<FlowFault>>) -> impl IntoView {
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

/// A select of one among several values.
#[component]
pub fn SelectField(
    form: FormContext,
    lens: Lens,
    #[prop(into)] field: String,
    #[prop(into)] label: String,
    /// Computed again when the flow changes.
    #[prop(into)]
    options: Signal<Vec<SelectOption>>,
    #[prop(optional)] focus: FocusOrder,
) -> impl IntoView {
    let faults = form.claim(&field);
    let read = lens.clone();
    let value = Memo::new(move |_| form.read(|act| read.read(act)));
    view! {
        <kit::SelectField
            id=dom_id(&field)
            label
            options
            value
            choose=move |chosen: String| form.change(|act| lens.write(act, chosen))
            invalid=Signal::derive(move || faults.with(|faults| !faults.is_empty()))
            focus
        >
            <FaultLines faults/>
        </kit::SelectField>
    }
}
