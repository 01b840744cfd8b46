//! Previews what the first message of a new customer would lead to, for the keyword page's *try it*. Nothing is sent or
//! stored.

use super::{Decision, LiveFlow, QuestionFit, Situation, decide};
use crate::{
    keyword::{Found, Keyword, MatchContext, Matcher},
    message::Content,
    model::ModelSettings,
    settings::Texts,
};

/// What would answer the message.
#[derive(Clone, Debug)]
pub struct Preview<'t> {
    /// The rule that requests an agent, and the matched range.
    pub keyword: Option<(&'t Keyword, Found)>,
    /// What answers if no rule matches.
    pub next: Decision<'t>,
}

/// Decides about the first message of a conversation, once with and once without the keyword rules.
pub fn preview<'t>(first: &Situation<'t>) -> Preview<'t> {
    let keyword = match decide(first) {
        Decision::Keyword(rule, found) => Some((rule, found)),
        _ => None,
    };
    Preview { keyword, next: decide(&Situation { keywords: Matcher::none(), ..*first }) }
}

impl<'t> Situation<'t> {
    /// A new customer's first message: no flow is running and nothing was sent yet.
    pub fn first_message(
        content: &'t Content,
        setting: MatchContext<'t>,
        keywords: &'t Matcher,
        live: &'t [LiveFlow],
        model: Option<&'t ModelSettings>,
        texts: &'t Texts,
    ) -> Self {
        Self {
            content,
            referral: None,
            setting,
            is_first: true,
            unreadable_text_sent: false,
            keywords,
            live,
            run: None,
            question: QuestionFit::NoQuestion,
            model,
            texts,
        }
    }
}
