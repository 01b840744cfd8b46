//! The form of a message.

use leptos::prelude::*;

use super::{
    fields::{FormContext, Lens, SelectField, Shape, TextField, text_lens},
    list_field::{ListField, list_lens},
};
use crate::{
    domain::flow::{
        definition::{Button, FileKind, ListRow, Say, StepKind},
        say::SayKind,
        words,
    },
    ui::{
        flow_editor::state::fresh,
        kit::{FocusOrder, options},
    },
};

#[component]
pub fn MessageForm(form: FormContext) -> impl IntoView {
    let kind =
        Memo::new(move |_| form.read(|act| if let StepKind::Message(say) = act { Some(say.kind()) } else { None }));
    let lens = Lens::new(
        |act| if let StepKind::Message(say) = act { say.kind().as_str().to_owned() } else { String::new() },
        |act, chosen| {
            let chosen = SayKind::ALL.into_iter().find(|kind| kind.as_str() == chosen);
            if let (StepKind::Message(say), Some(kind)) = (act, chosen)
                && say.kind() != kind
            {
                // Keeps the text and drops what the other kind does not have.
                *say = kind.with_text(say.text().to_owned(), || fresh().0);
            }
        },
    );
    let kinds = options(SayKind::ALL, SayKind::as_str, SayKind::label);
    view! {
        {move || kind.get().map(|kind| match kind {
            SayKind::Text | SayKind::LocationRequest => view! { <Words form kind/> }.into_any(),
            SayKind::Media => view! { <Media form/> }.into_any(),
            SayKind::Buttons => view! { <Buttons form/> }.into_any(),
            SayKind::List => view! { <List form/> }.into_any(),
            SayKind::Link => view! { <Link form/> }.into_any(),
        })}
        <SelectField form lens field="say" label="Format" options=kinds/>
    }
}

#[component]
fn Words(form: FormContext, kind: SayKind) -> impl IntoView {
    let lens = Lens::new(
        |act| if let StepKind::Message(say) = act { say.text().to_owned() } else { String::new() },
        |act, typed| {
            if let StepKind::Message(say) = act {
                *say.text_mut() = typed;
            }
        },
    );
    view! {
        <TextField
            form
            lens
            field="text"
            label="Text"
            shape=Shape::Text
            focus=FocusOrder::First
            limit=kind.text_limit()
            hint="Variables in double braces: {{ customer.name }}"
        />
    }
}

#[component]
fn Media(form: FormContext) -> impl IntoView {
    let kinds = [FileKind::Image, FileKind::Video, FileKind::Audio, FileKind::Document];
    let file = Lens::new(
        |act| {
            let StepKind::Message(Say::Media { file, .. }) = act else { return String::new() };
            words::file_word(*file).to_owned()
        },
        move |act, chosen| {
            let found = kinds.into_iter().find(|file| words::file_word(*file) == chosen);
            if let (StepKind::Message(Say::Media { file, .. }), Some(found)) = (act, found) {
                *file = found;
            }
        },
    );
    let link = text_lens!(StepKind::Message(Say::Media { link, .. }) => *link);
    let caption = text_lens!(StepKind::Message(Say::Media { caption, .. }) => *caption);
    view! {
        <TextField
            form
            lens=link
            field="link"
            label="File address"
            shape=Shape::Code
            focus=FocusOrder::First
            placeholder="https://"
            hint="WhatsApp downloads it from there, so it must be public."
        />
        <TextField form lens=caption field="caption" label="Caption" shape=Shape::Text limit=1_024/>
        <SelectField
            form
            lens=file
            field="file"
            label="File type"
            options=options(kinds, words::file_word, words::file_word)
        />
    }
}

#[component]
fn Buttons(form: FormContext) -> impl IntoView {
    let list = list_lens!(
        StepKind::Message(Say::Buttons { buttons, .. }) => *buttons,
        || Button { payload: fresh().0, title: String::new() }
    );
    let draw = move |n: usize| {
        let title = text_lens!(StepKind::Message(Say::Buttons { buttons, .. }) => buttons, n, title);
        let payload = text_lens!(StepKind::Message(Say::Buttons { buttons, .. }) => buttons, n, payload);
        view! {
            <TextField form lens=title field=format!("buttons.{n}.title") label=format!("Button {}", n + 1) limit=20/>
            <TextField form lens=payload field=format!("buttons.{n}.payload") label="Payload" shape=Shape::Code/>
        }
    };
    view! {
        <Words form kind=SayKind::Buttons/>
        <ListField
            form
            list
            noun="Button"
            legend="Reply buttons"
            hint="A tap starts the flow whose trigger is its payload. To wait for the tap here, use a question."
            most=3
            draw
        />
    }
}

#[component]
fn List(form: FormContext) -> impl IntoView {
    let open = text_lens!(StepKind::Message(Say::List { open, .. }) => *open);
    let list = list_lens!(
        StepKind::Message(Say::List { rows, .. }) => *rows,
        || ListRow { payload: fresh().0, ..ListRow::default() }
    );
    let draw = move |n: usize| {
        let title = text_lens!(StepKind::Message(Say::List { rows, .. }) => rows, n, title);
        let about = text_lens!(StepKind::Message(Say::List { rows, .. }) => rows, n, description);
        let payload = text_lens!(StepKind::Message(Say::List { rows, .. }) => rows, n, payload);
        view! {
            <TextField form lens=title field=format!("rows.{n}.title") label=format!("Row {}", n + 1) limit=24/>
            <TextField form lens=about field=format!("rows.{n}.description") label="Description" limit=72/>
            <TextField form lens=payload field=format!("rows.{n}.payload") label="Payload" shape=Shape::Code/>
        }
    };
    view! {
        <Words form kind=SayKind::List/>
        <TextField form lens=open field="open" label="Button that opens the list" limit=20/>
        <ListField form list noun="Row" legend="Rows" most=10 draw/>
    }
}

#[component]
fn Link(form: FormContext) -> impl IntoView {
    let label = text_lens!(StepKind::Message(Say::Link { label, .. }) => *label);
    let url = text_lens!(StepKind::Message(Say::Link { url, .. }) => *url);
    view! {
        <Words form kind=SayKind::Link/>
        <TextField form lens=label field="label" label="Button text" limit=20/>
        <TextField form lens=url field="url" label="Link address" shape=Shape::Code placeholder="https://"/>
    }
}
