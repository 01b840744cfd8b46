//! Templates: checks that one exists in the language, may be used, and that every component gets the parameters that it
//! needs, with Meta's code for each fault.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    check::{KnownFields, Requirement, location, media, text},
    error::GraphError,
};

/// Checks a `template` object.
pub(super) fn check(object: &Value, known: &KnownFields) -> Result<(), GraphError> {
    text(&object["name"], "template.name", 512, Requirement::Required)?;
    text(&object["language"]["code"], "template.language.code", 20, Requirement::Required)?;
    let template = find(object, known).ok_or_else(|| {
        GraphError::new(132_001, format!("template name ({}) does not exist in this language", object["name"]))
    })?;
    match template["status"].as_str() {
        Some("APPROVED") => {}
        Some("PAUSED") => return Err(GraphError::new(132_015, "The template is paused.")),
        Some("DISABLED") => return Err(GraphError::new(132_016, "The template is disabled.")),
        _ => return Err(GraphError::new(132_001, "The template is not approved.")),
    }
    components(object, template, &template["parameter_format"], known)
}

/// The longest texts with their values, in characters.
const HEADER_LIMIT: usize = 60;
const BODY_LIMIT: usize = 1024;

/// Checks what is given for each component of a definition, which is a template or a card. `style` is the template's
/// `parameter_format`.
fn components(object: &Value, definition: &Value, style: &Value, known: &KnownFields) -> Result<(), GraphError> {
    header(object, definition, style, known)?;
    let (body, given) = (component(definition, "BODY"), parameters(component(object, "BODY")));
    texts("body", body, &given, style, BODY_LIMIT)?;
    buttons(object, definition)?;
    carousel(object, definition, style, known)
}

fn header(object: &Value, definition: &Value, style: &Value, known: &KnownFields) -> Result<(), GraphError> {
    let given = parameters(component(object, "HEADER"));
    let Some(defined) = component(definition, "HEADER") else { return Ok(()) };
    let format = defined["format"].as_str().unwrap_or("TEXT");
    if format == "TEXT" {
        return texts("header", Some(defined), &given, style, HEADER_LIMIT);
    }
    let kind = format.to_lowercase();
    let parameter = match given.as_slice() {
        [parameter] if parameter["type"] == kind.as_str() => parameter,
        _ => {
            let received = given.first().and_then(|given| given["type"].as_str()).unwrap_or("unknown").to_uppercase();
            let details = format!("header: Format mismatch, expected {format}, received {received}");
            return Err(GraphError::new(132_012, details));
        }
    };
    match format {
        "LOCATION" => {
            location(&parameter["location"])?;
            text(&parameter["location"]["name"], "location.name", 1000, Requirement::Required)?;
            text(&parameter["location"]["address"], "location.address", 1000, Requirement::Required)
        }
        _ => media(&parameter[kind.as_str()], &kind, known),
    }
}

/// Checks the values of a text's placeholders.
fn texts(part: &str, defined: Option<&Value>, given: &[&Value], style: &Value, limit: usize) -> Result<(), GraphError> {
    let wanted = places(defined);
    if wanted.len() != given.len() && !(wanted.is_empty() && part == "header") {
        let counts =
            format!("{part}: number of parameters ({}) does not match the expected {}", given.len(), wanted.len());
        return Err(GraphError::new(132_000, counts));
    }
    if *style == "NAMED" {
        let names: BTreeSet<&str> = given.iter().filter_map(|given| given["parameter_name"].as_str()).collect();
        if !wanted.iter().all(|name| names.contains(name.as_str())) {
            return Err(GraphError::new(132_000, "A named parameter is missing."));
        }
    }
    let mut length = defined.and_then(|it| it["text"].as_str()).unwrap_or_default().chars().count();
    for parameter in given.iter().filter(|given| given["type"] == "text") {
        text(&parameter["text"], "template.components.parameters.text", 1024, Requirement::Required)?;
        let value = parameter["text"].as_str().unwrap_or_default();
        if value.contains(['\n', '\t']) || value.contains("     ") {
            let details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces";
            return Err(GraphError::new(132_018, details));
        }
        length += value.chars().count();
    }
    let placeholders: usize = wanted.iter().map(|name| name.chars().count() + 4).sum();
    if length.saturating_sub(placeholders) > limit {
        return Err(GraphError::new(132_005, format!("{part}: translated text too long")));
    }
    Ok(())
}

/// Checks that the buttons that take a parameter have one of their kind.
fn buttons(object: &Value, definition: &Value) -> Result<(), GraphError> {
    let defined = component(definition, "BUTTONS").and_then(|buttons| buttons["buttons"].as_array());
    for (index, button) in defined.into_iter().flatten().enumerate() {
        let (sub_type, key, limit, is_needed) = match button["type"].as_str().unwrap_or_default() {
            "URL" => ("url", "text", 2000, button["url"].as_str().is_some_and(|url| url.contains("{{"))),
            "COPY_CODE" => ("copy_code", "coupon_code", 15, true),
            "QUICK_REPLY" => ("quick_reply", "payload", 256, false),
            "FLOW" => ("flow", "action", usize::MAX, true),
            _ => continue,
        };
        let given = object["components"].as_array().into_iter().flatten().find(|given| {
            let at = given["index"].as_u64().or_else(|| given["index"].as_str()?.parse().ok());
            given["type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("button"))
                && at == u64::try_from(index).ok()
        });
        let Some(given) = given else {
            if is_needed {
                let details = format!("buttons: Button at index {index} of type {sub_type} requires a parameter");
                return Err(GraphError::new(131_008, details));
            }
            continue;
        };
        if given["sub_type"].as_str().is_none_or(|kind| !kind.eq_ignore_ascii_case(sub_type)) {
            let details = format!("buttons: Button at index {index} is of type {sub_type}");
            return Err(GraphError::new(132_012, details));
        }
        let parameter = &given["parameters"][0][key];
        if key != "action" {
            text(parameter, "template.components.parameters", limit, Requirement::Required)?;
        } else if !parameter.is_object() {
            return Err(GraphError::missing("template.components.parameters.action"));
        }
    }
    Ok(())
}

/// Checks that every card of a carousel is there, with its values.
fn carousel(object: &Value, definition: &Value, style: &Value, known: &KnownFields) -> Result<(), GraphError> {
    let cards = |of: &Value| -> Vec<Value> {
        let cards = component(of, "CAROUSEL").and_then(|carousel| carousel["cards"].as_array());
        cards.cloned().unwrap_or_default()
    };
    let (defined, given) = (cards(definition), cards(object));
    if defined.len() != given.len() {
        let details =
            format!("carousel: number of cards ({}) does not match the expected {}", given.len(), defined.len());
        return Err(GraphError::new(132_012, details));
    }
    for (index, definition) in defined.iter().enumerate() {
        let card = given.iter().find(|card| card["card_index"].as_u64() == u64::try_from(index).ok());
        let card = card.ok_or_else(|| GraphError::missing("carousel.cards.card_index"))?;
        components(card, definition, style, known)?;
    }
    Ok(())
}

fn parameters(component: Option<&Value>) -> Vec<&Value> {
    component.and_then(|given| given["parameters"].as_array()).into_iter().flatten().collect()
}

/// The template that a send names. `-` and `_` in languages are equivalent.
fn find<'a>(object: &Value, known: &KnownFields<'a>) -> Option<&'a Value> {
    let wanted = object["language"]["code"].as_str()?.replace('-', "_");
    known.templates.iter().find(|template| template["name"] == object["name"] && template["language"] == wanted)
}

/// The category of the template that a send names, in lower case as in `pricing`.
pub(super) fn category(object: &Value, templates: &[Value]) -> Option<String> {
    let known = KnownFields { media: &|_| None, templates };
    find(object, &known)?["category"].as_str().map(str::to_lowercase)
}

/// The message as the phone draws it.
pub(super) fn drawn(object: &Value, templates: &[Value]) -> Value {
    let known = KnownFields { media: &|_| None, templates };
    let template = find(object, &known);
    let text = |part| template.and_then(|template| rendered(object, template, part));
    let file = parameters(component(object, "HEADER")).into_iter().find(|parameter| parameter["type"] != "text");
    let buttons = template.and_then(|template| component(template, "BUTTONS"));
    let buttons = buttons.and_then(|buttons| buttons["buttons"].as_array()).into_iter().flatten();
    let (replies, others): (Vec<&Value>, Vec<&Value>) = buttons.partition(|button| button["type"] == "QUICK_REPLY");
    let labels = |buttons: Vec<&Value>| -> Vec<Value> { buttons.iter().map(|button| button["text"].clone()).collect() };
    json!({"template": object, "text": text("BODY"), "header": text("HEADER"), "footer": text("FOOTER"), "file": file,
        "quick_replies": labels(replies), "buttons": labels(others)})
}

/// A component's text as the customer sees it, with its parameters filled in.
fn rendered(object: &Value, template: &Value, part: &str) -> Option<String> {
    let mut text = component(template, part)?["text"].as_str()?.to_owned();
    for (index, parameter) in parameters(component(object, part)).into_iter().enumerate() {
        let place = parameter["parameter_name"].as_str().map_or_else(|| (index + 1).to_string(), str::to_owned);
        text = text.replace(&format!("{{{{{place}}}}}"), parameter["text"].as_str().unwrap_or_default());
    }
    Some(text)
}

/// Component types are in lower case in sends and in upper case in listings.
fn component<'a>(of: &'a Value, part: &str) -> Option<&'a Value> {
    let components = of["components"].as_array()?;
    components.iter().find(|component| component["type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case(part)))
}

/// The parameters `{{1}}` or `{{name}}` in a component's text.
fn places(component: Option<&Value>) -> BTreeSet<String> {
    let text = component.and_then(|component| component["text"].as_str()).unwrap_or_default();
    text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name.trim().to_owned()).collect()
}
