//! The notes that mention the viewer: a count beside the list's filters, and lines of the palette, until they have looked
//! at the conversation.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::MineAlerts;
use crate::{
    api::note::see_mentions,
    domain::alert::Mention,
    ui::{
        conversations::address,
        palette::{ActScope, Impact, Palette, PaletteAct},
        state::AppState,
    },
};

/// Marks mentions as seen while their conversation is before the viewer, and offers the others in the palette, until the
/// current owner is cleaned up.
pub fn follow(app: AppState) {
    let alerts = MineAlerts::expect();
    Effect::new(move |_| {
        let Some(id) = alerts.looked_at(app) else { return };
        if app.mentions.with(|all| all.iter().all(|one| one.conversation != id)) {
            return;
        }
        app.mentions.update(|all| all.retain(|one| one.conversation != id));
        spawn_local(async move {
            // A look that the server does not hear of is told again after the next read of the calls.
            let _seen = see_mentions(id).await;
        });
    });
    let navigate = use_navigate();
    Palette::expect().offer(ActScope::Viewer, move || {
        let all = app.mentions.get();
        let offered = all.iter().map(|one| {
            let (navigate, place) = (navigate.clone(), place_of(one));
            let open = move || navigate(&place, NavigateOptions::default());
            let act =
                PaletteAct::new(one.note.to_string(), "note", "Open the note that mentions me", Impact::Opens, open);
            act.about(one.name.clone()).also("mentions notes")
        });
        offered.collect()
    });
}

/// How many notes mention the viewer, as a link to the oldest. Absent when there is none.
#[component]
pub fn MentionsLink() -> impl IntoView {
    let app = AppState::expect();
    let count = Memo::new(move |_| app.mentions.with(Vec::len));
    let oldest = Memo::new(move |_| app.mentions.with(|all| all.first().map(place_of)));
    let title = Memo::new(move |_| app.mentions.with(|all| all.first().map(words_of)));
    view! {
        <Show when=move || { count.get() > 0 }>
            <a class="chip mentions" href=move || oldest.get() title=move || title.get()>
                <span aria-hidden="true">"@"</span>
                <span class="count">{move || count.get()}</span>
                <span class="visually-hidden">
                    {move || if count.get() == 1 { "note mentions you" } else { "notes mention you" }}
                </span>
            </a>
        </Show>
    }
}

fn place_of(mention: &Mention) -> String {
    format!("{}#{}", address(&mention.conversation), mention.note)
}

fn words_of(mention: &Mention) -> String {
    // Isolated, because a name may run from right to left.
    format!("\u{2068}{}\u{2069} mentioned you in a note about \u{2068}{}\u{2069}", mention.by, mention.name)
}
