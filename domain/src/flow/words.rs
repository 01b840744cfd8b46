//! Short descriptions of a flow's parts: start conditions, steps, empty branches. For cards, lists and differences.

use super::{
    definition::{Expect, FileKind, Flow, HandoffStep, Method, Start, Step, StepKind},
    edit::BlockAt,
};
use crate::interpolation::condition_words;

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
            Some(target) => format!("To {}", flow.numbered_label(target)),
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
        FileKind::Sticker => "Sticker",
        FileKind::Voice => "Voice message",
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

/// A branch's condition in words, if it is a simple one.
pub fn branch_condition(step: &Step, branch: usize) -> Option<String> {
    let StepKind::Condition(condition) = &step.act else { return None };
    condition_words(&condition.branches.get(branch)?.when)
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

    fn summarised(act: serde_json::Value) -> String {
        let steps = serde_json::json!([
            { "id": "s", "act": act },
            { "id": "t", "name": "Target", "act": { "kind": "close" } },
        ]);
        let flow: Flow = serde_json::from_value(serde_json::json!({ "name": "f", "steps": steps })).expect("a flow");
        summary(&flow.steps[0], &flow)
    }

    #[test]
    fn every_kind_of_step_has_its_summary() {
        use serde_json::json;
        let table = [
            (json!({ "kind": "message", "say": "text", "text": "Hi" }), "Hi"),
            (
                json!({ "kind": "question", "text": "Well?", "variable": " x ", "expect": { "expect": "text" } }),
                "Well? → x",
            ),
            (json!({ "kind": "question", "text": "Well?", "variable": " ", "expect": { "expect": "text" } }), "Well?"),
            (json!({ "kind": "condition", "branches": [{ "when": "a > 1" }, { "when": "b" }] }), "a > 1 · b"),
            (json!({ "kind": "set", "variable": "x", "value": "1" }), "x = 1"),
            (json!({ "kind": "set", "variable": "", "value": "1" }), ""),
            (json!({ "kind": "http", "url": "" }), ""),
            (json!({ "kind": "http", "method": "POST", "url": "https://a.example" }), "POST https://a.example"),
            (json!({ "kind": "model", "instructions": "Help" }), "Help"),
            (json!({ "kind": "handoff", "reason": "Broken" }), "Broken"),
            (json!({ "kind": "close", "text": "" }), "Ends without a message"),
            (json!({ "kind": "close", "text": "Bye" }), "Bye"),
            (json!({ "kind": "jump", "to": "t" }), "To 2. Target"),
            (json!({ "kind": "jump", "to": "gone" }), ""),
            (json!({ "kind": "hours" }), "Based on your opening hours"),
        ];
        for (act, expected) in table {
            assert_eq!(summarised(act.clone()), expected, "{act}");
        }
    }

    #[test]
    fn every_start_has_its_words() {
        let ad = |contains: &str| start(&Start::Ad { contains: contains.into() });
        assert_eq!((ad(" ").as_str(), ad("sale").as_str()), ("an ad or a post", "an ad containing “sale”"));
        assert_eq!(start(&Start::Button { payload: "a".into() }), "a tap on button “a”");
    }

    #[test]
    fn only_a_handoff_a_close_and_a_jump_end_their_block() {
        for kind in Kind::ALL {
            let ending = matches!(kind, Kind::Handoff | Kind::Close | Kind::Jump);
            assert_eq!(ends(&kind.step("s".into())), ending, "{kind:?}");
        }
    }

    #[test]
    fn the_failure_path_is_the_last_branch() {
        use crate::flow::definition::Choice;
        for kind in [Kind::Http, Kind::Model] {
            assert_eq!(empty_branch(&kind.step("s".into()), 0), "hands over to an agent");
        }
        let mut question = Kind::Question.step("q".into());
        if let StepKind::Question(question) = &mut question.act {
            question.expect = Expect::Choice { options: vec![Choice::default(), Choice::default()] };
        }
        let words = [0, 1, 2].map(|branch| empty_branch(&question, branch));
        assert_eq!(words, ["continues below", "continues below", "hands over to an agent"]);
        let hours = Kind::Hours.step("h".into());
        assert_eq!((empty_branch(&hours, 0), empty_branch(&hours, 1)), ("continues below", "continues below"));
    }

    #[test]
    fn the_branches_of_a_condition_have_words_where_they_are_simple() {
        let mut step = Kind::Condition.step("c".into());
        if let StepKind::Condition(condition) = &mut step.act {
            condition.branches[0].when = "total > 100".to_owned();
        }
        assert_eq!(branch_condition(&step, 0).as_deref(), Some("total is more than 100"));
        assert_eq!(branch_condition(&step, 1), None, "otherwise");
        assert_eq!(branch_condition(&Kind::Hours.step("h".into()), 0), None);
    }

    #[test]
    fn a_block_is_named_after_its_branch() {
        let steps = vec![Kind::Hours.step("h".into())];
        let flow = Flow { steps, ..Flow::default() };
        let branch = |step: &str, branch| block(&BlockAt::Branch { step: step.into(), branch }, &flow);
        assert_eq!(block(&BlockAt::Top, &flow), "the main flow");
        assert_eq!(branch("h", 1), "“Closed” in Opening hours");
        assert_eq!(branch("gone", 0), "a removed branch");
    }

    #[test]
    fn files_methods_and_answers_have_their_words() {
        let files = FileKind::ALL.map(file_word);
        assert_eq!(files, ["Image", "Video", "Audio", "Document", "Sticker", "Voice message"]);
        let methods = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete].map(method);
        assert_eq!(methods, ["GET", "POST", "PUT", "PATCH", "DELETE"]);
        let number = Expect::Number { min: None, max: None };
        let pattern = Expect::Pattern { pattern: String::new(), example: String::new() };
        let choice = Expect::Choice { options: Vec::new() };
        let all = [Expect::Text, number, Expect::Email, Expect::Phone, Expect::Date, choice, pattern];
        let expected = [
            "any text",
            "a number",
            "an email address",
            "a phone number",
            "a date",
            "one of the options",
            "a pattern (regex)",
        ];
        assert_eq!(all.each_ref().map(self::expected), expected);
    }
}
