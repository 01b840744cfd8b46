use super::*;
use crate::flow::{
    definition::{Branch, Button, Condition, Hours, Say, Start, StepKind},
    edit::{Direction, Kind, shift},
};

fn say(id: &str, text: &str) -> Step {
    Step { id: id.into(), name: String::new(), act: StepKind::Message(Say::Text { text: text.to_owned() }) }
}

fn flow() -> Flow {
    let hours = StepKind::Hours(Hours { open: vec![say("o", "open")], closed: vec![say("x", "closed")] });
    Flow {
        name: "Orders".to_owned(),
        starts: vec![Start::NewConversation],
        steps: vec![say("a", "one"), Step { id: "h".into(), name: String::new(), act: hours }, say("b", "two")],
        ..Flow::default()
    }
}

/// Formats the differences as short lines: `label: what`.
fn changes(old: &Flow, new: &Flow) -> Vec<String> {
    diff(old, new)
        .into_iter()
        .map(|line| {
            let id = line.step.map_or_else(|| "flow".to_owned(), |id| id.0);
            match line.what {
                ChangeKind::Added => format!("+{id}"),
                ChangeKind::Removed => format!("-{id}"),
                ChangeKind::Moved { to } => format!("{id} to {to}"),
                ChangeKind::Changed { field, from, to } => format!("{id} {field}: {from} → {to}"),
            }
        })
        .collect()
}

#[test]
fn equal_versions_have_no_differences() {
    assert!(diff(&flow(), &flow()).is_empty());
}

#[test]
fn changed_texts_and_steps_are_listed() {
    let mut new = flow();
    new.name = "Order status".to_owned();
    new.starts.push(Start::Ad { contains: "sale".to_owned() });
    new.steps[0] = say("a", "uno");
    new.steps.remove(2);
    new.steps.push(say("c", "three"));
    assert_eq!(
        changes(&flow(), &new),
        [
            "flow name: Orders → Order status",
            "flow triggers: a new conversation → a new conversation, an ad containing “sale”",
            "a text: one → uno",
            "+c",
            "-b",
        ]
    );
}

#[test]
fn a_move_is_one_difference() {
    let mut new = flow();
    assert!(shift(&mut new, &"b".into(), Direction::Up));
    assert!(shift(&mut new, &"b".into(), Direction::Up));
    assert_eq!(changes(&flow(), &new), ["b to the start"]);
    let mut new = flow();
    assert!(shift(&mut new, &"b".into(), Direction::In));
    assert_eq!(changes(&flow(), &new), ["b to below 3. Message"]);
    let mut new = flow();
    assert!(shift(&mut new, &"o".into(), Direction::Out));
    assert!(shift(&mut new, &"x".into(), Direction::Up));
    assert_eq!(changes(&flow(), &new), ["x to the start of “Open” in Opening hours", "o to below 2. Opening hours"]);
}

#[test]
fn steps_of_one_label_are_told_apart_by_their_numbers() {
    let mut new = flow();
    new.steps.push(say("c", "three"));
    new.steps.insert(0, say("d", "zero"));
    new.resume = Some("b".into());
    let mut old = flow();
    old.resume = Some("b".into());
    let labels: Vec<String> = diff(&old, &new).into_iter().map(|line| line.label).collect();
    assert_eq!(labels, ["1. Message", "7. Message"], "and not that it resumes at another number");
}

#[test]
fn fields_of_lists_and_times_have_readable_names() {
    let buttons = |title: &str| Step {
        id: "m".into(),
        name: String::new(),
        act: StepKind::Message(Say::Buttons {
            text: "Hi".to_owned(),
            buttons: vec![Button { payload: "y".to_owned(), title: title.to_owned() }],
        }),
    };
    let one = |step: Step| Flow { steps: vec![step], ..Flow::default() };
    assert_eq!(changes(&one(buttons("Yes")), &one(buttons("Sure"))), ["m button 1, title: Yes → Sure"]);
    let condition = |when: &str| Step {
        id: "c".into(),
        name: String::new(),
        act: StepKind::Condition(Condition {
            branches: vec![Branch { when: when.to_owned(), steps: vec![say("s", "inner")] }],
            otherwise: Vec::new(),
        }),
    };
    assert_eq!(
        changes(&one(condition("a")), &one(condition("b"))),
        ["c branch 1, expression: a → b"],
        "and not the steps inside"
    );
    let mut patient = Kind::Question.step("q".into());
    let asked = patient.clone();
    if let StepKind::Question(question) = &mut patient.act {
        question.patience = Some(crate::time::Span::minutes(2));
    }
    assert_eq!(changes(&one(asked), &one(patient)), ["q patience:  → 120 s"]);
}

#[test]
fn a_branch_that_is_added_moves_no_steps_of_the_last_one() {
    let condition = |whens: &[&str]| {
        let branch = |when: &&str| Branch { when: (*when).to_owned(), steps: Vec::new() };
        let branches = whens.iter().map(branch).collect();
        let act = StepKind::Condition(Condition { branches, otherwise: vec![say("s", "else")] });
        Flow { steps: vec![Step { id: "c".into(), name: String::new(), act }], ..Flow::default() }
    };
    let told = changes(&condition(&["a"]), &condition(&["a", "b"]));
    assert!(!told.is_empty() && told.iter().all(|line| line.starts_with("c ")), "{told:?}");
}

#[test]
fn the_longest_run_keeps_its_place() {
    assert_eq!(longest_rising(&[1, 2, 3, 0]), [0, 1, 2].into_iter().collect());
    assert_eq!(longest_rising(&[3, 0, 1, 2]), [1, 2, 3].into_iter().collect());
}

#[test]
fn a_number_that_is_no_time_is_shown_as_it_is() {
    let question = |retries: u8| {
        let mut step = Kind::Question.step("q".into());
        if let StepKind::Question(question) = &mut step.act {
            question.retries = retries;
        }
        Flow { steps: vec![step], ..Flow::default() }
    };
    assert_eq!(changes(&question(1), &question(2)), ["q retries: 1 → 2"]);
}
