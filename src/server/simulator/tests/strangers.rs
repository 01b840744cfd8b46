//! What other people's clients send: forms, lists as texts, parameters in the query, paths without a version, and calls
//! that the simulator does not know.

use super::*;

/// Sends a request with the token and returns status, error code and body.
async fn call(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.bearer_auth("token").send().await.expect("answers");
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["content-type"], "application/json", "clients parse what they get");
    (status, answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_message_may_be_a_form() {
    let fixture = Fixture::new().await;
    let address = format!("{}/v26.0/100/messages", fixture.base);
    let form = [
        ("messaging_product", "whatsapp"),
        ("to", "+4915550001"),
        ("type", "text"),
        ("text", r#"{"body":"From a form"}"#),
    ];
    let (status, answer) = call(fixture.http.post(address).form(&form)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(fixture.simulator.sent()[0].body["text"]["body"], "From a form");
}

#[tokio::test]
async fn a_list_may_be_a_text() {
    let fixture = Fixture::new().await;
    let card = json!({"name": {"formatted_name": "Ada", "first_name": "Ada"}});
    let contacts = json!({"to": "+4915550001", "type": "contacts", "contacts": json!([card]).to_string(),
        "biz_opaque_callback_data": "[1]"});
    let (status, answer) = fixture.send(contacts).await.expect("answers");
    assert_eq!(status, 200, "{answer}");
    let sent = &fixture.simulator.sent()[0].body;
    assert_eq!((&sent["contacts"][0], &sent["biz_opaque_callback_data"]), (&card, &json!("[1]")));
}

#[tokio::test]
async fn the_version_may_be_left_out() {
    let fixture = Fixture::new().await;
    let (base, http) = (&fixture.base, &fixture.http);
    let text = json!({"messaging_product": "whatsapp", "to": "+4915550001", "type": "text", "text": {"body": "Hi"}});
    let block = json!({"messaging_product": "whatsapp", "block_users": [{"user": "+4915550001"}]});
    for request in [
        http.post(format!("{base}/100/messages")).json(&text),
        http.post(format!("{base}/100/block_users")).json(&block),
        http.delete(format!("{base}/100/block_users")).json(&block),
        http.get(format!("{base}/100/block_users")),
        http.get(format!("{base}/200/message_templates")),
    ] {
        let told = format!("{request:?}");
        let (status, answer) = call(request).await;
        assert_eq!(status, 200, "{told}: {answer}");
    }
    let versions: Vec<_> = fixture.simulator.sent().into_iter().map(|sent| sent.version).collect();
    assert_eq!(versions, [None::<String>]);
}

#[tokio::test]
async fn a_request_for_a_call_permission_is_accepted() {
    let fixture = Fixture::new().await;
    let request = |action: Value| {
        json!({"to": "+4915550001", "type": "interactive", "interactive": {"type": "call_permission_request",
            "action": action, "body": {"text": "May we call you?"}}})
    };
    let (status, answer) = fixture.send(request(json!({"name": "call_permission_request"}))).await.expect("answers");
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = fixture.send(request(json!({"name": "voice_call"}))).await.expect("answers");
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_009)));
}

#[tokio::test]
async fn the_parameters_of_an_upload_may_be_in_the_query() {
    let fixture = Fixture::new().await;
    let upload = |query: &str| {
        let part =
            reqwest::multipart::Part::bytes(vec![1; 8]).file_name("a.png").mime_str("image/png").expect("a type");
        let form = reqwest::multipart::Form::new().part("file", part);
        fixture.http.post(format!("{}/v26.0/100/media{query}", fixture.base)).multipart(form)
    };
    let (status, answer) = call(upload("?messaging_product=whatsapp")).await;
    assert!(status == 200 && answer["id"].is_string(), "{status} {answer}");
    assert_eq!(call(upload("")).await.0, 400);
    let (status, answer) = call(fixture.http.post(format!("{}/v26.0/100/media", fixture.base)).json(&json!({}))).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)), "not a form: {answer}");
}

#[tokio::test]
async fn unknown_calls_are_answered_with_metas_errors() {
    let fixture = Fixture::new().await;
    let base = &fixture.base;
    let http = &fixture.http;
    let table = [
        (http.get(format!("{base}/v26.0/100/business_compliance_info")), 2500),
        (http.post(format!("{base}/v26.0/200/flows")).json(&json!({})), 2500),
        (http.get(format!("{base}/v26.0/100/message_qrdls/AB")), 2500),
        (http.get(format!("{base}/v26.0/100/message_qrdls/")), 2500),
        (http.post(format!("{base}/v26.0/200/flows/1/assets")).json(&json!({})), 2500),
        // Some clients leave out the version.
        (http.post(format!("{base}/100/calls")).json(&json!({})), 2500),
        (http.get(format!("{base}/v26.0/100/messages")), 2500),
        (http.post(format!("{base}/v26.0/100")), 100),
        (http.post(format!("{base}/v26.0/100/")), 100),
        (http.get(format!("{base}/v26.0")), 100),
    ];
    for (request, code) in table {
        let told = format!("{request:?}");
        let (status, answer) = call(request).await;
        let error = &answer["error"];
        assert_eq!(status, 400, "{told}: {answer}");
        assert!(error["message"].is_string() && error["fbtrace_id"].is_string(), "{told}: {answer}");
        assert_eq!(error["code"], code, "{told}: {answer}");
    }
    let answer = http.get(format!("{base}/v26.0/100/groups")).send().await.expect("answers");
    assert_eq!(answer.status(), 401, "without a token");
}

#[tokio::test]
async fn users_are_blocked_and_errors_are_per_user() {
    let fixture = Fixture::new().await;
    let address = format!("{}/v26.0/100/block_users", fixture.base);
    let body = |users: &[&str]| {
        let users: Vec<Value> = users.iter().map(|user| json!({"user": user})).collect();
        json!({"messaging_product": "whatsapp", "block_users": users})
    };
    let (status, answer) = call(fixture.http.post(&address).json(&body(&["+4915550001"]))).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["block_users"]["added_users"][0], json!({"input": "+4915550001", "wa_id": "4915550001"}));
    let (_, listed) = call(fixture.http.get(&address)).await;
    assert_eq!(listed["data"][0]["wa_id"], "4915550001");
    // A message to a blocked user is refused.
    let text = json!({"to": "+4915550001", "type": "text", "text": {"body": "Hi"}});
    let (_, refused) = fixture.send(text).await.expect("answers");
    assert_eq!(refused["error"]["code"], 130_403);
    // Some fail, and the answer says which.
    fixture.simulator.inject("4915550002", Fault::once(Effect::Http { code: 131_047 }));
    let (status, mixed) = call(fixture.http.post(&address).json(&body(&["+4915550002", "+4915550003"]))).await;
    let lists = &mixed["block_users"];
    assert_eq!((status, &mixed["error"]["code"]), (400, &json!(139_100)), "{mixed}");
    assert_eq!(lists["failed_users"][0]["errors"][0]["code"], 131_047);
    assert_eq!(lists["added_users"][0]["input"], "+4915550003");
    let (status, answer) = call(fixture.http.delete(&address).json(&body(&["+4915550001"]))).await;
    assert_eq!((status, &answer["block_users"]["removed_users"][0]["wa_id"]), (200, &json!("4915550001")));
    assert_eq!(fixture.simulator.blocked(), ["4915550003"]);
    let (status, _) = call(fixture.http.post(&address).json(&json!({"messaging_product": "whatsapp"}))).await;
    assert_eq!(status, 400);
    // A user id has a field of its own, in the answer too.
    let hidden = json!({"messaging_product": "whatsapp", "block_users": [{"user_id": "NL.35518820647190372266"}]});
    let (status, answer) = call(fixture.http.post(&address).json(&hidden)).await;
    let user = json!({"input": "NL.35518820647190372266", "user_id": "NL.35518820647190372266"});
    assert_eq!((status, &answer["block_users"]["added_users"]), (200, &json!([user])), "{answer}");
    let (_, listed) = call(fixture.http.get(&address)).await;
    assert_eq!(listed["data"][0], json!({"messaging_product": "whatsapp", "user_id": "NL.35518820647190372266"}));
    let (status, answer) = call(fixture.http.post(&address).json(&body(&["NL.35518820647190372266"]))).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(139_100)), "no number: {answer}");
    let (status, answer) = call(fixture.http.post(&address).json(&json!({"messaging_product": "whatsapp",
        "block_users": [{}]})))
    .await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)), "{answer}");
}
