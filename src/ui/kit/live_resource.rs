//! A page's data, kept up to date: one blocking read for the first render, and a re-read in the background whenever
//! settings changed. Old values stay on the screen until the new ones arrive.
//!
//! `let refresh = RefreshTrigger::watch(AppState::expect());` first, so that no change is missed; then
//! `{live_resource(refresh, read_team, move |members| view! { <TeamTable members/> })}` where `members` is a signal
//! that later reads update. `live_resource_by` reads by a key, such as the id in the page's address.

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    contract::{ApiError, Result},
    ui::{
        components::icon::Icon,
        snapshot::{LayoutSnapshot, snapshot},
        state::{AppState, Connection},
    },
};

/// Counts the reasons to read again. Made by the page before its first read, so that a change which arrives during
/// that read is not missed.
#[derive(Clone, Copy)]
pub struct RefreshTrigger(RwSignal<u64>);

impl RefreshTrigger {
    /// Counts what the page marks itself, and nothing else.
    pub fn by_hand() -> Self {
        Self(RwSignal::new(0))
    }

    /// Counts changed settings, resets of the live stream, and the return of a lost connection.
    pub fn watch(app: AppState) -> Self {
        let refresh = Self::by_hand();
        app.on_changes(move |changes| {
            if changes.configured {
                refresh.mark();
            }
        });
        Effect::watch(move || app.refresh.get(), move |_, _, _| refresh.mark(), false);
        Effect::watch(
            move || app.connection.get(),
            move |now, before, _| {
                if *now == Connection::Live && before == Some(&Connection::Lost) {
                    refresh.mark();
                }
            },
            false,
        );
        refresh
    }

    /// Asks for a re-read, because the values may be old.
    pub fn mark(self) {
        self.0.try_update(|count| *count += 1);
    }

    /// How often it was marked. Tracks.
    pub fn count(self) -> u64 {
        self.0.get()
    }
}

/// Reads, and draws with a signal that later reads update. See [`live_resource_by`].
pub fn live_resource<T, Fut, V>(
    refresh: RefreshTrigger,
    fetch: impl Fn() -> Fut + Copy + Send + Sync + 'static,
    draw: impl Fn(RwSignal<T>) -> V + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
    V: IntoAny + 'static,
{
    live_resource_by(refresh, Signal::stored(()), move |()| fetch(), draw)
}

/// Reads by `source`, and draws with a signal that later reads of the same `source` update.
///
/// `draw` runs once per value of `source`, not once per read: fields keep their focus and their typed text.
pub fn live_resource_by<S, T, Fut, V>(
    refresh: RefreshTrigger,
    source: Signal<S>,
    fetch: impl Fn(S) -> Fut + Copy + Send + Sync + 'static,
    draw: impl Fn(RwSignal<T>) -> V + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    S: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
    V: IntoAny + 'static,
{
    let app = AppState::expect();
    let ready = use_context::<LayoutSnapshot>();
    let resource = snapshot(
        move || source.get(),
        move |key| async move {
            // The layout's cursor must be older than this snapshot, or a change between the two would be missed.
            if let Some(ready) = ready
                && let Err(error) = ready.0.await
            {
                return Err(error);
            }
            fetch(key).await
        },
    );
    view! {
        <Transition fallback=Skeleton>
            {move || Suspend::new(async move {
                match resource.await {
                    Ok(value) => {
                        let data = RwSignal::new(value);
                        keep_fresh(app, refresh, data, source, fetch);
                        draw(data).into_any()
                    }
                    Err(error) => {
                        let retry = Callback::new(move |()| resource.refetch());
                        view! { <ReadError error retry/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

/// Reads again whenever `refresh` was marked: one read at a time, and one more if it was marked meanwhile.
fn keep_fresh<S, T, Fut>(
    app: AppState,
    refresh: RefreshTrigger,
    data: RwSignal<T>,
    source: Signal<S>,
    fetch: impl Fn(S) -> Fut + Copy + Send + Sync + 'static,
) where
    S: Clone + Send + Sync + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let reading = StoredValue::new(false);
    Effect::new(move |_| {
        if refresh.count() == 0 || reading.get_value() {
            return;
        }
        reading.set_value(true);
        spawn_local(async move {
            // The page may be left at any await. Then the `try_` reads return `None`.
            while let (Some(wanted), Some(key)) = (refresh.0.try_get_untracked(), source.try_get_untracked()) {
                match fetch(key).await {
                    Ok(value) => {
                        data.try_maybe_update(|known| {
                            let differs = *known != value;
                            *known = value;
                            (differs, ())
                        });
                    }
                    // The banner shows it, and the page is read again when the connection is back.
                    Err(ApiError::Offline) => {}
                    Err(error) => app.show_error(&error),
                }
                if refresh.0.try_get_untracked() == Some(wanted) {
                    break;
                }
            }
            reading.try_set_value(false);
        });
    });
}

/// The error of a page that could not be read, with a button to try again.
#[component]
fn ReadError(error: ApiError, retry: Callback<()>) -> impl IntoView {
    view! {
        <div class="fault" role="alert">
            <Icon name="alert"/>
            <p>{error.to_string()}</p>
            <button class="btn" type="button" on:click=move |_| retry.run(())>"Try again"</button>
        </div>
    }
}

/// The skeleton of a page, while it loads.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="card pad" aria-busy="true" aria-label="Loading">
            <span class="bone w3"></span>
            <span class="bone w4"></span>
            <span class="bone w2"></span>
            <span class="bone w4"></span>
        </div>
    }
}
