//! Files of saved replies: stored once, attached to what an agent writes, sent as uploaded ones, and kept as long as a reply, a
//! message or a composer has them.

use axum::body::{Body, to_bytes};
use handoff::{
    contract::saved_reply::ImportCounts,
    domain::{
        access::Role,
        ids::{ConversationId, SavedReplyId},
        saved_reply::{ReplyScope, SavedText},
        upload::WaitingFile,
    },
    server::{conversations::ConversationError, settings::SettingsError},
};
use http::StatusCode;
use serde_json::json;

use super::{
    super::saved_replies::{change, try_add},
    files::{PDF, PNG, ana_with, request, sends, stored, uploaded},
    *,
};

/// A file in the form of a saved reply.
async fn uploads(app: &TestApp, cookie: &str, name: &str, bytes: &'static [u8]) -> WaitingFile {
    let target = format!("/saved-replies/files?name={name}");
    let response = app.send(request(app, "POST", &target, cookie, Body::from(bytes))).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).expect("a file")
}

fn saved(name: &str, files: &[&WaitingFile]) -> SavedText {
    let files = files.iter().map(|file| (*file).clone()).collect();
    SavedText { name: name.to_owned(), text: "Here it is.".to_owned(), files, ..SavedText::default() }
}

async fn attach(
    app: &TestApp,
    agent: &Agent,
    id: &SavedReplyId,
    conversation: &ConversationId,
    press: &str,
) -> Result<Vec<WaitingFile>, ConversationError> {
    app.services.conversations.saved_reply_attach(agent, id, conversation, press).await
}

/// The names of a reply's files.
async fn listed(app: &TestApp, agent: &Agent, id: &SavedReplyId) -> Vec<String> {
    let read = app.services.settings.read_saved_replies(agent, None).await.expect("reads").expect("all of them");
    let found = read.replies.into_iter().find(|listed| listed.reply.id == *id).expect("the reply");
    found.reply.saved.files.into_iter().map(|file| file.name).collect()
}

async fn cleaned(app: &TestApp) -> usize {
    app.services.media.remove_all_stale().await.expect("removes");
    stored(app).len()
}

fn is_refused<T: std::fmt::Debug>(done: Result<T, SettingsError>) {
    let told = match &done {
        Err(SettingsError::Invalid(detail)) => detail.as_str(),
        Ok(_) | Err(_) => "",
    };
    assert!(told.contains("is no longer on the server"), "{done:?}");
}

on_both!(the_files_of_a_saved_reply_go_out_with_it_and_are_uploaded_once, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let before = luca.sent().len();
    // given a reply with two files, in another order than they were uploaded
    let menu = uploads(app, &cookie, "menu.pdf", PDF).await;
    let shop = uploads(app, &cookie, "shop.png", PNG).await;
    let id = try_add(app, &luca.agent, saved("Shop", &[&shop, &menu])).await.expect("a reply");
    assert_eq!(listed(app, &luca.agent, &id).await, ["shop.png", "menu.pdf"]);
    assert_eq!(app.thread(&luca.agent, &luca.id).await.waiting_files, [], "nothing is attached by itself");
    // when it is inserted twice, and sent
    for press in ["one", "two"] {
        let attached = attach(app, &luca.agent, &id, &luca.id, press).await.expect("attaches");
        let waiting = app.thread(&luca.agent, &luca.id).await.waiting_files;
        assert_eq!(waiting, attached, "they wait on every device");
        let names: Vec<_> = attached.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["shop.png", "menu.pdf"]);
        for (file, caption) in attached.iter().zip(["Here it is.", ""]) {
            sends(&luca, &file.id, caption).await.expect("is taken");
        }
        app.settle().await;
    }
    // then Meta has each file once, and the messages name them by its ids
    assert_eq!(stored(app).len(), 2, "{:?}", stored(app));
    let bodies: Vec<_> = luca.sent().into_iter().skip(before).map(|sent| sent.body).collect();
    assert_eq!(bodies.len(), 4, "{bodies:#?}");
    assert_eq!(bodies[0]["image"]["caption"], json!("Here it is."));
    assert_eq!(bodies[1]["document"]["filename"], json!("menu.pdf"));
    assert_eq!((&bodies[0]["image"], &bodies[1]["document"]), (&bodies[2]["image"], &bodies[3]["document"]));
    // and the thread shows them as any file
    let ours: Vec<_> = luca.messages().await.into_iter().filter(|message| message.file.is_some()).collect();
    assert!(ours.iter().all(|message| message.delivery == Some(Delivery::Delivered)), "{ours:#?}");
});

on_both!(a_repeated_insertion_attaches_nothing_twice, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let (ben, _) = app.agent("Ben").await;
    let waiting = async || app.thread(&luca.agent, &luca.id).await.waiting_files;
    let menu = uploads(app, &cookie, "menu.pdf", PDF).await;
    let shop = uploads(app, &cookie, "shop.png", PNG).await;
    let id = try_add(app, &luca.agent, saved("Shop", &[&menu, &shop])).await.expect("a reply");
    let other = try_add(app, &luca.agent, saved("Again", &[])).await.expect("a reply");
    let pressed = async |press: &str| attach(app, &luca.agent, &id, &luca.id, press).await;
    // given a press whose answer was lost, and the same one at the same time
    let (first, second) = tokio::join!(pressed("one"), pressed("one"));
    let first = first.expect("attaches");
    assert_eq!((first.len(), second.expect("is known")), (2, first.clone()));
    assert_eq!(pressed("one").await.expect("is known"), first);
    assert_eq!(waiting().await, first);
    // when one of them was removed, and the other sent, then neither comes back
    let away = request(app, "DELETE", &format!("/media/{}", first[0].id), &cookie, Body::empty());
    assert_eq!(app.send(away).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(pressed("one").await.expect("is known"), first[1..]);
    sends(&luca, &first[1].id, "Look").await.expect("is taken");
    assert_eq!(pressed("one").await.expect("is known"), []);
    assert_eq!(waiting().await, []);
    // and another press, reply, conversation or agent is another one
    assert_eq!(pressed("two").await.expect("attaches").len(), 2);
    assert_eq!(attach(app, &luca.agent, &other, &luca.id, "two").await.expect("attaches"), []);
    change(app, &luca.agent, &id, 1, SavedText { scope: ReplyScope::Me, ..saved("Shop", &[&menu]) })
        .await
        .expect("changes");
    assert_eq!(pressed("three").await.expect("attaches").len(), 1);
    assert!(matches!(attach(app, &ben, &id, &luca.id, "two").await, Err(ConversationError::NotFound)));
    // and a page that names no press is told so
    let refused = pressed("").await.expect_err("is refused");
    assert!(matches!(&refused, ConversationError::Invalid(detail) if detail.contains("Reload it")), "{refused:?}");
    app.settle().await;
});

on_both!(a_file_stays_as_long_as_a_reply_a_composer_or_a_message_has_it, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let settings = &app.services.settings;
    let remove = async |id: &SavedReplyId| {
        settings.saved_reply_remove(&luca.agent, luca.agent.initiator(None), id).await.expect("removes");
    };
    // given a reply with a picture and a menu, of which the picture was sent and the menu waits in the composer
    let shop = uploads(app, &cookie, "shop.png", PNG).await;
    let menu = uploads(app, &cookie, "menu.pdf", PDF).await;
    let id = try_add(app, &luca.agent, saved("Shop", &[&shop, &menu])).await.expect("a reply");
    let attached = attach(app, &luca.agent, &id, &luca.id, "one").await.expect("attaches");
    sends(&luca, &attached[0].id, "Look").await.expect("is taken");
    app.settle().await;
    // when the reply gives up the picture, and is removed
    change(app, &luca.agent, &id, 1, saved("Shop", &[&menu])).await.expect("changes");
    assert_eq!(listed(app, &luca.agent, &id).await, ["menu.pdf"]);
    assert_eq!(cleaned(app).await, 2, "the message has the picture");
    remove(&id).await;
    assert_eq!(cleaned(app).await, 2, "the composer has the menu");
    let served = app.send(request(app, "GET", &format!("/media/{}", attached[0].id), &cookie, Body::empty())).await;
    assert_eq!(&to_bytes(served.into_body(), 1 << 20).await.expect("a body")[..], PNG);
    // then the menu goes with the composer's row, and the picture stays with its message
    let away = request(app, "DELETE", &format!("/media/{}", attached[1].id), &cookie, Body::empty());
    assert_eq!(app.send(away).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(stored(app).len(), 1);
    // given a reply that nobody used, then its file goes with it, as what was uploaded and never saved
    let menu = uploads(app, &cookie, "menu.pdf", PDF).await;
    let id = try_add(app, &luca.agent, saved("Menu", &[&menu])).await.expect("a reply");
    // A reply's file is not removed as one that waits.
    let away = request(app, "DELETE", &format!("/media/{}", menu.id), &cookie, Body::empty());
    assert_eq!(app.send(away).await.status(), StatusCode::NOT_FOUND);
    app.turn(Span::days(6));
    assert_eq!(cleaned(app).await, 2);
    remove(&id).await;
    assert_eq!(cleaned(app).await, 1);
    app.settle().await;
});

on_both!(a_file_that_was_not_saved_is_removed_after_a_week, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let kept = uploads(app, &cookie, "menu.pdf", PDF).await;
    uploads(app, &cookie, "shop.png", PNG).await;
    let id = try_add(app, &luca.agent, saved("Menu", &[&kept])).await.expect("a reply");
    assert_eq!(cleaned(app).await, 2);
    app.turn(Span::days(8));
    assert_eq!(cleaned(app).await, 1, "a reply keeps its file for as long as it is there");
    assert_eq!(attach(app, &luca.agent, &id, &luca.id, "one").await.expect("attaches").len(), 1);
    app.settle().await;
});

on_both!(nobody_saves_or_attaches_a_file_of_others, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let (ben, of_ben) = app.agent("Ben").await;
    let (other, _) = app.other_tenant().await;
    let (stranger, of_stranger) = app.person(&other, "Stan", Role::Admin).await;
    let anas = uploads(app, &cookie, "menu.pdf", PDF).await;
    // given what Ana uploaded for a reply, what she attached in a conversation, and what a reply of hers has
    let attached = uploaded(&luca, &cookie, "shop.png", PNG).await;
    let held = uploads(app, &cookie, "held.pdf", PDF).await;
    let id = try_add(app, &luca.agent, saved("Own", &[&held])).await.expect("a reply");
    // then neither a colleague nor another tenant saves one of them
    for thief in [&ben, &stranger] {
        for file in [&anas, &attached, &held] {
            is_refused(try_add(app, thief, saved("Taken", &[file])).await);
        }
    }
    // and nor does she, with another reply, those that are elsewhere
    is_refused(try_add(app, &luca.agent, saved("Again", &[&held])).await);
    is_refused(try_add(app, &luca.agent, saved("Again", &[&attached])).await);
    // and nobody else attaches hers, nor anybody one to a conversation of others
    let theirs = try_add(app, &stranger, SavedText { scope: ReplyScope::Everyone, ..saved("Theirs", &[]) }).await;
    let theirs = theirs.expect("a reply");
    for (who, reply) in [(&ben, &id), (&stranger, &id), (&stranger, &theirs)] {
        let outside = attach(app, who, reply, &luca.id, "one").await;
        assert!(matches!(outside, Err(ConversationError::NotFound)), "{outside:?}");
    }
    // and a file of the same content in the other tenant is another one
    uploads(app, &of_stranger, "menu.pdf", PDF).await;
    assert_eq!(stored(app).len(), 3);
    // given one for everyone, then a colleague attaches it to their own reply
    let lead = app.person(&app.tenant, "Lena", Role::Lead).await;
    let shared = uploads(app, &lead.1, "hours.pdf", PDF).await;
    let shared = SavedText { scope: ReplyScope::Everyone, ..saved("Hours", &[&shared]) };
    let shared = try_add(app, &lead.0, shared).await.expect("a reply");
    let for_ben = attach(app, &ben, &shared, &luca.id, "one").await.expect("attaches");
    assert_eq!(app.thread(&ben, &luca.id).await.waiting_files, for_ben);
    assert_eq!(app.thread(&luca.agent, &luca.id).await.waiting_files, [attached]);
    let away = request(app, "DELETE", &format!("/media/{}", for_ben[0].id), &of_ben, Body::empty());
    assert_eq!(app.send(away).await.status(), StatusCode::NO_CONTENT);
    app.settle().await;
});

on_both!(an_export_names_files_and_an_import_says_that_they_do_not_come, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let settings = &app.services.settings;
    let menu = uploads(app, &cookie, "menu.pdf", PDF).await;
    let id = try_add(app, &luca.agent, saved("Menu", &[&menu])).await.expect("a reply");
    let file = settings.saved_replies_export(&luca.agent).await.expect("exports");
    assert!(file.contains("menu.pdf"), "{file}");
    let import = async |agent: &Agent, file: &str| {
        settings.saved_replies_import(agent, agent.initiator(None), file).await.expect("imports")
    };
    // given her own file, then the reply keeps what it has, and so it does when its text changes
    assert_eq!(import(&luca.agent, &file).await, ImportCounts { unchanged: 1, ..ImportCounts::default() });
    let edited = file.replace("Here it is.", "There it is.");
    assert_eq!(import(&luca.agent, &edited).await, ImportCounts { changed: 1, ..ImportCounts::default() });
    assert_eq!(listed(app, &luca.agent, &id).await, ["menu.pdf"]);
    // given a colleague's import, then the answer says that the file did not come
    let (ben, _) = app.agent("Ben").await;
    assert_eq!(import(&ben, &file).await, ImportCounts { added: 1, without_files: 1, ..ImportCounts::default() });
    app.settle().await;
});
