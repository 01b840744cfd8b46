//! Interactive messages: buttons, lists and others, with their documented limits.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    check::{self, KnownFields, Requirement, text},
    error::GraphError,
};

/// Checks an `interactive` object.
pub(super) fn check(object: &Value, known: &KnownFields) -> Result<(), GraphError> {
    let kind = object["type"].as_str().ok_or_else(|| GraphError::missing("interactive.type"))?;
    let action = &object["action"];
    if action.is_null() {
        return Err(GraphError::missing("interactive.action"));
    }
    let body_need = if matches!(kind, "product" | "catalog_message" | "call_permission_request") {
        Requirement::Optional
    } else {
        Requirement::Required
    };
    let body_limit = if kind == "list" { 4096 } else { 1024 };
    text(&object["body"]["text"], "interactive.body.text", body_limit, body_need)?;
    text(&object["footer"]["text"], "interactive.footer.text", 60, Requirement::Optional)?;
    header(&object["header"], kind, known)?;
    match kind {
        "button" => buttons(action),
        "list" => list(action),
        "cta_url" => link(action),
        "location_request_message" => name(action, "send_location"),
        "flow" => name(action, "flow"),
        "catalog_message" => name(action, "catalog_message"),
        "address_message" => name(action, "address_message"),
        "voice_call" => name(action, "voice_call"),
        "call_permission_request" => name(action, "call_permission_request"),
        "request_contact_info" => name(action, "request_contact_info"),
        "product" => {
            text(&action["product_retailer_id"], "action.product_retailer_id", usize::MAX, Requirement::Required)
        }
        "product_list" => match action["sections"].as_array() {
            Some(sections) if (1..=10).contains(&sections.len()) => Ok(()),
            _ => Err(GraphError::invalid("action.sections", "must hold 1 to 10 sections.")),
        },
        "carousel" => match action["cards"].as_array() {
            Some(cards) if (2..=10).contains(&cards.len()) => Ok(()),
            _ => Err(GraphError::invalid("action.cards", "must hold 2 to 10 cards.")),
        },
        other => Err(GraphError::invalid("interactive.type", &format!("does not know {other}."))),
    }
}

fn name(action: &Value, wanted: &str) -> Result<(), GraphError> {
    if action["name"] == wanted {
        Ok(())
    } else {
        Err(GraphError::invalid("action.name", &format!("must be {wanted}.")))
    }
}

fn header(header: &Value, kind: &str, known: &KnownFields) -> Result<(), GraphError> {
    let Some(of) = header["type"].as_str() else {
        return if header.is_null() { Ok(()) } else { Err(GraphError::missing("interactive.header.type")) };
    };
    match of {
        "text" => text(&header["text"], "interactive.header.text", 60, Requirement::Required),
        "image" | "video" | "document" if matches!(kind, "button" | "cta_url" | "flow") => {
            check::media(&header[of], of, known)
        }
        other => Err(GraphError::invalid("interactive.header.type", &format!("{other} does not go with {kind}."))),
    }
}

fn buttons(action: &Value) -> Result<(), GraphError> {
    let buttons = action["buttons"].as_array().ok_or_else(|| GraphError::missing("action.buttons"))?;
    if !(1..=3).contains(&buttons.len()) {
        return Err(GraphError::invalid("action.buttons", "must hold 1 to 3 buttons."));
    }
    let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
    for button in buttons {
        if button["type"] != "reply" {
            return Err(GraphError::invalid("action.buttons.type", "must be reply."));
        }
        let reply = &button["reply"];
        text(&reply["id"], "action.buttons.reply.id", 256, Requirement::Required)?;
        text(&reply["title"], "action.buttons.reply.title", 20, Requirement::Required)?;
        if !ids.insert(reply["id"].as_str()) || !titles.insert(reply["title"].as_str()) {
            return Err(GraphError::invalid("action.buttons", "must have unique ids and titles."));
        }
    }
    Ok(())
}

fn list(action: &Value) -> Result<(), GraphError> {
    text(&action["button"], "action.button", 20, Requirement::Required)?;
    let sections = action["sections"].as_array().ok_or_else(|| GraphError::missing("action.sections"))?;
    if !(1..=10).contains(&sections.len()) {
        return Err(GraphError::invalid("action.sections", "must hold 1 to 10 sections."));
    }
    let title = if sections.len() > 1 { Requirement::Required } else { Requirement::Optional };
    let (mut ids, mut rows) = (HashSet::new(), 0);
    for section in sections {
        text(&section["title"], "action.sections.title", 24, title)?;
        for row in section["rows"].as_array().ok_or_else(|| GraphError::missing("action.sections.rows"))? {
            text(&row["id"], "action.sections.rows.id", 200, Requirement::Required)?;
            text(&row["title"], "action.sections.rows.title", 24, Requirement::Required)?;
            text(&row["description"], "action.sections.rows.description", 72, Requirement::Optional)?;
            if !ids.insert(row["id"].as_str()) {
                return Err(GraphError::invalid("action.sections.rows.id", "must be unique."));
            }
            rows += 1;
        }
    }
    if (1..=10).contains(&rows) {
        Ok(())
    } else {
        Err(GraphError::invalid("action.sections", "must hold 1 to 10 rows in all."))
    }
}

fn link(action: &Value) -> Result<(), GraphError> {
    name(action, "cta_url")?;
    let parameters = &action["parameters"];
    text(&parameters["display_text"], "action.parameters.display_text", 20, Requirement::Required)?;
    text(&parameters["url"], "action.parameters.url", 2000, Requirement::Required)?;
    let url = parameters["url"].as_str().unwrap_or_default();
    let web = url.starts_with("https://") || url.starts_with("http://");
    if web { Ok(()) } else { Err(GraphError::invalid("action.parameters.url", "must be an http or https address.")) }
}
