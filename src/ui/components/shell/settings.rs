//! The viewer's own settings: sound, theme, density, away; and the account menu.

use leptos::{ev, html, prelude::*, server_fn::ServerFn};

use super::{
    alert_settings::AlertSettings,
    leave::{Leave, Leaving},
};
use crate::{
    api::session::{SignOut, set_away, set_compact_list, set_muted, set_send_delay, set_typing_keys, set_undo_time},
    contract::session::Viewer,
    domain::{conversation::UNDO_SECONDS, scheduled::SEND_DELAYS},
    ui::{
        browser,
        components::{avatar::initials, icon::Icon},
        kit::{Select, SelectOption, SwitchField, close_from_outside, send_optimistic},
        render_environment::{RenderEnvironment, THEME, Theme},
        state::{AppState, Connection, MUTED},
    },
};

/// Changes one setting of the viewer at once, and back if the server refuses the call. Others that were changed
/// meanwhile stay.
pub(super) fn change<T, Fut>(app: AppState, set: impl Fn(&mut Viewer, T) + 'static, before: T, now: T, call: Fut)
where
    T: 'static,
    Fut: Future<Output = crate::contract::Result<()>> + 'static,
{
    app.viewer.update(|viewer| set(viewer, now));
    send_optimistic(app, call, move || app.viewer.update(|viewer| set(viewer, before)));
}

/// Makes other tabs read the viewer's settings again.
pub(super) fn tell_other_tabs() {
    // A random value, because writing the same value again fires no `storage` event.
    browser::local_set(MUTED, &browser::random_id());
}

#[component]
pub fn SoundToggle() -> impl IntoView {
    let app = AppState::expect();
    let muted = Memo::new(move |_| app.viewer.with(|viewer| viewer.muted));
    let label = move || if muted.get() { "Sound is off" } else { "Sound is on" };
    let toggle = move |_| {
        let muted = !muted.get_untracked();
        change(app, |viewer, muted| viewer.muted = muted, !muted, muted, async move {
            set_muted(muted).await?;
            tell_other_tabs();
            Ok(())
        });
        if !muted {
            // Plays the sound as an example. Browsers also want a click before a page may play sounds.
            let _forbidden = browser::play_chime();
        }
    };
    view! {
        <button type="button" aria-label=label title=label on:click=toggle>
            <Icon name=Signal::derive(move || if muted.get() { "mute" } else { "sound" }) />
        </button>
    }
}

#[component]
pub fn ThemeToggle() -> impl IntoView {
    let theme = RwSignal::new(use_context::<RenderEnvironment>().unwrap_or_default().theme);
    let label = move || match theme.get() {
        Theme::System => "Theme: system",
        Theme::Light => "Theme: light",
        Theme::Dark => "Theme: dark",
    };
    let icon = move || match theme.get() {
        Theme::System => "theme",
        Theme::Light => "sun",
        Theme::Dark => "moon",
    };
    let toggle = move |_| {
        theme.update(|theme| *theme = theme.next());
        let theme = theme.get_untracked();
        browser::set_cookie(THEME, theme.as_str());
        browser::set_theme(theme.attribute());
    };
    view! {
        <button type="button" aria-label=label title=label on:click=toggle>
            <Icon name=Signal::derive(icon) />
        </button>
    }
}

/// Comes back from being away.
pub fn go_online(app: AppState) {
    change(app, |viewer, away| viewer.away = away, true, false, set_away(false));
}

/// Goes away, after the question where there is one, or comes back.
pub(super) fn toggle_away(app: AppState, leave: Leave) {
    if app.viewer.with_untracked(|viewer| viewer.away) {
        go_online(app);
    } else {
        leave.leave(Leaving::Away);
    }
}

/// Whether handoffs reach the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Online,
    Away,
    /// Handoffs cannot reach this page, whatever the viewer has set.
    Offline,
}

impl Reach {
    /// What the viewer has set.
    fn set_by(viewer: &Viewer) -> Self {
        if viewer.away { Self::Away } else { Self::Online }
    }

    /// What is left of it. While the first stream is being opened, nothing is known to be wrong.
    fn through(self, connection: Connection) -> Self {
        match connection {
            Connection::Opening | Connection::Live => self,
            Connection::Lost | Connection::SignedOut => Self::Offline,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Online => "Online",
            Self::Away => "Away",
            Self::Offline => "Offline",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Online => "Online – you get handoffs. Click to go away.",
            Self::Away => "Away – no handoffs. Click to go online.",
            Self::Offline => "No connection – handoffs don't reach you.",
        }
    }

    fn classes(self) -> (&'static str, &'static str) {
        match self {
            Self::Online => ("availability", "presence"),
            Self::Away => ("availability away", "presence away"),
            Self::Offline => ("availability offline", "presence offline"),
        }
    }
}

/// Says whether the viewer is online or away, or has no connection, by a shape and a word. A press goes away or online;
/// without a connection there is nobody to tell.
#[component]
pub fn AwayToggle() -> impl IntoView {
    let app = AppState::expect();
    let reach = Memo::new(move |_| app.viewer.with(Reach::set_by).through(app.connection.get()));
    let leave = Leave::expect();
    let toggle = move |_| {
        if reach.get_untracked() != Reach::Offline {
            toggle_away(app, leave);
        }
    };
    view! {
        // Not `disabled`, because a disabled button loses the focus.
        <button
            type="button"
            class=move || reach.get().classes().0
            aria-disabled=move || (reach.get() == Reach::Offline).to_string()
            title=move || reach.get().title()
            on:click=toggle
        >
            <span class=move || reach.get().classes().1></span>
            {move || reach.get().word()}
        </button>
    }
}

/// The viewer's avatar with their presence, and the account menu.
#[component]
pub fn Me() -> impl IntoView {
    let app = AppState::expect();
    let viewer = app.viewer;
    let presence = Memo::new(move |_| {
        let connection = app.connection.get();
        match viewer.with(Reach::set_by).through(connection) {
            Reach::Away => ("av s away", "away"),
            // Not before the stream is open.
            Reach::Online if connection == Connection::Live => ("av s on-line", "online"),
            Reach::Online | Reach::Offline => ("av s", "offline"),
        }
    });
    let title = move || viewer.with(|viewer| format!("{}, {}", viewer.name, presence.get().1));
    // A plain form works before hydration. Leptos's `ActionForm` would add code that reads fields, of which there are
    // none.
    let leave = Leave::expect();
    let sign_out = move |event: ev::SubmitEvent| {
        event.prevent_default();
        leave.leave(Leaving::SignOut);
    };

    let menu = NodeRef::<html::Details>::new();
    close_from_outside(menu);
    let close = move |_| {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };

    view! {
        <details class="pop me" node_ref=menu>
            <summary class=move || presence.get().0 title=title>
                <span aria-hidden="true">{move || viewer.with(|viewer| initials(&viewer.name))}</span>
                <span class="visually-hidden">{title} ", account menu"</span>
            </summary>
            <div class="menu">
                <h3>
                    {move || viewer.with(|viewer| format!("{} · {}", viewer.name, viewer.role.as_str()))} <br />
                    {move || viewer.with(|viewer| viewer.email.clone())} <br />
                    {move || viewer.with(|viewer| viewer.tenant_name.clone())}
                </h3>
                <hr />
                <CompactSwitch />
                <hr />
                <KeyboardSettings />
                <hr />
                <AlertSettings />
                <hr />
                <a href="/saved-replies" on:click=close>
                    <Icon name="saved-reply" />
                    "Saved replies"
                </a>
                <a href="/account" on:click=close>
                    <Icon name="user" />
                    "Your account"
                </a>
                <form method="post" action=SignOut::url() on:submit=sign_out>
                    <button>
                        <Icon name="log-out" />
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
    }
}

/// How close the rows of the list stand.
#[component]
fn CompactSwitch() -> impl IntoView {
    let app = AppState::expect();
    let is_on = Signal::derive(move || app.viewer.with(|viewer| viewer.compact_list));
    let toggle = move |compact: bool| {
        change(app, |viewer, compact| viewer.compact_list = compact, !compact, compact, async move {
            set_compact_list(compact).await?;
            tell_other_tabs();
            Ok(())
        });
    };
    view! { <SwitchField label="Compact list" is_on toggle /> }
}

/// Single letters and type-to-reply, and the time in which a close can be undone.
#[component]
fn KeyboardSettings() -> impl IntoView {
    let app = AppState::expect();
    let viewer = app.viewer;
    let has_letters = Signal::derive(move || viewer.with(|viewer| viewer.typing_keys));
    let switch = move |on: bool| {
        change(app, |viewer, on| viewer.typing_keys = on, !on, on, async move {
            set_typing_keys(on).await?;
            tell_other_tabs();
            Ok(())
        });
    };
    let times: Vec<SelectOption> =
        UNDO_SECONDS.into_iter().map(|seconds| (seconds.to_string(), format!("{seconds} s"))).collect();
    let chosen = Signal::derive(move || viewer.with(|viewer| viewer.undo_seconds.to_string()));
    let choose = move |value: String| {
        let Ok(seconds) = value.parse::<i64>() else { return };
        let before = viewer.with_untracked(|viewer| viewer.undo_seconds);
        change(app, |viewer, seconds| viewer.undo_seconds = seconds, before, seconds, async move {
            set_undo_time(seconds).await?;
            tell_other_tabs();
            Ok(())
        });
    };
    view! {
        <SwitchField label="Single-letter shortcuts, type to reply" is_on=has_letters toggle=switch />
        <label class="field line end">
            <span>"Time to undo"</span>
            <Select options=times value=chosen choose />
        </label>
        <SendDelay />
    }
}

/// For how long a message can be taken back before it is sent.
#[component]
fn SendDelay() -> impl IntoView {
    let app = AppState::expect();
    let viewer = app.viewer;
    let label = |seconds: i64| if seconds == 0 { "Off".to_owned() } else { format!("{seconds} s") };
    let times: Vec<SelectOption> =
        SEND_DELAYS.into_iter().map(|seconds| (seconds.to_string(), label(seconds))).collect();
    let chosen = Signal::derive(move || viewer.with(|viewer| viewer.send_delay_seconds.to_string()));
    let choose = move |value: String| {
        let Ok(seconds) = value.parse::<i64>() else { return };
        let before = viewer.with_untracked(|viewer| viewer.send_delay_seconds);
        change(app, |viewer, seconds| viewer.send_delay_seconds = seconds, before, seconds, async move {
            set_send_delay(seconds).await?;
            tell_other_tabs();
            Ok(())
        });
    };
    view! {
        <label class="field line end">
            <span>"Undo sending"</span>
            <Select options=times value=chosen choose />
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_online_or_away_without_a_connection() {
        let set = [Reach::Online, Reach::Away];
        for connection in [Connection::Opening, Connection::Live] {
            assert_eq!(set.map(|reach| reach.through(connection)), set, "{connection:?}");
        }
        for connection in [Connection::Lost, Connection::SignedOut] {
            assert_eq!(set.map(|reach| reach.through(connection).word()), ["Offline"; 2], "{connection:?}");
        }
    }
}
