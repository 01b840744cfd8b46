//! Validates rules.

use crate::domain::{
    keyword::{Keyword, phrase_fault},
    language::language_tag,
    text,
};

use super::super::{Result, SettingsError};

/// The rule with a valid phrase and a normalised language.
pub(super) fn validated(mut rule: Keyword) -> Result<Keyword> {
    rule.phrase = rule.phrase.trim().to_owned();
    if let Some(detail) = phrase_fault(&rule.phrase) {
        return Err(SettingsError::Invalid(detail));
    }
    rule.language = match rule.language.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(tag) => Some(language_tag(tag).ok_or_else(|| {
            SettingsError::Invalid(format!("“{tag}” isn't a language. Enter a tag such as “pt” or “pt-BR”."))
        })?),
    };
    Ok(rule)
}

/// Rejects a rule with the phrase and matching of another one, because the second would never apply.
pub(super) fn check_unique(rule: &Keyword, others: &[Keyword]) -> Result<()> {
    let phrase = text::folded(&rule.phrase);
    let duplicate = others
        .iter()
        .find(|other| other.id != rule.id && other.matching == rule.matching && text::folded(&other.phrase) == phrase);
    match duplicate {
        None => Ok(()),
        Some(duplicate) => Err(SettingsError::Invalid(format!(
            "There is already a keyword “{}” set to “{}”. Edit that one instead.",
            duplicate.phrase,
            duplicate.matching.label()
        ))),
    }
}
