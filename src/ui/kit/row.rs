//! A table row that can be edited in place, and removed after a confirmation.
//!
//! ```ignore
//! let row = RowState::new(refresh);
//! let remove = move |()| row.remove(tag_remove(name()), move || browser::focus(NEW));
//! view! { <EditableRow row columns=2 noun="tag" name effect="Conversations lose it." remove><td>{name}</td></EditableRow> }
//! ```
//!
//! Its children are the cells, without the last one, which holds the buttons.

use leptos::{ev, html, prelude::*};

use super::{icon_button::IconButton, live_resource::RefreshTrigger, submit::Submit};
use crate::contract::Result;

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RowMode {
    Cells,
    Editor,
    /// The confirmation of the removal.
    Question,
}

/// What a row shows, and where the focus goes when an edit or the confirmation ends. Cheap to copy.
#[derive(Clone, Copy)]
pub struct RowControl {
    mode: RwSignal<RowMode>,
    /// The buttons that open the editor and the confirmation.
    edit: NodeRef<html::Button>,
    ask: NodeRef<html::Button>,
    /// The mode that was left, until the focus is back.
    left: RwSignal<Option<RowMode>>,
    submit: Submit,
    refresh: RefreshTrigger,
}

impl RowControl {
    /// A row of the list that `refresh` reads again.
    pub fn new(refresh: RefreshTrigger) -> Self {
        let row = Self {
            mode: RwSignal::new(RowMode::Cells),
            edit: NodeRef::new(),
            ask: NodeRef::new(),
            left: RwSignal::new(None),
            submit: Submit::with_toasts(),
            refresh,
        };
        row.refocus(row.edit, RowMode::Editor);
        row.refocus(row.ask, RowMode::Question);
        row
    }

    /// Focuses `opener` when it is drawn again after `mode` was left.
    fn refocus(self, opener: NodeRef<html::Button>, mode: RowMode) {
        Effect::new(move |_| {
            if let Some(button) = opener.get()
                && self.left.get_untracked() == Some(mode)
            {
                self.left.set(None);
                drop(button.focus());
            }
        });
    }

    /// Shows the cells again. Does nothing when the row is gone.
    pub fn leave(self) {
        if let Some(mode) = self.mode.try_get_untracked() {
            self.left.set(Some(mode));
            self.mode.set(RowMode::Cells);
        }
    }

    /// Sends the removal, calls `removed` and reads again. If it is refused, the cells are shown again, and the error
    /// as a toast.
    pub fn remove(self, request: impl Future<Output = Result<()>> + 'static, removed: impl FnOnce() + 'static) {
        let request = async move {
            let answer = request.await;
            if answer.is_err() {
                self.leave();
            }
            answer
        };
        self.submit.run(request, move |()| {
            removed();
            self.refresh.mark();
        });
    }
}

#[component]
pub fn EditableRow(
    row: RowControl,
    /// How many columns the table has. Editor and confirmation span all of them.
    columns: usize,
    /// What a row is, for the confirmation.
    noun: &'static str,
    #[prop(into)] name: Signal<String>,
    /// What the removal changes, as a sentence.
    #[prop(into)]
    effect: Signal<String>,
    /// What *Remove* does: see [`RowControl::remove`].
    #[prop(into)]
    remove: Callback<()>,
    /// Greyed, because it has no effect now.
    #[prop(optional, into)]
    inactive: Signal<bool>,
    /// Further buttons, before the ones that edit and remove.
    #[prop(optional, into)]
    buttons: ViewFn,
    /// The form that edits the row in place.
    #[prop(optional, into)]
    editor: Option<ViewFn>,
    children: ChildrenFn,
) -> impl IntoView {
    let escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && row.mode.get_untracked() != RowMode::Cells {
            event.stop_propagation();
            row.leave();
        }
    };
    let can_edit = editor.is_some();
    let editor = move || editor.as_ref().map(ViewFn::run);
    let label = move |verb: &'static str| Signal::derive(move || format!("{verb} “{}”", name.get()));
    let cells = move || {
        view! {
            {children()}
            <td class="tight">
                {buttons.run()}
                {can_edit.then(|| view! {
                    <IconButton
                        icon="pencil"
                        label=label("Edit")
                        node_ref=row.edit
                        press=move |_| row.mode.set(RowMode::Editor)
                    />
                })}
                <IconButton
                    icon="trash"
                    label=label("Remove")
                    node_ref=row.ask
                    press=move |_| row.mode.set(RowMode::Question)
                />
            </td>
        }
    };
    view! {
        <tr class:off=move || inactive.get() on:keydown=escape>
            {move || match row.mode.get() {
                RowMode::Cells => cells().into_any(),
                RowMode::Editor => view! { <td colspan=columns>{editor()}</td> }.into_any(),
                RowMode::Question => view! { <td colspan=columns><Question row noun name effect remove/></td> }.into_any(),
            }}
        </tr>
    }
}

/// The confirmation of the removal, with the focus on *Cancel*.
#[component]
fn Question(
    row: RowControl,
    noun: &'static str,
    name: Signal<String>,
    effect: Signal<String>,
    remove: Callback<()>,
) -> impl IntoView {
    let cancel = NodeRef::<html::Button>::new();
    cancel.on_load(|button| drop(button.focus()));
    view! {
        <div class="actions" role="group" aria-label=format!("Remove this {noun}?")>
            <p>"Remove “" <b dir="auto">{move || name.get()}</b> "”? " {move || effect.get()}</p>
            <button class="btn" type="button" node_ref=cancel on:click=move |_| row.leave()>"Cancel"</button>
            <button
                class="btn danger"
                type="button"
                aria-disabled=move || row.submit.pending().to_string()
                on:click=move |_| remove.run(())
            >
                "Remove"
            </button>
        </div>
    }
}
