//! Parses a template without evaluating it: its pieces, the tokens of an expression, the names it uses.

use std::collections::BTreeSet;

use super::{Form, InterpolationFault, expression, fault};

/// The most expressions of one text.
const MAX_EXPRESSIONS: usize = 200;

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Segment<'a> {
    Plain(&'a str),
    Expression(&'a str),
    /// `{{ secret.NAME }}`, only in forms that allow secrets.
    Secret(&'a str),
}

/// A variable that a template uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    pub name: String,
    /// Only used where a missing value is harmless: with `default`, or next to `is defined`.
    pub guarded: bool,
}

/// The pieces of a template, in order.
///
/// # Errors
/// [`InterpolationFault`] for statements, for unmatched braces, for too many expressions, and for secrets in forms that
/// do not allow them.
pub(super) fn pieces(text: &str, form: Form) -> Result<Vec<Segment<'_>>, InterpolationFault> {
    if text.contains("{%") {
        return Err(fault("`{% … %}` isn't supported. Use variables only, such as `{{ customer.name }}`."));
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        pieces.push(plain(&rest[..at], form)?);
        if pieces.len() >= 2 * MAX_EXPRESSIONS {
            return Err(fault(format!("A text can have up to {MAX_EXPRESSIONS} variables. Split it.")));
        }
        let body = &rest[at + 2..];
        let end = closing(body).ok_or_else(|| fault("A `{{` is never closed. Add `}}` after the variable."))?;
        pieces.push(inner(&body[..end], form)?);
        rest = &body[end + 2..];
    }
    pieces.push(plain(rest, form)?);
    Ok(pieces)
}

/// Text outside of expressions. A lone `}}` is an error, because customers would see it; in JSON it closes two objects.
fn plain(text: &str, form: Form) -> Result<Segment<'_>, InterpolationFault> {
    if form != Form::Json && text.contains("}}") {
        return Err(fault("A `}}` has no matching `{{`. Start the variable with `{{`."));
    }
    Ok(Segment::Plain(text))
}

fn inner(source: &str, form: Form) -> Result<Segment<'_>, InterpolationFault> {
    let is_secret = tokens(source).iter().any(|token| token.is_name("secret"));
    if !is_secret {
        return Ok(Segment::Expression(source));
    }
    if form != Form::Header {
        return Err(fault("Secrets can only be used in header values."));
    }
    let name = source.trim().strip_prefix("secret.").filter(|name| is_plain_name(name));
    name.map(Segment::Secret).ok_or_else(|| {
        fault(format!(
            "{} isn't a secret's name. Use `{{{{ secret.NAME }}}}` and nothing else.",
            expression::shown(source)
        ))
    })
}

fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Position of the `}}` that ends an expression, ignoring those within quotes.
fn closing(body: &str) -> Option<usize> {
    unquoted(body).find(|(at, _)| body[*at..].starts_with("}}")).map(|(at, _)| at)
}

/// The characters of an expression outside of quoted text, with their positions.
pub(super) fn unquoted(body: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut escaped = false;
    body.char_indices().filter(move |(_, c)| {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if *c == '\\' => escaped = true,
            Some(open) if *c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(*c),
            None => return true,
        }
        false
    })
}

/// A token of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters, digits and underscores; with dots, a path.
    Name,
    Space,
    /// One character, or a comparison operator of two.
    Sign,
    Quoted,
}

impl Token<'_> {
    pub fn is_name(&self, name: &str) -> bool {
        self.kind == TokenKind::Name
            && (self.text == name || self.text.strip_prefix(name).is_some_and(|x| x.starts_with('.')))
    }

    pub fn is_comparison(&self) -> bool {
        self.kind == TokenKind::Sign && matches!(self.text, "==" | "!=" | "<=" | ">=" | "<" | ">")
    }
}

/// Splits an expression into tokens, which concatenate to the source.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = match first {
            '"' | '\'' => (TokenKind::Quoted, quoted_length(rest, first)),
            c if c.is_whitespace() => (TokenKind::Space, run(rest, char::is_whitespace)),
            c if c.is_alphanumeric() || c == '_' => {
                (TokenKind::Name, run(rest, |c| c.is_alphanumeric() || matches!(c, '_' | '.')))
            }
            _ if ["==", "!=", "<=", ">="].iter().any(|sign| rest.starts_with(sign)) => (TokenKind::Sign, 2),
            c => (TokenKind::Sign, c.len_utf8()),
        };
        tokens.push(Token { kind, text: &rest[..length] });
        rest = &rest[length..];
    }
    tokens
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The variables that a template uses. Secrets are named `secret.NAME`.
///
/// # Errors
/// [`InterpolationFault`] if the text is not a valid template, or uses an unknown filter or test.
pub fn names(text: &str, form: Form) -> Result<BTreeSet<Name>, InterpolationFault> {
    let mut found = BTreeSet::new();
    for piece in pieces(text, form)? {
        match piece {
            Segment::Plain(_) => {}
            Segment::Secret(name) => _ = found.insert(Name { name: format!("secret.{name}"), guarded: true }),
            Segment::Expression(source) => found.extend(expression::names(source)?),
        }
    }
    Ok(found)
}

/// The variables that a condition uses.
///
/// # Errors
/// Like [`names`].
pub fn names_of_condition(source: &str) -> Result<BTreeSet<Name>, InterpolationFault> {
    if tokens(source).iter().any(|token| token.is_name("secret")) {
        return Err(fault("Secrets can only be used in header values."));
    }
    expression::names(source)
}

/// Number of characters outside of expressions: the minimum length of the result.
pub fn literal_length(text: &str, form: Form) -> usize {
    pieces(text, form).map_or_else(
        |_| text.chars().count(),
        |pieces| {
            pieces.iter().map(|piece| if let Segment::Plain(plain) = piece { plain.chars().count() } else { 0 }).sum()
        },
    )
}

/// Whether the text consists of exactly one expression.
pub fn is_lone_expression(text: &str) -> bool {
    let pieces = pieces(text.trim(), Form::Text).unwrap_or_default();
    matches!(pieces[..], [Segment::Plain(""), Segment::Expression(_), Segment::Plain("")])
}

/// Whether a missing value of `name` is harmless in `source`: each use is followed by `default`, or there is an `is
/// defined` test of it.
pub(super) fn is_guarded(source: &str, name: &str) -> bool {
    let tokens: Vec<Token<'_>> = tokens(source).into_iter().filter(|token| token.kind != TokenKind::Space).collect();
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let places: Vec<usize> = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.kind == TokenKind::Name && token.text == name)
        .map(|(at, _)| at)
        .collect();
    let asked = |at: &usize| {
        text(at + 1) == "is" && (text(at + 2) == "defined" || (text(at + 2) == "not" && text(at + 3) == "defined"))
    };
    places.iter().any(asked)
        || (!places.is_empty() && places.iter().all(|at| text(at + 1) == "|" && text(at + 2) == "default"))
}
