//! Imports a flow from the JSON that Handoff exports.

use crate::domain::flow::definition::Flow;

use super::{
    super::{Result, SettingsError},
    SIZE,
};

/// Parses a flow.
///
/// # Errors
/// [`SettingsError::Invalid`] with the line of the first error.
pub fn read(json: &str) -> Result<Flow> {
    if json.len() > SIZE {
        return Err(SettingsError::Invalid(format!(
            "This file is too large. A flow can have up to {} KB.",
            SIZE / 1_000
        )));
    }
    let json = json.trim_start_matches('\u{feff}');
    if json.trim().is_empty() {
        return Err(SettingsError::Invalid("Nothing to import. Choose a file, or paste its contents.".to_owned()));
    }
    serde_json::from_str(json).map_err(|error| SettingsError::Invalid(told(&error)))
}

/// The parser's message, with the position in front.
fn told(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let detail = error.to_string();
    let detail = detail.split(" at line ").next().unwrap_or_default();
    let hint = match error.classify() {
        serde_json::error::Category::Data => "This is JSON, but not a flow exported from Handoff.",
        _ => "This isn't valid JSON.",
    };
    format!("Line {line}, column {column}: {detail}. {hint}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::samples::Sample;

    fn refusal(json: &str) -> String {
        match read(json) {
            Err(SettingsError::Invalid(detail)) => detail,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_import_error_names_its_line() {
        let broken = "{\n  \"name\": \"Orders\",\n  \"steps\": [\n}";
        assert!(refusal(broken).starts_with("Line 4, column 1: "), "{}", refusal(broken));
        let foreign =
            "{\n  \"name\": \"Orders\",\n  \"steps\": [\n    {\"id\": \"a\", \"act\": {\"kind\": \"dance\"}}\n  ]\n}";
        let detail = refusal(foreign);
        assert!(
            detail.starts_with("Line 4, ") && detail.contains("dance") && detail.contains("not a flow"),
            "{detail}"
        );
        assert!(refusal("  ").contains("Nothing to import"));
        assert!(refusal(&" ".repeat(SIZE + 1)).contains("too large"));
    }

    #[test]
    fn an_exported_flow_can_be_imported() {
        let flow = Flow { name: "Orders".to_owned(), ..Flow::default() };
        let json = serde_json::to_string_pretty(&flow).expect("a flow is JSON");
        assert_eq!(read(&format!("\u{feff}{json}")).expect("reads"), flow);
    }

    proptest::proptest! {
        #[test]
        fn a_damaged_file_is_imported_or_refused_with_an_explanation(
            sample in proptest::sample::select(Sample::ALL.to_vec()),
            at in proptest::prelude::any::<proptest::sample::Index>(),
            length in 0..12_usize,
            instead in "[\\[\\]{}\":,a-z0-9 ]{0,8}",
        ) {
            let mut json: Vec<char> = serde_json::to_string(&sample.flow()).expect("JSON").chars().collect();
            let from = at.index(json.len());
            json.splice(from..(from + length).min(json.len()), instead.chars());
            match read(&json.into_iter().collect::<String>()) {
                Ok(_) => {}
                Err(SettingsError::Invalid(detail)) => assert!(detail.starts_with("Line ")),
                Err(other) => panic!("{other:?}"),
            }
        }
    }
}
