//! Second factors of the team: whether everyone needs one, who has one, and removing that of somebody whose phone is lost.

use leptos::prelude::*;

use super::password_prompt::PasswordPrompt;
use crate::{
    api::second_factor::{factor_rule_save, member_factor_remove, read_team_factors},
    contract::second_factor::{MemberFactor, TeamFactors},
    domain::second_factor::FactorRule,
    ui::{
        browser,
        kit::{
            Column, EditableRow, FieldError, PageHead, RefreshTrigger, RowControl, Submit, Table, lazy_route,
            live_resource,
        },
        render_environment::hydrated,
        state::AppState,
    },
};

/// The id of the heading of the members. It takes the focus when the button that had it is gone.
const MEMBERS: &str = "factor-members-title";
const COLUMNS: [Column; 4] =
    [Column::new("Name"), Column::optional("Email"), Column::new("Second factor"), Column::actions("Remove")];

lazy_route!(SecurityRoute in settings, SecurityPage);

#[component]
fn SecurityPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    view! {
        <PageHead title="Security" lead="A second factor protects accounts whose password somebody else knows."/>
        {live_resource(refresh, read_team_factors, move |team| {
            view! {
                <div class="stack">
                    <RuleCard team refresh/>
                    <MembersCard team refresh/>
                </div>
            }
        })}
    }
}

#[component]
fn RuleCard(team: RwSignal<TeamFactors>, refresh: RefreshTrigger) -> impl IntoView {
    let (submit, prompt, hydrated) = (Submit::in_form(), PasswordPrompt::expect(), hydrated());
    let is_required = Memo::new(move |_| team.with(|team| team.rule == FactorRule::Required));
    let words = move || match is_required.get() {
        true => {
            "Everyone needs a second factor. Whoever has none sets one up at their next sign-in, before anything else."
        }
        false => "Members choose for themselves whether they have a second factor.",
    };
    let change = move |_| {
        let rule = match is_required.get_untracked() {
            true => FactorRule::Optional,
            false => FactorRule::Required,
        };
        submit.run(prompt.confirmed(move || factor_rule_save(rule)), move |()| {
            team.try_update(|team| team.rule = rule);
            refresh.mark();
        });
    };
    view! {
        <section class="card" aria-labelledby="factor-rule-title">
            <header><h2 id="factor-rule-title">"Requirement"</h2></header>
            <div class="form">
                <p role="status">{words}</p>
                <FieldError text=submit.error/>
                <div class="actions">
                    <button
                        type="button"
                        class="btn"
                        class:primary=move || !is_required.get()
                        disabled=move || !hydrated.get()
                        aria-disabled=move || submit.pending().to_string()
                        on:click=change
                    >
                        {move || if is_required.get() { "Make it optional" } else { "Require a second factor" }}
                    </button>
                </div>
            </div>
        </section>
    }
}

#[component]
fn MembersCard(team: RwSignal<TeamFactors>, refresh: RefreshTrigger) -> impl IntoView {
    let rows = Memo::new(move |_| team.with(|team| team.members.clone()));
    view! {
        <section class="card" aria-labelledby=MEMBERS>
            <header><h2 id=MEMBERS tabindex="-1">"Members"</h2></header>
            <p class="note">
                "Only remove a second factor if the person has lost their phone and their recovery codes, and you're sure who is asking. They are signed out everywhere, and the password alone signs them in."
            </p>
            <Table
                columns=&COLUMNS
                rows
                key=|member: &MemberFactor| member.agent.clone()
                row=move |member| view! { <MemberLine member refresh/> }
            />
        </section>
    }
}

#[component]
fn MemberLine(member: Memo<MemberFactor>, refresh: RefreshTrigger) -> impl IntoView {
    let (row, prompt) = (RowControl::new(refresh), PasswordPrompt::expect());
    let me = AppState::expect().viewer.with_untracked(|viewer| viewer.agent.clone());
    let can_remove = Memo::new(move |_| member.with(|member| member.has_factor && member.agent != me));
    let name = Signal::derive(move || member.with(|member| format!("{}'s second factor", member.name)));
    let remove = move |()| {
        let agent = member.with_untracked(|member| member.agent.clone());
        row.remove(prompt.confirmed(move || member_factor_remove(agent.clone())), move || {
            row.leave();
            request_animation_frame(|| browser::focus(MEMBERS));
        });
    };
    move || match can_remove.get() {
        true => view! {
            <EditableRow
                row
                columns=COLUMNS.len()
                noun="second factor"
                name
                effect="They are signed out everywhere."
                remove
            >
                <Cells member/>
            </EditableRow>
        }
        .into_any(),
        false => view! {
            <tr>
                <Cells member/>
                <td class="tight"></td>
            </tr>
        }
        .into_any(),
    }
}

#[component]
fn Cells(member: Memo<MemberFactor>) -> impl IntoView {
    let status = move || if member.with(|member| member.has_factor) { "Set up" } else { "None" };
    view! {
        <td><b dir="auto">{move || member.with(|member| member.name.clone())}</b></td>
        <td class="opt dim">{move || member.with(|member| member.email.clone())}</td>
        <td>{status}</td>
    }
}
