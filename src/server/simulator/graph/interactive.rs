//! Interactive messages: buttons, lists and others, with their documented limits.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    check::{self, Known, Need, text},
    error::Refusal,
};

/// Checks an `interactive` object.
pub(super) fn check(object: &Value, known: &Known) -> Result<(), Refusal> {
    let kind = object["type"].as_str().ok_or_else(|| Refusal::missing("interactive.type"))?;
    let action = &object["action"];
    if action.is_null() {
        return Err(Refusal::missing("interactive.action"));
    }
    let body_need = if matches!(kind, "product" | "catalog_message") { Need::Optional } else { Need::Required };
    let body_limit = if kind == "list" { 4096 } else { 1024 };
    text(&object["body"]["text"], "interactive.body.text", body_limit, body_need)?;
    text(&object["footer"]["text"], "interactive.footer.text", 60, Need::Optional)?;
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
        "request_contact_info" => name(action, "request_contact_info"),
        "product" => text(&action["product_retailer_id"], "action.product_retailer_id", usize::MAX, Need::Required),
        "product_list" => match action["sections"].as_array() {
            Some(sections) if (1..=10).contains(&sections.len()) => Ok(()),
            _ => Err(Refusal::invalid("action.sections", "must hold 1 to 10 sections.")),
        },
        "carousel" => match action["cards"].as_array() {
            Some(cards) if (2..=10).contains(&cards.len()) => Ok(()),
            _ => Err(Refusal::invalid("action.cards", "must hold 2 to 10 cards.")),
        },
        other => Err(Refusal::invalid("interactive.type", &format!("does not know {other}."))),
    }
}

fn name(action: &Value, wanted: &str) -> Result<(), Refusal> {
    if action["name"] == wanted { Ok(()) } else { Err(Refusal::invalid("action.name", &format!("must be {wanted}."))) }
}

fn header(header: &Value, kind: &str, known: &Known) -> Result<(), Refusal> {
    let Some(of) = header["type"].as_str() else {
        return if header.is_null() { Ok(()) } else { Err(Refusal::missing("interactive.header.type")) };
    };
    match of {
        "text" => text(&header["text"], "interactive.header.text", 60, Need::Required),
        "image" | "video" | "document" if matches!(kind, "button" | "cta_url" | "flow") => {
            check::media(&header[of], of, known)
        }
        other => Err(Refusal::invalid("interactive.header.type", &format!("{other} does not go with {kind}."))),
    }
}

fn buttons(action: &Value) -> Result<(), Refusal> {
    let buttons = action["buttons"].as_array().ok_or_else(|| Refusal::missing("action.buttons"))?;
    if !(1..=3).contains(&buttons.len()) {
        return Err(Refusal::invalid("action.buttons", "must hold 1 to 3 buttons."));
    }
    let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
    for button in buttons {
        if button["type"] != "reply" {
            return Err(Refusal::invalid("action.buttons.type", "must be reply."));
        }
        let reply = &button["reply"];
        text(&reply["id"], "action.buttons.reply.id", 256, Need::Required)?;
        text(&reply["title"], "action.buttons.reply.title", 20, Need::Required)?;
        if !ids.insert(reply["id"].as_str()) || !titles.insert(reply["title"].as_str()) {
            return Err(Refusal::invalid("action.buttons", "must have unique ids and titles."));
        }
    }
    Ok(())
}

fn list(action: &Value) -> Result<(), Refusal> {
    text(&action["button"], "action.button", 20, Need::Required)?;
    let sections = action["sections"].as_array().ok_or_else(|| Refusal::missing("action.sections"))?;
    if !(1..=10).contains(&sections.len()) {
        return Err(Refusal::invalid("action.sections", "must hold 1 to 10 sections."));
    }
    let title = if sections.len() > 1 { Need::Required } else { Need::Optional };
    let (mut ids, mut rows) = (HashSet::new(), 0);
    for section in sections {
        text(&section["title"], "action.sections.title", 24, title)?;
        for row in section["rows"].as_array().ok_or_else(|| Refusal::missing("action.sections.rows"))? {
            text(&row["id"], "action.sections.rows.id", 200, Need::Required)?;
            text(&row["title"], "action.sections.rows.title", 24, Need::Required)?;
            text(&row["description"], "action.sections.rows.description", 72, Need::Optional)?;
            if !ids.insert(row["id"].as_str()) {
                return Err(Refusal::invalid("action.sections.rows.id", "must be unique."));
            }
            rows += 1;
        }
    }
    if (1..=10).contains(&rows) {
        Ok(())
    } else {
        Err(Refusal::invalid("action.sections", "must hold 1 to 10 rows in all."))
    }
}

fn link(action: &Value) -> Result<(), Refusal> {
    name(action, "cta_url")?;
    let parameters = &action["parameters"];
    text(&parameters["display_text"], "action.parameters.display_text", 20, Need::Required)?;
    text(&parameters["url"], "action.parameters.url", 2000, Need::Required)?;
    let url = parameters["url"].as_str().unwrap_or_default();
    let web = url.starts_with("https://") || url.starts_with("http://");
    if web { Ok(()) } else { Err(Refusal::invalid("action.parameters.url", "must be an http or https address.")) }
}
