//! The outline as a tree of cards, with a button to add a step after every row.

use leptos::{attr::custom::custom_attribute, prelude::*};

use super::{
    keys,
    outline::{BranchTone, Face, FaultCounts, OutlineItem, OutlineRow, icon},
    state::{Editor, Panel},
};
use crate::{domain::flow::edit::Kind, ui::components::icon::Icon};

#[component]
pub fn Tree() -> impl IntoView {
    let editor = Editor::expect();
    let items =
        move || editor.outline.with(|outline| outline.rows.iter().map(|row| row.item.clone()).collect::<Vec<_>>());
    view! {
        <div
            class="outline"
            role="tree"
            aria-label="Steps of the flow"
            on:keydown=move |event| keys::pressed(&event, editor)
        >
            <For each=items key=OutlineItem::dom let:item>
                <TreeRow item/>
            </For>
        </div>
    }
}

#[component]
fn TreeRow(item: OutlineItem) -> impl IntoView {
    let editor = Editor::expect();
    let wanted = StoredValue::new(item.clone());
    let row = Memo::new(move |last: Option<&Option<OutlineRow>>| {
        let now = editor.outline.with(|outline| wanted.with_value(|item| outline.row(item).cloned()));
        // A removed row is drawn once more with its last values.
        now.or_else(|| last.cloned().flatten())
    });
    let of_row = move |read: fn(&OutlineRow) -> usize| row.with(|row| row.as_ref().map(read).unwrap_or_default());
    let depth = Memo::new(move |_| of_row(|row| row.depth));
    let on_it = Memo::new(move |_| editor.cursor.with(|cursor| wanted.with_value(|item| cursor == item)));
    let is_trial_step = Memo::new(move |_| {
        editor.trial_step.with(|step_of_trial| {
            step_of_trial.is_some()
                && wanted
                    .with_value(|item| matches!(item, OutlineItem::Step(step) if Some(step) == step_of_trial.as_ref()))
        })
    });
    let select = move || {
        editor.cursor.set(wanted.get_value());
        if editor.panel.get_untracked() == Panel::Versions {
            editor.panel.set(Panel::Form);
        }
    };
    let has_errors = move || {
        row.with(|row| match row {
            Some(OutlineRow { face: Face::Step { faults, .. } | Face::Start { faults, .. }, .. }) => faults.errors > 0,
            _ => false,
        })
    };
    // Leptos has no typed names for these attributes.
    let place = (
        custom_attribute("aria-level", move || of_row(|row| row.level).to_string()),
        custom_attribute("aria-posinset", move || of_row(|row| row.place).to_string()),
        custom_attribute("aria-setsize", move || of_row(|row| row.siblings).to_string()),
    );
    let kind = match &item {
        OutlineItem::Start => "start",
        OutlineItem::Step(_) => "step",
        OutlineItem::Branch { .. } => "branch",
    };
    view! {
        <div class=format!("flow-row {kind}")>
            {move || (0..depth.get()).map(|_| view! { <i class="guide" aria-hidden="true"></i> }).collect_view()}
            <div class="cell">
                <div
                    id=item.dom()
                    role="treeitem"
                    class="node"
                    class:on=move || on_it.get()
                    class:standing=move || is_trial_step.get()
                    class:invalid=has_errors
                    tabindex=move || if on_it.get() { "0" } else { "-1" }
                    {..place}
                    aria-selected=move || on_it.get().to_string()
                    aria-current=move || is_trial_step.get().then_some("step")
                    on:focus=move |_| {
                        if !on_it.get_untracked() {
                            select();
                        }
                    }
                    on:click=move |_| {
                        select();
                        editor.panel.set(Panel::Form);
                        editor.sheet.set(true);
                    }
                >
                    {move || row.get().map(|row| view! { <RowFace face=row.face/> })}
                </div>
                // Hidden from screen readers, because a tree may contain tree items only. Shortcuts and the form do the
                // same.
                <button
                    type="button"
                    class="plus"
                    tabindex="-1"
                    aria-hidden="true"
                    title="Add a step here"
                    on:click=move |_| editor.ask_behind(wanted.get_value())
                >
                    <Icon name="plus" class="xs"/>
                </button>
            </div>
        </div>
    }
}

#[component]
fn RowFace(face: Face) -> impl IntoView {
    match face {
        Face::Start { name, starts, faults } => view! {
            <span class="mark"><Icon name="play"/></span>
            <span class="words">
                <b dir="auto">{if name.trim().is_empty() { "Untitled flow".to_owned() } else { name }}</b>
                <span class="essence" dir="auto">{starts}</span>
            </span>
            <Marks faults/>
        }
        .into_any(),
        Face::Step { kind, number, label, named, summary, faults, ends } => view! {
            <span class=format!("mark {}", class_of(kind))><Icon name=icon(kind)/></span>
            <span class="words">
                <span class="number">{format!("{number}. ")}</span>
                <b dir="auto">{label}</b>
                {named.then(|| view! { <small class="kind">{kind.label()}</small> })}
                <span class="essence" dir="auto">{summary}</span>
            </span>
            {ends.then(|| view! { <small class="end">{end_words(kind)}</small> })}
            <Marks faults/>
        }
        .into_any(),
        Face::Branch { heading, words, empty, tone } => view! {
            <span class=if tone == BranchTone::Failure { "tag w" } else { "tag n" } dir="auto">{heading}</span>
            {words.map(|words| view! { <small class="condition" dir="auto">{words}</small> })}
            {empty.map(|words| view! { <small class="hint">{words}</small> })}
        }
        .into_any(),
    }
}

/// Why no step follows in the block.
fn end_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Jump => "Continues elsewhere",
        Kind::Message
        | Kind::Question
        | Kind::Condition
        | Kind::Hours
        | Kind::Set
        | Kind::Http
        | Kind::Model
        | Kind::Handoff
        | Kind::Close => "Ends here",
    }
}

/// The number of a step's faults, as an icon and as text.
#[component]
fn Marks(faults: FaultCounts) -> impl IntoView {
    let (class, icon, words) = match faults {
        FaultCounts { errors: 0, warnings: 0 } => return ().into_any(),
        FaultCounts { errors: 0, warnings: 1 } => ("tag w", "warn", "1 warning".to_owned()),
        FaultCounts { errors: 0, warnings } => ("tag w", "warn", format!("{warnings} warnings")),
        FaultCounts { errors: 1, .. } => ("tag b", "alert", "1 issue".to_owned()),
        FaultCounts { errors, .. } => ("tag b", "alert", format!("{errors} issues")),
    };
    view! { <span class=class><Icon name=icon/>{words}</span> }.into_any()
}

/// The class of a kind's mark, by group: messages, decisions, calls, handoff.
pub fn class_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Message | Kind::Question => "says",
        Kind::Condition | Kind::Hours | Kind::Set | Kind::Jump => "decides",
        Kind::Http | Kind::Model => "asks",
        Kind::Handoff => "hands",
        Kind::Close => "ends",
    }
}
