//! The messages that wait, as items after the last one: when each is sent or why it asks, which ones go out as one, and the
//! buttons of each.

use leptos::prelude::*;

use super::super::{actions::Ownership, content::Words, state::ThreadState};
use crate::{
    domain::{
        scheduled::{
            ScheduledMessage, ScheduledState, SendDoubt, SendWait,
            joined::{JoinPlace, JoinTimes},
        },
        time::Timestamp,
    },
    ui::{
        components::icon::Icon,
        format::{TimeStyle, Zone},
    },
};

/// The messages that wait, as items after the last one.
#[component]
pub fn ScheduledRows() -> impl IntoView {
    let open = ThreadState::expect();
    let all = move || {
        let placed = |all: &Vec<ScheduledMessage>| {
            let place = |message: &ScheduledMessage| (message.clone(), JoinPlace::of(message, all));
            all.iter().map(place).collect::<Vec<_>>()
        };
        open.scheduled.all.with(placed)
    };
    view! {
        <For
            each=all
            key=|(message, place)| (message.id.clone(), format!("{:?} {place:?}", message.state))
            children=|(message, place)| view! { <ScheduledView message place/> }
        />
    }
}

#[component]
fn ScheduledView(message: ScheduledMessage, place: JoinPlace) -> impl IntoView {
    let open = ThreadState::expect();
    let zone = Zone::current();
    let (me, state) = (open.me(), message.state);
    let counted = message.clone();
    let who = if message.author == me { "You".to_owned() } else { message.author_name.clone() };
    let joining = if message.author == me { ", with what you write until then" } else { "" };
    let words = move || match state {
        ScheduledState::Waiting(SendWait::Joined(times)) => joined_words(&open, &counted, times, place, joining),
        ScheduledState::Waiting(SendWait::Undo(_) | SendWait::Time(_) | SendWait::Customer)
        | ScheduledState::Asking(_) => state_words(&open, &counted, zone),
    };
    let has_next = matches!(place, JoinPlace::First | JoinPlace::Middle);
    let has_previous = matches!(place, JoinPlace::Middle | JoinPlace::Last);
    let asks = matches!(state, ScheduledState::Asking(_));
    view! {
        <li>
            <div role="article" class="msg out scheduled" class:asks=asks class:joins=has_next class:joined=has_previous>
                <div class="who">{who}</div>
                {message
                    .file
                    .clone()
                    .map(|name| {
                        view! {
                            <div class="file-name">
                                <Icon name="file"/>
                                <bdi>{name}</bdi>
                            </div>
                        }
                    })}
                {message.template.clone().map(|name| view! {
                    <div class="file-name">
                        <Icon name="zap"/>
                        <bdi>{name}</bdi>
                    </div>
                })}
                <Words body=message.body.clone()/>
                // Not announced each second.
                <p class="waits">
                    <Icon name=if asks { "alert" } else { "clock" }/>
                    <span>{words}</span>
                </p>
                <ScheduledActs message place/>
            </div>
        </li>
    }
}

/// The seconds until a message leaves.
fn leaving_words(what: &str, open: &ThreadState, message: &ScheduledMessage, until: Timestamp) -> String {
    match message.seconds_left(until, open.app.now.get()) {
        0 => format!("{what}…"),
        left => format!("{what} in {left} s"),
    }
}

/// When a text is sent that others may join, and with which. The last one says it for all of a message. `joining` is said for as
/// long as others can join.
fn joined_words(
    open: &ThreadState,
    message: &ScheduledMessage,
    times: JoinTimes,
    place: JoinPlace,
    joining: &str,
) -> String {
    let leaves = |what: &str| leaving_words(what, open, message, times.leaves_at());
    match place {
        JoinPlace::First | JoinPlace::Middle => "Goes out in one message with the next text".to_owned(),
        JoinPlace::Last => leaves("Sending as one message"),
        JoinPlace::Alone if open.app.now.get() < times.joins_until => leaves("Sending") + joining,
        JoinPlace::Alone => leaves("Sending"),
    }
}

/// When a message is sent, or why it asks.
pub(super) fn state_words(open: &ThreadState, message: &ScheduledMessage, zone: Zone) -> String {
    match message.state {
        ScheduledState::Waiting(SendWait::Undo(until)) => leaving_words("Sending", open, message, until),
        ScheduledState::Waiting(SendWait::Joined(times)) => leaving_words("Sending", open, message, times.leaves_at()),
        ScheduledState::Waiting(SendWait::Time(at)) => format!("Scheduled for {}", time_words(open, at, zone)),
        ScheduledState::Waiting(SendWait::Customer) => "Sends when the customer writes".to_owned(),
        ScheduledState::Asking(SendDoubt::CustomerWrote) => "Not sent: the customer wrote. Send anyway?".to_owned(),
        ScheduledState::Asking(doubt) => doubt.sentence().to_owned(),
    }
}

/// A time in words: the clock alone if it is today.
fn time_words(open: &ThreadState, at: Timestamp, zone: Zone) -> String {
    let today = open.app.today.get();
    let style = if zone.day(at) == today { TimeStyle::Clock } else { TimeStyle::Full };
    zone.words(at, style, today)
}

/// What the viewer can do with it: the author all of it, the owner of the conversation discards what a colleague left.
#[component]
fn ScheduledActs(message: ScheduledMessage, place: JoinPlace) -> impl IntoView {
    let open = ThreadState::expect();
    let me = open.me();
    let is_own = message.author == me;
    let is_mine = Memo::new(move |_| open.row.with(|row| Ownership::of(row, &me) == Ownership::Mine));
    let is_pressed = {
        let id = message.id.clone();
        Memo::new(move |_| open.scheduled.pressed.with(|pressed| pressed.as_ref() == Some(&id)))
    };
    let leaving = message.state.is_leaving();
    let send = match message.state {
        ScheduledState::Asking(SendDoubt::CustomerWrote) => Some("Send anyway"),
        ScheduledState::Waiting(SendWait::Undo(_)) => None,
        // One button for the whole message, below its last text.
        ScheduledState::Waiting(SendWait::Joined(_)) => match place {
            JoinPlace::First | JoinPlace::Middle => None,
            JoinPlace::Alone | JoinPlace::Last => Some("Send now"),
        },
        ScheduledState::Waiting(SendWait::Time(_) | SendWait::Customer) | ScheduledState::Asking(_) => Some("Send now"),
    };
    let back = match message.state {
        _ if !is_own => "Discard",
        ScheduledState::Waiting(SendWait::Undo(_) | SendWait::Joined(_)) => "Undo",
        ScheduledState::Waiting(SendWait::Time(_) | SendWait::Customer) => "Cancel",
        ScheduledState::Asking(_) if message.template.is_some() => "Discard",
        ScheduledState::Asking(_) => "Back to reply box",
    };
    let id = message.id.clone();
    let sends = move || send.filter(|_| is_own && is_mine.get());
    // What is about to be sent is its author's alone.
    let takes_back = move || is_own || (is_mine.get() && !leaving);
    let pressed_back = move |_| open.take_back(message.clone());
    view! {
        <div class="acts" class:busy=move || is_pressed.get()>
            {move || {
                let id = id.clone();
                sends()
                    .map(|label| {
                        view! {
                            <button type="button" class="btn" on:click=move |_| open.send_waiting(id.clone())>
                                {label}
                            </button>
                        }
                    })
            }}
            <button type="button" class="btn" hidden=move || !takes_back() on:click=pressed_back>
                {back}
            </button>
        </div>
    }
}
