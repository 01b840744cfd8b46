//! Reads source files: what is code and what is comment or text, and which paths it names. Knows no rule.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

/// Something that stands where it must not.
pub struct Finding {
    pub file: String,
    pub line: usize,
    pub words: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.file, self.line, self.words)
    }
}

/// One file: as it is, and without comments and string literals.
pub struct Source {
    pub file: String,
    pub raw: String,
    pub code: String,
}

/// A path that starts at the crate, and where it stands.
pub struct Named {
    pub line: usize,
    pub segments: Vec<String>,
    pub is_use: bool,
}

pub fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    files.sort();
    assert!(!files.is_empty(), "no source files under {folder}");
    files
        .into_iter()
        .map(|path| {
            let file = path.strip_prefix(root).expect("below the checkout").to_string_lossy().replace('\\', "/");
            Source::new(file, fs::read_to_string(&path).expect("a source file is text"))
        })
        .collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the checkout") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

impl Source {
    pub fn new(file: String, raw: String) -> Self {
        let code = bare(&raw);
        Self { file, raw, code }
    }

    pub fn finding(&self, line: usize, words: String) -> Finding {
        Finding { file: self.file.clone(), line, words }
    }

    /// The module that this file is, below the crate.
    fn module(&self) -> Vec<String> {
        let inner = self.file.trim_start_matches("src/").trim_end_matches(".rs");
        let mut parts: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if parts.last().is_some_and(|last| last == "mod") {
            parts.pop();
        }
        parts
    }

    pub fn room(&self) -> Option<String> {
        room_of(&self.module())
    }

    pub fn named_rooms(&self) -> Vec<(usize, String)> {
        self.paths().into_iter().filter_map(|path| Some((path.line, room_of(&path.segments)?))).collect()
    }

    /// Every path that starts with `crate` or `super`, opened up, from the crate on.
    pub fn paths(&self) -> Vec<Named> {
        let tokens = tokens(&self.code);
        let mut module = self.module();
        let mut inner: Vec<usize> = Vec::new();
        let (mut depth, mut at, mut is_use) = (0, 0, false);
        let mut found = Vec::new();
        while let Some((line, token)) = tokens.get(at) {
            let (line, next) = (*line, |ahead: usize| tokens.get(at + ahead).map_or("", |(_, text)| text.as_str()));
            match token.as_str() {
                "mod" if next(2) == "{" => {
                    module.push(next(1).to_owned());
                    inner.push(depth);
                    depth += 1;
                    at += 3;
                    continue;
                }
                "use" => is_use = true,
                ";" => is_use = false,
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    if inner.last() == Some(&depth) {
                        inner.pop();
                        module.pop();
                    }
                }
                "crate" | "super" if next(1) == "::" => {
                    let mut base = if token == "crate" { Vec::new() } else { module[..module.len() - 1].to_vec() };
                    at += 2;
                    while tokens.get(at).is_some_and(|(_, text)| text == "super") {
                        base.pop();
                        at += 2;
                    }
                    at = tree(&tokens, at, &base, &mut |segments, at_line| {
                        found.push(Named { line: at_line.max(line), segments, is_use });
                    });
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        found
    }
}

/// Opens up `a::{b, c::{d}}` from `at` on; returns the place after it.
fn tree(
    tokens: &[(usize, String)],
    mut at: usize,
    base: &[String],
    found: &mut impl FnMut(Vec<String>, usize),
) -> usize {
    let mut path = base.to_vec();
    while let Some((line, token)) = tokens.get(at) {
        if token == "{" {
            at += 1;
            while tokens.get(at).is_some_and(|(_, text)| text != "}") {
                at = tree(tokens, at, &path, found);
                while tokens.get(at).is_some_and(|(_, text)| text != "," && text != "}") {
                    at += 1;
                }
                if tokens.get(at).is_some_and(|(_, text)| text == ",") {
                    at += 1;
                }
            }
            return at + 1;
        }
        path.push(token.clone());
        if tokens.get(at + 1).is_some_and(|(_, text)| text == "::") {
            at += 2;
            continue;
        }
        found(path, *line);
        return at + 1;
    }
    at
}

/// The room that a path leads into; `None` for what is in no room (`lib.rs`, the list of rooms itself).
fn room_of(path: &[String]) -> Option<String> {
    match path.first().map(String::as_str)? {
        "server" => path.get(1).filter(|room| room.chars().all(|c| c.is_ascii_lowercase() || c == '_')).cloned(),
        first @ ("domain" | "api" | "ui") => Some(first.to_owned()),
        _ => None,
    }
    .filter(|room| room != "self")
}

/// Names and signs with their lines.
fn tokens(code: &str) -> Vec<(usize, String)> {
    let mut tokens = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if first.is_alphanumeric() || first == '_' {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            tokens.push((number + 1, rest[..length].to_owned()));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

/// The text without comments and without what stands in quotes; lines stay where they are.
fn bare(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let blank = |out: &mut String, c: char| out.push(if c == '\n' { '\n' } else { ' ' });
    while at < chars.len() {
        let here = chars[at];
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
        let name_before = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
        if here == '/' && next == '/' {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if here == 'r' && !name_before && chars.get(at + 1 + hashes) == Some(&'"') {
            // A raw string ends at a quote with as many hashes.
            at += hashes + 2;
            while at < chars.len() {
                let closes = chars[at] == '"' && chars[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
                blank(&mut out, chars[at]);
                at += 1;
                if closes {
                    at += hashes;
                    break;
                }
            }
        } else if here == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                let width = if chars[at] == '\\' { 2 } else { 1 };
                chars[at..(at + width).min(chars.len())].iter().for_each(|c| blank(&mut out, *c));
                at += width;
            }
            at += 1;
        } else if here == '\'' && (next == '\\' || chars.get(at + 2) == Some(&'\'')) {
            // A character; a lifetime has no second quote.
            at += if next == '\\' { 3 } else { 2 };
            while at < chars.len() && chars[at] != '\'' {
                at += 1;
            }
            at += 1;
        } else {
            out.push(here);
            at += 1;
        }
    }
    out
}

#[test]
fn the_scanner_sees_what_it_should() {
    let text = r##"
        //! crate::server::store is only mentioned here
        use crate::{domain::ids::{self, AgentId}, server::{store::{self, Db}, clock::Clock}};
        const WORDS: &str = "crate::server::run";
        mod tests {
            use super::*;
            use super::super::outbox;
            fn f() { crate::server::media::f(); }
        }
    "##;
    let source = Source::new("src/server/conversations/media.rs".to_owned(), text.to_owned());
    let named: Vec<(usize, String)> = source.named_rooms();
    let expected =
        [(3, "domain"), (3, "domain"), (3, "store"), (3, "store"), (3, "clock"), (7, "conversations"), (8, "media")];
    // `super::*` of the inner module is this very file, and `super::super` its room.
    let named: Vec<(usize, &str)> = named
        .iter()
        .map(|(line, name)| (*line, name.as_str()))
        .filter(|named| *named != (6, "conversations"))
        .collect();
    assert_eq!(named, expected);
}
