//! Templates that the business sent from elsewhere. The request names a template and its parameters; a copy of another
//! responder's message may come with the template's definition, and then it is shown as the customer saw it.

use super::read_content::language;
use crate::{
    domain::message::Content,
    server::gateway::wire::{
        event::StandbyTemplate,
        interactive::{Template, TemplateComponent, TemplateParameter},
    },
};

/// The content of a template message. Without its definition the parameters are shown.
pub(super) fn template(sent: &Template, known: Option<&StandbyTemplate>) -> Content {
    let spoken = sent.language.as_ref().and_then(|language| language.code.as_deref());
    let lines = lines(sent, known);
    Content::Template {
        name: sent.name.clone().or_else(|| known?.name.clone()).unwrap_or_default(),
        language: spoken.or_else(|| known?.language.as_deref()).map(language),
        body: (!lines.is_empty()).then(|| lines.join("\n")),
    }
}

fn lines(sent: &Template, known: Option<&StandbyTemplate>) -> Vec<String> {
    let definition = known.map(|known| known.components.as_slice()).unwrap_or_default();
    let mut lines = Vec::new();
    for kind in ["header", "body", "footer"] {
        let (defined, filled) = (component(definition, kind), component(&sent.components, kind));
        let text = defined.and_then(|it| it.text.as_deref()).or_else(|| filled?.text.as_deref());
        // Some copies hold the text of the body alone.
        let text = text.or_else(|| known.filter(|_| kind == "body")?.body.as_deref());
        let parameters = filled.map(|it| it.parameters.as_slice()).unwrap_or_default();
        let file = parameters.iter().find_map(|it| it.kind.as_deref().and_then(file)).or_else(|| {
            let format = defined.or(filled)?.format.as_deref()?;
            file(format)
        });
        let line = match text {
            Some(text) => Some(fill(text, parameters)),
            None => joined(parameters),
        };
        lines.extend(file.map(str::to_owned));
        lines.extend(line);
    }
    lines.extend(buttons(definition, sent));
    lines
}

/// The buttons: their titles where the definition is known, or the texts that were filled in. Payloads are not shown to
/// customers.
fn buttons(definition: &[TemplateComponent], sent: &Template) -> Vec<String> {
    let titles: Vec<String> = definition
        .iter()
        .filter(|it| is(it, "buttons"))
        .flat_map(|it| &it.buttons)
        .filter_map(|button| button.text.as_ref().map(|title| format!("[{title}]")))
        .collect();
    if !titles.is_empty() {
        return titles;
    }
    sent.components.iter().filter(|it| is(it, "button")).filter_map(|it| joined(&it.parameters)).collect()
}

fn is(component: &TemplateComponent, kind: &str) -> bool {
    component.kind.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(kind))
}

fn component<'a>(components: &'a [TemplateComponent], kind: &str) -> Option<&'a TemplateComponent> {
    components.iter().find(|it| is(it, kind))
}

fn file(kind: &str) -> Option<&'static str> {
    match kind.to_ascii_lowercase().as_str() {
        "image" => Some("[Photo]"),
        "video" => Some("[Video]"),
        "document" => Some("[Document]"),
        "location" => Some("[Location]"),
        _ => None,
    }
}

fn value(parameter: &TemplateParameter) -> Option<&str> {
    let fallback = parameter.currency.as_ref().or(parameter.date_time.as_ref());
    let told = parameter.text.as_deref().or(parameter.coupon_code.as_deref());
    told.or_else(|| fallback?.fallback_value.as_deref())
}

fn joined(parameters: &[TemplateParameter]) -> Option<String> {
    let values: Vec<&str> = parameters.iter().filter_map(value).collect();
    (!values.is_empty()).then(|| values.join(" · "))
}

/// Replaces `{{1}}` by the first parameter and `{{name}}` by the one of that name. A placeholder without a parameter
/// stays. Parameters are not filled in again.
fn fill(text: &str, parameters: &[TemplateParameter]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((key, behind)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        let key = key.trim();
        let by_name = parameters.iter().find(|it| it.parameter_name.as_deref() == Some(key));
        let by_position = || parameters.get(key.parse::<usize>().ok()?.checked_sub(1)?);
        match by_name.or_else(by_position).and_then(value) {
            Some(value) => out.push_str(value),
            None => out.extend(["{{", key, "}}"]),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn shown(components: Value, known: Option<Value>) -> Option<String> {
        let sent = json!({"name": "order", "language": {"code": "en-US"}, "components": components});
        let sent: Template = serde_json::from_value(sent).expect("a template");
        let known: Option<StandbyTemplate> = known.map(|known| serde_json::from_value(known).expect("a definition"));
        let content = template(&sent, known.as_ref());
        let Content::Template { name, language, body } = content else { panic!("a template, not {content:?}") };
        assert_eq!((name.as_str(), language.as_deref()), ("order", Some("en_US")));
        body
    }

    fn sent() -> Value {
        json!([
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "Mina"}, {"type": "currency",
                "currency": {"fallback_value": "$10", "code": "USD", "amount_1000": 10_000}}]},
            {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload",
                "payload": "SECRET"}]},
        ])
    }

    #[test]
    fn every_component_is_shown_where_the_definition_is_known() {
        let definition = json!({"components": [
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": "Hi {{1}}, that is {{ 2 }}. {{3}}"},
            {"type": "FOOTER", "text": "Acme"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Track"}, {"type": "URL", "text": "Open"}]},
        ]});
        let expected = "[Photo]\nHi Mina, that is $10. {{3}}\nAcme\n[Track]\n[Open]";
        assert_eq!(shown(sent(), Some(definition)).as_deref(), Some(expected));
    }

    #[test]
    fn parameters_are_shown_without_a_definition_and_payloads_never() {
        assert_eq!(shown(sent(), None).as_deref(), Some("[Photo]\nMina · $10"));
        let link = json!([{"type": "header", "parameters": [{"type": "text", "text": "Order 7"}]},
            {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "track/7"}]}]);
        assert_eq!(shown(link, None).as_deref(), Some("Order 7\ntrack/7"));
        assert_eq!(shown(json!([]), None), None);
    }

    #[test]
    fn named_parameters_and_a_body_alone_are_filled_in() {
        let named =
            json!([{"type": "BODY", "parameters": [{"type": "text", "parameter_name": "who", "text": "{{1}}"}]}]);
        let known = json!({"body": "Hi {{who}} {{ open"});
        assert_eq!(shown(named, Some(known)).as_deref(), Some("Hi {{1}} {{ open"));
        assert_eq!(shown(json!([]), Some(json!({"body": "As sent"}))).as_deref(), Some("As sent"));
        let with_text = json!([{"type": "BODY", "text": "Written out"}]);
        assert_eq!(shown(with_text, None).as_deref(), Some("Written out"));
    }
}
