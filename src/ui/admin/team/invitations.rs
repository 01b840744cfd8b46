//! The invitations: a form for a new one, the link that was made last, and those that nobody has used yet.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{ROLES, TeamPageState, link::MadeLink, role_word};
use crate::{
    api::team::{invitation_renew, invite, link_revoke},
    contract::{account_link::NewLink, team::Invitation},
    domain::{
        access::Role,
        member::{EMAIL_LIMIT, NAME_LIMIT, email_fault, name_fault},
    },
    ui::{
        admin::password_prompt::PasswordPrompt,
        browser,
        format::TimeStyle,
        kit::{
            Column, EditableRow, FieldError, FieldKind, IconButton, RowControl, SelectField, Submit, SubmitButton,
            Table, TextField, options,
        },
        local_time::LocalTime,
        state::AppState,
    },
};

/// The id of the new invitation's name. It gets the focus after one was revoked.
const NEW: &str = "invite-name";
const COLUMNS: [Column; 5] = [
    Column::new("Name"),
    Column::optional("Email"),
    Column::optional("Role"),
    Column::new("Link"),
    Column::actions("New link, or revoke"),
];

#[component]
pub fn Invitations(state: TeamPageState) -> impl IntoView {
    let rows = Memo::new(move |_| state.team.with(|team| team.invitations.clone()));
    let made = RwSignal::new(None::<NewLink>);
    view! {
        <section class="card" aria-labelledby="invitations-title">
            <header><h2 id="invitations-title">"Invite a person"</h2></header>
            <p class="note">{ROLES}</p>
            <InviteForm state made/>
            <MadeLink link=made/>
            <Table
                columns=&COLUMNS
                caption="Open invitations"
                rows
                key=|invitation: &Invitation| invitation.id.as_str().to_owned()
                row=move |invitation| view! { <InvitationLine state invitation made/> }
            />
        </section>
    }
}

#[component]
fn InviteForm(state: TeamPageState, made: RwSignal<Option<NewLink>>) -> impl IntoView {
    let (submit, prompt) = (Submit::in_form(), PasswordPrompt::expect());
    let (name, email, role) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(Role::Agent));
    let blocked = move || name.with(|name| name.trim().is_empty()) || email.with(|email| email.trim().is_empty());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let (email_now, name_now, role_now) = (email.get_untracked(), name.get_untracked(), role.get_untracked());
        let call = move || invite(email_now.clone(), name_now.clone(), role_now);
        submit.run(prompt.confirmed(call), move |link| {
            made.try_set(Some(link));
            name.try_set(String::new());
            email.try_set(String::new());
            state.refresh.mark();
        });
    };
    let choose = move |chosen: String| {
        if let Ok(chosen) = chosen.parse() {
            role.set(chosen);
        }
    };
    view! {
        <form class="add" aria-label="Invite a person" on:submit=send>
            <TextField
                id=NEW
                label="Name"
                text=submit.text(name).checked(name_fault)
                max_length=u32::try_from(NAME_LIMIT).unwrap_or(u32::MAX)
            />
            <TextField
                id="invite-email"
                label="Email"
                kind=FieldKind::Identifier
                text=submit.text(email).checked(email_fault)
                max_length=u32::try_from(EMAIL_LIMIT).unwrap_or(u32::MAX)
            />
            <SelectField
                id="invite-role"
                label="Role"
                options=options(Role::ALL, Role::as_str, role_word)
                value=Signal::derive(move || role.get().as_str().to_owned())
                choose
            />
            <SubmitButton submit label="Make a link" busy="Making…" blocked=Signal::derive(blocked)/>
            <FieldError text=submit.error/>
        </form>
    }
}

#[component]
fn InvitationLine(
    state: TeamPageState,
    invitation: Memo<Invitation>,
    made: RwSignal<Option<NewLink>>,
) -> impl IntoView {
    let (row, submit) = (RowControl::new(state.refresh), Submit::with_toasts());
    let prompt = PasswordPrompt::expect();
    let id = invitation.with_untracked(|invitation| invitation.id.clone());
    let name = Signal::derive(move || invitation.with(|invitation| invitation.name.clone()));
    let revoked = id.clone();
    let remove = move |()| {
        let revoked = revoked.clone();
        row.remove(link_revoke(revoked.clone()), move || {
            state.team.try_update(|team| team.invitations.retain(|invitation| invitation.id != revoked));
            browser::focus(NEW);
        });
    };
    let buttons = move || {
        let id = id.clone();
        let renew = move |_| {
            let id = id.clone();
            submit.run(prompt.confirmed(move || invitation_renew(id.clone())), move |link| {
                made.try_set(Some(link));
                state.refresh.mark();
            });
        };
        let label = Signal::derive(move || format!("New link for “{}”", name.get()));
        view! { <IconButton icon="link" label press=renew/> }
    };
    view! {
        <EditableRow
            row
            columns=COLUMNS.len()
            noun="invitation"
            name
            effect="The link stops working."
            remove
            buttons
        >
            <Cells invitation/>
        </EditableRow>
    }
}

#[component]
fn Cells(invitation: Memo<Invitation>) -> impl IntoView {
    let app = AppState::expect();
    let expires_at = Signal::derive(move || invitation.with(|invitation| invitation.expires_at));
    let has_expired = Memo::new(move |_| app.now.get() >= expires_at.get());
    let made_by = move || {
        let by = invitation.with(|invitation| invitation.made_by.clone());
        by.unwrap_or_else(|| "the command line".to_owned())
    };
    let link = move || match has_expired.get() {
        true => view! { <span class="tag w">"Expired"</span> }.into_any(),
        false => view! { "Until " <LocalTime at=expires_at style=TimeStyle::Full/> }.into_any(),
    };
    view! {
        <td><b dir="auto">{move || invitation.with(|invitation| invitation.name.clone())}</b></td>
        <td class="opt dim">{move || invitation.with(|invitation| invitation.email.clone())}</td>
        <td class="opt">{move || invitation.with(|invitation| role_word(invitation.role))}</td>
        <td class="dim">{link} <div class="hint">"by " <bdi>{made_by}</bdi></div></td>
    }
}
