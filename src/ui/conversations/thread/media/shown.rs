//! What the browser plays or shows itself. What it cannot is offered for saving instead.
//!
//! The browser is asked by letting it try: its answer by type (`canPlayType`) misses types that it plays, such as
//! `audio/m4a`, and knows nothing of pictures.

use leptos::{ev::MouseEvent, html, prelude::*, web_sys::HtmlMediaElement};

use super::{super::state::ThreadState, KeptFile, length, type_word, unplayable, waveform::VoicePlayer};
use crate::ui::{
    browser::opens_elsewhere,
    components::icon::Icon,
    state::{AppState, Connection},
};

/// Whether the browser failed to play or show a file.
#[derive(Clone, Copy)]
struct Attempt {
    failed: RwSignal<bool>,
    /// The address of the sound in another container, until that is tried.
    copy: StoredValue<Option<String>>,
    /// What is tried instead of the file's own address.
    instead: RwSignal<Option<String>>,
}

impl Attempt {
    /// A file that could not be loaded without a connection is tried again when there is one.
    fn new() -> Self {
        let failed = RwSignal::new(false);
        let connection = AppState::expect().connection;
        Effect::new(move |before: Option<Connection>| {
            let now = connection.get();
            if before == Some(Connection::Lost) && now == Connection::Live {
                failed.set(false);
            }
            now
        });
        Self { failed, copy: StoredValue::new(None), instead: RwSignal::new(None) }
    }

    /// Of a sound. Browsers that do not play Ogg are given the same sound as WebM.
    fn of_sound(file: &KeptFile) -> Self {
        let attempt = Self::new();
        if matches!(file.mime.as_str(), "audio/ogg" | "audio/opus") {
            attempt.copy.set_value(Some(format!("{}?as=webm", file.url)));
        }
        attempt
    }

    fn fail(self) {
        match self.copy.try_update_value(Option::take).flatten() {
            Some(copy) => self.instead.set(Some(copy)),
            None => self.failed.set(true),
        }
    }

    /// The address to play. Tracks.
    fn address(self, url: &str) -> String {
        self.instead.get().unwrap_or_else(|| url.to_owned())
    }

    /// Fails if the browser has given up. It may have done so before the page listened to its events.
    fn fail_if_given_up(self, player: &HtmlMediaElement) {
        // A player that has not begun to load has no source either, for several frames if the browser is busy. It has
        // no current source yet.
        if player.network_state() == HtmlMediaElement::NETWORK_NO_SOURCE && !player.current_src().is_empty() {
            self.fail();
        }
    }

    /// `player` while the browser may succeed, else the file to save.
    fn view(self, file: KeptFile, player: impl Fn() -> AnyView + Send + 'static) -> impl IntoView {
        move || if self.failed.get() { unplayable(&file) } else { player() }
    }
}

#[component]
pub fn Video(file: KeptFile) -> impl IntoView {
    let attempt = Attempt::new();
    let node = NodeRef::<html::Video>::new();
    // A picture that cannot be decoded is no error for the browser if it can play the sound.
    let check = move || {
        // The browser may tell it after the conversation was left.
        if let Some(video) = node.try_get_untracked().flatten()
            && video.video_width() == 0
        {
            attempt.fail();
        }
    };
    Effect::new(move |_| {
        if let Some(video) = node.get() {
            if video.ready_state() > 0 {
                check();
            }
            attempt.fail_if_given_up(&video);
        }
    });
    let (url, label) = (file.url.clone(), format!("Video, {}", length(file.size)));
    attempt.view(file, move || {
        view! {
            <figure class="media">
                <video
                    node_ref=node
                    controls
                    preload="metadata"
                    src=url.clone()
                    aria-label=label.clone()
                    on:loadedmetadata=move |_| check()
                    on:error=move |_| attempt.fail()
                ></video>
            </figure>
        }
        .into_any()
    })
}

/// How fast a voice message is played: the rate and its label.
const SPEEDS: [(f64, &str); 3] = [(1.0, "1×"), (1.5, "1.5×"), (2.0, "2×")];

#[component]
pub fn Voice(file: KeptFile) -> impl IntoView {
    let attempt = Attempt::of_sound(&file);
    let node = NodeRef::<html::Audio>::new();
    watch_audio(attempt, node);
    let speed = RwSignal::new(0_usize);
    let label = move || SPEEDS.get(speed.get()).map_or("1×", |(_, label)| *label);
    let faster = move |_| {
        let next = (speed.get_untracked() + 1) % SPEEDS.len();
        speed.set(next);
        if let (Some(player), Some((rate, _))) = (node.get_untracked(), SPEEDS.get(next)) {
            player.set_default_playback_rate(*rate);
            player.set_playback_rate(*rate);
        }
    };
    let (url, size) = (file.url.clone(), file.size);
    attempt.view(file, move || {
        let url = url.clone();
        let player = {
            let url = url.clone();
            VoicePlayer::new(node, size, move || attempt.address(&url))
        };
        view! {
            <div class="media voice">
                <Icon name="mic"/>
                <audio
                    node_ref=node
                    controls=move || !player.is_drawn()
                    preload="metadata"
                    src=move || attempt.address(&url)
                    aria-label="Voice message"
                    on:error=move |_| attempt.fail()
                    on:play=move |event| player.heard(&event_target(&event))
                    on:pause=move |event| player.heard(&event_target(&event))
                    on:timeupdate=move |event| player.heard(&event_target(&event))
                    on:ended=move |event| player.ended(&event_target(&event))
                ></audio>
                {player.view()}
                <button
                    type="button"
                    class="btn ghost speed"
                    title="Playback speed"
                    aria-label=move || format!("Playback speed {}", label())
                    on:click=faster
                >
                    {label}
                </button>
            </div>
        }
        .into_any()
    })
}

/// Music and other sound that was not spoken into the chat.
#[component]
pub fn Sound(file: KeptFile) -> impl IntoView {
    let attempt = Attempt::of_sound(&file);
    let node = NodeRef::<html::Audio>::new();
    watch_audio(attempt, node);
    let (url, save_as) = (file.url.clone(), file.save_as());
    let facts = format!("{} · {} · download", type_word(&file.mime), length(file.size));
    attempt.view(file, move || {
        let address = url.clone();
        view! {
            <div class="media sound">
                <a class="file" href=url.clone() download=save_as.clone()>
                    <Icon name="music"/>
                    <span>
                        <b>"Audio"</b>
                        <small>{facts.clone()}</small>
                    </span>
                </a>
                <audio
                    node_ref=node
                    controls
                    preload="metadata"
                    src=move || attempt.address(&address)
                    aria-label="Audio"
                    on:error=move |_| attempt.fail()
                ></audio>
            </div>
        }
        .into_any()
    })
}

fn watch_audio(attempt: Attempt, node: NodeRef<html::Audio>) {
    Effect::new(move |_| {
        if let Some(audio) = node.get() {
            attempt.fail_if_given_up(&audio);
        }
    });
}

/// A picture that the browser tries to show. Cheap to copy.
#[derive(Clone, Copy)]
struct Picture {
    attempt: Attempt,
    node: NodeRef<html::Img>,
}

impl Picture {
    fn new() -> Self {
        let picture = Self { attempt: Attempt::new(), node: NodeRef::new() };
        Effect::new(move |_| {
            if picture.node.get().is_some_and(|node| node.complete() && node.natural_width() == 0) {
                picture.attempt.fail();
            }
        });
        picture
    }

    fn image(self, url: String, alt: &'static str) -> impl IntoView {
        let Self { attempt, node } = self;
        view! {
            <img
                node_ref=node
                loading="lazy"
                decoding="async"
                alt=alt
                src=url
                on:error=move |_| attempt.fail()
            />
        }
    }
}

#[component]
pub fn Sticker(file: KeptFile) -> impl IntoView {
    let picture = Picture::new();
    let url = file.url.clone();
    picture.attempt.view(file, move || {
        view! { <div class="media sticker">{picture.image(url.clone(), "Sticker")}</div> }.into_any()
    })
}

/// A photo, which opens large over the page. With a modifier, or before the page is hydrated, it opens as a link does.
#[component]
pub fn Photo(file: KeptFile) -> impl IntoView {
    let open = ThreadState::expect();
    let picture = Picture::new();
    let url = file.url.clone();
    picture.attempt.view(file, move || {
        let shown = url.clone();
        let press = move |event: MouseEvent| {
            if !opens_elsewhere(&event) {
                event.prevent_default();
                open.photo.set(Some(shown.clone()));
            }
        };
        view! {
            <figure class="media">
                <a
                    href=url.clone()
                    target="_blank"
                    rel="noopener"
                    aria-label="Open photo"
                    aria-haspopup="dialog"
                    on:click=press
                >
                    {picture.image(url.clone(), "")}
                </a>
            </figure>
        }
        .into_any()
    })
}
