//! Texts with variables: what stands between `{{` and `}}` is an expression, everything else is plain text.
//!
//! Tenants write these, so they get expressions and the filters below and nothing more: no statements, no loops, no
//! includes, bounded work and bounded output. Each expression is compiled by itself, so a fault names the one it is in.
//! To add a variable: a field of [`Values`], its name in `KNOWN`, its place in `context`. To add a filter: a line in
//! `environment`, its name in `FILTERS`.

use minijinja::{
    Environment, Error, ErrorKind, UndefinedBehavior, context,
    value::{Value, ValueKind},
};

use crate::domain::message::TEXT_LIMIT;

/// What a text may name.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    pub customer_name: &'a str,
    /// The agent who closes.
    pub agent_name: &'a str,
    pub tenant_name: &'a str,
}

/// Why a text cannot be filled in, in words for the admin who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct TemplateFault {
    pub words: String,
}

const KNOWN: [&str; 3] = ["customer.name", "agent.name", "tenant.name"];
const FILTERS: [&str; 5] = ["upper", "lower", "title", "trim", "default"];

/// Steps of the engine that one expression may take: many times what the longest sensible one needs.
const FUEL: u64 = 500;

/// Fills in `text`. The result is plain text of at most [`TEXT_LIMIT`] characters; values are put in as they are and
/// never read as a template themselves.
///
/// # Errors
/// [`TemplateFault`] when the text is no valid template or the result is too long.
pub fn render(text: &str, values: &Values<'_>) -> Result<String, TemplateFault> {
    if text.contains("{%") {
        return Err(fault("`{% … %}` is not possible in a text. Use variables only, such as `{{ customer.name }}`."));
    }
    let environment = environment();
    let context = context! {
        customer => context! { name => values.customer_name },
        agent => context! { name => values.agent_name },
        tenant => context! { name => values.tenant_name },
    };
    let mut out = Bounded::default();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        plain(&mut out, &rest[..at])?;
        let body = &rest[at + 2..];
        let end = closing(body).ok_or_else(|| fault("A `{{` is never closed. Write `}}` after the variable."))?;
        out.push(&evaluate(&environment, &body[..end], &context)?)?;
        rest = &body[end + 2..];
    }
    plain(&mut out, rest)?;
    Ok(out.text)
}

/// Output that refuses to grow past what WhatsApp takes.
#[derive(Default)]
struct Bounded {
    text: String,
    length: usize,
}

impl Bounded {
    fn push(&mut self, part: &str) -> Result<(), TemplateFault> {
        self.length += part.chars().count();
        if self.length > TEXT_LIMIT {
            return Err(fault(format!(
                "With its variables filled in, the text has more than {TEXT_LIMIT} characters."
            )));
        }
        self.text.push_str(part);
        Ok(())
    }
}

/// Text outside of expressions. A lone `}}` is a slip that every customer would read.
fn plain(out: &mut Bounded, text: &str) -> Result<(), TemplateFault> {
    if text.contains("}}") {
        return Err(fault("A `}}` closes nothing. A variable begins with `{{`."));
    }
    out.push(text)
}

/// Where the `}}` that ends an expression stands; one inside quotes ends nothing.
fn closing(body: &str) -> Option<usize> {
    unquoted(body).find(|(at, _)| body[*at..].starts_with("}}")).map(|(at, _)| at)
}

/// The characters of an expression that are not in a quoted text, with their places.
fn unquoted(body: &str) -> impl Iterator<Item = (usize, char)> {
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

fn evaluate(environment: &Environment<'_>, source: &str, context: &Value) -> Result<String, TemplateFault> {
    let shown = shown(source);
    if source.trim().is_empty() {
        return Err(fault(format!("`{{{{ }}}}` is empty. {}", offer())));
    }
    // A text times a number grows by megabytes in one step that fuel does not see.
    if unquoted(source).any(|(_, c)| c == '*') {
        return Err(fault(format!("{shown} multiplies; a text cannot do that.")));
    }
    let expression = environment.compile_expression_owned(source.to_owned()).map_err(|error| told(&shown, &error))?;
    let mut named: Vec<String> = expression.undeclared_variables(true).into_iter().collect();
    named.sort_unstable();
    if let Some(unknown) = named.iter().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(fault(format!("`{{{{ {unknown} }}}}` is not known. {}", offer())));
    }
    let value = expression.eval(context.clone()).map_err(|error| told(&shown, &error))?;
    match value.kind() {
        ValueKind::String | ValueKind::Number => Ok(value.to_string()),
        ValueKind::Undefined | ValueKind::None => Ok(String::new()),
        _ => Err(fault(format!("{shown} gives no text. {}", offer()))),
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("upper", |text: String| text.to_uppercase());
    environment.add_filter("lower", |text: String| text.to_lowercase());
    environment.add_filter("title", |text: String| title(&text));
    environment.add_filter("trim", |text: String| text.trim().to_owned());
    // Every variable is always there, so what a default is for is a name that is empty.
    environment
        .add_filter("default", |text: String, instead: String| if text.trim().is_empty() { instead } else { text });
    environment
}

/// Each word with a capital letter, the rest of it small.
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

/// The engine's error in an admin's words; its own speak of bytecode and types.
fn told(shown: &str, error: &Error) -> TemplateFault {
    match error.kind() {
        ErrorKind::UnknownFilter => {
            fault(format!("{shown} uses a filter that is not known. You can use {}.", FILTERS.join(", ")))
        }
        ErrorKind::MissingArgument | ErrorKind::TooManyArguments => {
            fault(format!("{shown} gives a filter too much or too little. Write for example `default(\"friend\")`."))
        }
        ErrorKind::OutOfFuel => fault(format!("{shown} takes too long to work out. Make it simpler.")),
        _ => fault(format!("{shown} cannot be understood. {}", offer())),
    }
}

/// The expression as the admin wrote it, cut where it would fill the page.
fn shown(source: &str) -> String {
    const LONGEST: usize = 60;
    let source = source.trim();
    let mut cut: String = source.chars().take(LONGEST).collect();
    if cut.len() < source.len() {
        cut.push('…');
    }
    format!("`{{{{ {cut} }}}}`")
}

fn offer() -> String {
    format!("You can use {}.", KNOWN.join(", "))
}

fn fault(words: impl Into<String>) -> TemplateFault {
    TemplateFault { words: words.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'_> =
        Values { customer_name: "maria SILVA", agent_name: " Ana ", tenant_name: "Acme & <Sons>" };

    #[test]
    fn good_texts_are_filled_in() {
        let table = [
            ("", ""),
            ("Bye! 👋 {not a variable} 100%", "Bye! 👋 {not a variable} 100%"),
            ("Bye {{ customer.name }}, {{tenant.name}}.", "Bye maria SILVA, Acme & <Sons>."),
            ("{{ customer.name | title }}", "Maria Silva"),
            ("{{ customer.name|upper }}/{{ customer.name | lower }}", "MARIA SILVA/maria silva"),
            ("({{ agent.name | trim }})", "(Ana)"),
            ("{{ customer.name | default('friend') }}", "maria SILVA"),
            ("{{ '  ' | default(\"friend\") }}", "friend"),
            ("{{ \"}} stays {{\" }}!", "}} stays {{!"),
            ("{{ 'it\\'s' }}", "it's"),
            ("{{ 'a' ~ customer.name }}", "amaria SILVA"),
            ("{{ 'x' if customer.name == 'maria SILVA' else 'y' }}", "x"),
            ("a {# b", "a {# b"),
            ("line\n{{ 1 + 1 }}\nline\n", "line\n2\nline\n"),
        ];
        for (text, expected) in table {
            assert_eq!(render(text, &VALUES).as_deref(), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn bad_texts_say_what_is_wrong_with_them() {
        let table = [
            (
                "Bye {{ custmer.name }}",
                "`{{ custmer.name }}` is not known. You can use customer.name, agent.name, tenant.name.",
            ),
            ("{{ customer.nmae | default('x') }}", "`{{ customer.nmae }}` is not known."),
            ("{{ customer }}", "`{{ customer }}` is not known."),
            ("{{ customer['nmae'] }}", "is not known."),
            ("{{ range(9) }}", "`{{ range }}` is not known."),
            ("{{ customer.name", "never closed"),
            ("{ customer.name }}", "closes nothing"),
            ("{{ }}", "is empty"),
            ("{{ customer name }}", "`{{ customer name }}` cannot be understood."),
            ("{{ customer.name | reverse }}", "You can use upper, lower, title, trim, default."),
            ("{{ customer.name | default }}", "too much or too little"),
            ("{{ customer.name is odd }}", "cannot be understood"),
            ("{{ [1, 2] }}", "gives no text"),
            ("{{ customer.name == 'x' }}", "gives no text"),
            ("{% for x in y %}", "is not possible"),
            ("{{ 'a' * 999999999 }}", "multiplies"),
            ("{{ 1 / 0 }}", "cannot be understood"),
        ];
        for (text, expected) in table {
            let words = render(text, &VALUES).expect_err(text).words;
            assert!(words.contains(expected), "{text:?} said {words:?}");
        }
    }

    #[test]
    fn the_result_and_the_work_are_bounded() {
        let long = "é".repeat(TEXT_LIMIT);
        assert!(render(&long, &VALUES).is_ok());
        assert!(render(&format!("{long}{{{{ 'x' }}}}"), &VALUES).is_err());
        let endless = format!("{{{{ customer.name{} }}}}", "|upper".repeat(600));
        assert!(render(&endless, &VALUES).expect_err("too much work").words.contains("takes too long"));
        let deep = format!("{{{{ {}1{} }}}}", "(".repeat(1_500), ")".repeat(1_500));
        assert!(render(&deep, &VALUES).is_err());
    }

    #[test]
    fn a_name_is_never_read_as_a_template() {
        let values = Values { customer_name: "{{ agent.name }}{% x %}", ..VALUES };
        assert_eq!(render("{{ customer.name }}", &values).as_deref(), Ok("{{ agent.name }}{% x %}"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_safe(text in "[\\PC{}%'\"|.\\\\]{0,60}", inner in "[a-z.|'\" ()*~+{}\\[\\]0-9]{0,30}") {
            for text in [text, format!("{{{{{inner}}}}}")] {
                if let Ok(filled) = render(&text, &VALUES) {
                    proptest::prop_assert!(filled.chars().count() <= TEXT_LIMIT);
                }
            }
        }
    }
}
