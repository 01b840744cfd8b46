//! Messages that are lists of fields: answers to forms, and orders from the catalog.

use leptos::prelude::*;

use super::content::Words;
use crate::domain::{json_words, message::OrderItem};

#[component]
pub fn Form(name: Option<String>, body: Option<String>, fields: String) -> impl IntoView {
    let title = match name.as_deref() {
        None | Some("" | "flow") => "Form".to_owned(),
        Some("address_message") => "Address".to_owned(),
        Some(name) => name.replace('_', " "),
    };
    let rows: Vec<_> = form_rows(&fields)
        .into_iter()
        .map(|(key, value)| {
            view! {
                <li>
                    <span dir="auto">{key}</span>
                    <span dir="auto">{value}</span>
                </li>
            }
        })
        .collect();
    let body = body.filter(|body| !body.trim().is_empty());
    view! {
        <div class="order">
            <b dir="auto">{title}</b>
            <ul>{rows}</ul>
        </div>
        {body.map(|body| view! { <Words body/> })}
    }
}

/// The answers of a form as lines, in the form's order. Its JSON comes from outside: what is no object is one answer.
fn form_rows(fields: &str) -> Vec<(String, String)> {
    match json_words::fields(fields) {
        Some(answers) => answers
            .into_iter()
            // The token identifies our form and is not an answer.
            .filter(|(key, _)| key != "flow_token")
            .map(|(key, value)| (plain_key(&key), value))
            .collect(),
        None if fields.trim().is_empty() => Vec::new(),
        None => vec![("Answer".to_owned(), json_words::in_words(fields))],
    }
}

/// The label of a field. Forms without field names of their own call it `screen_0_First_name_1`.
fn plain_key(key: &str) -> String {
    let bare = key.strip_prefix("screen_").and_then(|rest| rest.split_once('_')).map_or(key, |(_, rest)| rest);
    let bare = match bare.rsplit_once('_') {
        Some((head, tail)) if bare.len() < key.len() && tail.parse::<u32>().is_ok() => head,
        _ => bare,
    };
    bare.replace('_', " ")
}

#[component]
pub fn Order(text: Option<String>, items: Vec<OrderItem>) -> impl IntoView {
    let total = order_total(&items);
    let rows: Vec<_> = items
        .into_iter()
        .map(|item| {
            let price = money(item.currency.as_deref(), item.price * as_factor(item.quantity));
            view! {
                <li>
                    <span dir="auto">{format!("{} × {}", item.quantity, item.product)}</span>
                    <span>{price}</span>
                </li>
            }
        })
        .collect();
    let note = text.filter(|text| !text.trim().is_empty());
    view! {
        <div class="order">
            <b>"Order from the catalog"</b>
            <ul>
                {rows}
                {total
                    .map(|total| {
                        view! {
                            <li class="total">
                                <span>"Total"</span>
                                <span>{total}</span>
                            </li>
                        }
                    })}
            </ul>
        </div>
        {note.map(|body| view! { <Words body/> })}
    }
}

/// The sum, if all items have the same currency.
fn order_total(items: &[OrderItem]) -> Option<String> {
    let currency = items.first()?.currency.as_deref();
    let one = items.iter().all(|item| item.currency.as_deref() == currency);
    one.then(|| money(currency, items.iter().map(|item| item.price * as_factor(item.quantity)).sum()))
}

#[expect(clippy::cast_precision_loss, reason = "nobody orders 2^53 of anything")]
fn as_factor(quantity: i64) -> f64 {
    quantity as f64
}

fn money(currency: Option<&str>, amount: f64) -> String {
    match currency {
        Some(currency) => format!("{currency} {amount:.2}"),
        None => format!("{amount:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_in_its_order_whatever_it_holds() {
        let rows = form_rows(
            r#"{"flow_token":"x","terms":true,"screen_0_First_name_0":"Ana","colours":["red","blue"],"age":7}"#,
        );
        let expected = [("terms", "yes"), ("First name", "Ana"), ("colours", "red, blue"), ("age", "7")];
        assert_eq!(rows, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(form_rows("not json"), [("Answer".to_owned(), "not json".to_owned())]);
        assert!(form_rows("").is_empty());
    }

    #[test]
    fn an_order_is_summed_in_one_currency_only() {
        let item = |quantity, price, currency: &str| OrderItem {
            product: "cup".into(),
            quantity,
            price,
            currency: Some(currency.into()),
        };
        assert_eq!(order_total(&[item(2, 29.0, "BRL"), item(1, 0.5, "BRL")]).as_deref(), Some("BRL 58.50"));
        assert_eq!(order_total(&[item(2, 29.0, "BRL"), item(1, 0.5, "EUR")]), None);
        assert_eq!(order_total(&[]), None);
    }
}
