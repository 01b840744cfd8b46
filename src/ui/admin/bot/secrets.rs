//! Secrets by name: set, replaced, removed. Their values are typed here and never read back.

use leptos::{html, prelude::*, task::spawn_local};

use super::Room;
use crate::{
    api::secrets::{secret_remove, secret_set},
    contract::bot::SecretRow,
    domain::model::secret::{name_fault, value_fault},
    ui::{
        admin::{
            faults::{FieldFault, tell},
            fields::{Kind, Line, Text},
            typing::hydrated,
        },
        browser,
        components::icon::Icon,
        format::{LocalTime, TimeStyle},
    },
};

const NAME: &str = "secret-name";
const VALUE: &str = "secret-value";

#[component]
pub fn Secrets(room: Room) -> impl IntoView {
    let none = Memo::new(move |_| room.data.with(|bot| bot.secrets.is_empty()));
    let names = move || room.data.with(|bot| bot.secrets.iter().map(|row| row.name.clone()).collect::<Vec<_>>());
    let name = RwSignal::new(String::new());
    view! {
        <section class="card" aria-labelledby="secrets-title">
            <header><h2 id="secrets-title">"Secrets"</h2></header>
            <p class="note">
                "Keys of your own systems. A header of a tool or of a flow's request names one as "
                <code>"{{ secret.NAME }}"</code>
                "; its value is put in at the last moment and never shown to anybody, the model included."
            </p>
            <div class="wide" hidden=move || none.get()>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col" class="opt">"Used by"</th>
                            <th scope="col">"Set"</th>
                            <th scope="col"><span class="visually-hidden">"Replace or remove"</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=names key=Clone::clone let:secret>
                            <Row room secret name/>
                        </For>
                    </tbody>
                </table>
            </div>
            <Add room name/>
        </section>
    }
}

#[component]
fn Row(room: Room, secret: String, name: RwSignal<String>) -> impl IntoView {
    let asked = RwSignal::new(false);
    let own = secret.clone();
    let row = Memo::new(move |_| room.data.with(|bot| bot.secrets.iter().find(|row| row.name == own).cloned()));
    view! {
        <tr>
            {move || {
                let Some(SecretRow { name: shown, changed, used_by }) = row.get() else { return ().into_any() };
                if asked.get() {
                    return view! { <RemoveCell room secret=shown used_by asked/> }.into_any();
                }
                let (replaced, label) = (shown.clone(), shown.clone());
                view! {
                    <td><code>{shown}</code></td>
                    <td class="opt dim">{if used_by.is_empty() { "nothing".to_owned() } else { used_by.join(", ") }}</td>
                    <td class="dim"><LocalTime at=changed style=TimeStyle::Row/></td>
                    <td class="tight">
                        <button
                            class="btn icon ghost"
                            type="button"
                            aria-label=format!("Replace {label}")
                            on:click=move |_| {
                                name.set(replaced.clone());
                                browser::focus(VALUE);
                            }
                        >
                            <Icon name="pencil"/>
                        </button>
                        <button
                            class="btn icon ghost"
                            type="button"
                            aria-label=format!("Remove {label}")
                            on:click=move |_| asked.set(true)
                        >
                            <Icon name="trash"/>
                        </button>
                    </td>
                }
                    .into_any()
            }}
        </tr>
    }
}

#[component]
fn RemoveCell(room: Room, secret: String, used_by: Vec<String>, asked: RwSignal<bool>) -> impl IntoView {
    let keep = NodeRef::<html::Button>::new();
    keep.on_load(|button| drop(button.focus()));
    let sending = RwSignal::new(false);
    let shown = secret.clone();
    let consequence = match used_by.is_empty() {
        true => "Requests of flows that name it fail from now on.".to_owned(),
        false => format!("Requests of {} fail from now on.", used_by.join(", ")),
    };
    let remove = move |_| {
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        let secret = secret.clone();
        spawn_local(async move {
            match secret_remove(secret.clone()).await {
                Ok(()) => {
                    room.data.try_update(|bot| bot.secrets.retain(|row| row.name != secret));
                    room.stale.mark();
                    browser::focus(NAME);
                }
                Err(error) => {
                    room.app.show_error(&error);
                    if sending.try_set(false).is_none() {
                        asked.set(false);
                    }
                }
            }
        });
    };
    view! {
        <td colspan="4">
            <div class="actions" role="group" aria-label="Remove this secret?">
                <p>"Remove " <code>{shown}</code> "? " {consequence}</p>
                <button class="btn" type="button" node_ref=keep on:click=move |_| asked.set(false)>"Keep"</button>
                <button class="btn danger" type="button" disabled=move || sending.get() on:click=remove>"Remove"</button>
            </div>
        </td>
    }
}

#[component]
fn Add(room: Room, name: RwSignal<String>) -> impl IntoView {
    let value = RwSignal::new(String::new());
    let refused = RwSignal::new(None::<String>);
    let sending = RwSignal::new(false);
    let hydrated = hydrated();
    let known = Memo::new(move |_| {
        let name = name.get();
        room.data.with(|bot| bot.secrets.iter().any(|row| row.name == name.trim()))
    });
    let text = move |signal: RwSignal<String>, fault: fn(&str) -> Option<String>| Text {
        value: signal.into(),
        retype: Callback::new(move |now| {
            refused.set(None);
            signal.set(now);
        }),
        // An empty field is no fault before somebody wants to set it.
        fault: Signal::derive(move || signal.with(|typed| if typed.is_empty() { None } else { fault(typed.trim()) })),
    };
    let set = move || {
        let (secret, worth) = (name.get_untracked().trim().to_owned(), value.get_untracked());
        if sending.get_untracked() {
            return;
        }
        if let Some(words) = name_fault(&secret).or_else(|| value_fault(worth.trim())) {
            refused.set(Some(words));
            browser::focus(if name_fault(&secret).is_some() { NAME } else { VALUE });
            return;
        }
        sending.set(true);
        spawn_local(async move {
            match secret_set(secret, worth).await {
                Ok(()) => {
                    value.try_set(String::new());
                    name.try_set(String::new());
                    room.stale.mark();
                    browser::focus(NAME);
                }
                Err(error) => tell(room.app, refused, &error),
            }
            sending.try_set(false);
        });
    };
    view! {
        <form
            class="add"
            aria-label="Set a secret"
            on:submit=move |event| {
                event.prevent_default();
                set();
            }
        >
            <Line id=NAME label="Name" kind=Kind::Code text=text(name, name_fault)/>
            <Line id=VALUE label="Value" kind=Kind::Secret text=text(value, value_fault)/>
            <button class="btn primary" type="submit" disabled=move || !hydrated.get() || sending.get()>
                {move || match (sending.get(), known.get()) {
                    (true, _) => "Setting…",
                    (false, true) => "Replace",
                    (false, false) => "Set",
                }}
            </button>
            <FieldFault words=refused/>
        </form>
    }
}
