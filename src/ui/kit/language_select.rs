//! Languages by name, and a select for the language of a test run.
//!
//! `<LanguageSelect chosen/>` with `chosen: RwSignal<Option<String>>`. To add a language: a line in [`LANGUAGES`]; a
//! tag that is not listed is shown as it is.

use leptos::prelude::*;

use super::select::{Select, SelectOption};

/// The tags an admin can pick, with the language's English name, by name.
pub const LANGUAGES: [(&str, &str); 44] = [
    ("af", "Afrikaans"),
    ("sq", "Albanian"),
    ("ar", "Arabic"),
    ("bn", "Bengali"),
    ("bg", "Bulgarian"),
    ("ca", "Catalan"),
    ("zh", "Chinese"),
    ("hr", "Croatian"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("nl", "Dutch"),
    ("en", "English"),
    ("et", "Estonian"),
    ("fil", "Filipino"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("de", "German"),
    ("el", "Greek"),
    ("gu", "Gujarati"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("ms", "Malay"),
    ("mr", "Marathi"),
    ("nb", "Norwegian"),
    ("fa", "Persian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sr", "Serbian"),
    ("es", "Spanish"),
    ("sw", "Swahili"),
    ("sv", "Swedish"),
    ("ta", "Tamil"),
    ("th", "Thai"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("vi", "Vietnamese"),
];

/// The languages as options.
pub fn language_options() -> Vec<SelectOption> {
    LANGUAGES.map(|(tag, name)| (tag.to_owned(), name.to_owned())).to_vec()
}

/// A select for the customer's language in a test run. As long as none is chosen, it is detected from what they write,
/// as in a real conversation.
#[component]
pub fn LanguageSelect(chosen: RwSignal<Option<String>>) -> impl IntoView {
    let mut options = vec![(String::new(), "detect language".to_owned())];
    options.extend(language_options());
    view! {
        <Select
            aria_label="The customer's language"
            options
            value=Signal::derive(move || chosen.get().unwrap_or_default())
            choose=move |tag: String| chosen.set(Some(tag).filter(|tag| !tag.is_empty()))
        />
    }
}

/// `Portuguese` of `pt`, `Portuguese (pt-BR)` of a narrower tag.
pub fn language_name(tag: &str) -> String {
    let primary = tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    match LANGUAGES.iter().find(|(known, _)| *known == primary) {
        Some((known, name)) if *known == tag => (*name).to_owned(),
        Some((_, name)) => format!("{name} ({tag})"),
        None => tag.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::language_name;

    #[test]
    fn a_tag_is_said_in_words() {
        assert_eq!(language_name("pt"), "Portuguese");
        assert_eq!(language_name("pt-BR"), "Portuguese (pt-BR)");
        assert_eq!(language_name("tlh"), "tlh");
    }
}
