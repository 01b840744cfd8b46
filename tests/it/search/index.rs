//! The index: rare words among many messages, what was written before there was one, and what waits to be merged.

use handoff::{
    contract::search::{Indexing, SearchPage},
    domain::{
        desk::{Filter, Status},
        time::Span,
    },
    server::{
        accounts::Agent,
        store::{
            self,
            search::{DocumentKind, Scan},
        },
    },
};
use http::StatusCode;

use super::{burst, excerpts, names, says, search};
use crate::app::{Leftover, TestApp, on_both, on_postgres};

/// What the migration does with a database that has messages already.
const BEFORE_THE_INDEX: [&str; 2] = [
    "DELETE FROM search_documents",
    "INSERT INTO jobs (id, tenant_id, kind, key, payload, due_at, attempts, created_at)
     VALUES ('job_search_index', '', 'index', 'all', '', 0, 0, 0)",
];

async fn as_before_the_index(app: &TestApp) {
    for sql in BEFORE_THE_INDEX {
        app.run(sql).await;
    }
}

/// Messages of so many customers, without turns of the bot.
async fn flood(app: &TestApp, count: usize) {
    flood_from(app, "4916", count).await;
}

/// As [`flood`], of customers whose numbers begin with `prefix`.
async fn flood_from(app: &TestApp, prefix: &str, count: usize) {
    let phones: Vec<String> = (0..count).map(|nth| format!("{prefix}{nth:08}")).collect();
    for part in phones.chunks(400) {
        app.turn(Span::seconds(1));
        let body = burst(part, app.now(), |nth| format!("good morning {nth}"));
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        project(app).await;
    }
}

async fn project(app: &TestApp) {
    while app.services.projector.run_once().await.expect("projects") > 0 {}
}

async fn all(app: &TestApp, agent: &Agent, filter: &Filter) -> (Vec<String>, usize) {
    let (mut found, mut pages, mut after) = (Vec::new(), 0, None);
    loop {
        let page: SearchPage = app.services.live.search(agent, filter, after, None).await.expect("a page");
        found.extend(page.messages.iter().map(|hit| hit.row.id.to_string()));
        pages += 1;
        after = page.more;
        if after.is_none() || pages > 100 {
            return (found, pages);
        }
    }
}

on_both!(rare_and_frequent_words_are_found_among_many_messages, async |app| {
    // given an old message with a rare word, and many newer ones
    let (ana, _) = app.agent("Ana").await;
    says(app, "Omar", "4915500001", "wamid.rare", "the zebrafish has arrived").await;
    flood(app, 1_100).await;
    // then the rare word is found, before and after the new messages are merged into the index
    assert_eq!(excerpts(app, &ana, "zebraf").await, ["the zebrafish has arrived"]);
    while app.services.indexer.run_once().await.expect("merges") > 0 {}
    assert_eq!(excerpts(app, &ana, "zebraf").await, ["the zebrafish has arrived"]);
    // and the frequent one page by page, each conversation once
    let filter = Filter { search: Some("good morning".to_owned()), ..Filter::default() };
    let (found, pages) = all(app, &ana, &filter).await;
    let mut once = found.clone();
    once.sort();
    once.dedup();
    assert_eq!((found.len(), once.len()), (1_100, 1_100));
    assert!(pages >= 1_100 / 20, "{pages} pages");
    // and a status that none of them has leaves nothing
    let closed = Filter { status: Some(Status::Closed), ..filter };
    assert_eq!(all(app, &ana, &closed).await.0, [""; 0]);
    app.leaves(Leftover::Job, "the bot never runs");
});

on_both!(new_documents_are_merged_when_no_webhook_waits, async |app| {
    // given enough new messages for a merge, and a webhook that waits
    let (ana, _) = app.agent("Ana").await;
    says(app, "Omar", "4915500001", "wamid.1", "the zebrafish has arrived").await;
    flood(app, 600).await;
    let body = burst(&["4915500003".to_owned()], app.now(), |_| "one more".to_owned());
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    // when the indexer runs, then it leaves its writes for later, and the messages are found
    assert_eq!(app.services.indexer.run_once().await.expect("looks"), 0);
    assert_eq!(excerpts(app, &ana, "zebrafish").await, ["the zebrafish has arrived"]);
    // and when nothing waits any more, then SQLite's are merged, and found too
    project(app).await;
    let merged = app.services.indexer.run_once().await.expect("merges");
    assert_eq!(merged, if app.services.db.is_postgres() { 0 } else { 500 });
    assert_eq!(excerpts(app, &ana, "zebrafish").await, ["the zebrafish has arrived"]);
    app.leaves(Leftover::Job, "the bot never runs");
});

on_both!(the_index_finds_a_frequent_word_in_bounded_steps, async |app| {
    // given more messages with a word than PostgreSQL sorts for two candidates
    flood(app, 60).await;
    let query = handoff::domain::search::parse("good", jiff::civil::date(2026, 11, 28)).expect("a query");
    let mut tx = app.services.db.begin_read().await.expect("a view");
    // when the index is asked step by step
    let (mut found, mut after) = (Vec::new(), None);
    for _ in 0..100 {
        let scan = Scan { kind: DocumentKind::Message, query: &query, from: None, to: None, after };
        let step = store::search::indexed(&mut tx, &app.tenant, scan, 2).await.expect("candidates");
        assert!(step.found.len() <= 20, "{} at once", step.found.len());
        found.extend(step.found.into_iter().map(|candidate| candidate.id));
        after = step.reached;
        if after.is_none() {
            break;
        }
    }
    // then each is found once, newest first
    assert_eq!(found.len(), 60);
    assert!(found.is_sorted_by(|newer, older| newer > older));
    app.leaves(Leftover::Job, "the bot never runs");
});

on_both!(what_was_written_before_the_index_is_added_by_a_job_that_survives_a_crash, async |app| {
    // given messages without an index, as after an upgrade
    let (ana, _) = app.agent("Ana").await;
    says(app, "Omar", "4915500001", "wamid.old", "the oldest zebrafish").await;
    flood(app, 450).await;
    app.settle().await;
    says(app, "Lena", "4915500002", "wamid.new", "the newest zebrafish").await;
    as_before_the_index(app).await;
    let found = search(app, &ana, "zebrafish").await;
    assert_eq!((names(&found.messages).len(), found.indexing), (0, Some(Indexing { back_to: None })));

    // when the customers and a part of the messages are added, and the server is killed
    for _ in 0..6 {
        app.services.indexer.run_once().await.expect("adds");
    }
    // then search finds the newest, and says how far back it reaches
    let found = search(app, &ana, "zebrafish").await;
    assert_eq!(names(&found.messages), ["Lena"]);
    let reached = found.indexing.expect("it is incomplete").back_to.expect("some were added");
    assert!(reached < app.now());

    // and a message that arrives meanwhile is found at once
    app.turn(Span::seconds(1));
    let body = burst(&["4915500003".to_owned()], app.now(), |_| "a zebrafish of today".to_owned());
    let body = body.to_string().replace("Maria Costa", "Zoë");
    assert_eq!(app.webhook_raw(body.into_bytes()).await, StatusCode::OK);
    project(app).await;
    assert_eq!(names(&search(app, &ana, "zebrafish").await.messages)[..2], ["Zoë", "Lena"]);

    // when another server goes on
    let next = app.killed_and_restarted().await;
    while next.indexer.run_once().await.expect("adds") > 0 {}
    // then everything is found once, and nothing is said
    let found = search(app, &ana, "zebrafish").await;
    assert_eq!((names(&found.messages), found.indexing), (vec!["Zoë", "Lena", "Omar"], None));
    assert_eq!(names(&search(app, &ana, "omar").await.customers), ["Omar"]);
    next.db.close().await;
    app.settle().await;
});

on_both!(a_batch_that_is_added_twice_changes_nothing, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, "Omar", "4915500001", "wamid.1", "the zebrafish").await;
    // when the job runs over what is in the index already
    app.run(BEFORE_THE_INDEX[1]).await;
    while app.services.indexer.run_once().await.expect("adds") > 0 {}
    // then it is there once
    assert_eq!(excerpts(app, &ana, "zebrafish").await, ["the zebrafish"]);
    app.erase("messages").await;
    assert_eq!(excerpts(app, &ana, "zebrafish").await, [""; 0]);
});

on_postgres!(what_is_being_added_cannot_be_changed_meanwhile, async |app| {
    says(app, "Omar", "4915500001", "wamid.1", "the zebrafish").await;
    // given a batch that was read and is not added yet
    let mut adding = app.services.db.begin_write().await.expect("a transaction");
    assert!(app.can_change("messages").await && app.can_change("customers").await);
    store::search::messages_before(&mut adding, None, 9).await.expect("messages");
    store::search::customers_before(&mut adding, None, 9).await.expect("customers");
    // then an edit has to wait until it is
    assert!(!app.can_change("messages").await && !app.can_change("customers").await);
    adding.commit().await.expect("commits");
    assert!(app.can_change("messages").await && app.can_change("customers").await);
});

on_both!(a_message_of_any_length_is_stored_and_found, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // when a customer writes as much as WhatsApp allows, and all of it are numbers
    let numbers: String = (0..4_600_u64).map(|nth| format!("+54{:010} ", 1_234_567_891 + nth * 7_919_317)).collect();
    says(app, "Omar", "4915500001", "wamid.long", &format!("zebrafish {numbers}")).await;
    // then the message is there, and its words are found
    assert_eq!(app.only_row(&ana).await.name, "Omar");
    assert_eq!(names(&search(app, &ana, "zebrafish").await.messages), ["Omar"]);
});

on_both!(a_filter_among_many_messages_shows_each_conversation_once_and_says_what_it_leaves_out, async |app| {
    // given many messages of others, and then more conversations of Ana's than a page shows
    let (ana, _) = app.agent("Ana").await;
    flood(app, 1_100).await;
    flood_from(app, "4917", 25).await;
    let good = Filter { search: Some("good morning".to_owned()), ..Filter::default() };
    let mut newest = Vec::new();
    let mut after = None;
    while newest.len() < 25 {
        let page = app.services.live.search(&ana, &good, after, None).await.expect("a page");
        newest.extend(page.messages.into_iter().map(|hit| hit.row.id));
        after = page.more;
    }
    for id in &newest[..25] {
        app.services.conversations.take_over(&ana, id).await.expect("takes over");
    }
    // then all pages together show each of them once
    let mine = Filter { status: Some(Status::Mine), ..good };
    let (found, _) = all(app, &ana, &mine).await;
    let mut once = found.clone();
    once.sort();
    once.dedup();
    assert_eq!((found.len(), once.len()), (25, 25));
    // and when newer messages of others hide them, the one page says that it is not everything
    flood_from(app, "4918", 1_100).await;
    let page = app.services.live.search(&ana, &mine, None, None).await.expect("a page");
    assert_eq!((page.messages.len(), page.more, page.is_cut), (20, None, true));
    app.leaves(Leftover::Job, "the bot never runs");
});
