//! Saved replies: texts with variables that agents insert into what they write, and files that go with them.
//!
//! One belongs to everyone of a tenant, or to an agent who alone sees it. `search` finds one for what is typed after a slash,
//! `slash` says what is typed after one, `hole` what is left to fill in, `file` reads and writes them as CSV. How a text is
//! filled in is in `interpolation`. To add a variable: its name in [`VARIABLES`], its value where the server fills texts in.

pub mod file;
pub mod hole;
pub mod search;
pub mod slash;

use serde::{Deserialize, Serialize};

use super::{
    ids::SavedReplyId,
    number::too_long,
    settings::text_fault,
    text::{one_line, printable},
    time::Timestamp,
    upload::WaitingFile,
    variant_names::variant_names,
};

/// The longest name and tag, in characters, and the most tags.
pub const NAME_LIMIT: usize = 80;
pub const TAG_LIMIT: usize = 30;
pub const MAX_TAGS: usize = 10;
/// The most files of a reply.
pub const MAX_FILES: usize = 10;
/// The most replies for everyone of a tenant, and the most of one agent.
pub const MAX_SHARED: usize = 2_000;
pub const MAX_PERSONAL: usize = 500;

/// What a text may name besides the values that the bot collects.
pub const VARIABLES: [&str; 7] = [
    "customer.name",
    "customer.first_name",
    "customer.phone",
    "agent.name",
    "agent.first_name",
    "tenant.name",
    "tenant.number",
];

/// Who uses a saved reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyScope {
    /// The agent who wrote it.
    #[default]
    Me,
    Everyone,
}

variant_names!(ReplyScope {
    Me => "me",
    Everyone => "everyone",
});

impl ReplyScope {
    pub fn label(self) -> &'static str {
        match self {
            Self::Me => "Only me",
            Self::Everyone => "Everyone",
        }
    }

    /// The most replies of this scope, of one agent or of a tenant.
    pub fn limit(self) -> usize {
        match self {
            Self::Me => MAX_PERSONAL,
            Self::Everyone => MAX_SHARED,
        }
    }
}

/// What a person writes of a saved reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedText {
    pub name: String,
    pub text: String,
    #[serde(default)]
    pub tags: Vec<String>,
    /// A tag such as `pt-BR`, if it is meant for customers of one language.
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub scope: ReplyScope,
    /// In the order in which they are sent. A save goes by their ids; the server knows the rest.
    #[serde(default)]
    pub files: Vec<WaitingFile>,
}

/// A saved reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedReply {
    pub id: SavedReplyId,
    #[serde(flatten)]
    pub saved: SavedText,
    /// A save must name the revision that the person has seen.
    pub revision: i64,
    /// How often it was inserted, and when last.
    pub uses: i64,
    #[serde(default)]
    pub used_at: Option<Timestamp>,
}

impl SavedText {
    /// As it is stored: without blanks around, in one kind of line breaks, each tag once.
    #[must_use]
    pub fn normalized(self) -> Self {
        let text = printable(&self.text.replace("\r\n", "\n").replace('\r', "\n"));
        let mut tags: Vec<String> = Vec::new();
        for tag in self.tags.iter().map(|tag| line(tag)) {
            if !tag.is_empty() && !tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase()) {
                tags.push(tag);
            }
        }
        let language = self.language.map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty());
        let mut files: Vec<WaitingFile> = Vec::new();
        for file in self.files {
            if files.iter().all(|known| known.id != file.id) {
                files.push(file);
            }
        }
        Self { name: line(&self.name), text: text.trim().to_owned(), tags, language, scope: self.scope, files }
    }

    /// Why it cannot be saved, by itself. Whether its text can be filled in is `interpolation::saved_reply_fault`.
    pub fn fault(&self) -> Option<String> {
        name_fault(&self.name)
            .or_else(|| body_fault(&self.text))
            .or_else(|| tags_fault(&self.tags))
            .or_else(|| files_fault(self.files.len()))
    }
}

/// One line without control characters, of which PostgreSQL stores not every one.
fn line(text: &str) -> String {
    one_line(&printable(&text.replace('\r', "\n")))
}

/// Why a name cannot be used.
pub fn name_fault(name: &str) -> Option<String> {
    match name.trim().chars().count() {
        0 => Some("Enter a name, for example “Opening hours”.".to_owned()),
        length if length > NAME_LIMIT => Some(too_long("name", NAME_LIMIT, length)),
        _ => None,
    }
}

/// Why a text cannot be used.
pub fn body_fault(text: &str) -> Option<String> {
    match text.trim() {
        "" => Some("Enter the text of the reply.".to_owned()),
        text => text_fault(text),
    }
}

/// Why tags cannot be used.
pub fn tags_fault(tags: &[String]) -> Option<String> {
    if tags.len() > MAX_TAGS {
        return Some(format!("A reply can have up to {MAX_TAGS} tags; this one has {}. Remove some.", tags.len()));
    }
    let long = tags.iter().find(|tag| tag.chars().count() > TAG_LIMIT)?;
    Some(format!("The tag “{long}” is longer than {TAG_LIMIT} characters. Shorten it."))
}

/// Why so many files cannot be attached.
pub fn files_fault(count: usize) -> Option<String> {
    let over = count > MAX_FILES;
    over.then(|| format!("A reply can have up to {MAX_FILES} files; this one has {count}. Remove some."))
}

/// The tags in a field or cell, where commas or semicolons stand between them.
pub fn tags_of(typed: &str) -> Vec<String> {
    typed.split([',', ';']).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

/// The tags as a field or cell shows them.
pub fn tags_text(tags: &[String]) -> String {
    tags.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{TEXT_LIMIT, outgoing::FileKind};

    fn saved(name: &str, text: &str, tags: &[&str]) -> SavedText {
        SavedText {
            name: name.to_owned(),
            text: text.to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            ..SavedText::default()
        }
    }

    #[test]
    fn what_is_saved_is_tidy() {
        let tags = ["Refund", " refund\0 ", "", "Order"];
        let tidy = saved(" He\0llo\r \0 you ", "\r\n one\0\r\ntwo\r ", &tags).normalized();
        assert_eq!(tidy, saved("Hello you", "one\ntwo", &["Refund", "Order"]));
        assert_eq!(tidy.clone().normalized(), tidy);
    }

    fn files(ids: impl IntoIterator<Item = usize>) -> Vec<WaitingFile> {
        let file = |id: usize| WaitingFile {
            id: format!("med_{id}").into(),
            name: format!("{id}.png"),
            kind: FileKind::Image,
            size: 7,
        };
        ids.into_iter().map(file).collect()
    }

    #[test]
    fn a_file_is_there_once_and_keeps_its_place() {
        let twice = SavedText { files: files([2, 1, 2]), ..saved("Hello", "Hi", &[]) };
        assert_eq!(twice.normalized().files, files([2, 1]));
    }

    #[test]
    fn a_fault_names_the_limit() {
        assert_eq!(saved("Hello", "Hi", &[]).fault(), None);
        assert_eq!(saved(&"ü".repeat(NAME_LIMIT), &"ü".repeat(TEXT_LIMIT), &["a"; MAX_TAGS]).fault(), None);
        let table = [
            (saved(" ", "Hi", &[]), "Enter a name"),
            (saved(&"ü".repeat(NAME_LIMIT + 1), "Hi", &[]), "up to 80 characters; this one has 81"),
            (saved("Hello", " ", &[]), "Enter the text"),
            (saved("Hello", &"ü".repeat(TEXT_LIMIT + 1), &[]), "4,097"),
            (saved("Hello", "Hi", &["a"; MAX_TAGS + 1]), "up to 10 tags"),
            (saved("Hello", "Hi", &["0123456789012345678901234567890"]), "longer than 30"),
            (SavedText { files: files(0..=MAX_FILES), ..saved("Hello", "Hi", &[]) }, "up to 10 files; this one has 11"),
        ];
        for (bad, expected) in table {
            assert!(bad.fault().is_some_and(|detail| detail.contains(expected)), "{expected}");
        }
    }

    #[test]
    fn tags_are_read_as_they_are_shown() {
        let tags = tags_of("refund, order ;; spring sale,");
        assert_eq!(tags, ["refund", "order", "spring sale"]);
        assert_eq!(tags_of(&tags_text(&tags)), tags);
    }

    #[test]
    fn every_scope_has_its_label_and_its_limit() {
        assert_eq!(ReplyScope::ALL.map(ReplyScope::label), ["Only me", "Everyone"]);
        assert_eq!(ReplyScope::ALL.map(ReplyScope::limit), [MAX_PERSONAL, MAX_SHARED]);
    }

    #[test]
    fn as_many_files_and_as_long_tags_as_allowed_are_fine() {
        assert!(files_fault(MAX_FILES).is_none() && files_fault(MAX_FILES + 1).is_some());
        let tag = |length: usize| tags_fault(&["x".repeat(length)]);
        assert!(tag(TAG_LIMIT).is_none() && tag(TAG_LIMIT + 1).is_some());
    }
}
