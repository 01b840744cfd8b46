//! The head of the thread: the customer, the owner, what is left of the reply window, and the actions.

use leptos::prelude::*;

use super::{
    actions::{AgentAction, Ownership},
    address::desk_link,
    colleagues::{Colleagues, colleagues_words},
    snooze::{SnoozeControl, snoozed_words},
    state::ThreadState,
};
use crate::{
    domain::{conversation::EndingKind, desk::Row, ids::AgentId, phone_number::grouped},
    ui::{
        components::{avatar::Avatar, icon::Icon},
        format::Zone,
        keyboard::{ChordKeys, shown_platform},
        render_environment::hydrated,
    },
};

#[component]
pub fn ThreadHead() -> impl IntoView {
    let open = ThreadState::expect();
    let name = Memo::new(move |_| open.row.with(|row| row.name.clone()));
    // A memo, so that the buttons are redrawn only when the owner changes: one of them may have the focus.
    let ownership = Memo::new(move |_| open.ownership());
    let ending = Memo::new(move |_| open.own_ending());
    let may_reopen = Memo::new(move |_| open.may_reopen());
    let back = desk_link(None);
    let zone = Zone::current();
    let facts = Memo::new(move |_| state_facts(&open, zone));
    let colleagues = colleagues_words(open);
    let numbers = Memo::new(move |_| numbers(&open));
    // Beside the actions there is seldom room for all of it.
    let all = move || format!("{}{}{}", facts.get(), colleagues.get(), numbers.get());
    view! {
        <header class="head">
            <a class="back" href=back aria-label="Back to list">
                <Icon name="left"/>
            </a>
            <Avatar name=name/>
            <div>
                <h2 dir="auto" title=name>{name}</h2>
                <p title=all>{facts}<Colleagues words=colleagues/>{numbers}</p>
            </div>
            <div class="acts" role="group" aria-label="Actions">
                {move || match ending.get() {
                    Some(mark) => view! { <UndoEnding kind=mark.kind/> }.into_any(),
                    None => {
                        let owner = ownership.get();
                        let acts = owner.actions().iter();
                        let acts = acts.filter(|act| **act != AgentAction::Reopen || may_reopen.get());
                        let acts = acts.map(|act| view! { <ActionButton act=*act/> }).collect_view();
                        view! {
                            {(owner == Ownership::Mine).then(|| view! { <SnoozeControl/> })}
                            {acts}
                        }
                            .into_any()
                    }
                }}
                // `external`: the router would handle the fragment, and `:target` would not match.
                <a class="btn ghost icon only-narrow" href="#dossier" rel="external" aria-label="Details">
                    <Icon name="user"/>
                </a>
            </div>
        </header>
    }
}

/// `Yours · 23 h left to reply · Snoozed until they write`. What decides the next act is first, because a narrow screen
/// cuts the end off.
fn state_facts(open: &ThreadState, zone: Zone) -> String {
    let ownership = open.ownership();
    let mut facts = vec![ownership.words()];
    let ends = open.row.with(|row| row.window_closes);
    if !matches!(ownership, Ownership::Closed(_)) {
        let now = open.now();
        facts.push(match ends {
            Some(end) if now < end => format!("{} left to reply", end.since(now).approximate()),
            _ => "Reply window closed".to_owned(),
        });
    }
    facts.extend(snoozed_words(open, zone));
    facts.extend(colleagues_ending(open));
    let question = open.with_close.with(|sent| sent.rating_question.clone());
    facts.extend(question.and_then(|question| open.row.with(|row| asked_words(row, &open.me(), &question))));
    facts.join(" · ")
}

/// ` · Acme Store · +55 11 91234 5678`, behind who is there.
fn numbers(open: &ThreadState) -> String {
    let (phone, channel) = open.row.with(|row| (row.phone.clone(), row.channel_name.clone()));
    let phone = phone.map_or_else(|| "Number hidden by WhatsApp".to_owned(), |phone| grouped(&phone));
    format!(" · {channel} · {phone}")
}

/// That a colleague is ending it, and can still undo that.
fn colleagues_ending(open: &ThreadState) -> Option<String> {
    let mark = open.row.with(|row| row.ending.clone())?;
    (mark.agent != open.me()).then(|| match mark.kind {
        EndingKind::Close => format!("{} is closing this", mark.name),
        EndingKind::ReturnToBot => format!("{} is returning this to the bot", mark.name),
    })
}

/// What the customer is asked with the viewer's close, which can still be undone. Where nothing else has to be decided, no
/// bar said so before. Only somebody who got an answer is asked.
fn asked_words(row: &Row, me: &AgentId, question: &str) -> Option<String> {
    let is_closing = row.ending.as_ref().is_some_and(|mark| mark.agent == *me && mark.kind == EndingKind::Close);
    let is_answered = row.earlier_wait.is_some() || row.wait.is_some_and(|wait| wait.answered);
    (is_closing && is_answered).then(|| format!("The customer will be asked: “{question}”"))
}

/// Stands in place of the actions while the viewer's own ending is pending.
#[component]
fn UndoEnding(kind: EndingKind) -> impl IntoView {
    let open = ThreadState::expect();
    let label = match kind {
        EndingKind::Close => "Undo close",
        EndingKind::ReturnToBot => "Undo return",
    };
    view! {
        <button type="button" class="btn" on:click=move |_| open.undo_ending()>
            <Icon name="undo"/>
            <span>{label}</span>
        </button>
    }
}

/// The button of an action. Claiming and taking over are emphasized.
#[component]
pub fn ActionButton(act: AgentAction) -> impl IntoView {
    let open = ThreadState::expect();
    let class = match act {
        AgentAction::Claim | AgentAction::TakeOver => "btn primary",
        AgentAction::Close | AgentAction::Reopen => "btn",
        AgentAction::Release | AgentAction::ReturnToBot => "btn ghost",
    };
    let platform = shown_platform();
    let shortcut = move || act.chord().map(|letter| platform.get().chord_for_aria(letter));
    let hydrated = hydrated();
    view! {
        <button
            type="button"
            class=class
            class:busy=move || open.actions.is_pending(&act)
            class:offline=move || open.app.offline_reason().is_some()
            // Not `disabled`, because a disabled button loses the focus while the request runs.
            aria-disabled=move || (open.actions.pending() || !hydrated.get()).to_string()
            title=move || open.app.offline_reason().unwrap_or(act.description())
            aria-keyshortcuts=shortcut
            on:click=move |event| {
                // The second click of a double click would undo the first.
                if event.detail() < 2 {
                    open.press(act);
                }
            }
        >
            <Icon name=act.icon()/>
            <span>{act.label()}</span>
            {act.chord().map(|letter| view! { <ChordKeys letter/> })}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        desk::{EndingMark, RowState},
        sla::Wait,
        time::{Span, Timestamp},
    };

    #[test]
    fn a_close_that_asks_for_a_rating_says_so_while_it_can_be_undone() {
        let me = AgentId::from("agt_1");
        let wait = |answered| Wait { since: Timestamp(0), until: None, answered, target: Span::minutes(5) };
        let row = |kind, agent: &str, answered| {
            let (agent, name) = (agent.into(), "Ana".to_owned());
            let ending = Some(EndingMark { id: "end_1".into(), kind, agent, name, due_at: Timestamp(9) });
            let state = RowState::Claimed { agent: me.clone(), name: "Ana".to_owned() };
            Row { ending, wait: Some(wait(answered)), ..Row::sample("cnv_1", state) }
        };
        let words = |row: &Row| asked_words(row, &me, "How was our help?");
        let asked = words(&row(EndingKind::Close, "agt_1", true));
        assert_eq!(asked.as_deref(), Some("The customer will be asked: “How was our help?”"));
        assert_eq!(words(&row(EndingKind::Close, "agt_1", false)), None, "nobody answered");
        assert_eq!(words(&row(EndingKind::ReturnToBot, "agt_1", true)), None);
        assert_eq!(words(&row(EndingKind::Close, "agt_2", true)), None, "a colleague closes");
        assert_eq!(words(&Row { ending: None, ..row(EndingKind::Close, "agt_1", true) }), None);
    }
}
