//! Days that are different: closed, or open at hours of their own.

use leptos::{html, prelude::*};

use super::{
    Room,
    day::Slots,
    typed::{Day, TypedHoliday},
};
use crate::{
    domain::calendar::HOLIDAYS,
    ui::{admin::typing::take_over, browser, components::icon::Icon},
};

const ADD: &str = "holiday-add";

#[component]
pub fn Holidays(room: Room) -> impl IntoView {
    let form = room.form;
    let ids = move || form.typed.with(|typed| typed.holidays.iter().map(|holiday| holiday.id).collect::<Vec<_>>());
    let none = Memo::new(move |_| form.typed.with(|typed| typed.holidays.is_empty()));
    let full = Memo::new(move |_| form.typed.with(|typed| typed.holidays.len() >= HOLIDAYS));
    let add = move |_| {
        let mut id = 0;
        form.retype(|typed| id = typed.add_holiday());
        request_animation_frame(move || browser::focus(&date_id(id)));
    };
    view! {
        <section class="part" aria-labelledby="holidays-title">
            <header>
                <h2 id="holidays-title">"Holidays and other days"</h2>
                <button class="btn" type="button" id=ADD disabled=move || full.get() on:click=add>
                    <Icon name="plus"/>
                    "Add a day"
                </button>
            </header>
            <Show when=move || none.get()>
                <p class="note">"On a day listed here the week's hours do not count: it is closed, or open at hours of its own."</p>
            </Show>
            <div class="week-days">
                <For each=ids key=|id| *id let:id>
                    <HolidayRow room id/>
                </For>
            </div>
        </section>
    }
}

fn date_id(id: u32) -> String {
    format!("holiday-{id}-date")
}

#[component]
fn HolidayRow(room: Room, id: u32) -> impl IntoView {
    let form = room.form;
    let of = move |read: fn(&TypedHoliday) -> String| {
        form.typed.with(|typed| typed.holiday(id).map(read)).unwrap_or_default()
    };
    let change = move |part: fn(&mut TypedHoliday) -> &mut String, now: String| {
        form.retype(|typed| {
            if let Some(holiday) = typed.holidays.iter_mut().find(|holiday| holiday.id == id) {
                *part(holiday) = now;
            }
        });
    };
    let (date, name) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let (first_date, first_name) = untrack(|| (of(|day| day.date.clone()), of(|day| day.name.clone())));
    let date_value = take_over(
        move || Some(date.get()?.value()),
        Signal::derive(move || of(|day| day.date.clone())),
        move |found| change(|day| &mut day.date, found),
    );
    let name_value = take_over(
        move || Some(name.get()?.value()),
        Signal::derive(move || of(|day| day.name.clone())),
        move |found| change(|day| &mut day.name, found),
    );
    let called = Signal::derive(move || {
        let name = of(|day| day.name.clone());
        if name.trim().is_empty() { of(|day| day.date.clone()) } else { name }
    });
    let fault = room.fault(Day::Holiday(id));
    view! {
        <div class="week-day holiday" role="group" aria-label=move || called.get()>
            <div class="which">
                <input
                    id=date_id(id)
                    node_ref=date
                    type="date"
                    aria-label="Date"
                    aria-describedby=format!("holiday-{id}-error")
                    aria-invalid=move || fault.with(Option::is_some).to_string()
                    value=first_date
                    prop:value=date_value
                    on:input:target=move |event| change(|day| &mut day.date, event.target().value())
                />
                <input
                    node_ref=name
                    dir="auto"
                    aria-label="Name"
                    autocomplete="off"
                    placeholder="Christmas"
                    value=first_name
                    prop:value=name_value
                    on:input:target=move |event| change(|day| &mut day.name, event.target().value())
                />
            </div>
            <Slots room day=Day::Holiday(id) name=called silence=Signal::stored("Closed all day")/>
            <button
                class="btn icon ghost"
                type="button"
                title="Remove this day"
                aria-label=move || format!("Remove {}", called.get())
                on:click=move |_| {
                    form.retype(|typed| typed.holidays.retain(|holiday| holiday.id != id));
                    browser::focus(ADD);
                }
            >
                <Icon name="trash"/>
            </button>
        </div>
    }
}
