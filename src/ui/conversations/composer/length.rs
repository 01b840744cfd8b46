//! How long a reply is, in words, and how long it may be.

use crate::{
    domain::message::{TEXT_LIMIT, reply::ReplyKind},
    ui::number::grouped,
};

/// The longest reply in characters. It is sent as five messages.
pub fn hard_limit() -> usize {
    ReplyKind::Text.text_limit()
}

/// The length is shown from this many characters on.
pub const NEAR_LIMIT: usize = 3_500;

/// The length in words; empty while it is far from the limit.
pub fn length_words(length: usize, pieces: impl Fn() -> usize) -> String {
    match length {
        0..NEAR_LIMIT => String::new(),
        NEAR_LIMIT..=TEXT_LIMIT => format!("{} / {}", grouped(length), grouped(TEXT_LIMIT)),
        _ if length <= hard_limit() => format!("{} characters, will be sent as {} messages", grouped(length), pieces()),
        _ => {
            let over = length - hard_limit();
            let noun = if over == 1 { "character" } else { "characters" };
            format!("{} {noun} over the limit of {}", grouped(over), grouped(hard_limit()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_said_when_it_matters() {
        assert_eq!(length_words(20, || 1), "");
        assert_eq!(length_words(3_912, || 1), "3,912 / 4,096");
        assert_eq!(length_words(5_200, || 2), "5,200 characters, will be sent as 2 messages");
        assert_eq!(length_words(20_001, || 5), "1 character over the limit of 20,000");
        assert_eq!(length_words(20_007, || 5), "7 characters over the limit of 20,000");
    }
}
