//! Why an agent was requested, and what happened so far: the newest handoff in full, earlier ones folded.

use leptos::prelude::*;

use super::{super::thread::state::ThreadState, ToPlace};
use crate::{
    domain::{
        access::advice,
        dossier::{HandoffRequest, Summary, SummaryBy},
        handoff::{HandoffEnd, Urgency},
        ids::line_key,
        time::Timestamp,
    },
    ui::{components::icon::Icon, format::TimeStyle, local_time::LocalTime},
};

#[component]
pub fn HandoffReasons() -> impl IntoView {
    let open = ThreadState::expect();
    // New variables must not redraw this section.
    let shown =
        Memo::new(move |_| open.dossier.with(|dossier| (dossier.handoff_requests.clone(), dossier.summary.clone())));
    move || {
        let (handoff_requests, summary) = shown.get();
        let mut handoff_requests = handoff_requests.into_iter();
        let newest = handoff_requests.next()?;
        let place = place(&newest);
        let before: Vec<_> = handoff_requests.map(|why| view! { <li><HandoffReason why/></li> }).collect();
        Some(view! {
            <section>
                <div class="why" role="group" aria-label="Why an agent">
                    <b>
                        <Icon name="hand"/>
                        "Why an agent"
                        {urgency(newest.urgency)}
                    </b>
                    <HandoffReason why=newest/>
                </div>
                {summary.map(|summary| view! { <SummaryView summary place=place.clone()/> })}
                {(!before.is_empty())
                    .then(|| {
                        view! {
                            <details class="before">
                                <summary>{format!("Earlier handoffs in this conversation: {}", before.len())}</summary>
                                <ul>{before}</ul>
                            </details>
                        }
                    })}
            </section>
        })
    }
}

/// Normal urgency is not shown.
fn urgency(urgency: Urgency) -> Option<impl IntoView> {
    let (class, words) = match urgency {
        Urgency::High => ("tag b", "Urgent"),
        Urgency::Low => ("tag n", "Low priority"),
        Urgency::Normal => return None,
    };
    Some(view! { <span class=class>{words}</span> })
}

#[component]
fn SummaryView(
    summary: Summary,
    /// The key of the item that it belongs to.
    place: Option<String>,
) -> impl IntoView {
    let by = match summary.by {
        SummaryBy::Model => "Written by the language model",
        SummaryBy::Partner => "Provided by WhatsApp",
        SummaryBy::Facts => "Built from the bot's data",
    };
    view! {
        <div class="summary" role="group" aria-label="Summary">
            <h3>"Summary"</h3>
            <p dir="auto">{summary.text}</p>
            <small>
                {by}
                {place
                    .map(|anchor| {
                        view! {
                            " · "
                            <ToPlace anchor>"Show in conversation"</ToPlace>
                        }
                    })}
            </small>
        </div>
    }
}

/// The key of the item that requested the handoff: the customer's message, else the event line.
fn place(why: &HandoffRequest) -> Option<String> {
    let message = why.message.as_ref().map(|message| message.as_str().to_owned());
    message.or_else(|| why.line.map(line_key))
}

#[component]
fn HandoffReason(why: HandoffRequest) -> impl IntoView {
    let place = place(&why);
    let role = ThreadState::expect().app.viewer.with_untracked(|viewer| viewer.role);
    let HandoffRequest {
        sentence,
        reason,
        note,
        customer_text: words,
        requested_at,
        claimed,
        first_reply_at,
        ended_at,
        end,
        ..
    } = why;
    let sentence = advice(role, &sentence);
    let after = move |at: Timestamp| at.since(requested_at).clock();
    let there = |words: String| Some(words).filter(|words| !words.trim().is_empty());
    let quoted = words.and_then(there);
    let link_words = if quoted.is_some() { "Show message" } else { "Show in conversation" };
    // The reason of a flow or the model says more than that one of them asked.
    let reason = there(reason);
    let sentence_class = if reason.is_some() { "trigger" } else { "reason" };
    view! {
        {reason.map(|words| view! { <p class="reason" dir="auto">{words}</p> })}
        <p class=sentence_class dir="auto">{sentence}</p>
        {quoted.map(|words| view! { <blockquote dir="auto">{words}</blockquote> })}
        {place
            .map(|anchor| {
                view! {
                    <p>
                        <ToPlace anchor>{link_words}</ToPlace>
                    </p>
                }
            })}
        {there(note)
            .map(|words| {
                view! {
                    <div class="left-note">
                        <b>
                            <Icon name="note"/>
                            "Note"
                        </b>
                        <p dir="auto">{words}</p>
                    </div>
                }
            })}
        <dl>
            <dt>"Requested"</dt>
            <dd>
                <LocalTime at=requested_at style=TimeStyle::Row/>
            </dd>
            {claimed
                .map(|(name, at)| {
                    view! {
                        <dt>"Claimed"</dt>
                        <dd>{format!("by {name} after {}", after(at))}</dd>
                    }
                })}
            {first_reply_at
                .map(|at| {
                    view! {
                        <dt>"Answered"</dt>
                        <dd>{format!("after {}", after(at))}</dd>
                    }
                })}
            {ended_at
                .map(|at| {
                    view! {
                        <dt>{ending(end)}</dt>
                        <dd>
                            <LocalTime at style=TimeStyle::Row/>
                        </dd>
                    }
                })}
        </dl>
    }
}

/// The label of the time a handoff ended.
fn ending(end: Option<HandoffEnd>) -> &'static str {
    match end {
        Some(HandoffEnd::Closed) => "Closed",
        Some(HandoffEnd::ReturnedToBot) => "Returned to bot",
        Some(HandoffEnd::Merged) => "Merged",
        None => "Ended",
    }
}
