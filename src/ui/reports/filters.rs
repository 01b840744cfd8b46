//! The period and the filters of a report: links and plain forms, whose fields are the names of the address.

use leptos::{ev::SubmitEvent, prelude::*, wasm_bindgen::JsCast, web_sys};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{REPORTS, address, report_address};
use crate::{
    contract::report::{ReportChoices, ReportDays},
    domain::{
        handoff::TriggerKind,
        report::{
            fields::query_string,
            period::{Period, Preset},
            query::{OutcomeFilter, ReportClock, ReportQuery, TriggerFilter},
        },
    },
    ui::kit::{SelectOption, language_name, language_options},
};

/// All fields of the forms.
const FIELDS: [&str; 10] =
    ["period", "from", "to", "number", "trigger", "agent", "language", "outcome", "clock", "map"];

/// The presets as links, and the days between two dates.
#[component]
pub fn PeriodChoice(report: ReportQuery, days: ReportDays) -> impl IntoView {
    let presets = Preset::ALL
        .map(|preset| {
            let period = Period::Preset(preset);
            let is_chosen = report.period == period;
            let href = report_address(&ReportQuery { period, ..report.clone() });
            view! {
                <a class="chip" href=href aria-current=is_chosen.then_some("true")>
                    {preset.label()}
                </a>
            }
        })
        .into_iter()
        .collect_view();
    view! {
        <div class="report-period">
            <nav class="chips" aria-label="Period">
                {presets}
            </nav>
            <form method="get" action=REPORTS class="report-dates" aria-label="Days" on:submit=follow()>
                <Hidden fields=report.filter_fields()/>
                <div class="dates">
                    <label class="field line">
                        <span>"From"</span>
                        <input type="date" name="from" value=days.from max=days.today.clone() required=true/>
                    </label>
                    <label class="field line">
                        <span>"To"</span>
                        <input type="date" name="to" value=days.to max=days.today required=true/>
                    </label>
                </div>
                <button class="btn" type="submit">
                    "Show days"
                </button>
            </form>
        </div>
    }
}

#[component]
pub fn FilterForm(
    report: ReportQuery,
    choices: ReportChoices,
    /// The viewer sees their own numbers only.
    is_own: bool,
) -> impl IntoView {
    let ReportChoices { channels, agents, triggers, outcomes } = choices;
    let filters = &report.filters;
    let pairs = |ids: Vec<(String, String)>, all: &str| {
        std::iter::once((String::new(), all.to_owned())).chain(ids).collect::<Vec<SelectOption>>()
    };
    let numbers = pairs(channels.into_iter().map(|(id, name)| (id.to_string(), name)).collect(), "All numbers");
    let people = pairs(agents.into_iter().map(|(id, name)| (id.to_string(), name)).collect(), "All agents");
    let kinds = TriggerKind::ALL.map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).into_iter();
    let details = triggers.into_iter().map(|(filter, label)| (filter.value(), label));
    let mut reasons = pairs(kinds.chain(details).collect(), "All triggers");
    let trigger = filters.trigger.as_ref().map(TriggerFilter::value).unwrap_or_default();
    // What the address asks for is an option, even if the period has no handoff of it.
    if !reasons.iter().any(|(value, _)| *value == trigger) {
        reasons.push((trigger.clone(), "Chosen trigger".to_owned()));
    }
    let mut languages = pairs(language_options(), "All languages");
    let language = filters.language.clone().unwrap_or_default();
    if !languages.iter().any(|(value, _)| *value == language) {
        languages.push((language.clone(), language_name(&language)));
    }
    let results = outcomes.into_iter().map(|(id, name)| (id.to_string(), name));
    let results = results.chain([(OutcomeFilter::Missing.value(), "No outcome".to_owned())]).collect();
    let clocks: Vec<SelectOption> =
        ReportClock::ALL.map(|clock| (clock.as_str().to_owned(), clock.label().to_owned())).into();
    let outcome = filters.outcome.as_ref().map(OutcomeFilter::value).unwrap_or_default();
    let id = |id: Option<String>| id.unwrap_or_default();
    let unfiltered = ReportQuery { period: report.period, map: report.map, ..ReportQuery::default() };
    let is_narrowing = report != unfiltered;
    let clear = report_address(&unfiltered);
    let mut kept = report.period_fields();
    kept.extend(report.map_field());
    view! {
        <form method="get" action=REPORTS class="card pad report-filter" aria-label="Filter" on:submit=follow()>
            <Hidden fields=kept/>
            <Choice name="number" label="Number" options=numbers chosen=id(filters.channel.as_ref().map(ToString::to_string))/>
            <Choice name="trigger" label="Trigger" options=reasons chosen=trigger/>
            {(!is_own)
                .then(|| {
                    let chosen = id(filters.agent.as_ref().map(ToString::to_string));
                    view! { <Choice name="agent" label="Agent" options=people chosen/> }
                })}
            <Choice name="language" label="Language" options=languages chosen=language/>
            <Choice name="outcome" label="Outcome" options=pairs(results, "All outcomes") chosen=outcome/>
            <Choice name="clock" label="Count" options=clocks chosen=report.clock.as_str().to_owned()/>
            <div class="actions">
                <button class="btn primary" type="submit">
                    "Apply"
                </button>
                {is_narrowing.then(|| view! { <a class="btn ghost" href=clear>"Clear"</a> })}
            </div>
        </form>
    }
}

/// A select of a plain form.
#[component]
fn Choice(name: &'static str, label: &'static str, options: Vec<SelectOption>, chosen: String) -> impl IntoView {
    let options = options
        .into_iter()
        .map(|(value, text)| {
            let is_chosen = value == chosen;
            view! { <option value=value selected=is_chosen>{text}</option> }
        })
        .collect_view();
    view! {
        <label class="field">
            <span>{label}</span>
            <select name=name>{options}</select>
        </label>
    }
}

/// What a form keeps of the address.
#[component]
fn Hidden(fields: Vec<(&'static str, String)>) -> impl IntoView {
    fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
}

/// Follows a form as a link of the router does. What cannot be read is left to the browser.
fn follow() -> impl Fn(SubmitEvent) + 'static {
    let navigate = use_navigate();
    move |event: SubmitEvent| {
        if let Some(query) = submitted(&event) {
            event.prevent_default();
            navigate(&address(REPORTS, &query), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    }
}

fn submitted(event: &SubmitEvent) -> Option<String> {
    let form = event.target()?.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    let value = |name: &'static str| (name, data.get(name).as_string().filter(|value| !value.is_empty()));
    Some(query_string(FIELDS.map(value)))
}
