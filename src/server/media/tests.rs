//! Downloading and serving files, against a local test server in place of Meta.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, task::JoinHandle};

use super::Media;
use crate::{
    domain::{
        ids::{AppId, ChannelId, MediaId, Seq, TenantId, Wamid},
        inbound::{Identity, InboundOrigin, Incoming, RemoteMedia, UpdateBody},
        message::{Attachment, Content, Forwarded},
        settings::TenantSettings,
        time::{Span, Timestamp},
    },
    server::{
        bus::{Bus, Presence},
        channels::Channels,
        clock::{Clock, Entropy, ManualClock},
        conversations::{Conversations, receive::ChannelUpdate},
        file_store::FileStore,
        gateway::{Gateway, Timeouts},
        log::Log,
        seal::{Seal, SealedField},
        store::{
            Db, apps,
            channels::{self, ChannelRow},
            entries, jobs,
            media::{self, MediaRow, MediaState},
            messages, tenants,
        },
        workers::Jobs,
    },
};

const NOON: Timestamp = Timestamp(1_790_000_000_000);
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and the rest of a picture";

struct Fixture {
    media: Media,
    db: Db,
    manual_clock: ManualClock,
    conversations: Conversations,
    tenant: TenantId,
    /// How many more downloads are answered with 404.
    gone: Arc<AtomicUsize>,
    task: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn meta(bytes: &'static [u8], gone: Arc<AtomicUsize>) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let url = format!("{base}/file");
    let info = move || async move { Json(json!({"url": url, "mime_type": "image/png", "id": "9"})) };
    let file = move || async move {
        let refuse = gone.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if refuse { StatusCode::NOT_FOUND.into_response() } else { bytes.into_response() }
    };
    let router = Router::new().route("/v26.0/{id}", get(info)).route("/file", get(file));
    let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
    (base, task)
}

impl Fixture {
    async fn new(bytes: &'static [u8]) -> Self {
        let gone = Arc::new(AtomicUsize::new(0));
        let (base, task) = meta(bytes, gone.clone()).await;
        let files = tempfile::tempdir().expect("a folder");
        let db = Db::open(&format!("sqlite:{}", files.path().join("handoff.db").display())).await.expect("opens");
        db.migrate().await.expect("migrates");
        let (entropy, manual_clock, bus) = (Entropy::seeded(5), ManualClock::at(NOON), Bus::default());
        let (clock, seal) = (Clock::manual(manual_clock.clone()), Seal::of_key([1; 32]));
        let tenant = TenantId::from("tnt_1");
        let sealed = |field: SealedField<'_>, text: &str| seal.seal(&entropy, field, text).expect("seals");
        let mut tx = db.begin_write().await.expect("begins");
        tenants::insert(&mut tx, &tenant, "Acme", &"tem_1".into(), &TenantSettings::default(), NOON)
            .await
            .expect("a tenant");
        let (app, id) = (AppId::from("app_1"), ChannelId::from("chn_1"));
        let secret = sealed(SealedField::AppSecret(&app), "s");
        let verify = sealed(SealedField::VerifyToken(&app), "v");
        apps::insert(&mut tx, &app, "App", &secret, &verify, NOON).await.expect("an app");
        let channel = ChannelRow {
            id: id.clone(),
            tenant_id: tenant.clone(),
            app_id: app,
            phone_number_id: "77001".to_owned(),
            waba_id: "88001".to_owned(),
            display_phone: "49305550100".to_owned(),
            name: "Shop".to_owned(),
            token: sealed(SealedField::AccessToken(&tenant, &id), "EAAB"),
            down_code: None,
            down_since: None,
            shared_since: None,
        };
        channels::insert(&mut tx, &channel, NOON).await.expect("a number");
        tx.commit().await.expect("commits");
        let conversations =
            Conversations::new(db.clone(), clock.clone(), entropy.clone(), bus.clone(), Presence::default());
        let timeouts = Timeouts::default();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let gateway = Gateway::new(client, &format!("{base}/v26.0"), timeouts).expect("a base");
        let store = FileStore::folder(&files.path().join("files")).expect("a folder");
        let jobs = Jobs::new(db.clone(), clock.clone(), entropy.clone(), "nod_1".into());
        let log = Log::new(bus.clone());
        let numbers = Channels::new(db.clone(), clock.clone(), entropy.clone(), log, seal);
        let media = Media::new(db.clone(), conversations.clone(), jobs, gateway, numbers, bus, clock, entropy, store);
        Self { media, db, manual_clock, conversations, tenant, gone, task, _folder: files }
    }

    /// A customer sends a document with the hash `sha256` in Meta's webhook.
    async fn arrives(&self, sha256: Option<String>, mime: &str) -> MediaId {
        let attachment = Attachment { mime: Some(mime.to_owned()), ..Attachment::default() };
        let incoming = Incoming {
            identity: Identity { wa_id: Some("4915550001".to_owned()), ..Identity::default() },
            wamid: Wamid("wamid.1".to_owned()),
            at: NOON,
            content: Content::Document { media: attachment, filename: Some("menu.png".to_owned()) },
            media: Some(RemoteMedia { id: "9".to_owned(), url: None, sha256, mime: Some(mime.to_owned()) }),
            quote: None,
            forwarded: Forwarded::No,
            referral: None,
            product: None,
            group: None,
            origin: InboundOrigin::Live,
            summary: None,
            errors: Vec::new(),
        };
        let news = ChannelUpdate { channel: "chn_1".into(), body: UpdateBody::Message(Box::new(incoming)) };
        self.conversations.receive(&self.tenant, &[news]).await.expect("received");
        let mut tx = self.db.begin_read().await.expect("begins");
        let wamid = Wamid("wamid.1".to_owned());
        let found = messages::by_wamid(&mut tx, &self.tenant, &"chn_1".into(), &wamid).await.expect("asks");
        let message = found.expect("stored").id;
        media::of_message(&mut tx, &self.tenant, &message).await.expect("asks").expect("wanted").id
    }

    async fn row(&self, id: &MediaId) -> MediaRow {
        let mut tx = self.db.begin_read().await.expect("begins");
        media::find(&mut tx, &self.tenant, id).await.expect("asks").expect("there")
    }

    async fn names(&self) -> Vec<&'static str> {
        let mut tx = self.db.begin_read().await.expect("begins");
        let entries = entries::since(&mut tx, &self.tenant, Seq(0), 100).await.expect("reads");
        entries.iter().map(|entry| entry.event.name()).collect()
    }

    async fn served(&self, tenant: &str, id: &MediaId, range: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(range) = range {
            headers.insert(header::RANGE, HeaderValue::from_str(range).expect("a header"));
        }
        self.media.serve(&TenantId::from(tenant), id, &headers).await
    }
}

async fn bytes(response: Response) -> Vec<u8> {
    axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body").to_vec()
}

fn sha(bytes: &[u8]) -> Option<String> {
    Some(STANDARD.encode(Sha256::digest(bytes)))
}

#[tokio::test]
async fn a_file_is_downloaded_checked_stored_and_logged() {
    let fixture = Fixture::new(PNG).await;
    // The first URL has expired, so a new one is requested once.
    fixture.gone.store(1, Ordering::SeqCst);
    let id = fixture.arrives(sha(PNG), "text/html").await;
    assert_eq!(fixture.media.run_once().await.expect("runs"), 1);
    let row = fixture.row(&id).await;
    assert_eq!((row.state, row.mime.as_deref()), (MediaState::Kept, Some("image/png")));
    assert_eq!(fixture.names().await.last(), Some(&"amended"));
    assert_eq!(fixture.media.run_once().await.expect("runs"), 0);

    let response = fixture.served("tnt_1", &id, None).await;
    let said = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(said("content-type"), "image/png");
    assert_eq!(said("x-content-type-options"), "nosniff");
    assert_eq!(said("content-security-policy"), "sandbox; default-src 'none'");
    assert!(said("content-disposition").starts_with("inline; filename=\"menu.png\""));
    assert_eq!(bytes(response).await, PNG);

    let part = fixture.served("tnt_1", &id, Some("bytes=1-3")).await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()["content-range"], format!("bytes 1-3/{}", PNG.len()));
    assert_eq!(bytes(part).await, b"PNG");
    let beyond = fixture.served("tnt_1", &id, Some("bytes=900-")).await;
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(fixture.served("tnt_2", &id, None).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(fixture.served("tnt_1", &"med_none".into(), None).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn files_with_scripts_are_served_as_downloads() {
    let fixture = Fixture::new(b"<!DOCTYPE html><script>alert(1)</script>").await;
    let id = fixture.arrives(None, "image/png").await;
    fixture.media.run_once().await.expect("runs");
    let response = fixture.served("tnt_1", &id, None).await;
    assert_eq!(response.headers()["content-type"], "application/octet-stream");
    assert!(response.headers()["content-disposition"].to_str().expect("ASCII").starts_with("attachment"));
}

#[tokio::test]
async fn a_missing_file_fails_with_an_explanation_after_the_last_attempt() {
    let fixture = Fixture::new(PNG).await;
    fixture.gone.store(usize::MAX, Ordering::SeqCst);
    let id = fixture.arrives(sha(PNG), "image/png").await;
    for wait in [1, 5, 30, 120, 360] {
        assert_eq!(fixture.media.run_once().await.expect("runs"), 1);
        assert_eq!(fixture.row(&id).await.state, MediaState::Pending);
        fixture.manual_clock.advance(Span(Span::minutes(wait).0 - 1));
        assert_eq!(fixture.media.run_once().await.expect("runs"), 0, "too early after {wait} minutes");
        fixture.manual_clock.advance(Span(1));
    }
    assert_eq!(fixture.media.run_once().await.expect("runs"), 1);
    let row = fixture.row(&id).await;
    assert_eq!(
        (row.state, row.fault_words.as_deref()),
        (MediaState::Failed, Some("WhatsApp no longer has this file."))
    );
    fixture.manual_clock.advance(Span::days(1));
    assert_eq!(fixture.media.run_once().await.expect("runs"), 0);
}

#[tokio::test]
async fn a_damaged_file_is_not_stored() {
    let fixture = Fixture::new(PNG).await;
    let id = fixture.arrives(sha(b"another file"), "image/png").await;
    assert_eq!(fixture.media.run_once().await.expect("runs"), 1);
    assert_eq!(fixture.row(&id).await.state, MediaState::Pending);
    assert_eq!(fixture.served("tnt_1", &id, None).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pending_files_of_a_repaired_number_are_fetched_at_once() {
    let fixture = Fixture::new(PNG).await;
    fixture.gone.store(usize::MAX, Ordering::SeqCst);
    let id = fixture.arrives(sha(PNG), "image/png").await;
    assert_eq!(fixture.media.run_once().await.expect("runs"), 1);
    fixture.gone.store(0, Ordering::SeqCst);
    for (channel, fetched, state) in [("chn_other", 0, MediaState::Pending), ("chn_1", 1, MediaState::Kept)] {
        let mut tx = fixture.db.begin_write().await.expect("begins");
        jobs::reschedule_media(&mut tx, &fixture.tenant, &channel.into(), NOON).await.expect("hurries");
        tx.commit().await.expect("commits");
        assert_eq!(fixture.media.run_once().await.expect("runs"), fetched, "{channel}");
        assert_eq!(fixture.row(&id).await.state, state, "{channel}");
    }
}
