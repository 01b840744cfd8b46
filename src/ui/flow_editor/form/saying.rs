//! The form of a message.

use leptos::prelude::*;

use super::{
    fields::{Form, Lens, SelectField, Shape, TextField},
    list_field::ListField,
};
use crate::{
    domain::flow::{
        definition::{Button, FileKind, Row, Say, StepKind},
        say::SayKind,
        words,
    },
    ui::flow_editor::state::fresh,
};

#[component]
pub fn MessageForm(form: Form) -> impl IntoView {
    let kind =
        Memo::new(move |_| form.read(|act| if let StepKind::Message(say) = act { Some(say.kind()) } else { None }));
    let lens = Lens::new(
        |act| if let StepKind::Message(say) = act { say.kind().as_str().to_owned() } else { String::new() },
        |act, chosen| {
            let chosen = SayKind::ALL.into_iter().find(|kind| kind.as_str() == chosen);
            if let (StepKind::Message(say), Some(kind)) = (act, chosen)
                && say.kind() != kind
            {
                // The same words; what the other kind does not have is left behind.
                *say = kind.with_text(say.text().to_owned(), || fresh().0);
            }
        },
    );
    let options: Vec<_> =
        SayKind::ALL.into_iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect();
    view! {
        {move || kind.get().map(|kind| match kind {
            SayKind::Text | SayKind::LocationRequest => view! { <Words form kind/> }.into_any(),
            SayKind::Media => view! { <Media form/> }.into_any(),
            SayKind::Buttons => view! { <Buttons form/> }.into_any(),
            SayKind::List => view! { <List form/> }.into_any(),
            SayKind::Link => view! { <Link form/> }.into_any(),
        })}
        <SelectField form lens field="say" label="Form" options/>
    }
}

#[component]
fn Words(form: Form, kind: SayKind) -> impl IntoView {
    let lens = Lens::text(|act| if let StepKind::Message(say) = act { Some(say.text_mut()) } else { None });
    view! {
        <TextField
            form
            lens
            field="text"
            label="Text"
            shape=Shape::Text
            first=true
            limit=kind.text_limit()
            hint="Variables in double braces: {{ customer.name }}"
        />
    }
}

#[component]
fn Media(form: Form) -> impl IntoView {
    let kinds = [FileKind::Image, FileKind::Video, FileKind::Audio, FileKind::Document];
    let options: Vec<_> =
        kinds.map(|file| (words::file_word(file).to_owned(), words::file_word(file).to_owned())).into();
    let file = Lens::new(
        |act| match act {
            StepKind::Message(Say::Media { file, .. }) => words::file_word(*file).to_owned(),
            _ => String::new(),
        },
        move |act, chosen| {
            let found = kinds.into_iter().find(|file| words::file_word(*file) == chosen);
            if let (StepKind::Message(Say::Media { file, .. }), Some(found)) = (act, found) {
                *file = found;
            }
        },
    );
    let link = Lens::text(|act| if let StepKind::Message(Say::Media { link, .. }) = act { Some(link) } else { None });
    let caption =
        Lens::text(|act| if let StepKind::Message(Say::Media { caption, .. }) = act { Some(caption) } else { None });
    view! {
        <TextField
            form
            lens=link
            field="link"
            label="Address of the file"
            shape=Shape::Code
            first=true
            placeholder="https://"
            hint="WhatsApp fetches it from there, so it must be public."
        />
        <TextField form lens=caption field="caption" label="Caption" shape=Shape::Text limit=1_024/>
        <SelectField form lens=file field="file" label="Kind of file" options/>
    }
}

#[component]
fn Buttons(form: Form) -> impl IntoView {
    fn buttons(act: &mut StepKind) -> Option<&mut Vec<Button>> {
        if let StepKind::Message(Say::Buttons { buttons, .. }) = act { Some(buttons) } else { None }
    }
    let draw = move |n: usize| {
        let title = Lens::text(move |act| buttons(act)?.get_mut(n).map(|button| &mut button.title));
        let payload = Lens::text(move |act| buttons(act)?.get_mut(n).map(|button| &mut button.payload));
        view! {
            <TextField form lens=title field=format!("buttons.{n}.title") label=format!("Button {}", n + 1) limit=20/>
            <TextField form lens=payload field=format!("buttons.{n}.payload") label="Payload" shape=Shape::Code/>
        }
    };
    view! {
        <Words form kind=SayKind::Buttons/>
        <ListField
            form
            noun="Button"
            legend="Reply buttons"
            hint="A tap starts the flow that begins with its payload. To wait for the tap here, use a question."
            count=|act| if let StepKind::Message(Say::Buttons { buttons, .. }) = act { buttons.len() } else { 0 }
            most=3
            add=|act| {
                if let Some(buttons) = buttons(act) {
                    buttons.push(Button { payload: fresh().0, title: String::new() });
                }
            }
            remove=|act, n| {
                if let Some(buttons) = buttons(act) {
                    drop(buttons.remove(n));
                }
            }
            raise=|act, n| {
                if let Some(buttons) = buttons(act) {
                    buttons.swap(n, n - 1);
                }
            }
            draw
        />
    }
}

#[component]
fn List(form: Form) -> impl IntoView {
    fn rows(act: &mut StepKind) -> Option<&mut Vec<Row>> {
        if let StepKind::Message(Say::List { rows, .. }) = act { Some(rows) } else { None }
    }
    let open = Lens::text(|act| if let StepKind::Message(Say::List { open, .. }) = act { Some(open) } else { None });
    let draw = move |n: usize| {
        let title = Lens::text(move |act| rows(act)?.get_mut(n).map(|row| &mut row.title));
        let about = Lens::text(move |act| rows(act)?.get_mut(n).map(|row| &mut row.description));
        let payload = Lens::text(move |act| rows(act)?.get_mut(n).map(|row| &mut row.payload));
        view! {
            <TextField form lens=title field=format!("rows.{n}.title") label=format!("Row {}", n + 1) limit=24/>
            <TextField form lens=about field=format!("rows.{n}.description") label="Description" limit=72/>
            <TextField form lens=payload field=format!("rows.{n}.payload") label="Payload" shape=Shape::Code/>
        }
    };
    view! {
        <Words form kind=SayKind::List/>
        <TextField form lens=open field="open" label="Word on the button that opens the list" limit=20/>
        <ListField
            form
            noun="Row"
            legend="Rows"
            count=|act| if let StepKind::Message(Say::List { rows, .. }) = act { rows.len() } else { 0 }
            most=10
            add=|act| {
                if let Some(rows) = rows(act) {
                    rows.push(Row { payload: fresh().0, ..Row::default() });
                }
            }
            remove=|act, n| {
                if let Some(rows) = rows(act) {
                    drop(rows.remove(n));
                }
            }
            raise=|act, n| {
                if let Some(rows) = rows(act) {
                    rows.swap(n, n - 1);
                }
            }
            draw
        />
    }
}

#[component]
fn Link(form: Form) -> impl IntoView {
    let label = Lens::text(|act| if let StepKind::Message(Say::Link { label, .. }) = act { Some(label) } else { None });
    let url = Lens::text(|act| if let StepKind::Message(Say::Link { url, .. }) = act { Some(url) } else { None });
    view! {
        <Words form kind=SayKind::Link/>
        <TextField form lens=label field="label" label="Word on the button" limit=20/>
        <TextField form lens=url field="url" label="Address it opens" shape=Shape::Code placeholder="https://"/>
    }
}
