//! How these are counted: the definitions of the domain, and what holds for all of them.

use leptos::prelude::*;

use super::REPORTS;
use crate::{
    domain::report::measure::Measure,
    ui::kit::{PageHead, lazy_route},
};

lazy_route!(DefinitionsRoute in reports, Definitions);

/// What holds for every number.
const RULES: [(&str, &str); 8] = [
    (
        "Days",
        "Days, weeks and months are those of your company's time zone. A day lasts from its first to its last moment, so it \
         has 23 or 25 hours when the clocks change. If the zone is changed, all periods are those of the new zone.",
    ),
    (
        "The period before",
        "As many days right before, or the same part of the week or month before. While a period is not over, the one before \
         is counted up to the same time of day.",
    ),
    (
        "Median and 90%",
        "Half of all values are not longer than the median, and nine in ten are not longer than the value for 90%. Both are \
         values that occurred (nearest rank), and exact however many there are. With fewer than 20 values there is no 90%; \
         each value is shown as a dot instead.",
    ),
    (
        "Opening hours",
        "Times are counted twice: in all hours, and in your opening hours as they were when the time was counted. Times from \
         before you had opening hours are missing where only opening hours count. The response-time target always counts all \
         hours.",
    ),
    (
        "What is open",
        "A handoff that nobody has claimed, answered or ended has no such time yet. It is counted beside the number instead.",
    ),
    (
        "Queue, conversations held, and time online",
        "What began more than 7 days before the period is not in these three, even if it lasted into it.",
    ),
    (
        "Left out",
        "Leads and admins can leave a handoff out, with a reason. It then counts in no other number, the audit log says who did it, \
         and it can be counted again at any time.",
    ),
    ("Erased customers", "Reports hold no names or texts, so erasing a customer changes no number."),
];

#[component]
fn Definitions() -> impl IntoView {
    let rules = RULES.map(|(name, words)| view! { <dt>{name}</dt> <dd>{words}</dd> }).into_iter().collect_view();
    let measures = Measure::ALL
        .map(|measure| {
            view! {
                <dt id=measure.as_str()>{measure.label()}</dt>
                <dd>{measure.definition()} " " {measure.cohort()}</dd>
            }
        })
        .into_iter()
        .collect_view();
    view! {
        <main class="page reports" id="main" tabindex="-1">
            <PageHead title="How these are counted" lead="What every number of the reports means."/>
            <p><a href=REPORTS>"Back to the report"</a></p>
            <section class="card pad report-card" aria-labelledby="rules">
                <h2 id="rules">"For every number"</h2>
                <dl class="definitions">{rules}</dl>
            </section>
            <section class="card pad report-card" aria-labelledby="measures">
                <h2 id="measures">"The numbers"</h2>
                <dl class="definitions">{measures}</dl>
            </section>
        </main>
    }
}
