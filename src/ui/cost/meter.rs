//! The month of each number: how much of the free part is used, what was billed, and what stands in the way of sending.

use leptos::prelude::*;

use super::{list::list_address, tables::Cost};
use crate::{
    contract::cost::NumberCost,
    domain::{
        access::{Action, may},
        report::cost::{
            CostSum, FREE_PER_MONTH,
            list::{CostCount, CostListQuery},
            month::CostMonth,
        },
    },
    ui::{components::icon::Icon, kit::chart::ShareBar, number::grouped, state::AppState},
};

#[component]
pub fn Meters(
    numbers: Vec<NumberCost>,
    month: CostMonth,
    currency: Option<String>,
    /// It is the month that it is now: what runs out can be warned of.
    is_current: bool,
) -> impl IntoView {
    let meters = numbers.into_iter().map(|number| view! { <Meter number month currency=currency.clone() is_current/> });
    view! { <div class="cost-meters">{meters.collect_view()}</div> }
}

#[component]
fn Meter(number: NumberCost, month: CostMonth, currency: Option<String>, is_current: bool) -> impl IntoView {
    let NumberCost { channel, name, phone, sum, free_part, unpaid } = number;
    let list = CostListQuery::of(month, Some(channel));
    let warning = free_part.warning().filter(|_| is_current);
    let left = grouped(free_part.left());
    let left = if is_current { format!("{left} left") } else { format!("{left} were left") };
    // What an admin does is done on the server.
    let role = AppState::expect().viewer.with_untracked(|viewer| viewer.role);
    let remedy = unpaid.map(|remedy| {
        if may(role, Action::Administer) { remedy } else { "Ask an admin to add a payment method.".to_owned() }
    });
    // WhatsApp can call more messages free than the part has; then no list has this number.
    let is_listed = free_part.used < FREE_PER_MONTH || sum.free_part > 0;
    let used = grouped(free_part.used);
    let used = if is_listed {
        view! { <a href=list_address(&list.count(CostCount::Used))>{used}</a> }.into_any()
    } else {
        used.into_any()
    };
    view! {
        <section class="card pad">
            <h2 dir="auto">{name} " " <bdi class="dim">{phone}</bdi></h2>
            {remedy.map(|words| view! {
                <div class="fault" role="status">
                    <Icon name="alert"/>
                    <p>"WhatsApp stopped this number: the account has a payment problem. " {words}</p>
                </div>
            })}
            {warning.map(|words| view! { <p class="note warn"><Icon name="warn"/> <span>{words}</span></p> })}
            <p>
                <b>{used}</b>
                {format!(" of {} free messages used, ", grouped(FREE_PER_MONTH))}
                {left}
            </p>
            <ShareBar value=free_part.used most=FREE_PER_MONTH/>
            <p class="hint"><Facts sum currency list/></p>
        </section>
    }
}

/// `412 free in the first 1,000 · 7 free after an ad · 30 billed: €1.05`. Each number opens its list.
#[component]
fn Facts(sum: CostSum, currency: Option<String>, list: CostListQuery) -> impl IntoView {
    let parts = free_parts(&sum)
        .into_iter()
        .map(|(n, why, count)| {
            let href = list_address(&list.count(count));
            view! { <a href=href>{grouped(n)}</a> {format!(" {why} · ")} }
        })
        .collect_view();
    let billed = list_address(&list.count(CostCount::Billed));
    let amount = currency.is_some().then(|| view! { ": " <Cost sum currency list/> });
    view! {
        {parts}
        <a href=billed>{grouped(sum.billed)}</a>
        " billed"
        {amount}
    }
}

/// What was free and why, without what there is none of.
fn free_parts(sum: &CostSum) -> Vec<(i64, &'static str, CostCount)> {
    let parts = [
        (sum.free_part, "free in the first 1,000", CostCount::FreePart),
        (sum.customer_service, "free, as WhatsApp says", CostCount::CustomerService),
        (sum.entry_points, "free after an ad", CostCount::EntryPoints),
    ];
    parts.into_iter().filter(|(n, ..)| *n > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_says_what_was_free_and_why() {
        let sum = CostSum { billed: 30, free_part: 412, entry_points: 7, ..CostSum::default() };
        let (first, ad) = ("free in the first 1,000", "free after an ad");
        assert_eq!(free_parts(&sum), [(412, first, CostCount::FreePart), (7, ad, CostCount::EntryPoints)]);
        assert_eq!(free_parts(&CostSum::default()), []);
    }
}
