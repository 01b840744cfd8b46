//! The month of each number: how much of the free part is used, what was billed, and what stands in the way of sending.

use leptos::prelude::*;

use super::words::cost;
use crate::{
    contract::cost::NumberCost,
    domain::{
        access::{Action, may},
        report::cost::{CostSum, FREE_PER_MONTH},
    },
    ui::{components::icon::Icon, kit::chart::ShareBar, number::grouped, state::AppState},
};

#[component]
pub fn Meters(
    numbers: Vec<NumberCost>,
    currency: Option<String>,
    /// It is the month that it is now: what runs out can be warned of.
    is_current: bool,
) -> impl IntoView {
    let meters = numbers.into_iter().map(|number| view! { <Meter number currency=currency.clone() is_current/> });
    view! { <div class="cost-meters">{meters.collect_view()}</div> }
}

#[component]
fn Meter(number: NumberCost, currency: Option<String>, is_current: bool) -> impl IntoView {
    let NumberCost { channel: _, name, phone, sum, free_part, unpaid } = number;
    let warning = free_part.warning().filter(|_| is_current);
    let left = grouped(free_part.left());
    let left = if is_current { format!("{left} left") } else { format!("{left} were left") };
    // What an admin does is done on the server.
    let role = AppState::expect().viewer.with_untracked(|viewer| viewer.role);
    let remedy = unpaid.map(|remedy| {
        if may(role, Action::Administer) { remedy } else { "Ask an admin to add a payment method.".to_owned() }
    });
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
                <b>{grouped(free_part.used)}</b>
                " of 1,000 free messages used, "
                {left}
            </p>
            <ShareBar value=free_part.used most=FREE_PER_MONTH/>
            <p class="hint">{facts(&sum, currency.as_deref())}</p>
        </section>
    }
}

/// `412 free in the first 1,000 · 7 free after an ad · 30 billed: €1.05`.
fn facts(sum: &CostSum, currency: Option<&str>) -> String {
    let free = [
        (sum.free_part, "free in the first 1,000"),
        (sum.customer_service, "free, as WhatsApp says"),
        (sum.entry_points, "free after an ad"),
    ];
    let mut facts: Vec<String> =
        free.into_iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{} {why}", grouped(n))).collect();
    let billed = format!("{} billed", grouped(sum.billed));
    facts.push(match currency {
        Some(_) => format!("{billed}: {}", cost(sum, currency)),
        None => billed,
    });
    facts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::prices::Amount;

    #[test]
    fn a_month_says_what_was_free_and_why() {
        let sum = CostSum {
            billed: 30,
            priced: 30,
            amount: Amount(1_050_000),
            free_part: 412,
            entry_points: 7,
            ..CostSum::default()
        };
        let expected = "412 free in the first 1,000 · 7 free after an ad · 30 billed: €1.05";
        assert_eq!(facts(&sum, Some("EUR")), expected);
        assert_eq!(facts(&CostSum::default(), None), "0 billed");
    }
}
