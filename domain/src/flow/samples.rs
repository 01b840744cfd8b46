//! Sample flows to start from. An admin then changes texts, teams and addresses.
//!
//! To add one: a variant of [`Sample`], its texts and its function. The test below checks that every sample passes the
//! check.

use super::definition::{
    Block, Branch, Choice, Close, Condition, Expect, Flow, HandoffStep, Hours, Http, Jump, Keep, Question, Say, Start,
    Step, StepKind,
};
use crate::{keyword::Matching, variant_names::variant_names};

/// A sample flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    OrderStatus,
    Appointment,
    Complaint,
}

/// Placeholder for the tenant's own order system.
pub const ORDERS: &str = "https://shop.example.com/api/orders";

// Their names in URLs and calls.
variant_names!(Sample {
    OrderStatus => "order_status",
    Appointment => "appointment",
    Complaint => "complaint",
});

impl Sample {
    pub fn label(self) -> &'static str {
        match self {
            Self::OrderStatus => "Order status",
            Self::Appointment => "Appointment",
            Self::Complaint => "Complaint",
        }
    }

    pub fn description(self) -> &'static str {
        match self {
            Self::OrderStatus => {
                "Asks for the order number, looks it up in your shop and sends the status. Anything else goes to an \
                 agent with the details."
            }
            Self::Appointment => "Collects the service, day and time of day, then asks an agent to confirm.",
            Self::Complaint => "Hands complaints straight to an agent.",
        }
    }

    pub fn flow(self) -> Flow {
        match self {
            Self::OrderStatus => order_status(ORDERS),
            Self::Appointment => appointment(),
            Self::Complaint => complaint(),
        }
    }
}

/// The order status flow for the order system at `orders`: `GET {orders}/{number}` answers `{"status": ".."}`.
pub fn order_status(orders: &str) -> Flow {
    let orders = orders.trim_end_matches('/');
    let number = Question {
        text: "Hi {{ customer.first_name | default(\"there\") }}! I can check your order for you. What is your order \
               number? It has 4 to 10 digits, for example 10042."
            .into(),
        variable: "order_number".into(),
        expect: Expect::Pattern { pattern: "#?[A-Za-z]{0,3}-?[0-9]{4,10}".into(), example: "10042".into() },
        retries: 2,
        retry_text:
            "That doesn't look like an order number. You'll find it in your confirmation email, for example 10042."
                .into(),
        patience: None,
        on_failure: vec![handoff(
            "number_unclear",
            "No order number after three tries",
            "The customer asked about an order. Last message: {{ message }}",
            "",
        )],
    };
    let look_up = Http {
        url: format!("{orders}/{{{{ order_number }}}}"),
        keep: vec![Keep { pointer: "/status".into(), variable: "order_status".into() }],
        on_failure: vec![handoff(
            "look_up_failed",
            "Couldn't look up order {{ order_number }}",
            "The customer gave order number {{ order_number }}. The order lookup failed; see the API call in the \
             conversation.",
            "I couldn't find that order. A colleague will take it from here.",
        )],
        ..Http::default()
    };
    let told = Condition {
        branches: vec![
            branch(
                "order_status == \"delivered\"",
                text("tell_delivered", "Order {{ order_number }} has been delivered. 📦"),
            ),
            branch(
                "order_status == \"shipped\"",
                text("tell_shipped", "Order {{ order_number }} is on its way to you. 🚚"),
            ),
        ],
        otherwise: vec![text("tell_status", "Order {{ order_number }}: {{ order_status }}.")],
    };
    let more = Question {
        text: "Anything else I can help with?".into(),
        variable: "anything_else".into(),
        expect: Expect::Choice {
            options: vec![
                option("done", "No, thanks", vec![close("goodbye", "You're welcome. Have a great day!")]),
                option("another", "Another order", vec![jump("again", "ask_number")]),
                option("person", "Something else", vec![person_about_order("to_person")]),
            ],
        },
        retries: 1,
        retry_text: "Please tap one of the buttons.".into(),
        patience: None,
        on_failure: vec![person_about_order("more_unclear")],
    };
    Flow {
        name: "Order status".into(),
        starts: vec![
            Start::NewConversation,
            Start::Phrase { phrase: "order status".into(), matching: Matching::Close },
            Start::Phrase { phrase: "where is my order".into(), matching: Matching::Close },
        ],
        steps: vec![
            step("ask_number", "Order number", StepKind::Question(number)),
            step("look_up", "Look up the order", StepKind::Http(look_up)),
            step("tell", "Send the status", StepKind::Condition(told)),
            step("ask_more", "Anything else", StepKind::Question(more)),
        ],
        resume: Some("ask_more".into()),
        ..Flow::default()
    }
}

fn person_about_order(id: &str) -> Step {
    handoff(
        id,
        "Question about an order",
        "Order: {{ order_number | default(\"not given\") }}, status: {{ order_status | default(\"not known\") }}. \
         Last message: {{ message }}",
        "",
    )
}

fn appointment() -> Flow {
    let asked = |id: &str, name: &str, text: &str, variable: &str, expect: Expect, retry: &str| {
        let question = Question {
            text: text.into(),
            variable: variable.into(),
            expect,
            retries: 2,
            retry_text: retry.into(),
            patience: None,
            on_failure: vec![handoff(
                &format!("{id}_unclear"),
                "Appointment: the bot didn't understand",
                "The customer wants an appointment. Last message: {{ message }}",
                "",
            )],
        };
        step(id, name, StepKind::Question(question))
    };
    let plain = |options: &[(&str, &str)]| Expect::Choice {
        options: options.iter().map(|(id, title)| option(id, title, Vec::new())).collect(),
    };
    let confirm = Expect::Choice {
        options: vec![
            option("yes", "Yes, please", Vec::new()),
            option("change", "Change it", vec![jump("start_over", "ask_service")]),
        ],
    };
    let tap = "Please tap one of the options.";
    Flow {
        name: "Appointment".into(),
        starts: vec![
            Start::Phrase { phrase: "appointment".into(), matching: Matching::Contains },
            Start::Button { payload: "appointment".into() },
        ],
        steps: vec![
            asked(
                "ask_service",
                "What for",
                "Happy to help. What's the appointment for?",
                "service",
                plain(&[("advice", "Advice"), ("repair", "Repair"), ("pick_up", "Pick-up")]),
                tap,
            ),
            asked(
                "ask_day",
                "Which day",
                "Which day works for you? For example, tomorrow or 30.11.",
                "day",
                Expect::Date,
                "Sorry, I didn't get that date. Please write it like 30.11.2026.",
            ),
            asked(
                "ask_time",
                "Time of day",
                "Morning or afternoon?",
                "time_of_day",
                plain(&[("morning", "Morning"), ("afternoon", "Afternoon")]),
                tap,
            ),
            asked(
                "confirm",
                "Confirm",
                "{{ service }} on {{ day }}, {{ time_of_day | lower }}. Should I send this request?",
                "confirmed",
                confirm,
                tap,
            ),
            handoff(
                "pass_on",
                "Appointment: {{ service }} on {{ day }}, {{ time_of_day | lower }}",
                "Confirm, or suggest another time. Nothing has been promised to the customer.",
                "Thanks! A colleague will confirm your appointment here shortly.",
            ),
        ],
        ..Flow::default()
    }
}

fn complaint() -> Flow {
    let note = "The customer wrote: {{ message }}";
    let hours = Hours {
        open: vec![handoff(
            "now",
            "Complaint",
            note,
            "I'm sorry something went wrong. A colleague will take care of it right away.",
        )],
        closed: vec![handoff(
            "later",
            "Complaint, outside opening hours",
            note,
            "I'm sorry something went wrong. We're closed right now, and a colleague will read your message first \
             thing when we open.",
        )],
    };
    Flow {
        name: "Complaint".into(),
        starts: vec![
            Start::Phrase { phrase: "complaint".into(), matching: Matching::Close },
            Start::Phrase { phrase: "complain".into(), matching: Matching::Contains },
        ],
        steps: vec![step("hours", "Are we open?", StepKind::Hours(hours))],
        ..Flow::default()
    }
}

fn step(id: &str, name: &str, act: StepKind) -> Step {
    Step { id: id.into(), name: name.into(), act }
}

fn text(id: &str, text: &str) -> Step {
    step(id, "", StepKind::Message(Say::Text { text: text.into() }))
}

fn handoff(id: &str, reason: &str, note: &str, notice: &str) -> Step {
    let (reason, note, notice) = (reason.into(), note.into(), notice.into());
    step(id, "", StepKind::Handoff(HandoffStep { team: None, reason, note, notice }))
}

fn close(id: &str, text: &str) -> Step {
    step(id, "", StepKind::Close(Close { text: text.into() }))
}

fn jump(id: &str, to: &str) -> Step {
    step(id, "", StepKind::Jump(Jump { to: to.into() }))
}

fn branch(when: &str, then: Step) -> Branch {
    Branch { when: when.into(), steps: vec![then] }
}

fn option(id: &str, title: &str, steps: Block) -> Choice {
    Choice { id: id.into(), title: title.into(), description: String::new(), steps }
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    #[test]
    fn every_sample_is_fit_to_go_live() {
        for sample in Sample::ALL {
            assert_eq!(check::check(&sample.flow(), &check::Known::default()), [], "{}", sample.label());
        }
    }

    #[test]
    fn a_sample_is_the_same_after_export_and_import() {
        for sample in Sample::ALL {
            let json = serde_json::to_string(&sample.flow()).expect("JSON");
            assert_eq!(serde_json::from_str::<Flow>(&json).expect("a flow"), sample.flow());
        }
    }

    #[test]
    fn every_sample_says_what_it_does() {
        let labels: std::collections::BTreeSet<_> = Sample::ALL.into_iter().map(Sample::label).collect();
        let descriptions: std::collections::BTreeSet<_> = Sample::ALL.into_iter().map(Sample::description).collect();
        assert_eq!((labels.len(), descriptions.len()), (Sample::ALL.len(), Sample::ALL.len()));
        assert!(descriptions.iter().all(|description| description.ends_with('.')));
    }
}
