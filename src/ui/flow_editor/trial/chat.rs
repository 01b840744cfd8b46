//! The state of a test run: its lines, its variables, the step it has reached. The server runs each step, and keeps and
//! sends nothing.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::{
    api::flow::flow_try,
    contract::flow::{FlowTrial, TrialContinuation, TrialEffect, TrialInput},
    domain::{
        flow::{
            definition::{Flow, Keep, StepId, StepKind},
            run::Position,
        },
        message::outgoing::OutgoingMessage,
    },
    ui::{
        browser::{self, Motion},
        flow_editor::state::Editor,
        kit::Submit,
    },
};

/// The id of the scrolling element.
pub const LINES: &str = "trial-lines";
/// The id of the element with the admin's next options.
pub const TURN: &str = "trial-turn";

#[derive(Clone, Debug, PartialEq)]
pub struct ChatLine {
    pub n: usize,
    pub content: LineContent,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LineContent {
    Customer(String),
    Bot(OutgoingMessage),
    /// An event that is not a message.
    Note {
        icon: &'static str,
        words: String,
    },
}

/// A variable with its value, and whether the last step changed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub value: String,
    pub fresh: bool,
}

#[derive(Clone, Copy)]
pub struct Chat {
    editor: Editor,
    pub lines: RwSignal<Vec<ChatLine>>,
    pub variables: RwSignal<BTreeMap<String, Variable>>,
    /// How the last step ended; `None` before the first one.
    pub rest: RwSignal<Option<TrialContinuation>>,
    /// Overrides whether the tenant is open.
    pub open: RwSignal<Option<bool>>,
    /// The customer's language; `None` detects it from what they write.
    pub language: RwSignal<Option<String>>,
    pub submit: Submit,
    last_words: StoredValue<String>,
}

impl Chat {
    pub fn new(editor: Editor) -> Self {
        Self {
            editor,
            lines: RwSignal::new(Vec::new()),
            variables: RwSignal::new(BTreeMap::new()),
            rest: RwSignal::new(None),
            open: RwSignal::new(None),
            language: RwSignal::new(None),
            submit: Submit::in_form(),
            last_words: StoredValue::new(String::new()),
        }
    }

    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    pub fn restart(self) {
        self.lines.set(Vec::new());
        self.variables.set(BTreeMap::new());
        self.rest.set(None);
        self.submit.error.set(None);
        self.last_words.set_value(String::new());
        self.editor.trial_step.set(None);
    }

    fn add_line(self, content: LineContent) {
        self.lines.update(|lines| {
            let n = lines.len();
            lines.push(ChatLine { n, content });
        });
        request_animation_frame(|| browser::scroll_to_end(LINES, Motion::Smooth));
    }

    pub fn note(self, icon: &'static str, words: impl Into<String>) {
        self.add_line(LineContent::Note { icon, words: words.into() });
    }

    /// Sends a message as the customer, or a tap with its `payload`. The first message starts the flow.
    pub fn send_as_customer(self, text: String, payload: Option<String>) {
        if self.submit.pending_untracked() {
            return;
        }
        self.add_line(LineContent::Customer(text.clone()));
        self.last_words.set_value(text.clone());
        let begun = self.rest.with_untracked(Option::is_some);
        self.run_step(if begun { TrialInput::Said { text, payload } } else { TrialInput::Begin });
    }

    /// Runs one step.
    pub fn run_step(self, input: TrialInput) {
        let values = self.variables.with_untracked(|known| {
            known.iter().map(|(name, variable)| (name.clone(), variable.value.clone())).collect()
        });
        let trial = FlowTrial {
            draft: self.editor.flow.get_untracked(),
            position: self.rest.with_untracked(position),
            variables: values,
            input,
            last_words: self.last_words.get_value(),
            open: self.open.get_untracked(),
            language: self.language.get_untracked(),
        };
        self.submit.run(flow_try(trial), move |stepped| {
            // The page may be left by then.
            if !self.lines.is_disposed() {
                self.take(stepped.effects, stepped.rest);
            }
        });
    }

    fn take(self, effects: Vec<TrialEffect>, rest: TrialContinuation) {
        self.variables.update(|known| {
            for variable in known.values_mut() {
                variable.fresh = false;
            }
        });
        for effect in effects {
            match effect {
                TrialEffect::Say { message, .. } => self.add_line(LineContent::Bot(message)),
                TrialEffect::Set { variable, value, .. } => self.variables.update(|known| {
                    known.insert(variable, Variable { value, fresh: true });
                }),
            }
        }
        match &rest {
            TrialContinuation::Handoff { notice, cause, team, reason, .. } => {
                if !notice.trim().is_empty() {
                    self.add_line(LineContent::Bot(OutgoingMessage::text(notice)));
                }
                let reason = if reason.is_empty() { cause.clone() } else { format!("{cause}: {reason}") };
                self.note("hand", format!("{reason}. {team} is alerted."));
            }
            TrialContinuation::Close { .. } => self.note("archive", "The conversation is closed."),
            TrialContinuation::Wait { .. } | TrialContinuation::Fetch { .. } | TrialContinuation::Model { .. } => {}
        }
        self.editor.trial_step.set(current_step(&rest));
        if let Some(step) = self.editor.trial_step.get_untracked() {
            let row = super::super::outline::OutlineItem::Step(step).dom();
            request_animation_frame(move || browser::scroll_to(&row, Motion::Smooth));
        }
        self.rest.set(Some(rest));
        // The element that had the focus may be gone.
        request_animation_frame(|| browser::focus_first(TURN));
    }
}

fn position(rest: &Option<TrialContinuation>) -> Position {
    match rest {
        Some(
            TrialContinuation::Wait { position, .. }
            | TrialContinuation::Fetch { position, .. }
            | TrialContinuation::Model { position, .. },
        ) => position.clone(),
        Some(TrialContinuation::Handoff { .. } | TrialContinuation::Close { .. }) | None => Position::Start,
    }
}

fn current_step(rest: &TrialContinuation) -> Option<StepId> {
    match rest {
        TrialContinuation::Wait { position, .. }
        | TrialContinuation::Fetch { position, .. }
        | TrialContinuation::Model { position, .. } => position.step().cloned(),
        TrialContinuation::Handoff { step, .. } => step.clone(),
        TrialContinuation::Close { step } => Some(step.clone()),
    }
}

/// A sample response with the fields that the step keeps.
pub fn sample_answer(flow: &Flow, step: Option<&StepId>) -> String {
    let act = step.and_then(|id| flow.find(id)).map(|step| &step.act);
    let keep = if let Some(StepKind::Http(http)) = act { http.keep.as_slice() } else { &[] };
    let mut answer = serde_json::Value::Object(serde_json::Map::new());
    for Keep { pointer, variable } in keep {
        let mut at = &mut answer;
        for part in pointer.split('/').skip(1) {
            let serde_json::Value::Object(fields) = at else { break };
            at = fields.entry(part).or_insert_with(|| serde_json::Value::Object(serde_json::Map::new()));
        }
        *at = serde_json::Value::String(variable.replace('_', " "));
    }
    serde_json::to_string_pretty(&answer).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::edit::Kind;

    #[test]
    fn a_sample_answer_holds_every_field_that_is_kept() {
        let mut step = Kind::Http.step("h".into());
        if let StepKind::Http(http) = &mut step.act {
            http.keep = vec![
                Keep { pointer: "/order/status".to_owned(), variable: "order_status".to_owned() },
                Keep { pointer: "/order/eta".to_owned(), variable: "eta".to_owned() },
            ];
        }
        let flow = Flow { steps: vec![step], ..Flow::default() };
        let answer: serde_json::Value =
            serde_json::from_str(&sample_answer(&flow, Some(&"h".into()))).expect("it is JSON");
        assert_eq!(answer.pointer("/order/status").and_then(|it| it.as_str()), Some("order status"));
        assert_eq!(answer.pointer("/order/eta").and_then(|it| it.as_str()), Some("eta"));
        assert_eq!(sample_answer(&flow, None), "{}");
    }
}
