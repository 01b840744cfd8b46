//! Validates a send request as Meta does: shapes and limits, with lengths in characters.
//!
//! To add a message type: an arm in [`content`], and a function for it.

use serde_json::Value;

use super::{error::GraphError, interactive, template};

/// Whether a text may be missing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Requirement {
    Required,
    Optional,
}

/// The state that a check needs.
pub(super) struct KnownFields<'a> {
    /// Returns the MIME type of a media id, if that is valid.
    pub(super) media: &'a dyn Fn(&str) -> Option<String>,
    /// The account's templates.
    pub(super) templates: &'a [Value],
}

/// Checks the object that `type` names.
pub(super) fn content(body: &Value, known: &KnownFields) -> Result<(), GraphError> {
    let kind = body["type"].as_str().unwrap_or("text");
    let object = &body[kind];
    let present = |object: &Value| if object.is_null() { Err(GraphError::missing(kind)) } else { Ok(()) };
    match kind {
        "text" => present(object).and_then(|()| text(&object["body"], "text.body", 4096, Requirement::Required)),
        "image" | "video" | "document" | "audio" | "sticker" => {
            present(object)?;
            media(object, kind, known)
        }
        "location" => present(object).and_then(|()| location(object)),
        "contacts" => contacts(object),
        "reaction" => {
            present(object)?;
            text(&object["message_id"], "reaction.message_id", usize::MAX, Requirement::Required)?;
            if object["emoji"].is_string() { Ok(()) } else { Err(GraphError::missing("reaction.emoji")) }
        }
        "interactive" => present(object).and_then(|()| interactive::check(object, known)),
        "template" => present(object).and_then(|()| template::check(object, known)),
        other => Err(GraphError::shape(format!("Param type must be one of the documented types, got {other}."))),
    }?;
    context(body, kind)
}

fn context(body: &Value, kind: &str) -> Result<(), GraphError> {
    let context = &body["context"];
    if context.is_null() {
        return Ok(());
    }
    if kind == "reaction" {
        return Err(GraphError::shape("Param context is not allowed for reactions."));
    }
    text(&context["message_id"], "context.message_id", usize::MAX, Requirement::Required)
}

/// A string of at most `limit` characters.
pub(super) fn text(value: &Value, name: &str, limit: usize, need: Requirement) -> Result<(), GraphError> {
    match value.as_str() {
        Some(text) if text.trim().is_empty() && need == Requirement::Required => Err(GraphError::missing(name)),
        Some(text) if text.chars().count() > limit => Err(GraphError::too_long(name, limit)),
        Some(_) => Ok(()),
        None if value.is_null() && need == Requirement::Optional => Ok(()),
        None if value.is_null() => Err(GraphError::missing(name)),
        None => Err(GraphError::invalid(name, "must be a string.")),
    }
}

/// A media object: exactly one of id and link, of the right type.
pub(super) fn media(object: &Value, kind: &str, known: &KnownFields) -> Result<(), GraphError> {
    match (object["id"].as_str(), object["link"].as_str()) {
        (None, None) => return Err(GraphError::missing(&format!("{kind}.id or {kind}.link"))),
        (Some(_), Some(_)) => return Err(GraphError::invalid(kind, "takes exactly one of id and link.")),
        (None, Some(link)) if !link.starts_with("http://") && !link.starts_with("https://") => {
            return Err(GraphError::invalid(&format!("{kind}.link"), "must be an http or https address."));
        }
        (None, Some(_)) => {}
        (Some(id), None) => {
            let mime = (known.media)(id)
                .ok_or_else(|| GraphError::invalid(&format!("{kind}.id"), "is not a known media id."))?;
            fits(kind, &mime, object)?;
        }
    }
    match kind {
        "audio" | "sticker" if !object["caption"].is_null() => Err(GraphError::invalid(kind, "takes no caption.")),
        _ => text(&object["caption"], &format!("{kind}.caption"), 1024, Requirement::Optional),
    }
}

fn fits(kind: &str, mime: &str, object: &Value) -> Result<(), GraphError> {
    let right = match kind {
        "image" => mime.starts_with("image/jpeg") || mime.starts_with("image/png"),
        "sticker" => mime.starts_with("image/webp"),
        // Of the plain type Meta accepts the message, and never delivers it.
        "audio" if object["voice"] == true => mime.starts_with("audio/ogg") && mime.contains("codecs=opus"),
        "audio" => mime.starts_with("audio/"),
        "video" => mime.starts_with("video/"),
        _ => true,
    };
    if right {
        Ok(())
    } else {
        Err(GraphError::new(131_053, format!("A file of type {mime} cannot be sent as {kind}.")))
    }
}

pub(super) fn location(object: &Value) -> Result<(), GraphError> {
    for (name, limit) in [("latitude", 90.0), ("longitude", 180.0)] {
        // Meta accepts numbers, also in strings.
        let number = object[name].as_f64().or_else(|| object[name].as_str().and_then(|text| text.parse().ok()));
        match number {
            None if object[name].is_null() => return Err(GraphError::missing(&format!("location.{name}"))),
            Some(number) if (-limit..=limit).contains(&number) => {}
            _ => return Err(GraphError::invalid(&format!("location.{name}"), "is not on this planet.")),
        }
    }
    text(&object["name"], "location.name", 1000, Requirement::Optional)?;
    text(&object["address"], "location.address", 1000, Requirement::Optional)
}

fn contacts(object: &Value) -> Result<(), GraphError> {
    let cards = object.as_array().filter(|cards| !cards.is_empty()).ok_or_else(|| GraphError::missing("contacts"))?;
    for card in cards {
        let name = &card["name"];
        text(&name["formatted_name"], "contacts.name.formatted_name", usize::MAX, Requirement::Required)?;
        let parts = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
        if !parts.iter().any(|part| name[part].is_string()) {
            return Err(GraphError::missing("contacts.name.first_name"));
        }
    }
    Ok(())
}
