//! A condition in words, for people who read a flow and do not know the syntax.

use super::scan::{Token, TokenKind, tokens};

/// The condition as a sentence: `total >= 100 and topic == "Returns"` is “total is at least 100 and topic is “Returns””.
/// `None` unless it consists of comparisons and tests, joined by `and` and `or`: brackets, filters and arithmetic have
/// no words.
pub fn condition_words(source: &str) -> Option<String> {
    let all: Vec<Token<'_>> = tokens(source).into_iter().filter(|token| token.kind != TokenKind::Space).collect();
    let mut rest = all.as_slice();
    let mut words = String::new();
    loop {
        let (clause, behind) = clause(rest)?;
        words.push_str(&clause);
        rest = match behind {
            [] => return Some(words),
            [joint, behind @ ..] if is_word(joint, "and") => {
                words.push_str(" and ");
                behind
            }
            // `and` binds more tightly, which the comma shows.
            [joint, behind @ ..] if is_word(joint, "or") => {
                words.push_str(", or ");
                behind
            }
            [..] => return None,
        };
    }
}

type Rest<'t, 'a> = &'t [Token<'a>];

/// The first comparison, test or name, and the tokens behind it.
fn clause<'t, 'a>(all: Rest<'t, 'a>) -> Option<(String, Rest<'t, 'a>)> {
    match all {
        [not, name, rest @ ..] if is_word(not, "not") => Some((format!("{} is not true", variable(name)?), rest)),
        [left, sign, right, rest @ ..] if sign.is_comparison() => {
            Some((format!("{} {}", operand(left)?, compared(sign.text, right)?), rest))
        }
        [left, is, not, rest @ ..] if is_word(is, "is") && is_word(not, "not") => {
            let (test, rest) = test(rest)?;
            Some((format!("{} {}", variable(left)?, test.negated), rest))
        }
        [left, is, rest @ ..] if is_word(is, "is") => {
            let (test, rest) = test(rest)?;
            Some((format!("{} {}", variable(left)?, test.affirmed), rest))
        }
        [name, rest @ ..] => Some((format!("{} is true", variable(name)?), rest)),
        [] => None,
    }
}

fn is_word(token: &Token<'_>, word: &str) -> bool {
    token.kind == TokenKind::Name && token.text == word
}

fn compared(sign: &str, right: &Token<'_>) -> Option<String> {
    let is_empty = right.kind == TokenKind::Quoted && matches!(right.text, "\"\"" | "''");
    let verb = match (sign, is_empty) {
        ("==", true) => return Some("is empty".to_owned()),
        ("!=", true) => return Some("is not empty".to_owned()),
        ("==", false) => "is",
        ("!=", false) => "is not",
        (">", false) => "is more than",
        (">=", false) => "is at least",
        ("<", false) => "is less than",
        ("<=", false) => "is at most",
        _ => return None,
    };
    Some(format!("{verb} {}", operand(right)?))
}

/// What a test says of its subject.
struct TestWords {
    affirmed: String,
    negated: String,
}

/// The test at the beginning, and the tokens behind it.
fn test<'t, 'a>(all: Rest<'t, 'a>) -> Option<(TestWords, Rest<'t, 'a>)> {
    let [name, rest @ ..] = all else { return None };
    let (affirmed, negated) = match name.text {
        "defined" => ("has a value", "has no value"),
        "empty" => ("is empty", "is not empty"),
        "number" => ("is a number", "is not a number"),
        "contains" => ("contains", "does not contain"),
        "startswith" => ("starts with", "does not start with"),
        "endswith" => ("ends with", "does not end with"),
        _ => return None,
    };
    if !matches!(name.text, "contains" | "startswith" | "endswith") {
        return Some((TestWords { affirmed: affirmed.to_owned(), negated: negated.to_owned() }, rest));
    }
    let (part, rest) = match rest {
        [open, part, close, rest @ ..] if open.text == "(" && close.text == ")" => (part, rest),
        [part, rest @ ..] => (part, rest),
        [] => return None,
    };
    let part = operand(part)?;
    Some((TestWords { affirmed: format!("{affirmed} {part}"), negated: format!("{negated} {part}") }, rest))
}

/// A variable, a number, `true`, `false` or a quoted text.
fn operand(token: &Token<'_>) -> Option<String> {
    match token.kind {
        TokenKind::Quoted => {
            let inside = token.text.get(1..token.text.len().checked_sub(1)?)?;
            let is_plain = token.text.len() > 1 && token.text.ends_with(&token.text[..1]) && !inside.contains('\\');
            is_plain.then(|| format!("“{inside}”"))
        }
        TokenKind::Name if matches!(token.text, "true" | "false") => Some(token.text.to_owned()),
        TokenKind::Name if token.text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
            Some(token.text.to_owned())
        }
        TokenKind::Name => variable(token),
        TokenKind::Space | TokenKind::Sign => None,
    }
}

/// A variable's name as words: `customer.first_name` is “customer first name”.
fn variable(token: &Token<'_>) -> Option<String> {
    const RESERVED: [&str; 10] = ["and", "or", "not", "is", "in", "if", "else", "true", "false", "none"];
    let is_name = token.kind == TokenKind::Name
        && !token.text.starts_with(|c: char| c.is_numeric())
        && !RESERVED.contains(&token.text);
    is_name.then(|| token.text.replace(['_', '.'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_and_tests_have_words() {
        let table = [
            ("order_status == \"shipped\"", "order status is “shipped”"),
            ("topic != 'Returns'", "topic is not “Returns”"),
            ("order_total > 100 and topic == \"Returns\"", "order total is more than 100 and topic is “Returns”"),
            ("a >= 1.5 or b<2 and c <= d", "a is at least 1.5, or b is less than 2 and c is at most d"),
            ("customer.name == \"\"", "customer name is empty"),
            ("note != ''", "note is not empty"),
            ("is_vip", "is vip is true"),
            ("not paid", "paid is not true"),
            ("paid == true", "paid is true"),
            ("email is defined", "email has a value"),
            ("email is not defined", "email has no value"),
            ("age is number and note is not empty", "age is a number and note is not empty"),
            ("message is contains(\"refund\")", "message contains “refund”"),
            ("message is not startswith \"re: and or\"", "message does not start with “re: and or”"),
            ("customer.language == \"de\"", "customer language is “de”"),
        ];
        for (source, expected) in table {
            assert_eq!(condition_words(source).as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn what_is_not_simple_stays_code() {
        let sources = [
            "",
            " ",
            "(a == 1)",
            "a | lower == \"x\"",
            "a + 1 > 2",
            "1 < a < 3",
            "not a == 1",
            "a ==",
            "a = 1",
            "and",
            "a and",
            "a is",
            "a is odd",
            "a is contains",
            "a is contains(\"x\"",
            "a == \"x",
            "a == \"",
            "a == \"say \\\"x\\\"\"",
            "a in b",
            "a b",
            "\"x\"",
            "12",
            "a == -1",
            "\"x\" is empty",
            "🌷",
        ];
        for source in sources {
            assert_eq!(condition_words(source), None, "{source}");
        }
    }
}
