//! Outlines are written as text, `ask(Yes: a b | failure: c) d`, so that a test reads like the editor's outline.

use proptest::prelude::*;

use super::*;

fn step(id: &str) -> Step {
    Kind::Message.step(id.into())
}

/// An `hours` step with the given branches.
fn hours(id: &str, open: Block, closed: Block) -> Step {
    Step { id: id.into(), name: String::new(), act: StepKind::Hours(Hours { open, closed }) }
}

fn flow(steps: Block) -> Flow {
    Flow { name: "Test".to_owned(), steps, ..Flow::default() }
}

/// Formats a flow as `a h[b c|d] e`: ids in order, branches in brackets.
fn outline(flow: &Flow) -> String {
    fn draw(block: &Block) -> String {
        let words: Vec<String> = block
            .iter()
            .map(|step| {
                let branches: Vec<String> = step.branches().into_iter().map(|(_, block)| draw(block)).collect();
                if branches.is_empty() { step.id.0.clone() } else { format!("{}[{}]", step.id, branches.join("|")) }
            })
            .collect();
        words.join(" ")
    }
    draw(&flow.steps)
}

fn sample() -> Flow {
    flow(vec![step("a"), hours("h", vec![step("b"), step("c")], vec![step("d")]), step("e")])
}

#[test]
fn a_step_is_inserted_at_its_place() {
    let mut flow = sample();
    let top = StepPosition { block: BlockAt::Top, index: 0 };
    assert!(insert(&mut flow, &top, step("x")));
    let inner = StepPosition { block: BlockAt::Branch { step: "h".into(), branch: 1 }, index: 99 };
    assert!(insert(&mut flow, &inner, step("y")));
    assert_eq!(outline(&flow), "x a h[b c|d y] e");
    let gone = StepPosition { block: BlockAt::Branch { step: "nobody".into(), branch: 0 }, index: 0 };
    assert!(!insert(&mut flow, &gone, step("z")));
    let no_branch = StepPosition { block: BlockAt::Branch { step: "a".into(), branch: 0 }, index: 0 };
    assert!(!insert(&mut flow, &no_branch, step("z")));
    assert_eq!(outline(&flow), "x a h[b c|d y] e");
}

#[test]
fn each_move_leads_to_the_next_place_in_the_outline() {
    let table = [
        ("a", Direction::Up, None),
        ("a", Direction::Down, Some("h[b c|d] a e")),
        ("e", Direction::Up, Some("a e h[b c|d]")),
        ("e", Direction::Down, None),
        ("b", Direction::Up, None),
        ("b", Direction::Down, Some("a h[c b|d] e")),
        ("c", Direction::Down, Some("a h[b|c d] e")),
        ("d", Direction::Up, Some("a h[b c d|] e")),
        ("d", Direction::Down, None),
        ("e", Direction::In, Some("a h[b c e|d]")),
        ("a", Direction::In, None),
        ("c", Direction::In, None),
        ("b", Direction::Out, Some("a h[c|d] b e")),
        ("d", Direction::Out, Some("a h[b c|] d e")),
        ("a", Direction::Out, None),
        ("h", Direction::Up, Some("h[b c|d] a e")),
        ("nobody", Direction::Up, None),
    ];
    for (id, direction, expected) in table {
        let mut flow = sample();
        let moved = shift(&mut flow, &id.into(), direction);
        assert_eq!(moved, expected.is_some(), "{id} {direction:?}");
        assert_eq!(outline(&flow), expected.unwrap_or("a h[b c|d] e"), "{id} {direction:?}");
    }
}

#[test]
fn a_step_is_removed_with_its_branches_and_its_place_is_returned() {
    let mut flow = sample();
    flow.resume = Some("c".into());
    let (position, step) = remove(&mut flow, &"h".into()).expect("it was there");
    assert_eq!((outline(&flow).as_str(), inside(&step)), ("a e", 3));
    assert_eq!(flow.resume, None, "what resumed inside of it cannot any more");
    assert!(insert(&mut flow, &position, step));
    assert_eq!(outline(&flow), "a h[b c|d] e");
    assert!(remove(&mut flow, &"nobody".into()).is_none());
}

#[test]
fn moving_the_step_to_resume_at_keeps_it_so() {
    let mut flow = sample();
    flow.resume = Some("c".into());
    assert!(shift(&mut flow, &"c".into(), Direction::Out));
    assert_eq!(flow.resume, Some("c".into()));
}

#[test]
fn a_copy_has_ids_of_its_own_and_jumps_within_itself() {
    let jump =
        |id: &str, to: &str| Step { id: id.into(), name: String::new(), act: StepKind::Jump(Jump { to: to.into() }) };
    let mut flow = flow(vec![step("a"), hours("h", vec![jump("in", "h"), jump("out", "a")], Vec::new())]);
    let mut next = 0;
    let copy = duplicate(&mut flow, &"h".into(), || {
        next += 1;
        StepId(format!("n{next}"))
    });
    assert_eq!(copy, Some("n1".into()));
    assert_eq!(outline(&flow), "a h[in out|] n1[n2 n3|]");
    let target = |id: &str| match &flow.find(&id.into()).expect("copied").act {
        StepKind::Jump(jump) => jump.to.0.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!((target("n2").as_str(), target("n3").as_str()), ("n1", "a"));
}

#[test]
fn a_step_alone_has_its_texts_but_no_other_steps() {
    for kind in Kind::ALL {
        let mut step = kind.step("s".into());
        let empty = step.clone();
        for block in step.branches_mut() {
            block.push(Kind::Close.step("inner".into()));
        }
        assert_eq!(alone(&step), empty, "{kind:?}");
        assert_eq!((Kind::of(&step), step.kind()), (kind, kind.label()));
    }
}

fn direction() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::Up), Just(Direction::Down), Just(Direction::In), Just(Direction::Out)]
}

proptest! {
    #[test]
    fn no_sequence_of_moves_loses_or_doubles_a_step(moves in prop::collection::vec((0..6_usize, direction()), 0..40)) {
        let mut flow = sample();
        for (which, direction) in moves {
            let id = ["a", "h", "b", "c", "d", "e"][which].into();
            shift(&mut flow, &id, direction);
            let mut ids: Vec<String> = flow.all().into_iter().map(|step| step.id.0.clone()).collect();
            ids.sort();
            prop_assert_eq!(ids, ["a", "b", "c", "d", "e", "h"]);
        }
    }
}

#[test]
fn a_position_is_the_block_and_the_index_in_it() {
    let flow = sample();
    let at = |id: &str| position(&flow, &id.into()).map(|at| (at.block, at.index));
    let branch = |branch| BlockAt::Branch { step: "h".into(), branch };
    assert_eq!(at("a"), Some((BlockAt::Top, 0)));
    assert_eq!(at("c"), Some((branch(0), 1)));
    assert_eq!(at("d"), Some((branch(1), 0)));
    assert_eq!(at("gone"), None);
    let next = after(&flow, &"c".into()).map(|at| (at.block, at.index));
    assert_eq!((next, after(&flow, &"gone".into())), (Some((branch(0), 2)), None));
    let ids =
        |at: &BlockAt| block(&flow, at).map(|block| block.iter().map(|step| step.id.0.clone()).collect::<Vec<_>>());
    assert_eq!(ids(&BlockAt::Top), Some(vec!["a".into(), "h".into(), "e".into()]));
    assert_eq!((ids(&branch(1)), ids(&branch(2))), (Some(vec!["d".into()]), None));
    assert_eq!(ids(&BlockAt::Branch { step: "a".into(), branch: 0 }), None);
}

#[test]
fn a_step_is_changed_wherever_it_is() {
    let mut flow = sample();
    for id in ["a", "c", "d", "h"] {
        step_mut(&mut flow, &id.into()).expect("a step").name = format!("step {id}");
    }
    assert!(step_mut(&mut flow, &"gone".into()).is_none());
    let names: Vec<_> = flow.all().into_iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["step a", "step h", "", "step c", "step d", ""]);
}

#[test]
fn removing_another_step_keeps_the_step_to_resume_at() {
    let mut flow = sample();
    flow.resume = Some("c".into());
    let (at, _) = remove(&mut flow, &"b".into()).expect("it was there");
    assert_eq!((at.index, flow.resume), (0, Some("c".into())));
}

#[test]
fn every_kind_has_its_label_and_its_description() {
    let table = [
        ("Message", "Sends text, a file, buttons, a list or a link"),
        ("Question", "Asks, waits, and checks the answer"),
        ("Condition", "Branches by an expression"),
        ("Opening hours", "Branches by your opening hours"),
        ("Set variable", "Saves a value under a name"),
        ("HTTP request", "Calls an API"),
        ("Language model", "Lets the AI reply"),
        ("Human Handoff", "Alerts an agent"),
        ("Close", "Ends the conversation"),
        ("Jump", "Continues at another step"),
    ];
    assert_eq!(Kind::ALL.map(|kind| (kind.label(), kind.description())), table);
}

#[test]
fn the_steps_inside_are_counted_on_every_level() {
    let nested = hours("h", vec![hours("i", vec![step("a")], vec![]), step("b")], vec![step("c")]);
    assert_eq!((inside(&nested), inside(&step("a"))), (4, 0));
}
