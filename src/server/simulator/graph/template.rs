//! Templates: checks that one exists in the language, may be used, and gets the parameters that it needs.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    check::{KnownFields, Requirement, text},
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
    for part in ["HEADER", "BODY"] {
        let wanted = places(component(template, part));
        let parameters = component(object, part).map(|given| &given["parameters"]);
        let given: Vec<&Value> = parameters.and_then(Value::as_array).into_iter().flatten().collect();
        if wanted.len() != given.len() && !wanted.is_empty()
            || (wanted.is_empty() && part == "BODY" && !given.is_empty())
        {
            let counts = format!(
                "{}: number of parameters ({}) does not match the expected {}",
                part.to_lowercase(),
                given.len(),
                wanted.len()
            );
            return Err(GraphError::new(132_000, counts));
        }
        if template["parameter_format"] == "NAMED" {
            let names: BTreeSet<&str> = given.iter().filter_map(|given| given["parameter_name"].as_str()).collect();
            if !wanted.iter().all(|name| names.contains(name.as_str())) {
                return Err(GraphError::new(132_000, "A named parameter is missing."));
            }
        }
        for parameter in given.iter().filter(|given| given["type"] == "text") {
            text(&parameter["text"], "template.components.parameters.text", 1024, Requirement::Required)?;
        }
    }
    Ok(())
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

/// The body as the customer sees it, with its parameters filled in.
pub(super) fn rendered(object: &Value, templates: &[Value]) -> Option<String> {
    let known = KnownFields { media: &|_| None, templates };
    let mut text = component(find(object, &known)?, "BODY")?["text"].as_str()?.to_owned();
    let parameters = component(object, "BODY").and_then(|given| given["parameters"].as_array());
    for (index, parameter) in parameters.into_iter().flatten().enumerate() {
        let place = parameter["parameter_name"].as_str().map_or_else(|| (index + 1).to_string(), str::to_owned);
        text = text.replace(&format!("{{{{{place}}}}}"), parameter["text"].as_str().unwrap_or_default());
    }
    Some(text)
}

/// The labels of a template's quick replies.
pub(super) fn quick_replies(object: &Value, templates: &[Value]) -> Vec<Value> {
    let known = KnownFields { media: &|_| None, templates };
    let component = find(object, &known).and_then(|template| component(template, "BUTTONS"));
    let buttons = component.and_then(|buttons| buttons["buttons"].as_array()).into_iter().flatten();
    buttons.filter(|button| button["type"] == "QUICK_REPLY").map(|button| button["text"].clone()).collect()
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
