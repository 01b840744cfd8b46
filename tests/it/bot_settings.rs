//! The bot's settings through the real router: secrets are write-only, invalid input is refused with a sentence, and no
//! tenant reaches another one's settings.

mod trial;

use axum::body::{Body, to_bytes};
use handoff::{
    contract::{
        audit::AuditFilter,
        bot::{BotSettings, KeyState},
    },
    domain::{
        access::Role,
        calendar::Interval,
        flow::definition::{Flow, Header, Http, Model, Step, StepKind},
        model::ModelSettings,
    },
    server::store::flows,
};
use http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::app::{TestApp, on_both};

/// Secret values, which must occur in no response, page or log entry.
pub const KEY: &str = "sk-live-7431-never-shown";
pub const SECRET: &str = "shop-7431-never-shown";

/// Calls a server function as the page does, with JSON. Returns its status and body.
pub async fn call(app: &TestApp, cookie: &str, path: &str, arguments: &Value) -> (StatusCode, String) {
    send(app, cookie, path, "application/json", arguments.to_string()).await
}

/// Like [`call`], for functions with form encoding.
pub async fn post(app: &TestApp, cookie: &str, path: &str, form: &str) -> (StatusCode, String) {
    send(app, cookie, path, "application/x-www-form-urlencoded", form.to_owned()).await
}

/// Like [`post`], and returns the headers of the response too.
pub async fn answer(app: &TestApp, cookie: &str, path: &str, form: &str) -> (StatusCode, HeaderMap, String) {
    response(app, cookie, path, "application/x-www-form-urlencoded", form.to_owned()).await
}

async fn send(app: &TestApp, cookie: &str, path: &str, kind: &str, body: String) -> (StatusCode, String) {
    let (status, _, body) = response(app, cookie, path, kind, body).await;
    (status, body)
}

async fn response(
    app: &TestApp,
    cookie: &str,
    path: &str,
    kind: &str,
    body: String,
) -> (StatusCode, HeaderMap, String) {
    let host = app.address.to_string();
    let request = Request::post(format!("/api/{path}"))
        .header(header::HOST, &host)
        .header(header::ORIGIN, format!("http://{host}"))
        .header(header::CONTENT_TYPE, kind)
        .header(header::COOKIE, cookie)
        .body(Body::from(body))
        .expect("a request");
    let response = app.send(request).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), 8 * 1024 * 1024).await.expect("a whole body");
    (status, headers, String::from_utf8_lossy(&bytes).into_owned())
}

pub async fn page(app: &TestApp, cookie: &str, path: &str) -> String {
    let host = app.address.to_string();
    let request = Request::get(path)
        .header(header::HOST, &host)
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, cookie)
        .body(Body::empty())
        .expect("a request");
    let bytes = to_bytes(app.send(request).await.into_body(), 8 * 1024 * 1024).await.expect("a whole page");
    String::from_utf8_lossy(&bytes).into_owned()
}

pub async fn bot(app: &TestApp, cookie: &str) -> BotSettings {
    let (status, body) = post(app, cookie, "bot", "").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).expect("the bot page's data")
}

pub fn model() -> ModelSettings {
    ModelSettings { model: "qwen-max".into(), address: "https://models.example.com/v1".into(), ..Default::default() }
}

fn tool() -> Value {
    json!({
        "name": "order_status",
        "description": "Looks an order up.",
        "schema": {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]},
        "method": "GET",
        "url": "https://shop.example.com/orders/{{ order }}",
        "headers": [{"name": "Authorization", "value": "Bearer {{ secret.SHOP_KEY }}"}],
        "time_out": 5000,
        "result_limit": 4000,
    })
}

on_both!(keys_and_secrets_are_never_returned, threads = 4, async |app| {
    // given a model with a key, a secret, and a tool that references it
    let (_, cookie) = app.admin().await;
    let save = json!({"model": model(), "key": KEY});
    assert_eq!(call(app, &cookie, "model_save", &save).await.0, StatusCode::OK);
    let form = format!("name=SHOP_KEY&hosts=shop.example.com&value={SECRET}");
    assert_eq!(post(app, &cookie, "secret_set", &form).await.0, StatusCode::OK);
    let (status, body) = call(app, &cookie, "tool_save", &json!({"was": null, "tool": tool()})).await;
    assert_eq!(status, StatusCode::OK, "{body}");

    // when everything readable is read
    let now = bot(app, &cookie).await;
    let shown = page(app, &cookie, "/admin/bot").await;
    let audit = post(app, &cookie, "audit", "").await.1;
    let log = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");

    // then it shows that they are set, but not their values
    assert_eq!(now.key, KeyState::Set(Some(app.now())));
    assert_eq!(now.secrets[0].name, "SHOP_KEY");
    assert_eq!(now.secrets[0].used_by, ["order_status"]);
    assert_eq!(now.tools[0].missing, Vec::<String>::new());
    assert!(shown.contains("SHOP_KEY") && shown.contains("A key is set"), "the page shows their names");
    assert!(audit.contains("the language model's key"), "{audit}");
    for text in [format!("{now:?}"), shown, audit, format!("{log:?}")] {
        assert!(!text.contains(KEY) && !text.contains(SECRET), "a secret came out");
    }
});

on_both!(each_change_is_one_log_entry_and_an_unchanged_save_none, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    let count = async || {
        app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads").lines.len()
    };
    let steps: [(&str, Value, usize); 6] = [
        ("model_save", json!({"model": model(), "key": null}), 1),
        ("model_save", json!({"model": model(), "key": null}), 0),
        ("model_save", json!({"model": model(), "key": KEY}), 1),
        ("tool_save", json!({"was": null, "tool": tool()}), 1),
        ("tool_save", json!({"was": "order_status", "tool": tool()}), 0),
        ("hours_save", json!({"calendar": {"weekly": [[{"from": 540, "to": 1080}], [], [], [], [], [], []]}}), 1),
    ];
    for (path, arguments, entries) in steps {
        let before = count().await;
        let (status, body) = call(app, &cookie, path, &arguments).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        assert_eq!(count().await - before, entries, "{path} {arguments}");
    }
    for (path, form) in [("model_key_forget", ""), ("tool_remove", "name=order_status")] {
        let before = count().await;
        assert_eq!(post(app, &cookie, path, form).await.0, StatusCode::OK, "{path}");
        assert_eq!(count().await - before, 1, "{path}");
    }
    let now = bot(app, &cookie).await;
    assert_eq!((now.key, now.tools.len()), (KeyState::Missing, 0));
});

on_both!(invalid_settings_are_refused_with_a_sentence, threads = 4, async |app| {
    let (_, cookie) = app.admin().await;
    let with = |change: fn(&mut ModelSettings)| {
        let mut model = model();
        change(&mut model);
        json!({"model": model, "key": null})
    };
    let tool_with = |field: &str, value: Value| {
        let mut tool = tool();
        tool[field] = value;
        json!({"was": null, "tool": tool})
    };
    let day = |intervals: Value| json!({"calendar": {"weekly": [intervals, [], [], [], [], [], []]}});
    let table: [(&str, Value, &str); 10] = [
        (
            "model_save",
            with(|m| {
                m.enabled = true;
                m.model.clear();
            }),
            "Enter the model's name",
        ),
        ("model_save", with(|m| m.address = "ftp://x".into()), "starts with https://"),
        ("model_save", with(|m| m.max_rounds = 0), "between 1 and 20 model calls"),
        ("model_save", json!({"model": model(), "key": "two\nlines"}), "The key can't be used"),
        ("tool_save", tool_with("name", json!("handoff")), "built-in tool"),
        (
            "tool_save",
            tool_with("schema", json!({"type": "object", "properties": {"order": {"type": "sting"}}})),
            "isn't valid JSON Schema",
        ),
        ("tool_save", tool_with("url", json!("https://shop.{{ order }}/x")), "Enter the server name as text"),
        ("tool_save", tool_with("url", json!("https://shop.example.com/{{ other }}")), "no argument “other”"),
        (
            "hours_save",
            day(json!([{"from": 540, "to": 720}, {"from": 700, "to": 800}])),
            "Monday: 09:00–12:00 and 11:40–13:20 overlap. Change one of them.",
        ),
        ("hours_save", day(json!([{"from": 540, "to": 540}])), "starts and ends at the same time"),
    ];
    for (path, arguments, words) in table {
        let (status, body) = call(app, &cookie, path, &arguments).await;
        assert_ne!(status, StatusCode::OK, "{path} {arguments}");
        assert!(body.contains(words), "{path}: {body} instead of {words}");
    }
    for (form, words) in [
        ("name=A+B&hosts=shop.example.com&value=x", "letters, digits and underscores"),
        ("name=A&hosts=shop.example.com&value=", "Enter a value"),
        ("name=A&hosts=&value=x", "Enter the servers that may receive it"),
        ("name=A&hosts=*.example.com&value=x", "not “*.example.com”"),
    ] {
        let (_, body) = post(app, &cookie, "secret_set", form).await;
        assert!(body.contains(words), "{form}: {body}");
    }
    let log = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    assert!(!format!("{log:?}").contains("language model"), "nothing was saved");
});

on_both!(another_tenant_neither_sees_nor_changes_these_settings, threads = 4, async |app| {
    // given a fully configured tenant, and an admin of another one
    let (_, cookie) = app.admin().await;
    call(app, &cookie, "model_save", &json!({"model": model(), "key": KEY})).await;
    post(app, &cookie, "secret_set", &format!("name=SHOP_KEY&hosts=shop.example.com&value={SECRET}")).await;
    call(app, &cookie, "tool_save", &json!({"was": null, "tool": tool()})).await;
    let before = bot(app, &cookie).await;
    let (other, _) = app.other_tenant().await;
    let (_, foreign) = app.person(&other, "Mallory", Role::Admin).await;

    // when that admin reads their own settings and tries to remove those of the first tenant
    let theirs = bot(app, &foreign).await;
    let gone = [("tool_remove", "name=order_status"), ("secret_remove", "name=SHOP_KEY")];
    for (path, form) in gone {
        assert_eq!(post(app, &foreign, path, form).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let rename = json!({"was": "order_status", "tool": tool()});
    assert_eq!(call(app, &foreign, "tool_save", &rename).await.0, StatusCode::NOT_FOUND);
    assert_eq!(post(app, &foreign, "model_key_forget", "").await.0, StatusCode::OK);
    call(
        app,
        &foreign,
        "hours_save",
        &json!({"calendar": {"weekly": [[{"from": 0, "to": 60}], [], [], [], [], [], []]}}),
    )
    .await;

    // then their own settings are empty, and the first tenant's are unchanged
    assert_eq!((theirs.key, theirs.tools.len(), theirs.secrets.len()), (KeyState::Missing, 0, 0));
    assert_eq!(bot(app, &cookie).await, before);
    let ours = app.services.settings.read_hours(&app.tenant).await.expect("reads");
    assert!(ours.calendar.weekly[0].is_empty());
    let hours = app.services.settings.read_hours(&other).await.expect("reads");
    assert_eq!(hours.calendar.weekly[0], [Interval { from: 0, to: 60 }]);
});

on_both!(agents_may_not_use_bot_settings, threads = 4, async |app| {
    let (_, cookie) = app.agent("Ana").await;
    for path in ["bot", "hours", "model_key_forget"] {
        assert_eq!(post(app, &cookie, path, "").await.0, StatusCode::FORBIDDEN, "{path}");
    }
    let page = page(app, &cookie, "/admin/bot").await;
    assert!(page.contains("Only admins can open this"), "the page says why");
});

on_both!(a_tool_or_secret_of_a_live_flow_is_listed_and_cannot_be_renamed, threads = 4, async |app| {
    // given a secret and a tool, and a live flow that references both
    let (_, cookie) = app.admin().await;
    post(app, &cookie, "secret_set", &format!("name=SHOP_KEY&hosts=shop.example.com&value={SECRET}")).await;
    call(app, &cookie, "tool_save", &json!({"was": null, "tool": tool()})).await;
    let header = Header { name: "Authorization".into(), value: "Bearer {{ secret.SHOP_KEY }}".into() };
    let http = Http { url: "https://shop.example/".into(), headers: vec![header], ..Http::default() };
    let model = Model { tools: vec!["order_status".into()], ..Model::default() };
    let steps = [("ask", StepKind::Http(http)), ("talk", StepKind::Model(model))];
    let steps = steps.map(|(id, act)| Step { id: id.into(), name: String::new(), act }).to_vec();
    let flow = Flow { name: "Orders".into(), starts: Vec::new(), steps, ..Flow::default() };
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    let id = "flw_orders".into();
    flows::insert(&mut tx, &app.tenant, &id, &flow, None, app.now()).await.expect("inserts");
    flows::publish(&mut tx, &app.tenant, &id, &flow, None, app.now()).await.expect("publishes");
    tx.commit().await.expect("commits");

    // then the secret's row lists both
    assert_eq!(bot(app, &cookie).await.secrets[0].used_by, ["order_status", "flow “Orders”"]);

    // and when the tool is renamed, then it is refused with the flow's name and unchanged
    let mut renamed = tool();
    renamed["name"] = json!("orders");
    let (status, body) = call(app, &cookie, "tool_save", &json!({"was": "order_status", "tool": renamed})).await;
    assert!(status != StatusCode::OK && body.contains("“Orders”"), "{status} {body}");
    assert_eq!(bot(app, &cookie).await.tools[0].tool.name, "order_status");
});
