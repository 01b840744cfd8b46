//! Who is here, since when, and how many conversations each has.

use leptos::prelude::*;

use super::WallState;
use crate::{
    contract::wall::PersonHere,
    domain::{desk::Counts, ids::AgentId, time::Timestamp},
    ui::{components::avatar::Avatar, format::TimeStyle, local_time::LocalTime},
};

/// An agent who is here.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Person {
    agent: AgentId,
    name: String,
    is_away: bool,
    /// `None` until the server has recorded it.
    since: Option<Timestamp>,
}

#[component]
pub fn PeopleHere(state: WallState) -> impl IntoView {
    let app = state.app;
    let people = Memo::new(move |_| {
        app.online.with(|online| {
            app.choices.with(|choices| state.wall.with(|wall| people(online, &wall.people, &choices.agents)))
        })
    });
    let agents = move || people.with(|people| people.iter().map(|person| person.agent.clone()).collect::<Vec<_>>());
    let online = Memo::new(move |_| app.online.with(Vec::len));
    view! {
        <section class="panel people">
            <h2>{move || format!("Here now: {}", online.get())}</h2>
            <ul class="lines">
                <For each=agents key=Clone::clone let:agent>
                    <PersonLine agent people state />
                </For>
            </ul>
            <Show when=move || people.with(Vec::is_empty)>
                <p class="none">"No agent has the desk open."</p>
            </Show>
        </section>
    }
}

#[component]
fn PersonLine(agent: AgentId, people: Memo<Vec<Person>>, state: WallState) -> impl IntoView {
    let app = state.app;
    let own = agent.clone();
    let open = Memo::new(move |_| app.desk.with(|desk| open_words(&desk.counts, &own)));
    let person = Memo::new(move |_| people.with(|people| people.iter().find(|person| person.agent == agent).cloned()));
    let name = Memo::new(move |_| person.with(|person| person.as_ref().map(|it| it.name.clone())).unwrap_or_default());
    let is_away = Memo::new(move |_| person.with(|person| person.as_ref().is_some_and(|it| it.is_away)));
    let since = Memo::new(move |_| person.with(|person| person.as_ref().and_then(|it| it.since)));
    let class = Signal::derive(move || if is_away.get() { "s away" } else { "s on-line" });
    let presence = move || if is_away.get() { "Away" } else { "Online" };
    view! {
        <li class="line" class:away=is_away>
            <Avatar name class />
            <b dir="auto">{name}</b>
            <span class="detail">{move || open.get()}</span>
            <span class="since">
                {presence}
                {move || since.get().map(|at| view! { " since " <LocalTime at style=TimeStyle::Row /> })}
            </span>
        </li>
    }
}

/// Those who are online, and then those who are away, each by name. The stream tells who is online now; a read tells
/// since when, and who is away.
fn people(online: &[AgentId], read: &[PersonHere], names: &[(AgentId, String)]) -> Vec<Person> {
    let name = |agent: &AgentId| names.iter().find(|(id, _)| id == agent).map(|(_, name)| name.clone());
    let known = |agent: &AgentId| read.iter().find(|person| person.agent == *agent);
    let mut here: Vec<Person> = online
        .iter()
        .map(|agent| Person {
            agent: agent.clone(),
            name: name(agent).or_else(|| known(agent).map(|it| it.name.clone())).unwrap_or_default(),
            is_away: false,
            since: known(agent).filter(|it| !it.away).map(|it| it.since),
        })
        .collect();
    let away = read.iter().filter(|person| person.away && !online.contains(&person.agent));
    here.extend(away.map(|person| Person {
        agent: person.agent.clone(),
        name: person.name.clone(),
        is_away: true,
        since: Some(person.since),
    }));
    here.sort_by(|one, other| (one.is_away, &one.name, &one.agent).cmp(&(other.is_away, &other.name, &other.agent)));
    here
}

fn open_words(counts: &Counts, agent: &AgentId) -> String {
    let open = counts.claimed.get(agent).copied().unwrap_or_default();
    let owed = counts.reply_now.get(agent).copied().unwrap_or_default();
    match (open, owed) {
        (0, _) => "No conversations".to_owned(),
        (1, 0) => "1 conversation".to_owned(),
        (open, 0) => format!("{open} conversations"),
        (1, _) => "1 conversation, reply due".to_owned(),
        (open, owed) => format!("{open} conversations, {owed} reply due"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_says_who_is_online_and_a_read_says_since_when() {
        let read = |agent: &str, name: &str, away| PersonHere {
            agent: agent.into(),
            name: name.to_owned(),
            away,
            since: Timestamp(7),
        };
        let names = [("agt_1".into(), "Chloe".to_owned()), ("agt_2".into(), "Ana".to_owned())];
        // given Ben, who is away, Dan, who was online and is gone, and Ana, who was away and is back
        let known = [read("agt_3", "Ben", true), read("agt_4", "Dan", false), read("agt_2", "Ana", true)];
        let here = people(&["agt_1".into(), "agt_2".into()], &known, &names);
        let lines: Vec<_> = here.iter().map(|it| (it.name.as_str(), it.is_away, it.since)).collect();
        assert_eq!(lines, [("Ana", false, None), ("Chloe", false, None), ("Ben", true, Some(Timestamp(7)))]);
        let back = people(&["agt_4".into()], &known[1..2], &names);
        assert_eq!((back[0].name.as_str(), back[0].since), ("Dan", Some(Timestamp(7))));
    }

    #[test]
    fn conversations_are_counted_in_words() {
        let agent = AgentId::from("agt_1");
        let words = |open: i64, owed: i64| {
            let counts = Counts {
                claimed: [(agent.clone(), open)].into(),
                reply_now: [(agent.clone(), owed)].into(),
                ..Counts::default()
            };
            open_words(&counts, &agent)
        };
        assert_eq!(words(0, 0), "No conversations");
        assert_eq!([words(1, 0), words(1, 1)], ["1 conversation", "1 conversation, reply due"]);
        assert_eq!([words(3, 0), words(3, 2)], ["3 conversations", "3 conversations, 2 reply due"]);
    }
}
