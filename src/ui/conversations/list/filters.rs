//! The panel of filters: dates with their usual ranges, agent, number, trigger, and marks. Applied filters
//! are in the address; what is only typed is in the form.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    form::{KeptFields, edited},
    query::{DESK, DeskLocation, SET},
};
use crate::{
    domain::{
        desk::{DateOf, Filter},
        handoff::TriggerKind,
        ids::{AgentId, ChannelId},
        time::{Span, Timestamp},
    },
    ui::{
        browser::focus, components::icon::Icon, format::iso, keyboard::is_composing, kit::DateRange, state::AppState,
    },
};

/// The element's id of what opens and closes the panel.
const TOGGLE: &str = "desk-filters";

const OWN: [&str; 8] = ["by", "from", "to", "agent", "number", "trigger", "failed", "unanswered"];

/// The marks, as the panel and the applied filters name them.
pub const FAILED: &str = "Not delivered";
pub const UNANSWERED: &str = "Unanswered";

/// Ranges of days up to today, as links.
const RANGES: [(&str, i64); 3] = [("Today", 1), ("7 days", 7), ("30 days", 30)];

#[component]
pub fn Filters(place: DeskLocation) -> impl IntoView {
    let panel = NodeRef::<html::Details>::new();
    let applied = Memo::new(move |_| place.filter.with(count));
    let keyed = move |event: KeyboardEvent| {
        let open = panel.get_untracked().filter(|panel| panel.open());
        if event.key() == "Escape"
            && !is_composing(&event)
            && let Some(open) = open
        {
            event.prevent_default();
            // Within a closed panel the focus would be lost.
            focus(TOGGLE);
            open.set_open(false);
        }
    };

    view! {
        <details class="filters" node_ref=panel on:keydown=keyed>
            <summary id=TOGGLE>
                <Icon name="filter" class="xs" />
                "Filters"
                {move || {
                    (applied.get() > 0)
                        .then(|| view! {
                            <span class="badge">
                                {applied.get()} <span class="visually-hidden">" applied"</span>
                            </span>
                        })
                }}
            </summary>
            <FilterForm place panel />
        </details>
    }
}

#[component]
fn FilterForm(place: DeskLocation, panel: NodeRef<html::Details>) -> impl IntoView {
    let choices = AppState::expect().choices;
    let navigate = use_navigate();
    let form = NodeRef::<html::Form>::new();
    let close = move || {
        if let Some(panel) = panel.get_untracked() {
            panel.set_open(false);
        }
    };
    let submit = move |event: SubmitEvent| {
        if let Some(filter) = edited(&event, place, &OWN) {
            event.prevent_default();
            navigate(&place.link(&filter), NavigateOptions { scroll: false, ..Default::default() });
            close();
        }
    };
    // The link removes what is applied; this resets what was only typed.
    let clear = move |_| {
        if let Some(form) = form.get_untracked() {
            form.reset();
        }
        close();
    };
    let from = Memo::new(move |_| place.filter.with(|filter| filter.from.clone().unwrap_or_default()));
    let to = Memo::new(move |_| place.filter.with(|filter| filter.to.clone().unwrap_or_default()));
    let by = Memo::new(move |_| place.filter.with(|filter| filter.date_of.as_str().to_owned()));
    let agent = Memo::new(move |_| {
        place.filter.with(|filter| filter.agent.as_ref().map(ToString::to_string).unwrap_or_default())
    });
    let number = Memo::new(move |_| {
        place.filter.with(|filter| filter.channel.as_ref().map(ToString::to_string).unwrap_or_default())
    });
    let trigger = Memo::new(move |_| {
        place.filter.with(|filter| filter.trigger.map(|kind| kind.as_str().to_owned()).unwrap_or_default())
    });
    let failed = Memo::new(move |_| place.filter.with(|filter| filter.failed));
    let unanswered = Memo::new(move |_| place.filter.with(|filter| filter.unanswered));
    let any_trigger = std::iter::once((String::new(), "Any trigger".to_owned()));
    let triggers = TriggerKind::ALL.map(|kind| (kind.as_str().to_owned(), kind.label().to_owned()));
    let triggers = any_trigger.chain(triggers).collect::<Vec<_>>();
    let dates = DateOf::ALL.map(|date| (date.as_str().to_owned(), date_label(date).to_owned())).to_vec();
    let agents = Memo::new(move |_| {
        let any = (String::new(), "Any agent".to_owned());
        let one = |(id, name): &(AgentId, String)| (id.to_string(), name.clone());
        choices.with(|choices| std::iter::once(any).chain(choices.agents.iter().map(one)).collect::<Vec<_>>())
    });
    let numbers = Memo::new(move |_| {
        let all = (String::new(), "All".to_owned());
        let one = |(id, name): &(ChannelId, String)| (id.to_string(), name.clone());
        choices.with(|choices| std::iter::once(all).chain(choices.channels.iter().map(one)).collect::<Vec<_>>())
    });

    view! {
        <form method="get" action=DESK aria-label="Filters" node_ref=form on:submit=submit>
            <nav class="ranges" aria-label="Period">
                {RANGES.map(|(label, days)| view! { <RangeLink label days place /> }).collect_view()}
            </nav>
            <label class="field">
                <span>"Date"</span>
                <select name="by">
                    <Options options=dates chosen=by />
                </select>
            </label>
            <DateRange from to />
            <label class="field">
                <span>"Agent"</span>
                <select name="agent">
                    {move || view! { <Options options=agents.get() chosen=agent /> }}
                </select>
            </label>
            <label class="field">
                <span>"Number"</span>
                <select name="number">
                    {move || view! { <Options options=numbers.get() chosen=number /> }}
                </select>
            </label>
            <label class="field">
                <span>"Trigger"</span>
                <select name="trigger">
                    <Options options=triggers chosen=trigger />
                </select>
            </label>
            <div class="marks">
                <Mark name="failed" label=FAILED is=failed />
                <Mark name="unanswered" label=UNANSWERED is=unanswered />
            </div>
            <KeptFields place own=&OWN />
            <div class="actions">
                <a class="btn ghost" href=move || place.filter.with(|filter| place.link(&cleared(filter))) on:click=clear>
                    "Clear"
                </a>
                <button class="btn primary" type="submit">
                    "Apply"
                </button>
            </div>
        </form>
    }
}

/// A criterion that is only set or not. The attribute is what a reset returns to, the property what is ticked now.
#[component]
fn Mark(name: &'static str, label: &'static str, is: Memo<bool>) -> impl IntoView {
    view! {
        <label class="field line">
            <input type="checkbox" name=name value=SET checked=is prop:checked=is />
            <span>{label}</span>
        </label>
    }
}

/// The link to the last `days` days, today included. It keeps which date is meant.
#[component]
fn RangeLink(label: &'static str, days: i64, place: DeskLocation) -> impl IntoView {
    let today = AppState::expect().today;
    let from = Memo::new(move |_| first_day(today.get(), days));
    let href =
        move || place.filter.with(|filter| place.link(&Filter { from: Some(from.get()), to: None, ..filter.clone() }));
    let chosen = move || {
        let is = place.filter.with(|filter| filter.to.is_none() && filter.from.as_ref() == Some(&from.get()));
        is.then_some("true")
    };
    view! {
        <a class="chip" href=href aria-current=chosen>
            {label}
        </a>
    }
}

/// The first of the last `days` days, as a filter has it. `today` is the number of the day that now is.
fn first_day(today: i64, days: i64) -> String {
    let midnight = iso(Timestamp((today - days + 1) * Span::days(1).millis()));
    midnight.split('T').next().unwrap_or_default().to_owned()
}

/// The options of a select. The attribute is what a reset returns to, the property what is selected now.
#[component]
fn Options(options: Vec<(String, String)>, chosen: Memo<String>) -> impl IntoView {
    let option = move |(value, label): (String, String)| {
        let wanted = value.clone();
        let is = Memo::new(move |_| chosen.with(|chosen| *chosen == wanted));
        view! {
            <option value=value selected=is prop:selected=is>
                {label}
            </option>
        }
    };
    options.into_iter().map(option).collect_view()
}

pub fn date_label(date: DateOf) -> &'static str {
    match date {
        DateOf::Started => "Started",
        DateOf::Requested => "Agent requested",
        DateOf::Closed => "Closed",
    }
}

/// How many filters of this panel are applied.
fn count(filter: &Filter) -> usize {
    let applied = [
        filter.from.is_some() || filter.to.is_some(),
        filter.agent.is_some(),
        filter.channel.is_some(),
        filter.trigger.is_some(),
        filter.failed,
        filter.unanswered,
    ];
    applied.into_iter().filter(|applied| *applied).count()
}

/// The filter without what this panel sets. Status and search stay.
fn cleared(filter: &Filter) -> Filter {
    Filter { status: filter.status, search: filter.search.clone(), ..Filter::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_ends_today() {
        // The number of the 22nd of November 2026.
        let today = 20_779;
        assert_eq!(first_day(today, 1), "2026-11-22");
        assert_eq!(first_day(today, 7), "2026-11-16");
        assert_eq!(first_day(today, 30), "2026-10-24");
    }
}
