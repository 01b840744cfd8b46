//! The fields of each form.

use leptos::prelude::*;

use super::filling::Filling;
use crate::{
    domain::message::{
        composed::{ComposedField, ComposedKind, ComposedMessage},
        limits::{
            BODY, BUTTON_TITLE, BUTTONS, LINK_LABEL, LIST_OPEN, ROW_DESCRIPTION, ROW_TITLE, ROWS, SECTION_TITLE, TEXT,
        },
    },
    ui::{
        browser,
        components::icon::Icon,
        kit::{FieldKind, TextField},
    },
};

/// The id of a field's element.
pub fn element(field: ComposedField) -> String {
    let (name, nth) = match field {
        ComposedField::Place => ("place", None),
        ComposedField::Name => ("name", None),
        ComposedField::Address => ("address", None),
        ComposedField::Phone => ("phone", None),
        ComposedField::Email => ("email", None),
        ComposedField::Organisation => ("organisation", None),
        ComposedField::Text => ("text", None),
        ComposedField::Button(nth) => ("button", Some(nth)),
        ComposedField::Open => ("open", None),
        ComposedField::Heading(nth) => ("heading", Some(nth)),
        ComposedField::Row(nth) => ("row", Some(nth)),
        ComposedField::Description(nth) => ("description", Some(nth)),
        ComposedField::Label => ("label", None),
        ComposedField::Url => ("url", None),
    };
    match nth {
        Some(nth) => format!("composed-{name}-{nth}"),
        None => format!("composed-{name}"),
    }
}

#[component]
pub fn Fields(filling: Filling, kind: ComposedKind) -> AnyView {
    let id = element;
    let text = move |field| filling.text(field);
    match kind {
        ComposedKind::Location => {
            use ComposedField::{Address, Name, Place};
            view! {
                <TextField
                    id=id(Place)
                    label="Coordinates or map link"
                    hint="For example 52.52, 13.405, or a pasted link from a map."
                    kind=FieldKind::Identifier
                    text=text(Place)
                />
                <TextField id=id(Name) label="Name (optional)" hint="For example the name of your shop." text=text(Name)/>
                <TextField id=id(Address) label="Address (optional)" text=text(Address)/>
            }
            .into_any()
        }
        ComposedKind::LocationRequest => {
            view! { <TextField id=id(ComposedField::Text) label="Text" rows=3 limit=BODY text=text(ComposedField::Text)/> }
                .into_any()
        }
        ComposedKind::Contact => {
            use ComposedField::{Email, Name, Organisation, Phone};
            view! {
                <TextField id=id(Name) label="Name" text=text(Name)/>
                <TextField
                    id=id(Phone)
                    label="Phone number"
                    hint="With its country code, for example +49 30 123456."
                    kind=FieldKind::Identifier
                    text=text(Phone)
                />
                <TextField id=id(Email) label="Email address" kind=FieldKind::Identifier text=text(Email)/>
                <TextField id=id(Organisation) label="Company (optional)" text=text(Organisation)/>
            }
            .into_any()
        }
        ComposedKind::Buttons => {
            use ComposedField::{Button, Text};
            let buttons: [_; BUTTONS] = std::array::from_fn(|nth| {
                let label = if nth == 0 { "Button 1".to_owned() } else { format!("Button {} (optional)", nth + 1) };
                view! { <TextField id=id(Button(nth)) label text=text(Button(nth)) limit=BUTTON_TITLE/> }
            });
            view! {
                <TextField id=id(Text) label="Text" rows=3 limit=BODY text=text(Text)/>
                {buttons.into_iter().collect_view()}
            }
            .into_any()
        }
        ComposedKind::List => {
            use ComposedField::{Open, Text};
            view! {
                <TextField id=id(Text) label="Text" rows=3 limit=TEXT text=text(Text)/>
                <TextField
                    id=id(Open)
                    label="Button that opens the list"
                    hint="For example “Choose a day”."
                    limit=LIST_OPEN
                    text=text(Open)
                />
                <Rows filling/>
            }
            .into_any()
        }
        ComposedKind::Link => {
            use ComposedField::{Label, Text, Url};
            view! {
                <TextField id=id(Text) label="Text" rows=3 limit=BODY text=text(Text)/>
                <TextField id=id(Label) label="Button" hint="For example “Pay now”." limit=LINK_LABEL text=text(Label)/>
                <TextField
                    id=id(Url)
                    label="Web address"
                    hint="Begins with https://"
                    kind=FieldKind::Identifier
                    text=text(Url)
                />
            }
            .into_any()
        }
    }
}

/// The options of a list. There is always one to fill in.
#[component]
fn Rows(filling: Filling) -> impl IntoView {
    let rows = move |form: &ComposedMessage| match form {
        ComposedMessage::List(list) => list.rows.len().max(1),
        ComposedMessage::Location(_)
        | ComposedMessage::LocationRequest(_)
        | ComposedMessage::Contact(_)
        | ComposedMessage::Buttons(_)
        | ComposedMessage::Link(_) => 0,
    };
    let count = Memo::new(move |_| filling.form.with(rows));
    let add = move |_| {
        let next = ComposedField::Row(count.get_untracked());
        filling.form.update(|form| form.set_text(next, String::new()));
        // It is drawn after this change.
        request_animation_frame(move || browser::focus(&element(next)));
    };
    let remove = move |nth: usize| {
        filling.form.update(|form| {
            if let ComposedMessage::List(list) = form
                && nth < list.rows.len()
            {
                list.rows.remove(nth);
            }
        });
        request_animation_frame(move || browser::focus(&element(ComposedField::Row(nth.saturating_sub(1)))));
    };
    view! {
        <For each=move || 0..count.get() key=|nth| *nth let:nth>
            <fieldset>
                <legend>{format!("Option {}", nth + 1)}</legend>
                <TextField
                    id=element(ComposedField::Row(nth))
                    label="Title"
                    limit=ROW_TITLE
                    text=filling.text(ComposedField::Row(nth))
                />
                <button
                    type="button"
                    class="btn ghost icon"
                    aria-label=format!("Remove option {}", nth + 1)
                    title="Remove"
                    disabled=move || count.get() == 1
                    on:click=move |_| remove(nth)
                >
                    <Icon name="x"/>
                </button>
                <TextField
                    id=element(ComposedField::Description(nth))
                    label="Description (optional)"
                    limit=ROW_DESCRIPTION
                    text=filling.text(ComposedField::Description(nth))
                />
                <TextField
                    id=element(ComposedField::Heading(nth))
                    label="Heading above it (optional)"
                    limit=SECTION_TITLE
                    text=filling.text(ComposedField::Heading(nth))
                />
            </fieldset>
        </For>
        <button type="button" class="btn" disabled=move || { count.get() >= ROWS } on:click=add>
            <Icon name="plus"/>
            {move || if count.get() >= ROWS { "WhatsApp lists up to 10 options" } else { "Add option" }}
        </button>
    }
}
