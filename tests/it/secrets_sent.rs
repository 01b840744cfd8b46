//! A named secret is sent to the servers on its list only, and whoever changes the list must know the value.

use handoff::{
    domain::{
        desk::RowState,
        dossier::CallStatus,
        flow::definition::{Flow, Header, Http, Start, Step, StepKind},
        keyword::Matching,
        time::Span,
    },
    server::{
        accounts::Reauthenticated,
        settings::SettingsError,
        store::{facts, flows},
    },
};
use http::StatusCode;
use serde_json::json;

use crate::{
    app::{TestApp, on_both},
    bot_settings::{bot, call, post},
    meta,
    shop::Open,
};

const SECRET: &str = "sk-live-THE-SECRET-4711";

/// A flow that sends the secret to a server.
fn flow(url: &str) -> Flow {
    let header = Header { name: "Authorization".into(), value: "{{ secret.SHOP }}".into() };
    let http = Http { url: url.to_owned(), headers: vec![header], ..Http::default() };
    Flow {
        name: "Orders".into(),
        starts: vec![Start::Phrase { phrase: "order".into(), matching: Matching::Contains }],
        steps: vec![Step { id: "ask".into(), name: String::new(), act: StepKind::Http(http) }],
        ..Flow::default()
    }
}

/// Makes a flow live without the checks of publishing, as if the list had changed since.
async fn live(app: &TestApp, flow: &Flow) {
    let id = "flw_orders".into();
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    flows::insert(&mut tx, &app.tenant, &id, flow, None, app.now()).await.expect("inserts");
    flows::publish(&mut tx, &app.tenant, &id, flow, None, app.now()).await.expect("publishes");
    tx.commit().await.expect("commits");
}

async fn orders(app: &TestApp) {
    let body = meta::text("4915550001", "wamid.1", app.now(), "order");
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
}

on_both!(a_secret_is_sent_to_a_server_on_its_list, async |app| {
    // given
    let shop = Open::new().await;
    let settings = &app.services.settings;
    settings.secret_set(&app.tenant, Reauthenticated::operator(), "SHOP", &shop.origin(), SECRET).await.expect("sets");
    live(app, &flow(&format!("{}/10042", shop.orders()))).await;
    // when
    orders(app).await;
    // then
    let asked = shop.shop.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].authorization.as_deref(), Some(SECRET));
});

on_both!(a_secret_is_sent_to_no_other_server_or_port, async |app| {
    // given a secret for the shop, and a step that is aimed at another server of the same machine
    let (shop, other) = (Open::new().await, Open::new().await);
    let (ana, _) = app.agent("Ana").await;
    let settings = &app.services.settings;
    settings.secret_set(&app.tenant, Reauthenticated::operator(), "SHOP", &shop.origin(), SECRET).await.expect("sets");
    live(app, &flow(&format!("{}/10042", other.orders()))).await;
    // when
    orders(app).await;
    // then no request is made, and an agent is called with the reason
    assert_eq!((shop.shop.asked().len(), other.shop.asked().len()), (0, 0));
    let row = app.only_row(&ana).await;
    assert!(matches!(row.state, RowState::Waiting), "{row:?}");
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let calls = facts::calls(&mut tx, &app.tenant, &row.id).await.expect("reads");
    assert_eq!((calls.len(), calls[0].status), (1, CallStatus::Failed));
    let output = calls[0].output.clone().unwrap_or_default();
    assert!(output.starts_with(&format!("The secret SHOP isn't for {}", other.origin())), "{output}");
});

on_both!(new_servers_need_the_value_again, async |app| {
    // given
    let settings = &app.services.settings;
    let set = async |hosts: &str, value: &str| {
        settings.secret_set(&app.tenant, Reauthenticated::operator(), "SHOP", hosts, value).await
    };
    set("shop.example.com", SECRET).await.expect("sets");
    // when the list changes without the value
    for hosts in ["evil.example", "shop.example.com evil.example", "http://shop.example.com", "shop.example.com:444"] {
        // then nothing changes
        match set(hosts, "").await {
            Err(SettingsError::Invalid(detail)) => assert!(detail.contains("Enter the value again"), "{detail}"),
            other => panic!("{hosts}: {other:?}"),
        }
        let now = settings.read_bot(&app.tenant).await.expect("reads").secrets;
        assert_eq!(now[0].hosts, ["shop.example.com"]);
    }
    // and with the value it does
    app.turn(Span::seconds(1));
    set("api.example.com:8443, shop.example.com", "another value").await.expect("sets");
    let now = settings.read_bot(&app.tenant).await.expect("reads").secrets;
    assert_eq!(now[0].hosts, ["api.example.com:8443", "shop.example.com"]);
    assert_eq!(now[0].changed, app.now());
});

on_both!(a_tool_and_a_flow_for_another_server_are_refused, threads = 4, async |app| {
    // given
    let (ada, cookie) = app.admin().await;
    let form = format!("name=SHOP&hosts=shop.example.com&value={SECRET}");
    assert_eq!(post(app, &cookie, "secret_set", &form).await.0, StatusCode::OK);
    // when a tool sends it elsewhere
    let tool = |url: &str| {
        json!({"was": null, "tool": {"name": "look_up", "description": "Looks up.", "url": url,
            "headers": [{"name": "Authorization", "value": "{{ secret.SHOP }}"}]}})
    };
    let (status, body) = call(app, &cookie, "tool_save", &tool("https://evil.example/")).await;
    // then it is not saved, and one for the listed server is
    assert!(status != StatusCode::OK && body.contains("The secret SHOP isn't for evil.example"), "{status} {body}");
    assert_eq!(call(app, &cookie, "tool_save", &tool("https://shop.example.com/")).await.0, StatusCode::OK);
    assert_eq!(bot(app, &cookie).await.tools.len(), 1);
    // and a flow that sends it elsewhere does not go live
    let new = handoff::contract::flow::NewFlow::Import {
        json: serde_json::to_string(&flow("https://evil.example/")).expect("JSON"),
    };
    let settings = &app.services.settings;
    let id = settings.flow_create(&app.tenant, ada.initiator(None), new).await.expect("a draft");
    let revision = settings.read_flow(&app.tenant, &id).await.expect("reads").revision;
    let refused = settings.flow_publish(&app.tenant, ada.initiator(None), &id, revision).await.expect_err("a fault");
    assert!(refused.to_string().contains("The secret SHOP isn't for evil.example"), "{refused}");
});

on_both!(secrets_of_an_older_version_get_the_servers_that_use_them, async |app| {
    // given secrets without lists: one that a live flow sends to the shop, and one that nothing uses
    let shop = Open::new().await;
    let settings = &app.services.settings;
    for name in ["SHOP", "UNUSED"] {
        settings
            .secret_set(&app.tenant, Reauthenticated::operator(), name, "shop.example.com", SECRET)
            .await
            .expect("sets");
    }
    live(app, &flow(&format!("{}/10042", shop.orders()))).await;
    app.run("UPDATE secrets SET hosts = NULL").await;
    // when the next version starts
    let _next = app.another(8).await;
    // then the flow goes on, and the other secret is sent nowhere
    let secrets = settings.read_bot(&app.tenant).await.expect("reads").secrets;
    assert_eq!(secrets.iter().map(|secret| secret.hosts.clone()).collect::<Vec<_>>(), [vec![shop.origin()], vec![]]);
    orders(app).await;
    assert_eq!(shop.shop.asked()[0].authorization.as_deref(), Some(SECRET));
});
