//! Property tests with random flows, inputs and JSON: no panics, no infinite loops, all limits hold.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*};

use super::{
    check::{Known, check, may_go_live},
    definition::*,
    limits,
    run::{Answered, Cause, Continuation, Facts, Input, ModelResult, Position, StepEffect, StepOutcome},
    samples::Sample,
    say::SayKind,
    step::step,
};
use crate::{
    message::{
        interactive::{InteractiveMessage, ReplyOption},
        outgoing::OutgoingMessage,
    },
    time::{Span, Timestamp},
};

/// Valid, invalid and malicious texts.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(vec!["Hello", "Hello {{ customer.name }}", "{{ message }}", "{{ a | default(\"x\") }}", "ok {{ a }}", "{{ b }}!"]),
        1 => prop::sample::select(vec!["", " ", "{{", "}}", "{{ nothing }}", "{{ secret.X }}", "{% if %}", "{{ a | number }}", "{{ message }}{{ message }}"]),
    ]
    .prop_map(str::to_owned)
}

fn id() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"]).prop_map(str::to_owned)
}

fn variable() -> impl Strategy<Value = String> {
    prop_oneof![9 => prop::sample::select(vec!["a", "b"]), 1 => prop::sample::select(vec!["", "customer", "message"])]
        .prop_map(str::to_owned)
}

fn when() -> impl Strategy<Value = String> {
    let pool = vec!["a == 'x'", "b > 1", "a is defined and a == '2'", "message is contains 'a'", "true", "1 +", ""];
    prop::sample::select(pool).prop_map(str::to_owned)
}

fn say() -> BoxedStrategy<Say> {
    let button = (id(), words()).prop_map(|(payload, title)| Button { payload, title });
    let row =
        (id(), words(), words()).prop_map(|(payload, title, description)| ListRow { payload, title, description });
    prop_oneof![
        4 => words().prop_map(|text| Say::Text { text }),
        1 => (words(), words()).prop_map(|(link, caption)| Say::Media {
            file: FileKind::Document, link: format!("https://a.example/{link}"), caption
        }),
        1 => (words(), vec(button, 0..5)).prop_map(|(text, buttons)| Say::Buttons { text, buttons }),
        1 => (words(), words(), vec(row, 0..12)).prop_map(|(text, open, rows)| Say::List { text, open, rows }),
        1 => (words(), words(), words()).prop_map(|(text, label, url)| Say::Link { text, label, url }),
        1 => (prop::sample::select(SayKind::ALL.to_vec()), words(), id())
            .prop_map(|(kind, text, payload)| kind.with_text(text, || payload.clone())),
    ]
    .boxed()
}

fn expect(block: BoxedStrategy<Block>) -> BoxedStrategy<Expect> {
    let choice =
        (id(), words(), block).prop_map(|(id, title, steps)| Choice { id, title, description: String::new(), steps });
    prop_oneof![
        Just(Expect::Text),
        Just(Expect::Number { min: Some(1.0), max: None }),
        Just(Expect::Email),
        Just(Expect::Phone),
        Just(Expect::Date),
        vec(choice, 0..5).prop_map(|options| Expect::Choice { options }),
        prop::sample::select(vec!["[0-9]+", "(", "a|ab"])
            .prop_map(|pattern| Expect::Pattern { pattern: pattern.into(), example: String::new() }),
    ]
    .boxed()
}

// Each kind is boxed: the values of all of them would otherwise lie on the stack at every depth, which a test's thread
// cannot hold in an unoptimised build.
fn act(block: BoxedStrategy<Block>) -> BoxedStrategy<StepKind> {
    let question = (words(), variable(), expect(block.clone()), 0..3_u8, words(), block.clone())
        .prop_map(|(text, variable, expect, retries, retry_text, on_failure)| {
            StepKind::Question(Question {
                text,
                variable,
                expect,
                retries,
                retry_text,
                patience: Some(Span::minutes(5)),
                on_failure,
            })
        })
        .boxed();
    let branch = (when(), block.clone()).prop_map(|(when, steps)| Branch { when, steps });
    let keep = (prop::sample::select(vec!["/x", "", "x"]), variable())
        .prop_map(|(pointer, variable)| Keep { pointer: pointer.into(), variable });
    let http = (words(), words(), vec(keep, 0..3), block.clone())
        .prop_map(|(url, body, keep, on_failure)| {
            let url = format!("https://a.example/{url}");
            let body = if body.len() % 2 == 0 { String::new() } else { format!("{{\"v\": \"{body}\"}}") };
            StepKind::Http(Http { url, body, keep, on_failure, ..Http::default() })
        })
        .boxed();
    prop_oneof![
        4 => say().prop_map(StepKind::Message).boxed(),
        4 => question,
        2 => (vec(branch, 0..3), block.clone()).prop_map(|(branches, otherwise)| StepKind::Condition(Condition { branches, otherwise })).boxed(),
        2 => (variable(), words()).prop_map(|(variable, value)| StepKind::Set(Set { variable, value })).boxed(),
        2 => http,
        1 => (words(), block.clone()).prop_map(|(instructions, on_failure)| StepKind::Model(Model { instructions, tools: Vec::new(), on_failure })).boxed(),
        1 => (words(), words()).prop_map(|(reason, note)| {
            StepKind::Handoff(HandoffStep { reason, note, ..HandoffStep::default() })
        }).boxed(),
        1 => words().prop_map(|text| StepKind::Close(Close { text })).boxed(),
        2 => id().prop_map(|to| StepKind::Jump(Jump { to: StepId(to) })).boxed(),
        1 => (block.clone(), block).prop_map(|(open, closed)| StepKind::Hours(Hours { open, closed })).boxed(),
    ]
    .boxed()
}

fn block() -> impl Strategy<Value = Block> {
    let leaf = Just(Block::new());
    leaf.prop_recursive(3, 24, 4, |inner| {
        let step = (id(), act(inner.boxed())).prop_map(|(id, act)| Step { id: StepId(id), name: String::new(), act });
        vec(step, 0..5).boxed()
    })
}

/// Half of the flows have unique ids and an ending, so that some pass the check.
fn flow() -> impl Strategy<Value = Flow> {
    (block(), any::<bool>(), option::of(id())).prop_map(|(mut steps, tidy, resume)| {
        if tidy {
            fn number(block: &mut Block, next: &mut usize) {
                for step in block {
                    step.id = StepId(format!("s{next}"));
                    *next += 1;
                    step.branches_mut().into_iter().for_each(|inner| number(inner, next));
                }
            }
            let act = StepKind::Handoff(HandoffStep::default());
            steps.push(Step { id: StepId::default(), name: String::new(), act });
            number(&mut steps, &mut 0);
        }
        let starts = vec![Start::NewConversation];
        Flow { name: "Random".into(), starts, steps, resume: resume.map(StepId), ..Flow::default() }
    })
}

fn input() -> impl Strategy<Value = Input> {
    let text = prop::sample::select(vec![
        "",
        "2",
        "hello",
        "ana@example.com",
        "+49 151 2345678",
        "tomorrow",
        "Hello",
        "{{ a }}",
    ]);
    let body = prop::sample::select(vec!["{\"x\": \"v\"}", "{\"x\": null}", "[", "{\"x\": {\"y\": [1]}}"]);
    prop_oneof![
        2 => Just(Input::Begin),
        6 => (text, option::of(id())).prop_map(|(text, payload)| Input::Said { text: text.into(), payload }),
        1 => "\\PC{0,40}".prop_map(|text| Input::Said { text: text.repeat(150), payload: None }),
        1 => Just(Input::NonText),
        1 => Just(Input::TimedOut),
        3 => (100..600_u16, body).prop_map(|(status, body)| Input::Fetched(Ok(Answered { status, body: body.into() }))),
        1 => Just(Input::Fetched(Err("timed out".into()))),
        1 => Just(Input::ModelDone(ModelResult::Finished)),
        1 => Just(Input::ModelDone(ModelResult::Failed("429".into()))),
    ]
}

fn count(text: &str) -> usize {
    text.chars().count()
}

fn fits(picks: &[ReplyOption], most: usize, title: usize) -> bool {
    (1..=most).contains(&picks.len())
        && picks.iter().all(|pick| {
            !pick.title.trim().is_empty()
                && count(&pick.title) <= title
                && count(&pick.description) <= limits::ROW_DESCRIPTION
        })
}

/// Whether WhatsApp would accept the message.
fn is_sendable(message: &OutgoingMessage) -> bool {
    let body = |text: &str, limit| !text.trim().is_empty() && count(text) <= limit;
    match message {
        OutgoingMessage::Text { text } => body(text, limits::TEXT),
        OutgoingMessage::Media { caption, .. } => count(caption) <= limits::CAPTION,
        OutgoingMessage::Template(_)
        | OutgoingMessage::Location { .. }
        | OutgoingMessage::Contacts { .. }
        | OutgoingMessage::Reaction { .. } => true,
        OutgoingMessage::Interactive(message) => {
            let parts = if let InteractiveMessage::Buttons { buttons, .. } = message {
                fits(buttons, limits::BUTTONS, limits::BUTTON_TITLE)
            } else if let InteractiveMessage::List { open, rows, .. } = message {
                body(open, limits::LIST_OPEN) && fits(rows, limits::ROWS, limits::ROW_TITLE)
            } else if let InteractiveMessage::LinkButton { label, .. } = message {
                body(label, limits::LINK_LABEL)
            } else {
                true
            };
            let limit = if message.kind() == "list" { limits::TEXT } else { limits::BODY };
            parts && body(message.body(), limit)
        }
    }
}

/// Whether the position names an existing step whose kind matches what it waits for.
fn is_reachable_position(flow: &Flow, position: &Position, asked_at: &Position) -> bool {
    if position == asked_at {
        return true;
    }
    // Two steps may share an id; the check reports it, and a run must tolerate it.
    flow.all().into_iter().filter(|step| Some(&step.id) == position.step()).any(|step| {
        matches!(
            (position, &step.act),
            (Position::Waiting { .. }, StepKind::Question(_))
                | (Position::Fetching { .. }, StepKind::Http(_))
                | (Position::Modelling { .. }, StepKind::Model(_))
        )
    })
}

/// Runs one step and asserts every invariant; returns the next position, if there is one.
fn stepped(flow: &Flow, position: &Position, input: &Input, facts: &mut Facts) -> (StepOutcome, Option<Position>) {
    let stepped = step(flow, position, input, facts);
    let kept =
        flow.all().iter().map(|step| if let StepKind::Http(http) = &step.act { http.keep.len() } else { 0 }).max();
    assert!(stepped.effects.len() <= limits::STEPS + kept.unwrap_or(0) + 1, "unbounded");
    for effect in &stepped.effects {
        match effect {
            StepEffect::Say { step, message } => {
                assert!(flow.find(step).is_some() && is_sendable(message), "{message:?}");
            }
            StepEffect::Set { variable, value, .. } => {
                assert!(count(value) <= limits::VALUE);
                facts.variables.insert(variable.clone(), value.clone());
            }
        }
    }
    let next = match &stepped.rest {
        Continuation::Wait { position: next, .. }
        | Continuation::Fetch { position: next, .. }
        | Continuation::Model { position: next, .. } => {
            assert!(is_reachable_position(flow, next, position), "{next:?}");
            Some(next.clone())
        }
        Continuation::Handoff(handoff) => {
            assert!(handoff.step.as_ref().is_none_or(|id| flow.find(id).is_some()));
            assert!(count(&handoff.reason) <= limits::REASON && count(&handoff.note) <= limits::NOTE);
            None
        }
        Continuation::Close { step } => {
            assert!(flow.find(step).is_some());
            None
        }
    };
    (stepped, next)
}

/// Parses any bytes as a flow, checks it and runs it.
fn swallow(bytes: &[u8]) {
    let Ok(flow) = serde_json::from_slice::<Flow>(bytes) else { return };
    let faults = check(&flow, &Known::default());
    assert!(faults.iter().all(|fault| fault.step.as_ref().is_none_or(|id| flow.find(id).is_some())));
    let mut facts = Facts::default();
    let mut position = Position::Start;
    for input in [Input::Begin, Input::Said { text: "1".into(), payload: None }, Input::TimedOut, Input::Begin] {
        match stepped(&flow, &position, &input, &mut facts).1 {
            Some(next) => position = next,
            None => return,
        }
    }
}

proptest! {
    #[test]
    fn any_flow_runs_and_stays_in_its_bounds(flow in flow(), inputs in vec(input(), 1..25), now in any::<i64>(), open: bool) {
        let faults = check(&flow, &Known::default());
        let is_live = may_go_live(&faults);
        let mut facts = Facts { now: Timestamp(now), open, customer_name: "Ana".into(), ..Facts::default() };
        let mut position = Position::Start;
        for input in inputs {
            if let Input::Said { text, .. } = &input {
                facts.last_words.clone_from(text);
            }
            let (stepped, next) = stepped(&flow, &position, &input, &mut facts);
            if is_live && let Continuation::Handoff(handoff) = &stepped.rest {
                // A flow that passes the check has no dead ends, missing steps or loops.
                let broken = matches!(handoff.cause, Cause::MissingStep | Cause::DeadEnd | Cause::Loop);
                prop_assert!(!broken, "{handoff:?}");
                prop_assert!(!handoff.note.contains("has no value"), "{handoff:?}");
            }
            let Some(next) = next else { break };
            position = next;
        }
    }

    #[test]
    fn any_position_is_answered(flow in flow(), step in id(), tries: u8, input in input()) {
        let step = StepId(step);
        let positions = [
            Position::Before { step: step.clone() },
            Position::Waiting { step: step.clone(), tries },
            Position::Fetching { step: step.clone() },
            Position::Modelling { step },
        ];
        for position in positions {
            stepped(&flow, &position, &input, &mut Facts::default());
        }
    }

    #[test]
    fn a_flow_is_the_same_after_export_and_import(flow in flow()) {
        let json = serde_json::to_string(&flow).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Flow>(&json).expect("a flow"), flow);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200), text in "[\\[\\]{}\":,a-z0-9]{0,60}") {
        swallow(&bytes);
        swallow(text.as_bytes());
    }

    #[test]
    fn any_damaged_flow_is_read_or_refused(
        sample in prop::sample::select(Sample::ALL.to_vec()),
        cuts in vec((any::<prop::sample::Index>(), 0..12_usize, "[\\[\\]{}\":,a-z0-9 ]{0,8}"), 1..4),
    ) {
        let mut json = serde_json::to_string(&sample.flow()).expect("JSON").into_bytes();
        for (at, length, instead) in cuts {
            let from = at.index(json.len());
            let to = (from + length).min(json.len());
            json.splice(from..to, instead.into_bytes());
        }
        swallow(&json);
    }

    #[test]
    fn any_deep_nesting_is_read_or_refused(depth in 1..400_usize) {
        let open = "{\"id\":\"a\",\"act\":{\"kind\":\"hours\",\"open\":[".repeat(depth);
        let close = "]}}".repeat(depth);
        swallow(format!("{{\"name\":\"x\",\"steps\":[{open}{close}]}}").as_bytes());
    }
}

/// Uses the kind of step that needs the most JSON nesting, at the maximum depth, within the structures sent to the
/// page.
#[test]
fn the_deepest_allowed_nesting_is_read_back() {
    let mut steps = Block::new();
    for depth in 0..=limits::DEPTH {
        let options = vec![Choice { id: "a".into(), title: "A".into(), steps, ..Choice::default() }];
        let question = Question {
            text: "?".into(),
            variable: "v".into(),
            expect: Expect::Choice { options },
            retries: 0,
            retry_text: String::new(),
            patience: None,
            on_failure: Block::new(),
        };
        steps = vec![Step { id: StepId(format!("s{depth}")), name: String::new(), act: StepKind::Question(question) }];
    }
    let flow = Flow { name: "Deep".into(), steps, ..Flow::default() };
    assert_eq!(flow.depth(), limits::DEPTH);
    let page = BTreeMap::from([("page", BTreeMap::from([("live", &flow)]))]);
    let json = serde_json::to_string(&page).expect("JSON");
    let read: BTreeMap<String, BTreeMap<String, Flow>> = serde_json::from_str(&json).expect("it is not too deep");
    assert_eq!(read["page"]["live"], flow);
}
