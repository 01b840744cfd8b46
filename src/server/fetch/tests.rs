//! Requests to a hostile server, and names that resolve to forbidden addresses. A manual clock ends every wait.

mod stage;

use std::sync::atomic::Ordering;

use self::stage::{Hostile, Names, Ours, Step, get, say};
use super::{BODY_LIMIT, FetchFault, Request, TIME_LIMIT};
use crate::domain::{model::Method, time::Span};

#[tokio::test]
async fn an_answer_comes_whole_with_its_status_and_kind() {
    let server =
        Hostile::saying("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
            .await;
    let ours = Ours::new();
    let request = Request {
        method: Method::Post,
        url: server.url("/orders?id=7"),
        headers: vec![("X-Api-Key".into(), "k-1".into())],
        body: Some(b"{\"a\":1}".to_vec()),
        time_out: Span::seconds(2),
    };

    let answer = ours.fetch.send(request).await.expect("an answer");

    assert_eq!(
        (answer.status, answer.content_type.as_str(), answer.body.as_slice()),
        (404, "application/json", &b"{}"[..])
    );
    let seen = server.seen().remove(0);
    assert!(seen.starts_with("POST /orders?id=7 HTTP/1.1\r\n") && seen.ends_with("\r\n\r\n{\"a\":1}"), "{seen}");
    assert!(seen.to_ascii_lowercase().contains("\r\nx-api-key: k-1\r\n"), "{seen}");
    assert_eq!(ours.fetch.connections(), 1);
}

#[tokio::test]
async fn a_server_that_stalls_costs_the_limit_and_no_more() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    let stalls: [Vec<Step>; 4] = [
        vec![Step::Stall],
        vec![say("HTTP/1.1 200 OK\r\nX-Slow: "), Step::Stall],
        vec![say(head), say("abc"), Step::Stall],
        vec![say("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"), Step::Stall],
    ];
    for (steps, asked, limit) in stalls.into_iter().zip([0, 1, 3, 60]).map(|(steps, asked)| {
        let asked = Span::seconds(asked);
        (steps, asked, if asked > Span(0) { asked.min(TIME_LIMIT) } else { TIME_LIMIT })
    }) {
        let mut server =
            Hostile::doing(move |seen| if seen.contains("/again") { vec![Step::Stall] } else { steps.clone() }).await;
        let ours = Ours::new();
        let request = Request { time_out: asked, ..get(server.url("/")) };
        let fetch = ours.fetch.clone();
        let waiting = tokio::spawn(async move { fetch.send(request).await });
        server.stalls().await;

        ours.clock.advance(Span(limit.millis() - 1));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "not before {limit:?}");
        ours.clock.advance(Span(1));

        assert_eq!(waiting.await.expect("no panic"), Err(FetchFault::TimedOut), "{limit:?}");
    }
}

#[tokio::test]
async fn a_body_is_cut_at_one_megabyte_however_long_it_says_it_is() {
    let flood =
        |head: String, bytes: usize| move |_: &str| vec![Step::Say(head.clone().into_bytes()), Step::Flood(bytes)];
    let with = |length: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    let without = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_owned();
    let endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n".to_owned();
    let ours = Ours::new();

    let exact = Hostile::doing(flood(with(BODY_LIMIT), BODY_LIMIT)).await;
    assert_eq!(ours.fetch.send(get(exact.url("/"))).await.expect("an answer").body.len(), BODY_LIMIT);
    for (head, bytes) in
        [(with(BODY_LIMIT + 1), 0), (with(usize::MAX / 2), 0), (without, 40 << 20), (endless, 40 << 20)]
    {
        let server = Hostile::doing(flood(head.clone(), bytes)).await;
        assert_eq!(ours.fetch.send(get(server.url("/"))).await, Err(FetchFault::TooLarge), "{head}");
    }
}

#[tokio::test]
async fn what_is_packed_stays_packed() {
    // Ten bytes that are declared as gzip. Decompression could turn a small body into a huge one.
    let server =
        Hostile::saying("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n0123456789").await;
    let answer = Ours::new().fetch.send(get(server.url("/"))).await.expect("an answer");
    assert_eq!(answer.body, b"0123456789");
    assert!(!server.seen().remove(0).to_ascii_lowercase().contains("accept-encoding"));
}

#[tokio::test]
async fn a_broken_answer_is_a_fault_and_never_half_an_answer() {
    for text in [
        "",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/9.9 999 What\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
    ] {
        let server = Hostile::saying(text).await;
        assert_eq!(Ours::new().fetch.send(get(server.url("/"))).await, Err(FetchFault::Broken), "{text}");
    }
}

#[tokio::test]
async fn nobody_listening_is_told_apart_from_a_broken_answer() {
    let gone = Hostile::saying("").await.url("/secret?key=s3cret");
    let fault = Ours::new().fetch.send(get(gone)).await.expect_err("nobody there");
    assert!(fault.never_left() && matches!(fault, FetchFault::NoConnection(_)), "{fault:?}");
    assert!(!fault.to_string().contains("s3cret"), "{fault}");
}

#[tokio::test]
async fn redirects_end_after_three() {
    let server = Hostile::saying("HTTP/1.1 302 Found\r\nLocation: /more\r\nContent-Length: 0\r\n\r\n").await;
    let ours = Ours::new();
    assert_eq!(ours.fetch.send(get(server.url("/"))).await, Err(FetchFault::TooManyRedirects));
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn no_redirect_leads_where_a_request_may_not_go() {
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
        let server = Hostile::saying(&format!("HTTP/1.1 307 T\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")).await;
        let ours = Ours::knowing(Names::meaning("inner.example", &[&["192.168.0.7"]]));
        let fault = ours.fetch.send(get(server.url("/"))).await.expect_err(to);
        assert_eq!(matches!(fault, FetchFault::Refused(_)), refused, "{to}: {fault:?}");
        assert!(refused || matches!(fault, FetchFault::BadRedirect(_)), "{to}: {fault:?}");
        assert_eq!(ours.fetch.connections(), 1, "only the one that redirects: {to}");
    }
}

#[tokio::test]
async fn another_origin_gets_no_secret_header() {
    let other = Hostile::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let head = format!("HTTP/1.1 307 T\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", other.url("/"));
    let server = Hostile::saying(&head).await;
    let headers = vec![("Authorization".into(), "Bearer s3cret".into()), ("X-Key".into(), "s3cret".into())];
    Ours::new().fetch.send(Request { headers, ..get(server.url("/")) }).await.expect("an answer");
    assert!(server.seen().remove(0).contains("s3cret"));
    assert!(!other.seen().remove(0).contains("s3cret"));
}

#[tokio::test]
async fn no_connection_is_made_to_a_closed_network_whatever_it_is_called() {
    for (name, answers) in [
        ("metadata.example", &["169.254.169.254"][..]),
        ("loop6.example", &["::1"]),
        ("mapped.example", &["::ffff:10.0.0.1"]),
        ("both.example", &["10.0.0.1", "fd00::1"]),
    ] {
        let ours = Ours::knowing(Names::meaning(name, &[answers]));
        let found = ours.fetch.send(get(format!("http://{name}/"))).await;
        assert_eq!(found, Err(FetchFault::Refused(name.to_owned())));
        assert_eq!(ours.fetch.connections(), 0, "{name}");
    }
    for address in ["http://10.0.0.1/", "http://[::1]:3000/", "http://0xa9fea9fe/", "http://[::ffff:a00:1]/"] {
        let ours = Ours::new();
        assert!(matches!(ours.fetch.send(get(address)).await, Err(FetchFault::Refused(_))), "{address}");
        assert_eq!(ours.fetch.connections(), 0, "{address}");
    }
    let ours = Ours::new();
    let found = ours.fetch.send(get("http://nowhere.example/")).await;
    assert_eq!(found, Err(FetchFault::NotResolved("nowhere.example".into())));
}

#[tokio::test]
async fn a_name_is_asked_once_per_connection_so_that_no_second_answer_can_swap_the_address() {
    // Given a name that resolves to our server first and to a private network afterwards
    let server = Hostile::saying("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
    let names = Names::meaning("rebind.example", &[&["127.0.0.1"], &["10.0.0.1"]]);
    let ours = Ours::knowing(names.clone());
    let url = format!("http://rebind.example:{}/", server.address.port());

    // When two requests are sent
    let (first, second) = (ours.fetch.send(get(url.as_str())).await, ours.fetch.send(get(url)).await);

    // Then the first went to the checked address, and the second lookup was refused
    assert!(first.is_ok());
    assert_eq!(second, Err(FetchFault::Refused("rebind.example".into())));
    assert_eq!((names.asked.load(Ordering::SeqCst), ours.fetch.connections()), (2, 1));
}

#[tokio::test]
async fn of_several_addresses_only_those_that_passed_are_tried() {
    let server = Hostile::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let ours = Ours::knowing(Names::meaning("mixed.example", &[&["10.0.0.1", "127.0.0.1", "::1"]]));
    let answer = ours.fetch.send(get(format!("http://mixed.example:{}/", server.address.port()))).await;
    assert_eq!(answer.map(|answer| answer.status), Ok(200));
}

#[tokio::test]
async fn headers_that_would_change_the_message_itself_are_not_sent() {
    let server = Hostile::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let ours = Ours::new();
    for (name, value) in
        [("Host", "inner"), ("transfer-encoding", "chunked"), ("X-A", "b\r\nX-C: s3cret"), ("X A", "b")]
    {
        let headers = vec![(name.to_owned(), value.to_owned())];
        let fault = ours.fetch.send(Request { headers, ..get(server.url("/")) }).await.expect_err(name);
        assert_eq!(fault, FetchFault::BadHeader(name.to_owned()));
        assert!(!fault.to_string().contains("s3cret"));
    }
    assert_eq!(ours.fetch.connections(), 0);
}
