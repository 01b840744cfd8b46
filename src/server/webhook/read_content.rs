//! Maps Meta's message kinds to [`Content`]. One function serves customers' messages, echoes and edits, which share one
//! shape. An unknown kind, or one without its object, becomes [`Content::Unsupported`], so that an agent sees that a
//! message arrived.

use super::{read_template::template, vcard};
use crate::{
    domain::{
        ids::Wamid,
        inbound::{MetaError, RemoteMedia},
        message::{Attachment, ContactCard, Content, Forwarded, OrderItem, Product, Referral},
        phone_number::WaId,
    },
    server::gateway::wire::{
        event,
        interactive::{WireChoice, WireInteractive},
        message::{Card, CardAddress, WireContext, WireMedia, WireMessage},
    },
};

/// The content of a message, and the file that it refers to.
pub(super) fn content(message: &WireMessage) -> (Content, Option<RemoteMedia>) {
    if let Some(read) = media(message) {
        return read;
    }
    if let Some(edit) = &message.edit {
        return match (&edit.original_message_id, &edit.message) {
            (Some(target), Some(inner)) => {
                let (content, media) = content(inner);
                (Content::Edit { target: Wamid(target.clone()), content: Box::new(content) }, media)
            }
            _ => (unsupported(message, kind(message)), None),
        };
    }
    (without_media(message).unwrap_or_else(|| unsupported(message, kind(message))), None)
}

/// Builds the content of one kind of file.
type Build = fn(&WireMedia, Attachment) -> Content;

/// The kinds that consist of a file.
fn media(message: &WireMessage) -> Option<(Content, Option<RemoteMedia>)> {
    let (part, build): (&Option<WireMedia>, Build) = match kind(message)? {
        "image" => (&message.image, |_, media| Content::Image { media }),
        "video" => (&message.video, |_, media| Content::Video { media }),
        "audio" => (&message.audio, |part, media| Content::Audio { media, voice: part.voice }),
        "voice" => (&message.voice, |_, media| Content::Audio { media, voice: true }),
        "document" => (&message.document, |part, media| Content::Document { media, filename: part.filename.clone() }),
        "sticker" => (&message.sticker, |part, media| Content::Sticker { media, animated: part.animated }),
        _ => return None,
    };
    let part = part.as_ref()?;
    let attachment =
        Attachment { mime: part.mime_type.clone(), caption: part.caption.clone(), ..Attachment::default() };
    let remote = part.id.clone().map(|id| RemoteMedia {
        id,
        url: part.url.clone(),
        sha256: part.sha256.clone(),
        mime: part.mime_type.clone(),
    });
    Some((build(part, attachment), remote))
}

/// The kinds without a file. `None` if the kind is unknown or its object is missing.
fn without_media(message: &WireMessage) -> Option<Content> {
    Some(match kind(message)? {
        "text" => Content::Text { body: message.text.as_ref()?.body.clone().unwrap_or_default() },
        "location" => {
            let location = message.location.as_ref()?;
            Content::Location {
                latitude: location.latitude?,
                longitude: location.longitude?,
                name: location.name.clone(),
                address: location.address.clone(),
                url: location.url.clone(),
            }
        }
        "contacts" if !message.contacts.is_empty() => {
            Content::Contacts { cards: message.contacts.iter().map(card).collect() }
        }
        "interactive" => message.interactive.as_ref().map_or(Content::InteractiveMissing, interactive),
        "button" => {
            let button = message.button.as_ref()?;
            // Some taps carry only the payload; without it the bubble would be empty.
            let text = button.text.clone().or_else(|| button.payload.clone()).unwrap_or_default();
            Content::TemplateButton { payload: button.payload.clone(), text }
        }
        "reaction" => {
            let reaction = message.reaction.as_ref()?;
            Content::Reaction { target: Wamid(reaction.message_id.clone()?), emoji: reaction.emoji.clone() }
        }
        "order" => {
            let order = message.order.as_ref()?;
            let items = order.product_items.iter().map(|item| OrderItem {
                product: item.product_retailer_id.clone().unwrap_or_default(),
                quantity: item.quantity.unwrap_or(1),
                price: item.item_price.unwrap_or_default(),
                currency: item.currency.clone(),
            });
            Content::Order { catalog: order.catalog_id.clone(), text: order.text.clone(), items: items.collect() }
        }
        "revoke" => Content::Revoke { target: Wamid(message.revoke.as_ref()?.original_message_id.clone()?) },
        "request_welcome" => Content::RequestWelcome,
        "template" => template(message.template.as_ref()?, None),
        _ => return None,
    })
}

/// The message's `type`, or the name of the object that it carries if the type is missing.
fn kind(message: &WireMessage) -> Option<&str> {
    let objects = [
        ("text", message.text.is_some()),
        ("image", message.image.is_some()),
        ("video", message.video.is_some()),
        ("audio", message.audio.is_some()),
        ("document", message.document.is_some()),
        ("sticker", message.sticker.is_some()),
        ("location", message.location.is_some()),
        ("contacts", !message.contacts.is_empty()),
        ("interactive", message.interactive.is_some()),
        ("button", message.button.is_some()),
        ("reaction", message.reaction.is_some()),
        ("order", message.order.is_some()),
        ("template", message.template.is_some()),
    ];
    message.kind.as_deref().or_else(|| objects.iter().find(|(_, present)| *present).map(|(kind, _)| *kind))
}

/// A message that WhatsApp did not deliver to us, with the reason that it gave.
pub(super) fn unsupported(message: &WireMessage, kind: Option<&str>) -> Content {
    let named = |word: Option<&str>| word.filter(|word| !matches!(*word, "unsupported" | "unknown")).map(str::to_owned);
    let inner = message.unsupported.as_ref();
    let error = message.errors.first().map(meta_error).unwrap_or_default();
    Content::Unsupported {
        inner: named(inner.and_then(|inner| inner.kind.as_deref()))
            .or_else(|| named(inner.and_then(|inner| inner.raw_type.as_deref())))
            .or_else(|| named(kind)),
        code: error.code,
        details: error.details.or(error.title),
    }
}

fn interactive(part: &WireInteractive) -> Content {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    match part.kind.as_deref() {
        Some("button_reply") => match &part.button_reply {
            Some(choice) => Content::ButtonReply { id: text(&choice.id), title: title(choice) },
            None => Content::InteractiveMissing,
        },
        Some("list_reply") => match &part.list_reply {
            Some(choice) => Content::ListReply {
                id: text(&choice.id),
                title: title(choice),
                description: choice.description.clone(),
            },
            None => Content::InteractiveMissing,
        },
        Some("nfm_reply") => match &part.nfm_reply {
            Some(form) => Content::FormReply {
                name: form.name.clone(),
                body: form.body.clone(),
                fields: form.response_json.clone().unwrap_or_else(|| "{}".to_owned()),
            },
            None => Content::InteractiveMissing,
        },
        Some("call_permission_reply") => Content::CallPermission {
            answer: part.call_permission_reply.as_ref().and_then(|reply| reply.response.clone()),
        },
        _ if part.body.is_some() || part.action.is_some() => interactive_request(part),
        _ => Content::InteractiveMissing,
    }
}

/// A choice's title, or its id if the title is missing.
fn title(choice: &WireChoice) -> String {
    choice.title.clone().or_else(|| choice.id.clone()).unwrap_or_default()
}

/// Buttons, list rows or a link that the business sent.
fn interactive_request(part: &WireInteractive) -> Content {
    let heading = part.header.as_ref().and_then(|header| header.text.as_deref());
    let body = part.body.as_ref().and_then(|body| body.text.as_deref());
    let mut options = Vec::new();
    if let Some(action) = &part.action {
        options.extend(action.buttons.iter().filter_map(|button| button.reply.as_ref()).map(title));
        options.extend(action.sections.iter().flat_map(|section| &section.rows).map(title));
        options.extend(action.parameters.as_ref().and_then(|parameters| parameters.display_text.clone()));
    }
    Content::Interactive { body: heading.into_iter().chain(body).collect::<Vec<_>>().join("\n"), options }
}

/// Meta writes both `en-US` and `en_US`, and the second in its listings.
pub(super) fn language(code: &str) -> String {
    code.replace('-', "_")
}

/// A contact card. What its fields leave out is taken from its vCard.
fn card(card: &Card) -> ContactCard {
    let name = card.name.as_ref().and_then(|name| {
        let parts: Vec<&str> = name.first_name.iter().chain(&name.last_name).map(String::as_str).collect();
        name.formatted_name.clone().or_else(|| (!parts.is_empty()).then(|| parts.join(" ")))
    });
    let name = name.filter(|name| !name.trim().is_empty());
    let mut phones: Vec<String> = card
        .phones
        .iter()
        .filter_map(|phone| phone.phone.clone().or_else(|| international(phone.wa_id.as_deref()?)))
        .collect();
    let text = card.vcard.as_deref().unwrap_or_default();
    if phones.is_empty() {
        phones = vcard::phones(text);
    }
    ContactCard {
        name: name.or_else(|| vcard::name(text)),
        phones,
        emails: card.emails.iter().filter_map(|email| email.email.clone()).collect(),
        organisation: card.org.as_ref().and_then(|org| joined([&org.company, &org.department, &org.title])),
        addresses: card.addresses.iter().filter_map(address).collect(),
        urls: card.urls.iter().filter_map(|url| url.url.clone()).collect(),
        birthday: card.birthday.clone(),
        requested: card.origin.as_deref() == Some("contact_request"),
    }
}

/// The number in a `wa_id`. It holds a user id if the person hides the number.
fn international(wa_id: &str) -> Option<String> {
    match WaId::of(wa_id) {
        WaId::Phone(digits) => Some(format!("+{digits}")),
        WaId::UserId(_) => None,
    }
}

fn address(address: &CardAddress) -> Option<String> {
    let CardAddress { street, city, state, zip, country } = address;
    joined([street, zip, city, state, country])
}

/// The present parts, separated by commas.
fn joined<const N: usize>(parts: [&Option<String>; N]) -> Option<String> {
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

pub(super) fn quote(context: Option<&WireContext>) -> Option<Wamid> {
    let context = context?;
    context.id.clone().or_else(|| context.message_id.clone()).map(Wamid)
}

/// The catalogue product that a message asks about.
pub(super) fn product(context: Option<&WireContext>) -> Option<Product> {
    let product = context?.referred_product.as_ref()?;
    let product = Product { catalog: product.catalog_id.clone(), id: product.product_retailer_id.clone() };
    (product != Product::default()).then_some(product)
}

pub(super) fn forwarded(context: Option<&WireContext>) -> Forwarded {
    match context {
        Some(context) if context.frequently_forwarded => Forwarded::Often,
        Some(context) if context.forwarded => Forwarded::Once,
        _ => Forwarded::No,
    }
}

pub(super) fn referral(message: &WireMessage) -> Option<Referral> {
    message.referral.as_ref().map(|referral| Referral {
        source_type: referral.source_type.clone(),
        source_url: referral.source_url.clone(),
        headline: referral.headline.clone(),
        body: referral.body.clone(),
    })
}

pub(super) fn meta_error(error: &event::WireMetaError) -> MetaError {
    let inner = error.error_data.as_ref().and_then(|data| data.details.clone());
    MetaError {
        code: error.code,
        title: error.title.clone().or_else(|| error.message.clone()),
        details: inner.or_else(|| error.details.clone()),
    }
}

pub(super) fn meta_errors(errors: &[event::WireMetaError]) -> Vec<MetaError> {
    errors.iter().map(meta_error).collect()
}
