//! Compiles, checks and evaluates one expression.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use minijinja::{Environment, Error, ErrorKind, Expression, UndefinedBehavior, Value, value::ValueKind};

use super::{
    InterpolationFault, Scope,
    compare::{EQUATED, ORDERED, Operand, looks_numeric, wrapped},
    extent::{self, Extent},
    fault,
    form::plain,
    scan::{self, Name, TokenKind, tokens, unquoted},
};
use crate::text::folded;

/// The filters, used after `|`.
pub const FILTERS: [&str; 7] = ["upper", "lower", "title", "trim", "default", "number", "length"];
/// The tests, used after `is`. `contains`, `startswith` and `endswith` ignore case and accents.
pub const TESTS: [&str; 6] = ["defined", "empty", "number", "contains", "startswith", "endswith"];

/// The engine's step limit per expression: far more than any reasonable expression needs.
const FUEL: u64 = 500;
/// The longest expression, in bytes.
const LONGEST: usize = 4_096;

pub(super) fn environment() -> Environment<'static> {
    environment_with(&Arc::default())
}

/// `incomparable` is set to true if a text is compared with a number by size.
fn environment_with(incomparable: &Arc<AtomicBool>) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("upper", |value: Value| Ok(text_of(&value)?.to_uppercase()));
    environment.add_filter("lower", |value: Value| Ok(text_of(&value)?.to_lowercase()));
    environment.add_filter("title", |value: Value| Ok(title(&text_of(&value)?)));
    environment.add_filter("trim", |value: Value| Ok(text_of(&value)?.trim().to_owned()));
    // Applies to a name without a value and to an empty value.
    environment.add_filter("default", |value: Value, instead: Value| {
        let missing =
            value.is_undefined() || value.is_none() || value.as_str().is_some_and(|text| text.trim().is_empty());
        if missing { instead } else { value }
    });
    environment.add_filter("number", |value: Value| number(&value));
    environment.add_filter("length", |value: Value| Ok(text_of(&value)?.chars().count()));
    environment.add_test("defined", |value: Value| !value.is_undefined());
    environment.add_test("empty", |value: Value| Ok(text_of(&value)?.trim().is_empty()));
    environment.add_test("number", |value: Value| Ok(looks_numeric(plain(&text_of(&value)?).trim())));
    environment.add_test("contains", |value: Value, part: Value| {
        looked_for(&value, &part, |whole, part| whole.contains(part))
    });
    environment.add_test("startswith", |value: Value, part: Value| {
        looked_for(&value, &part, |whole, part| whole.starts_with(part))
    });
    environment.add_test("endswith", |value: Value, part: Value| {
        looked_for(&value, &part, |whole, part| whole.ends_with(part))
    });
    environment.add_filter(EQUATED, |value: Value| Operand::wrap(&value, None));
    let incomparable = Arc::clone(incomparable);
    environment.add_filter(ORDERED, move |value: Value| Operand::wrap(&value, Some(Arc::clone(&incomparable))));
    environment
}

fn text_of(value: &Value) -> Result<String, Error> {
    match value.kind() {
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        ValueKind::None => Ok(String::new()),
        ValueKind::String | ValueKind::Number | ValueKind::Bool => Ok(written(value)),
        _ => Err(Error::new(ErrorKind::InvalidOperation, "only texts and numbers have filters")),
    }
}

fn number(value: &Value) -> Result<Value, Error> {
    let text = plain(&text_of(value)?);
    let text = text.trim().trim_start_matches('+');
    let read = looks_numeric(text).then(|| match text.parse::<i64>() {
        Ok(whole) => Some(Value::from(whole)),
        Err(_) => text.parse::<f64>().ok().map(Value::from),
    });
    read.flatten().ok_or_else(|| Error::new(ErrorKind::BadSerialization, "no number"))
}

fn looked_for(value: &Value, part: &Value, fits: impl Fn(&str, &str) -> bool) -> Result<bool, Error> {
    let (whole, part) = (folded(&text_of(value)?), folded(&text_of(part)?));
    Ok(!part.is_empty() && fits(&whole, &part))
}

/// A value as text; an integral number is written without `.0`.
fn written(value: &Value) -> String {
    let text = value.to_string();
    match text.strip_suffix(".0") {
        Some(whole) if value.kind() == ValueKind::Number => whole.to_owned(),
        _ => text,
    }
}

/// Capitalises the first letter of each word and lowercases the rest.
fn title(text: &str) -> String {
    let mut inside = false;
    let mut titled = String::with_capacity(text.len());
    for c in text.chars() {
        if inside {
            titled.extend(c.to_lowercase());
        } else {
            titled.extend(c.to_uppercase());
        }
        inside = c.is_alphanumeric() || matches!(c, '\'' | '’');
    }
    titled
}

fn compiled<'a>(
    environment: &'a Environment<'_>,
    source: &str,
    offer: &str,
) -> Result<Expression<'a, 'a>, InterpolationFault> {
    if source.trim().is_empty() {
        return Err(fault(format!("`{{{{ }}}}` is empty. {offer}")));
    }
    if source.len() > LONGEST {
        return Err(fault(format!("{} is longer than {LONGEST} bytes. Simplify it.", shown(source))));
    }
    // Before the engine sees it: the engine recurses once per level, and a stack overflow ends the whole process.
    match Extent::of(source) {
        Extent { depth, .. } if depth > extent::MAX_DEPTH => {
            return Err(fault(format!("{} is nested too deeply. Simplify it.", shown(source))));
        }
        Extent { parts, .. } if parts > extent::MAX_PARTS => {
            let limit = extent::MAX_PARTS;
            return Err(fault(format!("{} has more than {limit} parts. Simplify it.", shown(source))));
        }
        Extent { .. } => {}
    }
    // A text multiplied by a number grows by megabytes in a single step, which the step limit does not count.
    if unquoted(source).any(|(_, c)| c == '*') {
        return Err(fault(format!("{} multiplies, which isn't allowed in a text.", shown(source))));
    }
    // Compile the source unchanged first, so that wrapping cannot make an invalid expression valid.
    let told = |error: Error| told(source, offer, &error);
    environment.compile_expression_owned(source.to_owned()).map_err(told)?;
    environment.compile_expression_owned(wrapped(source)).map_err(told)
}

fn named(expression: &Expression<'_, '_>) -> Vec<String> {
    let mut named: Vec<String> = expression.undeclared_variables(true).into_iter().collect();
    named.sort_unstable();
    named
}

/// The expression's value as text.
pub(super) fn evaluate(
    environment: &Environment<'_>,
    source: &str,
    scope: &Scope,
) -> Result<String, InterpolationFault> {
    let value = worked_out(environment, source, scope, |text| Value::from(text))?;
    match value.kind() {
        ValueKind::String | ValueKind::Number => Ok(written(&value)),
        ValueKind::None => Ok(String::new()),
        // `'x' if late` is empty when `late` is false; any other undefined value is an error.
        ValueKind::Undefined if tokens(source).iter().any(|token| token.is_name("if")) => Ok(String::new()),
        ValueKind::Undefined => Err(fault(format!("{} has no value.", shown(source)))),
        _ => Err(fault(format!("{} doesn't produce a text. {}", shown(source), scope.offer()))),
    }
}

/// In a condition, the texts `true` and `false` are booleans, so that `not is_vip` works.
fn truths(text: &str) -> Value {
    match text {
        "true" => Value::from(true),
        "false" => Value::from(false),
        _ => Value::from(text),
    }
}

fn worked_out(
    environment: &Environment<'_>,
    source: &str,
    scope: &Scope,
    read: impl Fn(&str) -> Value,
) -> Result<Value, InterpolationFault> {
    let offer = scope.offer();
    let expression = compiled(environment, source, &offer)?;
    if let Some(unknown) = named(&expression).iter().find(|name| scope.refuses(name)) {
        return Err(fault(format!("`{{{{ {unknown} }}}}` isn't a known variable. {offer}")));
    }
    expression.eval(scope.context(read)).map_err(|error| told(source, &offer, &error))
}

/// See [`super::holds`].
pub(super) fn holds(source: &str, scope: &Scope) -> Result<bool, InterpolationFault> {
    let incomparable = Arc::<AtomicBool>::default();
    let value = worked_out(&environment_with(&incomparable), source, scope, truths)?;
    if incomparable.load(Ordering::Relaxed) {
        return Err(fault(format!(
            "{} compares a text with a number by size. Compare two numbers instead.",
            shown(source)
        )));
    }
    match value.kind() {
        ValueKind::Bool => Ok(value.is_true()),
        ValueKind::String | ValueKind::Number => {
            Ok(!matches!(folded(&written(&value)).as_str(), "" | "0" | "false" | "no"))
        }
        ValueKind::None => Ok(false),
        ValueKind::Undefined => Err(fault(format!("{} has no value.", shown(source)))),
        _ => Err(fault(format!("{} isn't true or false. {}", shown(source), scope.offer()))),
    }
}

/// Whether a condition can be evaluated with sample values. A sample that has no order relative to a text is not a
/// fault.
pub(super) fn understood(source: &str, scope: &Scope) -> Result<(), InterpolationFault> {
    let value = worked_out(&environment(), source, scope, truths)?;
    match value.kind() {
        ValueKind::Bool | ValueKind::String | ValueKind::Number | ValueKind::None => Ok(()),
        _ => Err(fault(format!("{} isn't true or false. {}", shown(source), scope.offer()))),
    }
}

/// The variables of an expression.
pub(super) fn names(source: &str) -> Result<BTreeSet<Name>, InterpolationFault> {
    let environment = environment();
    let expression = compiled(&environment, source, "Enter a variable, for example `{{ customer.name }}`.")?;
    if let Some(unknown) = unknown_word(source) {
        return Err(unknown);
    }
    let guard = |name: String| Name { guarded: scan::is_guarded(source, &name), name };
    Ok(named(&expression).into_iter().map(guard).collect())
}

/// Finds unknown filters and tests; the engine only reports them when it evaluates them.
fn unknown_word(source: &str) -> Option<InterpolationFault> {
    let tokens: Vec<_> = tokens(source).into_iter().filter(|token| token.kind != TokenKind::Space).collect();
    for (at, token) in tokens.iter().enumerate() {
        let after = |by: usize| tokens.get(at + by).map_or("", |token| token.text);
        if token.text == "|" && token.kind == TokenKind::Sign && !FILTERS.contains(&after(1)) {
            return Some(no_filter(source));
        }
        let test = if after(1) == "not" { after(2) } else { after(1) };
        if token.text == "is" && token.kind == TokenKind::Name && !TESTS.contains(&test) {
            return Some(no_test(source));
        }
    }
    None
}

fn no_filter(source: &str) -> InterpolationFault {
    fault(format!("{} uses an unknown filter. You can use {}.", shown(source), FILTERS.join(", ")))
}

fn no_test(source: &str) -> InterpolationFault {
    fault(format!("{} uses an unknown test. After `is` you can use {}.", shown(source), TESTS.join(", ")))
}

/// The engine's error in terms an admin understands, without bytecode and types.
fn told(source: &str, offer: &str, error: &Error) -> InterpolationFault {
    let shown = shown(source);
    match error.kind() {
        ErrorKind::UnknownFilter => no_filter(source),
        ErrorKind::UnknownTest => no_test(source),
        ErrorKind::MissingArgument | ErrorKind::TooManyArguments => fault(format!(
            "{shown} passes the wrong number of arguments to a filter. Use, for example, `default(\"friend\")`."
        )),
        ErrorKind::OutOfFuel => fault(format!("{shown} takes too long to evaluate. Simplify it.")),
        ErrorKind::UndefinedError => fault(format!("{shown} has no value.")),
        ErrorKind::BadSerialization => fault(format!("{shown} needs a number, but got a text.")),
        _ => fault(format!("{shown} isn't valid. {offer}")),
    }
}

/// The expression as the admin wrote it, shortened if it is long.
pub(super) fn shown(source: &str) -> String {
    const SHOWN: usize = 60;
    let source = source.trim();
    let mut cut: String = source.chars().take(SHOWN).collect();
    if cut.len() < source.len() {
        cut.push('…');
    }
    format!("`{{{{ {cut} }}}}`")
}
