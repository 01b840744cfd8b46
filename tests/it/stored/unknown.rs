//! A row with an unknown value is an error that names its table and id, never a default.

use handoff::{
    domain::time::Timestamp,
    server::store::{
        StoreError, agents, conversations, counters, entries, facts, flow_runs, handoffs, keywords, media, messages,
        models, outbox, report_conversations, report_ratings, tenants, tools,
    },
};

use crate::app::{Leftover, TestApp, on_both};

/// The invalid value per table, and the columns that the error names. `{tenant}` and others stand for ids.
const ODD: &[(&str, &str, &str)] = &[
    ("agents", "UPDATE agents SET role = 'odd'", "role: “odd” is not known"),
    ("keywords", "UPDATE keywords SET matching = 'odd'", "matching: “odd” is not known"),
    ("messages", "UPDATE messages SET delivery = 'odd'", "delivery: “odd” is not known"),
    ("report_conversations", "UPDATE report_conversations SET begun_by = 'odd'", "begun_by: “odd” is not known"),
    (
        "report_ratings",
        "INSERT INTO report_ratings (handoff_id, tenant_id, conversation_id, channel_id, question_id, asked_at, rated_at,
            rated_seq, score)
         SELECT 'hof_1', tenant_id, id, channel_id, 'msg_1', 1, 1, 1, 4 FROM conversations",
        "score: 4 is not a score",
    ),
    // Before handoffs: a conversation is read with its handoff.
    ("conversations", "UPDATE conversations SET stage = 'odd'", "stage: “odd” is not known"),
    ("handoffs", "UPDATE handoffs SET urgency = 'odd'", "urgency: “odd” is not known"),
    ("counters", "UPDATE counters SET bucket = 'odd' WHERE bucket = 'waiting'", "bucket odd: it is missing"),
    ("outbox", "UPDATE outbox SET state = 'odd'", "state: “odd” is not known"),
    ("entries", "UPDATE entries SET event = '{\"event\":\"odd\"}'", "event: unknown variant `odd`"),
    (
        "media",
        "INSERT INTO media (id, tenant_id, channel_id, conversation_id, message_id, remote_id, state)
         SELECT 'med_1', tenant_id, channel_id, id, 'msg_1', '1', 'odd' FROM conversations",
        "state: “odd” is not known",
    ),
    (
        "calls",
        "INSERT INTO calls (id, tenant_id, conversation_id, kind, label, revision, request, input, status, at, seq)
         SELECT 'cal_1', tenant_id, id, 'odd', '', 0, '{}', '', 'requested', 0, 0 FROM conversations",
        "kind: “odd” is not known",
    ),
    (
        "flow_runs",
        "INSERT INTO flow_runs (conversation_id, tenant_id, flow_id, flow_version, position, revision, alone, moved_at)
         SELECT id, tenant_id, 'flw_1', 1, '{\"at\":\"odd\"}', 1, 0, 0 FROM conversations",
        "position: unknown variant `odd`",
    ),
    ("tools", "INSERT INTO tools (tenant_id, name, definition) SELECT id, 'odd', '[' FROM tenants", "definition: "),
    ("models", "INSERT INTO models (tenant_id, settings) SELECT id, '[' FROM tenants", "settings: "),
    // Last, because every transaction of a tenant reads this row first.
    ("tenants", "UPDATE tenants SET settings = '['", "settings: "),
];

/// Reads the first row of a table.
async fn read(app: &TestApp, table: &str, row: &handoff::domain::desk::Row) -> Result<(), StoreError> {
    let tenant = &app.tenant;
    let mut tx = app.services.db.begin_write().await.expect("a transaction");
    let tx = &mut tx;
    let id = &row.id;
    match table {
        "agents" => agents::list(tx, tenant).await.map(drop),
        "keywords" => keywords::list(tx, tenant).await.map(drop),
        "messages" => messages::page(tx, tenant, id, None, 9).await.map(drop),
        "handoffs" => handoffs::of(tx, tenant, id).await.map(drop),
        "conversations" => conversations::load(tx, tenant, id).await.map(drop),
        "report_conversations" => report_conversations::by_ids(tx, tenant, &[id]).await.map(drop),
        "report_ratings" => report_ratings::asked_within(tx, tenant, Timestamp(0), Timestamp(9)).await.map(drop),
        "counters" => counters::read(tx, tenant).await.map(drop),
        "outbox" => outbox::take(tx, tenant, app.now(), &app.services.jobs.lease(), app.now(), 9).await.map(drop),
        "entries" => entries::since(tx, tenant, handoff::domain::ids::Seq(0), 9).await.map(drop),
        "media" => media::find(tx, tenant, &"med_1".into()).await.map(drop),
        "calls" => facts::calls(tx, tenant, id).await.map(drop),
        "flow_runs" => flow_runs::find(tx, tenant, id).await.map(drop),
        "tools" => tools::list(tx, tenant).await.map(drop),
        "models" => models::find(tx, tenant).await.map(drop),
        "tenants" => tenants::find(tx, tenant).await.map(drop),
        other => panic!("no table {other}"),
    }
}

on_both!(an_unknown_value_in_a_row_is_an_error_that_names_it, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    let body = crate::meta::text("4915550001", "wamid.1", app.now(), "I need an agent");
    assert_eq!(app.webhook(&body).await, http::StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    app.services.bot.run_once().await.expect("turns");
    app.services.report_facts.run_once().await.expect("adds facts");
    let row = app.only_row(&ana).await;
    for (table, sql, column) in ODD {
        read(app, table, &row).await.unwrap_or_else(|error| panic!("{table} is read before: {error}"));
        app.run(sql).await;
        match read(app, table, &row).await.expect_err(table) {
            StoreError::Unreadable { table: named, id, detail } => {
                assert_eq!(named, *table);
                assert!(!id.is_empty() && detail.starts_with(column), "{table}: {id}, {detail}");
            }
            other => panic!("{table}: {other}"),
        }
    }
    app.leaves(Leftover::Outbox, "its state cannot be read");
});
