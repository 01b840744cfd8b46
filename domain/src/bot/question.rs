//! How a message relates to the question that waits for an answer.
//!
//! A greeting, a tap on another message, or the last of what was sent before the question repeats it and counts no try:
//! the customer gave no wrong answer, and a question that answers another message is no reply.

use super::{FlowRun, Turn, decide::input, greeting::is_greeting, joined, walk};
use crate::{
    flow::{
        self,
        definition::{Question, StepKind},
        run::{Facts, Position},
    },
    message::{Author, Content},
    time::{Span, Timestamp},
};

/// What a message is for the question that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionFit {
    /// No question waits.
    NoQuestion,
    Answers,
    /// A wrong answer.
    Misses,
    /// It misses, and needs no reply of its own: it was sent together with a message that was counted as a wrong answer,
    /// or before the question and before another message that gets a reply.
    SameTry,
    /// It misses because it was sent before the question was asked, and the customer has sent nothing since.
    Precedes,
    /// It only greets.
    Greets,
    /// A tap on a message of before, or on one that is not the bot's.
    OtherMessage,
    /// The question waited for longer than its flow allows, so the conversation begins anew.
    Expired,
}

/// The message of the business that a tap belongs to. Its time and text decide whether that is the open question,
/// because options of different questions have the same ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TappedMessage {
    pub author: Author,
    pub at: Timestamp,
    pub body: String,
}

/// Pictures that follow within this time belong to the album of the first. WhatsApp sends them one by one.
const ALBUM: Span = Span::seconds(3);
/// Texts that follow within this time were written before the customer can have read the question again. People write one
/// thought in several messages.
const BURST: Span = Span::seconds(1);

pub(super) fn fit(turn: &Turn, now: Timestamp) -> QuestionFit {
    let (Some(content), Some(run)) = (&turn.content, &turn.run) else { return QuestionFit::NoQuestion };
    let FlowRun { position: Position::Waiting { step, tries }, flow: Some(flow), moved_at, .. } = run else {
        return QuestionFit::NoQuestion;
    };
    let Some(StepKind::Question(question)) = flow.find(step).map(|step| &step.act) else {
        return QuestionFit::NoQuestion;
    };
    let facts = walk::facts(turn, now);
    if content.payload().is_some() {
        let is_asked = match &turn.tapped {
            // What an agent has asked, or nobody but the company, is no question of the flow.
            Some(tapped) if tapped.author != Author::Bot => false,
            // The question itself, or a message with buttons that was sent together with it.
            Some(tapped) => tapped.at >= *moved_at || is_body(question, &tapped.body, &facts),
            // A question without options has no buttons.
            None => !question.expect.options().is_empty(),
        };
        if !is_asked {
            return QuestionFit::OtherMessage;
        }
        if turn.tapped.is_some() && flow::answers(question, &input(content), &facts) {
            return QuestionFit::Answers;
        }
    }
    // An answer that was written in time and read late, because turns waited, has not expired.
    if turn.sent_at.min(now).since(*moved_at) >= flow.question_expiry() {
        return QuestionFit::Expired;
    }
    if flow::answers(question, &input(content), &facts) {
        return QuestionFit::Answers;
    }
    let is_before = is_second_before(turn.sent_at, *moved_at);
    if *tries > 0 && (is_before || is_same_try(content, turn.sent_at, *moved_at)) {
        return QuestionFit::SameTry;
    }
    if is_before {
        return if turn.is_newest { QuestionFit::Precedes } else { QuestionFit::SameTry };
    }
    if content.text().is_some_and(is_greeting) { QuestionFit::Greets } else { QuestionFit::Misses }
}

/// Whether the body is the question's own, also of an earlier try, and with a text before it that was joined to it.
fn is_body(question: &Question, body: &str, facts: &Facts) -> bool {
    flow::bodies(question, facts).iter().any(|own| joined::ends_with(body, own))
}

/// Whether a message was sent in a second before that of the question. Meta gives times in seconds, so times within one
/// are not compared.
fn is_second_before(sent_at: Timestamp, asked_at: Timestamp) -> bool {
    let second = |at: Timestamp| at.0.div_euclid(1_000);
    second(sent_at) < second(asked_at)
}

/// Whether a message belongs to the one because of which the question was asked again.
fn is_same_try(content: &Content, sent_at: Timestamp, asked_at: Timestamp) -> bool {
    let together = if content.text().is_some() { BURST } else { ALBUM };
    sent_at < asked_at.plus(together)
}
