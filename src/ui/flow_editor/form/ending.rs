//! The forms of what ends the bot's part: Human Handoff, Close.

use leptos::prelude::*;

use super::fields::{Form, Lens, SelectField, Shape, TextField};
use crate::domain::flow::definition::{Handoff, StepKind};

fn handoff(act: &mut StepKind) -> Option<&mut Handoff> {
    if let StepKind::Handoff(handoff) = act { Some(handoff) } else { None }
}

#[component]
pub fn HandoffForm(form: Form) -> impl IntoView {
    let reason = Lens::text(|act| Some(&mut handoff(act)?.reason));
    let note = Lens::text(|act| Some(&mut handoff(act)?.note));
    let notice = Lens::text(|act| Some(&mut handoff(act)?.notice));
    let team = Lens::new(
        |act| match act {
            StepKind::Handoff(Handoff { team: Some(team), .. }) => team.as_str().to_owned(),
            _ => String::new(),
        },
        |act, chosen| {
            if let Some(handoff) = handoff(act) {
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
                teams.push((own.as_str().to_owned(), "a team that is gone".to_owned()));
            }
            teams
        })
    });
    view! {
        <TextField
            form
            lens=reason
            field="reason"
            label="Reason, in a line"
            first=true
            limit=200
            placeholder="Wants to change the delivery address"
            hint="What the agents read on the call. May use variables."
        />
        <TextField form lens=note field="note" label="Note for the agent" shape=Shape::Text limit=2_000/>
        <SelectField form lens=team field="team" label="Calls" options=teams/>
        <TextField
            form
            lens=notice
            field="notice"
            label="What the customer reads"
            shape=Shape::Text
            limit=4_096
            hint="Empty sends your notice for handoffs, from Messages."
        />
    }
}

#[component]
pub fn CloseForm(form: Form) -> impl IntoView {
    let text = Lens::text(|act| if let StepKind::Close(close) = act { Some(&mut close.text) } else { None });
    view! {
        <TextField
            form
            lens=text
            field="text"
            label="Last words"
            shape=Shape::Text
            first=true
            limit=4_096
            hint="Empty says nothing. The customer's next message begins a new conversation."
        />
    }
}
