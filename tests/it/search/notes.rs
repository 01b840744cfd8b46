//! Notes of the team in the search: found by their words, at once and after an upgrade, and by nobody else.

use handoff::{
    contract::search::FoundItem,
    domain::{
        access::Role,
        desk::ItemBody,
        ids::{ConversationId, NoteId},
        search::MarkedPart,
        time::Span,
    },
    server::{accounts::Agent, live::LiveError, store::search::DocumentKind},
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{MARIA, TAXI, excerpts, names, only_the_owner_has_candidates, says, search};
use crate::{
    app::{TestApp, on_both},
    meta,
};

/// Writes a note about the only customer with this name, and returns it with its conversation.
async fn notes_down(app: &TestApp, agent: &Agent, name: &str, text: &str) -> (ConversationId, NoteId) {
    let row = app.rows(agent).await.into_iter().find(|row| row.name == name).expect("a conversation");
    let press: String = text.chars().take(60).collect();
    app.services.conversations.write_note(agent, &row.id, &press, text).await.expect("a note");
    let items = app.thread(agent, &row.id).await.items;
    let note = |body| if let ItemBody::Note(note) = body { Some(note.id) } else { None };
    let note = items.into_iter().filter_map(|item| note(item.body)).next_back().expect("is in the thread");
    (row.id, note)
}

/// The authors and excerpts of the notes that a search finds.
async fn found(app: &TestApp, agent: &Agent, typed: &str) -> Vec<(String, String)> {
    let hits = search(app, agent, typed).await.notes;
    hits.into_iter().filter_map(|hit| hit.note).map(|note| (note.author_name, note.excerpt.text)).collect()
}

on_both!(a_note_is_found_by_its_words_with_its_author_and_place, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    says(app, "Maria", MARIA, "wamid.1", "the blue lamp").await;
    says(app, "Omar", TAXI, "wamid.2", "a green chair").await;
    // given notes about both
    let mention = format!("<@{}> Blue lamp", ana.id());
    let (maria, note) = notes_down(app, &ben, "Maria", &mention).await;
    notes_down(app, &ana, "Omar", "No chairs left, 0151/2345").await;
    // then a word finds the note with its author, beside the message
    let page = search(app, &ana, "blue").await;
    assert_eq!((names(&page.messages), names(&page.notes)), (vec!["Maria"], vec!["Maria"]));
    let hit = page.notes[0].note.clone().expect("a note");
    assert_eq!((hit.id.clone(), hit.author_name.as_str()), (note.clone(), ben.name()));
    assert!(hit.excerpt.parts().contains(&MarkedPart::Hit("Blue")), "{:?}", hit.excerpt);
    assert!(hit.excerpt.text.contains(&format!("@{}", ana.name())), "{:?}", hit.excerpt);
    // and the open conversation knows both, newest first
    let hits = app.services.live.search_thread(&ana, &maria, "blue").await.expect("hits");
    let items: Vec<_> = hits.iter().map(|hit| (matches!(hit.item, FoundItem::Note(_)), hit.hits.join(" "))).collect();
    assert_eq!(items, [(true, "Blue".to_owned()), (false, "blue".to_owned())]);
    // and an operator leaves the one or the other
    let page = search(app, &ana, "blue in:notes").await;
    assert_eq!((names(&page.notes), names(&page.messages), names(&page.customers)), (vec!["Maria"], vec![], vec![]));
    let page = search(app, &ana, "maria in:messages").await;
    assert!(page.notes.is_empty() && page.customers.is_empty() && page.messages.is_empty(), "{page:?}");
    let hits = app.services.live.search_thread(&ana, &maria, "blue in:messages").await.expect("hits");
    assert!(matches!(&hits[..], [one] if matches!(one.item, FoundItem::Message(_))), "{hits:?}");
    assert_eq!(names(&search(app, &ana, "in:notes").await.notes), ["Omar", "Maria"]);
    let refused = search(app, &ana, "in:nowhere lamp").await.refused.expect("is refused");
    assert!(refused.contains("Use in:notes or in:messages"), "{refused}");
    // and the list's filter counts
    app.services.conversations.take_over(&ana, &maria).await.expect("takes over");
    assert_eq!(names(&search(app, &ana, "lamp status:mine").await.notes), ["Maria"]);
    assert_eq!(names(&search(app, &ana, "chairs status:mine").await.notes), [""; 0]);
});

on_both!(an_edited_note_is_found_by_its_new_words_and_a_deleted_one_is_not, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, "Maria", MARIA, "wamid.1", "hello").await;
    let (id, note) = notes_down(app, &ana, "Maria", "Likes marmalade").await;
    let conversations = &app.services.conversations;
    conversations.edit_note(&ana, &id, &note, "Likes honey").await.expect("edits");
    assert_eq!(found(app, &ana, "marmalade").await, []);
    assert_eq!(found(app, &ana, "honey").await, [(ana.name().to_owned(), "Likes honey".to_owned())]);
    conversations.delete_note(&ana, &id, &note).await.expect("deletes");
    assert_eq!(found(app, &ana, "honey").await, []);
    // given one that is erased with its customer, then the index has nothing of it
    notes_down(app, &ana, "Maria", "Her secret recipe").await;
    assert_eq!(found(app, &ana, "recipe").await.len(), 1);
    app.erase("notes").await;
    assert_eq!(found(app, &ana, "recipe").await, []);
    assert_eq!(found(app, &ana, "in:notes recipe").await, []);
    app.settle().await;
});

on_both!(a_note_is_found_by_no_other_tenant, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, "Maria", MARIA, "wamid.1", "hello").await;
    let (id, _) = notes_down(app, &ana, "Maria", "Zebrafish fan").await;
    let (other, _) = app.other_tenant().await;
    let (eve, _) = app.person(&other, "Eve", Role::Admin).await;
    for typed in ["zebrafish", "in:notes zebrafish", "in:notes"] {
        assert_eq!(found(app, &eve, typed).await, [], "{typed}");
    }
    let refused = app.services.live.search_thread(&eve, &id, "zebrafish").await;
    assert!(matches!(refused, Err(LiveError::NotFound)), "{refused:?}");
    only_the_owner_has_candidates(app, &other, DocumentKind::Note).await;
});

on_both!(notes_follow_their_customer_in_a_merge, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, "Maria New", MARIA, "wamid.1", "hello").await;
    // given a second record of her, known by her user id alone, with a note
    let by_user = |wamid: &str, contact: Value| {
        let message = json!({"type": "text", "text": {"body": "hello"}, "from_user_id": "DE.9", "id": wamid,
            "timestamp": (app.now().0 / 1_000).to_string()});
        meta::envelope(json!({"contacts": [contact], "messages": [message]}))
    };
    app.turn(Span::seconds(1));
    let body = by_user("wamid.2", json!({"profile": {"name": "Second Record"}, "user_id": "DE.9"}));
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
    notes_down(app, &ana, "Second Record", "Zebrafish fan").await;
    assert_eq!(names(&search(app, &ana, "zebrafish").await.notes), ["Second Record"]);
    // when both turn out to be one person
    app.turn(Span::seconds(1));
    let mut body = by_user("wamid.3", json!({"profile": {"name": "Maria New"}, "user_id": "DE.9", "wa_id": MARIA}));
    body["entry"][0]["changes"][0]["value"]["messages"][0]["from"] = json!(MARIA);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
    // then the note is found under the name of now
    assert_eq!(names(&search(app, &ana, "zebrafish").await.notes), ["Maria New"]);
    assert_eq!(excerpts(app, &ana, "zebrafish").await, [""; 0], "it is no message");
});

on_both!(notes_that_were_written_before_are_added_by_the_job, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, "Maria", MARIA, "wamid.1", "the blue lamp").await;
    notes_down(app, &ana, "Maria", "Zebrafish fan").await;
    let (id, gone) = notes_down(app, &ana, "Maria", "Zebrafish foe").await;
    app.services.conversations.delete_note(&ana, &id, &gone).await.expect("deletes");
    // given notes that are not in the index, and the job of the upgrade
    app.run("DELETE FROM search_documents WHERE kind = 'note'").await;
    app.run(
        "INSERT INTO jobs (id, tenant_id, kind, key, payload, due_at, attempts, created_at)
         VALUES ('job_search_notes', '', 'index', 'all', '{\"stage\":\"notes\",\"before\":null}', 0, 0, 0)",
    )
    .await;
    assert_eq!(found(app, &ana, "zebrafish").await, []);
    assert_eq!(search(app, &ana, "lamp").await.indexing, None, "all messages are found meanwhile");
    // when it has run, then they are found, once
    for _ in 0..2 {
        while app.services.indexer.run_once().await.expect("adds") > 0 {}
        assert_eq!(found(app, &ana, "zebrafish").await, [(ana.name().to_owned(), "Zebrafish fan".to_owned())]);
    }
    app.settle().await;
});
