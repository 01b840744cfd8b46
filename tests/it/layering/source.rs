//! Parses source files: separates code from comments and literals, and finds the paths they use. Contains no rules.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

/// A violation of a rule.
pub struct Finding {
    pub file: String,
    pub line: usize,
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.file, self.line, self.detail)
    }
}

/// A source file: its raw text, and its code without comments and literals.
#[derive(Clone)]
pub struct Source {
    pub file: String,
    pub raw: String,
    pub code: String,
    paths: Vec<Named>,
}

/// A path that starts at the crate, and its line.
#[derive(Clone)]
pub struct Named {
    pub line: usize,
    pub segments: Vec<String>,
    pub naming: Naming,
    /// The module that names it, which may be within a file.
    pub within: Vec<String>,
}

/// How a path is named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// In code.
    Inline,
    Use,
    /// In a `pub use`, which passes it on.
    Reexport,
}

/// The application and the domain.
pub fn product() -> Vec<Source> {
    let mut sources = sources("domain/src");
    sources.extend(self::sources("src"));
    sources
}

/// The folders that all others are in.
const ROOTS: [&str; 3] = ["domain/src", "src", "tests"];

/// The files below a folder of [`ROOTS`]. Each is read once for all tests of the process, because that takes seconds.
pub fn sources(folder: &str) -> Vec<Source> {
    static READ: Mutex<BTreeMap<&str, Vec<Source>>> = Mutex::new(BTreeMap::new());
    let root = ROOTS.into_iter().find(|root| folder.starts_with(root)).expect("a folder of sources");
    // After a panic the files of that folder are missing, and whoever wants them panics, too.
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let all = read.entry(root).or_insert_with(|| read_all(root));
    let within = format!("{folder}/");
    let found: Vec<Source> = all.iter().filter(|source| source.file.starts_with(&within)).cloned().collect();
    assert!(!found.is_empty(), "no source files under {folder}");
    found
}

fn read_all(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    files.sort();
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
        let tokens: TokenStream = raw.parse().unwrap_or_else(|error| panic!("{file} is not Rust: {error}"));
        let code = without_text(&raw, &tokens);
        let mut source = Self { file, raw, code, paths: Vec::new() };
        paths(tokens, &source.crate_root(), &source.module(), &mut source.paths);
        source
    }

    pub fn finding(&self, line: usize, detail: String) -> Finding {
        Finding { file: self.file.clone(), line, detail }
    }

    /// The path that `crate` stands for in this file. The application names the domain's crate as its module `domain`.
    fn crate_root(&self) -> Vec<String> {
        if self.file.starts_with("domain/") { vec!["domain".to_owned()] } else { Vec::new() }
    }

    /// The module path of this file within the application.
    pub fn module(&self) -> Vec<String> {
        let mut parts = self.crate_root();
        let inner = self.file.trim_start_matches("domain/").trim_start_matches("src/").trim_end_matches(".rs");
        parts.extend(inner.split('/').map(str::to_owned));
        if parts.last().is_some_and(|last| last == "mod") {
            parts.pop();
        }
        parts
    }

    /// Parsed once more, because tokens stay on one thread.
    pub fn tokens(&self) -> TokenStream {
        self.raw.parse().expect("it is Rust")
    }

    pub fn top_module(&self) -> Option<String> {
        top_module_of(&self.module())
    }

    pub fn named_modules(&self) -> Vec<(usize, String)> {
        self.paths().into_iter().filter_map(|path| Some((path.line, top_module_of(&path.segments)?))).collect()
    }

    /// Every path that starts with `crate`, `self` or `super`, expanded from the crate root; including those in macro
    /// arguments. In a `use` also those that start with another name, which may be that of another crate.
    pub fn paths(&self) -> Vec<Named> {
        self.paths.clone()
    }
}

fn paths(tokens: TokenStream, root: &[String], module: &[String], found: &mut Vec<Named>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let (mut at, mut naming) = (0, Naming::Inline);
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Ident(word) if word == "use" => {
                naming = if is_public(&tokens[..at - 1]) { Naming::Reexport } else { Naming::Use };
                let is_root = |word: &Ident| ["crate", "self", "super"].iter().any(|root| word == root);
                if matches!(tokens.get(at), Some(TokenTree::Ident(word)) if !is_root(word)) {
                    at = tree(&tokens, at, module.to_vec(), (module, naming), found);
                }
            }
            TokenTree::Punct(sign) if sign.as_char() == ';' => naming = Naming::Inline,
            TokenTree::Ident(word) if word == "mod" => {
                if let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) =
                    (tokens.get(at), tokens.get(at + 1))
                {
                    at += 2;
                    paths(body.stream(), root, &[module, &[name.to_string()]].concat(), found);
                }
            }
            TokenTree::Ident(word) if word == "self" && is_path(&tokens, at) => {
                at = tree(&tokens, at + 2, module.to_vec(), (module, naming), found);
            }
            TokenTree::Ident(word) if (word == "crate" || word == "super") && is_path(&tokens, at) => {
                let mut base = if word == "crate" { root.to_vec() } else { module[..module.len() - 1].to_vec() };
                at += 2;
                while matches!(tokens.get(at), Some(TokenTree::Ident(word)) if word == "super") {
                    base.pop();
                    at += 3;
                }
                at = tree(&tokens, at, base, (module, naming), found);
            }
            TokenTree::Group(group) => paths(group.stream(), root, module, found),
            _ => {}
        }
    }
}

/// Whether what follows these tokens is public, at least within the crate.
fn is_public(before: &[TokenTree]) -> bool {
    let is_pub = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Ident(word)) if word == "pub");
    let restricted = before.len().checked_sub(2).and_then(|at| before.get(at));
    is_pub(before.last()) || matches!(before.last(), Some(TokenTree::Group(_))) && is_pub(restricted)
}

/// Whether there is a `::` at this position.
fn is_path(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
    colon(at) && colon(at + 1)
}

/// Expands `a::{b, c::{d}}` from `at` on; returns the position after it.
fn tree(
    tokens: &[TokenTree],
    at: usize,
    mut path: Vec<String>,
    (module, naming): (&[String], Naming),
    found: &mut Vec<Named>,
) -> usize {
    let Some(token) = tokens.get(at) else { return at };
    if let TokenTree::Group(group) = token {
        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
        for part in inner.split(|token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',')) {
            tree(part, 0, path.clone(), (module, naming), found);
        }
        return at + 1;
    }
    path.push(token.to_string());
    if is_path(tokens, at + 1) {
        return tree(tokens, at + 3, path, (module, naming), found);
    }
    let (line, within) = (token.span().start().line, module.to_vec());
    found.push(Named { line, segments: path, naming, within });
    at + 1
}

/// The module that a path leads to; `None` for files that belong to none (`lib.rs`, and the module list itself).
fn top_module_of(path: &[String]) -> Option<String> {
    match path.first().map(String::as_str)? {
        "server" => path.get(1).filter(|module| module.chars().all(|c| c.is_ascii_lowercase() || c == '_')).cloned(),
        first @ ("domain" | "contract" | "api" | "ui") => Some(first.to_owned()),
        _ => None,
    }
    .filter(|module| module != "self")
}

/// The text with comments and literals blanked out; the rest keeps its position.
fn without_text(text: &str, tokens: &TokenStream) -> String {
    let mut code: Vec<u8> = text.bytes().map(|byte| if byte == b'\n' { byte } else { b' ' }).collect();
    keep(tokens.clone(), text, &mut code);
    String::from_utf8(code).expect("whole names and signs")
}

fn keep(tokens: TokenStream, text: &str, code: &mut [u8]) {
    // The tokens of a doc comment have its position but not its source text.
    let keep_one = |span: Span, written: &str, code: &mut [u8]| {
        let range = span.byte_range();
        if text.get(range.clone()) == Some(written) {
            code[range].copy_from_slice(written.as_bytes());
        }
    };
    for token in tokens {
        match token {
            TokenTree::Ident(name) => keep_one(name.span(), &name.to_string(), code),
            TokenTree::Punct(sign) => keep_one(sign.span(), sign.as_char().encode_utf8(&mut [0; 4]), code),
            TokenTree::Literal(_) => {}
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                keep_one(group.span_open(), open, code);
                keep_one(group.span_close(), close, code);
                keep(group.stream(), text, code);
            }
        }
    }
}

#[test]
fn the_scanner_separates_code_from_comments_and_literals() {
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
    let named: Vec<(usize, String)> = source.named_modules();
    let expected =
        [(3, "domain"), (3, "domain"), (3, "store"), (3, "store"), (3, "clock"), (7, "conversations"), (8, "media")];
    // In the inner module `super::*` is this file, and `super::super` its module.
    let named: Vec<(usize, &str)> = named
        .iter()
        .map(|(line, name)| (*line, name.as_str()))
        .filter(|named| *named != (6, "conversations"))
        .collect();
    assert_eq!(named, expected);
}
