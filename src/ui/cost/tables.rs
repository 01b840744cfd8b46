//! The sums of a month: by who wrote, per conversation and handoff, and by country, flow and agent.

use leptos::prelude::*;

use super::{
    list::list_address,
    words::{average, unpriced_words},
};
use crate::{
    contract::cost::{CostLine, CostShare},
    domain::report::cost::{
        CostSum,
        list::{CostCount, CostListQuery, CostPart},
    },
    ui::{
        kit::chart::ShareBar,
        number::{NOTHING, grouped},
    },
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
    /// All messages of the month.
    list: CostListQuery,
) -> impl IntoView {
    let lines = [
        ("People", people, CostPart::People),
        ("Bot", bot, CostPart::Bot),
        ("Automatic messages", notices, CostPart::Notices),
        ("All", total, CostPart::All),
    ];
    let lines = lines
        .into_iter()
        .map(|(name, sum, part)| {
            let list = list.part(part);
            view! { <Sums name=name.to_owned() sum most=total.billed currency=currency.clone() list/> }
        })
        .collect_view();
    let beside = [
        (in_app, "typed in the WhatsApp app, free", CostCount::InApp),
        (without_price, "sent, and WhatsApp has told no price yet", CostCount::NotTold),
    ];
    let beside: Vec<_> = beside
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, what, count)| {
            let href = list_address(&list.count(count));
            view! { <p class="hint pad">"Also " <a href=href>{grouped(n)}</a> {format!(" {what}.")}</p> }
        })
        .collect();
    view! {
        <section class="card">
            <header><h2>"Who wrote"</h2></header>
            <SumTable caption="Messages and cost by who wrote them" head="From">{lines}</SumTable>
            {beside}
        </section>
    }
}

#[component]
pub fn AverageTable(
    conversations: CostShare,
    handoffs: CostShare,
    currency: Option<String>,
    /// All messages of the month.
    list: CostListQuery,
) -> impl IntoView {
    let line = |name: &'static str, share: CostShare, part: CostPart| {
        let list = list.part(part);
        let href = list_address(&list);
        let average = average(&share.sum, share.n, currency.as_deref());
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="num"><a href=href.clone()>{grouped(share.n)}</a></td>
                <td class="num"><Cost sum=share.sum currency=currency.clone() list/></td>
                <td class="num"><Linked words=average href/></td>
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
                        {line("Conversations", conversations, CostPart::All)}
                        {line("Handoffs, with everything written in them", handoffs, CostPart::Handoffs)}
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
    /// All messages of the month.
    list: CostListQuery,
) -> impl IntoView {
    let hidden = lines.len().saturating_sub(SHOWN);
    let most = lines.iter().map(|line| line.sum.billed).max().unwrap_or(0);
    (!lines.is_empty()).then(|| {
        let lines = lines
            .into_iter()
            .take(SHOWN)
            .map(|line| {
                let list = list.part(line.part);
                view! { <Sums name=line.name sum=line.sum most currency=currency.clone() list/> }
            })
            .collect_view();
        view! {
            <section class="card">
                <header><h2>{title}</h2></header>
                <SumTable caption=title head>{lines}</SumTable>
                {(hidden > 0).then(|| view! { <p class="hint pad">{format!("{} more that cost less.", grouped(hidden))}</p> })}
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
    /// All messages of the line.
    list: CostListQuery,
) -> impl IntoView {
    let (billed, free) = (list_address(&list.count(CostCount::Billed)), list_address(&list.count(CostCount::Free)));
    view! {
        <tr>
            <th scope="row" dir="auto">{name}</th>
            <td class="num"><a href=billed>{grouped(sum.billed)}</a></td>
            <td class="opt share"><ShareBar value=sum.billed most/></td>
            <td class="num"><a href=free>{grouped(sum.free())}</a></td>
            <td class="num"><Cost sum currency list/></td>
        </tr>
    }
}

/// `€12.35`, or `€12.35 + 3 without a price`: each opens its list.
#[component]
pub fn Cost(sum: CostSum, currency: Option<String>, list: CostListQuery) -> impl IntoView {
    let Some(currency) = currency else { return NOTHING.into_any() };
    let (priced, unpriced) =
        (list_address(&list.count(CostCount::Priced)), list_address(&list.count(CostCount::Unpriced)));
    let beside = (sum.unpriced() > 0).then(|| view! { " + " <a href=unpriced>{unpriced_words(&sum)}</a> });
    view! {
        <a href=priced>{sum.amount.sum(&currency)}</a>
        {beside}
    }
    .into_any()
}

/// A number that opens its list, if there is one.
#[component]
fn Linked(words: String, href: String) -> impl IntoView {
    if words == NOTHING { words.into_any() } else { view! { <a href=href>{words}</a> }.into_any() }
}
