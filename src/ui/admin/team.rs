//! The team: role, presence and open conversations of each member. Members are added on the server for now.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::team::read_team,
    contract::team::TeamMember,
    domain::access::Role,
    ui::{
        browser,
        components::{avatar::Avatar, icon::Icon},
        kit::{Column, EmptyState, PageHead, RefreshTrigger, Table, lazy_route, live_resource},
        state::AppState,
    },
};

/// The command that adds a member.
const COMMAND: &str = "handoff admin create-user";

const COLUMNS: [Column; 5] = [
    Column::new("Name"),
    Column::optional("Email"),
    Column::optional("Role"),
    Column::new("Status"),
    Column::number("Open conversations"),
];

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
        {live_resource(refresh, read_team, move |members| {
            let empty = || view! {
                <EmptyState icon="users" title="No members yet">"Add the first one with the command below."</EmptyState>
            };
            view! {
                <div class="stack">
                    <div class="card">
                        <Table
                            columns=&COLUMNS
                            rows=members
                            key=|member: &TeamMember| member.agent.as_str().to_owned()
                            empty
                            row=move |member| view! { <MemberLine member/> }
                        />
                    </div>
                    <HowToAdd/>
                </div>
            }
        })}
    }
}

/// Whether a member gets handoffs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Online,
    Away,
    Offline,
}

impl Presence {
    fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Online => "s on-line",
            Self::Away => "s away",
            Self::Offline => "s",
        }
    }
}

#[component]
fn MemberLine(member: Memo<TeamMember>) -> impl IntoView {
    let app = AppState::expect();
    let id = member.with_untracked(|member| member.agent.clone());
    let name = Memo::new(move |_| member.with(|member| member.name.clone()));
    let agent = id.clone();
    let presence = Memo::new(move |_| {
        let online = app.online.with(|online| online.contains(&agent));
        match member.with(|member| member.away) {
            _ if online => Presence::Online,
            true => Presence::Away,
            false => Presence::Offline,
        }
    });
    let agent = id.clone();
    // The desk's counter is live; the snapshot's is as old as the last read.
    let open = Memo::new(move |_| app.desk.with(|desk| desk.counts.claimed.get(&agent).copied().unwrap_or(0)));
    let me = app.viewer.with_untracked(|viewer| viewer.agent == id);
    // Shows open conversations only, as the number counts them.
    let href =
        if me { "/conversations?status=mine".to_owned() } else { format!("/conversations?status=team&agent={id}") };
    view! {
        <tr>
            <td>
                <div class="actions">
                    <Avatar name=name class=Signal::derive(move || presence.get().class())/>
                    <b dir="auto">{move || name.get()}</b>
                    {me.then(|| view! { <span class="tag n">"you"</span> })}
                </div>
            </td>
            <td class="opt dim">{move || member.with(|member| member.email.clone())}</td>
            <td class="opt">{move || member.with(|member| role_word(member.role))}</td>
            <td>{move || presence.get().as_str()}</td>
            <td class="num">
                <a href=href aria-label=move || format!("{} open conversations of {}", open.get(), name.get())>
                    {move || open.get()}
                </a>
            </td>
        </tr>
    }
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Agent => "Agent",
        Role::Admin => "Admin",
    }
}

#[component]
fn HowToAdd() -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let copy = move |_| {
        spawn_local(async move {
            let done = browser::copy(COMMAND).await;
            let _left = copied.try_set(Some(done));
        });
    };
    let status = move || match copied.get() {
        Some(true) => "Copied",
        Some(false) => "Couldn't copy. Select the command and copy it yourself.",
        None => "",
    };
    view! {
        <div class="card pad">
            <div class="stack">
                <h2 class="legend">"Add a person"</h2>
                <p class="hint">
                    "Run this on the server, with the person's email, name and role. It asks for a first password."
                </p>
                <div class="copy">
                    <code>{COMMAND}</code>
                    <button class="btn icon ghost" type="button" aria-label="Copy the command" on:click=copy>
                        <Icon name=Signal::derive(move || if copied.get() == Some(true) { "check" } else { "copy" })/>
                    </button>
                </div>
                <span class="hint" class:visually-hidden=move || copied.get() != Some(false) role="status">{status}</span>
            </div>
        </div>
    }
}
