//! The form of an answer where it is not JSON that can be read.

use super::labels::label;

/// The form in lines, `reply: Hello` and `needs_person: false`: the reply, and whether a person is needed.
pub(super) fn in_lines(text: &str) -> Option<(String, bool)> {
    let mut needs_person = None;
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match label(line) {
            Some((head, said)) if head == "needs_person" => {
                let said = said.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '.' | '*'));
                needs_person = Some(match said.to_ascii_lowercase().as_str() {
                    "true" | "yes" => true,
                    "false" | "no" | "" | "null" => false,
                    _ => return None,
                });
            }
            Some(_) | None => kept.push_str(line),
        }
    }
    let kept = kept.trim();
    let said = match label(kept) {
        Some((head, said)) if head == "reply" => said.trim(),
        Some(_) | None => kept,
    };
    Some((scalar(said), needs_person?))
}

/// A text of YAML: in quotes, or indented below a bar.
fn scalar(text: &str) -> String {
    let quoted = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(inner) = quoted('"').or_else(|| quoted('\'')) {
        return inner.replace("\\n", "\n").replace("\\\"", "\"");
    }
    match text.split_once('\n') {
        Some(("|" | ">" | "|-" | ">-" | "|+" | ">+", block)) => {
            block.lines().map(str::trim).collect::<Vec<_>>().join("\n")
        }
        Some(_) | None => text.to_owned(),
    }
}

/// Whether a text has parts of the form that nobody could read.
pub(super) fn looks_structured(text: &str) -> bool {
    let bare = text.trim_start_matches(|c: char| c == '`' || c.is_whitespace());
    let bare = bare.strip_prefix("json").unwrap_or(bare).trim_start();
    bare.strip_prefix('{').is_some_and(begins_object) || has_key(text, "reply") || names_field(text)
}

/// Whether it names the field that no customer is told about.
pub(super) fn names_field(text: &str) -> bool {
    text.contains("needs_person") || text.contains("needs\\_person")
}

/// Whether an object begins before this text: `{Hello}` and `{{ name }}` are none.
fn begins_object(text: &str) -> bool {
    let text = text.trim_start();
    let text = text.strip_prefix('{').map_or(text, str::trim_start);
    let word = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    text.is_empty()
        || text.starts_with(['"', '\'', '“', '”', '„', '‘', '«', '[', '}'])
        || word.trim_start().starts_with(':')
}

/// Whether the text has a key of JSON: `Tap "reply"` has none.
pub(super) fn has_key(text: &str, key: &str) -> bool {
    let quoted = format!("\"{key}\"");
    text.match_indices(&quoted).any(|(at, _)| text[at + quoted.len()..].trim_start().starts_with(':'))
}
