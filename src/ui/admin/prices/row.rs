//! The prices of one country.

use leptos::prelude::*;

use super::{
    PriceForm,
    typed::{OTHERS, PricePlace, TypedMarket},
};
use crate::{
    domain::{market::market_label, prices::PriceCategory},
    ui::{
        browser,
        kit::{FieldError, FieldKind, IconButton, TextBinding, TextInput},
    },
};

/// The id of a row's calling code, to focus it.
pub fn code_id(id: u32) -> String {
    format!("price-{id}-code")
}

#[component]
pub fn PriceLine(table: PriceForm, row: Memo<TypedMarket>) -> impl IntoView {
    let id = row.with_untracked(|row| row.id);
    let form = table.form;
    let fault = table.fault(PricePlace::Row(id));
    let error_id = format!("price-{id}-error");
    let label = Signal::derive(move || match id {
        OTHERS => market_label(""),
        _ => row.with(|row| match row.calling_code().as_str() {
            "" => "New country".to_owned(),
            code => market_label(code),
        }),
    });
    let cells = PriceCategory::ALL
        .into_iter()
        .enumerate()
        .map(|(at, category)| {
            let text = TextBinding {
                value: Signal::derive(move || row.with(|row| row.prices[at].clone())),
                edit: Callback::new(move |now: String| {
                    form.edit(|typed| {
                        if let Some(row) = typed.row_mut(id) {
                            row.prices[at] = now;
                        }
                    });
                }),
                error: Some(fault),
            };
            view! {
                <td class="num">
                    <TextInput
                        id=format!("price-{id}-{at}")
                        kind=FieldKind::Identifier
                        aria_label=Signal::derive(move || format!("{}, {}", label.get(), category.label()))
                        text
                        described_by=error_id.clone()
                    />
                </td>
            }
        })
        .collect_view();
    let remove = move |_| {
        form.edit(|typed| typed.rows.retain(|row| row.id != id));
        browser::focus(&format!("price-{OTHERS}-0"));
    };
    view! {
        <tr>
            <td>
                {match id {
                    OTHERS => view! { <b>{label}</b> }.into_any(),
                    _ => view! { <CountryCode table row id label/> }.into_any(),
                }}
                <FieldError id=format!("price-{id}-error") text=fault/>
            </td>
            {cells}
            <td class="tight">
                {(id != OTHERS).then(|| view! {
                    <IconButton
                        icon="trash"
                        label=Signal::derive(move || format!("Remove {}", label.get()))
                        press=remove
                    />
                })}
            </td>
        </tr>
    }
}

/// The calling code, and the countries that have it.
#[component]
fn CountryCode(table: PriceForm, row: Memo<TypedMarket>, id: u32, label: Signal<String>) -> impl IntoView {
    let text = TextBinding {
        value: Signal::derive(move || row.with(|row| row.code.clone())),
        edit: Callback::new(move |now: String| {
            table.form.edit(|typed| {
                if let Some(row) = typed.row_mut(id) {
                    row.code = now;
                }
            });
        }),
        error: Some(table.fault(PricePlace::Row(id))),
    };
    view! {
        <TextInput
            id=code_id(id)
            kind=FieldKind::Number
            aria_label=Signal::stored("Calling code".to_owned())
            text
            described_by=format!("price-{id}-error")
        />
        <small class="hint">{label}</small>
    }
}
