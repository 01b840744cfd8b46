//! The pieces of a text: its folded words, split where a script with spaces meets one without.

use super::spelling::second_letter;
use crate::{keyword::words, text};

/// A run of folded letters of one kind of script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub chars: Vec<char>,
    /// For each letter, the byte offset of its original character.
    pub origin: Vec<usize>,
    /// For each letter that is also written with two, the second of them.
    pub seconds: Vec<Option<char>>,
    pub script: Script,
    /// Where a search may begin: at the first letter and, in scripts with spaces, behind each apostrophe (`l'agent`).
    pub starts: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Words are written with spaces between them.
    Spaced,
    /// Chinese, Japanese, Thai and others: a word may begin anywhere.
    Unspaced,
}

impl Script {
    pub fn of(c: char) -> Self {
        if text::is_unspaced(c) { Self::Unspaced } else { Self::Spaced }
    }
}

/// The pieces of a text, in order.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for word in words::words(text) {
        let mut open: Option<Piece> = None;
        for (at, (c, origin)) in word.chars.iter().zip(&word.origin).enumerate() {
            let script = Script::of(*c);
            let goes_on = open.as_ref().is_some_and(|piece| piece.script == script);
            if !goes_on {
                pieces.extend(open.take());
            }
            let piece = open.get_or_insert_with(|| Piece {
                chars: Vec::new(),
                origin: Vec::new(),
                seconds: Vec::new(),
                script,
                starts: vec![0],
            });
            if goes_on && script == Script::Spaced && word.apostrophes.contains(&at) {
                piece.starts.push(piece.chars.len());
            }
            piece.chars.push(*c);
            piece.origin.push(*origin);
            piece.seconds.push(text.get(*origin..).and_then(second_letter));
        }
        pieces.extend(open);
    }
    pieces
}
