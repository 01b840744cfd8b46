//! An event line between the bubbles: what happened to the conversation.

use leptos::prelude::*;

use crate::{
    domain::{
        desk::{Line, Tone},
        ids::AgentId,
    },
    ui::components::icon::Icon,
};

/// `me` is the viewer, whose own actions read "You".
#[component]
pub fn LineView(line: Line, me: AgentId) -> impl IntoView {
    let (class, icon) = face(line.tone);
    let who = line.agent.map(|(agent, name)| if agent == me { "You".to_owned() } else { name });
    view! {
        <div class=class>
            {icon.map(|icon| view! { <Icon name=icon/> })}
            <span>{who.map(|who| view! { <b dir="auto">{who}</b>" " })} <span dir="auto">{line.text}</span></span>
        </div>
    }
}

fn face(tone: Tone) -> (&'static str, Option<&'static str>) {
    match tone {
        Tone::Plain => ("sys", None),
        Tone::Handoff => ("sys hand", Some("hand")),
        Tone::Claim => ("sys claim", Some("check")),
        Tone::Close => ("sys close", Some("archive")),
        Tone::Warning | Tone::Block => ("sys", Some("warn")),
    }
}
