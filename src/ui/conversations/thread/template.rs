//! A template as WhatsApp draws it: header, text, footer, buttons, and the cards of a carousel. For the thread, and for the
//! form that fills one in.

use leptos::prelude::*;

use super::{
    content::Words,
    media::{AttachmentKind, MediaView},
};
use crate::{
    domain::{
        formatting::is_web,
        message::{
            File,
            outgoing::{FileKind, FileSource},
        },
        template::{
            message::{HeaderParameter, TemplateMessage},
            preview::{PreviewButton, PreviewButtonKind, PreviewCard, PreviewHeader, TemplatePreview},
        },
    },
    ui::components::icon::Icon,
};

/// A template that we sent. `file` is the stored file of its header, if an agent uploaded one.
pub fn template_message(message: TemplateMessage, file: Option<File>) -> AnyView {
    let filename = match message.parameters.header {
        Some(HeaderParameter::File { filename, .. }) => filename,
        Some(HeaderParameter::Text(_) | HeaderParameter::Location { .. }) | None => None,
    };
    let draw = move |kind: FileKind, source: Option<FileSource>| {
        let kind = attachment_kind(kind);
        let (file, filename, link) = match source {
            Some(FileSource::Link(link)) => (None, None, Some(link)),
            Some(FileSource::Uploaded(_)) | None => (file.clone(), filename.clone(), None),
        };
        view! { <MediaView kind file filename declared=None link/> }.into_any()
    };
    template_view(message.preview, &draw)
}

fn attachment_kind(kind: FileKind) -> AttachmentKind {
    match kind {
        FileKind::Image => AttachmentKind::Photo,
        FileKind::Video => AttachmentKind::Video,
        FileKind::Audio | FileKind::Voice => AttachmentKind::Sound,
        FileKind::Document => AttachmentKind::Document,
        FileKind::Sticker => AttachmentKind::Sticker,
    }
}

/// The inside of the bubble. `draw_file` draws the file of the header or of a card; it has no source while none was chosen.
pub fn template_view(preview: TemplatePreview, draw_file: &dyn Fn(FileKind, Option<FileSource>) -> AnyView) -> AnyView {
    let TemplatePreview { header, body, footer, buttons, cards } = preview;
    let header = header.map(|header| match header {
        PreviewHeader::Text(text) => view! { <span class="title" dir="auto">{text}</span> }.into_any(),
        PreviewHeader::File { file, source } => draw_file(file, source),
        PreviewHeader::Location { name, address } => place(name, address),
    });
    let cards: Vec<AnyView> = cards.into_iter().map(|card| card_view(card, draw_file)).collect();
    let cards = (!cards.is_empty()).then(|| {
        // Focusable, because it scrolls.
        view! { <ul class="carousel" aria-label="Cards" tabindex="0">{cards}</ul> }
    });
    view! {
        {header}
        <Words body/>
        {footer.map(|footer| view! { <span class="footer" dir="auto">{footer}</span> })}
        {button_list(buttons)}
        {cards}
    }
    .into_any()
}

fn place(name: String, address: String) -> AnyView {
    let name = if name.is_empty() { "Location".to_owned() } else { name };
    let address = (!address.is_empty()).then(|| view! { <small dir="auto">{address}</small> });
    view! {
        <div class="place">
            <Icon name="pin"/>
            <span>
                <b dir="auto">{name}</b>
                {address}
            </span>
        </div>
    }
    .into_any()
}

fn card_view(card: PreviewCard, draw_file: &dyn Fn(FileKind, Option<FileSource>) -> AnyView) -> AnyView {
    let PreviewCard { file, link, body, buttons } = card;
    let file = draw_file(file, link.map(FileSource::Link));
    view! { <li>{file} <Words body/> {button_list(buttons)}</li> }.into_any()
}

fn button_list(buttons: Vec<PreviewButton>) -> Option<AnyView> {
    if buttons.is_empty() {
        return None;
    }
    let buttons: Vec<AnyView> = buttons.into_iter().map(button_view).collect();
    Some(view! { <ul class="btns" aria-label="Buttons shown to the customer">{buttons}</ul> }.into_any())
}

/// An agent cannot tap anything but links.
fn button_view(button: PreviewButton) -> AnyView {
    let PreviewButton { kind, text, target } = button;
    let icon = icon(kind).map(|name| view! { <Icon name class="xs"/> });
    // An address whose end is not filled in yet leads nowhere.
    let href =
        target.clone().filter(|target| kind == PreviewButtonKind::Url && is_web(target) && !target.contains("{{"));
    match href {
        Some(href) => view! {
            <li>
                <a href=href title=target target="_blank" rel="noopener noreferrer nofollow" dir="auto">
                    {icon}
                    {text}
                </a>
            </li>
        }
        .into_any(),
        None => view! { <li title=target dir="auto">{icon} {text}</li> }.into_any(),
    }
}

fn icon(kind: PreviewButtonKind) -> Option<&'static str> {
    match kind {
        PreviewButtonKind::QuickReply => Some("reply"),
        PreviewButtonKind::Url => Some("external"),
        PreviewButtonKind::Phone => Some("phone"),
        PreviewButtonKind::CopyCode => Some("copy"),
        PreviewButtonKind::Flow => Some("flow"),
        PreviewButtonKind::Other => None,
    }
}
