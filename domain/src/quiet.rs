//! Quiet messages: what is wholly a thank-you, emoji, a sticker, a rating, or the tap that keeps the window open, and so
//! needs no answer.
//!
//! Everything must be known: one other word, a question mark, or a number that is no rating makes a message one that
//! somebody has to answer. The words are in `quiet/phrases.rs`. Whether a message may be received quietly at all is
//! decided by `Conversation::hears_quietly`. Answers to the question after a close are in `rating`.

mod phrases;

use std::sync::LazyLock;

use self::phrases::{LANGUAGES, SHARED, STARS, Script};
use crate::{content::Content, text, window::keep_open};

/// The longest quiet text, in characters.
const LIMIT: usize = 160;

/// Smileys of several characters.
const SMILEYS: [&str; 15] =
    [":-))", ":))", ":-)", ":)", ":-D", ":D", ";-)", ";)", "=)", ":-*", ":*", "<3", "^_^", "^^", "(:"];

/// Whether the customer's message needs no answer.
pub fn is_quiet(content: &Content) -> bool {
    match content {
        Content::Text { body } => is_quiet_text(body),
        Content::Sticker { .. } => true,
        // It opens the window, and says nothing.
        Content::ButtonReply { id, .. } => id == keep_open::PAYLOAD,
        Content::Image { .. }
        | Content::Video { .. }
        | Content::Audio { .. }
        | Content::Document { .. }
        | Content::Location { .. }
        | Content::Contacts { .. }
        | Content::ListReply { .. }
        | Content::FormReply { .. }
        | Content::CallPermission { .. }
        | Content::InteractiveMissing
        | Content::TemplateButton { .. }
        | Content::Reaction { .. }
        | Content::Order { .. }
        | Content::Unsupported { .. }
        | Content::Edit { .. }
        | Content::Revoke { .. }
        | Content::RequestWelcome
        | Content::Template { .. }
        | Content::TemplateSent(_)
        | Content::Interactive { .. }
        | Content::InteractiveSent(_) => false,
    }
}

/// Whether a text needs no answer.
pub(crate) fn is_quiet_text(body: &str) -> bool {
    if body.chars().count() > LIMIT || asks(body) {
        return false;
    }
    let mut words = body.to_owned();
    for smiley in SMILEYS {
        words = words.replace(smiley, "\u{1f642}");
    }
    let has_emoji = words.chars().any(is_emoji);
    let words: String = words.chars().map(|c| if is_emoji(c) || is_emoji_part(c) { ' ' } else { c }).collect();
    if words.chars().any(|c| digit(c).is_some()) {
        return is_rating(&words);
    }
    if words.chars().any(|c| !is_word_or_punctuation(c)) {
        return false;
    }
    match squeezed(&text::folded(&words)) {
        words if words.is_empty() => has_emoji,
        words => COMPILED.iter().any(|language| language.is_thanks(&words)),
    }
}

/// Whether the text has a question mark of any script. In Greek it is a semicolon.
pub(crate) fn asks(body: &str) -> bool {
    let is_greek = body.chars().any(|c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}'));
    body.chars().any(|c| match c {
        '?'
        | '¿'
        | '\u{37e}'
        | '\u{55e}'
        | '\u{61f}'
        | '\u{1367}'
        | '\u{2047}'..='\u{2049}'
        | '\u{203d}'
        | '\u{2753}'
        | '\u{2754}'
        | '\u{fe56}'
        | '\u{ff1f}' => true,
        // The button for an emergency is no thank-you.
        '\u{1f198}' => true,
        ';' => is_greek,
        _ => false,
    })
}

fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1f000}'..='\u{1faff}'
        | '\u{2600}'..='\u{27bf}'
        | '\u{2b00}'..='\u{2bff}'
        | '\u{2300}'..='\u{23ff}'
        | '\u{203c}')
}

/// What joins and varies emoji, without a shape of its own.
fn is_emoji_part(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{20e3}' | '\u{fe0e}' | '\u{fe0f}' | '\u{e0020}'..='\u{e007f}')
}

/// Letters with their marks, spaces, and the punctuation of everyday sentences. Signs that mean something (currencies,
/// percent, addresses) are none.
fn is_word_or_punctuation(c: char) -> bool {
    if !text::is_gap(c) || text::is_decoration(c) {
        return true;
    }
    c.is_whitespace()
        || matches!(c,
            '.' | ',' | '!' | ';' | ':' | '-' | '"' | '(' | ')' | '*' | '_' | '~'
            | '¡' | '«' | '»' | '·'
            | '\u{2010}'..='\u{201f}' | '\u{2025}' | '\u{2026}' | '\u{2039}' | '\u{203a}'
            | '\u{3000}'..='\u{3002}' | '\u{300c}'..='\u{300f}' | '\u{301c}' | '\u{30fb}'
            | '\u{060c}' | '\u{061b}' | '\u{06d4}' | '\u{0964}' | '\u{0965}' | '\u{05be}'
            | '\u{ff01}' | '\u{ff08}' | '\u{ff09}' | '\u{ff0c}' | '\u{ff0e}')
}

/// The digit of any script, also of full width.
fn digit(c: char) -> Option<u32> {
    text::any_digit(c)?.to_digit(10)
}

/// Whether the text is a lone rating: `5`, `10/10`, `5 stars`.
fn is_rating(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['.', '!']).trim_end();
    let Some((value, rest)) = number(text) else { return false };
    if !(1..=10).contains(&value) {
        return false;
    }
    let rest = rest.trim();
    match rest.strip_prefix(['/', '\u{ff0f}']) {
        Some(most) => {
            number(most.trim()).is_some_and(|(most, rest)| rest.is_empty() && matches!(most, 5 | 10) && value <= most)
        }
        None if rest.is_empty() => true,
        None => rest.chars().all(char::is_alphabetic) && STARS.contains(&text::folded(rest).as_str()),
    }
}

/// The number of one or two digits at the beginning, without a leading zero, and the rest.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c| digit(c).is_none()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let digits: Vec<u32> = digits.chars().filter_map(digit).collect();
    match digits[..] {
        [one] => Some((one, rest)),
        [ten @ 1..=9, one] => Some((10 * ten + one, rest)),
        _ => None,
    }
}

/// Repeated letters count once: people write "thaaanks".
fn squeezed(folded: &str) -> String {
    let mut chars: Vec<char> = folded.chars().collect();
    chars.dedup();
    chars.into_iter().collect()
}

/// The phrases of a language as messages are compared with them.
struct Compiled {
    script: Script,
    thanks: Vec<String>,
    beside: Vec<String>,
}

static COMPILED: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    LANGUAGES
        .iter()
        .map(|language| {
            let phrases = |list: &str| {
                let phrases = list.split('|').map(|phrase| written(&squeezed(&text::folded(phrase)), language.script));
                phrases.collect::<Vec<_>>()
            };
            let mut beside = phrases(language.beside);
            beside.extend(phrases(SHARED));
            Compiled { script: language.script, thanks: phrases(language.thanks), beside }
        })
        .collect()
});

fn written(folded: &str, script: Script) -> String {
    match script {
        Script::Spaced => folded.to_owned(),
        Script::Unspaced => squeezed(&folded.replace(' ', "")),
    }
}

impl Compiled {
    /// Whether the text consists of phrases of this language, and at least one of them says thanks.
    fn is_thanks(&self, folded: &str) -> bool {
        let text = written(folded, self.script);
        // How the text can be divided up to each byte: not at all, into other phrases, or with thanks.
        let mut reached: Vec<[bool; 2]> = vec![[false; 2]; text.len() + 1];
        reached[0][0] = true;
        for at in 0..text.len() {
            if reached[at] == [false; 2] {
                continue;
            }
            let rest = &text[at..];
            let steps = self.thanks.iter().map(|phrase| (phrase, true));
            for (phrase, thanks) in steps.chain(self.beside.iter().map(|phrase| (phrase, false))) {
                let Some(end) = self.end_of(phrase, rest) else { continue };
                let [without, with] = reached[at];
                let next = &mut reached[at + end];
                next[0] |= without && !thanks;
                next[1] |= with || (without && thanks);
            }
        }
        reached[text.len()][1]
    }

    /// Where the text goes on after the phrase with which it begins.
    fn end_of(&self, phrase: &str, rest: &str) -> Option<usize> {
        let after = rest.strip_prefix(phrase)?;
        match self.script {
            Script::Unspaced => Some(phrase.len()),
            Script::Spaced if after.is_empty() => Some(phrase.len()),
            Script::Spaced => after.starts_with(' ').then_some(phrase.len() + 1),
        }
    }
}

#[cfg(test)]
#[path = "quiet_tests.rs"]
mod tests;
