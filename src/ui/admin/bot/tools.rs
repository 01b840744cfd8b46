//! What the model may call: the list, or the one tool that is being edited.

use leptos::{html, prelude::*, task::spawn_local};

use super::{Room, tool::ToolForm};
use crate::{
    api::tools::tool_remove,
    contract::bot::ToolRow,
    domain::model::ToolDefinition,
    ui::{browser, components::icon::Icon},
};

/// What the card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Face {
    List,
    New,
    Edit(ToolDefinition),
}

const ADD: &str = "tool-add";

#[component]
pub fn Tools(room: Room) -> impl IntoView {
    let face = RwSignal::new(Face::List);
    let leave = Callback::new(move |()| {
        face.set(Face::List);
        // The button is there once the list is drawn again.
        request_animation_frame(|| browser::focus(ADD));
    });
    view! {
        <section class="card" aria-labelledby="tools-title">
            <header>
                <h2 id="tools-title">
                    {move || match face.get() {
                        Face::List => "Tools".to_owned(),
                        Face::New => "New tool".to_owned(),
                        Face::Edit(tool) => format!("Change {}", tool.name),
                    }}
                </h2>
                <Show when=move || face.get() == Face::List>
                    <button class="btn" type="button" id=ADD on:click=move |_| face.set(Face::New)>
                        <Icon name="plus"/>
                        "Add a tool"
                    </button>
                </Show>
            </header>
            {move || match face.get() {
                Face::List => view! { <List room face/> }.into_any(),
                Face::New => view! { <ToolForm room was=None leave/> }.into_any(),
                Face::Edit(tool) => view! { <ToolForm room was=Some(tool) leave/> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn List(room: Room, face: RwSignal<Face>) -> impl IntoView {
    let none = Memo::new(move |_| room.data.with(|bot| bot.tools.is_empty()));
    let names = move || room.data.with(|bot| bot.tools.iter().map(|row| row.tool.name.clone()).collect::<Vec<_>>());
    view! {
        <p class="note">
            "One HTTP request each. The model chooses when to call one and with which arguments; where it goes and what it carries is fixed here."
        </p>
        <Show when=move || none.get()>
            <div class="empty">
                <Icon name="tool"/>
                <h3>"No tool yet"</h3>
                <p>"Without one the model can talk, note what it learns, and call a person. Add one to let it look something up in your own systems."</p>
            </div>
        </Show>
        <div class="wide" hidden=move || none.get()>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Tool"</th>
                        <th scope="col" class="opt">"Request"</th>
                        <th scope="col"><span class="visually-hidden">"Edit or remove"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=names key=Clone::clone let:name>
                        <Row room name face/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(room: Room, name: String, face: RwSignal<Face>) -> impl IntoView {
    let asked = RwSignal::new(false);
    let row = Memo::new(move |_| room.data.with(|bot| bot.tools.iter().find(|row| row.tool.name == name).cloned()));
    view! {
        <tr>
            {move || {
                let Some(ToolRow { tool, missing }) = row.get() else { return ().into_any() };
                if asked.get() {
                    return view! { <RemoveCell room name=tool.name asked/> }.into_any();
                }
                let (edit, remove) = (format!("Edit {}", tool.name), format!("Remove {}", tool.name));
                let request = format!("{} {}", tool.method.word(), tool.url);
                view! {
                    <td>
                        <code><b>{tool.name.clone()}</b></code>
                        <div class="hint" dir="auto">{tool.description.clone()}</div>
                        {missing
                            .into_iter()
                            .map(|secret| {
                                view! {
                                    <span class="warn">
                                        <Icon name="warn"/>
                                        <span>{format!("The secret {secret} is not set: calls fail.")}</span>
                                    </span>
                                }
                            })
                            .collect_view()}
                    </td>
                    <td class="opt"><code class="long">{request}</code></td>
                    <td class="tight">
                        <button
                            class="btn icon ghost"
                            type="button"
                            aria-label=edit
                            on:click=move |_| face.set(Face::Edit(tool.clone()))
                        >
                            <Icon name="pencil"/>
                        </button>
                        <button
                            class="btn icon ghost"
                            type="button"
                            aria-label=remove
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
fn RemoveCell(room: Room, name: String, asked: RwSignal<bool>) -> impl IntoView {
    let keep = NodeRef::<html::Button>::new();
    keep.on_load(|button| drop(button.focus()));
    let sending = RwSignal::new(false);
    let shown = name.clone();
    let remove = move |_| {
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        let name = name.clone();
        spawn_local(async move {
            match tool_remove(name.clone()).await {
                Ok(()) => {
                    room.data.try_update(|bot| bot.tools.retain(|row| row.tool.name != name));
                    room.stale.mark();
                    browser::focus(ADD);
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
        <td colspan="3">
            <div class="actions" role="group" aria-label="Remove this tool?">
                <p>"Remove " <code>{shown}</code> "? The model cannot call it any more, in flows that name it either."</p>
                <button class="btn" type="button" node_ref=keep on:click=move |_| asked.set(false)>"Keep"</button>
                <button class="btn danger" type="button" disabled=move || sending.get() on:click=remove>"Remove"</button>
            </div>
        </td>
    }
}
