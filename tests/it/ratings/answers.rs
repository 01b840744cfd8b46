//! Answers to the question: stored once, quiet wherever they arrive, and only from the customer who was asked.

use futures::TryStreamExt;
use handoff::{
    domain::{
        ids::{HandoffId, TenantId},
        rating::Score,
        report::{
            export::ExportFormat,
            facts::{FactSet, RatingFact},
            measure::Measure,
        },
        time::Timestamp,
    },
    server::{
        admin::reports,
        reports::Export,
        store::{handoffs, report_ratings},
    },
};
use http::StatusCode;

use super::*;
use crate::{
    fair_shares::{writes_to_other_tenant, writes_to_other_tenant_as},
    meta,
    report_facts::{add, derived, stored},
};

const MARIA: &str = "4915550001";

/// The buttons of the last message to a customer.
fn last_buttons(app: &TestApp) -> Vec<(String, String)> {
    buttons(&app.meta.sent().pop().expect("a message").body)
}

fn tap((title, payload): &(String, String)) -> Value {
    let reply = json!({"type": "button_reply", "button_reply": {"id": payload, "title": title}});
    json!({"type": "interactive", "interactive": reply})
}

async fn taps(app: &TestApp, phone: &str, wamid: &str, button: &(String, String)) {
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::message(phone, wamid, app.now(), tap(button))).await, StatusCode::OK);
    app.settle().await;
}

async fn writes(app: &TestApp, wamid: &str, words: &str) {
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::text(MARIA, wamid, app.now(), words)).await, StatusCode::OK);
    app.settle().await;
}

async fn row_of(app: &TestApp, agent: &Agent, id: &ConversationId) -> Row {
    app.rows(agent).await.into_iter().find(|row| row.id == *id).expect("on the desk")
}

/// The scores in the log, oldest first.
async fn scores(app: &TestApp, tenant: &TenantId) -> Vec<i64> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, tenant, Seq(0), 10_000).await.expect("reads");
    let score = |event| match event {
        Event::Rated { score, .. } => Some(Score::value(score)),
        _ => None,
    };
    log.into_iter().filter_map(|entry| score(entry.event)).collect()
}

/// What reports know, in one go.
async fn facts(app: &TestApp) -> Vec<RatingFact> {
    add(&app.services).await;
    let mut tx = app.services.db.begin_read().await.expect("a view");
    report_ratings::asked_within(&mut tx, &app.tenant, Timestamp(0), Timestamp(i64::MAX)).await.expect("reads")
}

on_both!(a_tap_is_stored_and_does_not_reopen, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = asked(app, &ana).await;
    let (sent, given) = (app.meta.sent().len(), last_buttons(app));
    // when the customer taps a button, twice delivered
    for _ in 0..2 {
        taps(app, MARIA, "wamid.tap", &given[0]).await;
    }
    // then the conversation stays closed, and nobody is told or answers
    let after = app.only_row(&ana).await;
    assert_eq!((&after.id, &after.state, after.unread), (&row.id, &row.state, 0));
    assert_eq!((app.meta.sent().len(), after.preview.as_str()), (sent, "Great"));
    // and the rating is in thread, dossier, log and facts, with the handoff and who had it
    let told = app.thread_lines(&ana, &row.id).await;
    assert_eq!(told.last().map(String::as_str), Some("The customer rated Ana's help: 3 of 3"));
    let thread = app.thread(&ana, &row.id).await;
    let rating = &thread.dossier.ratings[0];
    assert_eq!((rating.agent.as_deref(), rating.score), (Some("Ana"), Score::ALL[0]));
    assert!(thread.items.iter().any(|item| item.key() == rating.anchor()));
    assert_eq!(scores(app, &app.tenant).await, [3]);
    let fact = facts(app).await.pop().expect("one");
    assert_eq!((&fact.conversation, fact.agent.as_ref()), (&row.id, Some(ana.id())));
    assert_eq!(fact.rated.map(|rated| (rated.at, rated.seq)), Some((rating.at, rating.seq)));
    // and the report has its average, of those who were asked, and the list behind it
    let ((ada, _), reports) = (app.admin().await, &app.services.reports);
    let page = reports.read_report(&ada, "period=today").await.expect("a report");
    let tile = page.tiles.iter().find(|tile| tile.measure == Measure::Rated).expect("a tile");
    let number = tile.now.clone().expect("everybody's");
    assert_eq!((number.measured.n, number.measured.ratings.average(), number.whole), (1, Some(30), Some(1)));
    assert_eq!(
        page.agents.iter().find(|line| line.name == "Ana").map(|line| line.measures[&Measure::Rated].n),
        Some(1)
    );
    let list = reports.read_list(&ada, "period=today&of=rated&score=3").await.expect("a list");
    assert_eq!((&list.measured, list.rows.len()), (&number.measured, 1));
    let line = &list.rows[0];
    assert_eq!((line.score, line.who.as_deref()), (Some(Score::ALL[0]), Some("Ana")));
    assert_eq!(line.anchor.as_ref(), Some(&rating.anchor()));
    assert!(reports.read_list(&ada, "period=today&of=rated&score=1").await.expect("a list").rows.is_empty());
    // and the file of all handoffs has it
    let by = Initiator::SYSTEM;
    let file = reports.export(&ada, by, Export::Handoffs, ExportFormat::Json, "period=today").await.expect("a file");
    let text = file.rows.try_collect::<Vec<String>>().await.expect("rows").concat();
    let rows: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    assert_eq!((rows.len(), &rows[0]["rating"]), (1, &json!(3)));
});

on_both!(a_later_answer_replaces_the_first_one_for_a_day, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = asked(app, &ana).await;
    let given = last_buttons(app);
    taps(app, MARIA, "wamid.1", &given[0]).await;
    let first_at = app.now();
    // given two taps that arrive together
    app.turn(Span::hours(1));
    let mut messages = Vec::new();
    for (wamid, button) in [("wamid.2", &given[1]), ("wamid.3", &given[2])] {
        let body = meta::message(MARIA, wamid, app.now(), tap(button));
        messages.push(body["entry"][0]["changes"][0]["value"]["messages"][0].clone());
    }
    let together = meta::envelope(json!({"contacts": [meta::contact(MARIA)], "messages": messages}));
    assert_eq!(app.webhook(&together).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(scores(app, &app.tenant).await, [3, 2, 1]);
    // when one more comes after a day, then it changes nothing and wakes nobody
    let sent = app.meta.sent().len();
    app.turn(first_at.plus(Span::hours(24)).since(app.now()));
    taps(app, MARIA, "wamid.4", &given[0]).await;
    assert_eq!((scores(app, &app.tenant).await, app.meta.sent().len()), (vec![3, 2, 1], sent));
    assert_eq!(app.only_row(&ana).await.state, row.state);
    let ratings = app.thread(&ana, &row.id).await.dossier.ratings;
    assert_eq!(ratings.iter().map(|it| it.score.value()).collect::<Vec<_>>(), [1]);
});

on_both!(a_tap_beside_a_newer_conversation_disturbs_nobody, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = asked(app, &ana).await;
    let given = last_buttons(app);
    // given that the customer has begun another conversation, which waits for the customer
    writes(app, "wamid.newer", "I have another question").await;
    let newer = app.rows(&ana).await.into_iter().find(|it| it.state == RowState::Bot).expect("with the bot");
    app.services.conversations.take_over(&ana, &newer.id).await.expect("takes over");
    replies(app, &ana, &newer.id, "Which one?").await;
    let before = row_of(app, &ana, &newer.id).await;
    let sent = app.meta.sent().len();
    // when they tap the button of the first one, late
    let at = app.now();
    app.turn(Span::minutes(20));
    assert_eq!(app.webhook(&meta::message(MARIA, "wamid.tap", at, tap(&given[1]))).await, StatusCode::OK);
    app.settle().await;
    // then it is stored there, and the newer one is as it was
    let after = row_of(app, &ana, &newer.id).await;
    assert_eq!((&after.state, after.unread, after.reply), (&before.state, before.unread, before.reply));
    assert_eq!((&after.preview, &after.last_turn), (&before.preview, &before.last_turn));
    let older = row_of(app, &ana, &row.id).await;
    assert_eq!((&older.state, older.preview.as_str(), app.rows(&ana).await.len()), (&row.state, "So-so", 2));
    assert_eq!((scores(app, &app.tenant).await, app.meta.sent().len()), (vec![2], sent));
});

on_both!(a_tap_in_a_reopened_conversation_is_quiet_and_is_no_turn_of_the_bot, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = asked(app, &ana).await;
    let given = last_buttons(app);
    app.services.conversations.reopen(&ana, &row.id).await.expect("reopens");
    taps(app, MARIA, "wamid.tap", &given[2]).await;
    let open = app.only_row(&ana).await;
    assert_eq!((open.unread, open.reply, scores(app, &app.tenant).await), (0, None, vec![1]));
    // given a reply that waits to be sent while the customer taps again
    writes(app, "wamid.more", "It is broken").await;
    app.services.conversations.reply(&ana, &row.id, "sorry", "I am sorry", None).await.expect("replies");
    app.turn(Span::seconds(1));
    let body = meta::message(MARIA, "wamid.while", app.now(), tap(&given[2]));
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    app.settle().await;
    // then nobody waits for an answer to that
    assert_eq!((app.only_row(&ana).await.reply, scores(app, &app.tenant).await), (None, vec![1, 1]));
    // when the bot gets the conversation back, then it does not answer the tap
    let sent = app.meta.sent().len();
    app.services.conversations.return_to_bot(&ana, &row.id).await.expect("returns");
    app.settle().await;
    assert_eq!((app.only_row(&ana).await.state, app.meta.sent().len()), (RowState::Bot, sent));
    // and a later tap, with the bot, is as quiet
    taps(app, MARIA, "wamid.again", &given[1]).await;
    assert_eq!((app.meta.sent().len(), scores(app, &app.tenant).await), (sent, vec![1, 1, 2]));
});

on_both!(a_typed_title_is_an_answer_only_soon_after_the_close, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = asked(app, &ana).await;
    let sent = app.meta.sent().len();
    writes(app, "wamid.typed", "not good!").await;
    assert_eq!((app.only_row(&ana).await.state, app.meta.sent().len()), (row.state.clone(), sent));
    assert_eq!(scores(app, &app.tenant).await, [1]);
    // A comment is an ordinary message, and so is a title within it.
    for (nth, words) in ["Great?", "Not good, my parcel is still missing"].into_iter().enumerate() {
        writes(app, &format!("wamid.comment.{nth}"), words).await;
        let open = app.rows(&ana).await.into_iter().find(|it| it.id != row.id && it.state == RowState::Bot);
        let open = open.unwrap_or_else(|| panic!("{words} is answered"));
        app.services.conversations.take_over(&ana, &open.id).await.expect("takes over");
        closes(app, &ana, &row_of(app, &ana, &open.id).await).await;
    }
    // The question was not asked last any more.
    writes(app, "wamid.later", "Great").await;
    assert!(app.rows(&ana).await.iter().any(|it| it.state == RowState::Bot));
    assert_eq!(scores(app, &app.tenant).await, [1]);
});

on_both!(after_the_grace_time_a_typed_title_is_an_ordinary_message, async |app| {
    let (ana, _) = app.agent("Ana").await;
    asked(app, &ana).await;
    app.turn(Span::minutes(30));
    writes(app, "wamid.typed", "Great").await;
    assert_eq!(app.rows(&ana).await.into_iter().filter(|it| it.state == RowState::Bot).count(), 1);
    assert_eq!(scores(app, &app.tenant).await, [0; 0]);
});

on_both!(nobody_else_can_answer, async |app| {
    let (globex, _) = app.other_tenant().await;
    for name in [TextName::Greeting, TextName::Fallback, TextName::NoticeOnline, TextName::NoticeOffline] {
        let saved = app.services.settings.text_save(&globex, Initiator::SYSTEM, name, String::new()).await;
        saved.expect("saves");
    }
    let (ana, _) = app.agent("Ana").await;
    let row = asked(app, &ana).await;
    let given = last_buttons(app);
    // when another customer, and a customer of another tenant, who have written before, send the same payload
    assert_eq!(app.webhook(&meta::text("4915550002", "wamid.luca.1", app.now(), "Hello")).await, StatusCode::OK);
    writes_to_other_tenant(app, "4915550003", "wamid.zoe.1", "Hello").await;
    app.settle().await;
    taps(app, "4915550002", "wamid.luca.2", &given[0]).await;
    writes_to_other_tenant_as(app, "4915550003", "wamid.zoe.2", tap(&given[0])).await;
    app.settle().await;
    // then each is an ordinary message of theirs
    for tenant in [&app.tenant, &globex] {
        assert_eq!(scores(app, tenant).await, [0; 0]);
    }
    let rows = app.rows(&ana).await;
    assert_eq!(rows.iter().find(|it| it.id == row.id).map(|it| &it.state), Some(&row.state));
    assert!(rows.iter().any(|it| it.state == RowState::Bot), "the bot answers the other customer");
    let handoff: HandoffId = facts(app).await.pop().expect("one").handoff;
    let mut tx = app.services.db.begin_read().await.expect("a view");
    assert_eq!(handoffs::conversation_of(&mut tx, &globex, &handoff).await.expect("reads"), None);
    drop(tx);
    // and neither is one about a handoff that nobody was asked about
    let unknown = ("Great".to_owned(), "rating:hof_unknown:3".to_owned());
    taps(app, MARIA, "wamid.unknown", &unknown).await;
    assert_eq!(scores(app, &app.tenant).await, [0; 0]);
    assert_eq!(app.rows(&ana).await.iter().filter(|it| it.state == RowState::Bot).count(), 2);
});

on_both!(ratings_that_are_added_step_by_step_equal_those_of_a_rebuild, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = asked(app, &ana).await;
    let given = last_buttons(app);
    add(&app.services).await;
    taps(app, MARIA, "wamid.1", &given[0]).await;
    add(&app.services).await;
    taps(app, MARIA, "wamid.2", &given[2]).await;
    add(&app.services).await;
    app.services.conversations.reopen(&ana, &row.id).await.expect("reopens");
    replies(app, &ana, &row.id, "Sorry about that").await;
    add(&app.services).await;
    let open = app.only_row(&ana).await;
    closes(app, &ana, &open).await;
    add(&app.services).await;
    let before = stored(app, &app.tenant).await;
    assert_eq!(before, derived(app, &app.tenant).await);
    let rated: Vec<_> = facts(app).await.iter().map(|fact| fact.rated.map(|rated| rated.score.value())).collect();
    assert_eq!(rated, [Some(1), None], "each handoff was asked about once");
    // when everything is derived again
    reports::rebuild(&app.services, Some("Acme")).await.expect("requests it");
    add(&app.services).await;
    let after = stored(app, &app.tenant).await;
    assert_eq!(FactSet { reached: before.reached, ..after }, before);
    assert_eq!(before.ratings.len(), 2);
});
