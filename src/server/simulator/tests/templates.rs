//! Templates: every component is checked with Meta's codes, held ones get no status, and marketing does not reach the United
//! States.

use super::*;

fn named(name: &str, components: Value) -> Value {
    json!({"to": "+919876543210", "type": "template",
        "template": {"name": name, "language": {"code": "en_US"}, "components": components}})
}

fn body(texts: &[&str]) -> Value {
    let parameters: Vec<Value> = texts.iter().map(|text| json!({"type": "text", "text": text})).collect();
    json!({"type": "body", "parameters": parameters})
}

fn button(index: usize, sub_type: &str, key: &str, value: &str) -> Value {
    let mut parameter = json!({"type": key});
    parameter[key] = value.into();
    json!({"type": "button", "sub_type": sub_type, "index": index.to_string(), "parameters": [parameter]})
}

fn photo() -> Value {
    json!({"type": "header", "parameters": [{"type": "image", "image": {"link": "https://example.com/a.jpg"}}]})
}

fn place(name: &str) -> Value {
    json!({"type": "header", "parameters": [{"type": "location", "location": {"latitude": "52.5", "longitude": "13.4",
        "name": name, "address": "Street 1"}}]})
}

fn person(parameters: &[(&str, &str)]) -> Value {
    let parameter = |(name, text): &(&str, &str)| json!({"type": "text", "parameter_name": name, "text": text});
    json!({"type": "body", "parameters": parameters.iter().map(parameter).collect::<Vec<Value>>()})
}

#[tokio::test]
async fn every_component_is_checked() {
    let fixture = Fixture::new().await;
    let card = |index: usize| {
        let components = [photo(), body(&["Ada"]), button(0, "url", "text", "4711")];
        json!({"card_index": index, "components": components})
    };
    let carousel = |cards: Vec<Value>| json!([{"type": "carousel", "cards": cards}]);
    let (two, long) = (body(&["Ada", "4711"]), "4".repeat(1_010));
    let both = [("customer_name", "Ada"), ("agent_name", "Ben")];
    let table = [
        (named("order_cancelled", json!([body(&["4711"])])), 132_015),
        (named("order_update", json!([body(&["Ada", "47\n11"])])), 132_018),
        (named("order_update", json!([body(&["Ada", &long])])), 132_005),
        (named("delivery_photo", json!([photo(), two, button(0, "url", "text", "4711")])), 0),
        (named("delivery_photo", json!([photo(), two])), 131_008),
        (named("delivery_photo", json!([two])), 132_012),
        (named("visit_us", json!([place("Office"), person(&both)])), 0),
        (named("visit_us", json!([place(""), person(&both)])), 131_008),
        (named("visit_us", json!([place("Office"), person(&[("customer_name", "Ada"), ("agent", "Ben")])])), 132_000),
        (named("welcome_code", json!([body(&["Ada"]), button(0, "copy_code", "coupon_code", "WELCOME20")])), 0),
        (named("welcome_code", json!([body(&["Ada"]), button(0, "url", "text", "WELCOME20")])), 132_012),
        (named("welcome_code", json!([body(&["Ada"])])), 131_008),
        (named("new_shoes", carousel(vec![card(0), card(1)])), 0),
        (named("new_shoes", carousel(vec![card(0)])), 132_012),
        (named("new_shoes", carousel(vec![card(0), card(0)])), 131_008),
    ];
    for (body, code) in table {
        let (_, answer) = fixture.send(body.clone()).await.expect("an answer");
        assert_eq!(answer["error"]["code"].as_u64().unwrap_or(0), code, "{body} -> {answer}");
    }
}

#[tokio::test]
async fn a_held_template_is_accepted_without_a_status() {
    let fixture = Fixture::new().await;
    let held = SimulatorSettings { templates: TemplateAnswer::Held, ..SimulatorSettings::default() };
    fixture.simulator.set_settings(held);
    let (_, answer) = fixture.send(named("we_are_back", json!([]))).await.expect("an answer");
    assert_eq!(answer["messages"][0]["message_status"], "held_for_quality_assessment");
    fixture.simulator.settled().await;
    assert!(fixture.callback.items("statuses").is_empty());
}

#[tokio::test]
async fn marketing_fails_for_a_number_of_the_united_states() {
    let fixture = Fixture::new().await;
    let mut body = named("welcome_code", json!([body(&["Ada"]), button(0, "copy_code", "coupon_code", "WELCOME20")]));
    body["to"] = "+15552000001".into();
    let (status, _) = fixture.send(body).await.expect("an answer");
    assert_eq!(status, 200);
    fixture.simulator.settled().await;
    let statuses = fixture.callback.items("statuses");
    assert_eq!(statuses[0]["errors"][0]["code"], 131_049, "{statuses:?}");
}
