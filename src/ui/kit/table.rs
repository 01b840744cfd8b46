//! A table of a page: its columns, a row per item, and what is shown while there are no items.
//!
//! `const COLUMNS: [Column; 2] = [Column::new("Name"), Column::actions("Edit or remove")];` and `<Table
//! columns=&COLUMNS rows key=|tool: &ToolRow| tool.tool.name.clone() row=move |tool| view! { <ToolLine tool/> }/>`. A
//! row is given its item as a memo, which keeps the last one while the row leaves; see `kit/row.rs` for rows that can
//! be edited or removed.

use leptos::prelude::*;

/// A column's heading, and how the column is shown.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    label: &'static str,
    /// What a screen reader says instead of the label.
    spoken: Option<&'static str>,
    class: &'static str,
}

impl Column {
    pub const fn new(label: &'static str) -> Self {
        Self { label, spoken: None, class: "" }
    }

    /// Left out on narrow screens. Its cells have the class `opt`.
    pub const fn optional(label: &'static str) -> Self {
        Self { class: "opt", ..Self::new(label) }
    }

    /// Numbers, to be compared. Its cells have the class `num`.
    pub const fn number(label: &'static str) -> Self {
        Self { class: "num", ..Self::new(label) }
    }

    /// Numbers under a short heading, which `spoken` says in full.
    pub const fn short_number(label: &'static str, spoken: &'static str) -> Self {
        Self { label, spoken: Some(spoken), class: "num" }
    }

    /// A number that is left out on narrow screens.
    pub const fn optional_number(label: &'static str, spoken: &'static str) -> Self {
        Self { label, spoken: Some(spoken), class: "num opt" }
    }

    /// Buttons, without a visible heading. Its cells have the class `tight`.
    pub const fn actions(spoken: &'static str) -> Self {
        Self { label: "", spoken: Some(spoken), class: "" }
    }
}

#[component]
pub fn Table<T, K, V>(
    columns: &'static [Column],
    /// What the table lists, for screen readers.
    #[prop(optional, into)]
    caption: Option<&'static str>,
    #[prop(into)] rows: Signal<Vec<T>>,
    key: fn(&T) -> K,
    row: impl Fn(Memo<T>) -> V + Clone + Send + Sync + 'static,
    #[prop(optional, into)] empty: ViewFn,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Clone + Eq + std::hash::Hash + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let keys = move || rows.with(|rows| rows.iter().map(key).collect::<Vec<_>>());
    let item = move |wanted: K| {
        let found = move || rows.with(|rows| rows.iter().find(|item| key(item) == wanted).cloned());
        let first = untrack(&found)?;
        Some(Memo::new(move |last: Option<&T>| found().or_else(|| last.cloned()).unwrap_or_else(|| first.clone())))
    };
    view! {
        {move || none.get().then(|| empty.run())}
        <div class="wide" hidden=move || none.get()>
            <table>
                {caption.map(|caption| view! { <caption class="visually-hidden">{caption}</caption> })}
                <thead>
                    <tr>{columns.iter().map(|column| view! { <Heading column/> }).collect_view()}</tr>
                </thead>
                <tbody>
                    <For each=keys key=Clone::clone let:key>
                        {item(key).map(&row)}
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Heading(column: &'static Column) -> impl IntoView {
    let Column { label, spoken, class } = *column;
    let content = match spoken {
        None => view! { {label} }.into_any(),
        Some(spoken) => view! {
            {(!label.is_empty()).then(|| view! { <span aria-hidden="true">{label}</span> })}
            <span class="visually-hidden">{spoken}</span>
        }
        .into_any(),
    };
    view! { <th scope="col" class=class>{content}</th> }
}
