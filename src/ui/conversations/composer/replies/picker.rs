//! The list of saved replies over the field: what is found for the typed text, and the chosen reply as the customer would read
//! it. The focus stays in the field, whose keys are in `replies/mod.rs`. It draws a part of what is found, which grows as
//! somebody goes down.

use leptos::{ev, prelude::*};

use super::{LIST, PickerCode, ReplyPicker, element_id, has_variables, nothing_found};
use crate::{
    api::saved_reply::saved_reply_fill,
    domain::{
        saved_reply::{
            ReplyScope, SavedReply,
            search::{ListedReply, find_replies},
        },
        text::{clip, folded_decomposed, one_line},
    },
    ui::{
        browser::{self, Motion, scroll_to},
        components::{file_count::FileCount, icon::Icon},
        kit::debounced_query,
    },
};

/// How many options are drawn at first, and how many more at the end of them: twice what is seen at once. Each costs a slow
/// computer milliseconds.
const STEP: usize = 16;
/// How much of a text an option shows, in characters.
const EXCERPT: usize = 120;

pub const CODE: PickerCode = PickerCode { draw, find };

fn find(typed: &str, customer_language: Option<&str>, replies: &[ListedReply]) -> Vec<usize> {
    find_replies(&folded_decomposed(&browser::decomposed(typed)), customer_language, replies)
}

fn draw(picker: ReplyPicker) -> AnyView {
    view! { <PickerList picker/> }.into_any()
}

#[component]
fn PickerList(picker: ReplyPicker) -> impl IntoView {
    let ReplyPicker { memory, found, active, .. } = picker;
    let drawn = RwSignal::new(STEP);
    let typed = Memo::new(move |_| picker.search.with(|search| search.as_ref().map(|search| search.typed.clone())));
    Effect::new(move |_| {
        typed.track();
        drawn.set(STEP);
    });
    Effect::new(move |_| {
        if picker.chosen.get() >= drawn.get() {
            drawn.set(picker.chosen.get_untracked() + STEP);
        }
    });
    Effect::new(move |_| {
        drawn.track();
        let element = active.with(|active| active.as_ref().map(|active| element_id(&active.id)));
        // The options are drawn by then.
        request_animation_frame(move || {
            if let Some(element) = element {
                scroll_to(&element, Motion::Instant);
            }
        });
    });
    let rows = Memo::new(move |_| {
        let places: Vec<usize> = found.with(|found| found.iter().flatten().take(drawn.get()).copied().collect());
        places.into_iter().filter_map(|place| memory.reply(place)).collect::<Vec<SavedReply>>()
    });
    // More come when the last ones are nearly on the screen.
    let scrolled = move |_| {
        let all = found.with_untracked(|found| found.as_ref().map_or(0, Vec::len));
        if drawn.get_untracked() < all && browser::from_end(LIST).is_some_and(|left| left < 200) {
            drawn.update(|drawn| *drawn += STEP);
        }
    };
    let has_rows = Memo::new(move |_| rows.with(|rows| !rows.is_empty()));
    view! {
        // The focus stays in the field.
        <div class="menu replies" on:mousedown=|event: ev::MouseEvent| event.prevent_default()>
            <div id=LIST class="found" role="listbox" aria-label="Saved replies" hidden=move || !has_rows.get() on:scroll=scrolled>
                <For each=move || rows.get() key=|reply| (reply.id.clone(), reply.revision) let:reply>
                    <ReplyOption picker reply/>
                </For>
            </div>
            <ReplyPreview picker/>
            <p class="hint">
                <span role="status">
                    {move || status_words(
                        &typed.get().unwrap_or_default(),
                        found.with(|found| found.as_ref().map(Vec::len)),
                        memory.with(<[ListedReply]>::len),
                        memory.failure.get(),
                    )}
                </span>
                " "
                <a href="/saved-replies">"Manage saved replies"</a>
            </p>
        </div>
    }
}

/// What is said below the list, and to screen readers.
fn status_words(typed: &str, found: Option<usize>, all: Option<usize>, failure: Option<String>) -> String {
    match (found, all) {
        (_, None) => failure.unwrap_or_else(|| "Loading saved replies…".to_owned()),
        (_, Some(0)) => "No saved replies yet. Add the ones you use often.".to_owned(),
        (Some(0), Some(_)) => nothing_found(typed),
        (Some(1), Some(_)) => "1 reply. Enter inserts it.".to_owned(),
        (Some(found), Some(_)) => format!("{found} replies. Enter inserts the selected one."),
        (None, Some(_)) => String::new(),
    }
}

#[component]
fn ReplyOption(picker: ReplyPicker, reply: SavedReply) -> impl IntoView {
    let id = reply.id.clone();
    let element = element_id(&id);
    let is_active =
        Memo::new(move |_| picker.active.with(|active| active.as_ref().is_some_and(|active| active.id == id)));
    let excerpt = clip(&one_line(&reply.saved.text), EXCERPT);
    let name = reply.saved.name.clone();
    let tags =
        reply.saved.tags.iter().map(|tag| view! { <span class="tag n" dir="auto">{tag.clone()}</span> }).collect_view();
    let files = reply.saved.files.clone();
    let own = (reply.saved.scope == ReplyScope::Me).then(|| {
        view! {
            <span class="own" title="Only you see it">
                <Icon name="lock" class="xs"/>
                <span class="visually-hidden">"Only you see it"</span>
            </span>
        }
    });
    let press = move |_| {
        let search = picker.search.get_untracked();
        if let Some(search) = search {
            picker.choose(search, reply.clone());
        }
    };
    view! {
        <div
            class="option"
            role="option"
            id=element
            aria-selected=move || is_active.get().to_string()
            on:click=press
        >
            <span class="words">
                <b dir="auto">{name}</b>
                <small dir="auto">{excerpt}</small>
            </span>
            <FileCount files/>
            {own}
            {tags}
        </div>
    }
}

/// The chosen reply with the customer's values.
#[component]
fn ReplyPreview(picker: ReplyPicker) -> impl IntoView {
    let open = picker.open;
    let active = picker.active;
    let question = Signal::derive(move || {
        active.with(|active| {
            let active = active.as_ref().filter(|active| has_variables(&active.saved.text))?;
            Some(active.id.clone())
        })
    });
    let answer = debounced_query(question, move |id| saved_reply_fill(id, open.id()));
    Effect::new(move |_| {
        if let Some((id, Ok(text))) = answer.get() {
            picker.filled.set(Some((id, text)));
        }
    });
    let text = Memo::new(move |_| {
        let reply = active.get()?;
        let filled = picker.filled.get().filter(|(id, _)| *id == reply.id).map(|(_, text)| text);
        Some(filled.unwrap_or(reply.saved.text))
    });
    view! {
        <p class="preview" dir="auto" hidden=move || text.with(Option::is_none)>
            {move || text.get()}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_says_what_was_found_or_why_nothing_was() {
        assert_eq!(status_words("", None, None, None), "Loading saved replies…");
        assert_eq!(status_words("", None, None, Some("Offline.".to_owned())), "Offline.");
        assert!(status_words("", Some(0), Some(0), None).starts_with("No saved replies yet."));
        assert!(status_words("hi", Some(0), Some(9), None).contains("matches “hi”"));
        assert_eq!(status_words("hi", Some(1), Some(9), None), "1 reply. Enter inserts it.");
        assert!(status_words("hi", Some(2), Some(9), None).starts_with("2 replies."));
    }
}
