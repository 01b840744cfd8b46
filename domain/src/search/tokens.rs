//! Tokens: what the index holds of a text or a customer, and what it is asked for.

use super::{
    number,
    pieces::{Piece, Script},
    spelling::{self, Extent, MOST_CHOICES, Spelling, WordEnd, spellings},
};
use crate::keyword::words::each_word;

/// Longer words are cut; what follows is compared with the text itself.
const LONGEST: usize = 48;
/// Most bytes of a text's tokens: PostgreSQL refuses a `tsvector` of 1 MiB, and with it the message. What a text has
/// beyond that is not found.
const MOST_BYTES: usize = 900_000;
/// What the index adds to each token: the key of its tenant.
const KEY_BYTES: usize = 8;
/// Stands before the digits of numbers, so that a word of digits does not find the middle of a number. Folding makes
/// two letters of it, so no word contains it.
const NUMBER_MARK: char = '№';

/// A token that a hit must have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Token {
    Exact(String),
    /// Any token that begins with this.
    Prefix(String),
}

impl Token {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Exact(token) | Self::Prefix(token) => token,
        }
    }
}

fn cut(chars: &[char]) -> String {
    chars.iter().take(LONGEST).collect()
}

fn marked(digits: &str) -> String {
    let mut marked = String::with_capacity(NUMBER_MARK.len_utf8() + digits.len());
    marked.push(NUMBER_MARK);
    marked.push_str(digits);
    marked
}

/// As [`pieces`](super::pieces::pieces) splits a text, without what only a comparison needs: every message is indexed, and
/// few are compared.
fn words_of(text: &str, tokens: &mut Vec<String>) {
    each_word(text, |word| {
        let mut begin = 0;
        for run in word.chars.chunk_by(|one, next| Script::of(*one) == Script::of(*next)) {
            let end = begin + run.len();
            match run.first().map(|first| Script::of(*first)) {
                Some(Script::Spaced) => {
                    let behind_apostrophes = word.apostrophes.iter().filter(|at| (begin + 1..end).contains(at));
                    tokens.push(cut(run));
                    tokens.extend(behind_apostrophes.map(|at| cut(&word.chars[*at..end])));
                }
                Some(Script::Unspaced) => {
                    tokens.extend(run.windows(2).map(|pair| pair.iter().collect::<String>()));
                    // The last letter begins no pair, and must be found alone as well.
                    tokens.extend(run.last().map(char::to_string));
                }
                None => {}
            }
            begin = end;
        }
    });
}

/// The tokens of a message's text, each once, in order.
pub fn text_tokens(text: &str) -> Vec<String> {
    bounded(all_of_text(text))
}

fn all_of_text(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    words_of(text, &mut tokens);
    number::each_end_in_text(text, |digits| tokens.push(marked(digits)));
    tokens
}

/// The tokens, each once, in order, as many as the index takes.
fn bounded(mut tokens: Vec<String>) -> Vec<String> {
    tokens.sort_unstable();
    tokens.dedup();
    let mut bytes = 0;
    let fitting = tokens.iter().take_while(|token| {
        bytes += token.len() + KEY_BYTES;
        bytes <= MOST_BYTES
    });
    tokens.truncate(fitting.count());
    tokens
}

/// The tokens of a customer, each once, in order. `phone` is the number's digits.
pub fn customer_tokens(name: &str, username: Option<&str>, phone: Option<&str>) -> Vec<String> {
    let mut tokens = all_of_text(name);
    if let Some(username) = username {
        words_of(username, &mut tokens);
    }
    if let Some(digits) = phone.filter(|phone| phone.chars().all(|c| c.is_ascii_digit())) {
        number::each_end(digits, |end| tokens.push(marked(end)));
    }
    bounded(tokens)
}

/// The tokens that a text has in which `wanted` stands, one piece after the other: all tokens of one of the lists, which
/// differ in the spelling.
pub fn tokens_of(wanted: &[Piece]) -> Vec<Vec<Token>> {
    let mut lists: Vec<Vec<Token>> = vec![Vec::new()];
    let mut choices = MOST_CHOICES;
    for (at, piece) in wanted.iter().enumerate() {
        let end = if at + 1 == wanted.len() { WordEnd::Open } else { WordEnd::Closed };
        let spelled: Vec<Vec<Token>> = match (piece.script, piece.chars.as_slice()) {
            (Script::Spaced, _) => {
                let spellings = spellings(piece, choices);
                choices = choices.saturating_sub(spelling::choices(piece));
                spellings.iter().map(|spelling| vec![token_of_spelling(spelling, end)]).collect()
            }
            (Script::Unspaced, [one]) => vec![vec![Token::Prefix(one.to_string())]],
            (Script::Unspaced, chars) => {
                vec![chars.windows(2).map(|pair| Token::Exact(pair.iter().collect())).collect()]
            }
        };
        lists = lists
            .iter()
            .flat_map(|list| spelled.iter().map(move |tokens| [list.as_slice(), tokens.as_slice()].concat()))
            .collect();
    }
    for tokens in &mut lists {
        tokens.sort();
        tokens.dedup();
    }
    lists
}

fn token_of_spelling(spelling: &Spelling, end: WordEnd) -> Token {
    let end = match spelling.extent {
        Extent::Typed => end,
        Extent::Whole => WordEnd::Closed,
        Extent::Beginning => WordEnd::Open,
    };
    let token = cut(&spelling.chars);
    match end {
        WordEnd::Closed if spelling.chars.len() <= LONGEST => Token::Exact(token),
        WordEnd::Closed | WordEnd::Open => Token::Prefix(token),
    }
}

/// The token of a form of a number.
pub fn token_of_number(form: &str) -> Token {
    Token::Prefix(marked(form))
}
