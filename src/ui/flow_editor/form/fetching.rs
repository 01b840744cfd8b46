//! The forms of steps that call other systems: HTTP request, language model.

use leptos::prelude::*;

use super::{
    asking::{span_of, span_words},
    fields::{FormContext, Lens, SelectField, Shape, TextField, text_lens},
    list_field::{ListField, list_lens},
};
use crate::{
    domain::{
        flow::{
            definition::{Header, Http, Keep, Method, StepKind},
            words,
        },
        time::Span,
    },
    ui::kit::FocusOrder,
};

fn http(act: &mut StepKind) -> Option<&mut Http> {
    if let StepKind::Http(http) = act { Some(http) } else { None }
}

fn of(act: &StepKind) -> Option<&Http> {
    if let StepKind::Http(http) = act { Some(http) } else { None }
}

#[component]
pub fn HttpForm(form: FormContext) -> impl IntoView {
    let methods = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
    let method = Lens::new(
        |act| of(act).map(|http| words::method(http.method).to_owned()).unwrap_or_default(),
        move |act, chosen| {
            let found = methods.into_iter().find(|method| words::method(*method) == chosen);
            if let (Some(http), Some(found)) = (http(act), found) {
                http.method = found;
            }
        },
    );
    let options: Vec<_> = methods
        .into_iter()
        .map(|method| (words::method(method).to_owned(), words::method(method).to_owned()))
        .collect();
    let url = text_lens!(StepKind::Http(http) => http.url);
    let body = text_lens!(StepKind::Http(http) => http.body);
    let time_out = Lens::new(
        |act| of(act).and_then(|http| http.time_out).map(span_words).unwrap_or_default(),
        |act, chosen| {
            if let Some(http) = http(act) {
                http.time_out = span_of(&chosen);
            }
        },
    );
    let waits = Signal::derive(move || {
        let own = form.read(|act| of(act).and_then(|http| http.time_out)).map(span_words);
        let mut options = vec![(String::new(), "5 s".to_owned())];
        options.extend((1..5).map(|n| (span_words(Span::seconds(n)), format!("{n} s"))));
        if let Some(own) = own.filter(|own| options.iter().all(|(value, _)| value != own)) {
            options.push((own.clone(), own));
        }
        options
    });
    view! {
        <div class="pair">
            <SelectField form lens=method field="method" label="Method" options/>
            <SelectField form lens=time_out field="time_out" label="Timeout" options=waits/>
        </div>
        <TextField
            form
            lens=url
            field="url"
            label="Address"
            shape=Shape::Code
            focus=FocusOrder::First
            placeholder="https://shop.example/orders/{{ order_number }}"
            hint="Values are percent-encoded."
        />
        <Headers form/>
        <TextField
            form
            lens=body
            field="body"
            label="Body"
            shape=Shape::CodeText
            placeholder="{\"order\": \"{{ order_number }}\"}"
            hint="Values are escaped for JSON. Leave empty to send none."
        />
        <Kept form/>
    }
}

#[component]
fn Headers(form: FormContext) -> impl IntoView {
    let draw = move |n: usize| {
        let name = text_lens!(StepKind::Http(http) => http.headers, n, name);
        let value = text_lens!(StepKind::Http(http) => http.headers, n, value);
        view! {
            <TextField form lens=name field=format!("headers.{n}.name") label="Header" shape=Shape::Code placeholder="Authorization"/>
            <TextField form lens=value field=format!("headers.{n}.value") label="Value" shape=Shape::Code/>
        }
    };
    let hint = form.editor.page.with_untracked(|page| match page.secrets.as_slice() {
        [] => "Secrets by name: Bearer {{ secret.SHOP_TOKEN }}. None yet: add them under Bot.".to_owned(),
        names => format!("Secrets by name: Bearer {{{{ secret.{} }}}}. Available: {}.", names[0], names.join(", ")),
    });
    view! {
        <ListField
            form
            list=list_lens!(StepKind::Http(http) => http.headers, Header::default)
            noun="Header"
            legend="Headers"
            hint=hint
            most=10
            draw
        />
    }
}

#[component]
fn Kept(form: FormContext) -> impl IntoView {
    let draw = move |n: usize| {
        let pointer = text_lens!(StepKind::Http(http) => http.keep, n, pointer);
        let variable = text_lens!(StepKind::Http(http) => http.keep, n, variable);
        view! {
            <TextField form lens=pointer field=format!("keep.{n}.pointer") label="Field" shape=Shape::Code placeholder="/order/status"/>
            <TextField form lens=variable field=format!("keep.{n}.variable") label="Save as" shape=Shape::Code placeholder="order_status"/>
        }
    };
    view! {
        <ListField
            form
            list=list_lens!(StepKind::Http(http) => http.keep, Keep::default)
            noun="Field"
            legend="Values to save from the response"
            hint="Fields of the JSON response, as paths. A missing field counts as a failure."
            most=20
            draw
        />
    }
}

#[component]
pub fn ModelForm(form: FormContext) -> impl IntoView {
    let instructions = text_lens!(StepKind::Model(model) => model.instructions);
    view! {
        <TextField
            form
            lens=instructions
            field="instructions"
            label="Instructions for this step"
            shape=Shape::Text
            focus=FocusOrder::First
            hint="Added to the model's general instructions."
        />
        <Tools form/>
    }
}

fn tools(act: &mut StepKind) -> Option<&mut Vec<String>> {
    if let StepKind::Model(model) = act { Some(&mut model.tools) } else { None }
}

/// The tenant's tools, and removed ones that the step still names.
#[component]
fn Tools(form: FormContext) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        form.read(|act| if let StepKind::Model(model) = act { model.tools.clone() } else { Vec::new() })
    });
    let offered = Memo::new(move |_| {
        let mut names = form.editor.page.with(|page| page.tools.clone());
        chosen.with(|chosen| {
            let gone: Vec<String> = chosen.iter().filter(|name| !names.contains(name)).cloned().collect();
            names.extend(gone);
        });
        names
    });
    view! {
        <fieldset class="item-rows">
            <legend class="legend">"Tools it can call in this step"</legend>
            <small class="hint">
                {move || match offered.with(Vec::is_empty) {
                    true => "None yet: add them under Bot. The model can always call an agent, set variables and close.",
                    false => "It can also always call an agent, set variables and close.",
                }}
            </small>
            <For each=move || offered.get() key=Clone::clone let:name>
                <Tool form chosen name/>
            </For>
        </fieldset>
    }
}

#[component]
fn Tool(form: FormContext, chosen: Memo<Vec<String>>, name: String) -> impl IntoView {
    let wanted = name.clone();
    let is_on = move || chosen.with(|chosen| chosen.contains(&wanted));
    let label = name.clone();
    view! {
        <label class="field line">
            <input
                type="checkbox"
                checked=untrack(is_on.clone())
                prop:checked=is_on
                on:change:target=move |event| {
                    let on = event.target().checked();
                    form.change(|act| {
                        if let Some(tools) = tools(act) {
                            tools.retain(|tool| *tool != name);
                            if on {
                                tools.push(name.clone());
                            }
                        }
                    });
                }
            />
            <span dir="auto">{label}</span>
        </label>
    }
}
