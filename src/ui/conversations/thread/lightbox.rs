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
        formatting::without_marks,
        message::{Content, File},
        time::Timestamp,
    },
    ui::{
        browser::has_modifier,
        components::icon::Icon,
        format::TimeStyle,
        kit::{Dialog, FormattedText},
        local_time::LocalTime,
    },
};

#[derive(Clone, Debug, PartialEq, Eq)]
struct ShownPhoto {
    file: KeptFile,
    /// Who sent it; `None` for the customer.
    sender: Option<String>,
    at: Timestamp,
    caption: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Back,
    Forward,
}

/// The photos of the thread while one is shown, and which one that is. Cheap to copy.
#[derive(Clone, Copy)]
struct Shown {
    open: ThreadState,
    photos: Memo<Vec<ShownPhoto>>,
    place: Memo<Option<usize>>,
}

impl Shown {
    fn new(open: ThreadState) -> Self {
        let photos = Memo::new(move |_| if open.photo.with(Option::is_some) { photos(&open) } else { Vec::new() });
        let place = Memo::new(move |_| {
            let url = open.photo.get()?;
            photos.with(|photos| photos.iter().position(|photo| photo.file.url == url))
        });
        Self { open, photos, place }
    }

    fn is_open(self) -> bool {
        self.open.photo.with_untracked(Option::is_some)
    }

    fn close(self) {
        self.open.photo.set(None);
    }

    /// What `read` takes of the photo that is shown. Tracks.
    fn with<T>(self, read: impl FnOnce(&ShownPhoto) -> T) -> Option<T> {
        let place = self.place.get()?;
        self.photos.with(|photos| photos.get(place).map(read))
    }

    /// The number of photos. Tracks.
    fn count(self) -> usize {
        self.photos.with(Vec::len)
    }

    /// The place that a step leads to. Tracks.
    fn beside(self, step: Step) -> Option<usize> {
        let place = self.place.get()?;
        let beside = match step {
            Step::Back => place.checked_sub(1)?,
            Step::Forward => place + 1,
        };
        (beside < self.count()).then_some(beside)
    }

    fn go(self, step: Step) {
        let url = untrack(|| {
            let place = self.beside(step)?;
            self.photos.with(|photos| photos.get(place).map(|photo| photo.file.url.clone()))
        });
        if url.is_some() {
            self.open.photo.set(url);
        }
    }
}

/// Draws [`ThreadState::photo`].
#[component]
pub fn Lightbox() -> impl IntoView {
    let open = ThreadState::expect();
    let shown = Shown::new(open);
    Effect::new(move |_| {
        let pressed = window_event_listener(ev::keydown, move |event| {
            if has_modifier(&event) || !shown.is_open() {
                return;
            }
            match event.key().as_str() {
                "ArrowLeft" => shown.go(Step::Back),
                "ArrowRight" => shown.go(Step::Forward),
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
            is_open=Signal::derive(move || open.photo.with(Option::is_some))
            // The browser gives the focus back to the photo that opened it.
            close=move |()| shown.close()
        >
            <Large shown/>
        </Dialog>
    }
}

/// The photo and its buttons. A step changes what they say, and leaves them and the focus where they are.
#[component]
fn Large(shown: Shown) -> impl IntoView {
    let sender = move || {
        let sender = shown.with(|photo| photo.sender.clone()).flatten();
        sender.unwrap_or_else(|| shown.open.row.with(|row| row.name.clone()))
    };
    let alt = move || match shown.with(|photo| without_marks(&photo.caption)) {
        Some(caption) if !caption.is_empty() => caption,
        Some(_) | None => format!("Photo from {}", sender()),
    };
    let number = move || shown.place.get().map(|place| format!("Photo {} of {}", place + 1, shown.count()));
    let url = Memo::new(move |_| shown.with(|photo| photo.file.url.clone()));
    // The address of a photo that the browser has failed to show.
    let failed = RwSignal::new(None::<String>);
    let has_failed = Memo::new(move |_| failed.with(Option::is_some) && failed.get() == url.get());
    view! {
        <header>
            <h2 id="lightbox-title">
                {number} " "
                <small>
                    <bdi>{sender}</bdi> ", "
                    {move || shown.with(|photo| photo.at).map(|at| view! { <LocalTime at style=TimeStyle::Full/> })}
                </small>
            </h2>
            <a
                class="btn"
                href=move || url.get()
                download=move || shown.with(|photo| photo.file.save_as())
            >
                <Icon name="download"/>
                "Save"
            </a>
            <button type="button" class="btn" autofocus=true on:click=move |_| shown.close()>
                <Icon name="x"/>
                "Close"
            </button>
        </header>
        <div class="stage">
            <img
                src=move || url.get()
                alt=alt
                hidden=move || has_failed.get()
                on:error=move |_| failed.set(url.get_untracked())
            />
            <p role="status" hidden=move || !has_failed.get()>
                {move || has_failed.get().then_some("Your browser can't show this photo. Save it to open it elsewhere.")}
            </p>
            <StepButton shown step=Step::Back/>
            <StepButton shown step=Step::Forward/>
        </div>
        {move || {
            let caption = shown.with(|photo| photo.caption.clone()).filter(|caption| !caption.is_empty());
            caption
                .map(|body| {
                    view! {
                        <p dir="auto">
                            <FormattedText body/>
                        </p>
                    }
                })
        }}
    }
}

/// An arrow beside the photo. Not disabled at the ends, because a disabled button loses the focus.
#[component]
fn StepButton(shown: Shown, step: Step) -> impl IntoView {
    let (icon, label, class) = match step {
        Step::Back => ("left", "Previous photo", "btn icon back"),
        Step::Forward => ("right", "Next photo", "btn icon forward"),
    };
    view! {
        <button
            type="button"
            class=class
            aria-label=label
            title=label
            aria-disabled=move || shown.beside(step).is_none().to_string()
            on:click=move |_| shown.go(step)
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
