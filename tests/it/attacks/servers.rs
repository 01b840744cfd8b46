//! The servers of an attack: the tenant's own server, which may be reached, and one that stands for every private
//! server.

use std::{
    collections::{BTreeSet, HashMap},
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::future::BoxFuture;
use handoff::server::fetch::Lookup;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinSet};

use super::{SECRET, kinds::POISON};

#[derive(Clone, Debug)]
pub struct Asked {
    /// The request line, for example `GET /orders/7`.
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

pub struct TenantServer {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    _server: JoinSet<()>,
}

#[derive(Clone)]
struct Play {
    asked: Arc<Mutex<Vec<Asked>>>,
    targets: Arc<Vec<String>>,
}

impl TenantServer {
    /// `/away/{n}` redirects to the n-th of `targets`.
    pub async fn open(targets: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.2:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let play = Play { asked: asked.clone(), targets: Arc::new(targets) };
        let router = Router::new().fallback(answer).with_state(play);
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self { address, asked, _server: server }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

async fn answer(State(play): State<Play>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    let body = String::from_utf8_lossy(&bytes).into_owned();
    let headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let path = parts.uri.path().to_owned();
    let line = format!("{} {}", parts.method, parts.uri.path_and_query().map_or("", |whole| whole.as_str()));
    play.asked.lock().expect("not poisoned").push(Asked { line, headers: headers.clone(), body: body.clone() });
    // Every request uses a new connection, and so a new DNS lookup.
    let close = [(header::CONNECTION, "close")];
    if let Some(nth) = path.strip_prefix("/away/") {
        let target = nth.parse().ok().and_then(|nth: usize| play.targets.get(nth).cloned()).unwrap_or_default();
        return (StatusCode::FOUND, close, [(header::LOCATION, target)]).into_response();
    }
    let told = match path.as_str() {
        "/echo" => serde_json::json!({"headers": headers, "body": body}).to_string(),
        path => {
            let nth = path.strip_prefix("/poison/").and_then(|nth| nth.parse::<usize>().ok());
            let status = nth.and_then(|nth| POISON.get(nth)).unwrap_or(&"shipped");
            serde_json::json!({"status": status}).to_string()
        }
    };
    (close, told).into_response()
}

/// Asserts that a request is the one the tenant configured: no other headers, the secret only in its header, and the
/// configured fields in the body.
pub fn assert_configured(name: &str, asked: &Asked) {
    let known = ["accept", "authorization", "content-length", "content-type", "host", "user-agent", "x-note"];
    for (header, value) in &asked.headers {
        assert!(known.contains(&header.as_str()), "{name}: header {header}");
        let bears = header == "authorization";
        assert_eq!(value.contains(SECRET), bears, "{name}: {header}: {value}");
        assert!(!bears || *value == format!("Bearer {SECRET}"), "{name}: {value}");
    }
    assert!(!asked.line.contains(SECRET) && !asked.body.contains(SECRET), "{name}: {asked:?}");
    if !asked.body.is_empty() {
        let body: Value = serde_json::from_str(&asked.body).expect("JSON");
        let fields: BTreeSet<&str> = body.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!((fields, &body["by"]), (BTreeSet::from(["by", "text"]), &Value::from("bot")), "{name}");
    }
}

/// Counts connections and never answers.
pub struct PrivateServer {
    pub port: u16,
    opened: Arc<AtomicUsize>,
    _server: JoinSet<()>,
}

impl PrivateServer {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let opened = Arc::new(AtomicUsize::new(0));
        let count = opened.clone();
        let mut server = JoinSet::new();
        server.spawn(async move {
            loop {
                drop(listener.accept().await.expect("a connection"));
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, opened, _server: server }
    }

    pub fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }
}

/// The DNS of the test. `rebind.test` changes its address after the first lookup.
pub struct TestDns {
    meanings: HashMap<&'static str, Vec<&'static str>>,
    rebound: AtomicUsize,
}

impl Default for TestDns {
    fn default() -> Self {
        let meanings = HashMap::from([
            ("localhost", vec!["127.0.0.1", "::1"]),
            ("loop.test", vec!["127.0.0.1"]),
            ("inner.test", vec!["10.0.0.1"]),
            ("cloud.test", vec!["169.254.169.254"]),
            ("six.test", vec!["::1"]),
            ("mapped.test", vec!["::ffff:127.0.0.1"]),
            ("both.test", vec!["10.0.0.1", "127.0.0.1"]),
        ]);
        Self { meanings, rebound: AtomicUsize::new(0) }
    }
}

impl Lookup for TestDns {
    fn look_up(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let found = if name == "rebind.test" {
            let is_first = self.rebound.fetch_add(1, Ordering::SeqCst) == 0;
            Some(vec![if is_first { "127.0.0.2" } else { "127.0.0.1" }])
        } else {
            self.meanings.get(name).cloned()
        };
        let found = found.ok_or_else(|| io::ErrorKind::NotFound.into());
        Box::pin(async move { found.map(|list| list.iter().map(|ip| ip.parse().expect("an address")).collect()) })
    }
}
