//! The endpoints that Meta calls: `GET` verifies the address, `POST` delivers updates. Bodies are not parsed here. 200
//! means that the body is on disk (promise 5), and only bodies with the app's signature are stored.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{
    admission::Admission,
    body::{self, BodyMemory},
    journal::Journal,
};
use crate::{
    domain::{
        ids::AppId,
        time::{Span, Timestamp},
    },
    server::{
        clock::Clock,
        seal::{Seal, SealedField},
        secret::Secret,
        store::{self, Db, apps},
    },
};

const SIGNATURE: &str = "x-hub-signature-256";
/// How long a body may take to arrive. Meta sends bodies at once, so a slow sender is cut off.
const BODY_TIMEOUT: Span = Span::seconds(10);

/// How long an app is cached. A changed secret is in use after a minute at the latest.
const APP_CACHE_TTL: Span = Span::seconds(60);
/// Most cached apps. Anybody can ask for any app id, so the cache is bounded.
const APP_CACHE_LIMIT: usize = 1024;
/// When a webhook that was refused because of the backlog may come again, in seconds. Meta has intervals of its own.
const RETRY_AFTER: &str = "30";
/// Signs nothing: no body is accepted for an app that does not exist.
const NOBODYS_SECRET: &str = "no app";
/// Longest app id in bytes that is looked up. Ours are shorter.
const ID_LIMIT: usize = 64;

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Webhook {
    db: Db,
    seal: Seal,
    clock: Clock,
    journal: Journal,
    app_cache: Arc<Mutex<HashMap<AppId, CachedApp>>>,
    memory: BodyMemory,
    admission: Admission,
    /// Stands for the secret of apps that do not exist.
    nobodys_secret: Secret,
}

#[derive(Clone)]
struct CachedApp {
    app: App,
    until: Timestamp,
}

/// The cached state of an app.
#[derive(Clone)]
enum App {
    Found {
        secret: Secret,
        verify_token: Secret,
    },
    Unknown,
    /// The app exists, but its secrets cannot be decrypted. Only the operator can fix that; until then Meta gets 503
    /// and retries, so that no update is lost.
    Undecryptable,
}

/// The query of Meta's verification request.
#[derive(Deserialize)]
pub struct Verification {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    verify_token: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
}

impl Webhook {
    pub fn new(db: Db, seal: Seal, clock: Clock, journal: Journal) -> Self {
        let (nobodys_secret, memory) = (Secret::new(NOBODYS_SECRET), BodyMemory::new(body::BODY_LIMIT, body::MEMORY));
        let admission = Admission::new(db.clone(), clock.clone());
        Self { db, seal, clock, journal, app_cache: Arc::default(), memory, admission, nobodys_secret }
    }

    /// Whether webhooks are currently refused because the database is unavailable.
    pub fn is_refusing(&self) -> bool {
        self.journal.outage().is_active()
    }

    /// How many apps have so much unread that their webhooks are refused.
    pub async fn refused_apps(&self) -> usize {
        self.admission.refused().await
    }

    async fn app(&self, id: &str) -> store::Result<App> {
        if id.len() > ID_LIMIT || id.contains('\0') {
            return Ok(App::Unknown);
        }
        let id = AppId::from(id);
        let now = self.clock.now();
        let cached = self.app_cache.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(known) = cached.filter(|known| now < known.until) {
            return Ok(known.app);
        }
        let mut tx = self.db.begin_read().await?;
        let app = match apps::find(&mut tx, &id).await? {
            None => App::Unknown,
            Some(row) => match (
                self.seal.open(SealedField::AppSecret(&id), &row.secret),
                self.seal.open(SealedField::VerifyToken(&id), &row.verify_token),
            ) {
                (Ok(secret), Ok(verify_token)) => App::Found { secret, verify_token },
                (Err(error), _) | (_, Err(error)) => {
                    tracing::error!(app = %id, %error, "webhook: app secret unreadable, answering 503");
                    App::Undecryptable
                }
            },
        };
        self.remember(id, CachedApp { app: app.clone(), until: now.plus(APP_CACHE_TTL) });
        Ok(app)
    }

    fn remember(&self, id: AppId, fresh: CachedApp) {
        let now = self.clock.now();
        let mut cache = self.app_cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= APP_CACHE_LIMIT {
            cache.retain(|_, known| now < known.until);
        }
        if cache.len() >= APP_CACHE_LIMIT {
            cache.retain(|_, known| !matches!(known.app, App::Unknown));
        }
        cache.insert(id, fresh);
    }
}

/// `GET /webhooks/whatsapp/{app}`: Meta verifies the address before it sends anything there.
pub async fn verify(
    State(webhook): State<Webhook>,
    Path(app): Path<String>,
    Query(query): Query<Verification>,
) -> Response {
    let (Some("subscribe"), Some(given), Some(challenge)) =
        (query.mode.as_deref(), query.verify_token, query.challenge)
    else {
        return StatusCode::FORBIDDEN.into_response();
    };
    match webhook.app(&app).await {
        Ok(App::Found { verify_token, .. }) if equals_in_constant_time(&given, verify_token.expose()) => {
            let plain = [(header::CONTENT_TYPE, "text/plain"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (plain, challenge).into_response()
        }
        Ok(App::Found { .. } | App::Unknown) => StatusCode::FORBIDDEN.into_response(),
        Ok(App::Undecryptable) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(error) => {
            webhook.journal.outage().start(&error);
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// `POST /webhooks/whatsapp/{app}`: 200 once the body is on disk; 401 without the app's signature, also if there is no
/// such app; 408 too slow; 413 too large; 503 the database is unavailable, the memory is full, or the app has too much
/// unread (Meta retries for 7 days).
pub async fn receive(
    State(webhook): State<Webhook>,
    Path(app): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match accept(&webhook, app, &headers, body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(Refusal::Status(status)) => status.into_response(),
        Err(Refusal::Backlog) => {
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, RETRY_AFTER)]).into_response()
        }
    }
}

/// Why a body was not stored.
enum Refusal {
    Status(StatusCode),
    /// The app has too much unread.
    Backlog,
}

/// Returns when the body is on disk.
async fn accept(webhook: &Webhook, app: String, headers: &HeaderMap, body: Body) -> Result<(), Refusal> {
    let refused = |status| Err(Refusal::Status(status));
    // Refused before anything else: what is no signature can belong to no body.
    let Some(signature) = headers.get(SIGNATURE).and_then(|value| digest_of(value.as_bytes())) else {
        return refused(StatusCode::UNAUTHORIZED);
    };
    let (secret, is_known) = match webhook.app(&app).await {
        Ok(App::Found { secret, .. }) => (secret, true),
        // The same work and the same answer: statuses and times would tell strangers which apps exist.
        Ok(App::Unknown) => (webhook.nobodys_secret.clone(), false),
        Ok(App::Undecryptable) => return refused(StatusCode::SERVICE_UNAVAILABLE),
        Err(error) => {
            webhook.journal.outage().start(&error);
            return refused(StatusCode::SERVICE_UNAVAILABLE);
        }
    };
    let collected = tokio::select! {
        // Poll the body first: one that is complete never waits for the timer.
        biased;
        collected = webhook.memory.collect(headers, body) => collected,
        () = webhook.clock.sleep(BODY_TIMEOUT) => Err(StatusCode::REQUEST_TIMEOUT),
    };
    let mut collected = collected.map_err(Refusal::Status)?;
    if !is_signature_valid(&secret, &signature, &collected.bytes) || !is_known {
        if is_known {
            tracing::warn!(%app, "webhook: invalid signature");
        }
        return refused(StatusCode::UNAUTHORIZED);
    }
    let app = AppId::from(app);
    if !webhook.admission.is_open(&app).await {
        return Err(Refusal::Backlog);
    }
    let written = webhook.journal.write(app, std::mem::take(&mut collected.bytes)).await;
    written.map_err(|_| Refusal::Status(StatusCode::SERVICE_UNAVAILABLE))
}

/// The digest of a signature header: `sha256=` and 64 hexadecimal digits.
fn digest_of(signature: &[u8]) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    hex::decode_to_slice(signature.strip_prefix(b"sha256=")?, &mut digest).ok()?;
    Some(digest)
}

/// Checks the HMAC of the raw bytes in constant time.
fn is_signature_valid(secret: &Secret, given: &[u8; 32], body: &[u8]) -> bool {
    Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .is_ok_and(|signer| signer.chain_update(body).verify_slice(given).is_ok())
}

/// Compares in constant time. Digests are compared, so that the time does not depend on the length either.
fn equals_in_constant_time(given: &str, known: &str) -> bool {
    Sha256::digest(given.as_bytes()).as_slice().ct_eq(Sha256::digest(known.as_bytes()).as_slice()).into()
}
