//! The live stream: opened once by the signed-in layout, after hydration, where its snapshot ends.
//!
//! There is one stream, one event name and one enum of frames, so frames cannot overtake each other. The browser's own
//! reconnect is not used, because it repeats the first address with an old cursor and reports nothing. This file opens
//! a new stream at the newest cursor, with a delay that grows with the number of failures.
//!
//! A stream says nothing about the session that it is refused for: that is asked, in `session`.
//!
//! The first stream that opens has the extras fetched. The page is shown as live when they are ready: whoever sees that
//! can use every key. They also hold the code that reads frames, in `frames.rs`: what comes before them is kept, and read
//! in its order.

mod session;

use std::{mem, time::Duration};

use leptos::{ev, prelude::*};

use super::{
    browser::{self, Stream, StreamEvent, clear_timer},
    extras::{ExtrasCode, PageExtras},
    frames::Reading,
    state::{AppState, Connection, MUTED, SESSION, ToastEnd},
};
use crate::domain::time::Span;

/// How often the session is renewed while the person is active.
const RENEWAL: Duration = Duration::from_secs(5 * 60);
/// Without a frame for so long the connection counts as dead: the server sends heartbeats more often.
const MAX_SILENCE: Span = Span::seconds(75);
/// Without a frame for so long a heartbeat is missing: a page that becomes visible asks for the time.
const LATE: Span = Span::seconds(20);
/// A stream that has not opened after so long is opened again.
const MAX_OPENING: Span = Span::seconds(20);
/// The longest wait between two attempts.
const MAX_RETRY_SECONDS: u64 = 15;

/// Follows the stream until the layout is gone. Does nothing on the server.
pub fn follow(app: AppState, extras: PageExtras) {
    // Effects run in the browser only, after hydration. The state is made in the effect because a `Stream` belongs to
    // one thread: on the server another thread would drop it and panic.
    Effect::new(move |_| {
        let live = Live {
            app,
            extras,
            stream: StoredValue::new_local(None),
            is_open: RwSignal::new(false),
            retry: StoredValue::new(None),
            reading: Reading::new(app),
            unread: StoredValue::new(Vec::new()),
            failures: StoredValue::new(0),
            heard_at: StoredValue::new(Span::default()),
            active: StoredValue::new(false),
            sessions: StoredValue::new(0),
        };
        live.tick();
        live.open();
        live.read_early_frames();
        live.show_live();
        live.watch();
        live.stop_when_signed_out();
        live.follow_session_change();
    });
}

#[derive(Clone, Copy)]
struct Live {
    app: AppState,
    extras: PageExtras,
    stream: StoredValue<Option<Stream>, LocalStorage>,
    /// Whether the server has accepted the stream.
    is_open: RwSignal<bool>,
    retry: StoredValue<Option<TimeoutHandle>>,
    reading: Reading,
    /// What the stream has brought and nothing has read, in order.
    unread: StoredValue<Vec<String>>,
    /// Failed attempts since the last frame.
    failures: StoredValue<u32>,
    /// When the last frame came, or the stream was opened, by the monotonic clock.
    heard_at: StoredValue<Span>,
    /// Whether the person touched the page since the last renewal.
    active: StoredValue<bool>,
    /// How often this browser got a new session, so that an answer to the old one is recognised.
    sessions: StoredValue<u32>,
}

impl Live {
    /// Advances the time. After a sleep it is unknown, and another stream is opened, whose first frame tells it.
    fn tick(self) {
        self.app.tick();
        if self.app.has_clock_jumped() && self.app.connection.get_untracked() == Connection::Live {
            self.open();
        }
    }

    fn hear(self) {
        self.heard_at.set_value(browser::monotonic().unwrap_or_default());
    }

    fn silence(self) -> Span {
        Span(browser::monotonic().unwrap_or_default().0 - self.heard_at.get_value().0)
    }

    /// Timers and listeners, removed with the layout.
    fn watch(self) {
        let second = set_interval_with_handle(
            move || {
                self.tick();
                self.check_silence();
            },
            Duration::from_secs(1),
        );
        let renewal = set_interval_with_handle(move || self.renew_session(), RENEWAL);
        let online = window_event_listener(ev::online, move |_| self.reconnect_now());
        let offline = window_event_listener(ev::offline, move |_| self.went_offline());
        let seen = window_event_listener(ev::visibilitychange, move |_| self.reconnect_now());
        // A `storage` event fires in other tabs only, and only they need it.
        let stored = window_event_listener(ev::storage, move |event| match event.key().as_deref() {
            Some(MUTED) => self.reread_viewer(),
            Some(SESSION) => self.use_new_session(),
            Some(_) | None => {}
        });
        let key = window_event_listener(ev::keydown, move |_| self.active.set_value(true));
        let pointer = window_event_listener(ev::pointerdown, move |_| self.active.set_value(true));
        on_cleanup(move || {
            for timer in [second, renewal].into_iter().flatten() {
                timer.clear();
            }
            for listener in [online, offline, seen, stored, key, pointer] {
                listener.remove();
            }
            clear_timer(self.reading.calls_retry);
            self.stop();
        });
    }

    fn stop_when_signed_out(self) {
        Effect::new(move |_| {
            if self.app.connection.get() == Connection::SignedOut {
                self.stop();
            }
        });
    }

    /// Whether the layout is gone. A response may arrive after that.
    fn is_gone(self) -> bool {
        self.failures.try_get_value().is_none()
    }

    /// Shows that the page is live, once the stream is open and the extras are ready.
    fn show_live(self) {
        Effect::new(move |_| {
            if self.is_open.get() && self.extras.are_ready() {
                self.set_connection(Connection::Live);
            }
        });
    }

    fn stop(self) {
        let _gone = self.is_open.try_set(false);
        clear_timer(self.retry);
        let _closed = self.stream.try_update_value(Option::take);
    }

    fn open(self) {
        self.stop();
        self.hear();
        // The cursor stands before them, so the new stream brings them again.
        self.unread.set_value(Vec::new());
        let url = format!("/live?after={}", self.reading.cursor.get_value().0);
        let stream = Stream::open(&url, move |event| match event {
            StreamEvent::Opened => self.opened(),
            StreamEvent::Frame(data) => self.take(data),
            StreamEvent::Ended => self.stream_ended(),
        });
        self.stream.set_value(stream);
    }

    fn opened(self) {
        self.is_open.set(true);
        // Here, because the first attempt after a lost stream shows no lost connection.
        self.app.end_toasts(&ToastEnd::Connected);
        self.extras.ask();
    }

    /// Shows the state of the stream. `SignedOut` stays, also when a stream opens.
    fn set_connection(self, connection: Connection) {
        let known = self.app.connection.get_untracked();
        if known != connection && known != Connection::SignedOut {
            self.app.connection.set(connection);
        }
    }

    /// Takes a frame. It is read once the extras are there, whose code does that.
    fn take(self, frame: String) {
        self.hear();
        self.failures.set_value(0);
        self.unread.update_value(|unread| unread.push(frame));
        self.read_frames(self.extras.code_untracked());
    }

    fn read_frames(self, code: Option<ExtrasCode>) {
        let Some(code) = code else { return };
        for frame in self.unread.try_update_value(mem::take).unwrap_or_default() {
            // A connected agent who does not seem online has changed a setting in another tab or on another device.
            if (code.receive)(self.reading, &frame) {
                self.reread_viewer();
            }
        }
    }

    /// Reads the frames that came before the extras, once they are there.
    fn read_early_frames(self) {
        Effect::new(move |_| {
            let code = self.extras.code();
            untrack(|| self.read_frames(code));
        });
    }

    fn retry_later(self, failures: u32) {
        self.set_connection(Connection::Lost);
        let wait = 1_u64.checked_shl(failures.saturating_sub(2)).unwrap_or(MAX_RETRY_SECONDS).min(MAX_RETRY_SECONDS);
        self.retry_in(Duration::from_secs(wait));
    }

    /// The device left its network. The stream itself would notice only by the missing heartbeats.
    fn went_offline(self) {
        if self.app.connection.get_untracked() != Connection::SignedOut {
            self.stop();
            self.set_connection(Connection::Lost);
            self.retry_in(Duration::from_secs(MAX_RETRY_SECONDS));
        }
    }

    fn retry_in(self, wait: Duration) {
        let retry = set_timeout_with_handle(move || self.open(), wait);
        self.retry.set_value(retry.ok());
    }

    /// The network is back, or the page is visible again: the delay is skipped.
    fn reconnect_now(self) {
        self.tick();
        if browser::hidden() {
            return;
        }
        match self.app.connection.get_untracked() {
            Connection::Lost => self.open(),
            Connection::SignedOut => self.check_session(),
            // Another stream tells the time at once.
            Connection::Live if self.silence() > LATE => self.open(),
            Connection::Opening | Connection::Live => self.check_silence(),
        }
    }

    fn check_silence(self) {
        let limit = match self.app.connection.get_untracked() {
            Connection::Live => MAX_SILENCE,
            Connection::Opening | Connection::Lost => MAX_OPENING,
            Connection::SignedOut => return,
        };
        if self.silence() > limit {
            self.set_connection(Connection::Lost);
            self.open();
        }
    }
}
