//! A shop's order API on the loopback network, called by flows and by the model's tools.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::get,
};
use tokio::{net::TcpListener, sync::Notify, task::JoinSet};

/// The recorded requests, and how slow answers are held.
#[derive(Clone, Default)]
pub struct Shop {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    asked: Mutex<Vec<Asked>>,
    /// Releases the answers for orders from 9000 on: see [`Shop::answer`].
    let_go: Notify,
    heard: Notify,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub order: String,
    pub authorization: Option<String>,
}

pub struct Open {
    pub shop: Shop,
    pub address: SocketAddr,
    _server: JoinSet<()>,
}

impl Open {
    /// `GET /orders/{number}`: 10042 is shipped, 10043 is delivered, 10045 is shipped with a NUL byte in its status,
    /// 9xxx is slow, all others are not found.
    pub async fn new() -> Self {
        let shop = Shop::default();
        let router = Router::new().route("/orders/{number}", get(order)).with_state(shop.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self { shop, address, _server: server }
    }

    /// The shop's server, as the list of a secret's servers has it.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn orders(&self) -> String {
        format!("http://{}/orders", self.address)
    }
}

impl Shop {
    pub fn asked(&self) -> Vec<Asked> {
        self.inner.asked.lock().expect("not poisoned").clone()
    }

    /// Waits until a slow order was requested.
    pub async fn heard(&self) {
        self.inner.heard.notified().await;
    }

    /// Releases the slow answer.
    pub fn answer(&self) {
        self.inner.let_go.notify_one();
    }
}

async fn order(State(shop): State<Shop>, Path(number): Path<String>, headers: HeaderMap) -> impl IntoResponse {
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    shop.inner.asked.lock().expect("not poisoned").push(Asked { order: number.clone(), authorization });
    if number.starts_with('9') {
        shop.inner.heard.notify_one();
        shop.inner.let_go.notified().await;
    }
    match number.as_str() {
        "10042" | "9002" => (StatusCode::OK, r#"{"status": "shipped", "total": 120.5}"#),
        "10043" | "9001" => (StatusCode::OK, r#"{"status": "delivered"}"#),
        "10045" => (StatusCode::OK, r#"{"status": "ship\u0000ped"}"#),
        "10044" => (StatusCode::OK, "no JSON at all"),
        "10050" => (StatusCode::INTERNAL_SERVER_ERROR, r#"{"error": "down"}"#),
        _ => (StatusCode::NOT_FOUND, r#"{"error": "no such order"}"#),
    }
}
