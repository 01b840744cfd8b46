//! Who may try to sign in, and how often: what failures cost whom, what is written about them, and where the acts of
//! those who are signed in came from.

use std::{net::SocketAddr, pin::pin, task::Poll};

use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
};
use futures::{FutureExt, poll};
use handoff::{
    contract::{
        audit::{AuditFilter, AuditLine},
        flow::NewFlow,
    },
    domain::time::Span,
    server::{
        accounts::{
            CallerDevice, device,
            password::{HashQueue, LONGEST_WAIT, WAITING},
            session,
            sign_in::{NewSession, SignInError},
        },
        store::sessions,
    },
};
use http::{HeaderMap, Request, StatusCode, header};

use crate::{
    app::{PASSWORD, TestApp, on_both, on_postgres, on_sqlite},
    bot_settings::post,
    capture,
};

const ATTACKER: [u8; 4] = [203, 0, 113, 9];

fn from(address: [u8; 4], token: Option<&str>) -> CallerDevice {
    CallerDevice { token: token.map(str::to_owned), ..CallerDevice::at(address.into()) }
}

async fn tries(app: &TestApp, email: &str, password: &str, from: &CallerDevice) -> Result<NewSession, SignInError> {
    app.services.accounts.sign_in(email, password.to_owned(), from, None).await
}

async fn audit(app: &TestApp) -> Vec<AuditLine> {
    app.services.accounts.refusals_noted().await;
    app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads").lines
}

on_both!(a_failed_sign_in_is_told_to_the_tenant_and_to_the_operator, async |app| {
    let (ana, _) = app.agent("Ana").await;
    capture::begin();
    // when somebody fails with her address, and with one that nobody has
    for email in [ana.email(), "nobody@acme.test"] {
        let refused = tries(app, email, "a-guessed-password", &from(ATTACKER, None)).await.expect_err("wrong");
        assert_eq!(refused.to_string(), "Wrong email or password.");
    }
    // then her company reads it
    let line = audit(app).await.remove(0);
    assert_eq!(
        (line.who.as_str(), line.what.as_str(), line.about.as_deref(), line.address.as_deref()),
        ("Handoff", "Refused a sign-in: wrong password", Some("Ana"), Some("203.0.113.9"))
    );
    // and the operator, without the password and the whole address
    let log = capture::log();
    let told = log.lines().filter(|line| line.contains("accounts: sign-in refused")).collect::<Vec<_>>();
    assert_eq!(told.len(), 2, "{log}");
    assert!(told[0].contains("203.0.113.9") && told[0].contains("a…@") && told[1].contains("n…@acme.test"), "{told:?}");
    for secret in ["a-guessed-password", ana.email(), "nobody@"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
});

// The tests' own server hashes at the least cost; the product's is built without a choice.
on_sqlite!(the_product_hashes_new_passwords_at_full_cost, async |app| {
    let product = app.another(8).await;
    let hash = product.accounts.hasher().hash(PASSWORD.to_owned(), [7; 16]).await.expect("hashes");
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    product.db.close().await;
});

on_both!(a_deactivated_person_is_refused_as_anybody_else, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.run("UPDATE agents SET active = FALSE").await;
    let refused = tries(app, ana.email(), PASSWORD, &from(ATTACKER, None)).await.expect_err("no more");
    assert_eq!(refused.to_string(), "Wrong email or password.");
    assert_eq!(audit(app).await[0].what, "Refused a sign-in: the account is deactivated");
});

on_both!(an_account_that_nobody_has_is_throttled_like_one_that_exists, async |app| {
    let (ana, _) = app.agent("Ana").await;
    for email in [ana.email(), "nobody@acme.test"] {
        // Another network for each, so that only the account counts.
        let address = if email == ana.email() { [198, 51, 100, 1] } else { ATTACKER };
        for _ in 0..10 {
            let refused = tries(app, email, "a-guessed-password", &from(address, None)).await;
            assert!(matches!(refused, Err(SignInError::Wrong)), "{refused:?}");
        }
        for _ in 0..3 {
            let refused = tries(app, email, PASSWORD, &from(address, None)).await.expect_err("too often");
            assert_eq!(refused.to_string(), "Too many attempts. Wait 6 seconds and try again.", "{email}");
            assert_eq!(refused.retry_after(), Some(Span::seconds(6)));
        }
    }
    // The audit log has each wrong password, and that there were too many once in ten minutes.
    let throttled = async || {
        let lines = audit(app).await;
        lines.iter().filter(|line| line.what == "Refused a sign-in: too many attempts").count()
    };
    assert_eq!(throttled().await, 1);
    assert_eq!(audit(app).await.iter().filter(|line| line.what.ends_with("wrong password")).count(), 10);
    app.turn(Span::minutes(10));
    for _ in 0..11 {
        let _refused = tries(app, ana.email(), "a-guessed-password", &from([198, 51, 100, 1], None)).await;
    }
    assert_eq!(throttled().await, 2);
});

on_both!(a_known_device_signs_in_while_its_network_is_throttled, async |app| {
    // given Ana's browser, and somebody in the same network who fails with her address
    let (ana, _) = app.agent("Ana").await;
    let hers = tries(app, ana.email(), PASSWORD, &from(ATTACKER, None)).await.expect("signs in").device;
    for _ in 0..10 {
        let _refused = tries(app, ana.email(), "a-guessed-password", &from(ATTACKER, None)).await;
    }
    // then strangers wait there, with a token that nobody has or that is another person's, too
    let (ben, _) = app.agent("Ben").await;
    let bens = tries(app, ben.email(), PASSWORD, &from(ATTACKER, None)).await.expect("signs in").device;
    for token in [None, Some("ab".repeat(32)), Some(bens)] {
        let refused = tries(app, ana.email(), PASSWORD, &from(ATTACKER, token.as_deref())).await;
        assert!(matches!(refused, Err(SignInError::TooManyAttempts(_))), "{token:?}");
    }
    // and her browser does not, and keeps its token
    let again = tries(app, ana.email(), PASSWORD, &from(ATTACKER, Some(&hers))).await.expect("signs in");
    assert_eq!(again.device, hers);
    // but it has a limit of its own
    for _ in 0..10 {
        let refused = tries(app, ana.email(), "a-guessed-password", &from(ATTACKER, Some(&hers))).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{refused:?}");
    }
    let refused = tries(app, ana.email(), PASSWORD, &from(ATTACKER, Some(&hers))).await;
    assert!(matches!(refused, Err(SignInError::TooManyAttempts(_))), "{refused:?}");
    // and half a year later it is a stranger
    app.turn(device::LENGTH);
    let next = tries(app, ana.email(), PASSWORD, &from(ATTACKER, Some(&hers))).await.expect("signs in");
    assert_ne!(next.device, hers);
});

on_both!(a_token_that_somebody_else_chose_is_never_a_known_device, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let planted = "cd".repeat(32);
    let new = tries(app, ana.email(), PASSWORD, &from(ATTACKER, Some(&planted))).await.expect("signs in");
    assert_ne!(new.device, planted);
});

/// Sends the form of the sign-in page; returns status, headers and body.
async fn form(app: &TestApp, email: &str, cookie: Option<&str>) -> (StatusCode, HeaderMap, String) {
    let host = app.address.to_string();
    let mut request = Request::post("/api/sign_in")
        .header(header::HOST, &host)
        .header(header::ORIGIN, format!("http://{host}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    let body = format!("email={}&password={PASSWORD}", email.replace('@', "%40"));
    let response = app.send(request.body(Body::from(body)).expect("a request")).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a whole body");
    (status, headers, String::from_utf8_lossy(&bytes).into_owned())
}

on_both!(when_too_many_sign_in_at_once_strangers_are_told_when_to_come_back, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let device = tries(app, ana.email(), PASSWORD, &CallerDevice::default()).await.expect("signs in").device;
    // given strangers who keep all that checks passwords busy, and as many who wait as may
    let hasher = app.services.accounts.hasher();
    let next = || hasher.slot(HashQueue::Stranger).now_or_never().map(|slot| slot.expect("a place"));
    let held: Vec<_> = std::iter::from_fn(next).collect();
    let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(hasher.slot(HashQueue::Stranger))).collect();
    for one in &mut waiting {
        assert!(futures::poll!(one).is_pending());
    }
    // when one more signs in, then they are refused at once, whoever they are
    for email in [ana.email(), "nobody@acme.test"] {
        let (status, headers, body) = form(app, email, None).await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{body}");
        assert_eq!(headers[header::RETRY_AFTER], (LONGEST_WAIT.0 / 1_000).to_string().as_str());
        assert!(body.contains("Too many people are signing in right now."), "{body}");
    }
    assert_eq!(audit(app).await[0].what, "Refused a sign-in: the server was busy");
    // and Ana's own browser is not
    let known = format!("handoff-device={device}");
    assert_eq!(form(app, ana.email(), Some(&known)).await.0, StatusCode::OK);
    // when the others are done, then everybody may
    drop((waiting, held));
    assert_eq!(form(app, ana.email(), None).await.0, StatusCode::OK);
});

on_both!(the_answer_to_too_many_attempts_says_when_to_try_again, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    for _ in 0..10 {
        let _refused = tries(app, ana.email(), "a-guessed-password", &CallerDevice::default()).await;
    }
    let (status, headers, _) = form(app, ana.email(), None).await;
    assert_eq!((status, headers[header::RETRY_AFTER].to_str().expect("text")), (StatusCode::TOO_MANY_REQUESTS, "6"));
});

/// A request over a connection from `address`.
fn connected(mut request: Request<Body>, address: &str) -> Request<Body> {
    let peer: SocketAddr = format!("{address}:4711").parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

on_both!(the_audit_log_says_from_where_an_admin_acted, threads = 4, async |app| {
    let (ben, _) = app.agent("Ben").await;
    let (ada, cookie) = app.admin().await;
    let new = NewFlow::Empty { name: "Orders".to_owned() };
    let flow = app.services.settings.flow_create(&app.tenant, ada.initiator(None), new).await.expect("a flow");
    let host = app.address.to_string();
    let request = |builder: http::request::Builder, body: &str| {
        let request = builder
            .header(header::HOST, &host)
            .header(header::ORIGIN, format!("http://{host}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, &cookie)
            .body(Body::from(body.to_owned()));
        request.expect("a request")
    };
    // when an admin changes a text from one address, saves a flow as a file from another, and so on
    let save = request(Request::post("/api/text_save"), "name=closing&text=Bye");
    assert_eq!(app.send(connected(save, "203.0.113.7")).await.status(), StatusCode::OK);
    let export = request(Request::get(format!("/flows/{flow}/export")), "");
    assert_eq!(app.send(connected(export, "[::ffff:198.51.100.4]")).await.status(), StatusCode::OK);
    let secret = request(Request::post("/api/secret_set"), "name=SHOP&hosts=shop.example.com&value=x");
    assert_eq!(app.send(connected(secret, "[2001:db8::7]")).await.status(), StatusCode::OK);
    let gone = request(Request::post("/api/member_deactivate"), &format!("member={}", ben.id()));
    assert_eq!(app.send(connected(gone, "192.0.2.44")).await.status(), StatusCode::OK);
    // then each line names what and from where
    let lines = audit(app).await;
    let told: Vec<_> =
        lines.iter().take(5).map(|line| (line.what.as_str(), line.about.as_deref(), line.address.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("Deactivated a member", Some("Ben"), Some("192.0.2.44")),
            ("Added a bot secret", Some("SHOP"), Some("2001:db8::7")),
            ("Exported a flow", Some("Orders"), Some("198.51.100.4")),
            ("Changed an automatic message", Some("Closing message"), Some("203.0.113.7")),
            ("Added a flow", Some("Orders"), None),
        ]
    );
    assert!(lines.iter().take(5).all(|line| line.who == "Ada"), "{lines:?}");
    // and the page shows it, to admins only
    let (status, body) = post(app, &cookie, "audit", "").await;
    assert!(status == StatusCode::OK && body.contains("203.0.113.7"), "{body}");
    // and it can be erased, while the log stays
    app.erase("entry_addresses").await;
    assert!(audit(app).await.iter().all(|line| line.address.is_none()));
});

on_both!(no_tenant_reads_from_where_another_one_acted, async |app| {
    let (ada, _) = app.admin().await;
    let (tenant, _) = app.other_tenant().await;
    let (eve, _) = app.person(&tenant, "Eve", handoff::domain::access::Role::Admin).await;
    app.services.settings.dismiss_setup(&app.tenant, ada.initiator(Some(ATTACKER.into()))).await.expect("saves");
    let theirs = app.services.settings.read_audit(eve.tenant(), &AuditFilter::default(), None).await.expect("reads");
    assert!(theirs.lines.iter().all(|line| line.address.as_deref() != Some("203.0.113.9")), "{theirs:?}");
    assert!(audit(app).await.iter().any(|line| line.address.as_deref() == Some("203.0.113.9")));
});

on_postgres!(sign_ins_at_once_leave_expired_sessions_to_each_other, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    // given a morning on which the sessions of the day before have expired, and a sign-in that ends Ana's
    app.turn(session::LENGTH);
    let mut first = app.services.db.begin_write().await.expect("begins");
    sessions::remove(&mut first, ana.session()).await.expect("removes");
    // when Ben signs in, then he does not wait for it: it would wait for his own old session, and one of them fail
    let from = CallerDevice::at(ATTACKER.into());
    let accounts = &app.services.accounts;
    let mut signing_in = pin!(accounts.sign_in(ben.email(), PASSWORD.to_owned(), &from, Some("a token of before")));
    let signed_in = loop {
        match poll!(&mut signing_in) {
            Poll::Ready(ended) => break ended,
            Poll::Pending => assert!(!app.is_waiting().await, "he waits for the other sign-in"),
        }
    };
    signed_in.expect("signs in");
    first.commit().await.expect("commits");
});
