//! The secrets by name, with the servers that each may be sent to. Their values are set here and never read.

use leptos::{ev::SubmitEvent, prelude::*};

use super::password_prompt::PasswordPrompt;
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
const HOSTS: &str = "secret-hosts";
const VALUE: &str = "secret-value";
const COLUMNS: [Column; 5] = [
    Column::new("Name"),
    Column::new("Servers"),
    Column::optional("Used by"),
    Column::new("Set"),
    Column::actions("Replace or remove"),
];

/// What the form holds. Replacing a secret fills in its name and its servers.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    hosts: RwSignal<String>,
}

#[component]
pub fn Secrets(bot: RwSignal<BotSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let rows = Memo::new(move |_| bot.with(|bot| bot.secrets.clone()));
    let typed = Typed { name: RwSignal::new(String::new()), hosts: RwSignal::new(String::new()) };
    view! {
        <section class="card" aria-labelledby="secrets-title">
            <header><h2 id="secrets-title">"Secrets"</h2></header>
            <p class="note">
                "Keys of your own systems. A tool or an HTTP step uses one in a header as "
                <code>"{{ secret.NAME }}"</code>
                ". It is added when the request is sent, to the servers on its list only; nobody sees it again, the \
                 model included. To change the list, enter the value again."
            </p>
            <Table
                columns=&COLUMNS
                rows
                key=|row: &SecretRow| row.name.clone()
                row=move |secret| view! { <SecretLine bot secret typed refresh/> }
            />
            <SecretForm typed refresh/>
        </section>
    }
}

#[component]
fn SecretLine(
    bot: RwSignal<BotSettings>,
    secret: Memo<SecretRow>,
    typed: Typed,
    refresh: RefreshTrigger,
) -> impl IntoView {
    let (row, prompt) = (RowControl::new(refresh), PasswordPrompt::expect());
    let name = Signal::derive(move || secret.with(|secret| secret.name.clone()));
    let hosts = Signal::derive(move || secret.with(|secret| secret.hosts.join(", ")));
    let shown_hosts =
        move || hosts.with(|hosts| if hosts.is_empty() { "None. Enter it again.".to_owned() } else { hosts.clone() });
    let users = Signal::derive(move || secret.with(|secret| secret.used_by.join(", ")));
    let effect = Signal::derive(move || match users.get() {
        users if users.is_empty() => "Requests that use it will fail.".to_owned(),
        users => format!("Requests of {users} will fail."),
    });
    let replace = move |_| {
        typed.name.set(name.get_untracked());
        typed.hosts.set(hosts.get_untracked());
        browser::focus(VALUE);
    };
    let remove = move |()| {
        let removed = name.get_untracked();
        row.remove(prompt.confirmed(move || secret_remove(removed.clone())), move || {
            bot.try_update(|bot| bot.secrets.retain(|row| row.name != name.get_untracked()));
            browser::focus(NAME);
        });
    };
    let label = Signal::derive(move || format!("Replace “{}”", name.get()));
    let buttons = move || view! { <IconButton icon="pencil" label press=replace/> };
    view! {
        <EditableRow row columns=5 noun="secret" name effect remove buttons>
            <td><code>{name}</code></td>
            <td dir="ltr">{shown_hosts}</td>
            <td class="opt dim">{users}</td>
            <td class="dim"><LocalTime at=Signal::derive(move || secret.get().changed) style=TimeStyle::Row/></td>
        </EditableRow>
    }
}

/// The form for a new secret, or for new servers and a new value of an existing one.
#[component]
fn SecretForm(typed: Typed, refresh: RefreshTrigger) -> impl IntoView {
    let Typed { name, hosts } = typed;
    let (value, submit) = (RwSignal::new(String::new()), Submit::in_form());
    let prompt = PasswordPrompt::expect();
    let blocked = move || [name, hosts, value].iter().any(|field| field.with(|text| text.trim().is_empty()));
    let set = move |event: SubmitEvent| {
        event.prevent_default();
        let (name_now, hosts_now, value_now) = (name.get_untracked(), hosts.get_untracked(), value.get_untracked());
        let call = move || secret_set(name_now.clone(), hosts_now.clone(), value_now.clone());
        submit.run(prompt.confirmed(call), move |()| {
            name.try_set(String::new());
            hosts.try_set(String::new());
            value.try_set(String::new());
            refresh.mark();
            browser::focus(NAME);
        });
    };
    view! {
        <form class="add" aria-label="Set a secret" on:submit=set>
            <TextField id=NAME label="Name" kind=FieldKind::Code text=submit.text(name).checked(name_fault)/>
            <TextField
                id=HOSTS
                label="Servers"
                placeholder="shop.example.com"
                kind=FieldKind::Code
                text=submit.text(hosts)
            />
            <TextField id=VALUE label="Value" kind=FieldKind::Secret text=submit.text(value).checked(value_fault)/>
            <SubmitButton submit label="Set" busy="Setting…" blocked=Signal::derive(blocked)/>
            <FieldError text=submit.error/>
        </form>
    }
}
