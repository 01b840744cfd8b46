//! The secrets by name. Their values are set here and never read.

use leptos::{ev::SubmitEvent, prelude::*};

use crate::{
    api::secrets::{secret_remove, secret_set},
    contract::bot::{BotSettings, SecretRow},
    domain::model::secret::{name_fault, value_fault},
    ui::{
        browser,
        format::TimeStyle,
        kit::{
            Column, EditableRow, FieldError, FieldKind, IconButton, RefreshTrigger, RowControl, Submit, SubmitButton,
            Table, TextField,
        },
        local_time::LocalTime,
    },
};

const NAME: &str = "secret-name";
const VALUE: &str = "secret-value";
const COLUMNS: [Column; 4] =
    [Column::new("Name"), Column::optional("Used by"), Column::new("Set"), Column::actions("Replace or remove")];

#[component]
pub fn Secrets(bot: RwSignal<BotSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let rows = Memo::new(move |_| bot.with(|bot| bot.secrets.clone()));
    // The name in the form. Replacing a secret fills it in.
    let name = RwSignal::new(String::new());
    view! {
        <section class="card" aria-labelledby="secrets-title">
            <header><h2 id="secrets-title">"Secrets"</h2></header>
            <p class="note">
                "Keys of your own systems. A tool or an HTTP step uses one in a header as "
                <code>"{{ secret.NAME }}"</code> ". It is added when the request is sent; nobody sees it again, the model included."
            </p>
            <Table
                columns=&COLUMNS
                rows
                key=|row: &SecretRow| row.name.clone()
                row=move |secret| view! { <SecretLine bot secret typed=name refresh/> }
            />
            <SecretForm name refresh/>
        </section>
    }
}

#[component]
fn SecretLine(
    bot: RwSignal<BotSettings>,
    secret: Memo<SecretRow>,
    typed: RwSignal<String>,
    refresh: RefreshTrigger,
) -> impl IntoView {
    let row = RowControl::new(refresh);
    let name = Signal::derive(move || secret.with(|secret| secret.name.clone()));
    let users = Signal::derive(move || secret.with(|secret| secret.used_by.join(", ")));
    let effect = Signal::derive(move || match users.get() {
        users if users.is_empty() => "Requests that use it will fail.".to_owned(),
        users => format!("Requests of {users} will fail."),
    });
    let replace = move |_| {
        typed.set(name.get_untracked());
        browser::focus(VALUE);
    };
    let remove = move |()| {
        row.remove(secret_remove(name.get_untracked()), move || {
            bot.try_update(|bot| bot.secrets.retain(|row| row.name != name.get_untracked()));
            browser::focus(NAME);
        });
    };
    let label = Signal::derive(move || format!("Replace “{}”", name.get()));
    let buttons = move || view! { <IconButton icon="pencil" label press=replace/> };
    view! {
        <EditableRow row columns=4 noun="secret" name effect remove buttons>
            <td><code>{name}</code></td>
            <td class="opt dim">{users}</td>
            <td class="dim"><LocalTime at=Signal::derive(move || secret.get().changed) style=TimeStyle::Row/></td>
        </EditableRow>
    }
}

/// The form for a new secret, or a new value of an existing one.
#[component]
fn SecretForm(name: RwSignal<String>, refresh: RefreshTrigger) -> impl IntoView {
    let (value, submit) = (RwSignal::new(String::new()), Submit::in_form());
    let blocked = move || name.with(|name| name.trim().is_empty()) || value.with(|value| value.trim().is_empty());
    let set = move |event: SubmitEvent| {
        event.prevent_default();
        submit.run(secret_set(name.get_untracked(), value.get_untracked()), move |()| {
            name.try_set(String::new());
            value.try_set(String::new());
            refresh.mark();
            browser::focus(NAME);
        });
    };
    view! {
        <form class="add" aria-label="Set a secret" on:submit=set>
            <TextField id=NAME label="Name" kind=FieldKind::Code text=submit.text(name).checked(name_fault)/>
            <TextField id=VALUE label="Value" kind=FieldKind::Secret text=submit.text(value).checked(value_fault)/>
            <SubmitButton submit label="Set" busy="Setting…" blocked=Signal::derive(blocked)/>
            <FieldError text=submit.error/>
        </form>
    }
}
