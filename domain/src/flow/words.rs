//! Short descriptions of a flow's parts: start conditions, steps, empty branches. For cards, lists and differences.

use super::{
    definition::{Expect, FileKind, Flow, HandoffStep, Method, Start, Step, StepKind},
    edit::BlockAt,
};

/// A start condition in a few words.
pub fn start(start: &Start) -> String {
    match start {
        Start::NewConversation => "a new conversation".to_owned(),
        Start::Phrase { phrase, matching } => format!("“{phrase}” ({})", matching.label()),
        Start::Button { payload } => format!("a tap on button “{payload}”"),
        Start::Ad { contains } if contains.trim().is_empty() => "an ad or a post".to_owned(),
        Start::Ad { contains } => format!("an ad containing “{contains}”"),
    }
}

/// The flow's start conditions, in one line.
pub fn starts(flow: &Flow) -> String {
    if flow.starts.is_empty() {
        return "No trigger yet".to_owned();
    }
    let all: Vec<String> = flow.starts.iter().map(start).collect();
    format!("Starts on {}", all.join(", "))
}

/// What a step does, in one line; empty while nothing is filled in.
pub fn summary(step: &Step, flow: &Flow) -> String {
    match &step.act {
        StepKind::Message(say) => say.summary(),
        StepKind::Question(question) => {
            let kept = match question.variable.trim() {
                "" => String::new(),
                name => format!(" → {name}"),
            };
            format!("{}{kept}", question.text)
        }
        StepKind::Condition(condition) => {
            let whens: Vec<&str> = condition.branches.iter().map(|branch| branch.when.as_str()).collect();
            whens.join(" · ")
        }
        StepKind::Set(set) if set.variable.is_empty() => String::new(),
        StepKind::Set(set) => format!("{} = {}", set.variable, set.value),
        StepKind::Http(http) if http.url.is_empty() => String::new(),
        StepKind::Http(http) => format!("{} {}", method(http.method), http.url),
        StepKind::Model(model) => model.instructions.clone(),
        StepKind::Handoff(HandoffStep { reason, .. }) => reason.clone(),
        StepKind::Close(close) if close.text.is_empty() => "Ends without a message".to_owned(),
        StepKind::Close(close) => close.text.clone(),
        StepKind::Jump(jump) => match flow.find(&jump.to) {
            Some(target) => format!("To {}", target.label()),
            None => String::new(),
        },
        StepKind::Hours(_) => "Based on your opening hours".to_owned(),
    }
}

pub fn file_word(file: FileKind) -> &'static str {
    match file {
        FileKind::Image => "Image",
        FileKind::Video => "Video",
        FileKind::Audio => "Audio",
        FileKind::Document => "Document",
    }
}

pub fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}

/// What happens in a branch without steps.
pub fn empty_branch(step: &Step, branch: usize) -> &'static str {
    let last = step.branches().len().saturating_sub(1);
    match &step.act {
        StepKind::Question(_) | StepKind::Http(_) | StepKind::Model(_) if branch == last => "hands over to an agent",
        StepKind::Message(_)
        | StepKind::Question(_)
        | StepKind::Condition(_)
        | StepKind::Set(_)
        | StepKind::Http(_)
        | StepKind::Model(_)
        | StepKind::Handoff(_)
        | StepKind::Close(_)
        | StepKind::Jump(_)
        | StepKind::Hours(_) => "continues below",
    }
}

/// Whether a step never continues with the next step of its block.
pub fn ends(step: &Step) -> bool {
    matches!(step.act, StepKind::Handoff(_) | StepKind::Close(_) | StepKind::Jump(_))
}

/// The name of a block: `“Yes” in Which order?`.
pub fn block(at: &BlockAt, flow: &Flow) -> String {
    match at {
        BlockAt::Top => "the main flow".to_owned(),
        BlockAt::Branch { step, branch } => {
            let Some(step) = flow.find(step) else { return "a removed branch".to_owned() };
            let heading = step.branches().into_iter().nth(*branch).map(|(heading, _)| heading).unwrap_or_default();
            format!("“{heading}” in {}", step.label())
        }
    }
}

/// What a question accepts.
pub fn expected(expect: &Expect) -> &'static str {
    match expect {
        Expect::Text => "any text",
        Expect::Number { .. } => "a number",
        Expect::Email => "an email address",
        Expect::Phone => "a phone number",
        Expect::Date => "a date",
        Expect::Choice { .. } => "one of the options",
        Expect::Pattern { .. } => "a pattern (regex)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{flow::edit::Kind, keyword::Matching};

    #[test]
    fn starts_read_as_a_sentence() {
        let mut flow = Flow::default();
        assert_eq!(starts(&flow), "No trigger yet");
        flow.starts = vec![
            Start::NewConversation,
            Start::Phrase { phrase: "order".to_owned(), matching: Matching::Contains },
            Start::Ad { contains: String::new() },
        ];
        assert_eq!(starts(&flow), "Starts on a new conversation, “order” (contains), an ad or a post");
    }

    #[test]
    fn an_empty_failure_hands_over_and_other_empty_branches_go_on() {
        let question = Kind::Question.step("q".into());
        assert_eq!(empty_branch(&question, 0), "hands over to an agent");
        let condition = Kind::Condition.step("c".into());
        assert_eq!(empty_branch(&condition, 0), "continues below");
        assert_eq!(empty_branch(&condition, 1), "continues below");
    }
}
