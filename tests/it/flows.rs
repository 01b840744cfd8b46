//! Flows through the real router: drafts and their revisions, publishing and reverting, export and import.

use axum::body::{Body, to_bytes};
use handoff::{
    contract::flow::{FlowPage, Saved, TrialContinuation, TrialEffect, TrialResult},
    domain::{
        event::{Change, Event, Setting},
        flow::{
            definition::{Close, Flow, Start, Step, StepKind},
            edit::Kind,
            samples::Sample,
        },
        ids::{FlowId, Seq},
        message::outgoing::OutgoingMessage,
        time::Span,
    },
    server::store::{entries, flows},
};
use http::{Request, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::{TestApp, on_both};

/// Calls a server function from our own page. `kind` is the content type: JSON, or a form.
async fn call(app: &TestApp, cookie: &str, path: &str, body: String, kind: &str) -> (StatusCode, String) {
    let host = app.address.to_string();
    let request = Request::post(format!("/api/{path}"))
        .header(header::HOST, &host)
        .header(header::ORIGIN, format!("http://{host}"))
        .header(header::CONTENT_TYPE, kind)
        .header(header::COOKIE, cookie)
        .body(Body::from(body))
        .expect("a request");
    let response = app.send(request).await;
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a whole body");
    (status, String::from_utf8(bytes.to_vec()).expect("text"))
}

async fn send(app: &TestApp, cookie: &str, path: &str, body: Value) -> (StatusCode, String) {
    call(app, cookie, path, body.to_string(), "application/json").await
}

async fn press(app: &TestApp, cookie: &str, path: &str, form: String) -> (StatusCode, String) {
    call(app, cookie, path, form, "application/x-www-form-urlencoded").await
}

fn read<T: DeserializeOwned>((status, body): (StatusCode, String)) -> T {
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn refused((status, body): (StatusCode, String), expected: StatusCode) -> String {
    assert_eq!(status, expected, "{body}");
    body
}

async fn create(app: &TestApp, cookie: &str, name: &str) -> FlowId {
    read(send(app, cookie, "flow_create", json!({ "new": { "from": "empty", "name": name } })).await)
}

async fn page(app: &TestApp, cookie: &str, id: &FlowId) -> FlowPage {
    read(press(app, cookie, "flow", format!("id={id}")).await)
}

async fn save(app: &TestApp, cookie: &str, id: &FlowId, revision: i64, draft: &Flow) -> (StatusCode, String) {
    send(app, cookie, "flow_save", json!({ "id": id, "revision": revision, "draft": draft })).await
}

async fn publish(app: &TestApp, cookie: &str, id: &FlowId, revision: i64) -> (StatusCode, String) {
    press(app, cookie, "flow_publish", format!("id={id}&revision={revision}")).await
}

/// A flow without faults that sends `words` and closes.
fn saying(words: &str) -> Flow {
    let close = Close { text: words.to_owned() };
    Flow {
        name: "Greeter".to_owned(),
        starts: vec![Start::NewConversation],
        steps: vec![Step { id: "bye".into(), name: String::new(), act: StepKind::Close(close) }],
        ..Flow::default()
    }
}

/// The tenant's live versions.
async fn live(app: &TestApp) -> Vec<(i64, Flow)> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let live = flows::live(&mut tx, &app.tenant).await.expect("reads");
    live.into_iter().map(|live| (live.version, Flow::clone(&live.flow))).collect()
}

async fn changes(app: &TestApp) -> Vec<(Setting, Change)> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    let changes = log.into_iter().filter_map(|entry| match entry.event {
        Event::Configured { what, change, .. } if matches!(what, Setting::Flow | Setting::LiveFlow) => {
            Some((what, change))
        }
        _ => None,
    });
    changes.collect()
}

on_both!(a_flow_goes_live_only_without_blocking_faults, threads = 4, async |app| {
    let (_, ada) = app.admin().await;
    let id = create(app, &ada, "Greeter").await;
    let mut draft = saying("Bye");
    draft.steps.insert(0, Kind::Message.step("empty".into()));
    let saved: Saved = read(save(app, &ada, &id, 1, &draft).await);
    let fault = saved.faults.first().expect("an empty message is a fault");
    assert_eq!((fault.step.as_ref(), fault.field.as_deref()), (Some(&"empty".into()), Some("text")));
    let words = refused(publish(app, &ada, &id, saved.revision).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(words.contains("to publish this flow"), "{words}");
    assert!(live(app).await.is_empty(), "nothing went live");

    let saved: Saved = read(save(app, &ada, &id, saved.revision, &saying("Bye")).await);
    let version: i64 = read(publish(app, &ada, &id, saved.revision).await);
    assert_eq!((version, live(app).await), (1, vec![(1, saying("Bye"))]));
    let words = refused(publish(app, &ada, &id, saved.revision).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(words.contains("already live"), "{words}");
});

on_both!(the_second_of_two_admins_gets_a_conflict_and_loses_nothing, threads = 4, async |app| {
    let (_, ada) = app.admin().await;
    let (_, bob) = app.person(&app.tenant, "Bob", handoff::domain::access::Role::Admin).await;
    let id = create(app, &ada, "Greeter").await;
    let saved: Saved = read(save(app, &ada, &id, 1, &saying("by Ada")).await);
    assert_eq!(saved.revision, 2);
    let words = refused(save(app, &bob, &id, 1, &saying("by Bob")).await, StatusCode::CONFLICT);
    assert!(words.contains("Ada saved this flow while you were editing"), "{words}");
    assert_eq!(page(app, &bob, &id).await.draft, saying("by Ada"), "the first save is kept");
    let stale = refused(publish(app, &bob, &id, 1).await, StatusCode::CONFLICT);
    assert!(stale.contains("Ada"), "{stale}");
    // Having seen the conflict, Bob may overwrite it.
    let saved: Saved = read(save(app, &bob, &id, 2, &saying("by Bob")).await);
    assert_eq!((saved.revision, page(app, &ada, &id).await.draft), (3, saying("by Bob")));
});

on_both!(an_earlier_version_is_published_again_and_the_draft_stays, threads = 4, async |app| {
    let (_, ada) = app.admin().await;
    let id = create(app, &ada, "Greeter").await;
    for (revision, words) in [(1, "one"), (2, "two")] {
        let saved: Saved = read(save(app, &ada, &id, revision, &saying(words)).await);
        let _: i64 = read(publish(app, &ada, &id, saved.revision).await);
    }
    let back: i64 = read(press(app, &ada, "flow_revert", format!("id={id}&version=1")).await);
    assert_eq!((back, live(app).await), (3, vec![(3, saying("one"))]));
    let now = page(app, &ada, &id).await;
    assert_eq!(now.draft, saying("two"), "the draft is kept");
    assert_eq!(
        now.versions.iter().map(|row| (row.version, row.by.as_str())).collect::<Vec<_>>(),
        [(3, "Ada"), (2, "Ada"), (1, "Ada")]
    );
    let gone = press(app, &ada, "flow_revert", format!("id={id}&version=9")).await;
    refused(gone, StatusCode::NOT_FOUND);

    let _: () = read(press(app, &ada, "flow_offline", format!("id={id}")).await);
    assert!(live(app).await.is_empty());
    let _: () = read(press(app, &ada, "flow_remove", format!("id={id}")).await);
    refused(press(app, &ada, "flow", format!("id={id}")).await, StatusCode::NOT_FOUND);
    // A conversation that runs on version 2 finishes on it.
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let kept = flows::version(&mut tx, &app.tenant, &id, 2).await.expect("reads");
    assert_eq!(kept, Some(saying("two")));
});

on_both!(consecutive_saves_are_one_log_entry_and_other_changes_one_each, threads = 4, async |app| {
    let (_, ada) = app.admin().await;
    let (_, bob) = app.person(&app.tenant, "Bob", handoff::domain::access::Role::Admin).await;
    let id = create(app, &ada, "Greeter").await;
    // Right after it was created, and word by word.
    for (revision, words) in [(1, "a"), (2, "ab"), (3, "abc")] {
        let _: Saved = read(save(app, &ada, &id, revision, &saying(words)).await);
    }
    let _: Saved = read(save(app, &bob, &id, 4, &saying("abcd")).await);
    app.turn(Span::minutes(11));
    let _: Saved = read(save(app, &bob, &id, 5, &saying("abcde")).await);
    let _: Saved = read(save(app, &bob, &id, 6, &saying("abcde")).await);
    let _: i64 = read(publish(app, &ada, &id, 6).await);
    let _: () = read(press(app, &ada, "flow_remove", format!("id={id}")).await);
    assert_eq!(
        changes(app).await,
        [
            (Setting::Flow, Change::Added),
            (Setting::Flow, Change::Changed),
            (Setting::Flow, Change::Changed),
            (Setting::LiveFlow, Change::Added),
            (Setting::Flow, Change::Removed),
        ]
    );
});

on_both!(another_tenant_sees_no_flows, threads = 4, async |app| {
    let (_, ada) = app.admin().await;
    let (other, _) = app.other_tenant().await;
    let (_, eve) = app.person(&other, "Eve", handoff::domain::access::Role::Admin).await;
    let id = create(app, &ada, "Greeter").await;
    let saved: Saved = read(save(app, &ada, &id, 1, &saying("ours")).await);
    let _: i64 = read(publish(app, &ada, &id, saved.revision).await);
    let calls = [
        press(app, &eve, "flow", format!("id={id}")).await,
        press(app, &eve, "flow_version", format!("id={id}&version=1")).await,
        save(app, &eve, &id, 2, &saying("theirs")).await,
        publish(app, &eve, &id, 2).await,
        press(app, &eve, "flow_revert", format!("id={id}&version=1")).await,
        press(app, &eve, "flow_offline", format!("id={id}")).await,
        press(app, &eve, "flow_remove", format!("id={id}")).await,
    ];
    for answer in calls {
        refused(answer, StatusCode::NOT_FOUND);
    }
    let list: Value = read(press(app, &eve, "flows", String::new()).await);
    assert_eq!(list["rows"], json!([]));
    assert_eq!(live(app).await, [(1, saying("ours"))]);
});

on_both!(a_flow_is_exported_and_imported_as_a_file, threads = 4, async |app| {
    let (_, ada) = app.admin().await;
    let (_, agent) = app.agent("Ana").await;
    let id: FlowId =
        read(send(app, &ada, "flow_create", json!({ "new": { "from": "sample", "key": "order_status" } })).await);
    let file = |cookie: &str| {
        Request::get(format!("/flows/{id}/export")).header(header::COOKIE, cookie).body(Body::empty()).expect("fine")
    };
    let response = app.send(file(&ada)).await;
    let name = response.headers()[header::CONTENT_DISPOSITION].to_str().expect("text").to_owned();
    assert!(name.contains("attachment") && name.contains("order-status.json"), "{name}");
    let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a whole body");
    let exported = String::from_utf8(bytes.to_vec()).expect("text");
    assert_eq!(app.send(file(&agent)).await.status(), StatusCode::FORBIDDEN);

    let import = |text: &str| json!({ "new": { "from": "import", "json": text } });
    let copy: FlowId = read(send(app, &ada, "flow_create", import(&exported)).await);
    let now = page(app, &ada, &copy).await;
    assert_eq!(now.draft.name, "Order status 2", "the imported copy gets a distinct name");
    assert_eq!(now.draft.steps, Sample::OrderStatus.flow().steps);
    let broken = exported.replacen("\"kind\": \"http\"", "\"kind\": \"fax\"", 1);
    let words = refused(send(app, &ada, "flow_create", import(&broken)).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(words.contains("Line ") && words.contains("fax"), "{words}");
});

on_both!(the_outline_can_be_read_without_any_script, threads = 4, async |app| {
    let (_, ada) = app.admin().await;
    let id: FlowId =
        read(send(app, &ada, "flow_create", json!({ "new": { "from": "sample", "key": "order_status" } })).await);
    let request = Request::get(format!("/admin/flows/{id}"))
        .header(header::COOKIE, &ada)
        .header(header::ACCEPT, "text/html")
        .body(Body::empty())
        .expect("a request");
    let response = app.send(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    let bytes = to_bytes(response.into_body(), 1 << 22).await.expect("a whole body");
    let page = String::from_utf8(bytes.to_vec()).expect("text");
    for wanted in ["Look up the order", "If it fails", "role=\"tree\"", "aria-level=\"3\"", "aria-posinset=\"2\""] {
        assert!(page.contains(wanted), "the page has no {wanted}");
    }
});

on_both!(a_draft_is_tried_without_sending_anything, threads = 4, async |app| {
    let (_, ada) = app.admin().await;
    let mut trial = json!({
        "draft": Sample::OrderStatus.flow(),
        "position": { "at": "start" },
        "variables": {},
        "input": { "input": "begin" },
        "last_words": "Hello",
        "open": null,
    });
    let first: TrialResult = read(send(app, &ada, "flow_try", json!({ "trial": trial })).await);
    let TrialContinuation::Wait { position, .. } = &first.rest else { panic!("it asks first: {first:?}") };
    assert!(
        matches!(&first.effects[..], [TrialEffect::Say { message: OutgoingMessage::Text { .. }, .. }]),
        "{first:?}"
    );
    trial["position"] = json!(position);
    trial["input"] = json!({ "input": "said", "text": "10042", "payload": null });
    let second: TrialResult = read(send(app, &ada, "flow_try", json!({ "trial": trial })).await);
    let TrialContinuation::Fetch { position, call, .. } = &second.rest else {
        panic!("it looks the order up: {second:?}")
    };
    assert!(call.url.ends_with("/10042"), "{}", call.url);
    trial["position"] = json!(position);
    trial["variables"] = json!({ "order_number": "10042" });
    trial["input"] = json!({ "input": "unanswered", "why": "no answer" });
    let third: TrialResult = read(send(app, &ada, "flow_try", json!({ "trial": trial })).await);
    let TrialContinuation::Handoff { reason, team, .. } = &third.rest else {
        panic!("failure is part of it: {third:?}")
    };
    assert!(reason.contains("10042") && team == "Everyone", "{third:?}");
    app.settle().await;
    assert!(app.meta.sent().is_empty(), "nothing is sent");
});
