//! The form of a message.

use leptos::prelude::*;

use super::{
    fields::{Form, Lens, SelectField, Shape, TextField},
    list_field::ListField,
};
use crate::{
    domain::flow::{
        definition::{Button, FileKind, Row, Say, StepKind},
        words,
    },
    ui::flow_editor::state::fresh,
};

const FORMS: [(&str, &str); 5] = [
    ("text", "Text"),
    ("media", "Picture, video, audio or document"),
    ("buttons", "Text with reply buttons"),
    ("list", "Text with a list"),
    ("link", "Text with a link button"),
];

fn form_of(say: &Say) -> &'static str {
    match say {
        Say::Text { .. } => "text",
        Say::Media { .. } => "media",
        Say::Buttons { .. } => "buttons",
        Say::List { .. } => "list",
        Say::Link { .. } => "link",
    }
}

fn words_of(say: &Say) -> String {
    match say {
        Say::Text { text } | Say::Buttons { text, .. } | Say::List { text, .. } | Say::Link { text, .. } => {
            text.clone()
        }
        Say::Media { caption, .. } => caption.clone(),
    }
}

/// The same words in another form; what the other form does not have is left behind.
fn reshaped(say: &Say, form: &str) -> Say {
    let text = words_of(say);
    match form {
        "media" => Say::Media { file: FileKind::Image, link: String::new(), caption: text },
        "buttons" => Say::Buttons { text, buttons: vec![Button { payload: fresh().0, title: String::new() }] },
        "list" => {
            Say::List { text, open: "Choose".to_owned(), rows: vec![Row { payload: fresh().0, ..Row::default() }] }
        }
        "link" => Say::Link { text, label: String::new(), url: String::new() },
        _ => Say::Text { text },
    }
}

#[component]
pub fn MessageForm(form: Form) -> impl IntoView {
    let shape =
        Memo::new(move |_| form.read(|act| if let StepKind::Message(say) = act { form_of(say) } else { "text" }));
    let lens = Lens::new(
        |act| if let StepKind::Message(say) = act { form_of(say).to_owned() } else { String::new() },
        |act, chosen| {
            if let StepKind::Message(say) = act
                && form_of(say) != chosen
            {
                *say = reshaped(say, &chosen);
            }
        },
    );
    let options: Vec<_> = FORMS.into_iter().map(|(value, words)| (value.to_owned(), words.to_owned())).collect();
    view! {
        {move || match shape.get() {
            "media" => view! { <Media form/> }.into_any(),
            "buttons" => view! { <Buttons form/> }.into_any(),
            "list" => view! { <List form/> }.into_any(),
            "link" => view! { <Link form/> }.into_any(),
            _ => view! { <Words form limit=4_096/> }.into_any(),
        }}
        <SelectField form lens field="say" label="Form" options/>
    }
}

#[component]
fn Words(form: Form, limit: usize) -> impl IntoView {
    let lens = Lens::text(|act| match act {
        StepKind::Message(
            Say::Text { text } | Say::Buttons { text, .. } | Say::List { text, .. } | Say::Link { text, .. },
        ) => Some(text),
        _ => None,
    });
    view! {
        <TextField
            form
            lens
            field="text"
            label="Text"
            shape=Shape::Text
            first=true
            limit
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
        <Words form limit=1_024/>
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
        <Words form limit=4_096/>
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
        <Words form limit=1_024/>
        <TextField form lens=label field="label" label="Word on the button" limit=20/>
        <TextField form lens=url field="url" label="Address it opens" shape=Shape::Code placeholder="https://"/>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_form_keeps_the_words() {
        let mut say = Say::Text { text: "Hello".to_owned() };
        for (form, _) in FORMS {
            say = reshaped(&say, form);
            assert_eq!((form_of(&say), words_of(&say).as_str()), (form, "Hello"));
        }
    }
}
