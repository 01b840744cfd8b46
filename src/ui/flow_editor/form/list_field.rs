//! The rows of a list within a step: buttons, choices, fields of an answer. What a row holds is drawn by its caller.

use leptos::prelude::*;

use super::fields::Form;
use crate::{domain::flow::definition::StepKind, ui::components::icon::Icon};

/// The rows of a list within a step, with a way to add, remove and reorder them.
#[component]
pub fn ListField<V>(
    form: Form,
    /// What one row is called, `Button`.
    noun: &'static str,
    /// The heading over all.
    legend: &'static str,
    #[prop(optional, into)] hint: String,
    /// How many there are.
    count: fn(&StepKind) -> usize,
    /// The most there can be.
    most: usize,
    add: fn(&mut StepKind),
    remove: fn(&mut StepKind, usize),
    /// Swaps a row with the one before it.
    raise: fn(&mut StepKind, usize),
    draw: impl Fn(usize) -> V + Send + Sync + Clone + 'static,
) -> impl IntoView
where
    V: IntoView + 'static,
{
    let rows = Memo::new(move |_| form.read(count));
    let key = noun.to_lowercase();
    let dom = move |n: usize| format!("list-{key}-{n}");
    let added = dom.clone();
    let hidden = hint.is_empty();
    let add = move |_: leptos::ev::MouseEvent| {
        form.change(add);
        let last = added(rows.get_untracked().saturating_sub(1));
        request_animation_frame(move || crate::ui::browser::focus_first(&last));
    };
    let removed = dom.clone();
    view! {
        <fieldset class="item-rows">
            <legend class="legend">{legend}</legend>
            <small class="hint" hidden=hidden>{hint}</small>
            <ol>
                <For each=move || 0..rows.get() key=|n| *n let:n>
                    <li id=dom(n)>
                        <div class="pair">{draw(n)}</div>
                        <div class="tools">
                            <button
                                type="button"
                                class="btn icon ghost"
                                aria-label=format!("Move {noun} {} up", n + 1)
                                disabled={n == 0}
                                on:click=move |_| form.change(|act| raise(act, n))
                            >
                                <Icon name="up"/>
                            </button>
                            <button
                                type="button"
                                class="btn icon ghost"
                                aria-label=format!("Remove {noun} {}", n + 1)
                                on:click={
                                    let removed = removed.clone();
                                    move |_| {
                                        form.change(|act| remove(act, n));
                                        let next = removed(n.saturating_sub(1));
                                        request_animation_frame(move || crate::ui::browser::focus_first(&next));
                                    }
                                }
                            >
                                <Icon name="x"/>
                            </button>
                        </div>
                    </li>
                </For>
            </ol>
            <button type="button" class="btn" disabled=move || { rows.get() >= most } on:click=add>
                <Icon name="plus"/>
                {format!("Add {}", noun.to_lowercase())}
            </button>
        </fieldset>
    }
}
