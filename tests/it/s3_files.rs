//! Files in a bucket of an S3-compatible service, with one by others (`server.rs`): received, served, in parts, removed, cut
//! off; and a bucket that cannot be used. What both places of files have in common is tested with a folder.

mod server;

use axum::{body::to_bytes, response::Response};
use bytes::Bytes;
use futures::{StreamExt, stream};
use handoff::{
    domain::{
        ids::{ConversationId, MediaId},
        time::Timestamp,
        upload::{SendAs, WaitingFile},
    },
    server::{
        accounts::Agent,
        clock::{Clock, Entropy},
        config::Config,
        file_store::{FileStore, Leftovers, S3Settings},
        gateway::Timeouts,
        media::receive::{NewUpload, UploadError},
        secret::Secret,
        services::Services,
    },
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use object_store::{ObjectStoreExt, path::Path};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use self::server::{PREFIX, keys, seen, settings};
use crate::{
    app::{TestApp, on_sqlite},
    meta,
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0 and the rest of a picture";
const MIB: usize = 1024 * 1024;
/// Long after every file of these tests was begun.
const MUCH_LATER: Timestamp = Timestamp(4_102_444_800_000);

/// A server on the same database that keeps its files in the bucket.
async fn keeping_in(app: &TestApp, s3: S3Settings) -> Services {
    let config = Config { s3: Some(s3), ..app.config.clone() };
    let clock = Clock::clone(&app.services.clock);
    Services::build(&config, clock, Entropy::seeded(9), Timeouts::default()).await.expect("another server")
}

/// A document of this size.
fn document(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7 ".to_vec();
    bytes.extend((0..size - bytes.len()).map(|at| (at % 251) as u8));
    bytes
}

/// A conversation of this agent.
async fn conversation_of(app: &TestApp, agent: &Agent) -> ConversationId {
    let row = app.waiting(agent).await;
    app.services.conversations.claim(agent, &row.id).await.expect("claims");
    app.settle().await;
    row.id
}

async fn served(services: &Services, app: &TestApp, id: &MediaId, range: Option<&'static str>) -> Response {
    let range = range.map(|range| (header::RANGE, HeaderValue::from_static(range)));
    let headers: HeaderMap = range.into_iter().collect();
    services.media.serve(&app.tenant, id, &headers).await
}

async fn bytes(response: Response) -> Vec<u8> {
    to_bytes(response.into_body(), 32 * MIB).await.expect("a body").to_vec()
}

on_sqlite!(a_customers_file_is_kept_in_the_bucket_and_served, threads = 4, async |app| {
    let services = keeping_in(app, settings("customers")).await;
    // given a picture at Meta
    let base = app.meta.base_url().expect("the simulator serves");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let uploading = client.post(format!("{base}/sim/upload")).header("content-type", "image/png").body(PNG);
    let remote: serde_json::Value = uploading.send().await.expect("answers").json().await.expect("JSON");
    let image = json!({"type": "image", "image": {"id": remote["media"], "mime_type": "image/png"}});
    let body = meta::message("4915550001", "wamid.picture", app.now(), image);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}

    assert_eq!(services.media.run_once().await.expect("downloads"), 1);

    let kept = keys("customers").await;
    let [key] = kept.as_slice() else { panic!("one file: {kept:?}") };
    let (folder, id) = key.rsplit_once('/').expect("a path");
    assert_eq!(folder, format!("{PREFIX}/{}", app.tenant));
    let id = MediaId::from(id);
    let whole = served(&services, app, &id, None).await;
    assert_eq!(whole.headers()[header::CONTENT_TYPE], "image/png");
    assert_eq!(whole.headers()[header::CONTENT_LENGTH], PNG.len().to_string());
    assert_eq!(bytes(whole).await, PNG);
    let part = served(&services, app, &id, Some("bytes=1-3")).await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()[header::CONTENT_RANGE], format!("bytes 1-3/{}", PNG.len()));
    assert_eq!(bytes(part).await, b"PNG");
    assert_eq!(served(&services, app, &id, Some("bytes=900-")).await.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    // and a file that the bucket has lost is not found
    seen("customers").delete(&Path::from(key.as_str())).await.expect("removes");
    assert_eq!(served(&services, app, &id, None).await.status(), StatusCode::NOT_FOUND);
    app.settle().await;
});

on_sqlite!(a_large_file_is_written_in_parts_kept_once_and_removed, threads = 4, async |app| {
    let services = keeping_in(app, settings("agents")).await;
    let (ana, _) = app.agent("Ana").await;
    let conversation = conversation_of(app, &ana).await;
    let content = document(16 * MIB);
    let receives = async |name: &str| -> WaitingFile {
        let pieces: Vec<_> =
            content.chunks(100_000).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
        let (tenant, agent, send_as) = (&app.tenant, ana.id(), SendAs::Itself);
        let new = NewUpload { tenant, agent, conversation: Some(&conversation), name, send_as };
        services.media.receive(new, stream::iter(pieces)).await.expect("is kept")
    };

    let menu = receives("menu.pdf").await;
    let copy = receives("copy.pdf").await;

    let digest = hex::encode(Sha256::digest(&content));
    assert_eq!(keys("agents").await, [format!("{PREFIX}/{}/sha256-{digest}", app.tenant)]);
    let whole = bytes(served(&services, app, &menu.id, None).await).await;
    assert!(whole == content, "{} bytes", whole.len());
    let end = bytes(served(&services, app, &copy.id, Some("bytes=-5")).await).await;
    assert_eq!(end, content[content.len() - 5..]);
    services.media.discard(&app.tenant, ana.id(), &menu.id).await.expect("is removed");
    assert_eq!(keys("agents").await.len(), 1, "the other one has the same bytes");
    services.media.discard(&app.tenant, ana.id(), &copy.id).await.expect("is removed");
    assert_eq!(keys("agents").await, [""; 0]);

    // and a file is not there before it is complete, and then in parts of 5 MiB
    let mut writer = FileStore::bucket(&settings("agents")).expect("opens").begin(Path::from("tnt_1/med_1"));
    for piece in content.chunks(700_000) {
        writer.write(piece).await.expect("writes");
    }
    assert_eq!(keys("agents").await, [""; 0]);
    writer.finish().await.expect("completes");
    let written = seen("agents").head(&Path::from("handoff/tnt_1/med_1")).await.expect("is there");
    assert_eq!(written.size, content.len() as u64);
    let tag = written.e_tag.expect("a tag");
    assert!(tag.trim_matches('"').ends_with("-4"), "S3 counts the parts in the tag: {tag}");
});

on_sqlite!(what_is_cut_off_leaves_nothing_in_the_bucket, threads = 4, async |app| {
    let services = keeping_in(app, settings("cut")).await;
    let files = FileStore::bucket(&settings("cut")).expect("opens");
    // At this time nothing is old.
    let unfinished = async || files.remove_leftovers(Timestamp(0)).await.expect("looks").recent;
    let (ana, _) = app.agent("Ana").await;
    let conversation = conversation_of(app, &ana).await;
    let (tenant, agent, name, send_as) = (&app.tenant, ana.id(), "menu.pdf", SendAs::Itself);
    let new = NewUpload { tenant, agent, conversation: Some(&conversation), name, send_as };
    let begin = Bytes::from(document(6 * MIB));

    // when the network ends
    let broken = [Ok(begin.clone()), Err(std::io::Error::other("the network is gone"))];
    let cut = services.media.receive(new, stream::iter(broken)).await;
    assert!(matches!(cut, Err(UploadError::Interrupted(_))), "{cut:?}");
    assert_eq!((keys("cut").await.len(), unfinished().await), (0, 0));

    // when the caller goes away after the first part
    let (arrived, waits) = oneshot::channel();
    let rest = stream::once(async move {
        arrived.send(()).expect("somebody waits");
        std::future::pending::<Result<Bytes, std::io::Error>>().await
    });
    tokio::select! {
        received = services.media.receive(new, stream::iter([Ok(begin)]).chain(rest)) => panic!("{received:?}"),
        told = waits => told.expect("the first part was written"),
    }
    // The removal runs beside us.
    while unfinished().await > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(keys("cut").await, [""; 0]);

    // when a server is killed while files arrive, beside another program that uses the bucket
    let bucket = seen("cut");
    for key in ["handoff/tnt_9/arriving/med_9", "handoff/backup/2026.tar", "tnt_9/med_9"] {
        drop(bucket.put_multipart(&Path::from(key)).await.expect("begins"));
    }
    bucket.put(&Path::from("handoff/tnt_9/arriving/med_8"), PNG.into()).await.expect("arrives");
    bucket.put(&Path::from("handoff/tnt_9/med_7"), PNG.into()).await.expect("is kept");
    bucket.put(&Path::from("handoff/backup/arriving/med_6"), PNG.into()).await.expect("is another program's");
    assert_eq!(unfinished().await, 2);
    let removed = files.remove_leftovers(MUCH_LATER).await.expect("removes");
    assert_eq!(removed, Leftovers { removed: 2, recent: 0 });
    assert_eq!(keys("cut").await, ["handoff/backup/arriving/med_6", "handoff/tnt_9/med_7"]);
    assert_eq!(files.remove_leftovers(MUCH_LATER).await.expect("looks"), Leftovers::default());
});

on_sqlite!(a_bucket_that_cannot_be_used_is_refused_at_the_start, threads = 4, async |app| {
    let right = settings("tried");
    keeping_in(app, right.clone()).await.try_files().await.expect("can be used");
    assert_eq!(keys("tried").await, [""; 0]);
    let secret = || Secret::new("not-the-secret");
    for (wrong, setting) in [
        (S3Settings { secret_key: secret(), ..right.clone() }, "HANDOFF_S3_SECRET_KEY isn't the secret"),
        (S3Settings { key_id: "AKIAUNKNOWN".to_owned(), ..right.clone() }, "the key of HANDOFF_S3_KEY_ID"),
        (S3Settings { bucket: "nobodys".to_owned(), ..right.clone() }, "create it, or correct HANDOFF_S3_BUCKET"),
        (
            S3Settings { endpoint: "http://127.0.0.1:9".parse().expect("an address"), ..right.clone() },
            "check HANDOFF_S3_ENDPOINT",
        ),
    ] {
        let services = keeping_in(app, wrong).await;
        let refused = services.try_files().await.expect_err(setting);
        let words = refused.to_string();
        assert!(refused.is_configuration() && words.contains(setting) && !words.contains('\n'), "{words}");
        assert!(!words.contains("not-the-secret"), "{words}");
    }
});
