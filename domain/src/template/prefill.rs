//! What is filled in before a person types, because it is known.

use super::{TemplateDefinition, field::TemplateValues, value_source::KnownValues};

impl TemplateDefinition {
    /// The values that are known. The agent sees and may change them.
    pub fn prefill(&self, known: &KnownValues) -> TemplateValues {
        let sources = self.sources();
        let filled = self.fields().into_iter().filter_map(|field| {
            let value = known.get(sources.get(&field.key)?)?;
            (value.chars().count() <= field.limit).then(|| (field.key, value.to_owned()))
        });
        filled.collect()
    }
}
