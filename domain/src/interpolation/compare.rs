//! Comparisons with the semantics that admins expect. Variables are text, so `order_total > 100` must compare numbers.
//!
//! The template engine compares values of different types by their type, without an error. Both sides of each
//! comparison are therefore wrapped into an [`Operand`] before the expression is compiled; it compares the values and
//! reports when they have no order.

use std::{
    cmp::Ordering,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering as Memory},
    },
};

use minijinja::{
    Error, ErrorKind, Value,
    value::{DynObject, Object, ObjectRepr, ValueKind},
};

use super::{
    form::plain,
    scan::{TokenKind, tokens},
};
use crate::text::folded;

/// The wrapping filters: for `==` and `!=`, and for the other comparisons.
pub(super) const EQUATED: &str = "__equated";
pub(super) const ORDERED: &str = "__ordered";

/// One nesting level of brackets: where its current operand starts, and the filter of a comparison whose right side is
/// not finished.
#[derive(Default)]
struct Level {
    from: usize,
    open: Option<&'static str>,
}

/// Wraps both sides of each comparison: `a + 1 > b` becomes `(a + 1)|f > (b)|f`.
pub(super) fn wrapped(source: &str) -> String {
    let mut out = String::with_capacity(source.len() * 2);
    let mut levels = vec![Level::default()];
    for token in tokens(source) {
        let Some(level) = levels.last_mut() else { break };
        if token.is_comparison() {
            let filter = level.open.unwrap_or(if matches!(token.text, "==" | "!=") { EQUATED } else { ORDERED });
            if level.open.is_none() {
                out.insert(level.from, '(');
            }
            out.push_str(&format!(" )|{filter} {} (", token.text));
            level.open = Some(filter);
            continue;
        }
        let opens = token.kind == TokenKind::Sign && matches!(token.text, "(" | "[" | "{");
        let closes = token.kind == TokenKind::Sign && matches!(token.text, ")" | "]" | "}");
        let parts =
            token.text == "," || token.text == ":" || matches!(token.text, "and" | "or" | "not" | "if" | "else");
        if (closes || parts)
            && let Some(filter) = level.open.take()
        {
            out.push_str(&format!(" )|{filter} "));
        }
        if closes && levels.len() > 1 {
            levels.pop();
        }
        out.push_str(token.text);
        if parts && let Some(level) = levels.last_mut() {
            level.from = out.len();
        }
        if opens {
            levels.push(Level { from: out.len(), open: None });
        }
    }
    if let Some(filter) = levels.last_mut().and_then(|level| level.open.take()) {
        out.push_str(&format!(" )|{filter}"));
    }
    out
}

/// One side of a comparison.
#[derive(Debug)]
pub(super) struct Operand {
    side: Side,
    /// Set to true if the two sides have no order.
    incomparable: Option<Arc<AtomicBool>>,
}

#[derive(Debug)]
enum Side {
    Whole(i128),
    Number(f64),
    Truth(bool),
    /// Folded, so that case and accents do not matter.
    Text(String),
}

impl Operand {
    /// # Errors
    /// If the value is missing or not a text, number or boolean.
    pub fn wrap(value: &Value, incomparable: Option<Arc<AtomicBool>>) -> Result<Value, Error> {
        let side = match value.kind() {
            ValueKind::Undefined => return Err(Error::from(ErrorKind::UndefinedError)),
            ValueKind::None => Side::Text(String::new()),
            ValueKind::Bool => Side::Truth(value.is_true()),
            ValueKind::Number | ValueKind::String => read(&value.to_string()),
            _ => return Err(Error::new(ErrorKind::InvalidOperation, "only texts and numbers can be compared")),
        };
        Ok(Value::from_object(Self { side, incomparable }))
    }
}

fn read(text: &str) -> Side {
    let plain = plain(text);
    let text = plain.trim();
    match (text, looks_numeric(text)) {
        ("true", _) => Side::Truth(true),
        ("false", _) => Side::Truth(false),
        (_, true) => match (text.trim_start_matches('+').parse(), text.parse()) {
            (Ok(whole), _) => Side::Whole(whole),
            (_, Ok(number)) => Side::Number(number),
            _ => Side::Text(folded(text)),
        },
        _ => {
            let plain = folded(text);
            // Punctuation folds to an empty text, but `?` must not equal `!`.
            Side::Text(if plain.is_empty() { text.to_owned() } else { plain })
        }
    }
}

/// Whether a text counts as a number: an optional sign, digits, and an optional decimal point with digits.
pub(super) fn looks_numeric(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(fraction)
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.side {
            Side::Whole(whole) => write!(f, "{whole}"),
            Side::Number(number) => write!(f, "{number}"),
            Side::Truth(truth) => write!(f, "{truth}"),
            Side::Text(text) => f.write_str(text),
        }
    }
}

impl Object for Operand {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        let order = match (&self.side, &other.side) {
            (Side::Whole(a), Side::Whole(b)) => return Some(a.cmp(b)),
            (Side::Text(a), Side::Text(b)) => return Some(a.cmp(b)),
            (Side::Truth(a), Side::Truth(b)) => return Some(a.cmp(b)),
            (Side::Number(a), Side::Number(b)) => a.partial_cmp(b),
            (Side::Whole(a), Side::Number(b)) => (*a as f64).partial_cmp(b),
            (Side::Number(a), Side::Whole(b)) => a.partial_cmp(&(*b as f64)),
            _ => None,
        };
        if order.is_none()
            && let Some(incomparable) = &self.incomparable
        {
            incomparable.store(true, Memory::Relaxed);
        }
        // Only "not equal" matters here; an ordering comparison without an order is reported as an error above.
        Some(order.unwrap_or(Ordering::Less))
    }
}
