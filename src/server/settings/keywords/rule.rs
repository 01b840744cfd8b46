//! Validates rules.

use crate::domain::{
    keyword::{Keyword, phrase_fault},
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

/// Normalises a tag: `pt-BR` for `PT_br`. Two or three letters, optionally with a region of two letters or three
/// digits.
fn language_tag(tag: &str) -> Option<String> {
    let (primary, region) = match tag.split_once(['-', '_']) {
        Some((primary, region)) => (primary, Some(region)),
        None => (tag, None),
    };
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_language = matches!(primary.len(), 2 | 3) && letters(primary);
    let is_region = region.is_none_or(|region| {
        (region.len() == 2 && letters(region))
            || (region.len() == 3 && region.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let primary = primary.to_ascii_lowercase();
    (is_language && is_region).then(|| match region {
        Some(region) => format!("{primary}-{}", region.to_ascii_uppercase()),
        None => primary,
    })
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

#[cfg(test)]
mod tests {
    use super::language_tag;

    #[test]
    fn language_tags_are_normalised() {
        let table = [
            ("pt", Some("pt")),
            ("PT_br", Some("pt-BR")),
            ("fil", Some("fil")),
            ("es-419", Some("es-419")),
            ("p", None),
            ("port", None),
            ("pt-", None),
            ("pt-B", None),
            ("pt-BR-x", None),
            ("日本", None),
        ];
        for (tag, expected) in table {
            assert_eq!(language_tag(tag).as_deref(), expected, "{tag:?}");
        }
    }
}
