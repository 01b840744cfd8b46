//! Dates that override the weekly hours: closed, or open at hours of their own.

use leptos::prelude::*;

use super::{
    HoursState,
    day::Slots,
    typed::{Day, TypedHoliday},
};
use crate::{
    domain::calendar::HOLIDAYS,
    ui::{
        browser,
        components::icon::Icon,
        kit::{FieldKind, IconButton, Part, TextBinding, TextInput, part},
    },
};

const ADD: &str = "holiday-add";

#[component]
pub fn Holidays(hours: HoursState) -> impl IntoView {
    let form = hours.form;
    let ids = move || form.typed.with(|typed| typed.holidays.iter().map(|holiday| holiday.id).collect::<Vec<_>>());
    let none = Memo::new(move |_| form.typed.with(|typed| typed.holidays.is_empty()));
    let full = Memo::new(move |_| form.typed.with(|typed| typed.holidays.len() >= HOLIDAYS));
    let add = move |_| {
        let mut id = 0;
        form.edit(|typed| id = typed.add_holiday());
        request_animation_frame(move || browser::focus(&date_id(id)));
    };
    view! {
        <section class="part" aria-labelledby="holidays-title">
            <header>
                <h2 id="holidays-title">"Holidays and other dates"</h2>
                <button class="btn" type="button" id=ADD disabled=move || full.get() on:click=add>
                    <Icon name="plus"/>
                    "Add a date"
                </button>
            </header>
            <Show when=move || none.get()>
                <p class="note">"These dates override the weekly hours."</p>
            </Show>
            <div class="week-days">
                <For each=ids key=|id| *id let:id>
                    <HolidayRow hours id/>
                </For>
            </div>
        </section>
    }
}

fn date_id(id: u32) -> String {
    format!("holiday-{id}-date")
}

#[component]
fn HolidayRow(hours: HoursState, id: u32) -> impl IntoView {
    let form = hours.form;
    let fault = hours.fault(Day::Holiday(id));
    let of = move |part: fn(&TypedHoliday) -> &String| {
        form.typed.with(|typed| typed.holiday(id).map(|holiday| part(holiday).clone())).unwrap_or_default()
    };
    let text = move |part: Part<TypedHoliday>| {
        let Part { get, get_mut } = part;
        TextBinding {
            value: Signal::derive(move || of(get)),
            edit: Callback::new(move |now| {
                form.edit(|typed| {
                    if let Some(holiday) = typed.holidays.iter_mut().find(|holiday| holiday.id == id) {
                        *get_mut(holiday) = now;
                    }
                });
            }),
            error: Some(fault),
        }
    };
    let called = Signal::derive(move || {
        let name = of(|holiday| &holiday.name);
        if name.trim().is_empty() { of(|holiday| &holiday.date) } else { name }
    });
    let remove = move |_| {
        form.edit(|typed| typed.holidays.retain(|holiday| holiday.id != id));
        browser::focus(ADD);
    };
    view! {
        <div class="week-day holiday" role="group" aria-label=move || called.get()>
            <div class="which">
                <TextInput
                    id=date_id(id)
                    kind=FieldKind::Date
                    aria_label="Date"
                    described_by=format!("holiday-{id}-error")
                    text=text(part!(date))
                />
                <TextInput
                    id=format!("holiday-{id}-name")
                    aria_label="Name"
                    placeholder="Christmas"
                    text=TextBinding { error: None, ..text(part!(name)) }
                />
            </div>
            <Slots hours day=Day::Holiday(id) name=called silence=Signal::stored("Closed all day")/>
            <IconButton icon="trash" label=Signal::derive(move || format!("Remove {}", called.get())) press=remove/>
        </div>
    }
}
