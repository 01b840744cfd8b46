//! How a text is worded, beside the phrases in it: repetitions, capitals, marks, and what is quoted.

use super::lexicon::spoken_words;
use crate::keyword::Steps;

/// The fewest words of texts that are compared loosely, and the fewest letters of those that must be equal.
const LOOSE: usize = 4;
const EQUAL: usize = 5;
/// The fewest capital letters and words of a text that is shouted.
const CAPITALS: usize = 10;
const SHOUTED: usize = 4;

/// The words of a text, to compare it with others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wording {
    words: Vec<String>,
    sorted: Vec<String>,
}

impl Wording {
    pub fn of(words: &[String]) -> Self {
        let mut sorted = words.to_vec();
        sorted.sort_unstable();
        Self { words: words.to_vec(), sorted }
    }

    /// Whether two texts say the same: equal words, or four fifths of them with the same numbers.
    pub fn is_like(&self, other: &Self, steps: &mut Steps) -> bool {
        steps.add(self.words.len() + other.words.len());
        if self.words == other.words {
            return self.words.iter().map(|word| word.chars().count()).sum::<usize>() >= EQUAL;
        }
        let (one, two) = (self.words.len(), other.words.len());
        let is_long = one >= LOOSE && two >= LOOSE;
        is_long && self.numbers().eq(other.numbers()) && 10 * 2 * self.shared(other) >= 8 * (one + two)
    }

    /// The words with digits, in order.
    fn numbers(&self) -> impl Iterator<Item = &String> {
        self.sorted.iter().filter(|word| word.chars().any(char::is_numeric))
    }

    /// How many words both have.
    fn shared(&self, other: &Self) -> usize {
        let (mut one, mut two) = (self.sorted.iter().peekable(), other.sorted.iter().peekable());
        let mut shared = 0;
        while let (Some(mine), Some(theirs)) = (one.peek(), two.peek()) {
            let order = mine.cmp(theirs);
            shared += usize::from(order.is_eq());
            if order.is_le() {
                one.next();
            }
            if order.is_ge() {
                two.next();
            }
        }
        shared
    }
}

/// Whether a text is in capitals and long enough to be a sentence. A name or an address may be, too.
pub(super) fn is_capital(text: &str) -> bool {
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let small = text.chars().filter(|c| c.is_lowercase()).count();
    capitals >= CAPITALS && small * 10 <= capitals && text.split_whitespace().count() >= SHOUTED
}

/// The longest run of exclamation and question marks.
pub(super) fn marks(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if matches!(c, '!' | '?' | '！' | '？' | '¡' | '¿') { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// The text without what it quotes of the bot. `bot_said` are the bot's words with spaces between.
pub(super) fn own_words(text: &str, bot_said: &str) -> String {
    let mut own = String::new();
    let mut rest = text;
    while let Some((before, mark, after)) = at_quotation_mark(rest) {
        own.push_str(before);
        let quoted = at_quotation_mark(after).filter(|(inner, ..)| {
            let words = spoken_words(inner).join(" ");
            !words.is_empty() && bot_said.contains(&words)
        });
        match quoted {
            Some((_, _, behind)) => {
                own.push(' ');
                rest = behind;
            }
            None => {
                own.push(mark);
                rest = after;
            }
        }
    }
    own.push_str(rest);
    own
}

/// The text around its first quotation mark.
fn at_quotation_mark(text: &str) -> Option<(&str, char, &str)> {
    let (at, mark) =
        text.char_indices().find(|(_, c)| matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›'))?;
    Some((&text[..at], mark, &text[at + mark.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(one: &str, other: &str) -> bool {
        let wording = |text: &str| Wording::of(&spoken_words(text));
        wording(one).is_like(&wording(other), &mut Steps::default())
    }

    #[test]
    fn texts_are_alike_in_other_case_and_order_but_not_with_another_number() {
        assert!(alike("Where is my order?", "where is my order"));
        assert!(alike("so where is my order now", "Where is my order"));
        assert!(!alike("my order is number 4711", "my order is number 4712"));
        assert!(!alike("yes", "yes"), "it answers many questions");
        assert!(!alike("where is the bus stop", "where is my order now please"));
    }

    #[test]
    fn capitals_and_marks_are_counted() {
        assert!(is_capital("WHERE IS MY ORDER 4711") && !is_capital("WHERE IS IT"));
        assert!(!is_capital("Where Is My Order Please"));
        assert_eq!([marks("what?!?"), marks("ok. good!"), marks("¡¡¡hola!!!!"), marks("")], [3, 1, 4, 0]);
    }

    #[test]
    fn only_quotations_of_the_bot_are_left_out() {
        let bot = spoken_words("Type \"speak to an agent\" at any time.").join(" ");
        assert_eq!(own_words("what does “speak to an agent” cost?", &bot), "what does   cost?");
        assert_eq!(own_words("it says \"broken\" on the box", &bot), "it says \"broken\" on the box");
        assert_eq!(own_words("\"", &bot), "\"");
    }

    #[test]
    fn a_sentence_in_capitals_has_few_small_letters_and_several_words() {
        assert!(is_capital("GIVE ME MY MONEY BACK"));
        assert!(!is_capital("GIVE ME MY MONEY BACK now"), "a tenth at most is small");
        assert!(!is_capital("GIVEMEMYMONEY BACK"), "a name or an address");
        assert!(!is_capital("give me my money back please"));
    }

    #[test]
    fn short_texts_are_alike_only_if_they_are_equal() {
        let like = |one: &str, two: &str| {
            let of = |text: &str| Wording::of(&text.split(' ').map(ToOwned::to_owned).collect::<Vec<_>>());
            of(one).is_like(&of(two), &mut Steps::default())
        };
        assert!(like("where is my parcel", "where is my parcel"));
        assert!(like("where is my parcel now", "where is my parcel"));
        assert!(!like("where is parcel", "where is parcel now"));
    }
}
