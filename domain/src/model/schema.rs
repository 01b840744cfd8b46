//! Bounds the work that a tool's JSON schema describes, before it is compiled.
//!
//! A reference is counted each time it is used: eight alternatives that refer to eight more, nine levels deep, are
//! 2,000 bytes and 8^9 checks of one value.

use serde_json::Value;

use crate::number::grouped;

/// The longest schema, in bytes of JSON.
pub const SCHEMA_LIMIT: usize = 16 * 1024;
/// The most values of a schema, with every reference replaced by what it refers to.
const PARTS: usize = 5_000;
/// The most patterns, counted like [`PARTS`].
const PATTERNS: usize = 50;
/// The deepest nesting, references included.
const DEPTH: usize = 64;

/// Keywords whose work is not bounded by the size of the schema, or that name places in other ways than `$ref`.
const REFUSED: [&str; 8] = [
    "unevaluatedProperties",
    "unevaluatedItems",
    "$dynamicRef",
    "$dynamicAnchor",
    "$recursiveRef",
    "$recursiveAnchor",
    "$anchor",
    "$vocabulary",
];

/// The most work of one check: the schema's parts, or its patterns, for each byte of the arguments.
const PARTS_PER_CHECK: usize = 20_000_000;
const PATTERNS_PER_CHECK: usize = 64 * 1024;

/// How large a schema is with every reference replaced by what it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaExtent {
    parts: usize,
    patterns: usize,
}

impl SchemaExtent {
    /// # Errors
    /// Why the schema is too large to be used, as a sentence for the admin.
    pub fn of(schema: &Value) -> Result<Self, String> {
        if schema.to_string().len() > SCHEMA_LIMIT {
            return Err(format!("The schema is longer than {} bytes. Shorten it.", grouped(SCHEMA_LIMIT)));
        }
        let mut walk = Walk { root: schema, parts: 0, patterns: 0, depth: 0 };
        walk.schema(schema)?;
        Ok(Self { parts: walk.parts, patterns: walk.patterns })
    }

    /// Whether arguments of so many bytes may be checked: each part and each pattern may look at all of them.
    pub fn allows(self, bytes: usize) -> bool {
        self.parts.saturating_mul(bytes) <= PARTS_PER_CHECK && self.patterns.saturating_mul(bytes) <= PATTERNS_PER_CHECK
    }
}

/// Why the schema is too large to be used, as a sentence for the admin.
pub fn schema_fault(schema: &Value) -> Option<String> {
    SchemaExtent::of(schema).err()
}

struct Walk<'a> {
    root: &'a Value,
    parts: usize,
    patterns: usize,
    depth: usize,
}

impl<'a> Walk<'a> {
    /// Counts a schema, or a list or value within one. Ends with the first limit that is exceeded.
    fn schema(&mut self, value: &'a Value) -> Result<(), String> {
        self.part()?;
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(format!(
                "The schema is nested more than {DEPTH} levels deep, or a `$ref` leads back to itself. Simplify it."
            ));
        }
        match value {
            Value::Object(keywords) => {
                for (keyword, value) in keywords {
                    self.keyword(keyword, value)?;
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.schema(item)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        self.depth -= 1;
        Ok(())
    }

    fn keyword(&mut self, keyword: &str, value: &'a Value) -> Result<(), String> {
        match (keyword, value) {
            ("$ref", Value::String(target)) => {
                let target = self.target(target)?;
                self.schema(target)
            }
            (
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" | "dependencies",
                Value::Object(named),
            ) => {
                if keyword == "patternProperties" {
                    self.patterns(named.len())?;
                }
                named.values().try_for_each(|schema| self.schema(schema))
            }
            ("enum" | "const" | "default" | "examples", _) => self.data(value),
            ("pattern", _) => {
                self.patterns(1)?;
                self.part()
            }
            ("format", Value::String(format)) if format == "regex" => {
                Err("The schema's format “regex” isn't supported. Remove it.".to_owned())
            }
            // Below the top they change what every `$ref` means.
            ("$id" | "id", Value::String(_)) if self.depth > 1 => {
                Err(format!("The schema has a `{keyword}` below its top. Remove it."))
            }
            _ if REFUSED.contains(&keyword) => Err(format!("The schema's `{keyword}` isn't supported. Remove it.")),
            _ => self.schema(value),
        }
    }

    fn target(&self, target: &str) -> Result<&'a Value, String> {
        let path =
            target.strip_prefix('#').filter(|path| !path.contains('%') && (path.is_empty() || path.starts_with('/')));
        path.and_then(|path| self.root.pointer(path)).ok_or_else(|| {
            "A `$ref` can only refer to a place in the schema, such as `#/$defs/address`. Correct it.".to_owned()
        })
    }

    /// Counts a value that is compared, not applied.
    fn data(&mut self, value: &Value) -> Result<(), String> {
        self.part()?;
        match value {
            Value::Object(fields) => fields.values().try_for_each(|field| self.data(field)),
            Value::Array(items) => items.iter().try_for_each(|item| self.data(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    fn part(&mut self) -> Result<(), String> {
        self.parts += 1;
        if self.parts > PARTS {
            return Err(format!(
                "The schema has more than {} parts once each `$ref` is filled in. Simplify it.",
                grouped(PARTS)
            ));
        }
        Ok(())
    }

    fn patterns(&mut self, more: usize) -> Result<(), String> {
        self.patterns += more;
        if self.patterns > PATTERNS {
            return Err(format!("The schema has more than {PATTERNS} patterns. Simplify it."));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// `depth` definitions, each of which refers eight times to the next.
    fn chain(depth: usize, keyword: &str) -> Value {
        let mut definitions = serde_json::Map::new();
        for level in 0..depth {
            let next = json!({"$ref": format!("#/$defs/{}", level + 1)});
            definitions.insert(level.to_string(), json!({ keyword: vec![next; 8] }));
        }
        definitions.insert(depth.to_string(), json!({"type": "null"}));
        json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/0"}}, "$defs": definitions})
    }

    #[test]
    fn references_are_counted_each_time_they_are_used() {
        for keyword in ["anyOf", "allOf", "oneOf", "prefixItems", "items"] {
            let short = chain(9, keyword);
            assert!(short.to_string().len() < 2_500, "the limit of bytes does not see it");
            let told = schema_fault(&short).expect(keyword);
            assert!(told.contains("more than 5,000 parts"), "{keyword}: {told}");
            assert_eq!(schema_fault(&chain(2, keyword)), None, "{keyword}");
        }
    }

    #[test]
    fn a_schema_behind_the_name_of_an_argument_is_counted() {
        for keyword in ["dependencies", "dependentSchemas", "properties", "patternProperties", "$defs", "definitions"] {
            for name in ["enum", "const", "default", "examples", "pattern", "a"] {
                let mut definitions = serde_json::Map::new();
                for level in 0..9 {
                    let next = json!({"$ref": format!("#/definitions/{}", level + 1)});
                    definitions.insert(level.to_string(), json!({ keyword: { name: { "anyOf": vec![next; 8] } } }));
                }
                definitions.insert("9".to_owned(), json!({"type": "null"}));
                let schema =
                    json!({"type": "object", "allOf": [{"$ref": "#/definitions/0"}], "definitions": definitions});
                assert!(schema_fault(&schema).is_some(), "{keyword} {name}");
            }
        }
    }

    #[test]
    fn the_work_of_a_check_is_bounded_by_schema_and_arguments() {
        let extent = |schema: Value| SchemaExtent::of(&schema).expect("within the limits");
        let ordinary =
            json!({"properties": {"order": {"type": "string", "pattern": "^[A-Z]-[0-9]+$"}, "n": {"type": "integer"}}});
        assert!(extent(ordinary).allows(4_096));
        let wide = extent(json!({"items": {"anyOf": vec![json!({}); 2_000]}}));
        assert!(wide.allows(4_096) && !wide.allows(65_536));
        let patterns = extent(json!({"anyOf": vec![json!({"pattern": "a"}); 50]}));
        assert!(patterns.allows(1_300) && !patterns.allows(1_400));
    }

    #[test]
    fn a_schema_that_refers_to_itself_or_outside_is_refused() {
        let refused = [
            (json!({"properties": {"a": {"$ref": "#"}}}), "leads back to itself"),
            (json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}), "leads back to itself"),
            (json!({"$ref": "http://127.0.0.1:1/schema.json"}), "can only refer"),
            (json!({"$ref": "#/$defs/none"}), "can only refer"),
            (json!({"$ref": "#anchor"}), "can only refer"),
            (json!({"$ref": "#/%24defs/a", "$defs": {"a": {}}}), "can only refer"),
            (json!({"properties": {"a": {"$id": "b"}}}), "below its top"),
            (json!({"allOf": [{"$dynamicRef": "#a"}]}), "`$dynamicRef`"),
            (json!({"anyOf": [{"unevaluatedProperties": false}]}), "`unevaluatedProperties`"),
            (json!({"properties": {"a": {"format": "regex"}}}), "“regex”"),
            (json!({"items": {"enum": vec![1; 5_000]}}), "more than 5,000 parts"),
            (json!({"anyOf": vec![json!({"pattern": "a"}); 51]}), "more than 50 patterns"),
        ];
        for (schema, expected) in refused {
            let told = schema_fault(&schema).expect(expected);
            assert!(told.contains(expected), "{schema}: {told}");
        }
    }

    #[test]
    fn nesting_is_bounded_with_and_without_references() {
        let nested = |depth: usize| (0..depth).fold(json!({}), |inner, _| json!({ "not": inner }));
        assert_eq!(schema_fault(&nested(63)), None);
        assert!(schema_fault(&nested(64)).is_some_and(|told| told.contains("levels deep")));
    }

    #[test]
    fn names_of_arguments_are_no_keywords() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "https://shop.example.com/order.json",
            "type": "object",
            "properties": {
                "$ref": {"type": "string"}, "id": {"type": "string"}, "pattern": {"type": "string"},
                "enum": {"$ref": "#/$defs/address"}, "properties": {"type": "object"},
                "unevaluatedProperties": {"type": "boolean"},
            },
            "$defs": {"address": {"type": "object", "properties": {"street": {"type": "string"}}}},
            "default": {"$ref": "anything"},
            "required": ["$ref"],
        });
        assert_eq!(schema_fault(&schema), None);
    }

    proptest! {
        #[test]
        fn any_schema_is_accepted_or_refused_within_the_budget(
            links in prop::collection::vec((0..12_usize, 0..12_usize, 0..3_usize), 1..40),
        ) {
            let mut definitions = serde_json::Map::new();
            for (from, to, keyword) in links {
                let at = definitions.entry(from.to_string()).or_insert_with(|| json!({}));
                at[["anyOf", "items", "not"][keyword]] = json!([{"$ref": format!("#/$defs/{to}")}, {"$ref": format!("#/$defs/{to}")}]);
            }
            let schema = json!({"type": "object", "$defs": definitions});
            let mut walk = Walk { root: &schema, parts: 0, patterns: 0, depth: 0 };
            let _ = walk.schema(&schema);
            prop_assert!(walk.parts <= PARTS + 1 && walk.depth <= DEPTH + 1);
        }
    }

    #[test]
    fn names_that_are_patterns_are_counted_as_such_and_other_formats_are_fine() {
        let named = |keyword: &str| {
            let names = (0..=PATTERNS).map(|nth| (format!("a{nth}"), json!({}))).collect::<serde_json::Map<_, _>>();
            schema_fault(&json!({"type": "object", keyword: names}))
        };
        assert_eq!(named("properties"), None);
        assert!(named("patternProperties").is_some_and(|told| told.contains("patterns")));
        let format = |format: &str| {
            schema_fault(&json!({"type": "object", "properties": {"a": {"type": "string", "format": format}}}))
        };
        assert_eq!(format("email"), None);
        assert!(format("regex").is_some());
    }
}
