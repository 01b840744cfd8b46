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
use futures::StreamExt;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::journal::Journal;
use crate::{
    domain::{
        ids::AppId,
        time::{Span, Timestamp},
    },
    server::{
        clock::Clock,
        seal::Seal,
        secret::Secret,
        store::{self, Db, apps},
    },
};

/// The largest body in bytes. Meta documents 3 MB.
pub const BODY_LIMIT: usize = 4 * 1024 * 1024;
const SIGNATURE: &str = "x-hub-signature-256";
/// How long a body may take to arrive. Meta sends bodies at once, so a slow sender is cut off.
const BODY_PATIENCE: Span = Span::seconds(10);
/// Memory for all unverified bodies together, in units of [`UNIT`] bytes.
const UNITS: usize = 2_048;
const UNIT: usize = 64 * 1024;

/// How long an app is cached. A changed secret is in use after a minute at the latest.
const BELIEVED: Span = Span::seconds(60);
/// Most cached apps. Anybody can ask for any app id, so the cache is bounded.
const REMEMBERED: usize = 1024;
/// Longest app id in bytes that is looked up. Ours are shorter.
const ID_LIMIT: usize = 64;

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Webhook {
    db: Db,
    seal: Seal,
    clock: Clock,
    journal: Journal,
    known: Arc<Mutex<HashMap<AppId, Known>>>,
    room: Arc<Semaphore>,
}

#[derive(Clone)]
struct Known {
    app: App,
    until: Timestamp,
}

/// The cached state of an app.
#[derive(Clone)]
enum App {
    Here {
        secret: Secret,
        verify_token: Secret,
    },
    Unknown,
    /// The app exists, but its secrets cannot be decrypted. Only the operator can fix that; until then Meta gets 503
    /// and retries, so that no update is lost.
    Sealed,
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
        Self { db, seal, clock, journal, known: Arc::default(), room: Arc::new(Semaphore::new(UNITS)) }
    }

    /// Whether webhooks are currently refused because the database is unavailable.
    pub fn is_refusing(&self) -> bool {
        self.journal.outage().lasts()
    }

    async fn app(&self, id: &str) -> store::Result<App> {
        if id.len() > ID_LIMIT || id.contains('\0') {
            return Ok(App::Unknown);
        }
        let id = AppId::from(id);
        let now = self.clock.now();
        let remembered = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(known) = remembered.filter(|known| now < known.until) {
            return Ok(known.app);
        }
        let mut tx = self.db.begin_read().await?;
        let app = match apps::find(&mut tx, &id).await? {
            None => App::Unknown,
            Some(row) => match (self.seal.open(&row.secret), self.seal.open(&row.verify_token)) {
                (Ok(secret), Ok(verify_token)) => App::Here { secret, verify_token },
                (Err(error), _) | (_, Err(error)) => {
                    tracing::error!(app = %id, %error, "webhook: app secret unreadable, answering 503");
                    App::Sealed
                }
            },
        };
        self.remember(id, Known { app: app.clone(), until: now.plus(BELIEVED) });
        Ok(app)
    }

    fn remember(&self, id: AppId, fresh: Known) {
        let now = self.clock.now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, known| now < known.until);
        }
        if known.len() >= REMEMBERED {
            known.retain(|_, known| !matches!(known.app, App::Unknown));
        }
        known.insert(id, fresh);
    }
}

/// `GET /webhooks/whatsapp/{app}`: Meta verifies the address before it sends anything there.
pub async fn verify(
    State(webhook): State<Webhook>,
    Path(app): Path<String>,
    Query(asked): Query<Verification>,
) -> Response {
    let (Some("subscribe"), Some(said), Some(challenge)) = (asked.mode.as_deref(), asked.verify_token, asked.challenge)
    else {
        return StatusCode::FORBIDDEN.into_response();
    };
    match webhook.app(&app).await {
        Ok(App::Here { verify_token, .. }) if same(&said, verify_token.expose()) => {
            let plain = [(header::CONTENT_TYPE, "text/plain"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (plain, challenge).into_response()
        }
        Ok(App::Here { .. } | App::Unknown) => StatusCode::FORBIDDEN.into_response(),
        Ok(App::Sealed) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(error) => {
            webhook.journal.outage().met(&error);
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// `POST /webhooks/whatsapp/{app}`: 200 once the body is on disk; 404 unknown app; 401 no signature; 403 wrong
/// signature; 408 too slow; 413 too large; 503 the database is unavailable (Meta retries for 7 days).
pub async fn receive(
    State(webhook): State<Webhook>,
    Path(app): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    let secret = match webhook.app(&app).await {
        Ok(App::Here { secret, .. }) => secret,
        Ok(App::Unknown) => return StatusCode::NOT_FOUND,
        Ok(App::Sealed) => return StatusCode::SERVICE_UNAVAILABLE,
        Err(error) => {
            webhook.journal.outage().met(&error);
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    };
    let Some(signature) = headers.get(SIGNATURE) else { return StatusCode::UNAUTHORIZED };
    let collected = tokio::select! {
        // Poll the body first: one that is complete never waits for the timer.
        biased;
        collected = collect(&webhook.room, &headers, body) => collected,
        () = webhook.clock.sleep(BODY_PATIENCE) => Err(StatusCode::REQUEST_TIMEOUT),
    };
    let (body, _room) = match collected {
        Ok(body) => body,
        Err(status) => return status,
    };
    if !signed(&secret, signature.as_bytes(), &body) {
        tracing::warn!(%app, "webhook: invalid signature");
        return StatusCode::FORBIDDEN;
    }
    match webhook.journal.write(AppId::from(app), body).await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Reads the raw bytes, which the signature covers. Returns the permits for the memory that they take.
async fn collect<'r>(
    room: &'r Semaphore,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Vec<u8>, Vec<SemaphorePermit<'r>>), StatusCode> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > BODY_LIMIT) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut bytes = Vec::with_capacity(length.unwrap_or(0).min(64 * 1024));
    let mut held = Vec::new();
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| StatusCode::BAD_REQUEST)?;
        if bytes.len() + piece.len() > BODY_LIMIT {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        while held.len() * UNIT < bytes.len() + piece.len() {
            let unit = match room.try_acquire() {
                Ok(unit) => unit,
                Err(_) => room.acquire().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?,
            };
            held.push(unit);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok((bytes, held))
}

/// Checks `sha256=` and the HMAC of the raw bytes in hex, in constant time.
fn signed(secret: &Secret, signature: &[u8], body: &[u8]) -> bool {
    let Some(said) = signature.strip_prefix(b"sha256=").and_then(|digits| hex::decode(digits).ok()) else {
        return false;
    };
    Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .is_ok_and(|signer| signer.chain_update(body).verify_slice(&said).is_ok())
}

/// Compares in constant time. Digests are compared, so that the time does not depend on the length either.
fn same(said: &str, known: &str) -> bool {
    Sha256::digest(said.as_bytes()).as_slice().ct_eq(Sha256::digest(known.as_bytes()).as_slice()).into()
}
