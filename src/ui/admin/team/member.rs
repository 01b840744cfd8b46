//! A row of an active member.

use leptos::prelude::*;

use super::{TeamPageState, role_word};
use crate::{
    contract::team::TeamMember,
    ui::{components::avatar::Avatar, render_environment::hydrated, state::AppState},
};

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
pub fn MemberLine(state: TeamPageState, member: Memo<TeamMember>) -> impl IntoView {
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
    // Nobody changes their own role, and their own password is changed in the account.
    let manage = (!me).then(|| view! { <ManageButton state member/> });
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
            <td class="tight">{manage}</td>
        </tr>
    }
}

#[component]
fn ManageButton(state: TeamPageState, member: Memo<TeamMember>) -> impl IntoView {
    let hydrated = hydrated();
    let press = move |_| state.managed.set(Some(member.with_untracked(|member| member.agent.clone())));
    view! {
        <button
            type="button"
            class="btn"
            aria-label=move || member.with(|member| format!("Manage {}", member.name))
            disabled=move || !hydrated.get()
            on:click=press
        >
            "Manage"
        </button>
    }
}
