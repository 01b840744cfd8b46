//! Alerts about the viewer's own conversations, while they look elsewhere: a customer wrote, a colleague took over, a
//! message was not delivered, a snooze is over, a note mentions them.

use std::{sync::Arc, time::Duration};

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{icon::icon_address, is_heard, mentions};
use crate::{
    domain::{
        alert::{Alert, AlertCause},
        desk::Changes,
        ids::{ConversationId, Seq},
        time::Span,
    },
    ui::{
        browser::{self, Notice, Permission},
        conversations::address,
        kit::{ToastEnd, ToastTone},
        state::AppState,
    },
};

/// The key in local storage of the newest alert that made a sound, so that only one of several open tabs plays it.
const RUNG: &str = "handoff.rang-mine";
/// The key of the newest alert whose conversation the viewer had before them, in any tab.
const LOOKED: &str = "handoff.looked-mine";
/// The key of the tab that had the focus last.
const FRONT: &str = "handoff.front-tab";
/// How long an alert waits for a tab in which the viewer looks at the conversation.
const DELAY: Duration = Duration::from_millis(300);
/// How long it waits in the other tabs, which sound only if the front one cannot.
const DELAY_BEHIND: Duration = Duration::from_millis(1_800);
/// A customer who writes five lines in a row is heard once.
const PAUSE: Span = Span::seconds(3);

/// Navigates to a path.
type Go = Arc<dyn Fn(&str) + Send + Sync>;

/// What the layout shows of the alerts.
#[derive(Clone, Copy)]
pub struct MineAlerts {
    /// How many of the viewer's conversations hold news that they do not have before them.
    pub missed: Memo<i64>,
    /// For screen readers.
    pub announcement: RwSignal<String>,
    /// Whether the viewer has this window before them.
    has_focus: RwSignal<bool>,
}

impl MineAlerts {
    /// Provides it to the layout and the components below.
    pub fn provide(app: AppState) -> Self {
        let has_focus = RwSignal::new(false);
        let missed = Memo::new(move |_| {
            let before_them = app.shown.get().filter(|_| has_focus.get());
            let missed = app.unread.with(|unread| unread.iter().filter(|id| Some(*id) != before_them.as_ref()).count());
            i64::try_from(missed).unwrap_or(i64::MAX)
        });
        let alerts = Self { missed, announcement: RwSignal::new(String::new()), has_focus };
        provide_context(alerts);
        alerts
    }

    /// Call it below the signed-in layout only.
    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// The conversation that the viewer has before them. Tracks.
    pub fn looked_at(self, app: AppState) -> Option<ConversationId> {
        app.shown.get().filter(|_| self.has_focus.get())
    }
}

/// Follows the live alerts until the current owner is cleaned up, from the first one after the page was opened. Does
/// nothing on the server.
pub fn follow(app: AppState) {
    let MineAlerts { missed, announcement, has_focus } = MineAlerts::expect();
    let navigate = use_navigate();
    let go: Go = Arc::new(move |address: &str| navigate(address, NavigateOptions::default()));
    let go = StoredValue::new(go);
    mentions::follow(app);
    // Effects run in the browser only. The notifications are kept in an effect because they belong to one thread: on
    // the server another thread would drop them and panic.
    Effect::new(move |_| {
        let notices = StoredValue::new_local(Vec::new());
        let rung_at = StoredValue::new(None);
        let tab = StoredValue::new(browser::random_id());
        let follower = Follower { app, has_focus, announcement, notices, rung_at, tab, go };
        follower.watch_focus();
        follower.close_notices();
        app.take_early_changes().iter().for_each(|changes| follower.receive(changes));
        app.on_changes(move |changes| follower.receive(changes));
    });
    Effect::new(move |_| {
        let waiting = app.desk.with(|desk| desk.counts.waiting);
        browser::set_icon(&icon_address(waiting + missed.get()));
    });
}

/// A notification on the screen. Dropping it takes it away.
struct Shown {
    conversation: ConversationId,
    cause: AlertCause,
    _notice: Notice,
}

#[derive(Clone, Copy)]
struct Follower {
    app: AppState,
    has_focus: RwSignal<bool>,
    announcement: RwSignal<String>,
    notices: StoredValue<Vec<Shown>, LocalStorage>,
    /// When this tab last made the sound, by the monotonic clock.
    rung_at: StoredValue<Option<Span>>,
    /// Tells this tab from the others.
    tab: StoredValue<String>,
    go: StoredValue<Go>,
}

impl Follower {
    fn watch_focus(self) {
        let look = move || {
            let now = browser::has_focus_here();
            if now {
                let _gone = self.tab.try_with_value(|tab| browser::local_set(FRONT, tab));
            }
            if self.has_focus.try_get_untracked() == Some(!now) {
                self.has_focus.set(now);
            }
        };
        look();
        let focused = window_event_listener(ev::focus, move |_| look());
        let blurred = window_event_listener(ev::blur, move |_| look());
        let turned = window_event_listener(ev::visibilitychange, move |_| look());
        on_cleanup(move || {
            for listener in [focused, blurred, turned] {
                listener.remove();
            }
        });
    }

    /// Takes a notification off the screen when its conversation is looked at, or was read elsewhere.
    fn close_notices(self) {
        Effect::new(move |_| {
            let before_them = self.app.shown.get().filter(|_| self.has_focus.get());
            self.app.unread.with(|unread| {
                self.notices.update_value(|notices| {
                    notices.retain(|shown| {
                        let is_read = shown.cause == AlertCause::CustomerWrote && !unread.contains(&shown.conversation);
                        !is_read && before_them.as_ref() != Some(&shown.conversation)
                    });
                });
            });
        });
    }

    fn receive(self, changes: &Changes) {
        let viewer = self.app.me();
        for alert in changes.alerts.iter().filter(|alert| alert.agent == viewer) {
            let Some(row) = changes.rows.iter().find(|row| row.id == alert.conversation) else { continue };
            // A return is shown by its own notice.
            let Some(kind) = alert.cause.kind() else { continue };
            if self.is_looking(&alert.conversation) {
                self.mark(LOOKED, alert.seq);
                continue;
            }
            let (name, detail) = (row.name.clone(), alert.cause.detail(&row.preview));
            self.tell(alert, &name, &detail);
            if is_heard(self.app, kind) {
                let alert = alert.clone();
                let is_front = self.tab.with_value(|tab| browser::local_get(FRONT).as_ref() == Some(tab));
                let delay = if is_front { DELAY } else { DELAY_BEHIND };
                set_timeout(move || self.alert(&alert, &name, &detail), delay);
            }
        }
    }

    /// Says it on the page.
    fn tell(self, alert: &Alert, name: &str, detail: &str) {
        // Isolated, because a name may run from right to left.
        let words = format!("\u{2068}{name}\u{2069}: {detail}");
        let toast = |tone, words| self.app.toast_until(ToastEnd::Opened(alert.conversation.clone()), tone, words);
        match alert.cause {
            AlertCause::CustomerWrote => self.announcement.set(words),
            AlertCause::TakenOver { .. } | AlertCause::NotDelivered => toast(ToastTone::Error, words),
            AlertCause::SnoozeOver | AlertCause::Mentioned { .. } => toast(ToastTone::Info, words),
            AlertCause::Returned => {}
        }
    }

    /// The sound and the notification, unless another tab was faster, or the viewer has turned to the conversation.
    fn alert(self, alert: &Alert, name: &str, detail: &str) {
        let is_gone = self.rung_at.is_disposed();
        if is_gone || self.is_marked(LOOKED, alert.seq) || self.is_looking(&alert.conversation) {
            return;
        }
        self.ring(alert.seq);
        if browser::has_focus_here() || browser::permission() != Permission::Granted {
            return;
        }
        let (conversation, go) = (alert.conversation.clone(), self.go);
        let address = address(&conversation);
        // With the same tag, the notifications of several tabs replace each other.
        let notice = browser::notify(name, detail, conversation.as_str(), move || {
            let _gone = go.try_with_value(|go| go(&address));
        });
        if let Some(notice) = notice {
            let cause = alert.cause.clone();
            self.notices.update_value(|notices| notices.push(Shown { conversation, cause, _notice: notice }));
        }
    }

    fn ring(self, seq: Seq) {
        if self.app.viewer.with_untracked(|viewer| viewer.muted) || self.is_marked(RUNG, seq) {
            return;
        }
        let now = browser::monotonic().unwrap_or_default();
        let has_just_rung = self.rung_at.get_value().is_some_and(|at| now.0 - at.0 < PAUSE.0);
        // Browsers refuse sound in a tab without a click or key press. Then another tab may play it.
        if has_just_rung || browser::play_soft_chime() {
            self.mark(RUNG, seq);
            if !has_just_rung {
                self.rung_at.set_value(Some(now));
            }
        }
    }

    /// Whether the viewer has the conversation before them, in this tab.
    fn is_looking(self, id: &ConversationId) -> bool {
        let is_shown = self.app.shown.try_with_untracked(|shown| shown.as_ref() == Some(id)) == Some(true);
        is_shown && browser::has_focus_here()
    }

    fn mark(self, key: &str, seq: Seq) {
        browser::local_set(key, &mark(self.app.me().as_str(), seq));
    }

    fn is_marked(self, key: &str, seq: Seq) -> bool {
        browser::local_get(key).is_some_and(|stored| covers(&stored, self.app.me().as_str(), seq))
    }
}

/// An alert and all before it, of one agent.
fn mark(agent: &str, seq: Seq) -> String {
    format!("{agent}@{}", seq.0)
}

/// Whether a stored mark covers an alert. One of another agent, who used this browser before, does not.
fn covers(stored: &str, agent: &str, seq: Seq) -> bool {
    let newest = stored.strip_prefix(agent).and_then(|rest| rest.strip_prefix('@'));
    newest.and_then(|newest| newest.parse::<i64>().ok()).is_some_and(|newest| newest >= seq.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_of_one_tab_covers_itself_and_earlier_ones() {
        let stored = mark("agt_ana", Seq(7));
        for (seq, covered) in [(6, true), (7, true), (8, false)] {
            assert_eq!(covers(&stored, "agt_ana", Seq(seq)), covered, "{seq}");
        }
        assert!(!covers(&stored, "agt_ben", Seq(1)));
        assert!(!covers("agt_ana", "agt_ana", Seq(1)) && !covers("", "agt_ana", Seq(1)));
    }
}
