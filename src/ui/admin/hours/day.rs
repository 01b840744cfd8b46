//! The hours of one day: none, one interval, or several.

use leptos::{html, prelude::*};

use super::{
    Room,
    typed::{Day, Slot},
};
use crate::{
    domain::calendar::INTERVALS,
    ui::{
        admin::{faults::FieldFault, typing::take_over},
        browser,
        components::icon::Icon,
    },
};

/// A weekday.
#[component]
pub fn DayRow(room: Room, day: Day, name: &'static str, always: Memo<bool>) -> impl IntoView {
    view! {
        <div class="week-day" role="group" aria-label=name>
            <b>{name}</b>
            <Slots
                room
                day
                name=Signal::stored(name.to_owned())
                silence=Signal::derive(move || if always.get() { "Open all day" } else { "Closed" })
            />
        </div>
    }
}

/// Intervals of a day with their buttons. `silence` is said of a day without any.
#[component]
pub fn Slots(room: Room, day: Day, name: Signal<String>, silence: Signal<&'static str>) -> impl IntoView {
    let form = room.form;
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
        form.retype(|typed| id = typed.add_slot(day));
        request_animation_frame(move || browser::focus(&slot_id(id)));
    };
    view! {
        <div class="slots">
            <Show when=move || none.get()>
                <span class="hint">{move || silence.get()}</span>
            </Show>
            <For each=ids key=|id| *id let:id>
                <SlotRow room day id name described=described.clone() back=back.clone()/>
            </For>
            <FieldFault id=error words=room.fault(day)/>
        </div>
        <button
            class="btn icon ghost"
            type="button"
            id=button
            disabled=move || full.get()
            title="Add hours"
            aria-label=move || format!("Add hours to {}", name.get())
            on:click=add
        >
            <Icon name="plus"/>
        </button>
    }
}

fn slot_id(id: u32) -> String {
    format!("slot-{id}")
}

#[component]
fn SlotRow(
    room: Room,
    day: Day,
    id: u32,
    name: Signal<String>,
    /// The id of the day's fault.
    described: String,
    /// Where the focus goes when the row is removed.
    back: String,
) -> impl IntoView {
    let form = room.form;
    let fault = room.fault(day);
    let of = move |read: fn(&Slot) -> String| {
        let slot = form.typed.with(|typed| typed.slots(day).iter().find(|slot| slot.id == id).map(read));
        slot.unwrap_or_default()
    };
    let change = move |part: fn(&mut Slot) -> &mut String, now: String| {
        form.retype(|typed| {
            if let Some(slot) = typed.slots_mut(day).and_then(|slots| slots.iter_mut().find(|slot| slot.id == id)) {
                *part(slot) = now;
            }
        });
    };
    let overnight = Memo::new(move |_| {
        form.typed.with(|typed| typed.slots(day).iter().any(|slot| slot.id == id && slot.is_overnight()))
    });
    let remove = move |_| {
        form.retype(|typed| {
            if let Some(slots) = typed.slots_mut(day) {
                slots.retain(|slot| slot.id != id);
            }
        });
        browser::focus(&back);
    };
    view! {
        <div class="slot">
            <Time
                id=slot_id(id)
                label=Signal::derive(move || format!("{} opens at", name.get()))
                value=Signal::derive(move || of(|slot| slot.from.clone()))
                retype=Callback::new(move |now| change(|slot| &mut slot.from, now))
                fault
                described=described.clone()
            />
            <span aria-hidden="true">"–"</span>
            <Time
                id=format!("slot-{id}-to")
                label=Signal::derive(move || format!("{} closes at", name.get()))
                value=Signal::derive(move || of(|slot| slot.to.clone()))
                retype=Callback::new(move |now| change(|slot| &mut slot.to, now))
                fault
                described
            />
            <button
                class="btn icon ghost"
                type="button"
                title="Remove these hours"
                aria-label=move || format!("Remove {} to {} on {}", of(|slot| slot.from.clone()), of(|slot| slot.to.clone()), name.get())
                on:click=remove
            >
                <Icon name="x"/>
            </button>
            <Show when=move || overnight.get()>
                <small class="hint">"until the next day"</small>
            </Show>
        </div>
    }
}

#[component]
fn Time(
    id: String,
    label: Signal<String>,
    value: Signal<String>,
    retype: Callback<String>,
    fault: Signal<Option<String>>,
    described: String,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let first = value.get_untracked();
    let shown = take_over(move || Some(field.get()?.value()), value, move |found| retype.run(found));
    view! {
        <input
            id=id
            node_ref=field
            type="time"
            aria-label=move || label.get()
            aria-describedby=described
            aria-invalid=move || fault.with(Option::is_some).to_string()
            value=first
            prop:value=shown
            on:input:target=move |event| retype.run(event.target().value())
        />
    }
}
