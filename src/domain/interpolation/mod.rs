//! Texts with variables: what stands between `{{` and `}}` is an expression, everything else is plain text.
//!
//! Tenants write these, so they get expressions and a handful of filters and nothing more: no statements, no loops, no
//! includes, bounded work and bounded output. Each expression is compiled by itself, so a fault names the one it is in.
//! Values are put in as data and never read as a template themselves. Which variables there are is said by the caller
//! ([`Scope`]). To add a filter or a test: `expression.rs`. To add a place that texts are put into: a variant of [`Form`]
//! with its escaping in `form.rs`.

mod closing;
mod compare;
mod expression;
mod form;
mod scan;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;

use super::{customer_name::first_name, message::TEXT_LIMIT, text::clip};
pub use closing::{ClosingValues, closing_message};
pub use expression::{FILTERS, TESTS};
pub use form::{Form, put_in_secrets};
pub use scan::{Name, is_lone_expression, literal_length, names, names_of_condition};

use form::Filling;

/// Why a text cannot be filled in, in words for the admin who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct InterpolationFault {
    pub detail: String,
}

fn fault(words: impl Into<String>) -> InterpolationFault {
    InterpolationFault { detail: words.into() }
}

/// Whether names that a [`Scope`] does not hold are refused as such, or just have no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// A name outside of the scope is a slip, wherever it stands.
    Closed,
    /// A name outside of the scope has no value: `default` and `is defined` may look at it, nothing else.
    Open,
}

/// What a text may name, with the values. Names have at most one point: `order_number`, `customer.name`.
#[derive(Clone, Debug)]
pub struct Scope {
    values: BTreeMap<String, String>,
    names: Names,
}

impl Scope {
    /// Later values of a name replace earlier ones.
    pub fn new<'a>(names: Names, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { values, names }
    }

    /// The values as the engine takes them, each made by `read`. A plain `customer` gives way to `customer.name`.
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
        self.names == Names::Closed && !self.values.contains_key(name)
    }

    /// What to write instead, in a sentence.
    fn offer(&self) -> String {
        match self.names {
            Names::Closed => {
                format!("You can use {}.", self.values.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
            }
            Names::Open => "Enter a variable, for example `{{ customer.name }}`.".to_owned(),
        }
    }
}

/// Fills in `text` for the place it goes to.
///
/// # Errors
/// [`InterpolationFault`] when the text is no valid template, names what has no value, or the result breaks the form's rules
/// (see [`Form`]).
pub fn render(text: &str, scope: &Scope, form: Form) -> Result<String, InterpolationFault> {
    let environment = expression::environment();
    let mut out = Filling::new(form);
    for piece in scan::pieces(text, form)? {
        match piece {
            scan::Piece::Plain(plain) => out.plain(plain)?,
            scan::Piece::Secret(name) => out.secret(name)?,
            scan::Piece::Expression(source) => {
                out.value(&expression::evaluate(&environment, source, scope)?)?;
            }
        }
    }
    out.finish()
}

/// `text` as it stands, and beside it what each of its expressions comes to, without the braces. For a reader who must
/// never take a value for the tenant's own words: a language model.
///
/// # Errors
/// [`InterpolationFault`], as [`render`] into a [`Form::Text`].
pub fn told_apart(text: &str, scope: &Scope) -> Result<Vec<(String, String)>, InterpolationFault> {
    let environment = expression::environment();
    let mut values: Vec<(String, String)> = Vec::new();
    for piece in scan::pieces(text, Form::Text)? {
        if let scan::Piece::Expression(source) = piece
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
/// Texts and numbers compare as an admin expects: a text that looks like a number is one (`"250.00" > 100`), `true` and
/// `false` mean what they say, other texts compare without regard to case and accents. A value by itself holds unless it
/// is empty, `0`, `false` or `no`.
///
/// # Errors
/// [`InterpolationFault`] when the expression is not valid, names what has no value, or asks whether a text is more or less
/// than a number.
pub fn holds(source: &str, scope: &Scope) -> Result<bool, InterpolationFault> {
    expression::holds(source, scope)
}

/// Who a tenant's own text goes to, for the variables it may name.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    pub customer_name: &'a str,
    pub tenant_name: &'a str,
}

/// Stands for customers in previews and checks.
pub const SAMPLE_CUSTOMER: &str = "Maria Silva";

/// Fills in a text of the tenant that no agent is behind: greeting, fallback, notice.
///
/// # Errors
/// [`InterpolationFault`], as [`render`].
pub fn filled(text: &str, values: &Values<'_>) -> Result<String, InterpolationFault> {
    // Most have no variables, and every message of a new customer gets one.
    if !text.contains('{') {
        return Ok(text.to_owned());
    }
    let named = [
        ("customer.name", values.customer_name),
        ("customer.first_name", first_name(values.customer_name)),
        ("tenant.name", values.tenant_name),
    ];
    render(text, &Scope::new(Names::Closed, named), Form::Text)
}

/// As [`render`] with every variable a sample, for whoever checks a text: finds what only working it out brings to light.
///
/// # Errors
/// [`InterpolationFault`], as [`render`].
pub fn try_out(text: &str, form: Form) -> Result<String, InterpolationFault> {
    let found = names(text, form)?;
    render(text, &sample(&found), form)
}

/// As [`try_out`], for a condition.
///
/// # Errors
/// [`InterpolationFault`], as [`holds`].
pub fn try_out_condition(source: &str) -> Result<(), InterpolationFault> {
    let found = names_of_condition(source)?;
    expression::understood(source, &sample(&found))
}

/// A value that is a text and a number, so that no filter is surprised.
const SAMPLE: &str = "7";

fn sample(names: &BTreeSet<Name>) -> Scope {
    Scope::new(Names::Open, names.iter().map(|name| (name.name.as_str(), SAMPLE)))
}

#[cfg(test)]
mod tests;
