//! One question to the model as it is typed. Nothing is sent, and what it calls is shown.

use leptos::{html, prelude::*, task::spawn_local};

use super::{Room, typed::grouped};
use crate::{
    api::bot::model_try,
    contract::{
        ApiError, Result,
        bot::{Trial, TrialCall},
    },
    domain::model::ModelSettings,
    ui::admin::{
        bubble::Phone,
        typing::{hydrated, take_over},
    },
};

#[component]
pub fn TryIt(room: Room) -> impl IntoView {
    let question = RwSignal::new(String::new());
    let field = NodeRef::<html::Textarea>::new();
    let value = take_over(move || Some(field.get()?.value()), question.into(), move |found| question.set(found));
    let asking = RwSignal::new(false);
    let said = RwSignal::new(None::<(String, Result<Trial>)>);
    let ready = Memo::new(move |_| room.form.typed.with(|typed| ready(typed.read().ok().as_ref())));
    let hydrated = hydrated();
    let ask = move || {
        let asked = question.get_untracked().trim().to_owned();
        if asking.get_untracked() || asked.is_empty() {
            return;
        }
        let Ok(model) = room.form.typed.with_untracked(super::TypedModel::read) else { return };
        let key = Some(room.key.get_untracked()).filter(|key| !key.trim().is_empty());
        asking.set(true);
        spawn_local(async move {
            let answer = model_try(model, key, asked.clone()).await;
            said.try_set(Some((asked, answer)));
            // What it cost is shown beside the budget.
            room.stale.mark();
            asking.try_set(false);
        });
    };
    view! {
        <form
            class="card try"
            on:submit=move |event| {
                event.prevent_default();
                ask();
            }
        >
            <div>
                <h2 class="legend">"Try it"</h2>
                <p>"Asks the model as it is typed here, saved or not. Nothing is sent to a customer, and no tool is called."</p>
            </div>
            <textarea
                node_ref=field
                rows="3"
                aria-label="A customer's question"
                name="question"
                dir="auto"
                placeholder="Do you deliver on Saturdays?"
                prop:value=value
                on:input:target=move |event| question.set(event.target().value())
            ></textarea>
            <div class="actions end">
                <button
                    class="btn primary"
                    type="submit"
                    disabled=move || {
                        !hydrated.get() || asking.get() || ready.with(Option::is_some)
                            || question.with(|question| question.trim().is_empty())
                    }
                >
                    {move || if asking.get() { "Asking…" } else { "Ask" }}
                </button>
            </div>
            {move || ready.get().map(|words| view! { <p class="hint">{words}</p> })}
            <div aria-live="polite">
                {move || said.get().map(|(asked, answer)| match answer {
                    Ok(trial) => outcome(asked, trial).into_any(),
                    Err(error) => fault(&error).into_any(),
                })}
            </div>
        </form>
    }
}

/// What is missing before anything can be asked.
fn ready(model: Option<&ModelSettings>) -> Option<&'static str> {
    match model {
        None => Some("Mend the fields of the model first."),
        Some(model) if model.model.is_empty() => Some("Name a model first."),
        Some(_) => None,
    }
}

fn fault(error: &ApiError) -> impl IntoView + use<> {
    view! { <div class="res bad"><b>"Could not be asked."</b>" "{error.to_string()}</div> }
}

fn outcome(asked: String, trial: Trial) -> impl IntoView {
    let Trial { answer, then, calls, fault, tokens } = trial;
    let broke = fault.map(|words| {
        view! { <div class="res bad"><b>"No answer."</b>" "{words}" In a conversation a person would be asked for."</div> }
    });
    view! {
        <div class="stack">
            <Phone
                wrote=Signal::stored(asked)
                reads=Signal::stored(answer)
                silence=Signal::stored("Nothing is said")
            />
            {broke}
            {(!calls.is_empty()).then(|| view! { <Calls calls/> })}
            {then.map(|words| view! { <div class="res">{words}</div> })}
            <small class="hint">{format!("{} tokens, counted for today", grouped(tokens))}</small>
        </div>
    }
}

#[component]
fn Calls(calls: Vec<TrialCall>) -> impl IntoView {
    view! {
        <div>
            <h3 class="legend">"Tools it called"</h3>
            <ul class="stack tight">
                {calls
                    .into_iter()
                    .map(|call| view! { <li><b>{call.name}</b><pre class="code" tabindex="0">{call.arguments}</pre></li> })
                    .collect_view()}
            </ul>
        </div>
    }
}
