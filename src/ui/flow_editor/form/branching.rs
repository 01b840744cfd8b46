//! The forms of steps that send nothing: condition, opening hours, set variable, jump.

use leptos::prelude::*;

use super::{
    fields::{FormContext, Lens, SelectField, Shape, TextField, text_lens},
    list_field::{ListField, list_lens},
};
use crate::{
    domain::flow::{
        definition::{Branch, StepId, StepKind},
        words::branch_condition,
    },
    ui::kit::FocusOrder,
};

#[component]
pub fn ConditionForm(form: FormContext) -> impl IntoView {
    let list = list_lens!(StepKind::Condition(condition) => condition.branches, Branch::default);
    let draw = move |n: usize| {
        let when = text_lens!(StepKind::Condition(condition) => condition.branches, n, when);
        view! {
            <TextField
                form
                lens=when
                field=format!("branches.{n}.when")
                label=format!("Branch {}: when", n + 1)
                shape=Shape::Code
                focus=if n == 0 { FocusOrder::First } else { FocusOrder::Later }
                placeholder="order_total > 100 and topic == \"Returns\""
                hint=Signal::derive(move || words(form, n))
            />
        }
    };
    view! {
        <ListField
            form
            list
            noun="Branch"
            legend="Branches"
            hint="The first branch whose expression is true is taken, otherwise “Otherwise”. Removing a branch removes its steps."
            most=10
            draw
        />
    }
}

/// The condition of a branch in words, if it is a simple one.
fn words(form: FormContext, n: usize) -> String {
    let words = form.step.with(|step| step.as_ref().and_then(|step| branch_condition(step, n)));
    words.map(|words| format!("If {words}.")).unwrap_or_default()
}

#[component]
pub fn HoursForm() -> impl IntoView {
    view! {
        <p class="hint">
            "Continues in “Open” during your opening hours, and in “Closed” outside of them and on holidays. Set them under Opening hours."
        </p>
    }
}

#[component]
pub fn SetForm(form: FormContext) -> impl IntoView {
    let variable = text_lens!(StepKind::Set(set) => set.variable);
    let value = text_lens!(StepKind::Set(set) => set.value);
    view! {
        <TextField form lens=variable field="variable" label="Name" shape=Shape::Code focus=FocusOrder::First placeholder="priority"/>
        <TextField form lens=value field="value" label="Value" shape=Shape::CodeText hint="Text, or a template: {{ customer.name | upper }}"/>
    }
}

#[component]
pub fn JumpForm(form: FormContext) -> impl IntoView {
    let to = Lens::new(
        |act| if let StepKind::Jump(jump) = act { jump.to.0.clone() } else { String::new() },
        |act, chosen| {
            if let StepKind::Jump(jump) = act {
                jump.to = StepId(chosen);
            }
        },
    );
    let steps = Signal::derive(move || {
        let me = form.id.get_value();
        form.editor.flow.with(|flow| {
            let others = flow.all().into_iter().enumerate().filter(|(_, step)| step.id != me);
            let mut steps = vec![(String::new(), "Choose a step".to_owned())];
            steps.extend(others.map(|(n, step)| (step.id.0.clone(), format!("{}. {}", n + 1, step.label()))));
            steps
        })
    });
    view! { <SelectField form lens=to field="to" label="Continue at" options=steps focus=FocusOrder::First/> }
}
