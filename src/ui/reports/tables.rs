//! The parts of a report that are tables: by agent, by trigger, by the bot's reason, by outcome.

use leptos::prelude::*;

use super::{
    list_address, measure_address, narrowed,
    tiles::{HowCounted, median_words},
    words::{duration, rating, tenths},
};
use crate::{
    contract::report::{AgentLine, OutcomeLine, ReasonLine, TriggerLine},
    domain::report::{
        list::ListQuery,
        measure::Measure,
        query::{ReportQuery, TriggerFilter},
        reason::READ,
        tally::Measured,
    },
    ui::{
        kit::chart::ShareBar,
        number::{NOTHING, grouped},
    },
};

/// A cell whose number opens its list.
#[component]
fn Linked(href: String, words: String) -> impl IntoView {
    let content = match words == NOTHING {
        true => words.into_any(),
        false => view! { <a href=href>{words}</a> }.into_any(),
    };
    view! { <td class="num">{content}</td> }
}

/// How an agent's column reads its number.
type Column = (&'static str, Measure, fn(&Measured) -> String);

const AGENT_COLUMNS: [Column; 8] = [
    ("Handled", Measure::Handling, |measured| grouped(measured.n)),
    ("Response", Measure::Response, median_words),
    ("Next reply", Measure::NextReply, median_words),
    ("Handling", Measure::Handling, median_words),
    ("Resolution", Measure::Resolution, median_words),
    ("Messages", Measure::Messages, |measured| grouped(measured.n)),
    ("Online", Measure::Online, |measured| duration(Some(measured.total))),
    ("Rating", Measure::Rated, |measured| format!("{} ({})", rating(measured.ratings), grouped(measured.n))),
];

#[component]
pub fn AgentsCard(report: ReportQuery, agents: Vec<AgentLine>) -> impl IntoView {
    let is_empty = agents.is_empty();
    let heads =
        AGENT_COLUMNS.map(|(head, ..)| view! { <th scope="col" class="num">{head}</th> }).into_iter().collect_view();
    let lines = agents
        .into_iter()
        .map(|line| {
            let own = narrowed(&report, |filters| filters.agent = Some(line.agent.clone()));
            let cells = AGENT_COLUMNS
                .map(|(_, measure, read)| {
                    let words = line.measures.get(&measure).map_or_else(|| NOTHING.to_owned(), read);
                    view! { <Linked href=measure_address(&own, measure) words/> }
                })
                .into_iter()
                .collect_view();
            view! {
                <tr>
                    <th scope="row"><bdi>{line.name}</bdi></th>
                    {cells}
                    <Linked href=measure_address(&own, Measure::Stints) words=tenths(line.concurrency)/>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card report-card" aria-labelledby="report-agents">
            <header>
                <h2 id="report-agents">"By agent"</h2>
            </header>
            {is_empty.then(|| view! { <p class="hint">"Nothing in this period."</p> })}
            <div class="wide" hidden=is_empty>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Agent"</th>
                            {heads}
                            <th scope="col" class="num">"In parallel"</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
            <p class="hint">
                "Times are medians and ratings averages, with the number of values in brackets. Handled and Handling are
                credited to whoever had the conversation when the handoff ended, replies to whoever sent them. In parallel is
                the average number of conversations that an agent had open while having at least one."
            </p>
        </section>
    }
}

#[component]
pub fn TriggersCard(report: ReportQuery, triggers: Vec<TriggerLine>) -> impl IntoView {
    let is_empty = triggers.is_empty();
    let most = triggers.iter().map(|line| line.handling.total.0).max().unwrap_or(0);
    let lines = triggers
        .into_iter()
        .map(|line| {
            let own = narrowed(&report, |filters| filters.trigger = Some(line.trigger.clone()));
            let total = line.handling.total;
            view! {
                <tr>
                    <th scope="row"><bdi>{line.label}</bdi></th>
                    <Linked href=measure_address(&own, Measure::Handoffs) words=grouped(line.handoffs)/>
                    <Linked href=measure_address(&own, Measure::Escalated) words=grouped(line.escalated)/>
                    <Linked href=measure_address(&own, Measure::Response) words=median_words(&line.response)/>
                    <Linked href=measure_address(&own, Measure::Handling) words=duration(Some(total))/>
                    <td class="opt"><ShareBar value=total.0 most/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card report-card" aria-labelledby="report-triggers">
            <header>
                <h2 id="report-triggers">"What sends customers to agents"</h2>
            </header>
            {is_empty.then(|| view! { <p class="hint">"Nothing in this period."</p> })}
            <div class="wide" hidden=is_empty>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Trigger and reason"</th>
                            <th scope="col" class="num">"Handoffs"</th>
                            <th scope="col" class="num">"Escalated"</th>
                            <th scope="col" class="num">"Response"</th>
                            <th scope="col" class="num">"Time spent"</th>
                            <th scope="col" class="opt"><span class="visually-hidden">"Compared with the longest"</span></th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
            <p class="hint">
                "What takes people the most time comes first. Time spent is the total handling time of the handoffs that have
                ended, in hours, minutes and seconds."
            </p>
        </section>
    }
}

#[component]
pub fn ReasonsCard(report: ReportQuery, reasons: Vec<ReasonLine>) -> impl IntoView {
    let most = reasons.iter().map(|line| line.n).max().unwrap_or(0);
    let lines = reasons
        .into_iter()
        .map(|line| {
            let own = narrowed(&report, |filters| filters.trigger = Some(TriggerFilter::of_reason(line.key)));
            let list = measure_address(&own, Measure::Handoffs);
            view! {
                <tr>
                    <th scope="row"><bdi>{line.text}</bdi></th>
                    <Linked href=list words=grouped(line.n)/>
                    <td class="opt"><ShareBar value=line.n most/></td>
                </tr>
            }
        })
        .collect_view();
    let read = grouped(READ);
    view! {
        <section class="card report-card" aria-labelledby="report-reasons">
            <header>
                <h2 id="report-reasons">"Reasons the bot gave"</h2>
            </header>
            <div class="wide">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Reason"</th>
                            <th scope="col" class="num">"Handoffs"</th>
                            <th scope="col" class="opt"><span class="visually-hidden">"Compared with the most frequent"</span></th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
            <p class="hint">
                "The most frequent reasons of the language model, for up to " {read} " of the newest handoffs that it asked for.
                Reasons that differ only in capital letters, accents or punctuation count as one."
            </p>
        </section>
    }
}

#[component]
pub fn OutcomesCard(report: ReportQuery, outcomes: Vec<OutcomeLine>) -> impl IntoView {
    let is_empty = outcomes.is_empty();
    let most = outcomes.iter().map(|line| line.n).max().unwrap_or(0);
    let lines = outcomes
        .into_iter()
        .map(|line| {
            let own = narrowed(&report, |filters| filters.outcome = Some(line.outcome.clone()));
            let list = list_address(&ListQuery::of(own, Measure::Closed));
            view! {
                <tr>
                    <th scope="row"><bdi>{line.name}</bdi></th>
                    <Linked href=list words=grouped(line.n)/>
                    <td><ShareBar value=line.n most/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card report-card" aria-labelledby="report-outcomes">
            <header>
                <h2 id="report-outcomes">"Outcomes"</h2>
            </header>
            {is_empty.then(|| view! { <p class="hint">"Nothing in this period."</p> })}
            <div class="wide" hidden=is_empty>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Outcome"</th>
                            <th scope="col" class="num">"Closed"</th>
                            <th scope="col"><span class="visually-hidden">"Compared with the most frequent"</span></th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
            <HowCounted measure=Measure::Closed/>
        </section>
    }
}
