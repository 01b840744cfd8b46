//! Files of agents: uploaded to us, kept once, uploaded to Meta once, and sent in order; and what becomes of those that
//! are refused, cut off or not sent.

use std::path::Path;

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use futures::stream;
use handoff::{
    domain::{
        ids::MediaId,
        message::{Content, File, outgoing::FileKind, reply::ReplyKind},
        scheduled::SendChoice,
        upload::{MOST_WAITING, SendAs, WaitingFile},
    },
    server::{
        conversations::agent::NewReply,
        media::receive::NewUpload,
        simulator::{Effect, Fault, InboundContent},
        store::{
            media::UploadRow,
            outbox::{self, Resumption},
        },
    },
};
use http::{Request, StatusCode, header};
use serde_json::json;

use super::*;

pub(super) const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0 and the rest of a picture";
pub(super) const PDF: &[u8] = b"%PDF-1.7 and the rest of a menu";

/// Ana with the customer's conversation, and her cookie.
pub(super) async fn ana_with<'a>(app: &'a TestApp, customer: &str) -> (TestConversation<'a>, String) {
    app.keyword("agent").await;
    let (ana, cookie) = app.agent("Ana").await;
    (conversation(app, &ana, customer).await, cookie)
}

pub(super) fn request(app: &TestApp, method: &str, target: &str, cookie: &str, body: Body) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(target)
        .header(header::HOST, app.address.to_string())
        .header(header::ORIGIN, format!("http://{}", app.address))
        .header(header::COOKIE, cookie)
        .body(body)
        .expect("a request")
}

/// The status and the body of the answer to an upload.
async fn uploads(on: &TestConversation<'_>, cookie: &str, query: &str, body: Body) -> (StatusCode, Vec<u8>) {
    let target = format!("/uploads/{}?{query}", on.id);
    let response = on.app.send(request(on.app, "POST", &target, cookie, body)).await;
    let status = response.status();
    (status, to_bytes(response.into_body(), 1 << 20).await.expect("a body").to_vec())
}

pub(super) async fn uploaded(on: &TestConversation<'_>, cookie: &str, name: &str, bytes: &'static [u8]) -> WaitingFile {
    let (status, body) = uploads(on, cookie, &format!("name={name}"), Body::from(bytes)).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).expect("a file")
}

pub(super) async fn sends(on: &TestConversation<'_>, file: &MediaId, body: &str) -> Result<(), ConversationError> {
    let (client_id, kind) = (file.as_str(), ReplyKind::Text);
    let reply = NewReply { client_id, kind, body, quote: None, draft: None, file: Some(file) };
    on.app.services.conversations.send_reply(&on.agent, &on.id, reply).await
}

/// The files of agents in the store, with those that are being written.
pub(super) fn stored(app: &TestApp) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path.file_name().expect("a name").to_string_lossy().into_owned());
            }
        }
    }
    let mut found = Vec::new();
    walk(&app.config.data.join("media"), &mut found);
    found
}

on_both!(files_go_out_in_order_and_each_content_is_uploaded_once, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let before = luca.sent().len();
    // given a picture, a document, and the picture once more
    let picture = uploaded(&luca, &cookie, "..%2Fshop.png", PNG).await;
    let menu = uploaded(&luca, &cookie, "menu.pdf", PDF).await;
    let again = uploaded(&luca, &cookie, "copy.png", PNG).await;
    assert_eq!(picture.name, "shop.png", "no folders");
    assert_eq!(stored(app).len(), 2, "the same bytes are stored once: {:?}", stored(app));
    let waiting = app.thread(&luca.agent, &luca.id).await.waiting_files;
    assert_eq!(waiting, [picture.clone(), menu.clone(), again.clone()], "they wait in order, on every device");

    // when they are sent, the first one twice by a nervous page
    for (file, caption) in [(&picture, "Our shop"), (&picture, "Our shop"), (&menu, ""), (&again, "")] {
        sends(&luca, &file.id, caption).await.expect("is taken");
    }
    app.settle().await;

    // then Meta gets them in order, by the ids that it gave them
    let bodies: Vec<_> = luca.sent().into_iter().skip(before).map(|sent| sent.body).collect();
    let remote: Vec<_> = bodies.iter().map(|body| body[body["type"].as_str().expect("a type")]["id"].clone()).collect();
    assert_eq!(bodies.len(), 3, "{bodies:#?}");
    assert_eq!(bodies[0]["image"], json!({"id": remote[0], "caption": "Our shop"}));
    assert_eq!(bodies[1]["document"], json!({"id": remote[1], "filename": "menu.pdf"}));
    assert_eq!(bodies[2]["image"], json!({"id": remote[0]}), "the same bytes have the same id");
    // and the thread shows them as it shows those of customers
    let ours: Vec<_> = luca.messages().await.into_iter().filter(|message| message.file.is_some()).collect();
    assert!(ours.iter().all(|message| message.delivery == Some(Delivery::Delivered)), "{ours:#?}");
    let shown =
        File::Kept { url: format!("/media/{}", menu.id), mime: "application/pdf".to_owned(), size: menu.size as i64 };
    assert_eq!(ours[1].file, Some(shown));
    assert!(matches!(&ours[1].content, Content::Document { filename: Some(name), .. } if name == "menu.pdf"));
    assert_eq!(app.thread(&luca.agent, &luca.id).await.waiting_files, []);
    let served = app.send(request(app, "GET", &format!("/media/{}", again.id), &cookie, Body::empty())).await;
    assert_eq!(served.headers()["content-security-policy"], "sandbox; default-src 'none'");
    assert_eq!(&to_bytes(served.into_body(), 1 << 20).await.expect("a body")[..], PNG);
    // and after 29 days Meta's id is not used any more
    let conversations = &app.services.conversations;
    let known = conversations.upload_to_send(&app.tenant, &app.channel, &again.id).await.expect("reads");
    assert!(known.expect("a file").1.is_some());
    app.turn(Span::hours(29 * 24 + 1));
    let known = conversations.upload_to_send(&app.tenant, &app.channel, &again.id).await.expect("reads");
    assert_eq!(known.expect("a file").1, None);
    app.settle().await;
});

on_both!(a_file_waits_with_its_message_and_comes_back_or_goes_out_with_it, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let before = luca.sent().len();
    let conversations = &app.services.conversations;
    let picture = uploaded(&luca, &cookie, "shop.png", PNG).await;
    let waiting_files = async || app.thread(&luca.agent, &luca.id).await.waiting_files;
    let schedules = async |client_id: &str, file: &MediaId, in_hours: i64| {
        let (kind, file) = (ReplyKind::Text, Some(file));
        let reply = NewReply { client_id, kind, body: "Our shop", quote: None, draft: None, file };
        let later = SendChoice::At(app.now().plus(Span::hours(in_hours)));
        conversations.schedule_reply(&luca.agent, &luca.id, reply, later).await
    };
    // given a file with a message for later, then it waits for nothing else
    let message = schedules("one", &picture.id, 1).await.expect("is allowed").expect("waits");
    assert_eq!((message.file.as_deref(), waiting_files().await), (Some("shop.png"), vec![]));
    assert!(matches!(schedules("two", &picture.id, 1).await, Err(ConversationError::Invalid(_))), "it is held");
    // when the message is taken back, then the file waits again
    conversations.cancel_scheduled(&luca.agent, &luca.id, &message.id).await.expect("takes it back");
    assert_eq!(waiting_files().await, std::slice::from_ref(&picture));
    // when it is sent at its time, then the picture goes out with its caption
    schedules("three", &picture.id, 1).await.expect("is allowed");
    app.turn(Span::hours(1));
    app.settle().await;
    let bodies: Vec<_> = luca.sent().into_iter().skip(before).map(|sent| sent.body).collect();
    assert_eq!((bodies.len(), &bodies[0]["image"]["caption"]), (1, &json!("Our shop")), "{bodies:#?}");
    let ours: Vec<_> = luca.messages().await.into_iter().filter(|message| message.file.is_some()).collect();
    assert!(matches!(&ours[..], [one] if matches!(one.file, Some(File::Kept { .. }))), "{ours:#?}");
    // given one that waited for longer than forgotten files are kept, then it is not forgotten when it is taken back
    let map = uploaded(&luca, &cookie, "map.png", PNG).await;
    let (body, file) = ("", Some(&map.id));
    let reply = NewReply { client_id: "four", kind: ReplyKind::Text, body, quote: None, draft: None, file };
    let later = SendChoice::At(app.now().plus(Span::days(8)));
    let message = conversations.schedule_reply(&luca.agent, &luca.id, reply, later).await.expect("is allowed");
    app.turn(Span::days(8));
    let id = message.expect("waits").id;
    conversations.cancel_scheduled(&luca.agent, &luca.id, &id).await.expect("takes it back");
    conversations.discard_stale_uploads(&app.tenant).await.expect("removes");
    assert_eq!(waiting_files().await, [map]);
});

on_both!(a_file_that_meta_refuses_fails_and_is_uploaded_anew_by_a_retry, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let picture = uploaded(&luca, &cookie, "shop.png", PNG).await;
    let before = luca.sent().len();
    app.meta.inject("media", Fault::once(Effect::Http { code: 131_053 }));

    sends(&luca, &picture.id, "Our shop").await.expect("is taken");
    app.settle().await;

    let failed = luca.messages().await.pop().expect("the picture");
    assert_eq!((failed.delivery, luca.sent().len()), (Some(Delivery::Failed), before));
    let fault = failed.fault.expect("a reason");
    assert!(fault.detail.contains("didn't accept the file"), "{}", fault.detail);
    app.services.conversations.retry(&luca.agent, &luca.id, &failed.id).await.expect("tries again");
    app.settle().await;
    assert_eq!(luca.messages().await.pop().expect("the picture").delivery, Some(Delivery::Delivered));
    assert_eq!(luca.sent().len(), before + 1);
});

on_both!(an_upload_to_meta_that_a_killed_worker_began_is_repeated, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let picture = uploaded(&luca, &cookie, "shop.png", PNG).await;
    sends(&luca, &picture.id, "").await.expect("is taken");
    // given a worker that is killed while it uploads the file
    let (now, lease, db) = (app.now(), app.services.jobs.lease(), &app.services.db);
    let mut tx = db.begin_write().await.expect("begins");
    let taken = outbox::take(&mut tx, &app.tenant, now, &lease, now.plus(Span::seconds(90)), 9).await.expect("takes");
    let [(row, _)] = taken.as_slice() else { panic!("one row") };
    assert!(outbox::hold(&mut tx, row, now.plus(Span::minutes(5))).await.expect("holds"));
    tx.commit().await.expect("commits");
    app.turn(Span::minutes(2));
    app.settle().await;
    let pictures = || luca.sent().into_iter().filter(|sent| sent.body["type"] == "image").count();
    assert_eq!(pictures(), 0, "nobody else takes the row meanwhile");

    app.turn(Span::minutes(4));
    app.settle().await;

    // then nothing was sent, so nobody has to decide
    let ours = luca.messages().await.into_iter().find(|message| message.file.is_some()).expect("the picture");
    assert_eq!(ours.delivery, Some(Delivery::Delivered));
    assert_eq!(pictures(), 1);
    // and a worker that was only slow does not send it again
    let mut tx = db.begin_write().await.expect("begins");
    assert!(!outbox::resume(&mut tx, row, app.now().plus(Span::minutes(5))).await.expect("asks"));
    tx.commit().await.expect("commits");
});

on_both!(an_upload_that_ends_with_its_worker_again_and_again_fails_its_message, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let before = luca.sent().len();
    let picture = uploaded(&luca, &cookie, "shop.png", PNG).await;
    sends(&luca, &picture.id, "Our shop").await.expect("is taken");
    // given workers that are killed while they upload the file, one after the other
    for _ in 0..16 {
        let (now, lease, db) = (app.now(), app.services.jobs.lease(), &app.services.db);
        let mut tx = db.begin_write().await.expect("begins");
        let until = now.plus(Span::seconds(90));
        let taken = outbox::take(&mut tx, &app.tenant, now, &lease, until, 9).await.expect("takes");
        let [(row, Resumption::Fresh)] = taken.as_slice() else { panic!("one row that was not sent") };
        assert!(outbox::hold(&mut tx, row, now.plus(Span::minutes(5))).await.expect("holds"));
        tx.commit().await.expect("commits");
        app.turn(Span::minutes(6));
    }
    // when the next one takes it, then it uploads nothing, and the message says why it failed
    app.settle().await;
    let failed = luca.messages().await.into_iter().find(|message| message.file.is_some()).expect("the picture");
    assert_eq!((failed.delivery, luca.sent().len()), (Some(Delivery::Failed), before));
    let fault = failed.fault.expect("a reason");
    assert!(fault.detail.contains("broke several times"), "{}", fault.detail);
    // and a retry begins anew
    app.services.conversations.retry(&luca.agent, &luca.id, &failed.id).await.expect("tries again");
    app.settle().await;
    assert_eq!(luca.sent().len(), before + 1);
});

on_both!(a_file_that_is_cut_off_or_refused_leaves_nothing_behind, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let broken = [Ok(Bytes::from_static(PNG)), Err(std::io::Error::other("the network is gone"))];
    let (status, _) = uploads(&luca, &cookie, "name=a.png", Body::from_stream(stream::iter(broken))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    for (query, bytes, words) in [
        ("name=a.png", b"".as_slice(), "empty (0 bytes)"),
        ("name=a.gif", b"GIF89a\x01\0\x01\0".as_slice(), "Send it as a document"),
        ("name=a.mp4", b"\0\0\0\x10ftypisom\0\0\0\0".as_slice(), "can't be read"),
    ] {
        let (status, body) = uploads(&luca, &cookie, query, Body::from(bytes)).await;
        let body = String::from_utf8_lossy(&body);
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains(words), "{status} {body}");
    }
    assert_eq!(stored(app), [] as [&str; 0]);
    assert_eq!(app.thread(&luca.agent, &luca.id).await.waiting_files, []);
    let (status, _) = uploads(&luca, &cookie, "name=a.gif&as=document", Body::from("GIF89a")).await;
    assert_eq!(status, StatusCode::OK, "the way out");
});

on_both!(files_that_arrive_at_the_same_time_do_not_pass_the_limit, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let menu = uploaded(&luca, &cookie, "menu.pdf", PDF).await;
    let conversations = &app.services.conversations;
    let (row, _) = conversations.upload_to_send(&app.tenant, &app.channel, &menu.id).await.expect("reads").expect("it");
    // given uploads that began when there was room
    for nth in 1..MOST_WAITING {
        let row = UploadRow { id: format!("med_{nth}").into(), ..row.clone() };
        conversations.keep_upload(&app.tenant, &row).await.expect("there is room");
    }
    let late = UploadRow { id: "med_late".into(), ..row };
    let full = words(conversations.keep_upload(&app.tenant, &late).await);
    assert!(full.contains("Send or remove some first"), "{full}");
    let (status, _) = uploads(&luca, &cookie, "name=a.pdf", Body::from(PDF)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stored(app).len(), 1, "the bytes of the others stay");
});

on_both!(a_file_waits_for_its_agent_alone_and_is_removed_with_its_bytes, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    let (ben, of_ben) = app.agent("Ben").await;
    let first = uploaded(&luca, &cookie, "a.png", PNG).await;
    let second = uploaded(&luca, &cookie, "b.png", PNG).await;
    let removes = async |cookie: &str, file: &WaitingFile| {
        app.send(request(app, "DELETE", &format!("/media/{}", file.id), cookie, Body::empty())).await.status()
    };
    assert_eq!(app.thread(&ben, &luca.id).await.waiting_files, []);
    assert_eq!(removes(&of_ben, &first).await, StatusCode::NOT_FOUND);
    let zero = app.send(request(app, "DELETE", "/media/%00", &cookie, Body::empty())).await;
    assert_eq!(zero.status(), StatusCode::NOT_FOUND, "PostgreSQL has no such text");
    // given two files of the same bytes, then these stay until both are removed
    assert_eq!(removes(&cookie, &first).await, StatusCode::NO_CONTENT);
    assert_eq!(stored(app).len(), 1);
    let gone = words(sends(&luca, &first.id, "Look").await);
    assert!(gone.contains("Attach it again"), "{gone}");
    assert_eq!(removes(&cookie, &second).await, StatusCode::NO_CONTENT);
    assert_eq!(stored(app), [] as [&str; 0]);
    // and what nobody sends for a week is removed
    uploaded(&luca, &cookie, "a.png", PNG).await;
    app.turn(Span::hours(7 * 24 + 1));
    // The session has ended.
    let (tenant, agent, name) = (&app.tenant, luca.agent.id(), "menu.pdf");
    let new = NewUpload { tenant, agent, conversation: Some(&luca.id), name, send_as: SendAs::Itself };
    let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(PDF))]);
    let menu = app.services.media.receive(new, pieces).await.expect("is kept");
    app.services.media.remove_all_stale().await.expect("removes");
    assert_eq!(app.thread(&luca.agent, &luca.id).await.waiting_files, [menu]);
    assert_eq!(stored(app).len(), 1);
    app.settle().await;
});

on_both!(a_recording_goes_out_as_a_voice_message_and_is_played, threads = 4, async |app| {
    let (luca, cookie) = ana_with(app, "c2").await;
    // given a note of the customer, which a browser that does not play Ogg gets as WebM: what browsers record
    app.meta.say("c2", InboundContent::Voice { media: None }.into()).expect("says");
    app.meta.settled().await;
    app.settle().await;
    let heard = luca.messages().await.into_iter().find(|message| message.file.is_some()).expect("a note");
    let Some(File::Kept { url, .. }) = heard.file else { panic!("kept: {heard:?}") };
    let served = app.send(request(app, "GET", &format!("{url}?as=webm"), &cookie, Body::empty())).await;
    assert_eq!(served.status(), StatusCode::OK);
    assert_eq!(served.headers()["content-type"], "audio/webm");
    let webm = to_bytes(served.into_body(), 1 << 20).await.expect("a body");
    let mut ranged = request(app, "GET", &format!("{url}?as=webm"), &cookie, Body::empty());
    ranged.headers_mut().insert(header::RANGE, "bytes=0-1".parse().expect("a range"));
    let part = app.send(ranged).await;
    assert_eq!(part.headers()["content-range"], format!("bytes 0-1/{}", webm.len()));

    // when an agent records it
    let (status, body) = uploads(&luca, &cookie, "as=voice&name=a.webm", Body::from(webm.clone())).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    let note: WaitingFile = serde_json::from_slice(&body).expect("a file");
    assert_eq!((note.kind, note.name.as_str()), (FileKind::Voice, "voice-message.ogg"));
    sends(&luca, &note.id, "").await.expect("is taken");
    app.settle().await;

    // then Meta, which takes one channel of Opus in Ogg only, has it as a voice message
    let sent = luca.sent().pop().expect("a request");
    assert_eq!((&sent.body["type"], &sent.body["audio"]["voice"]), (&json!("audio"), &json!(true)));
    let ours = luca.messages().await.pop().expect("the note");
    assert!(matches!(ours.content, Content::Audio { voice: true, .. }), "{ours:?}");
    assert_eq!(ours.delivery, Some(Delivery::Delivered));
    app.meta.played(&sent.wamid).expect("a message");
    app.meta.settled().await;
    app.settle().await;
    assert_eq!(luca.messages().await.pop().expect("the note").delivery, Some(Delivery::Played));
    // and what is no recording is refused with the way out
    for (bytes, words) in
        [(&webm[..webm.len() - 1], "Record it again"), (PDF, "Use another browser"), (b"".as_slice(), "empty")]
    {
        let (status, body) = uploads(&luca, &cookie, "as=voice", Body::from(bytes.to_vec())).await;
        let body = String::from_utf8_lossy(&body);
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains(words), "{status} {body}");
    }
});
