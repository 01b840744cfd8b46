//! Who works here: role, presence, and how much is on whose desk. People are added on the server for now.

use leptos::{prefetch_lazy_fn_on_server, prelude::*, task::spawn_local, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::LazyRoute;

use super::reading::{Stale, fresh};
use crate::{
    api::team::read_team,
    contract::team::TeamMember,
    domain::{access::Role, ids::AgentId},
    ui::{
        browser,
        components::{avatar::Avatar, icon::Icon},
        state::AppState,
    },
};

/// What an operator runs to add a person.
const COMMAND: &str = "handoff admin create-user";

/// The route. The page's code comes when it is first opened.
pub struct TeamRoute;

impl LazyRoute for TeamRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_page: Self) -> AnyView {
        team_page().await
    }

    async fn preload() {
        fetch_team_page().await;
    }
}

#[wasm_split(settings, wasm_split_path = leptos::wasm_split, preload(fetch_team_page))]
fn team_page() -> AnyView {
    prefetch_lazy_fn_on_server("settings");
    view! { <TeamPage/> }.into_any()
}

#[component]
fn TeamPage() -> impl IntoView {
    let app = AppState::expect();
    let stale = Stale::watch(app);
    // Who is away is known to the snapshot only, and it changes when presence does.
    Effect::watch(move || app.online.get(), move |_, _, _| stale.mark(), false);
    view! {
        <Title text="Team"/>
        <h1>"Team"</h1>
        <p class="lead">
            "Everybody here sees all conversations. A handoff calls those who are online: the desk is open, and they are not set to away."
        </p>
        {fresh(
            stale,
            Signal::derive(|| ()),
            |()| read_team(),
            move |members| {
                view! {
                    <div class="stack">
                        <div class="card">
                            <TeamTable members/>
                        </div>
                        <HowToAdd/>
                    </div>
                }
            },
        )}
    }
}

#[component]
fn TeamTable(members: RwSignal<Vec<TeamMember>>) -> impl IntoView {
    let ids = move || members.with(|members| members.iter().map(|member| member.agent.clone()).collect::<Vec<_>>());
    let none = Memo::new(move |_| members.with(Vec::is_empty));
    view! {
        <Show when=move || none.get()>
            <div class="empty">
                <Icon name="users"/>
                <h2>"Nobody yet"</h2>
                <p>"Add the first person with the command below."</p>
            </div>
        </Show>
        <div class="wide" hidden=move || none.get()>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col" class="opt">"E-mail"</th>
                        <th scope="col" class="opt">"Role"</th>
                        <th scope="col">"Now"</th>
                        <th scope="col" class="num">"Open conversations"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=ids key=|id| id.as_str().to_owned() let:id>
                        <MemberRow members id/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

/// Where somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Online,
    Away,
    Offline,
}

impl Presence {
    fn word(self) -> &'static str {
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
fn MemberRow(members: RwSignal<Vec<TeamMember>>, id: AgentId) -> impl IntoView {
    let app = AppState::expect();
    let known = id.clone();
    let member =
        Memo::new(move |_| members.with(|members| members.iter().find(|member| member.agent == known).cloned()));
    let word =
        move |read: fn(&TeamMember) -> String| member.with(|member| member.as_ref().map(read).unwrap_or_default());
    let name = Memo::new(move |_| word(|member| member.name.clone()));
    let agent = id.clone();
    let presence = Memo::new(move |_| {
        let online = app.online.with(|online| online.contains(&agent));
        match member.with(|member| member.as_ref().is_some_and(|member| member.away)) {
            _ if online => Presence::Online,
            true => Presence::Away,
            false => Presence::Offline,
        }
    });
    let agent = id.clone();
    // The desk's own counter is live; the snapshot's would wait for the next read.
    let open = Memo::new(move |_| app.desk.with(|desk| desk.counts.claimed.get(&agent).copied().unwrap_or(0)));
    let me = app.viewer.with_untracked(|viewer| viewer.agent == id);
    // Only what is open, as the number says.
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
            <td class="opt dim">{move || word(|member| member.email.clone())}</td>
            <td class="opt">{move || word(|member| role_word(member.role).to_owned())}</td>
            <td>{move || presence.get().word()}</td>
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
    let said = move || match copied.get() {
        Some(true) => "Copied",
        Some(false) => "This browser does not let the page copy: select the command and copy it yourself.",
        None => "",
    };
    view! {
        <div class="card pad">
            <div class="stack">
                <h2 class="legend">"Add a person"</h2>
                <p class="hint">
                    "On the server that runs Handoff, with the person's e-mail, name and role. It asks for a first password."
                </p>
                <div class="copy">
                    <code>{COMMAND}</code>
                    <button
                        class="btn icon ghost"
                        type="button"
                        aria-label="Copy the command"
                        on:click=move |_| {
                            spawn_local(async move {
                                let done = browser::copy(COMMAND).await;
                                let _left = copied.try_set(Some(done));
                            });
                        }
                    >
                        <Icon name=Signal::derive(move || if copied.get() == Some(true) { "check" } else { "copy" })/>
                    </button>
                </div>
                <span class="hint" class:visually-hidden=move || copied.get() != Some(false) role="status">{said}</span>
            </div>
        </div>
    }
}
