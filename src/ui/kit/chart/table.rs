//! The table behind a chart: the same values and the same links, closed until somebody wants it.
//!
//! `<ChartTable caption heads rows/>`

use leptos::prelude::*;

/// A value, and the list behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableCell {
    pub text: String,
    pub href: Option<String>,
}

impl TableCell {
    pub fn text(text: String) -> Self {
        Self { text, href: None }
    }

    pub fn link(text: String, href: String) -> Self {
        Self { text, href: Some(href) }
    }
}

#[component]
pub fn ChartTable(
    /// What the table lists, for screen readers.
    caption: String,
    heads: Vec<String>,
    /// The first cell of a row names it.
    rows: Vec<Vec<TableCell>>,
) -> impl IntoView {
    let content = |cell: TableCell| match cell.href {
        Some(href) => view! { <a href=href>{cell.text}</a> }.into_any(),
        None => cell.text.into_any(),
    };
    let row = move |cells: Vec<TableCell>| {
        let mut cells = cells.into_iter();
        let name = cells.next().map(|cell| view! { <th scope="row">{content(cell)}</th> });
        let values = cells.map(|cell| view! { <td class="num">{content(cell)}</td> }).collect_view();
        view! { <tr>{name}{values}</tr> }
    };
    let heads = heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect_view();
    view! {
        <details class="chart-table">
            <summary>"Show as a table"</summary>
            <div class="wide">
                <table>
                    <caption class="visually-hidden">{caption}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}
