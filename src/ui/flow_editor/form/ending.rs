//! The forms of steps that end the bot's part: Human Handoff, Close.

use leptos::prelude::*;

use super::fields::{FormContext, Lens, SelectField, Shape, TextField, text_lens};
use crate::{
    domain::flow::definition::{HandoffStep, StepKind},
    ui::kit::FocusOrder,
};

#[component]
pub fn HandoffForm(form: FormContext) -> impl IntoView {
    let reason = text_lens!(StepKind::Handoff(handoff) => handoff.reason);
    let note = text_lens!(StepKind::Handoff(handoff) => handoff.note);
    let notice = text_lens!(StepKind::Handoff(handoff) => handoff.notice);
    let team = Lens::new(
        |act| {
            let StepKind::Handoff(HandoffStep { team: Some(team), .. }) = act else { return String::new() };
            team.as_str().to_owned()
        },
        |act, chosen| {
            if let StepKind::Handoff(handoff) = act {
                handoff.team = (!chosen.is_empty()).then(|| chosen.into());
            }
        },
    );
    let teams = Signal::derive(move || {
        let own = form.read(|act| if let StepKind::Handoff(handoff) = act { handoff.team.clone() } else { None });
        form.editor.page.with(|page| {
            let mut teams = vec![(String::new(), "your default team".to_owned())];
            teams.extend(page.teams.iter().map(|(id, name)| (id.as_str().to_owned(), name.clone())));
            if let Some(own) = own.filter(|own| page.teams.iter().all(|(id, _)| id != own)) {
                teams.push((own.as_str().to_owned(), "a removed team".to_owned()));
            }
            teams
        })
    });
    view! {
        <TextField
            form
            lens=reason
            field="reason"
            label="Reason"
            focus=FocusOrder::First
            limit=200
            placeholder="Wants to change the delivery address"
            hint="What agents see on the handoff. Can use variables."
        />
        <TextField form lens=note field="note" label="Note for the agent" shape=Shape::Text limit=2_000/>
        <SelectField form lens=team field="team" label="Alert" options=teams/>
        <TextField
            form
            lens=notice
            field="notice"
            label="Message to the customer"
            shape=Shape::Text
            limit=4_096
            hint="Leave empty to send your handoff message, set under Messages."
        />
    }
}

#[component]
pub fn CloseForm(form: FormContext) -> impl IntoView {
    let text = text_lens!(StepKind::Close(close) => close.text);
    view! {
        <TextField
            form
            lens=text
            field="text"
            label="Closing message"
            shape=Shape::Text
            focus=FocusOrder::First
            limit=4_096
            hint="Leave empty to send nothing. The customer's next message starts a new conversation."
        />
    }
}
