//! Messages that are lists of fields: answers to forms, and orders from the catalog.

use leptos::prelude::*;

use super::content::Words;
use crate::domain::message::OrderItem;

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

/// The answers of a form as lines. Its JSON comes from outside: anything but an object is shown as it is.
fn form_rows(fields: &str) -> Vec<(String, String)> {
    match serde_json::from_slice(fields.as_bytes()) {
        Ok(serde_json::Value::Object(answers)) => answers
            .into_iter()
            // The token identifies our form and is not an answer.
            .filter(|(key, _)| key != "flow_token")
            .map(|(key, value)| (plain_key(&key), plain_value(value)))
            .collect(),
        _ if fields.trim().is_empty() => Vec::new(),
        _ => vec![("Answer".to_owned(), fields.to_owned())],
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

fn plain_value(value: serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => "–".to_owned(),
        serde_json::Value::Array(values) => values.into_iter().map(plain_value).collect::<Vec<_>>().join(", "),
        serde_json::Value::Bool(true) => "yes".to_owned(),
        serde_json::Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
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
    fn a_form_is_read_whatever_it_holds() {
        let mut rows =
            form_rows(r#"{"flow_token":"x","screen_0_First_name_0":"Ana","colours":["red","blue"],"terms":true}"#);
        rows.sort();
        let expected = [("First name", "Ana"), ("colours", "red, blue"), ("terms", "yes")];
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
