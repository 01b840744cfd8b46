//! Below an automatic message: the template that is sent in its place when a customer's 24-hour window has closed. One form
//! for each number.
//!
//! The templates are read after the page is drawn, because WhatsApp may be asked for them (`LoadedChoices`). `typed.rs` holds
//! what is chosen, `form.rs` draws it, `fields.rs` the values of the template's fields.

mod fields;
mod form;
mod typed;

use leptos::{prelude::*, task::spawn_local};

use self::form::WindowTemplateForm;
use crate::{
    api::window_templates::read_window_templates,
    contract::{Result, window_templates::WindowTemplateChoices},
    domain::{
        settings::{TenantSettings, TextName},
        window::closed::KnownTemplate,
    },
    ui::{components::icon::Icon, kit::RefreshTrigger},
};

/// What can be chosen, for all messages of the page. `None` until it is read.
#[derive(Clone, Copy)]
pub struct LoadedChoices(RwSignal<Option<Result<WindowTemplateChoices>>>);

impl LoadedChoices {
    /// Reads it in the browser, and again whenever settings have changed.
    pub fn provide(refresh: RefreshTrigger) {
        let choices = Self(RwSignal::new(None));
        Effect::new(move |_| {
            refresh.count();
            choices.read();
        });
        provide_context(choices);
    }

    fn read(self) {
        spawn_local(async move {
            let answer = read_window_templates().await;
            // The page may be left. What is known stays if it cannot be read again.
            self.0.try_update(|known| {
                if answer.is_ok() || !matches!(known, Some(Ok(_))) {
                    *known = Some(answer);
                }
            });
        });
    }

    fn with<T>(self, read: impl FnOnce(&WindowTemplateChoices) -> T) -> Option<T> {
        self.0.with(|known| known.as_ref().and_then(|known| known.as_ref().ok()).map(read))
    }
}

#[component]
pub fn WindowTemplateForms(
    name: TextName,
    settings: RwSignal<TenantSettings>,
    refresh: RefreshTrigger,
) -> impl IntoView {
    let choices = expect_context::<LoadedChoices>();
    // What is said before it is opened.
    let summary = Memo::new(move |_| settings.with(|settings| summary(name, settings, choices)));
    let has_trouble = Memo::new(move |_| settings.with(|settings| has_trouble(name, settings, choices)));
    let numbers = Memo::new(move |_| {
        choices.with(|all| all.numbers.iter().map(|number| number.channel.clone()).collect::<Vec<_>>())
    });
    let error = Memo::new(move |_| {
        choices.0.with(|known| known.as_ref().and_then(|known| known.as_ref().err().map(ToString::to_string)))
    });
    let forms = move || match (numbers.get(), error.get()) {
        (Some(numbers), _) if numbers.is_empty() => {
            view! { <p class="hint">"Connect a WhatsApp number first."</p> }.into_any()
        }
        (Some(numbers), _) => numbers
            .into_iter()
            .map(|channel| view! { <WindowTemplateForm name channel settings refresh choices/> })
            .collect_view()
            .into_any(),
        (None, Some(error)) => view! {
            <p class="warn">
                <Icon name="warn"/>
                <span>{error}</span>
                <button class="btn" type="button" on:click=move |_| choices.read()>"Try again"</button>
            </p>
        }
        .into_any(),
        (None, None) => {
            view! { <p class="hint" aria-busy="true">"Reading the templates from WhatsApp…"</p> }.into_any()
        }
    };
    view! {
        <details class="closed-window">
            <summary>
                <Icon name="clock"/>
                <span>
                    <span class="visually-hidden">{name.label()} ": "</span>
                    "When the 24-hour window has closed: " {summary}
                </span>
                {move || has_trouble.get().then(|| view! { <b class="warn"><Icon name="warn"/> "Not sent now"</b> })}
            </summary>
            {forms}
        </details>
    }
}

fn summary(name: TextName, settings: &TenantSettings, choices: LoadedChoices) -> String {
    let chosen = |all: &WindowTemplateChoices| {
        let names: Vec<String> = all
            .numbers
            .iter()
            .filter_map(|number| {
                let chosen = settings.window_templates.of(name, &number.channel)?;
                let offered = number.templates.iter().find(|offered| offered.id == chosen.template);
                Some(offered.map_or_else(|| "a template".to_owned(), |offered| offered.template.name.clone()))
            })
            .collect();
        names.join(", ")
    };
    match choices.with(chosen).as_deref() {
        Some("") => "nothing is sent".to_owned(),
        Some(names) => format!("{names} is sent"),
        None => "…".to_owned(),
    }
}

/// Whether one of them is not sent as it was chosen.
fn has_trouble(name: TextName, settings: &TenantSettings, choices: LoadedChoices) -> bool {
    let in_trouble = |all: &WindowTemplateChoices| {
        all.numbers.iter().any(|number| {
            settings.window_templates.of(name, &number.channel).is_some_and(|chosen| {
                let offered = number.templates.iter().find(|offered| offered.id == chosen.template);
                let known =
                    offered.map(|offered| KnownTemplate { template: &offered.template, revision: offered.revision });
                chosen.trouble(known).is_some()
            })
        })
    };
    choices.with(in_trouble).unwrap_or_default()
}
