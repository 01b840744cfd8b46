//! Search: who and what is found, by whom, and how the index follows edits, deletions, merges and erasures. Notes are in
//! `search/notes.rs`.

mod index;
mod notes;

use handoff::{
    contract::search::{SearchHit, SearchPage},
    domain::{
        desk::{Filter, Status},
        ids::TenantId,
        search::MarkedPart,
        time::Span,
    },
    server::{
        accounts::Agent,
        live::LiveError,
        store::search::{self as documents, DocumentKind, Scan},
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{NUMBER, TestApp, on_both},
    meta,
};

const MARIA: &str = "491512345678";
const TAXI: &str = "491709999999";

/// A customer with this name writes.
async fn says(app: &TestApp, name: &str, phone: &str, wamid: &str, words: &str) {
    writes(app, name, phone, wamid, json!({"type": "text", "text": {"body": words}})).await;
}

async fn writes(app: &TestApp, name: &str, phone: &str, wamid: &str, item: Value) {
    app.turn(Span::seconds(1));
    let body = meta::message(phone, wamid, app.now(), item).to_string().replace("Maria Costa", name);
    assert_eq!(app.webhook_raw(body.into_bytes()).await, StatusCode::OK);
    app.settle().await;
}

async fn page(app: &TestApp, agent: &Agent, filter: Filter) -> SearchPage {
    app.services.live.search(agent, &filter, None, Some("UTC")).await.expect("results")
}

async fn search(app: &TestApp, agent: &Agent, typed: &str) -> SearchPage {
    page(app, agent, Filter { search: Some(typed.to_owned()), ..Filter::default() }).await
}

fn names(hits: &[SearchHit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.row.name.as_str()).collect()
}

/// No document of the first tenant is a candidate for the other one, and its only one for `zebra` is its own.
async fn only_the_owner_has_candidates(app: &TestApp, other: &TenantId, kind: DocumentKind) {
    let query = handoff::domain::search::parse("zebra", jiff::civil::date(2026, 11, 28)).expect("a query");
    let scan = Scan { kind, query: &query, from: None, to: None, after: None };
    let mut tx = app.services.db.begin_read().await.expect("a view");
    assert!(documents::indexed(&mut tx, other, scan, 10).await.expect("reads").found.is_empty());
    assert_eq!(documents::indexed(&mut tx, &app.tenant, scan, 10).await.expect("reads").found.len(), 1);
}

/// The customers whom a search finds by name or number.
async fn customers(app: &TestApp, agent: &Agent, typed: &str) -> Vec<String> {
    names(&search(app, agent, typed).await.customers).into_iter().map(str::to_owned).collect()
}

/// The excerpts of the messages that a search finds, newest first.
async fn excerpts(app: &TestApp, agent: &Agent, typed: &str) -> Vec<String> {
    let found = search(app, agent, typed).await.messages;
    found.into_iter().filter_map(|hit| hit.message).map(|message| message.excerpt.text).collect()
}

on_both!(a_customer_is_found_by_name_and_number_however_they_are_typed, async |app| {
    // given two customers
    let (ana, _) = app.agent("Ana").await;
    says(app, "Silva Maria Test", MARIA, "wamid.1", "hello").await;
    says(app, "24/7 Taxi", TAXI, "wamid.2", "for Jürgen Mueller").await;
    // then each way to write them finds the one, and nobody else
    for typed in [
        "0151 2345678",
        "0151/2345678",
        "0049 151 2345678",
        "+49 (0)151 2345678",
        "tel:+491512345678",
        "Maria Silva",
        "sil mar",
        "٠١٥١ ٢٣٤٥٦٧٨",
    ] {
        assert_eq!(customers(app, &ana, typed).await, ["Silva Maria Test"], "{typed}");
    }
    for typed in ["24/7", "24 7", "taxi 9999"] {
        assert_eq!(customers(app, &ana, typed).await, ["24/7 Taxi"], "{typed}");
    }
    for typed in ["juergen", "Müller", "juergen müller"] {
        assert_eq!(excerpts(app, &ana, typed).await, ["for Jürgen Mueller"], "{typed}");
    }
    // and the hits are marked where they stand
    let found = search(app, &ana, "maria 5678").await.customers;
    assert!(found[0].name.parts().contains(&MarkedPart::Hit("Maria")), "{:?}", found[0].name);
    let phone = found[0].phone.as_ref().expect("the number is found");
    assert!(phone.parts().contains(&MarkedPart::Hit("5678")), "{phone:?}");
});

on_both!(the_spellings_of_one_number_find_its_customer, async |app| {
    let (ana, _) = app.agent("Ana").await;
    for (nth, (phone, spellings)) in [
        ("5511987654321", ["+55 11 98765-4321", "551187654321", "(011) 8765-4321"]),
        ("525512345678", ["+52 1 55 1234 5678", "044 55 1234 5678", "55 1234 5678"]),
        ("5491187654322", ["+54 11 8765-4322", "011 15 8765-4322", "+54 9 11 8765 4322"]),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("Person {nth}");
        says(app, &name, phone, &format!("wamid.{nth}"), "hello").await;
        for typed in spellings {
            assert_eq!(customers(app, &ana, typed).await, std::slice::from_ref(&name), "{typed}");
        }
    }
});

on_both!(what_cannot_be_searched_finds_nobody_and_says_why, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, "🌸 Rosa", MARIA, "wamid.1", "hello 🌸").await;
    for (typed, words) in [
        ("🌸", "no letters or digits"),
        ("%", "no letters or digits"),
        ("_", "no letters or digits"),
        ("(", "no letters or digits"),
        ("\u{200e}", "no letters or digits"),
        ("status:nonsense", "“nonsense” is not a status"),
        ("agent:nobody", "No agent is called “nobody”"),
        ("number:nowhere", "No number is called “nowhere”"),
        ("before:soon", "is not a date"),
    ] {
        let found = search(app, &ana, typed).await;
        let refused = found.refused.unwrap_or_else(|| panic!("{typed} was searched"));
        assert!(refused.contains(words), "{typed}: {refused}");
        assert!(found.customers.is_empty() && found.messages.is_empty(), "{typed}");
    }
    assert_eq!(customers(app, &ana, "🌸 rosa").await, ["🌸 Rosa"]);
});

on_both!(messages_are_found_newest_first_with_the_hit_marked, async |app| {
    // given three conversations
    let (ana, _) = app.agent("Ana").await;
    says(app, "Omar", "4915500001", "wamid.1", "Where is my Rückerstattung?").await;
    says(app, "Lena", "4915500002", "wamid.2", "東京都に住んでいます").await;
    says(app, "Zoë", "4915500003", "wamid.3", "ruckerstattung please, order 4711").await;
    says(app, "Omar", "4915500001", "wamid.4", "the RÜCKERSTATTUNG again").await;
    // then a word finds each conversation once, by its newest message
    let found = search(app, &ana, "rückerst").await;
    assert_eq!(names(&found.messages), ["Omar", "Zoë"]);
    let excerpt = &found.messages[0].message.as_ref().expect("a message").excerpt;
    assert_eq!(
        excerpt.parts(),
        [MarkedPart::Other("the "), MarkedPart::Hit("RÜCKERST"), MarkedPart::Other("ATTUNG again"),]
    );
    // and words in any order, parts of scripts without spaces, and figures
    assert_eq!(excerpts(app, &ana, "4711 please").await, ["ruckerstattung please, order 4711"]);
    assert_eq!(excerpts(app, &ana, "京都").await, ["東京都に住んでいます"]);
    assert_eq!(excerpts(app, &ana, "都京").await, [""; 0]);
    // and the open conversation knows all its hits
    let id = &found.messages[0].row.id;
    let hits = app.services.live.search_thread(&ana, id, "rückerst").await.expect("hits");
    let hits: Vec<_> = hits.into_iter().map(|hit| hit.hits).collect();
    assert_eq!(hits, [["RÜCKERST"], ["Rückerst"]]);
});

on_both!(operators_and_filters_narrow_a_search, async |app| {
    // given a conversation of Ana's, one that is closed, and one with the bot
    app.keyword("agent").await;
    let ((ana, _), (ben, _)) = (app.agent("Ana").await, app.agent("Ben").await);
    for (nth, name) in ["Mine", "Done", "Talks"].into_iter().enumerate() {
        let words = if name == "Talks" { "parcel" } else { "parcel agent" };
        says(app, name, &format!("491550000{nth}"), &format!("wamid.{nth}"), words).await;
    }
    let conversations = &app.services.conversations;
    for row in app.rows(&ana).await.into_iter().filter(|row| row.name != "Talks") {
        conversations.claim(&ana, &row.id).await.expect("claims");
        if row.name == "Done" {
            conversations.close(&ana, &row.id, row.last_turn).await.expect("closes");
        }
    }
    app.settle().await;
    // then each operator leaves its own
    for (typed, expected) in [
        ("parcel", vec!["Talks", "Done", "Mine"]),
        ("parcel agent:me", vec!["Done", "Mine"]),
        ("parcel agent:Ana", vec!["Done", "Mine"]),
        ("parcel agent:ben", vec![]),
        ("parcel status:closed", vec!["Done"]),
        ("parcel status:mine", vec!["Mine"]),
        ("parcel status:bot", vec!["Talks"]),
        ("parcel number:acme", vec!["Talks", "Done", "Mine"]),
        ("parcel before:2000-01-01", vec![]),
        ("parcel after:2000-01-01", vec!["Talks", "Done", "Mine"]),
        ("status:closed", vec!["Done"]),
    ] {
        assert_eq!(names(&search(app, &ana, typed).await.messages), expected, "{typed}");
    }
    // and so does the filter of the list; "mine" is the viewer's
    let filter = Filter { search: Some("parcel".into()), status: Some(Status::Mine), ..Filter::default() };
    assert_eq!(names(&page(app, &ana, filter.clone()).await.messages), ["Mine"]);
    assert_eq!(names(&page(app, &ben, filter).await.messages), [""; 0]);
});

on_both!(nobody_finds_what_another_tenant_has, async |app| {
    // given a message and a customer of the first tenant
    let (ana, _) = app.agent("Ana").await;
    says(app, "Zebra Person", MARIA, "wamid.1", "zebrafish").await;
    let (other, _) = app.other_tenant().await;
    let (eve, _) = app.person(&other, "Eve", handoff::domain::access::Role::Agent).await;
    // then only its own agents find them
    for typed in ["zebrafish", "zebra", "0151 2345678", "status:bot"] {
        let found = search(app, &eve, typed).await;
        assert_eq!((names(&found.customers).len(), names(&found.messages).len()), (0, 0), "{typed}");
    }
    let found = search(app, &ana, "zebra").await;
    assert_eq!((names(&found.customers), names(&found.messages).len()), (vec!["Zebra Person"], 1));
    // and the hits of its thread are not found by others
    let open = found.messages[0].row.id.clone();
    let refused = app.services.live.search_thread(&eve, &open, "zebrafish").await;
    assert!(matches!(refused, Err(LiveError::NotFound)), "{refused:?}");
    only_the_owner_has_candidates(app, &other, DocumentKind::Message).await;
});

on_both!(an_edit_replaces_what_is_found_and_a_deletion_removes_it, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, "Maria", MARIA, "wamid.1", "the blue lamp").await;
    says(app, "Maria", MARIA, "wamid.2", "the green lamp").await;
    // when the first is edited
    let edit = json!({"type": "edit", "edit": {"original_message_id": "wamid.1",
        "message": {"type": "text", "text": {"body": "the red chair"}}}});
    writes(app, "Maria", MARIA, "wamid.3", edit).await;
    // then the new text is found, and the old one is not
    assert_eq!(excerpts(app, &ana, "blue").await, [""; 0]);
    assert_eq!(excerpts(app, &ana, "chair").await, ["the red chair"]);
    // and when it is deleted, it is found no more
    let revoke = json!({"type": "revoke", "revoke": {"original_message_id": "wamid.1"}});
    writes(app, "Maria", MARIA, "wamid.4", revoke).await;
    assert_eq!(excerpts(app, &ana, "chair").await, [""; 0]);
    assert_eq!(excerpts(app, &ana, "lamp").await, ["the green lamp"]);
    // and an edit of a deleted one is not found either
    let edit = json!({"type": "edit", "edit": {"original_message_id": "wamid.1",
        "message": {"type": "text", "text": {"body": "the yellow desk"}}}});
    writes(app, "Maria", MARIA, "wamid.5", edit).await;
    assert_eq!(excerpts(app, &ana, "yellow").await, [""; 0]);
});

on_both!(a_renamed_or_merged_customer_is_found_as_they_are_now, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, "Maria Old", MARIA, "wamid.1", "hello").await;
    says(app, "Maria New", MARIA, "wamid.2", "hello").await;
    assert_eq!(customers(app, &ana, "old").await, [""; 0]);
    assert_eq!(customers(app, &ana, "new").await, ["Maria New"]);
    // given a second record of her, known by her user id alone
    let by_user = |wamid: &str, contact: Value| {
        let message = json!({"type": "text", "text": {"body": "saffron"}, "from_user_id": "DE.9", "id": wamid,
            "timestamp": (app.now().0 / 1_000).to_string()});
        meta::envelope(json!({"contacts": [contact], "messages": [message]}))
    };
    app.turn(Span::seconds(1));
    let body = by_user("wamid.3", json!({"profile": {"name": "Second Record"}, "user_id": "DE.9"}));
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(customers(app, &ana, "record").await, ["Second Record"]);
    // when both turn out to be one person
    app.turn(Span::seconds(1));
    let mut body = by_user("wamid.4", json!({"profile": {"name": "Maria New"}, "user_id": "DE.9", "wa_id": MARIA}));
    body["entry"][0]["changes"][0]["value"]["messages"][0]["from"] = json!(MARIA);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
    // then the merged record is found by name and number, with all its messages, and the other one is not
    assert_eq!(customers(app, &ana, "record").await, [""; 0]);
    let found = search(app, &ana, "0151 2345678").await.customers;
    assert!(names(&found).iter().all(|name| *name == "Maria New") && !found.is_empty(), "{:?}", names(&found));
    let found = search(app, &ana, "saffron").await.messages;
    assert!(names(&found).iter().all(|name| *name == "Maria New") && !found.is_empty(), "{:?}", names(&found));
});

on_both!(customers_without_a_number_are_shown_with_their_own_usernames, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // given two customers of whom WhatsApp tells only the username
    for (nth, (name, username)) in [("Lena", "zoo.one"), ("Omar", "zoo.two")].into_iter().enumerate() {
        app.turn(Span::seconds(1));
        let user = format!("DE.{nth}");
        let contact = json!({"profile": {"name": name, "username": username}, "user_id": user});
        let message = json!({"type": "text", "text": {"body": "hello"}, "from_user_id": user,
            "id": format!("wamid.{nth}"), "timestamp": (app.now().0 / 1_000).to_string()});
        let body = meta::envelope(json!({"contacts": [contact], "messages": [message]}));
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        app.settle().await;
    }
    // then each is found with the own one
    let found = search(app, &ana, "zoo").await.customers;
    let shown = found.iter().map(|hit| (hit.row.name.as_str(), hit.phone.as_ref().map(|phone| phone.text.as_str())));
    assert_eq!(shown.collect::<Vec<_>>(), [("Omar", Some("@zoo.two")), ("Lena", Some("@zoo.one"))]);
});

on_both!(what_is_erased_is_not_found, async |app| {
    let (ana, _) = app.agent("Ana").await;
    says(app, "Maria", MARIA, "wamid.1", "my secret recipe").await;
    assert_eq!(excerpts(app, &ana, "recipe").await.len(), 1);
    // when the message is erased
    app.erase("messages").await;
    // then neither the results nor the index have it
    assert_eq!(excerpts(app, &ana, "recipe").await, [""; 0]);
    let query = handoff::domain::search::parse("recipe", jiff::civil::date(2026, 11, 28)).expect("a query");
    let scan = Scan { kind: DocumentKind::Message, query: &query, from: None, to: None, after: None };
    let mut tx = app.services.db.begin_read().await.expect("a view");
    assert!(documents::indexed(&mut tx, &app.tenant, scan, 10).await.expect("reads").found.is_empty());
});

/// A body with messages of several customers.
fn burst(phones: &[String], at: handoff::domain::time::Timestamp, words: impl Fn(usize) -> String) -> Value {
    let contacts: Vec<Value> = phones.iter().map(|phone| meta::contact(phone)).collect();
    let messages: Vec<Value> = phones
        .iter()
        .enumerate()
        .map(|(nth, phone)| {
            let body = meta::text(phone, &format!("wamid.{NUMBER}.{phone}"), at, &words(nth));
            body["entry"][0]["changes"][0]["value"]["messages"][0].clone()
        })
        .collect();
    meta::envelope(json!({"contacts": contacts, "messages": messages}))
}
