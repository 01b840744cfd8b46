//! Reactions of agents to a customer's message: which message can have one, what counts as an emoji, and what becomes of one
//! that is sent. WhatsApp keeps one reaction of the business on a message, whoever of the team gave it.
//!
//! A reaction is no answer: it ends no wait of the customer.

use serde::{Deserialize, Serialize};

use super::{Author, Reaction};
use crate::{
    time::{Span, Timestamp},
    window::Window,
};

/// The oldest message that WhatsApp lets a business react to.
pub const REACTABLE_FOR: Span = Span::days(30);

/// What is offered first.
pub const USUAL: [&str; 6] = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/// The most signs of one emoji: a couple with two tones of skin has ten, the flag of a region seven.
const MOST_SIGNS: usize = 16;

/// What a text that is no emoji is refused with.
pub const NOT_AN_EMOJI: &str = "Enter one emoji. WhatsApp takes no text and no more than one.";

/// How far a reaction of the business is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReactionState {
    /// The customer has it.
    #[default]
    Shown,
    Sending,
    /// It is being taken back.
    Removing,
    /// WhatsApp refused it, or to take it back: why, and what to do.
    Failed {
        detail: String,
    },
}

impl ReactionState {
    pub fn is_shown(&self) -> bool {
        *self == Self::Shown
    }
}

/// Why a message cannot have a reaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReactionRefusal {
    /// It is our own, or WhatsApp has not named it.
    NotOfCustomer,
    Deleted,
    TooOld,
    WindowClosed,
}

impl ReactionRefusal {
    pub fn words(self) -> &'static str {
        match self {
            Self::NotOfCustomer => "You can react to messages of the customer.",
            Self::Deleted => "The customer deleted this message, so it can't have a reaction.",
            Self::TooOld => "WhatsApp takes reactions for 30 days. This message is older: quote it in a reply instead.",
            Self::WindowClosed => "The 24-hour reply window is closed. You can react again once the customer writes.",
        }
    }
}

/// What counts about a message for a reaction.
#[derive(Clone, Copy, Debug)]
pub struct Reactable<'a> {
    pub author: &'a Author,
    pub revoked: bool,
    pub written_at: Timestamp,
}

impl Reactable<'_> {
    /// Why it cannot have one at `now`; `None` if it can.
    pub fn refusal(self, window: Window, now: Timestamp) -> Option<ReactionRefusal> {
        if !self.author.is_customer() {
            return Some(ReactionRefusal::NotOfCustomer);
        }
        if self.revoked {
            return Some(ReactionRefusal::Deleted);
        }
        if now.since(self.written_at) >= REACTABLE_FOR {
            return Some(ReactionRefusal::TooOld);
        }
        (!window.is_open(now)).then_some(ReactionRefusal::WindowClosed)
    }
}

/// The business's reaction among those of a message.
pub fn of_business(reactions: &[Reaction]) -> Option<&Reaction> {
    reactions.iter().find(|reaction| !reaction.author.is_customer())
}

/// Gives a message the reaction of `author`, which is to be sent; `None` takes the business's one back. Returns `false` if
/// that is so already or on its way.
pub fn react(reactions: &mut Vec<Reaction>, author: &Author, emoji: Option<&str>) -> bool {
    let known = reactions.iter_mut().find(|reaction| !reaction.author.is_customer());
    let Some(emoji) = emoji else {
        let Some(known) = known.filter(|known| known.state != ReactionState::Removing) else { return false };
        known.state = ReactionState::Removing;
        return true;
    };
    let is_on_its_way = known.is_some_and(|known| {
        known.emoji == emoji && matches!(known.state, ReactionState::Shown | ReactionState::Sending)
    });
    if is_on_its_way {
        return false;
    }
    reactions.retain(|reaction| reaction.author.is_customer());
    let state = ReactionState::Sending;
    reactions.push(Reaction { state, ..Reaction::new(author.clone(), emoji) });
    true
}

/// Records what became of a reaction that was sent, `None` of one that was taken back: `Ok` if WhatsApp accepted it, else
/// why not. Returns `false` if nothing changes, because another one was given since.
pub fn settle(reactions: &mut Vec<Reaction>, emoji: Option<&str>, outcome: Result<(), &str>) -> bool {
    let is_meant = |known: &Reaction| {
        let is_it = match emoji {
            Some(emoji) => known.emoji == emoji && known.state != ReactionState::Removing,
            None => known.state == ReactionState::Removing,
        };
        !known.author.is_customer() && is_it
    };
    let Some(at) = reactions.iter().position(is_meant) else { return false };
    let state = match (emoji, outcome) {
        (None, Ok(())) => {
            reactions.remove(at);
            return true;
        }
        (Some(_), Ok(())) => ReactionState::Shown,
        (_, Err(detail)) => ReactionState::Failed { detail: detail.to_owned() },
    };
    let Some(known) = reactions.get_mut(at) else { return false };
    let is_new = known.state != state;
    known.state = state;
    is_new
}

/// The one emoji that the text is; `None` if it is more, or none.
pub fn one_emoji(text: &str) -> Option<&str> {
    let text = text.trim();
    if text.chars().nth(MOST_SIGNS).is_some() {
        return None;
    }
    let mut signs = text.chars().peekable();
    loop {
        let first = signs.next()?;
        match first {
            '\u{1f1e6}'..='\u{1f1ff}' => {
                // A flag is two of these.
                signs.next_if(|c| ('\u{1f1e6}'..='\u{1f1ff}').contains(c))?;
            }
            '0'..='9' | '#' | '*' => {
                let _drawn_as_picture = signs.next_if_eq(&'\u{fe0f}');
                signs.next_if_eq(&'\u{20e3}')?;
            }
            c if is_picture(c) => {
                let _drawn_as_picture = signs.next_if_eq(&'\u{fe0f}');
                let _skin = signs.next_if(|c| ('\u{1f3fb}'..='\u{1f3ff}').contains(c));
                // The flags of regions are spelled with tags.
                while signs.next_if(|c| ('\u{e0020}'..='\u{e007f}').contains(c)).is_some() {}
            }
            _ => return None,
        }
        // Several people, or a person with an occupation, are one emoji.
        if signs.next_if_eq(&'\u{200d}').is_none() {
            break;
        }
    }
    signs.next().is_none().then_some(text)
}

fn is_picture(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{3030}' | '\u{303d}' | '\u{3297}'
        | '\u{3299}'
        | '\u{2194}'..='\u{21aa}'
        | '\u{231a}'..='\u{23ff}'
        | '\u{24c2}'
        | '\u{25aa}'..='\u{27bf}'
        | '\u{2934}'..='\u{2935}'
        | '\u{2b05}'..='\u{2b55}'
        | '\u{1f004}'..='\u{1f0cf}'
        | '\u{1f170}'..='\u{1f251}'
        | '\u{1f300}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(100 * 86_400_000);

    fn agent(id: &str) -> Author {
        Author::Agent(id.into())
    }

    fn states(reactions: &[Reaction]) -> Vec<(&str, ReactionState)> {
        reactions.iter().map(|reaction| (reaction.emoji.as_str(), reaction.state.clone())).collect()
    }

    #[test]
    fn a_customers_message_can_have_one_for_thirty_days_within_the_window() {
        let open = Window { last_turn: Some(NOW.minus(Span::hours(23))), refused_at: None };
        let closed = Window { last_turn: Some(NOW.minus(Span::hours(24))), refused_at: None };
        let fresh = Reactable { author: &Author::Customer, revoked: false, written_at: NOW.minus(Span::hours(23)) };
        assert_eq!(fresh.refusal(open, NOW), None);
        let last = Reactable { written_at: NOW.minus(REACTABLE_FOR).plus(Span(1)), ..fresh };
        assert_eq!(last.refusal(open, NOW), None);
        let ours = agent("agt_1");
        for (target, window, refusal) in [
            (fresh, closed, ReactionRefusal::WindowClosed),
            (fresh, Window::default(), ReactionRefusal::WindowClosed),
            (Reactable { revoked: true, ..fresh }, open, ReactionRefusal::Deleted),
            (Reactable { author: &ours, ..fresh }, open, ReactionRefusal::NotOfCustomer),
            (Reactable { written_at: NOW.minus(REACTABLE_FOR), ..fresh }, open, ReactionRefusal::TooOld),
        ] {
            assert_eq!(target.refusal(window, NOW), Some(refusal));
            assert!(refusal.words().ends_with('.'));
        }
    }

    #[test]
    fn the_business_has_one_reaction_whoever_gave_it() {
        let (ana, ben) = (agent("agt_1"), agent("agt_2"));
        let mut all = vec![Reaction::new(Author::Customer, "🎉")];
        assert!(react(&mut all, &ana, Some("👍")));
        assert!(!react(&mut all, &ana, Some("👍")), "a second press");
        assert!(settle(&mut all, Some("👍"), Ok(())));
        assert_eq!(states(&all), [("🎉", ReactionState::Shown), ("👍", ReactionState::Shown)]);
        assert!(react(&mut all, &ben, Some("❤️")));
        assert_eq!(of_business(&all).map(|reaction| &reaction.author), Some(&ben));
        assert!(!settle(&mut all, Some("👍"), Ok(())), "another one was given since");
        assert!(settle(&mut all, Some("❤️"), Ok(())));
        assert!(react(&mut all, &ana, None) && !react(&mut all, &ana, None));
        assert_eq!(states(&all), [("🎉", ReactionState::Shown), ("❤️", ReactionState::Removing)]);
        assert!(settle(&mut all, None, Ok(())));
        assert_eq!(states(&all), [("🎉", ReactionState::Shown)]);
        assert!(!react(&mut all, &ana, None), "there is none");
    }

    #[test]
    fn one_that_whatsapp_refused_stays_with_the_reason_and_can_be_given_again() {
        let ana = agent("agt_1");
        let mut all = Vec::new();
        assert!(react(&mut all, &ana, Some("👍")));
        assert!(settle(&mut all, Some("👍"), Err("Too late.")));
        assert!(!settle(&mut all, Some("👍"), Err("Too late.")), "the same failure is told twice");
        let failed = ReactionState::Failed { detail: "Too late.".to_owned() };
        assert_eq!(states(&all), [("👍", failed.clone())]);
        assert!(react(&mut all, &ana, Some("👍")));
        assert!(settle(&mut all, Some("👍"), Ok(())));
        assert!(react(&mut all, &ana, None) && settle(&mut all, None, Err("Too late.")));
        assert_eq!(states(&all), [("👍", failed)]);
    }

    #[test]
    fn exactly_one_emoji_is_taken() {
        for text in USUAL.into_iter().chain([" 👩🏽‍💻 ", "👨‍👩‍👧‍👦", "🇧🇷", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "✅", "☺️", "❤️‍🔥", "🫶"])
        {
            assert_eq!(one_emoji(text), Some(text.trim()), "{text}");
        }
        for text in ["", " ", "ok", "1", "👍👍", ":)", "👍ok", "🇧", "👩‍"] {
            assert_eq!(one_emoji(text), None, "{text}");
        }
        let crowd = |people: usize| vec!["👩"; people].join("\u{200d}");
        assert!(one_emoji(&crowd(8)).is_some() && one_emoji(&crowd(9)).is_none());
    }

    #[test]
    fn a_letter_or_a_sign_is_no_emoji() {
        for text in ["a", "é", "中", "€", "?", "-", "", " "] {
            assert_eq!(one_emoji(text), None, "{text}");
        }
        assert_eq!(one_emoji("👍"), Some("👍"));
    }

    #[test]
    fn only_a_reaction_that_the_customer_has_is_shown() {
        assert!(ReactionState::Shown.is_shown());
        let failed = ReactionState::Failed { detail: String::new() };
        assert!(![ReactionState::Sending, ReactionState::Removing, failed].iter().any(ReactionState::is_shown));
    }
}
