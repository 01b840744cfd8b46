//! Whether the viewer can write to the customer now. If not, the reason is shown in place of the composer, or below the
//! field if they are in the middle of a reply.

use leptos::prelude::*;

use super::{
    super::thread::{
        actions::{AgentAction, Ownership},
        address::desk_link,
        head::ActionButton,
        state::ThreadState,
    },
    templates::OfferTemplate,
};
use crate::{
    domain::{
        desk::{ItemBody, Line, RowState, Tone},
        ids::ConversationId,
        thread_control::ThreadControl,
        time::Timestamp,
    },
    ui::{components::icon::Icon, conversations::NEW_CONVERSATION, format::TimeStyle, local_time::LocalTime},
};

/// Why no reply can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Merged into another conversation.
    Gone,
    Waiting,
    Theirs(String),
    Bot,
    Phone,
    Closed {
        at: Timestamp,
        by: Option<String>,
        may_reopen: bool,
        /// The customer goes on in another conversation.
        is_continued: bool,
    },
    /// WhatsApp has not handed the customer over from another app of the number.
    OtherApp(ThreadControl),
    /// The 24-hour window is closed. `None` when WhatsApp refused a message earlier, or the customer never wrote.
    Window(Option<Timestamp>),
}

/// The lock of the open conversation. One memo for the whole thread, because it depends on the clock.
#[derive(Clone, Copy)]
pub struct Locking(Memo<Option<Lock>>);

impl Locking {
    /// Provides it to the components below.
    pub fn provide(open: ThreadState) {
        provide_context(Self(Memo::new(move |_| Lock::of(&open))));
    }

    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    pub fn get(&self) -> Option<Lock> {
        self.0.get()
    }

    /// Whether a reply to this conversation can be written. For handlers, which run outside the components.
    pub fn is_writable(open: &ThreadState) -> bool {
        untrack(|| Lock::of(open)).is_none()
    }

    /// Whether a reply can be written. Tracks.
    pub fn is_open(&self) -> bool {
        self.0.with(Option::is_none)
    }

    /// Whether a template can be sent, which a closed window does not prevent. Tracks.
    pub fn takes_templates(&self) -> bool {
        self.0.with(|lock| matches!(lock, None | Some(Lock::Window(_))))
    }

    /// As [`Self::takes_templates`]. Does not track.
    pub fn takes_templates_untracked(&self) -> bool {
        untrack(|| self.takes_templates())
    }

    /// Whether a reply can be written. Does not track.
    pub fn is_open_untracked(&self) -> bool {
        self.0.with_untracked(Option::is_none)
    }
}

impl Lock {
    fn of(open: &ThreadState) -> Option<Self> {
        if open.gone.get() {
            return Some(Self::Gone);
        }
        match open.ownership() {
            Ownership::Waiting => Some(Self::Waiting),
            Ownership::Theirs(name) => Some(Self::Theirs(name)),
            Ownership::Bot => Some(Self::Bot),
            Ownership::Phone => Some(Self::Phone),
            Ownership::Closed(at) => Some(Self::Closed {
                at,
                by: closed_by(open),
                may_reopen: open.may_reopen(),
                is_continued: newer(*open).is_some(),
            }),
            Ownership::Mine => Self::of_own(open),
        }
    }

    /// The lock of the viewer's own conversation. Who answers the customer comes first: only then does the window count.
    fn of_own(open: &ThreadState) -> Option<Self> {
        let (end, control) = open.row.with(|row| (row.window_closes, row.control.clone()));
        match (control, end) {
            (ThreadControl::Ours { .. }, Some(end)) if open.now() < end => None,
            (ThreadControl::Ours { .. }, end) => Some(Self::Window(end)),
            // The claim under way asks for the customer.
            (ThreadControl::Theirs { role, since }, _) if open.actions.pending() => {
                Some(Self::OtherApp(ThreadControl::TakeRequested { role, since }))
            }
            (
                control @ (ThreadControl::Theirs { .. }
                | ThreadControl::TakeRequested { .. }
                | ThreadControl::TakeRefused { .. }
                | ThreadControl::TakeUncertain { .. }
                | ThreadControl::Leaving { .. }),
                _,
            ) => Some(Self::OtherApp(control)),
        }
    }

    /// The action that removes the lock.
    fn act(&self) -> Option<AgentAction> {
        match self {
            Self::Waiting | Self::Phone => Some(AgentAction::Claim),
            Self::Theirs(_) | Self::Bot => Some(AgentAction::TakeOver),
            Self::Closed { may_reopen: true, .. } => Some(AgentAction::Reopen),
            Self::OtherApp(control) => control.is_stuck().then_some(AgentAction::Release),
            Self::Gone | Self::Closed { may_reopen: false, .. } | Self::Window(_) => None,
        }
    }

    fn icon(&self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Phone => "phone",
            Self::Window(_) => "clock",
            Self::Closed { .. } => "archive",
            Self::Gone | Self::Waiting | Self::Theirs(_) | Self::OtherApp(_) => "lock",
        }
    }
}

/// What stands at the end of the thread.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Field,
    /// The field, while it is unknown whether the server accepts a claim or takeover.
    Hoped,
    Lock(Lock),
}

/// The lock that stands in place of the field. One that comes in the middle of a reply, and not by an act of the viewer,
/// does not: text, selection and focus stay in the field, which is read-only, and [`Interrupted`] says why.
pub fn replacing(open: ThreadState, lock: Locking) -> Memo<Option<Lock>> {
    let place = Memo::new(move |before: Option<&Place>| match lock.get() {
        None if open.actions.pending() => Place::Hoped,
        None => Place::Field,
        Some(lock) => {
            let interrupts = before == Some(&Place::Field) && open.has_draft() && !open.actions.pending_untracked();
            if interrupts { Place::Field } else { Place::Lock(lock) }
        }
    });
    Memo::new(move |_| match place.get() {
        Place::Field | Place::Hoped => None,
        Place::Lock(lock) => Some(lock),
    })
}

/// What interrupted the reply in the field above. Empty while the reply can be sent.
#[component]
pub fn Interrupted() -> impl IntoView {
    let open = ThreadState::expect();
    let lock = Locking::expect();
    move || {
        lock.get().map(|lock| {
            let (act, icon, is_window) = (lock.act(), lock.icon(), matches!(lock, Lock::Window(_)));
            let cause = match lock {
                Lock::Theirs(name) => view! {
                    <b dir="auto">{name}</b>
                    " took over while you were writing."
                }
                .into_any(),
                Lock::Phone => view! {
                    <b>"A colleague answered from the WhatsApp app"</b>
                    " while you were writing."
                }
                .into_any(),
                lock @ (Lock::OtherApp(_)
                | Lock::Window(_)
                | Lock::Gone
                | Lock::Waiting
                | Lock::Bot
                | Lock::Closed { .. }) => words(lock),
            };
            view! {
                <div class="interrupted" role="status">
                    <Icon name=icon/>
                    <p>
                        {cause} " Your draft is kept."
                        {move || newer(open).map(|id| view! { <ContinuedIn id/> })}
                    </p>
                    {act.map(|act| view! { <ActionButton act/> })}
                    {is_window.then(|| view! { <OfferTemplate/> })}
                </div>
            }
        })
    }
}

/// The event line of the closing, if it is loaded: "Closed by Ana".
fn closing_line(open: &ThreadState) -> Option<Line> {
    open.slots.with(|slots| {
        slots.iter().rev().find_map(|slot| {
            slot.item.with(|item| match &item.body {
                ItemBody::Line(line) if line.tone == Tone::Close => Some(line.clone()),
                ItemBody::Line(_) | ItemBody::Message(_) | ItemBody::Note(_) => None,
            })
        })
    })
}

fn closed_by(open: &ThreadState) -> Option<String> {
    let (agent, name) = closing_line(open)?.agent?;
    Some(if agent == open.me() { "you".to_owned() } else { name })
}

/// The reason, in place of the composer.
#[component]
pub fn Locked(
    lock: Lock,
    /// What was typed before it was locked.
    text: RwSignal<String>,
) -> impl IntoView {
    let open = ThreadState::expect();
    let (act, icon, is_window) = (lock.act(), lock.icon(), matches!(lock, Lock::Window(_)));
    let is_over = matches!(lock, Lock::Closed { may_reopen: false, is_continued: false, .. });
    // A draft is of no use in a conversation that is closed.
    let kept = move || {
        let ended = open.row.with(|row| matches!(row.state, RowState::Closed { .. }));
        (!ended && text.with(|text| !text.trim().is_empty())).then_some(" Your draft is kept.")
    };
    // Who won a claim that the viewer has just lost here. The lock may come before or after the refusal. It begins with
    // the winner's name, and is outdated once somebody else has the conversation.
    let said = move || match (&lock, open.lost.get()) {
        (Lock::Theirs(name), Some(lost)) if lost.starts_with(name.as_str()) => view! {
            <b dir="auto">{lost}</b>
            " Take over to reply."
        }
        .into_any(),
        (lock, _) => words(lock.clone()),
    };
    view! {
        <div class="composer locked" role="status">
            <Icon name=icon/>
            <p>
                {said} {kept}
                {move || newer(open).map(|id| view! { <ContinuedIn id/> })}
            </p>
            {act.map(|act| view! { <ActionButton act/> })}
            {is_window.then(|| view! { <OfferTemplate/> })}
            {is_over
                .then(|| {
                    let href = format!("{NEW_CONVERSATION}?from={}", open.id());
                    view! { <a class="btn" href=href>"New conversation"</a> }
                })}
        </div>
    }
}

/// The customer's open conversation, if this one is closed.
fn newer(open: ThreadState) -> Option<ConversationId> {
    let is_closed = open.row.with(|row| matches!(row.state, RowState::Closed { .. }));
    let known =
        || open.earlier.with(|all| all.iter().find(|other| other.closed_at.is_none()).map(|other| other.id.clone()));
    open.continued.get().or_else(|| is_closed.then(known).flatten())
}

/// The way to the customer's open conversation, because of which this one cannot be reopened.
#[component]
fn ContinuedIn(id: ConversationId) -> impl IntoView {
    let href = desk_link(Some(id.as_str()));
    view! {
        " "
        <a href=href>"Go to the open conversation"</a>
    }
}

fn words(lock: Lock) -> AnyView {
    match lock {
        Lock::Gone => view! { "This conversation was merged into another one." }.into_any(),
        Lock::Waiting => view! {
            <b>"Unassigned."</b>
            " Claim it to reply."
        }
        .into_any(),
        Lock::Theirs(name) => view! {
            <b dir="auto">{name}</b>
            " is handling this conversation. Take over to reply."
        }
        .into_any(),
        Lock::Bot => view! {
            <b>"The bot is replying."</b>
            " Take over to reply yourself."
        }
        .into_any(),
        Lock::Phone => view! {
            <b>"A colleague is replying from the WhatsApp app."</b>
            " Claim it to reply from here."
        }
        .into_any(),
        Lock::Closed { at, by, may_reopen, is_continued } => view! {
            <b>"Closed"</b>
            {by.map(|by| view! { " by " <bdi>{by}</bdi> })}
            " on "
            <LocalTime at style=TimeStyle::Full/>
            {match (may_reopen, is_continued) {
                (true, _) => ". Reopen it to reply.",
                (false, true) => ". The customer has an open conversation.",
                (false, false) => ". The customer's next message starts a new conversation.",
            }}
        }
        .into_any(),
        Lock::OtherApp(control) => view! {
            <b>{control.headline()}</b>
            {format!(" {}", control.advice())}
        }
        .into_any(),
        Lock::Window(Some(end)) => view! {
            <b>"The 24-hour reply window closed on " <LocalTime at=end style=TimeStyle::Full/> "."</b>
            " You can only send a template until the customer writes again."
        }
        .into_any(),
        Lock::Window(None) => view! {
            <b>"The 24-hour reply window is closed."</b>
            " You can only send a template until the customer writes again."
        }
        .into_any(),
    }
}
