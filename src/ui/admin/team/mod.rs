//! The team: role, presence and open conversations of each member; invitations; and who is deactivated.
//!
//! What can be changed about a member is in `manage`, the links that are shown once are in `link`.

mod deactivated;
mod invitations;
mod link;
mod manage;
mod member;

use leptos::prelude::*;

use self::{deactivated::Deactivated, invitations::Invitations, manage::ManageDialog, member::MemberLine};
use crate::{
    api::team::read_team,
    contract::team::{Team, TeamMember},
    domain::{access::Role, ids::AgentId},
    ui::{
        kit::{Column, EmptyState, PageHead, RefreshTrigger, Table, lazy_route, live_resource},
        state::AppState,
    },
};

const COLUMNS: [Column; 6] = [
    Column::new("Name"),
    Column::optional("Email"),
    Column::optional("Role"),
    Column::new("Status"),
    Column::short_number("Open", "Open conversations"),
    Column::actions("Manage"),
];

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct TeamPageState {
    team: RwSignal<Team>,
    refresh: RefreshTrigger,
    /// Who is managed in the dialog.
    managed: RwSignal<Option<AgentId>>,
}

/// What the roles mean, beside every choice of one.
const ROLES: &str =
    "Agents answer customers. Leads also read everyone's reports. Admins also change settings and manage the team.";

lazy_route!(TeamRoute in settings, TeamPage);

#[component]
fn TeamPage() -> impl IntoView {
    let app = AppState::expect();
    let refresh = RefreshTrigger::watch(app);
    // Only the snapshot says who is away, so it is read again when presence changes.
    Effect::watch(move || app.online.get(), move |_, _, _| refresh.mark(), false);
    view! {
        <PageHead
            title="Team"
            lead="Everyone here sees all conversations. Handoffs alert everyone who has the desk open and isn't away."
        />
        {live_resource(refresh, read_team, move |team| {
            let state = TeamPageState { team, refresh, managed: RwSignal::new(None) };
            view! { <Members state/> }
        })}
    }
}

#[component]
fn Members(state: TeamPageState) -> impl IntoView {
    let rows = Memo::new(move |_| members(state, |member| member.active));
    let empty = || {
        view! { <EmptyState icon="users" title="No members yet">"Invite the first one below."</EmptyState> }
    };
    view! {
        <div class="stack">
            <div class="card">
                <Table
                    columns=&COLUMNS
                    caption="Members"
                    rows
                    key=|member: &TeamMember| member.agent.as_str().to_owned()
                    empty
                    row=move |member| view! { <MemberLine state member/> }
                />
            </div>
            <Invitations state/>
            <Deactivated state/>
        </div>
        <ManageDialog state/>
    }
}

/// The members whom `is_meant` picks, by name. Tracks.
fn members(state: TeamPageState, is_meant: fn(&TeamMember) -> bool) -> Vec<TeamMember> {
    state.team.with(|team| team.members.iter().filter(|member| is_meant(member)).cloned().collect())
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Agent => "Agent",
        Role::Lead => "Lead",
        Role::Admin => "Admin",
    }
}
