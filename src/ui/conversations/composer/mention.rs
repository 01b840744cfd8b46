//! What is typed after an `@`, and the colleagues whose names begin so.

use crate::domain::ids::AgentId;

/// How many colleagues are offered.
const OFFERED: usize = 8;
/// The longest text after an `@` that may be a name, in characters.
const LONGEST: usize = 40;

/// A mention that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MentionQuery {
    /// Where the `@` stands, in bytes.
    pub start: usize,
    /// What follows it, up to the caret.
    pub name: String,
}

/// The mention before a caret. `caret` counts as the browser does, in UTF-16 units.
pub fn mention_at(text: &str, caret: usize) -> Option<MentionQuery> {
    let before = text.get(..byte_of(text, caret))?;
    let start = before.rfind('@')?;
    let (word, name) = (before.get(..start)?, before.get(start + 1..)?);
    // An address of email is no mention.
    let is_begun = !word.ends_with(|c: char| c.is_alphanumeric());
    let is_name = !name.contains('\n') && !name.starts_with(' ') && name.chars().count() <= LONGEST;
    (is_begun && is_name).then(|| MentionQuery { start, name: name.to_owned() })
}

/// The position of a caret in bytes.
fn byte_of(text: &str, caret: usize) -> usize {
    let mut units = 0;
    for (byte, c) in text.char_indices() {
        if units >= caret {
            return byte;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// The length of a text as the browser counts it.
pub fn utf16_length(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// The colleagues of whom a name or a part of it begins with `typed`, those whose name begins so first.
pub fn matching<'a>(colleagues: impl Iterator<Item = &'a (AgentId, String)>, typed: &str) -> Vec<(AgentId, String)> {
    let typed = typed.to_lowercase();
    let (mut begin, mut contain) = (Vec::new(), Vec::new());
    for colleague in colleagues {
        let name = colleague.1.to_lowercase();
        if name.starts_with(&typed) {
            begin.push(colleague.clone());
        } else if name.split_whitespace().any(|part| part.starts_with(&typed)) {
            contain.push(colleague.clone());
        }
    }
    begin.append(&mut contain);
    begin.truncate(OFFERED);
    begin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Option<(usize, String)> {
        let caret = text.encode_utf16().count();
        mention_at(text, caret).map(|query| (query.start, query.name))
    }

    #[test]
    fn a_mention_begins_with_an_at_that_ends_no_word() {
        assert_eq!(query("@"), Some((0, String::new())));
        assert_eq!(query("Ask @Ben Web"), Some((4, "Ben Web".to_owned())));
        assert_eq!(query("(@An"), Some((1, "An".to_owned())));
        for text in ["", "Ask", "ben@shop", "@ Ben", "@Ben\nand", &format!("@{}", "x".repeat(LONGEST + 1))] {
            assert_eq!(query(text), None, "{text}");
        }
    }

    #[test]
    fn a_caret_is_counted_in_units_of_utf_16() {
        // The emoji has two units and four bytes; what is behind the caret does not count.
        let found = mention_at("😀 @Bé and more", 6).expect("a mention");
        assert_eq!(found, MentionQuery { start: 5, name: "Bé".to_owned() });
        assert_eq!(utf16_length("😀é"), 3);
        assert_eq!(mention_at("@Ben", 0), None);
        assert_eq!(mention_at("@Ben", 99).map(|query| query.name).as_deref(), Some("Ben"));
    }

    #[test]
    fn names_that_begin_so_come_before_those_with_such_a_part() {
        let all: Vec<(AgentId, String)> =
            ["Ana Weber", "Wendy", "Ben"].into_iter().map(|name| (AgentId::from(name), name.to_owned())).collect();
        let names = |typed: &str| matching(all.iter(), typed).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names("we"), ["Wendy", "Ana Weber"]);
        assert_eq!(names("ana w"), ["Ana Weber"]);
        assert_eq!(names("").len(), 3);
        assert_eq!(names("zoe"), Vec::<String>::new());
    }
}
