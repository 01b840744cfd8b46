//! The form of a roster: its shifts, how many weeks are replayed, and how many conversations a person has at a time.
//!
//! Its fields hold what is typed, and it is read when it is submitted. Without scripts the browser submits it, and the
//! buttons that add and remove shifts submit it, too.

use leptos::{
    ev::{MouseEvent, SubmitEvent},
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys,
};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::address::{MOST_AT_ONCE, RosterInput, SENT, STAFFING, ShiftInput, StaffingQuery};
use crate::{
    contract::staffing::{RosterSource, StartingRoster, WEEKS},
    domain::{staffing::roster::MOST_PEOPLE, week::Weekday},
    ui::{
        browser,
        components::icon::Icon,
        format::date_words,
        kit::{FieldError, SelectOption},
    },
};

/// The id of the button that adds a shift.
const ADD: &str = "staffing-add";

/// A shift of the form. Without scripts the number is its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FormRow {
    number: usize,
    shift: ShiftInput,
}

#[component]
pub fn RosterForm(starting: RwSignal<StartingRoster>, query: Memo<StaffingQuery>) -> impl IntoView {
    let navigate = use_navigate();
    let error = RwSignal::new(None::<String>);
    let shifts = move |query: &StaffingQuery| starting.with_untracked(|starting| query.shifts(&starting.roster));
    let rows = RwSignal::new(numbered(0, query.with_untracked(shifts)));
    let reset = move |query: &StaffingQuery| {
        rows.update(|rows| *rows = numbered(next_number(rows), shifts(query)));
        error.set(None);
    };
    // Another address has another roster.
    Effect::watch(move || query.get(), move |query, _, _| reset(query), false);
    let submit = move |event: SubmitEvent| {
        let Some(typed) = submitted(&event) else { return };
        event.prevent_default();
        match typed.checked() {
            Ok(query) => {
                error.set(None);
                navigate(&query.address(), NavigateOptions { scroll: false, ..NavigateOptions::default() });
            }
            Err(fault) => error.set(Some(fault.to_string())),
        }
    };
    let add = move |event: MouseEvent| {
        event.prevent_default();
        let number = rows.with_untracked(|rows| next_number(rows));
        rows.update(|rows| rows.push(FormRow { number, shift: ShiftInput::new() }));
        request_animation_frame(move || browser::focus(&first_field(number)));
    };
    let remove = Callback::new(move |number: usize| {
        rows.update(|rows| rows.retain(|row| row.number != number));
        browser::focus(ADD);
    });
    let weeks = WEEKS.map(|weeks| (weeks.to_string(), format!("Last {weeks} weeks"))).to_vec();
    let chosen_weeks = Memo::new(move |_| query.with(|query| query.weeks.to_string()));
    let as_observed = (String::new(), "As observed".to_owned());
    let at_once = (1..=MOST_AT_ONCE).map(|at_once| (at_once.to_string(), at_once.to_string()));
    let at_once: Vec<SelectOption> = std::iter::once(as_observed).chain(at_once).collect();
    let chosen_at_once = Memo::new(move |_| {
        query.with(|query| query.concurrency.map(|at_once| at_once.to_string()).unwrap_or_default())
    });
    // The address may be the same, and the form another one.
    let start_again = move |_: MouseEvent| reset(&StaffingQuery::default());
    let start = move || query.with(|query| StaffingQuery { roster: RosterInput::Starting, ..query.clone() }.address());
    view! {
        <form
            method="get"
            action=STAFFING
            class="card pad report-card roster-form"
            aria-labelledby="staffing-roster"
            on:submit=submit
        >
            // Enter in a field presses the first button, which would be one that removes a shift.
            <button class="visually-hidden" type="submit" tabindex="-1" aria-hidden="true">"Calculate"</button>
            <input type="hidden" name=SENT value="sent"/>
            <h2 id="staffing-roster">"Roster"</h2>
            <p class="hint">{move || starting.with(|starting| source_words(starting.source))}</p>
            <div class="roster-rows">
                <For each=move || rows.get() key=|row| row.number let:row>
                    <ShiftRow row remove/>
                </For>
            </div>
            <FieldError text=error/>
            <div class="actions">
                <button id=ADD class="btn" type="submit" name="add" value="1" formnovalidate=true on:click=add>
                    <Icon name="plus"/>
                    "Add a shift"
                </button>
                <a class="btn ghost" href=start on:click=start_again>"Start from the observed roster"</a>
            </div>
            <div class="roster-choices">
                <Choice name="weeks" label="Tried on" options=weeks chosen=chosen_weeks/>
                <Choice
                    name="concurrency"
                    label="Conversations per person at a time"
                    options=at_once
                    chosen=chosen_at_once
                />
                <button class="btn primary" type="submit">"Calculate"</button>
            </div>
        </form>
    }
}

fn source_words(source: RosterSource) -> String {
    match source {
        RosterSource::Online { from, until } => {
            let last = until.yesterday().unwrap_or(until);
            format!(
                "The observed roster is the average number of people online from {} to {}.",
                date_words(from),
                date_words(last)
            )
        }
        RosterSource::Example => "No time online is recorded yet, so this roster is an example.".to_owned(),
    }
}

fn numbered(first: usize, shifts: Vec<ShiftInput>) -> Vec<FormRow> {
    shifts.into_iter().enumerate().map(|(place, shift)| FormRow { number: first + place, shift }).collect()
}

/// Numbers only grow, so that no row is taken for another one.
fn next_number(rows: &[FormRow]) -> usize {
    rows.last().map_or(0, |row| row.number + 1)
}

/// What the form holds. `None` if it cannot be read; then the browser submits it.
fn submitted(event: &SubmitEvent) -> Option<StaffingQuery> {
    let form = event.target()?.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    Some(StaffingQuery::read(|name| data.get_all(name).iter().filter_map(|value| value.as_string()).collect()))
}

fn first_field(number: usize) -> String {
    format!("shift-{number}")
}

#[component]
fn ShiftRow(row: FormRow, remove: Callback<usize>) -> impl IntoView {
    let FormRow { number, shift } = row;
    let ShiftInput { first, last, from, until, people } = shift;
    let press = move |event: MouseEvent| {
        event.prevent_default();
        remove.run(number);
    };
    view! {
        <div class="roster-row" role="group" aria-label="Shift">
            <label class="field">
                <span>"From day"</span>
                <select id=first_field(number) name="first">{days(&first)}</select>
            </label>
            <label class="field">
                <span>"To day"</span>
                <select name="last">{days(&last)}</select>
            </label>
            <label class="field">
                <span>"Starts at"</span>
                <input type="time" name="from" required=true value=from/>
            </label>
            <label class="field">
                <span>"Ends at"</span>
                <input type="time" name="until" required=true value=until/>
            </label>
            <label class="field">
                <span>"People"</span>
                <input type="number" name="people" min="1" max=MOST_PEOPLE.to_string() required=true value=people/>
            </label>
            <button
                class="btn icon ghost"
                type="submit"
                name="remove"
                value=number.to_string()
                formnovalidate=true
                aria-label="Remove this shift"
                title="Remove this shift"
                on:click=press
            >
                <Icon name="x"/>
            </button>
        </div>
    }
}

/// The options of a select of weekdays.
fn days(chosen: &str) -> impl IntoView + use<> {
    Weekday::ALL
        .map(|day| {
            let is_chosen = day.as_str() == chosen;
            view! { <option value=day.as_str() selected=is_chosen>{day.to_string()}</option> }
        })
        .into_iter()
        .collect_view()
}

/// A select of a plain form, which follows the address.
#[component]
fn Choice(name: &'static str, label: &'static str, options: Vec<SelectOption>, chosen: Memo<String>) -> impl IntoView {
    let option = move |(value, text): SelectOption| {
        let own = value.clone();
        let is = Memo::new(move |_| chosen.with(|chosen| *chosen == own));
        view! { <option value=value selected=is prop:selected=is>{text}</option> }
    };
    view! {
        <label class="field">
            <span>{label}</span>
            <select name=name>{options.into_iter().map(option).collect_view()}</select>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_never_has_the_number_of_one_before() {
        let mut rows = numbered(0, vec![ShiftInput::new(); 3]);
        rows.remove(0);
        assert_eq!(next_number(&rows), 3);
        let others = numbered(next_number(&rows), vec![ShiftInput::new(); 2]);
        assert_eq!(others.iter().map(|row| row.number).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(next_number(&[]), 0);
    }

    #[test]
    fn the_source_of_a_roster_is_a_sentence() {
        let source = RosterSource::Online { from: jiff::civil::date(2026, 2, 2), until: jiff::civil::date(2026, 3, 2) };
        let words = "The observed roster is the average number of people online from 2 Feb 2026 to 1 Mar 2026.";
        assert_eq!(source_words(source), words);
    }
}
