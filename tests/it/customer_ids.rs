//! One person is one customer, however WhatsApp writes their number, and a user id is never taken for a number.

use handoff::{
    domain::{
        desk::{ItemBody, Row, RowState},
        event::Entry,
        ids::Seq,
        message::{Delivery, Message},
        time::Span,
    },
    server::{
        accounts::Agent,
        simulator::{IdentityKind, NewCustomer},
        store::{customers, entries},
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, on_both},
    meta::{envelope, envelope_of},
};

/// A number of Brazil with and without its ninth digit.
const WITH_9: &str = "5511987654321";
const WITHOUT_9: &str = "551187654321";
const USER: &str = "US.15551234567";

fn text(words: &str, at: i64) -> Value {
    json!({"id": format!("wamid.{words}"), "timestamp": (at / 1_000).to_string(), "type": "text",
        "text": {"body": words}})
}

async fn arrives(app: &TestApp, body: &Value) {
    assert_eq!(app.webhook(body).await, StatusCode::OK);
    app.services.projector.run_once().await.expect("projects");
    // Two records of the same millisecond have no defined order.
    app.turn(Span::seconds(1));
}

/// A message whose `from` and contact may spell the number differently.
async fn says(app: &TestApp, from: &str, wa_id: &str, words: &str) {
    let mut message = text(words, app.now().0);
    message["from"] = json!(from);
    let contact = json!({"profile": {"name": "Maria Costa"}, "wa_id": wa_id});
    arrives(app, &envelope(json!({"contacts": [contact], "messages": [message]}))).await;
}

/// A message of staff from the phone.
async fn staff_says(app: &TestApp, to: &str, words: &str) {
    let mut echo = text(words, app.now().0);
    echo["from"] = json!("15550100000");
    echo["to"] = json!(to);
    arrives(app, &envelope_of("smb_message_echoes", json!({"message_echoes": [echo]}))).await;
}

async fn log(app: &TestApp) -> Vec<Entry> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads")
}

async fn open_rows(app: &TestApp, agent: &Agent) -> Vec<Row> {
    let mut rows = app.rows(agent).await;
    rows.retain(|row| !matches!(row.state, RowState::Closed { .. }));
    rows
}

on_both!(the_spellings_of_a_number_are_one_customer, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let pairs = [(WITH_9, WITHOUT_9), ("5215512345678", "525512345678"), ("5491123456789", "541123456789")];
    for (long, short) in pairs {
        for (first, second) in [(long, short), (short, long)] {
            let before = app.rows(&ana).await.len();
            // given a customer who wrote with one spelling
            says(app, first, first, &format!("{first} one")).await;
            // when the other spelling is used by them, by their contact alone, and by staff
            says(app, second, second, &format!("{first} two")).await;
            says(app, first, second, &format!("{first} three")).await;
            staff_says(app, second, &format!("{first} four")).await;
            // then it is one conversation, which keeps the name
            let rows = app.rows(&ana).await;
            let known = if (first, second) == (long, short) { before + 1 } else { before };
            assert_eq!(rows.len(), known, "{first} and {second}");
            let row = rows.iter().find(|row| row.preview == format!("{first} four")).expect("in the list");
            assert_eq!(row.name, "Maria Costa");
        }
    }
    assert!(!log(app).await.iter().any(|entry| entry.event.name() == "merged"), "there never were two records");
    app.settle().await;
});

on_both!(an_answer_to_the_first_words_of_staff_finds_their_conversation, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // given staff who begin with the number as it is dialled
    staff_says(app, &format!("+{WITH_9}"), "Your parcel is here").await;
    let row = app.only_row(&ana).await;
    // when the customer answers, and WhatsApp spells the number differently
    says(app, WITHOUT_9, WITHOUT_9, "Thank you, when?").await;
    // then it is the same conversation
    assert_eq!(app.only_row(&ana).await.id, row.id);
    app.settle().await;
});

on_both!(spellings_in_one_body_are_one_customer, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let message = |from: &str, words: &str| {
        let mut message = text(words, app.now().0);
        message["from"] = json!(from);
        message
    };
    let both = json!([message(WITH_9, "one"), message(WITHOUT_9, "two"), message(WITH_9, "three")]);
    arrives(app, &envelope(json!({"messages": both}))).await;
    assert_eq!(app.only_row(&ana).await.preview, "three");
    app.settle().await;
});

on_both!(a_user_id_in_place_of_a_number_is_answered_by_recipient, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let hidden = NewCustomer {
        user_id: Some(USER.to_owned()),
        identity: IdentityKind::HiddenPhone,
        ..NewCustomer::named("Kim")
    };
    app.meta.add_customer(hidden);
    // given a customer whose `from` and `wa_id` are a user id
    says(app, USER, USER, "Hello").await;
    let row = app.only_row(&ana).await;
    assert_eq!((row.phone.as_deref(), row.name.as_str()), (None, "Maria Costa"));
    // when an agent answers
    app.services.conversations.take_over(&ana, &row.id).await.expect("takes over");
    app.services.conversations.reply(&ana, &row.id, "c1", "Hello Kim", None).await.expect("replies");
    app.settle().await;
    // then the answer is addressed by the id, and no stranger gets it
    let sent = app.meta.sent();
    let answer = sent.iter().find(|sent| sent.body["text"]["body"] == "Hello Kim").expect("sent");
    assert_eq!((&answer.body["recipient"], &answer.body["to"]), (&json!(USER), &Value::Null));
    // and the same id, where it belongs, is the same customer
    let mut message = text("Again", app.now().0);
    message["from_user_id"] = json!(USER);
    arrives(app, &envelope(json!({"messages": [message]}))).await;
    assert_eq!(app.only_row(&ana).await.id, row.id);
    app.settle().await;
});

/// One message, as it is named for the number [`WITH_9`] and for a user id.
const NAMED_BY_NUMBER: &str = "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzRUIwQTk4NkNGMUZCMDZERTREMAA=";
const NAMED_BY_USER: &str = "wamid.HBgSVVMuMTE4MTU1NTEyMzQ1Njc4FQIAEhgUM0VCMEE5ODZDRjFGQjA2REU0RDAA";

on_both!(a_message_named_for_the_user_id_is_found_by_a_quote_a_reaction_an_edit_and_a_deletion, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let contact = json!({"profile": {"name": "Maria Costa"}, "wa_id": WITH_9, "user_id": USER});
    let arrives = async |id: &str, what: Value| {
        let mut message = what;
        message["id"] = json!(id);
        message["from"] = json!(WITH_9);
        message["from_user_id"] = json!(USER);
        message["timestamp"] = json!((app.now().0 / 1_000).to_string());
        arrives(app, &envelope(json!({"contacts": [contact.clone()], "messages": [message]}))).await;
        let row = app.only_row(&ana).await;
        messages(app, &ana, &row).await
    };
    // given a message that is stored by the id for the number, and another of the same customer
    arrives(NAMED_BY_NUMBER, json!({"type": "text", "text": {"body": "I come at 5 pm"}})).await;
    let other = json!({"type": "text", "text": {"body": "With my dog"}});
    arrives(OTHER_BY_NUMBER, other).await;
    // when it is quoted by the id for the user id
    let quoting = json!({"type": "text", "text": {"body": "Is that fine?"}, "context": {"id": NAMED_BY_USER}});
    let thread = arrives("wamid.quoting", quoting).await;
    // then the quote shows it
    let quote = thread[2].quote.as_ref().expect("quotes");
    assert_eq!((quote.message.as_ref(), quote.preview.as_deref()), (Some(&thread[0].id), Some("I come at 5 pm")));
    // and what happens to it happens to it alone
    let reaction = json!({"type": "reaction", "reaction": {"message_id": NAMED_BY_USER, "emoji": "👍"}});
    let thread = arrives("wamid.reaction", reaction).await;
    assert_eq!((thread.len(), thread[0].reactions.len(), thread[1].reactions.len()), (3, 1, 0));
    let message = json!({"type": "text", "text": {"body": "I come at 6 pm"}});
    let edit = json!({"type": "edit", "edit": {"original_message_id": NAMED_BY_USER, "message": message}});
    let thread = arrives("wamid.edit", edit).await;
    assert_eq!((thread.len(), thread[0].edited, thread[0].content.preview().as_str()), (3, true, "I come at 6 pm"));
    let revoke = json!({"type": "revoke", "revoke": {"original_message_id": NAMED_BY_USER}});
    let thread = arrives("wamid.revoke", revoke).await;
    assert_eq!((thread.len(), thread[0].revoked, thread[1].revoked), (3, true, false));
    app.settle().await;
});

/// Another message, by both of its ids.
const OTHER_BY_NUMBER: &str = "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI2QzNGOEI5RTJGMkI0RkE3QTAA";
const OTHER_BY_USER: &str = "wamid.HBgSVVMuMTE4MTU1NTEyMzQ1Njc4FQIAEhgSNkMzRjhCOUUyRjJCNEZBN0EwAA==";

on_both!(what_names_a_message_by_its_other_id_waits_for_it, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let said = |id: &str, what: Value| {
        let mut message = what;
        message["id"] = json!(id);
        message["from"] = json!(WITH_9);
        message["timestamp"] = json!((app.now().0 / 1_000).to_string());
        message
    };
    let text = |words: &str| json!({"type": "text", "text": {"body": words}});
    let reaction = |id: &str| json!({"type": "reaction", "reaction": {"message_id": id, "emoji": "👍"}});
    let edit =
        |id: &str, words: &str| json!({"type": "edit", "edit": {"original_message_id": id, "message": text(words)}});
    let contact = json!({"profile": {"name": "Maria Costa"}, "wa_id": WITH_9, "user_id": USER});
    let of_maria = |messages: Vec<Value>| envelope(json!({"contacts": [contact.clone()], "messages": messages}));
    // given a reaction and an edit of a message that comes in a later body
    arrives(app, &of_maria(vec![said("wamid.reaction", reaction(NAMED_BY_USER))])).await;
    arrives(app, &of_maria(vec![said("wamid.edit", edit(NAMED_BY_USER, "At 6 pm"))])).await;
    arrives(app, &of_maria(vec![said(NAMED_BY_NUMBER, text("At 5 pm"))])).await;
    // and the deletion of one that comes in the same body
    let revoke = json!({"type": "revoke", "revoke": {"original_message_id": OTHER_BY_USER}});
    arrives(app, &of_maria(vec![said("wamid.revoke", revoke), said(OTHER_BY_NUMBER, text("With my dog"))])).await;
    // then each is changed by its own
    let row = app.only_row(&ana).await;
    let thread = messages(app, &ana, &row).await;
    assert_eq!((thread.len(), thread[0].content.preview().as_str()), (2, "At 6 pm"));
    let changes = |nth: usize| (thread[nth].reactions.len(), thread[nth].edited, thread[nth].revoked);
    assert_eq!((changes(0), changes(1)), ((1, true, false), (0, false, true)));
    app.settle().await;
});

on_both!(a_status_is_found_by_the_other_id_of_its_message, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let status = async |words: &str| {
        let status = json!({"id": NAMED_BY_USER, "status": words, "timestamp": (app.now().0 / 1_000).to_string(),
            "recipient_id": WITH_9, "recipient_user_id": USER});
        arrives(app, &envelope(json!({"statuses": [status]}))).await;
    };
    // given a status that overtakes the copy of what staff have written
    status("delivered").await;
    let echo = json!({"id": NAMED_BY_NUMBER, "timestamp": (app.now().0 / 1_000).to_string(), "type": "text",
        "text": {"body": "Hello"}, "from": "15550100000", "to": WITH_9});
    arrives(app, &envelope_of("smb_message_echoes", json!({"message_echoes": [echo]}))).await;
    let row = app.only_row(&ana).await;
    assert_eq!(messages(app, &ana, &row).await[0].delivery, Some(Delivery::Delivered));
    // and one that follows
    status("read").await;
    assert_eq!(messages(app, &ana, &row).await[0].delivery, Some(Delivery::Read));
    app.settle().await;
});

/// The messages of a conversation, oldest first.
async fn messages(app: &TestApp, agent: &Agent, row: &Row) -> Vec<Message> {
    let items = app.thread(agent, &row.id).await.items.into_iter();
    let messages = items.filter_map(|item| match item.body {
        ItemBody::Message(message) => Some(*message),
        ItemBody::Line(_) | ItemBody::Note(_) => None,
    });
    messages.collect()
}

/// Makes the records of two customers as an earlier version stored them.
async fn as_before(app: &TestApp) {
    for sql in [
        format!("UPDATE customers SET wa_id = '{WITHOUT_9}' WHERE wa_id = '4915550002'"),
        format!("UPDATE customers SET wa_id = '{USER}', name = '+{USER}' WHERE wa_id = '4915550003'"),
        "INSERT INTO jobs (id, tenant_id, kind, key, payload, due_at, attempts, created_at)
         VALUES ('job_customer_ids', '', 'customer_ids', 'all', '', 0, 0, 0)"
            .to_owned(),
    ] {
        app.run(&sql).await;
    }
}

on_both!(ids_of_earlier_versions_are_corrected_by_a_job_and_nobody_is_notified, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // given a customer in two records of two spellings, and one whose user id was stored as a number
    says(app, WITH_9, WITH_9, "older").await;
    let older = app.only_row(&ana).await;
    says(app, "4915550002", "4915550002", "younger").await;
    let rows = app.rows(&ana).await;
    let younger = rows.iter().find(|row| row.preview == "younger").expect("in the list").id.clone();
    says(app, "4915550003", "4915550003", "hidden").await;
    let rows = app.rows(&ana).await;
    let hidden = rows.iter().find(|row| row.preview == "hidden").expect("in the list").id.clone();
    as_before(app).await;
    let before = log(app).await.len();
    // when the upgrade's job runs, on a server that takes over from one that was killed
    app.services.endings.run_once().await.expect("runs");
    let next = app.killed_and_restarted().await;
    while next.endings.run_once().await.expect("runs") > 0 {}
    next.db.close().await;
    // then the two records are one customer, whose older conversation stays open
    let open = open_rows(app, &ana).await;
    let mut ids: Vec<_> = open.iter().map(|row| row.id.clone()).collect();
    ids.sort();
    let mut expected = vec![older.id.clone(), hidden.clone()];
    expected.sort();
    assert_eq!(ids, expected);
    assert!(app.thread(&ana, &older.id).await.earlier.iter().any(|past| past.id == younger), "no message is lost");
    // and the user id is one
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let customer = customers::by_user_id(&mut tx, &app.tenant, USER).await.expect("reads").expect("is known");
    drop(tx);
    assert_eq!((customer.wa_id.as_deref(), customer.name.as_str()), (None, "WhatsApp user"));
    // and nobody was notified: no handoff, no message, no turn
    let entries = log(app).await;
    let mut names: Vec<&str> = entries[before..].iter().map(|entry| entry.event.name()).collect();
    names.sort_unstable();
    assert_eq!(names, ["closed", "merged"]);
    assert!(app.meta.sent().is_empty());
    // and from here on both spellings are the older conversation
    says(app, WITHOUT_9, WITHOUT_9, "again").await;
    says(app, USER, USER, "me again").await;
    let open = open_rows(app, &ana).await;
    let preview = |id| open.iter().find(|row| row.id == id).expect("open").preview.clone();
    assert_eq!((preview(older.id), preview(hidden)), ("again".to_owned(), "me again".to_owned()));
    app.settle().await;
});

on_both!(two_accounts_of_one_number_are_merged_by_a_message_that_says_so_and_not_by_the_job, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // given two records of one number, each with a user id of its own
    says(app, WITH_9, WITH_9, "older").await;
    says(app, "4915550002", "4915550002", "younger").await;
    as_before(app).await;
    for (user, wa_id) in [("BR.1", WITH_9), ("BR.2", WITHOUT_9)] {
        app.run(&format!("UPDATE customers SET user_id = '{user}' WHERE wa_id = '{wa_id}'")).await;
    }
    let count = |entries: &[Entry], name: &str| entries.iter().filter(|entry| entry.event.name() == name).count();
    // when the job runs, then they stay two
    while app.services.endings.run_once().await.expect("runs") > 0 {}
    assert_eq!((count(&log(app).await, "merged"), open_rows(app, &ana).await.len()), (0, 2));
    // and when one of them writes, then they are one, and the thread says that the account was replaced
    says(app, WITHOUT_9, WITHOUT_9, "again").await;
    let entries = log(app).await;
    assert_eq!((count(&entries, "merged"), count(&entries, "number_changed")), (1, 1));
    assert_eq!(open_rows(app, &ana).await.len(), 1);
    app.settle().await;
});

on_both!(a_message_that_overtakes_the_upgrade_merges_the_records, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, WITH_9, WITH_9, "older").await;
    let older = app.only_row(&ana).await;
    says(app, "4915550002", "4915550002", "younger").await;
    says(app, "4915550003", "4915550003", "hidden").await;
    as_before(app).await;
    // when a message arrives before the job
    says(app, WITHOUT_9, WITHOUT_9, "again").await;
    // then it is in the older conversation, and the job finds nothing more to do for it
    let open = open_rows(app, &ana).await;
    assert_eq!(open.iter().find(|row| row.preview == "again").expect("open").id, older.id);
    let merged = |entries: &[Entry]| entries.iter().filter(|entry| entry.event.name() == "merged").count();
    assert_eq!(merged(&log(app).await), 1);
    while app.services.endings.run_once().await.expect("runs") > 0 {}
    assert_eq!(merged(&log(app).await), 1);
    app.settle().await;
});
