//! A photo of the thread over the whole page, with the others of the thread before and after it.

use leptos::{ev, prelude::*};

use super::{
    bubble::author_words,
    media::{AttachmentKind, KeptFile},
    state::ThreadState,
};
use crate::{
    domain::{
        desk::{Item, ItemBody},
        message::{Content, File},
        time::Timestamp,
    },
    ui::{components::icon::Icon, format::TimeStyle, kit::Dialog, local_time::LocalTime},
};

#[derive(Clone, Debug, PartialEq, Eq)]
struct ShownPhoto {
    file: KeptFile,
    /// Who sent it; `None` for the customer.
    sender: Option<String>,
    at: Timestamp,
    caption: String,
}

/// Draws [`ThreadState::photo`].
#[component]
pub fn Lightbox() -> impl IntoView {
    let open = ThreadState::expect();
    let is_open = Signal::derive(move || open.photo.with(Option::is_some));
    let photos = Memo::new(move |_| if is_open.get() { photos(&open) } else { Vec::new() });
    let place = Memo::new(move |_| {
        let url = open.photo.get()?;
        photos.with(|photos| photos.iter().position(|photo| photo.file.url == url))
    });
    let step = Callback::new(move |way: Step| {
        let target = place.get_untracked().and_then(|place| match way {
            Step::Back => place.checked_sub(1),
            Step::Forward => place.checked_add(1),
        });
        let url =
            target.and_then(|target| photos.with_untracked(|all| all.get(target).map(|one| one.file.url.clone())));
        if url.is_some() {
            open.photo.set(url);
        }
    });
    Effect::new(move |_| {
        let pressed = window_event_listener(ev::keydown, move |event| {
            let has_modifier = event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key();
            if has_modifier || !is_open.get_untracked() {
                return;
            }
            match event.key().as_str() {
                "ArrowLeft" => step.run(Step::Back),
                "ArrowRight" => step.run(Step::Forward),
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || pressed.remove());
    });
    view! {
        <Dialog
            id="lightbox"
            class="lightbox"
            labelled_by="lightbox-title"
            is_open
            // The browser gives the focus back to the photo that opened it.
            close=move |()| open.photo.set(None)
        >
            {move || {
                let place = place.get()?;
                let (count, photo) = photos.with(|photos| (photos.len(), photos.get(place).cloned()));
                let photo = photo?;
                Some(view! { <Large photo place count step/> })
            }}
        </Dialog>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Back,
    Forward,
}

#[component]
fn Large(photo: ShownPhoto, place: usize, count: usize, step: Callback<Step>) -> impl IntoView {
    let open = ThreadState::expect();
    let ShownPhoto { file, sender, at, caption } = photo;
    let sender = sender.unwrap_or_else(|| open.row.with_untracked(|row| row.name.clone()));
    let alt = if caption.is_empty() { format!("Photo from {sender}") } else { caption.clone() };
    let save_as = file.save_as();
    view! {
        <header>
            <h2 id="lightbox-title">
                {format!("Photo {} of {count}", place + 1)} <small><bdi>{sender}</bdi> ", " <LocalTime at style=TimeStyle::Full/></small>
            </h2>
            <a class="btn" href=file.url.clone() download=save_as>
                <Icon name="download"/>
                "Save"
            </a>
            <button type="button" class="btn" autofocus=true on:click=move |_| open.photo.set(None)>
                <Icon name="x"/>
                "Close"
            </button>
        </header>
        <div class="stage">
            <img src=file.url alt=alt/>
            <StepButton step way=Step::Back place count/>
            <StepButton step way=Step::Forward place count/>
        </div>
        {(!caption.is_empty()).then(|| view! { <p dir="auto">{caption}</p> })}
    }
}

/// An arrow beside the photo. Not disabled at the ends, because a disabled button loses the focus.
#[component]
fn StepButton(step: Callback<Step>, way: Step, place: usize, count: usize) -> impl IntoView {
    let (icon, label, class, is_last) = match way {
        Step::Back => ("left", "Previous photo", "btn icon back", place == 0),
        Step::Forward => ("right", "Next photo", "btn icon forward", place + 1 == count),
    };
    view! {
        <button
            type="button"
            class=class
            aria-label=label
            title=label
            aria-disabled=is_last.to_string()
            on:click=move |_| step.run(way)
        >
            <Icon name=icon/>
        </button>
    }
}

/// The photos of the thread that are stored, oldest first. Tracks.
fn photos(open: &ThreadState) -> Vec<ShownPhoto> {
    let me = open.me();
    let shown = |item: &Item| {
        let ItemBody::Message(message) = &item.body else { return None };
        let Content::Image { media } = &message.content else { return None };
        let Some(File::Kept { url, mime, size }) = message.file.clone() else { return None };
        let kind = AttachmentKind::Photo;
        let sender = author_words(&message.author, message.author_name.as_deref(), &me);
        let caption = media.caption.as_deref().unwrap_or_default().trim().to_owned();
        let photo = ShownPhoto { file: KeptFile { kind, url, mime, size }, sender, at: item.at, caption };
        kind.shows(&photo.file.mime).then_some(photo)
    };
    open.slots.with(|slots| slots.iter().filter_map(|slot| slot.item.with(shown)).collect())
}
