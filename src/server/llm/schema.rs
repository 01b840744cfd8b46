//! Validates JSON schemas of tools, and arguments against them.
//!
//! Tenants write the schemas. A schema can load nothing from outside, its patterns run in linear time, and the domain
//! limits its size.

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

/// Memory limit of one compiled pattern, in bytes.
const PATTERN_LIMIT: usize = 256 * 1024;

fn compile(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_LIMIT).dfa_size_limit(PATTERN_LIMIT))
        .build(schema)
        .map_err(|error| error.to_string())
}

/// Why a schema cannot be used, as a sentence for the admin who wrote it.
pub fn fault(schema: &Value) -> Option<String> {
    let error = compile(schema).err()?;
    Some(format!("The schema isn't valid JSON Schema: {}", crate::domain::text::clip(&error, 200)))
}

/// Whether arguments match. Nothing matches an invalid schema.
pub fn fits(schema: &Value, arguments: &Value) -> bool {
    compile(schema).is_ok_and(|validator| validator.is_valid(arguments))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_validated_against_the_schema() {
        let schema = json!({
            "type": "object",
            "properties": {"order": {"type": "string", "pattern": "^[A-Z]-[0-9]+$"}, "count": {"type": "integer", "maximum": 9}},
            "required": ["order"],
            "additionalProperties": false,
        });
        assert!(fits(&schema, &json!({"order": "A-17", "count": 2})));
        for wrong in
            [json!({}), json!({"order": "x"}), json!({"order": "A-1", "count": 10}), json!({"order": "A-1", "x": 1})]
        {
            assert!(!fits(&schema, &wrong), "{wrong}");
        }
    }

    #[test]
    fn a_schema_cannot_load_resources_or_run_slow_patterns() {
        for schema in [
            json!({"$ref": "http://127.0.0.1:1/schema.json"}),
            json!({"$ref": "file:///etc/passwd"}),
            json!({"type": "string", "pattern": r"^(a)\1$"}),
            json!({"type": "string", "pattern": "((a{1000}){1000}){1000}"}),
            json!({"type": "nonsense"}),
        ] {
            let words = fault(&schema);
            assert!(words.is_some(), "{schema}");
            assert!(!fits(&schema, &json!("a")), "{schema}");
        }
    }
}
