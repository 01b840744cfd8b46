//! Requests to a hostile server, and names that resolve to forbidden addresses. A manual clock ends every wait.

mod fixture;

use std::sync::atomic::Ordering;

use self::fixture::{ServerStep, TestClient, TestLookup, TestServer, get, say};
use super::{BODY_LIMIT, FetchFault, Request, TIME_LIMIT};
use crate::domain::{model::Method, time::Span};

#[tokio::test]
async fn a_response_has_its_status_type_and_body() {
    let server =
        TestServer::replying("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
            .await;
    let client = TestClient::new();
    let request = Request {
        method: Method::Post,
        url: server.url("/orders?id=7"),
        headers: vec![("X-Api-Key".into(), "k-1".into())],
        body: Some(b"{\"a\":1}".to_vec()),
        time_out: Span::seconds(2),
    };

    let answer = client.fetch.send(request).await.expect("an answer");

    assert_eq!(
        (answer.status, answer.content_type.as_str(), answer.body.as_slice()),
        (404, "application/json", &b"{}"[..])
    );
    let seen = server.requests().remove(0);
    assert!(seen.starts_with("POST /orders?id=7 HTTP/1.1\r\n") && seen.ends_with("\r\n\r\n{\"a\":1}"), "{seen}");
    assert!(seen.to_ascii_lowercase().contains("\r\nx-api-key: k-1\r\n"), "{seen}");
    assert_eq!(client.fetch.connections(), 1);
}

#[tokio::test]
async fn a_stalled_server_times_out_at_the_limit() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    let stalls: [Vec<ServerStep>; 4] = [
        vec![ServerStep::Stall],
        vec![say("HTTP/1.1 200 OK\r\nX-Slow: "), ServerStep::Stall],
        vec![say(head), say("abc"), ServerStep::Stall],
        vec![say("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"), ServerStep::Stall],
    ];
    for (steps, asked, limit) in stalls.into_iter().zip([0, 1, 3, 60]).map(|(steps, asked)| {
        let asked = Span::seconds(asked);
        (steps, asked, if asked > Span(0) { asked.min(TIME_LIMIT) } else { TIME_LIMIT })
    }) {
        let mut server =
            TestServer::with_script(
                move |seen| if seen.contains("/again") { vec![ServerStep::Stall] } else { steps.clone() },
            )
            .await;
        let client = TestClient::new();
        let request = Request { time_out: asked, ..get(server.url("/")) };
        let fetch = client.fetch.clone();
        let waiting = tokio::spawn(async move { fetch.send(request).await });
        server.stalls().await;

        client.clock.advance(Span(limit.millis() - 1));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "not before {limit:?}");
        client.clock.advance(Span(1));

        assert_eq!(waiting.await.expect("no panic"), Err(FetchFault::TimedOut), "{limit:?}");
    }
}

#[tokio::test]
async fn a_body_over_one_megabyte_is_refused() {
    let flood = |head: String, bytes: usize| {
        move |_: &str| vec![ServerStep::Say(head.clone().into_bytes()), ServerStep::Flood(bytes)]
    };
    let with = |length: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    let without = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_owned();
    let endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n".to_owned();
    let client = TestClient::new();

    let exact = TestServer::with_script(flood(with(BODY_LIMIT), BODY_LIMIT)).await;
    assert_eq!(client.fetch.send(get(exact.url("/"))).await.expect("an answer").body.len(), BODY_LIMIT);
    for (head, bytes) in
        [(with(BODY_LIMIT + 1), 0), (with(usize::MAX / 2), 0), (without, 40 << 20), (endless, 40 << 20)]
    {
        let server = TestServer::with_script(flood(head.clone(), bytes)).await;
        assert_eq!(client.fetch.send(get(server.url("/"))).await, Err(FetchFault::TooLarge), "{head}");
    }
}

#[tokio::test]
async fn a_compressed_body_is_not_decompressed() {
    // Ten bytes that are declared as gzip. Decompression could turn a small body into a huge one.
    let server =
        TestServer::replying("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n0123456789").await;
    let answer = TestClient::new().fetch.send(get(server.url("/"))).await.expect("an answer");
    assert_eq!(answer.body, b"0123456789");
    assert!(!server.requests().remove(0).to_ascii_lowercase().contains("accept-encoding"));
}

#[tokio::test]
async fn an_invalid_response_is_a_fault() {
    for text in [
        "",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/9.9 999 What\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
    ] {
        let server = TestServer::replying(text).await;
        assert_eq!(TestClient::new().fetch.send(get(server.url("/"))).await, Err(FetchFault::Broken), "{text}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_not_reported_as_a_broken_response() {
    let gone = TestServer::replying("").await.url("/secret?key=s3cret");
    let fault = TestClient::new().fetch.send(get(gone)).await.expect_err("nobody there");
    assert!(fault.was_never_sent() && matches!(fault, FetchFault::NoConnection(_)), "{fault:?}");
    assert!(!fault.to_string().contains("s3cret"), "{fault}");
}

#[tokio::test]
async fn more_than_three_redirects_are_a_fault() {
    let server = TestServer::replying("HTTP/1.1 302 Found\r\nLocation: /more\r\nContent-Length: 0\r\n\r\n").await;
    let client = TestClient::new();
    assert_eq!(client.fetch.send(get(server.url("/"))).await, Err(FetchFault::TooManyRedirects));
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn redirects_to_blocked_addresses_are_refused() {
    for (to, refused) in [
        ("http://10.0.0.1/", true),
        ("http://[::1]/", true),
        ("http://169.254.169.254/latest/meta-data/", true),
        ("http://2852039166/", true),
        ("http://inner.example/", true),
        ("file:///etc/passwd", false),
        ("gopher://127.0.0.1:6379/_FLUSHALL", false),
        ("http://user:pass@127.0.0.1/", false),
    ] {
        let server =
            TestServer::replying(&format!("HTTP/1.1 307 T\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")).await;
        let client = TestClient::with_lookup(TestLookup::resolving("inner.example", &[&["192.168.0.7"]]));
        let fault = client.fetch.send(get(server.url("/"))).await.expect_err(to);
        assert_eq!(matches!(fault, FetchFault::Refused(_)), refused, "{to}: {fault:?}");
        assert!(refused || matches!(fault, FetchFault::BadRedirect(_)), "{to}: {fault:?}");
        assert_eq!(client.fetch.connections(), 1, "only the one that redirects: {to}");
    }
}

#[tokio::test]
async fn another_origin_receives_no_secret_header() {
    let other = TestServer::replying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let head = format!("HTTP/1.1 307 T\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", other.url("/"));
    let server = TestServer::replying(&head).await;
    let headers = vec![("Authorization".into(), "Bearer s3cret".into()), ("X-Key".into(), "s3cret".into())];
    TestClient::new().fetch.send(Request { headers, ..get(server.url("/")) }).await.expect("an answer");
    assert!(server.requests().remove(0).contains("s3cret"));
    assert!(!other.requests().remove(0).contains("s3cret"));
}

#[tokio::test]
async fn no_connection_is_made_to_a_blocked_network() {
    for (name, answers) in [
        ("metadata.example", &["169.254.169.254"][..]),
        ("loop6.example", &["::1"]),
        ("mapped.example", &["::ffff:10.0.0.1"]),
        ("both.example", &["10.0.0.1", "fd00::1"]),
    ] {
        let client = TestClient::with_lookup(TestLookup::resolving(name, &[answers]));
        let found = client.fetch.send(get(format!("http://{name}/"))).await;
        assert_eq!(found, Err(FetchFault::Refused(name.to_owned())));
        assert_eq!(client.fetch.connections(), 0, "{name}");
    }
    for address in ["http://10.0.0.1/", "http://[::1]:3000/", "http://0xa9fea9fe/", "http://[::ffff:a00:1]/"] {
        let client = TestClient::new();
        assert!(matches!(client.fetch.send(get(address)).await, Err(FetchFault::Refused(_))), "{address}");
        assert_eq!(client.fetch.connections(), 0, "{address}");
    }
    let client = TestClient::new();
    let found = client.fetch.send(get("http://nowhere.example/")).await;
    assert_eq!(found, Err(FetchFault::NotResolved("nowhere.example".into())));
}

#[tokio::test]
async fn dns_rebinding_is_refused() {
    // Given a name that resolves to our server first and to a private network afterwards
    let server = TestServer::replying("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
    let names = TestLookup::resolving("rebind.example", &[&["127.0.0.1"], &["10.0.0.1"]]);
    let client = TestClient::with_lookup(names.clone());
    let url = format!("http://rebind.example:{}/", server.address.port());

    // When two requests are sent
    let (first, second) = (client.fetch.send(get(url.as_str())).await, client.fetch.send(get(url)).await);

    // Then the first went to the checked address, and the second lookup was refused
    assert!(first.is_ok());
    assert_eq!(second, Err(FetchFault::Refused("rebind.example".into())));
    assert_eq!((names.lookups.load(Ordering::SeqCst), client.fetch.connections()), (2, 1));
}

#[tokio::test]
async fn only_permitted_addresses_of_a_name_are_tried() {
    let server = TestServer::replying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let client = TestClient::with_lookup(TestLookup::resolving("mixed.example", &[&["10.0.0.1", "127.0.0.1", "::1"]]));
    let answer = client.fetch.send(get(format!("http://mixed.example:{}/", server.address.port()))).await;
    assert_eq!(answer.map(|answer| answer.status), Ok(200));
}

#[tokio::test]
async fn invalid_and_framing_headers_are_refused() {
    let server = TestServer::replying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let client = TestClient::new();
    for (name, value) in
        [("Host", "inner"), ("transfer-encoding", "chunked"), ("X-A", "b\r\nX-C: s3cret"), ("X A", "b")]
    {
        let headers = vec![(name.to_owned(), value.to_owned())];
        let fault = client.fetch.send(Request { headers, ..get(server.url("/")) }).await.expect_err(name);
        assert_eq!(fault, FetchFault::BadHeader(name.to_owned()));
        assert!(!fault.to_string().contains("s3cret"));
    }
    assert_eq!(client.fetch.connections(), 0);
}
