//! Texts with variables: `{{` and `}}` enclose an expression, everything else is plain text.
//!
//! Tenants write these texts, so they get expressions and a few filters only: no statements, loops or includes, with
//! bounded work and output. Each expression is compiled separately, so that a fault names its expression. Values are
//! inserted as data and never evaluated as templates. The caller defines the variables ([`Scope`]). To add a filter or
//! test: `expression.rs`. To add a target format: a variant of [`Form`] with its escaping in `form.rs`.

mod closing;
mod compare;
mod expression;
mod extent;
mod form;
mod holes;
mod scan;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;

use super::{customer_name::first_name, message::TEXT_LIMIT, text::clip};
pub use closing::{ClosingValues, closing_message};
pub use expression::{FILTERS, TESTS};
pub use form::{Form, put_in_secrets};
pub use holes::{filled_with_holes, saved_reply_fault};
pub use scan::{Name, is_lone_expression, literal_length, names, names_of_condition};
pub use words::condition_words;

use form::Filling;

/// Why a text cannot be filled in, written for the admin who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct InterpolationFault {
    pub detail: String,
}

fn fault(detail: impl Into<String>) -> InterpolationFault {
    InterpolationFault { detail: detail.into() }
}

/// How names that are not in the [`Scope`] are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamePolicy {
    /// A name outside of the scope is an error.
    Closed,
    /// A name outside of the scope has no value: only `default` and `is defined` may use it.
    Open,
}

/// The variables that a text may use, with their values. Names contain at most one dot: `order_number`,
/// `customer.name`.
#[derive(Clone, Debug)]
pub struct Scope {
    values: BTreeMap<String, String>,
    names: NamePolicy,
}

impl Scope {
    /// Later values of a name replace earlier ones.
    pub fn new<'a>(names: NamePolicy, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { values, names }
    }

    /// The values as the engine takes them, converted by `read`. A plain `customer` is replaced by `customer.name`.
    fn context(&self, read: impl Fn(&str) -> Value) -> Value {
        let mut plain = BTreeMap::new();
        let mut nested = BTreeMap::<&str, BTreeMap<&str, Value>>::new();
        for (name, value) in &self.values {
            match name.split_once('.') {
                Some((outer, inner)) => _ = nested.entry(outer).or_default().insert(inner, read(value)),
                None => _ = plain.insert(name.as_str(), read(value)),
            }
        }
        plain.extend(nested.into_iter().map(|(outer, inner)| (outer, Value::from_pairs(inner))));
        Value::from_pairs(plain)
    }

    fn refuses(&self, name: &str) -> bool {
        self.names == NamePolicy::Closed && !self.values.contains_key(name)
    }

    /// The suggestion in an error: which variables may be used.
    fn offer(&self) -> String {
        match self.names {
            NamePolicy::Closed => {
                format!("You can use {}.", self.values.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
            }
            NamePolicy::Open => "Enter a variable, for example `{{ customer.name }}`.".to_owned(),
        }
    }
}

/// Fills in `text` for a target format.
///
/// # Errors
/// [`InterpolationFault`] if the text is not a valid template, uses a name without a value, or the result violates the
/// rules of its [`Form`].
pub fn render(text: &str, scope: &Scope, form: Form) -> Result<String, InterpolationFault> {
    let environment = expression::environment();
    let mut out = Filling::new(form);
    for piece in scan::pieces(text, form)? {
        match piece {
            scan::Segment::Plain(plain) => out.plain(plain)?,
            scan::Segment::Secret(name) => out.secret(name)?,
            scan::Segment::Expression(source) => {
                out.value(&expression::evaluate(&environment, source, scope)?)?;
            }
        }
    }
    out.finish()
}

/// Returns each expression of `text`, without the braces, with its value. For a language model, which must not mistake
/// values for the tenant's instructions and therefore gets both separately.
///
/// # Errors
/// [`InterpolationFault`], like [`render`] with [`Form::Text`].
pub fn expression_values(text: &str, scope: &Scope) -> Result<Vec<(String, String)>, InterpolationFault> {
    let environment = expression::environment();
    let mut values: Vec<(String, String)> = Vec::new();
    for piece in scan::pieces(text, Form::Text)? {
        if let scan::Segment::Expression(source) = piece
            && values.iter().all(|(known, _)| known != source.trim())
        {
            let value = clip(&expression::evaluate(&environment, source, scope)?, TEXT_LIMIT);
            values.push((source.trim().to_owned(), value));
        }
    }
    Ok(values)
}

/// Whether a condition holds.
///
/// A text that looks like a number is compared as a number (`"250.00" > 100`), `true` and `false` are booleans, and
/// other texts are compared ignoring case and accents. A single value holds unless it is empty, `0`, `false` or `no`.
///
/// # Errors
/// [`InterpolationFault`] if the expression is not valid, uses a name without a value, or compares a text with a number
/// by size.
/// than a number.
pub fn holds(source: &str, scope: &Scope) -> Result<bool, InterpolationFault> {
    expression::holds(source, scope)
}

/// The values of the variables in a tenant's own text.
#[derive(Clone, Copy, Debug)]
pub struct TextValues<'a> {
    pub customer_name: &'a str,
    pub tenant_name: &'a str,
}

/// The sample customer of previews and checks.
pub const SAMPLE_CUSTOMER: &str = "Maria Silva";

/// Fills in a tenant's text that no agent sends: greeting, fallback, notice.
///
/// # Errors
/// [`InterpolationFault`], like [`render`].
pub fn filled(text: &str, values: &TextValues<'_>) -> Result<String, InterpolationFault> {
    // Fast path: most texts have no variables, and every first message of a customer is answered with one.
    if !text.contains('{') {
        return Ok(text.to_owned());
    }
    let named = [
        ("customer.name", values.customer_name),
        ("customer.first_name", first_name(values.customer_name)),
        ("tenant.name", values.tenant_name),
    ];
    render(text, &Scope::new(NamePolicy::Closed, named), Form::Text)
}

/// Like [`render`], with a sample value for every variable. Finds faults that only evaluation reveals.
///
/// # Errors
/// [`InterpolationFault`], like [`render`].
pub fn try_out(text: &str, form: Form) -> Result<String, InterpolationFault> {
    let found = names(text, form)?;
    render(text, &sample(&found), form)
}

/// Like [`try_out`], for a condition.
///
/// # Errors
/// [`InterpolationFault`], like [`holds`].
pub fn try_out_condition(source: &str) -> Result<(), InterpolationFault> {
    let found = names_of_condition(source)?;
    expression::understood(source, &sample(&found))
}

/// A value that is both a text and a number, so that every filter accepts it.
const SAMPLE: &str = "7";

fn sample(names: &BTreeSet<Name>) -> Scope {
    Scope::new(NamePolicy::Open, names.iter().map(|name| (name.name.as_str(), SAMPLE)))
}

#[cfg(test)]
mod tests;
