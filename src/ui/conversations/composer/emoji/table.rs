//! The emoji that can be searched, with their names and further words, from `emoji.txt`: an emoji, its name and its words per
//! line, with tabs between them. To add one: a line there.

/// An emoji that can be inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emoji {
    pub text: &'static str,
    pub name: &'static str,
    /// Further words that find it.
    words: &'static str,
}

const TABLE: &str = include_str!("emoji.txt");

fn all() -> impl Iterator<Item = Emoji> {
    TABLE.lines().filter_map(|line| {
        let mut parts = line.split('\t');
        Some(Emoji { text: parts.next()?, name: parts.next()?, words: parts.next().unwrap_or_default() })
    })
}

impl Emoji {
    /// How well the typed words find it: by the beginnings of words of its name, or of its other words. `None`: not at all.
    fn rank(self, typed: &[String]) -> Option<usize> {
        let begins = |words: &str, typed: &str| words.split([' ', '-']).any(|word| word.starts_with(typed));
        let in_name = typed.iter().filter(|one| begins(self.name, one)).count();
        let is_found = typed.iter().all(|one| begins(self.name, one) || begins(self.words, one));
        is_found.then_some(typed.len() - in_name)
    }
}

/// The emoji that a text finds, the best first: those that were used last, and then the others in the order of the table.
pub fn find(typed: &str, recent: &[String]) -> Vec<Emoji> {
    let typed: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(usize, usize, Emoji)> = all()
        .filter_map(|emoji| {
            let used = recent.iter().position(|used| used == emoji.text).unwrap_or(usize::MAX);
            Some((emoji.rank(&typed)?, used, emoji))
        })
        .collect();
    // Equal ones keep the table's order.
    found.sort_by_key(|(rank, used, _)| (*rank, *used));
    found.into_iter().map(|(.., emoji)| emoji).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn texts(typed: &str, recent: &[&str]) -> Vec<&'static str> {
        let recent: Vec<String> = recent.iter().map(|used| (*used).to_owned()).collect();
        find(typed, &recent).into_iter().map(|emoji| emoji.text).collect()
    }

    #[test]
    fn every_line_is_an_emoji_with_a_name_and_none_is_there_twice() {
        let all: Vec<Emoji> = all().collect();
        assert_eq!(all.len(), TABLE.lines().count());
        for emoji in &all {
            assert!(!emoji.text.is_ascii() && emoji.text.chars().count() <= 4, "{emoji:?}");
            assert!(!emoji.name.is_empty() && emoji.name.to_lowercase() == emoji.name, "{emoji:?}");
        }
        let once: BTreeSet<&str> = all.iter().map(|emoji| emoji.text).collect();
        assert_eq!(once.len(), all.len());
    }

    #[test]
    fn emoji_are_found_by_the_beginnings_of_their_words() {
        assert_eq!(texts("thumbs", &[]), ["👍", "👎"]);
        assert_eq!(texts("Thumb  UP", &[]), ["👍"]);
        assert!(texts("invoice", &[]).contains(&"🧾"), "by a word that is not its name");
        assert_eq!(texts("package", &[])[0], "📦", "its name comes before the words of others");
        assert_eq!(texts("xyzzy", &[]), [""; 0]);
    }

    #[test]
    fn what_was_used_last_comes_first() {
        let found = texts("", &["🧾", "👍", "unknown"]);
        assert_eq!((found[..2].to_vec(), found.len()), (vec!["🧾", "👍"], TABLE.lines().count()));
        assert_eq!(texts("thumbs", &["👎"]), ["👎", "👍"]);
    }
}
