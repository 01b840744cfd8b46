//! The content of a message, a view per kind. Files are in `media.rs`, interactive messages in `interactive.rs`, templates
//! in `template.rs`; author, delivery and reactions in `bubble.rs`.
//!
//! To add a kind: an arm in [`ContentView`] and in [`event_words`].

use leptos::prelude::*;

use super::{
    fields::{Form, Order},
    interactive::InteractiveView,
    media::{AttachmentKind, MediaView},
    template::template_message,
};
use crate::{
    domain::{
        formatting::{is_long, is_web},
        message::{Attachment, ContactCard, Content, File},
    },
    ui::{components::icon::Icon, kit::FormattedText},
};

/// The text of an event, which is a line between the bubbles; `None` for a message, which is a bubble.
pub fn event_words(content: &Content) -> Option<String> {
    Some(match content {
        Content::RequestWelcome => "The customer opened the chat but hasn't written yet.".to_owned(),
        Content::Reaction { emoji: Some(emoji), .. } => format!("Reacted {emoji} to a message that isn't available."),
        Content::Reaction { emoji: None, .. } => "Removed a reaction from a message that isn't available.".to_owned(),
        Content::Revoke { .. } => "Deleted a message that isn't available.".to_owned(),
        Content::Text { .. }
        | Content::Image { .. }
        | Content::Video { .. }
        | Content::Audio { .. }
        | Content::Document { .. }
        | Content::Sticker { .. }
        | Content::Location { .. }
        | Content::Contacts { .. }
        | Content::ButtonReply { .. }
        | Content::ListReply { .. }
        | Content::FormReply { .. }
        | Content::CallPermission { .. }
        | Content::InteractiveMissing
        | Content::TemplateButton { .. }
        | Content::Order { .. }
        | Content::Unsupported { .. }
        | Content::Edit { .. }
        | Content::Template { .. }
        | Content::TemplateSent(_)
        | Content::Interactive { .. }
        | Content::InteractiveSent(_) => return None,
    })
}

/// The inside of a bubble.
#[component]
pub fn ContentView(
    content: Content,
    /// The message's file, if it has one.
    file: Option<File>,
) -> AnyView {
    match content {
        Content::Text { body } => view! { <Words body/> }.into_any(),
        Content::Image { media } => with_caption(AttachmentKind::Photo, file, None, media),
        Content::Video { media } => with_caption(AttachmentKind::Video, file, None, media),
        Content::Audio { media, voice } => {
            with_caption(if voice { AttachmentKind::Voice } else { AttachmentKind::Sound }, file, None, media)
        }
        Content::Document { media, filename } => with_caption(AttachmentKind::Document, file, filename, media),
        Content::Sticker { media, .. } => with_caption(AttachmentKind::Sticker, file, None, media),
        Content::Location { latitude, longitude, name, address, url } => {
            view! { <Place latitude longitude name address url/> }.into_any()
        }
        Content::Contacts { cards } => view! { <Contacts cards/> }.into_any(),
        Content::ButtonReply { title, .. } => choice(title, None),
        Content::ListReply { title, description, .. } => choice(title, description),
        Content::TemplateButton { text, .. } => choice(text, None),
        Content::FormReply { name, body, fields } => view! { <Form name body fields/> }.into_any(),
        Content::CallPermission { answer } => call_permission(answer),
        Content::Order { text, items, .. } => view! { <Order text items/> }.into_any(),
        Content::InteractiveMissing => missing(
            "WhatsApp didn't share this answer to a button, list or form. Ask the customer to type it.".to_owned(),
        ),
        Content::Unsupported { inner, details, .. } => missing(unsupported_words(inner.as_deref(), details.as_deref())),
        Content::Template { name, body, .. } => match body {
            Some(body) => view! { <Words body/> }.into_any(),
            None => view! { <span class="title">{format!("Template “{name}”")}</span> }.into_any(),
        },
        Content::TemplateSent(message) => template_message(*message, file),
        Content::Interactive { body, options } => {
            let options: Vec<_> =
                options.into_iter().map(|option| view! { <span dir="auto">{option}</span> }).collect();
            view! {
                <Words body/>
                <div class="btns">{options}</div>
            }
            .into_any()
        }
        Content::InteractiveSent(message) => view! { <InteractiveView message/> }.into_any(),
        Content::Edit { content, .. } => view! { <ContentView content=*content file/> }.into_any(),
        Content::RequestWelcome | Content::Reaction { .. } | Content::Revoke { .. } => {
            view! { <span class="footer">{event_words(&content)}</span> }.into_any()
        }
    }
}

fn with_caption(kind: AttachmentKind, file: Option<File>, filename: Option<String>, media: Attachment) -> AnyView {
    let caption = media.caption.filter(|caption| !caption.trim().is_empty());
    view! {
        <MediaView kind file filename declared=media.mime link=media.link/>
        {caption.map(|body| view! { <Words body/> })}
    }
    .into_any()
}

/// The text, formatted and with links. A few emoji alone are drawn large; of a long text only the beginning is shown at
/// first.
#[component]
pub fn Words(body: String) -> AnyView {
    if is_long(&body) {
        return view! { <LongWords body/> }.into_any();
    }
    let class = if only_emoji(&body) { "body big" } else { "body" };
    view! {
        <div class=class dir="auto">
            <FormattedText body/>
        </div>
    }
    .into_any()
}

/// Whether a search or a link has just led to the item that the content belongs to.
#[derive(Clone, Copy)]
pub struct JumpedTo(pub Signal<bool>);

#[component]
fn LongWords(body: String) -> impl IntoView {
    let folded = RwSignal::new(true);
    // What was searched for may be in the hidden part. A reply that is being sent is no item yet.
    if let Some(JumpedTo(is_lit)) = use_context::<JumpedTo>() {
        Effect::new(move |_| {
            if is_lit.get() {
                folded.set(false);
            }
        });
    }
    view! {
        // What has the focus must be seen: a link in the hidden part unfolds it.
        <div class="body long" class:folded=move || folded.get() dir="auto" on:focusin=move |_| folded.set(false)>
            <FormattedText body/>
        </div>
        <button
            type="button"
            class="btn ghost unfold"
            aria-expanded=move || (!folded.get()).to_string()
            on:click=move |_| folded.update(|folded| *folded = !*folded)
        >
            {move || if folded.get() { "Show all" } else { "Show less" }}
        </button>
    }
}

/// Whether the text is at most three emoji. Joiners and skin tones do not count.
fn only_emoji(text: &str) -> bool {
    let text = text.trim();
    let mut faces = 0;
    let mut joined = false;
    for c in text.chars() {
        match c {
            '\u{200d}' => joined = true,
            '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' => {}
            '\u{2600}'..='\u{27bf}'
            | '\u{2b50}'
            | '\u{2b55}'
            | '\u{1f1e6}'..='\u{1f1ff}'
            | '\u{1f300}'..='\u{1faff}' => {
                faces += usize::from(!joined);
                joined = false;
            }
            _ => return false,
        }
    }
    (1..=3).contains(&faces)
}

fn choice(title: String, description: Option<String>) -> AnyView {
    view! {
        <span class="choice">
            <Icon name="check" class="xs"/>
            <span class="visually-hidden">"Chose: "</span>
            <span dir="auto">{title}</span>
        </span>
        {description.map(|words| view! { <span class="footer" dir="auto">{words}</span> })}
    }
    .into_any()
}

fn call_permission(answer: Option<String>) -> AnyView {
    let words = match answer.as_deref() {
        Some("accept") => "The customer allows calls.".to_owned(),
        Some("reject") => "The customer doesn't want to be called.".to_owned(),
        Some(other) => format!("Call permission: {other}"),
        None => "The customer answered the call request.".to_owned(),
    };
    view! {
        <span class="choice">
            <Icon name="phone" class="xs"/>
            <span>{words}</span>
        </span>
    }
    .into_any()
}

fn missing(words: String) -> AnyView {
    view! {
        <div class="unsupported">
            <Icon name="help" class="xs"/>
            <span>{words}</span>
        </div>
    }
    .into_any()
}

/// The kind of content that WhatsApp does not share with businesses, as a plural noun.
fn never_shared(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "poll_creation" | "poll_update" => "polls",
        "edit" => "edited messages",
        "gif" => "GIFs",
        "group_invite" => "group invitations",
        "keep_in_chat" => "kept messages",
        "pin" => "pinned messages",
        _ => return None,
    })
}

fn unsupported_words(inner: Option<&str>, details: Option<&str>) -> String {
    const ASK: &str = "Ask the customer to send it another way.";
    if let Some(kind) = inner.and_then(never_shared) {
        return format!("WhatsApp doesn't share {kind} with businesses. {ASK}");
    }
    let inner = inner.filter(|inner| !inner.is_empty() && *inner != "unknown");
    let kind = inner.map(|inner| format!(" ({})", inner.replace('_', " "))).unwrap_or_default();
    let details = details.map(|details| details.trim().trim_end_matches('.')).filter(|details| !details.is_empty());
    let reason = details.map(|details| format!(": {details}")).unwrap_or_default();
    format!("WhatsApp couldn't share this message{kind}{reason}. {ASK}")
}

#[component]
fn Place(
    latitude: f64,
    longitude: f64,
    name: Option<String>,
    address: Option<String>,
    url: Option<String>,
) -> impl IntoView {
    let map = format!("https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}");
    let title = name.filter(|name| !name.is_empty()).unwrap_or_else(|| "Location".to_owned());
    let coordinates = format!("{latitude:.5}, {longitude:.5}");
    let address = address.filter(|address| !address.is_empty());
    let own = url.filter(|url| is_web(url));
    view! {
        <a class="place" href=map target="_blank" rel="noopener noreferrer">
            <Icon name="pin"/>
            <span>
                <b dir="auto">{title}</b>
                {address.map(|address| view! { <small dir="auto">{address}</small> })}
                <small>{coordinates} " · open map"</small>
            </span>
        </a>
        {own.map(|url| view! { <Words body=url/> })}
    }
}

#[component]
fn Contacts(cards: Vec<ContactCard>) -> impl IntoView {
    let cards: Vec<_> = cards
        .into_iter()
        .map(|card| {
            let name = card.name.unwrap_or_else(|| "Unnamed contact".to_owned());
            let birthday = card.birthday.map(|day| format!("Birthday: {day}"));
            let people = card.organisation.into_iter().chain(card.phones).chain(card.emails);
            let lines: Vec<_> = people
                .chain(card.addresses)
                .chain(card.urls)
                .chain(birthday)
                .map(|line| view! { <small dir="auto"><FormattedText body=line/></small> })
                .collect();
            view! {
                <div>
                    <Icon name="contact"/>
                    <span>
                        <b dir="auto">{name}</b>
                        {lines}
                        {card.requested.then(|| view! { <small>"Shared at your request"</small> })}
                    </span>
                </div>
            }
        })
        .collect();
    view! { <div class="cards">{cards}</div> }
}

#[cfg(test)]
mod tests {
    use super::{only_emoji, unsupported_words};

    #[test]
    fn a_few_emoji_alone_are_large() {
        assert!(only_emoji("👍"));
        assert!(only_emoji(" 👨‍👩‍👧 ❤️ ".replace(' ', "").as_str()));
        assert!(!only_emoji("👍👍👍👍"));
        assert!(!only_emoji("ok 👍"));
        assert!(!only_emoji(""));
    }

    #[test]
    fn what_whatsapp_does_not_share_is_named() {
        let ask = "Ask the customer to send it another way.";
        let table = [
            (Some("poll_creation"), Some("A poll"), "WhatsApp doesn't share polls with businesses."),
            (Some("image"), Some("Too large."), "WhatsApp couldn't share this message (image): Too large."),
            (Some("media_placeholder"), None, "WhatsApp couldn't share this message (media placeholder)."),
            (Some("unknown"), Some(" "), "WhatsApp couldn't share this message."),
            (None, None, "WhatsApp couldn't share this message."),
        ];
        for (inner, details, expected) in table {
            assert_eq!(unsupported_words(inner, details), format!("{expected} {ask}"));
        }
    }
}
