//! The sums of a month: by who wrote, per conversation and handoff, and by country, flow and agent.

use leptos::prelude::*;

use super::words::{average, cost};
use crate::{
    contract::cost::{CostLine, CostShare},
    domain::report::cost::CostSum,
    ui::{kit::chart::ShareBar, number::grouped},
};

/// Lines of a breakdown that are shown at once.
const SHOWN: usize = 20;

#[component]
pub fn SenderTable(
    total: CostSum,
    people: CostSum,
    bot: CostSum,
    notices: CostSum,
    in_app: i64,
    without_price: i64,
    currency: Option<String>,
) -> impl IntoView {
    let lines = [("People", people), ("Bot", bot), ("Automatic messages", notices), ("All", total)]
        .into_iter()
        .map(|(name, sum)| {
            view! { <Sums name=name.to_owned() sum most=total.billed currency=currency.clone()/> }
        })
        .collect_view();
    let beside =
        [(in_app, "typed in the WhatsApp app, free"), (without_price, "sent, and WhatsApp has told no price yet")];
    let beside: Vec<String> =
        beside.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", grouped(n))).collect();
    view! {
        <section class="card">
            <header><h2>"Who wrote"</h2></header>
            <SumTable caption="Messages and cost by who wrote them" head="From">{lines}</SumTable>
            {(!beside.is_empty()).then(|| view! { <p class="hint pad">{format!("Also {}.", beside.join("; "))}</p> })}
        </section>
    }
}

#[component]
pub fn AverageTable(conversations: CostShare, handoffs: CostShare, currency: Option<String>) -> impl IntoView {
    let line = |name: &'static str, share: CostShare| {
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="num">{grouped(share.n)}</td>
                <td class="num">{cost(&share.sum, currency.as_deref())}</td>
                <td class="num">{average(&share.sum, share.n, currency.as_deref())}</td>
            </tr>
        }
    };
    view! {
        <section class="card">
            <header><h2>"Per conversation"</h2></header>
            <div class="wide">
                <table>
                    <caption class="visually-hidden">"Cost of conversations and handoffs"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"With messages that month"</th>
                            <th scope="col" class="num">"Number"</th>
                            <th scope="col" class="num">"Cost"</th>
                            <th scope="col" class="num">"On average"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {line("Conversations", conversations)}
                        {line("Handoffs, with everything written in them", handoffs)}
                    </tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
pub fn BreakdownTable(
    title: &'static str,
    /// What a line is.
    head: &'static str,
    /// What costs most comes first.
    lines: Vec<CostLine>,
    currency: Option<String>,
) -> impl IntoView {
    let hidden = lines.len().saturating_sub(SHOWN);
    let most = lines.iter().map(|line| line.sum.billed).max().unwrap_or(0);
    (!lines.is_empty()).then(|| {
        let lines = lines
            .into_iter()
            .take(SHOWN)
            .map(|line| view! { <Sums name=line.name sum=line.sum most currency=currency.clone()/> })
            .collect_view();
        view! {
            <section class="card">
                <header><h2>{title}</h2></header>
                <SumTable caption=title head>{lines}</SumTable>
                {(hidden > 0).then(|| view! { <p class="hint pad">{format!("{hidden} more that cost less.")}</p> })}
            </section>
        }
    })
}

#[component]
fn SumTable(caption: &'static str, head: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="wide">
            <table>
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{head}</th>
                        <th scope="col" class="num">"Billed"</th>
                        <th scope="col" class="opt"><span class="visually-hidden">"Share"</span></th>
                        <th scope="col" class="num">"Free"</th>
                        <th scope="col" class="num">"Cost"</th>
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Sums(
    name: String,
    sum: CostSum,
    /// The most billed messages of a line, for the bar.
    most: i64,
    currency: Option<String>,
) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" dir="auto">{name}</th>
            <td class="num">{grouped(sum.billed)}</td>
            <td class="opt share"><ShareBar value=sum.billed most/></td>
            <td class="num">{grouped(sum.free())}</td>
            <td class="num">{cost(&sum, currency.as_deref())}</td>
        </tr>
    }
}
