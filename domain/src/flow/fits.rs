//! What the bot asks about a waiting question before it advances the flow.

use super::{
    answer,
    definition::Question,
    fill, limits,
    run::{Facts, Input},
};

/// Whether the input is a valid answer.
pub fn answers(question: &Question, input: &Input, facts: &Facts) -> bool {
    match input {
        Input::Said { text, payload } => answer::read(&question.expect, text, payload.as_deref(), facts).is_some(),
        Input::NonText | Input::Begin | Input::TimedOut | Input::Fetched(_) | Input::ModelDone(_) => false,
    }
}

/// The texts with which the question may have been asked.
pub fn bodies(question: &Question, facts: &Facts) -> Vec<String> {
    let scope = fill::scope(facts);
    let texts = [&question.text, &question.retry_text];
    let filled = texts.into_iter().flat_map(|text| [limits::BODY, limits::TEXT].map(|limit| (text, limit)));
    filled.filter_map(|(text, limit)| fill::required(text, &scope, limit).ok()).collect()
}
