//! The hours of one day: none, one interval, or several.

use leptos::prelude::*;

use super::{
    HoursState,
    typed::{Day, IntervalInput},
};
use crate::{
    domain::calendar::INTERVALS,
    ui::{
        browser,
        kit::{FieldError, FieldKind, IconButton, Part, TextBinding, TextInput, part},
    },
};

/// A weekday.
#[component]
pub fn DayRow(hours: HoursState, day: Day, name: &'static str, always: Memo<bool>) -> impl IntoView {
    view! {
        <div class="week-day" role="group" aria-label=name>
            <b>{name}</b>
            <Slots
                hours
                day
                name=Signal::stored(name.to_owned())
                silence=Signal::derive(move || if always.get() { "Open all day" } else { "Closed" })
            />
        </div>
    }
}

/// The intervals of a day with their buttons. `silence` is shown for a day without intervals.
#[component]
pub fn Slots(hours: HoursState, day: Day, name: Signal<String>, silence: Signal<&'static str>) -> impl IntoView {
    let form = hours.form;
    let ids = move || form.typed.with(|typed| typed.slots(day).iter().map(|slot| slot.id).collect::<Vec<_>>());
    let none = Memo::new(move |_| form.typed.with(|typed| typed.slots(day).is_empty()));
    let full = Memo::new(move |_| form.typed.with(|typed| typed.slots(day).len() >= INTERVALS));
    let key = match day {
        Day::Week(at) => format!("week-{at}"),
        Day::Holiday(id) => format!("holiday-{id}"),
    };
    let (error, button) = (format!("{key}-error"), format!("{key}-add"));
    let (described, back) = (error.clone(), button.clone());
    let add = move |_| {
        let mut id = 0;
        form.edit(|typed| id = typed.add_slot(day));
        request_animation_frame(move || browser::focus(&slot_id(id)));
    };
    view! {
        <div class="slots">
            <Show when=move || none.get()>
                <span class="hint">{move || silence.get()}</span>
            </Show>
            <For each=ids key=|id| *id let:id>
                <SlotRow hours day id name described=described.clone() back=back.clone()/>
            </For>
            <FieldError id=error text=hours.fault(day)/>
        </div>
        <IconButton
            icon="plus"
            id=button
            disabled=full
            label=Signal::derive(move || format!("Add hours to {}", name.get()))
            press=add
        />
    }
}

fn slot_id(id: u32) -> String {
    format!("slot-{id}")
}

#[component]
fn SlotRow(
    hours: HoursState,
    day: Day,
    id: u32,
    name: Signal<String>,
    /// The id of the element with the day's fault.
    described: String,
    /// The id of the element that gets the focus when the row is removed.
    back: String,
) -> impl IntoView {
    let form = hours.form;
    let fault = hours.fault(day);
    let of = move |part: fn(&IntervalInput) -> &String| {
        form.typed
            .with(|typed| typed.slots(day).iter().find(|slot| slot.id == id).map(|slot| part(slot).clone()))
            .unwrap_or_default()
    };
    let time = move |part: Part<IntervalInput>| {
        let Part { get, get_mut } = part;
        TextBinding {
            value: Signal::derive(move || of(get)),
            edit: Callback::new(move |now| {
                form.edit(|typed| {
                    if let Some(slot) = typed.slots_mut(day).and_then(|all| all.iter_mut().find(|slot| slot.id == id)) {
                        *get_mut(slot) = now;
                    }
                });
            }),
            error: Some(fault),
        }
    };
    let overnight = Memo::new(move |_| {
        form.typed.with(|typed| typed.slots(day).iter().any(|slot| slot.id == id && slot.is_overnight()))
    });
    let remove = move |_| {
        form.edit(|typed| {
            if let Some(slots) = typed.slots_mut(day) {
                slots.retain(|slot| slot.id != id);
            }
        });
        browser::focus(&back);
    };
    view! {
        <div class="slot">
            <TextInput
                id=slot_id(id)
                kind=FieldKind::Time
                aria_label=Signal::derive(move || format!("{} opens at", name.get()))
                text=time(part!(from))
                described_by=described.clone()
            />
            <span aria-hidden="true">"–"</span>
            <TextInput
                id=format!("slot-{id}-to")
                kind=FieldKind::Time
                aria_label=Signal::derive(move || format!("{} closes at", name.get()))
                text=time(part!(to))
                described_by=described
            />
            <IconButton
                icon="x"
                label=Signal::derive(move || {
                    format!("Remove {} to {} on {}", of(|slot| &slot.from), of(|slot| &slot.to), name.get())
                })
                press=remove
            />
            <Show when=move || overnight.get()>
                <small class="hint">"until the next day"</small>
            </Show>
        </div>
    }
}
