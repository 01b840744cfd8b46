//! The forms of what leads on without a word to the customer: condition, opening hours, set variable, jump.

use leptos::prelude::*;

use super::{
    fields::{Form, Lens, SelectField, Shape, TextField},
    list_field::ListField,
};
use crate::domain::flow::definition::{Branch, StepId, StepKind};

#[component]
pub fn ConditionForm(form: Form) -> impl IntoView {
    fn branches(act: &mut StepKind) -> Option<&mut Vec<Branch>> {
        if let StepKind::Condition(condition) = act { Some(&mut condition.branches) } else { None }
    }
    let draw = move |n: usize| {
        let when = Lens::text(move |act| branches(act)?.get_mut(n).map(|branch| &mut branch.when));
        view! {
            <TextField
                form
                lens=when
                field=format!("branches.{n}.when")
                label=format!("Branch {}: when", n + 1)
                shape=Shape::Code
                first={n == 0}
                placeholder="order_total > 100 and topic == \"Returns\""
            />
        }
    };
    view! {
        <ListField
            form
            noun="Branch"
            legend="Branches"
            hint="The first whose expression is true; else “Otherwise”. A branch leaves with the steps in it."
            count=|act| if let StepKind::Condition(condition) = act { condition.branches.len() } else { 0 }
            most=10
            add=|act| {
                if let Some(branches) = branches(act) {
                    branches.push(Branch::default());
                }
            }
            remove=|act, n| {
                if let Some(branches) = branches(act) {
                    drop(branches.remove(n));
                }
            }
            raise=|act, n| {
                if let Some(branches) = branches(act) {
                    branches.swap(n, n - 1);
                }
            }
            draw
        />
    }
}

#[component]
pub fn HoursForm() -> impl IntoView {
    view! {
        <p class="hint">
            "Goes into “Open” while your company is open, and into “Closed” outside of its hours and on holidays. The hours themselves stand under “Opening hours”."
        </p>
    }
}

#[component]
pub fn SetForm(form: Form) -> impl IntoView {
    let variable = Lens::text(|act| if let StepKind::Set(set) = act { Some(&mut set.variable) } else { None });
    let value = Lens::text(|act| if let StepKind::Set(set) = act { Some(&mut set.value) } else { None });
    view! {
        <TextField form lens=variable field="variable" label="Name" shape=Shape::Code first=true placeholder="priority"/>
        <TextField form lens=value field="value" label="Value" shape=Shape::CodeText hint="Words, or a template: {{ customer.name | upper }}"/>
    }
}

#[component]
pub fn JumpForm(form: Form) -> impl IntoView {
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
    view! { <SelectField form lens=to field="to" label="Goes on at" options=steps first=true/> }
}
