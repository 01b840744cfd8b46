//! Validates JSON schemas of tools, and arguments against them.
//!
//! Tenants write the schemas. The domain bounds how much work one describes, also together with the arguments, a schema
//! can load nothing from outside, and its patterns run in linear time. The work is done aside from the async workers
//! (`aside.rs`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;
use tokio::task::JoinError;

use super::{LlmFault, aside::Aside, types::ToolSpec};
use crate::{
    domain::{
        ids::TenantId,
        model::{SchemaExtent, schema_fault},
        time::{Span, Timestamp},
    },
    server::clock::Clock,
};

/// Memory limit of one compiled pattern, in bytes.
const PATTERN_LIMIT: usize = 64 * 1024;
/// So many schemas are compiled or applied at once, in the whole process.
static CHECKS: Aside = Aside::new(2);
/// The longest time for one check, with the wait for a permit.
const TIME_LIMIT: Span = Span::seconds(5);
/// Most compiled schemas that are kept. The cache is cleared when it is full.
const CACHED: usize = 100;

/// A compiled schema, with how large it is.
struct Compiled {
    validator: Validator,
    extent: SchemaExtent,
}

fn compile(schema: &Value) -> Result<Compiled, String> {
    // Stored schemas may be older than the limits.
    let extent = SchemaExtent::of(schema)?;
    let validator = jsonschema::options()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_LIMIT).dfa_size_limit(PATTERN_LIMIT))
        .build(schema)
        .map_err(|error| error.to_string())?;
    Ok(Compiled { validator, extent })
}

/// What a check of arguments found.
enum Checked {
    Fits,
    Differs,
    /// The arguments are too long for a schema of this size.
    TooLarge,
}

impl Compiled {
    fn check(&self, arguments: &Value) -> Checked {
        if !self.extent.allows(arguments.to_string().len()) {
            Checked::TooLarge
        } else if self.validator.is_valid(arguments) {
            Checked::Fits
        } else {
            Checked::Differs
        }
    }
}

/// Why a schema cannot be used although it is within the domain's limits, as a sentence for the admin who wrote it.
pub fn fault(schema: &Value) -> Option<String> {
    if schema_fault(schema).is_some() {
        return None;
    }
    let error = compile(schema).err()?;
    Some(format!("The schema isn't valid JSON Schema: {}", crate::domain::text::clip(&error, 200)))
}

/// Runs work with a tenant's schema on a blocking thread.
///
/// # Errors
/// [`JoinError`] if the work panics.
pub async fn aside<T: Send + 'static>(
    tenant: &TenantId,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    CHECKS.run(tenant, work).await
}

/// Checks arguments. Each schema is compiled once: an edited schema is another one. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Validators(Arc<Mutex<HashMap<String, Arc<Compiled>>>>);

impl Validators {
    /// Whether arguments match. Nothing matches an invalid schema.
    ///
    /// # Errors
    /// [`LlmFault::ArgumentsTooLarge`], and [`LlmFault::CheckTimedOut`] if there is no result before `until` or within the
    /// time limit.
    pub async fn fits(
        &self,
        tenant: &TenantId,
        tool: &Arc<ToolSpec>,
        arguments: &Value,
        until: Timestamp,
        clock: &Clock,
    ) -> Result<bool, LlmFault> {
        let deadline = until.min(clock.now().plus(TIME_LIMIT));
        let (validators, spec, arguments) = (self.clone(), tool.clone(), arguments.clone());
        let checked = aside(tenant, move || {
            validators.compiled(&spec.schema).map_or(Checked::Differs, |compiled| compiled.check(&arguments))
        });
        tokio::select! {
            biased;
            checked = checked => match checked {
                Ok(Checked::Fits) => Ok(true),
                Ok(Checked::Differs) => Ok(false),
                Ok(Checked::TooLarge) => Err(LlmFault::ArgumentsTooLarge(tool.name.clone())),
                Err(error) => {
                    tracing::error!(%error, tool = tool.name, "llm: checking arguments failed");
                    Err(LlmFault::MalformedArguments(tool.name.clone()))
                }
            },
            () = clock.sleep_until(deadline) => Err(LlmFault::CheckTimedOut(tool.name.clone())),
        }
    }

    fn compiled(&self, schema: &Value) -> Option<Arc<Compiled>> {
        let key = schema.to_string();
        if let Some(known) = self.lock().get(&key) {
            return Some(known.clone());
        }
        // Compiled without the lock, so that a slow schema does not delay others.
        let compiled = Arc::new(compile(schema).ok()?);
        let mut cache = self.lock();
        if cache.len() >= CACHED {
            cache.clear();
        }
        cache.insert(key, compiled.clone());
        Some(compiled)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Compiled>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::server::clock::ManualClock;

    fn tenant() -> TenantId {
        TenantId::from("tnt_1")
    }

    fn tool(schema: Value) -> Arc<ToolSpec> {
        Arc::new(ToolSpec { name: "t".to_owned(), description: String::new(), schema })
    }

    fn fits(schema: &Value, arguments: &Value) -> bool {
        compile(schema).is_ok_and(|compiled| matches!(compiled.check(arguments), Checked::Fits))
    }

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
            json!({"type": "string", "pattern": r"^(a)\1$"}),
            json!({"type": "string", "pattern": "((a{1000}){1000}){1000}"}),
            json!({"type": "nonsense"}),
        ] {
            let words = fault(&schema);
            assert!(words.is_some(), "{schema}");
            assert!(!fits(&schema, &json!("a")), "{schema}");
        }
        for schema in [json!({"$ref": "http://127.0.0.1:1/schema.json"}), json!({"$ref": "file:///etc/passwd"})] {
            assert!(schema_fault(&schema).is_some() && !fits(&schema, &json!("a")), "{schema}");
        }
    }

    #[test]
    fn a_stored_schema_beyond_the_limits_is_never_compiled() {
        let reference = json!({"$ref": "#/$defs/b"});
        let schema =
            json!({"$defs": {"a": {"anyOf": vec![reference; 100]}, "b": {"enum": vec![1; 100]}}, "$ref": "#/$defs/a"});
        assert!(compile(&schema).err().is_some_and(|error| error.contains("more than 5,000 parts")));
        assert_eq!(fault(&schema), None, "the domain has said it");
    }

    #[tokio::test]
    async fn a_schema_is_compiled_once() {
        let (validators, clock) = (Validators::default(), Clock::manual(ManualClock::at(Timestamp(0))));
        let tool = tool(json!({"type": "object", "required": ["order"]}));
        for (arguments, expected) in [(json!({"order": 1}), true), (json!({}), false)] {
            let until = Timestamp(60_000);
            assert_eq!(validators.fits(&tenant(), &tool, &arguments, until, &clock).await, Ok(expected));
        }
        assert_eq!(validators.lock().len(), 1);
        let first = validators.compiled(&tool.schema).expect("compiles");
        assert!(Arc::ptr_eq(&first, &validators.compiled(&tool.schema).expect("compiles")));
    }

    #[tokio::test]
    async fn arguments_that_are_too_long_for_their_schema_are_not_checked() {
        let (validators, clock) = (Validators::default(), Clock::manual(ManualClock::at(Timestamp(0))));
        let tool = tool(json!({"type": "object", "additionalProperties": {"pattern": "^a*$"}}));
        let check =
            async |arguments: Value| validators.fits(&tenant(), &tool, &arguments, Timestamp(60_000), &clock).await;
        assert_eq!(check(json!({"a": "aa"})).await, Ok(true));
        assert_eq!(check(json!({"a": "a".repeat(70_000)})).await, Err(LlmFault::ArgumentsTooLarge("t".to_owned())));
    }

    #[tokio::test]
    async fn a_check_without_a_free_thread_ends_at_its_deadline() {
        // given the tenant has a check under way
        let _held = CHECKS.lane(&tenant()).acquire_owned().await.expect("a permit");
        let manual = ManualClock::at(Timestamp(0));
        let clock = Clock::manual(manual.clone());
        let (validators, tool, arguments) = (Validators::default(), tool(json!({})), json!({}));
        let tenant = tenant();
        let check = validators.fits(&tenant, &tool, &arguments, Timestamp(60_000), &clock);
        tokio::pin!(check);
        assert!(futures::poll!(&mut check).is_pending());
        // when its time is over
        manual.advance(TIME_LIMIT);
        // then the turn fails
        assert_eq!(check.await, Err(LlmFault::CheckTimedOut("t".to_owned())));
    }
}
