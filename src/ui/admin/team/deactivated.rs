//! The members who are deactivated. Their names stay in the history.

use leptos::prelude::*;

use super::{TeamPageState, members};
use crate::{
    api::team::member_reactivate,
    contract::team::TeamMember,
    ui::{
        admin::password_prompt::PasswordPrompt,
        browser,
        kit::{Column, Submit, Table},
        render_environment::hydrated,
    },
};

const COLUMNS: [Column; 3] = [Column::new("Name"), Column::optional("Email"), Column::actions("Reactivate")];

#[component]
pub fn Deactivated(state: TeamPageState) -> impl IntoView {
    let rows = Memo::new(move |_| members(state, |member| !member.active));
    view! {
        <section class="card" aria-labelledby="deactivated-title" hidden=move || rows.with(Vec::is_empty)>
            <header><h2 id="deactivated-title">"Deactivated"</h2></header>
            <Table
                columns=&COLUMNS
                rows
                key=|member: &TeamMember| member.agent.as_str().to_owned()
                row=move |member| view! { <DeactivatedLine state member/> }
            />
        </section>
    }
}

#[component]
fn DeactivatedLine(state: TeamPageState, member: Memo<TeamMember>) -> impl IntoView {
    let (submit, prompt, hydrated) = (Submit::with_toasts(), PasswordPrompt::expect(), hydrated());
    let press = move |_| {
        let member = member.with_untracked(|member| member.agent.clone());
        submit.run(prompt.confirmed(move || member_reactivate(member.clone())), move |()| {
            // The row is about to go.
            browser::focus("main");
            state.refresh.mark();
        });
    };
    view! {
        <tr>
            <td><b dir="auto">{move || member.with(|member| member.name.clone())}</b></td>
            <td class="opt dim">{move || member.with(|member| member.email.clone())}</td>
            <td class="tight">
                <button
                    type="button"
                    class="btn"
                    aria-label=move || member.with(|member| format!("Reactivate {}", member.name))
                    disabled=move || !hydrated.get()
                    aria-disabled=move || submit.pending().to_string()
                    on:click=press
                >
                    "Reactivate"
                </button>
            </td>
        </tr>
    }
}
