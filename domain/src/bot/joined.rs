//! What the bot says in one turn as few messages: texts that follow each other become one, and one before a question becomes
//! the beginning of its text. WhatsApp charges for each message, and a phone announces each.

use super::{BotAction, TurnOutcome};
use crate::message::{TEXT_LIMIT, outgoing::OutgoingMessage};

/// What stands between two texts of a message.
const BETWEEN: &str = "\n\n";

/// Two texts as one; `None` if both are longer than `limit`, or one is blank.
fn both(first: &str, then: &str, limit: usize) -> Option<String> {
    if first.trim().is_empty() || then.trim().is_empty() {
        return None;
    }
    let joined = format!("{}{BETWEEN}{}", first.trim_end(), then);
    (joined.chars().count() <= limit).then_some(joined)
}

/// A message that begins with a text that would have been sent before it. `None`: it stays a message of its own.
fn preceded(text: &str, message: &OutgoingMessage) -> Option<OutgoingMessage> {
    match message {
        OutgoingMessage::Text { text: then } => both(text, then, TEXT_LIMIT).map(OutgoingMessage::text),
        OutgoingMessage::Interactive(question) => {
            let body = both(text, question.body(), question.body_limit())?;
            Some(OutgoingMessage::Interactive(question.clone().with_body(body)))
        }
        OutgoingMessage::Media { .. }
        | OutgoingMessage::Location { .. }
        | OutgoingMessage::Contacts { .. }
        | OutgoingMessage::Reaction { .. }
        | OutgoingMessage::Template(_) => None,
    }
}

/// Whether a message with this body is the one with `own`, perhaps with a text before it.
pub(super) fn ends_with(body: &str, own: &str) -> bool {
    body.strip_suffix(own).is_some_and(|before| before.is_empty() || before.ends_with(BETWEEN))
}

impl TurnOutcome {
    /// The same with as few messages as possible. What the turn stores stays as it is.
    #[must_use]
    pub fn joined(&self) -> Self {
        let mut actions: Vec<BotAction> = Vec::with_capacity(self.actions.len());
        for action in &self.actions {
            let BotAction::Say(message) = action else {
                actions.push(action.clone());
                continue;
            };
            // Values that are stored between two messages do not separate them.
            let before = actions.iter().rposition(|action| matches!(action, BotAction::Say(_)));
            let joined = before.and_then(|before| match actions.get(before) {
                Some(BotAction::Say(OutgoingMessage::Text { text })) => Some((before, preceded(text, message)?)),
                Some(BotAction::Say(_) | BotAction::Set { .. }) | None => None,
            });
            let said = match joined {
                Some((before, joined)) => {
                    actions.remove(before);
                    joined
                }
                None => message.clone(),
            };
            actions.push(BotAction::Say(said));
        }
        Self { actions, ended: self.ended.clone(), flow: self.flow.clone(), next: self.next.clone() }
    }

    /// Takes off the text that the customer gets last, if a notice follows it: the notice then begins with it. `None`:
    /// each is a message of its own.
    pub fn take_text_before(&mut self, notice: &str) -> Option<String> {
        let last = self.actions.iter().rposition(|action| matches!(action, BotAction::Say(_)))?;
        let joined = match self.actions.get(last) {
            Some(BotAction::Say(OutgoingMessage::Text { text })) => both(text, notice, TEXT_LIMIT),
            Some(BotAction::Say(_) | BotAction::Set { .. }) | None => None,
        }?;
        self.actions.remove(last);
        Some(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bot::Source,
        message::interactive::{InteractiveMessage, ReplyOption},
    };

    fn text(words: &str) -> BotAction {
        BotAction::Say(OutgoingMessage::text(words))
    }

    fn buttons(body: &str) -> BotAction {
        let option = ReplyOption { payload: "1".to_owned(), title: "Yes".to_owned(), ..ReplyOption::default() };
        let message = InteractiveMessage::Buttons { body: body.to_owned(), buttons: vec![option] };
        BotAction::Say(OutgoingMessage::Interactive(message))
    }

    fn list(body: &str) -> BotAction {
        let message = InteractiveMessage::List { body: body.to_owned(), open: "Choose".to_owned(), rows: Vec::new() };
        BotAction::Say(OutgoingMessage::Interactive(message))
    }

    fn set(name: &str) -> BotAction {
        let (label, value) = (String::new(), String::new());
        BotAction::Set { step: None, label, name: name.to_owned(), value, source: Source::Step }
    }

    fn picture() -> BotAction {
        BotAction::Say(OutgoingMessage::media(
            crate::message::file::FileKind::Image,
            "https://a.b/c.png".into(),
            String::new(),
        ))
    }

    fn outcome(actions: Vec<BotAction>) -> TurnOutcome {
        TurnOutcome { actions, ..TurnOutcome::default() }
    }

    /// What is said and stored, in short.
    fn joined(actions: Vec<BotAction>) -> Vec<String> {
        let short = |action: &BotAction| match action {
            BotAction::Say(OutgoingMessage::Text { text }) => text.clone(),
            BotAction::Say(OutgoingMessage::Interactive(message)) => format!("[{}]", message.body()),
            BotAction::Say(_) => "file".to_owned(),
            BotAction::Set { name, .. } => format!("={name}"),
        };
        outcome(actions).joined().actions.iter().map(short).collect()
    }

    #[test]
    fn texts_that_follow_each_other_are_one_message() {
        assert_eq!(joined(vec![text("Hi"), text("I am a bot"), text("Bye")]), ["Hi\n\nI am a bot\n\nBye"]);
        assert_eq!(joined(vec![text("Hi"), text("Help?"), buttons("Sure?")]), ["[Hi\n\nHelp?\n\nSure?]"]);
        assert_eq!(joined(vec![text("Hi"), list("Which?"), text("Bye")]), ["[Hi\n\nWhich?]", "Bye"]);
        assert_eq!(joined(vec![buttons("Sure?"), text("Bye"), buttons("Why?")]), ["[Sure?]", "[Bye\n\nWhy?]"]);
    }

    #[test]
    fn files_separate_texts_and_stored_values_do_not() {
        assert_eq!(joined(vec![text("Look"), picture(), text("Nice?")]), ["Look", "file", "Nice?"]);
        assert_eq!(
            joined(vec![set("a"), text("Hi"), set("b"), text("Bye"), set("c")]),
            ["=a", "=b", "Hi\n\nBye", "=c"]
        );
        assert_eq!(joined(vec![text("Hi"), text(" ")]), ["Hi", " "], "a blank text adds nothing");
        assert!(joined(Vec::new()).is_empty());
    }

    #[test]
    fn a_message_is_as_long_as_whatsapp_allows() {
        let long = |length: usize| "ü".repeat(length);
        assert_eq!(joined(vec![text(&long(TEXT_LIMIT - 4)), text("ab")]).len(), 1);
        assert_eq!(joined(vec![text(&long(TEXT_LIMIT - 4)), text("abc")]).len(), 2);
        assert_eq!(joined(vec![text(&long(1_020)), buttons("ab")]).len(), 1);
        assert_eq!(joined(vec![text(&long(1_021)), buttons("ab")]).len(), 2);
        assert_eq!(joined(vec![text(&long(1_021)), list("ab")]).len(), 1, "a list takes as much as a text");
    }

    #[test]
    fn a_notice_begins_with_the_text_before_it() {
        let mut said = outcome(vec![buttons("Sure?"), text("I pass you on."), set("a")]);
        assert_eq!(said.take_text_before("One moment.").as_deref(), Some("I pass you on.\n\nOne moment."));
        assert_eq!(said.actions.len(), 2);
        assert_eq!(said.take_text_before("One moment."), None, "a question stays");
        let mut long = outcome(vec![text(&"ü".repeat(TEXT_LIMIT))]);
        assert_eq!((long.take_text_before("One moment."), long.actions.len()), (None, 1));
        assert_eq!(outcome(vec![text("Hi")]).take_text_before(" "), None, "there is no notice");
        assert_eq!(outcome(Vec::new()).take_text_before("One moment."), None);
    }

    #[test]
    fn a_tapped_question_is_known_with_a_text_before_it() {
        assert!(ends_with("Sure?", "Sure?") && ends_with("Hi\n\nSure?", "Sure?"));
        assert!(!ends_with("Unsure?", "sure?") && !ends_with("Hi\nSure?", "Sure?") && !ends_with("Sure?", "Why?"));
    }
}
