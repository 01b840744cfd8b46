//! The dialog with what can be changed about a member: role, a link for a new password, deactivation.

use leptos::prelude::*;

use super::{ROLES, TeamPageState, link::MadeLink, role_word};
use crate::{
    api::team::{link_revoke, member_deactivate, member_password_link, member_set_role},
    contract::{
        account_link::NewLink,
        team::{PasswordLink, TeamMember},
    },
    domain::{access::Role, ids::AgentId},
    ui::{
        admin::password_prompt::PasswordPrompt,
        browser,
        format::TimeStyle,
        kit::{Dialog, FieldError, SelectField, Submit, ToastTone, options},
        local_time::LocalTime,
        state::AppState,
    },
};

#[component]
pub fn ManageDialog(state: TeamPageState) -> impl IntoView {
    view! {
        <Dialog
            id="member"
            labelled_by="member-title"
            is_open=Signal::derive(move || state.managed.with(Option::is_some))
            close=move |()| state.managed.set(None)
        >
            <Managed state/>
        </Dialog>
    }
}

/// Drawn anew for each member.
#[component]
fn Managed(state: TeamPageState) -> impl IntoView {
    // Not tracked: a new dialog for each read of the team would lose a link that is shown once.
    let found = untrack(|| state.managed.get().and_then(|id| member_of(state, &id)));
    found.map(|first| {
        let id = first.agent.clone();
        // It keeps the last one while the dialog closes.
        let member = Memo::new(move |last: Option<&TeamMember>| {
            member_of(state, &id).or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
        });
        view! {
            <h2 id="member-title" dir="auto">{move || member.with(|member| member.name.clone())}</h2>
            <p>{move || member.with(|member| member.email.clone())}</p>
            <div class="stack">
                <RoleForm state member/>
                <NewPassword state member/>
                <Deactivation state member/>
            </div>
            <div class="actions">
                <button type="button" class="btn" autofocus=true on:click=move |_| state.managed.set(None)>
                    "Done"
                </button>
            </div>
        }
    })
}

/// An active member by id. Tracks.
fn member_of(state: TeamPageState, id: &AgentId) -> Option<TeamMember> {
    let is_meant = |member: &&TeamMember| member.active && member.agent == *id;
    state.team.with(|team| team.members.iter().find(is_meant).cloned())
}

#[component]
fn RoleForm(state: TeamPageState, member: Memo<TeamMember>) -> impl IntoView {
    let (submit, prompt) = (Submit::in_form(), PasswordPrompt::expect());
    let app = AppState::expect();
    let chosen = RwSignal::new(member.with_untracked(|member| member.role));
    let choose = move |name: String| {
        if let Ok(role) = name.parse() {
            chosen.set(role);
        }
    };
    let is_same = move || member.with(|member| member.role == chosen.get());
    // Not disabled, because a disabled button loses the focus.
    let press = move |_| {
        if untrack(is_same) {
            return;
        }
        let (id, name) = member.with_untracked(|member| (member.agent.clone(), member.name.clone()));
        let role = chosen.get_untracked();
        submit.run(prompt.confirmed(move || member_set_role(id.clone(), role)), move |()| {
            app.toast(ToastTone::Info, format!("{name} has the role {} now and must sign in again.", role_word(role)));
            state.refresh.mark();
        });
    };
    view! {
        <div class="stack">
            <p>{ROLES}</p>
            <SelectField
                id="member-role"
                label="Role"
                options=options(Role::ALL, Role::as_str, role_word)
                value=Signal::derive(move || chosen.get().as_str().to_owned())
                choose
                hint="A new role signs them out everywhere."
            >
                <FieldError text=submit.error/>
            </SelectField>
            <div>
                <button type="button" class="btn" aria-disabled=move || (is_same() || submit.pending()).to_string() on:click=press>
                    "Change role"
                </button>
            </div>
        </div>
    }
}

#[component]
fn NewPassword(state: TeamPageState, member: Memo<TeamMember>) -> impl IntoView {
    let (submit, prompt) = (Submit::in_form(), PasswordPrompt::expect());
    let made = RwSignal::new(None::<NewLink>);
    let press = move |_| {
        let id = member.with_untracked(|member| member.agent.clone());
        submit.run(prompt.confirmed(move || member_password_link(id.clone())), move |link| {
            made.try_set(Some(link));
            state.refresh.mark();
        });
    };
    let open = Memo::new(move |_| member.with(|member| member.password_link.clone()));
    let revoke = move |PasswordLink { id, .. }: PasswordLink| {
        submit.run(link_revoke(id), move |()| {
            made.try_set(None);
            state.refresh.mark();
        });
    };
    let known = move || {
        open.get().map(|link| {
            let revoked = link.clone();
            view! {
                <p>
                    "A link works until " <LocalTime at=link.expires_at style=TimeStyle::Full/> ". "
                    <button type="button" class="btn ghost" on:click=move |_| revoke(revoked.clone())>
                        "Revoke it"
                    </button>
                </p>
            }
        })
    };
    view! {
        <div class="stack">
            <p>"Forgotten password? Make a link with which they set a new one."</p>
            <MadeLink link=made/>
            {known}
            <FieldError text=submit.error/>
            <div>
                <button type="button" class="btn" aria-disabled=move || submit.pending().to_string() on:click=press>
                    "Make a password link"
                </button>
            </div>
        </div>
    }
}

#[component]
fn Deactivation(state: TeamPageState, member: Memo<TeamMember>) -> impl IntoView {
    let (submit, prompt) = (Submit::in_form(), PasswordPrompt::expect());
    let app = AppState::expect();
    let press = move |_| {
        let (id, name) = member.with_untracked(|member| (member.agent.clone(), member.name.clone()));
        submit.run(prompt.confirmed(move || member_deactivate(id.clone())), move |()| {
            app.toast(ToastTone::Info, format!("{name} is deactivated."));
            state.managed.try_set(None);
            // The button that opened the dialog is about to go.
            request_animation_frame(|| browser::focus("main"));
            state.refresh.mark();
        });
    };
    view! {
        <div class="stack">
            <p>
                "Deactivated members are signed out everywhere and can't sign in. Their conversations go back to Unassigned; their name stays in the history."
            </p>
            <FieldError text=submit.error/>
            <div>
                <button type="button" class="btn danger" aria-disabled=move || submit.pending().to_string() on:click=press>
                    "Deactivate"
                </button>
            </div>
        </div>
    }
}
