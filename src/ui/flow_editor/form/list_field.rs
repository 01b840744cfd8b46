//! The rows of a list within a step: buttons, choices, fields of a response. The caller draws the content of a row.

use leptos::prelude::*;

use super::fields::FormContext;
use crate::{
    domain::flow::definition::StepKind,
    ui::{browser::focus_first, components::icon::Icon, kit::IconButton},
};

/// A list within a step's content, and its new row. Made by [`list_lens`].
pub struct ListLens<T> {
    pub get: fn(&StepKind) -> Option<&Vec<T>>,
    pub get_mut: fn(&mut StepKind) -> Option<&mut Vec<T>>,
    pub blank: fn() -> T,
}

impl<T> Clone for ListLens<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for ListLens<T> {}

impl<T> ListLens<T> {
    fn change(self, act: &mut StepKind, change: impl FnOnce(&mut Vec<T>)) {
        if let Some(list) = (self.get_mut)(act) {
            change(list);
        }
    }
}

/// The lens of a list: `list_lens!(StepKind::Http(http) => http.headers, Header::default)`.
macro_rules! list_lens {
    ($pattern:pat => $list:expr, $blank:expr) => {
        $crate::ui::flow_editor::form::list_field::ListLens {
            get: |act| if let $pattern = act { Some(&$list) } else { None },
            get_mut: |act| if let $pattern = act { Some(&mut $list) } else { None },
            blank: $blank,
        }
    };
}

pub(super) use list_lens;

/// The rows, with buttons to add, remove and reorder them.
#[component]
pub fn ListField<T, V>(
    form: FormContext,
    list: ListLens<T>,
    /// The name of a row, such as `Button`.
    noun: &'static str,
    /// The heading above the rows.
    legend: &'static str,
    #[prop(optional, into)] hint: String,
    /// The maximum of rows.
    most: usize,
    draw: impl Fn(usize) -> V + Send + Sync + Clone + 'static,
) -> impl IntoView
where
    T: 'static,
    V: IntoView + 'static,
{
    let rows = Memo::new(move |_| form.read(|act| (list.get)(act).map_or(0, Vec::len)));
    let key = noun.to_lowercase();
    let dom = StoredValue::new(format!("list-{key}"));
    let focus_row = move |n: usize| {
        let id = format!("{}-{n}", dom.get_value());
        request_animation_frame(move || focus_first(&id));
    };
    let add = move |_: leptos::ev::MouseEvent| {
        form.change(|act| list.change(act, |rows| rows.push((list.blank)())));
        focus_row(rows.get_untracked().saturating_sub(1));
    };
    let raise = move |n: usize| form.change(|act| list.change(act, |rows| rows.swap(n, n - 1)));
    let remove = move |n: usize| {
        form.change(|act| list.change(act, |rows| drop(rows.remove(n))));
        focus_row(n.saturating_sub(1));
    };
    let hidden = hint.is_empty();
    view! {
        <fieldset class="item-rows">
            <legend class="legend">{legend}</legend>
            <small class="hint" hidden=hidden>{hint}</small>
            <ol>
                <For each=move || 0..rows.get() key=|n| *n let:n>
                    <li id=format!("{}-{n}", dom.get_value())>
                        <div class="pair">{draw(n)}</div>
                        <div class="tools">
                            <IconButton
                                icon="up"
                                label=format!("Move {noun} {} up", n + 1)
                                disabled={n == 0}
                                press=move |_| raise(n)
                            />
                            <IconButton icon="x" label=format!("Remove {noun} {}", n + 1) press=move |_| remove(n)/>
                        </div>
                    </li>
                </For>
            </ol>
            <button type="button" class="btn" disabled=move || { rows.get() >= most } on:click=add>
                <Icon name="plus"/>
                {format!("Add {key}")}
            </button>
        </fieldset>
    }
}
