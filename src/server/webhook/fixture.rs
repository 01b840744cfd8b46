//! Test fixture: one tenant, app and number, and a manual clock.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    routing::get,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{Journal, Projector, Webhook, receive};
use crate::{
    domain::{
        ids::{AppId, ChannelId, TenantId, Wamid},
        settings::TenantSettings,
        time::Timestamp,
    },
    server::{
        bus::{Bus, Presence},
        clock::{Clock, Entropy, ManualClock},
        conversations::Conversations,
        seal::{Seal, SealedField},
        store::{
            Db, apps,
            channels::{self, ChannelRow},
            journal, messages, tenants,
        },
    },
};

pub(super) const NOON: Timestamp = Timestamp(1_790_000_000_000);
const SECRET: &str = "orchid-secret";
const VERIFY: &str = "say friend";

pub(super) struct Fixture {
    pub(super) db: Db,
    pub(super) manual_clock: ManualClock,
    pub(super) tenant: TenantId,
    pub(super) projector: Projector,
    router: Router,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Fixture {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("handoff.db").display());
        let db = Db::open(&url).await.expect("opens");
        db.migrate().await.expect("migrates");
        let (entropy, manual_clock, bus) = (Entropy::seeded(5), ManualClock::at(NOON), Bus::default());
        let (clock, seal) = (Clock::manual(manual_clock.clone()), Seal::of_key([1; 32]));
        let tenant = TenantId::from("tnt_1");
        let sealed = |field: SealedField<'_>, text: &str| seal.seal(&entropy, field, text).expect("seals");
        let mut tx = db.begin_write().await.expect("begins");
        tenants::insert(&mut tx, &tenant, "Acme", &"tem_1".into(), &TenantSettings::default(), NOON)
            .await
            .expect("a tenant");
        let (app, other) = (AppId::from("app_1"), AppId::from("app_2"));
        for (app, name) in [(&app, "App"), (&other, "Other")] {
            let secret = sealed(SealedField::AppSecret(app), SECRET);
            let verify = sealed(SealedField::VerifyToken(app), VERIFY);
            apps::insert(&mut tx, app, name, &secret, &verify, NOON).await.expect("an app");
        }
        let id = ChannelId::from("chn_1");
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
        let (journal, journal_writer) = Journal::new(db.clone(), clock.clone(), entropy.clone(), bus.clone());
        let stop = CancellationToken::new();
        tokio::spawn(journal_writer.run(stop.clone()));
        let webhook = Webhook::new(db.clone(), seal, clock.clone(), journal);
        let router = Router::new()
            .route("/webhooks/whatsapp/{app}", get(receive::verify).post(receive::receive))
            .with_state(webhook);
        let projector = Projector::new(db.clone(), clock, entropy, bus, conversations);
        Self { db, manual_clock, tenant, projector, router, stop, _folder: folder }
    }

    pub(super) async fn ask(&self, request: Request<Body>) -> (StatusCode, String) {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// Posts a body with a valid signature.
    pub(super) async fn post(&self, app: &str, body: impl Into<Vec<u8>>) -> StatusCode {
        let body = body.into();
        let signature = sign(&body);
        self.post_signed(app, body, Some(&signature)).await
    }

    pub(super) async fn post_signed(&self, app: &str, body: Vec<u8>, signature: Option<&str>) -> StatusCode {
        let mut request = Request::post(format!("/webhooks/whatsapp/{app}"));
        if let Some(signature) = signature {
            request = request.header("X-Hub-Signature-256", signature);
        }
        self.ask(request.body(Body::from(body)).expect("a request")).await.0
    }

    /// Counts unread bodies and quarantined items.
    pub(super) async fn backlog(&self) -> (i64, i64) {
        let mut tx = self.db.begin_read().await.expect("begins");
        journal::backlog(&mut tx).await.expect("counts")
    }

    pub(super) async fn has(&self, wamid: &str) -> bool {
        let mut tx = self.db.begin_read().await.expect("begins");
        let wamid = Wamid(wamid.to_owned());
        messages::by_wamid(&mut tx, &self.tenant, &"chn_1".into(), &wamid).await.expect("asks").is_some()
    }
}

pub(super) fn sign(body: &[u8]) -> String {
    let signer = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key fits");
    format!("sha256={}", hex::encode(signer.chain_update(body).finalize().into_bytes()))
}

/// A customer's text message to the number `number`.
pub(super) fn text(number: &str, wamid: &str) -> Value {
    json!({"from": "4915550001", "id": wamid, "timestamp": "1789999990", "type": "text", "text": {"body": number}})
}

/// A webhook body with messages for a number.
pub(super) fn body(number: &str, messages: Vec<Value>) -> String {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "88001", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "49305550100", "phone_number_id": number},
        "contacts": [{"profile": {"name": "Mina"}, "wa_id": "4915550001"}],
        "messages": messages,
    }}]}]})
    .to_string()
}
