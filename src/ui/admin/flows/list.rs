//! All flows: what begins them, how they stand, and how a new one begins.

use leptos::{ev, html, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

use super::{
    super::{
        faults::FieldFault,
        reading::{Stale, fresh},
        typing::hydrated,
    },
    import::Import,
};
use crate::{
    api::flow::{flow_create, flow_move, flow_remove, read_flows},
    contract::{
        ApiError,
        flow::{FlowRow, FlowState, Flows, NewFlow, SampleRow, Way},
    },
    domain::ids::FlowId,
    ui::{
        browser,
        components::icon::Icon,
        format::{LocalTime, TimeStyle},
        state::AppState,
    },
};

#[component]
pub fn FlowsPage() -> impl IntoView {
    let app = AppState::expect();
    let stale = Stale::watch(app);
    view! {
        <Title text="Flows"/>
        <h1>"Flows"</h1>
        <p class="lead">
            "What the bot does before a person is needed: step by step, as you lay it out. The first flow whose start fits takes the conversation."
        </p>
        {fresh(
            stale,
            Signal::derive(|| ()),
            |()| read_flows(),
            move |flows| {
                view! {
                    <div class="stack">
                        <div class="card">
                            <Table flows stale/>
                            <NewForm flows/>
                        </div>
                        <Ready flows/>
                        <Import/>
                    </div>
                }
            },
        )}
    }
}

#[component]
fn Table(flows: RwSignal<Flows>, stale: Stale) -> impl IntoView {
    let none = Memo::new(move |_| flows.with(|flows| flows.rows.is_empty()));
    let ids = move || flows.with(|flows| flows.rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>());
    view! {
        <Show when=move || none.get()>
            <div class="empty">
                <Icon name="flow"/>
                <h2>"No flow yet"</h2>
                <p>"Until there is one, the bot greets with your texts. Begin with a ready flow below, or with an empty one."</p>
            </div>
        </Show>
        <div class="wide" hidden=move || none.get()>
            <table>
                <caption class="visually-hidden">"Flows in the order in which their starts are tried"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Flow"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="opt">"Faults"</th>
                        <th scope="col" class="opt">"Draft saved"</th>
                        <th scope="col"><span class="visually-hidden">"Move or remove"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=ids key=|id| id.as_str().to_owned() let:id>
                        <Row flows stale id/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(flows: RwSignal<Flows>, stale: Stale, id: FlowId) -> impl IntoView {
    let wanted = id.clone();
    let row = Memo::new(move |_| flows.with(|flows| flows.rows.iter().find(|row| row.id == wanted).cloned()));
    let asked = RwSignal::new(false);
    move || {
        let Some(row) = row.get() else { return ().into_any() };
        if asked.get() {
            view! { <RemoveCells row asked stale flows/> }.into_any()
        } else {
            view! { <Cells row asked stale flows/> }.into_any()
        }
    }
}

#[component]
fn Cells(row: FlowRow, asked: RwSignal<bool>, stale: Stale, flows: RwSignal<Flows>) -> impl IntoView {
    let name = row.name.clone();
    let id = row.id.clone();
    let steps = match row.steps {
        1 => "1 step".to_owned(),
        n => format!("{n} steps"),
    };
    let (class, icon, faults) = match (row.errors, row.warnings) {
        (0, 0) => ("hint", "check", "None".to_owned()),
        (0, 1) => ("tag w", "warn", "1 warning".to_owned()),
        (0, n) => ("tag w", "warn", format!("{n} warnings")),
        (1, _) => ("tag b", "alert", "1 fault".to_owned()),
        (n, _) => ("tag b", "alert", format!("{n} faults")),
    };
    view! {
        <tr>
            <td>
                <b><a href=format!("/admin/flows/{}", row.id) dir="auto">{row.name}</a></b>
                <div class="hint" dir="auto">{row.starts}</div>
            </td>
            <td class="tight">
                {match row.state {
                    FlowState::Draft => view! { <span class="tag n">"Draft"</span> },
                    FlowState::Live => view! { <span class="tag m">"Live"</span> },
                    FlowState::Changed => view! { <span class="tag w">"Live, changed"</span> },
                }}
                <div class="hint">{steps}</div>
            </td>
            <td class="tight opt">
                <span class=class>{(class != "hint").then(|| view! { <Icon name=icon/> })}{faults}</span>
            </td>
            <td class="tight dim opt"><LocalTime at=row.updated_at style=TimeStyle::Row/></td>
            <td class="tight">
                <MoveButton id=id.clone() name=name.clone() way=Way::Up stale flows/>
                <MoveButton id name=name.clone() way=Way::Down stale flows/>
                <button
                    class="btn icon ghost"
                    type="button"
                    aria-label=format!("Remove “{name}”")
                    on:click=move |_| asked.set(true)
                >
                    <Icon name="trash"/>
                </button>
            </td>
        </tr>
    }
}

/// Lets a flow's starts be tried earlier or later.
#[component]
fn MoveButton(id: FlowId, name: String, way: Way, stale: Stale, flows: RwSignal<Flows>) -> impl IntoView {
    let app = AppState::expect();
    let (icon, word) = match way {
        Way::Up => ("up", "up"),
        Way::Down => ("down", "down"),
    };
    let dom = format!("{word}-{id}");
    let wanted = id.clone();
    // The row that it changes places with.
    let other = Memo::new(move |_| {
        flows.with(|flows| {
            let at = flows.rows.iter().position(|row| row.id == wanted)?;
            let to = match way {
                Way::Up => at.checked_sub(1)?,
                Way::Down => at + 1,
            };
            (to < flows.rows.len()).then_some((at, to))
        })
    });
    let sending = RwSignal::new(false);
    let focus = dom.clone();
    let press = move |_| {
        if sending.get_untracked() || other.with_untracked(Option::is_none) {
            return;
        }
        sending.set(true);
        let (id, focus) = (id.clone(), focus.clone());
        spawn_local(async move {
            match flow_move(id, way).await {
                Ok(()) => {
                    if let Some(Some((at, to))) = other.try_get_untracked() {
                        flows.try_update(|flows| flows.rows.swap(at, to));
                    }
                    stale.mark();
                    request_animation_frame(move || browser::focus(&focus));
                }
                Err(error) => app.show_error(&error),
            }
            sending.try_set(false);
        });
    };
    view! {
        <button
            id=dom
            class="btn icon ghost"
            type="button"
            aria-label=format!("Move “{name}” {word}")
            aria-disabled=move || other.with(Option::is_none).to_string()
            on:click=press
        >
            <Icon name=icon/>
        </button>
    }
}

#[component]
fn RemoveCells(row: FlowRow, asked: RwSignal<bool>, stale: Stale, flows: RwSignal<Flows>) -> impl IntoView {
    let app = AppState::expect();
    let keep = NodeRef::<html::Button>::new();
    keep.on_load(|button| drop(button.focus()));
    let sending = RwSignal::new(false);
    let id = row.id.clone();
    let remove = move |_| {
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        let id = id.clone();
        spawn_local(async move {
            match flow_remove(id.clone()).await {
                Ok(()) => {
                    flows.try_update(|flows| flows.rows.retain(|row| row.id != id));
                    stale.mark();
                }
                Err(error) => {
                    app.show_error(&error);
                    asked.try_set(false);
                }
            }
            sending.try_set(false);
        });
    };
    let consequence = if row.state == FlowState::Draft {
        "”? Its draft is gone for good."
    } else {
        "”? New conversations do not meet it any more, and its draft is gone for good. Conversations in it finish."
    };
    view! {
        <tr>
            <td colspan="5">
                <div class="actions" role="group" aria-label="Remove this flow?">
                    <p>"Remove “" <b dir="auto">{row.name}</b> {consequence}</p>
                    <button class="btn" type="button" node_ref=keep on:click=move |_| asked.set(false)>"Keep"</button>
                    <button class="btn danger" type="button" disabled=move || sending.get() on:click=remove>"Remove"</button>
                </div>
            </td>
        </tr>
    }
}

/// Makes a flow and opens its editor.
#[derive(Clone, Copy)]
pub struct Making {
    pub sending: RwSignal<bool>,
    pub refused: RwSignal<Option<String>>,
    app: AppState,
}

impl Making {
    pub fn new() -> Self {
        Self { sending: RwSignal::new(false), refused: RwSignal::new(None), app: AppState::expect() }
    }

    /// What makes one; `use_navigate` must be asked while a component is made.
    pub fn maker(self) -> impl Fn(NewFlow) + Clone + 'static {
        let navigate = use_navigate();
        move |new| {
            if self.sending.get_untracked() {
                return;
            }
            self.sending.set(true);
            self.refused.set(None);
            let navigate = navigate.clone();
            spawn_local(async move {
                match flow_create(new).await {
                    Ok(id) => navigate(&format!("/admin/flows/{id}"), Default::default()),
                    Err(ApiError::Invalid(words)) => {
                        self.refused.try_set(Some(words));
                    }
                    Err(error) => self.app.show_error(&error),
                }
                self.sending.try_set(false);
            });
        }
    }
}

#[component]
fn NewForm(flows: RwSignal<Flows>) -> impl IntoView {
    let making = Making::new();
    let make = making.maker();
    let hydrated = hydrated();
    let name = RwSignal::new(String::new());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        make(NewFlow::Empty { name: name.get_untracked().trim().to_owned() });
    };
    view! {
        <form class="add" aria-label="New flow" on:submit=submit>
            <label class="field">
                <span>"New flow"</span>
                <input
                    id="new-flow"
                    autocomplete="off"
                    dir="auto"
                    maxlength="80"
                    placeholder=move || if flows.with(|flows| flows.rows.is_empty()) { "Order status" } else { "Name" }
                    prop:value=move || name.get()
                    on:input:target=move |event| name.set(event.target().value())
                />
            </label>
            <button class="btn primary" type="submit" disabled=move || !hydrated.get() || making.sending.get()>
                <Icon name="plus"/>
                "Create"
            </button>
            <FieldFault words=making.refused/>
        </form>
    }
}

/// Flows that work as they are, to be made one's own.
#[component]
fn Ready(flows: RwSignal<Flows>) -> impl IntoView {
    let samples = flows.with_untracked(|flows| flows.samples.clone());
    view! {
        <section aria-labelledby="ready-title">
            <h2 id="ready-title">"Start from a ready flow"</h2>
            <div class="ready">
                {samples.into_iter().map(|sample| view! { <Sample sample/> }).collect_view()}
            </div>
        </section>
    }
}

#[component]
fn Sample(sample: SampleRow) -> impl IntoView {
    let making = Making::new();
    let make = making.maker();
    let hydrated = hydrated();
    let key = sample.key;
    view! {
        <div class="card pad">
            <h3>{sample.name.clone()}</h3>
            <p class="hint">{sample.description}</p>
            <button
                class="btn"
                type="button"
                aria-label=format!("Start from “{}”", sample.name)
                disabled=move || !hydrated.get() || making.sending.get()
                on:click=move |_| make(NewFlow::Sample { key: key.clone() })
            >
                "Use this"
            </button>
            <FieldFault words=making.refused/>
        </div>
    }
}
