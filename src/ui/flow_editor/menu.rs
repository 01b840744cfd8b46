//! The menu of step kinds, opened by a shortcut or a plus button, closed by Escape.

use leptos::{ev, prelude::*};

use super::{outline::icon, state::Editor, tree::class_of};
use crate::{
    domain::flow::{edit::Kind, words},
    ui::{browser, components::icon::Icon, kit::Dialog},
};

const ID: &str = "kind-menu";

#[component]
pub fn KindMenu() -> impl IntoView {
    let editor = Editor::expect();
    let place = move || {
        let place = editor.adding.get()?;
        Some(format!("in {}", editor.flow.with(|flow| words::block(&place.block, flow))))
    };
    let close = move |()| {
        if editor.adding.get_untracked().is_some() {
            editor.adding.set(None);
            editor.go(editor.cursor.get_untracked());
        }
    };
    view! {
        <Dialog
            id=ID
            class="palette kinds"
            labelled_by="kind-menu-title"
            is_open=Signal::derive(move || editor.adding.with(Option::is_some))
            close
            opened=|()| browser::focus(&dom(0))
        >
            <h2 id="kind-menu-title">"Add a step" <small class="hint">{place}</small></h2>
            <div class="menu flat" role="menu" aria-label="Kinds of steps" on:keydown=move |event| walk(&event)>
                {Kind::ALL
                    .into_iter()
                    .enumerate()
                    .map(|(n, kind)| {
                        view! {
                            <button type="button" role="menuitem" id=dom(n) on:click=move |_| editor.add(kind)>
                                <span class=format!("mark {}", class_of(kind))><Icon name=icon(kind)/></span>
                                <b>{kind.label()}</b>
                                <small>{kind.description()}</small>
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
        </Dialog>
    }
}

fn dom(n: usize) -> String {
    format!("kind-{n}")
}

/// Arrows move the focus; a letter moves it to the next kind that begins with it.
fn walk(event: &ev::KeyboardEvent) {
    let at = browser::focused().and_then(|id| id.strip_prefix("kind-")?.parse::<usize>().ok()).unwrap_or(0);
    let count = Kind::ALL.len();
    let to = match event.key().as_str() {
        "ArrowDown" => (at + 1) % count,
        "ArrowUp" => (at + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        letter => match beginning_with(letter, at) {
            Some(to) => to,
            None => return,
        },
    };
    event.prevent_default();
    browser::focus(&dom(to));
}

/// The next kind after `at` whose name begins with the letter. After the last comes the first.
fn beginning_with(letter: &str, at: usize) -> Option<usize> {
    let mut letters = letter.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else { return None };
    let count = Kind::ALL.len();
    (1..=count)
        .map(|step| (at + step) % count)
        .find(|n| Kind::ALL[*n].label().chars().next().is_some_and(|first| first.eq_ignore_ascii_case(&letter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_leads_to_the_next_kind_that_begins_with_it() {
        let at = |word: &str| Kind::ALL.into_iter().position(|kind| kind.label() == word).expect("a kind");
        assert_eq!(beginning_with("q", 0), Some(at("Question")));
        assert_eq!(beginning_with("H", 0), Some(at("HTTP request")));
        assert_eq!(beginning_with("h", at("HTTP request")), Some(at("Human Handoff")));
        assert_eq!(beginning_with("c", at("Close")), Some(at("Condition")));
        assert_eq!(beginning_with("x", 0), None);
        assert_eq!(beginning_with("Enter", 0), None);
    }
}
