//! A person's own account: the sessions and how they end, the password, and entering it again for acts that need it.

mod password;

use handoff::{
    contract::account::OwnSession,
    domain::{ids::SessionId, time::Span},
    server::accounts::{Agent, CallerDevice, REAUTHENTICATED_FOR, session},
};
use http::{StatusCode, header};
use serde_json::json;

use crate::{
    app::{PASSWORD, TestApp, on_both},
    bot_settings::{answer, bot, call, post},
    desk_law::stream::Stream,
};

const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/147.0.0.0 Safari/537.36";

/// Another session of a person, at a computer with Windows. Returns the agent as that session and its cookie.
async fn elsewhere(app: &TestApp, person: &Agent) -> (Agent, String) {
    let from = CallerDevice { user_agent: WINDOWS.to_owned(), ..CallerDevice::at([203, 0, 113, 7].into()) };
    let new = app.services.accounts.sign_in(person.email(), PASSWORD.to_owned(), &from, None).await.expect("signs in");
    let agent = app.services.accounts.signed_in(&new.token).await.expect("looks up").expect("is signed in");
    (agent, format!("handoff={}", new.token))
}

/// Whether the server still takes a cookie.
async fn is_valid(app: &TestApp, cookie: &str) -> bool {
    match post(app, cookie, "calls", "").await.0 {
        StatusCode::OK => true,
        StatusCode::UNAUTHORIZED => false,
        other => panic!("{other}"),
    }
}

async fn sessions(app: &TestApp, cookie: &str) -> Vec<OwnSession> {
    let (status, body) = post(app, cookie, "own_sessions", "").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).expect("sessions")
}

fn end(id: &SessionId) -> String {
    format!("id={id}")
}

on_both!(a_person_sees_their_sessions_and_ends_one_elsewhere, threads = 4, async |app| {
    // given Ana at two computers
    let (ana, here) = app.agent("Ana").await;
    app.turn(Span::minutes(1));
    let (_, there) = elsewhere(app, &ana).await;
    let (_, bens) = app.agent("Ben").await;
    // then she sees both, the last used first
    let listed = sessions(app, &here).await;
    let shown: Vec<_> =
        listed.iter().map(|it| (it.device.as_str(), it.address.as_deref(), it.used == app.now(), it.is_this)).collect();
    assert_eq!(
        shown,
        [("Chrome on Windows", Some("203.0.113.7"), true, false), ("Unknown device", Some("127.0.0.1"), false, true),]
    );
    assert!(listed.iter().all(|it| it.started == it.used), "{listed:?}");
    let [other, own] = [0, 1].map(|at| listed[at].id.clone());
    // when a colleague or a person of another tenant wants to end one, then there is none
    let (tenant, _) = app.other_tenant().await;
    let (_, eves) = app.person(&tenant, "Eve", handoff::domain::access::Role::Admin).await;
    for stranger in [&bens, &eves] {
        assert_eq!(sessions(app, stranger).await.len(), 1);
        assert_eq!(post(app, stranger, "session_end", &end(&other)).await.0, StatusCode::NOT_FOUND);
    }
    assert!(is_valid(app, &there).await);
    // when she ends it
    let head = app.desk(&ana).await.seq;
    let (mut kept, mut ended) = (Stream::open(app, &here, head).await, Stream::open(app, &there, head).await);
    assert_eq!(post(app, &here, "session_end", &end(&other)).await.0, StatusCode::OK);
    // then its calls are refused, and its stream ends without a frame, while hers goes on
    assert!(!is_valid(app, &there).await);
    assert_eq!(ended.news().await, None);
    assert!(kept.news().await.is_some());
    assert_eq!(sessions(app, &here).await.iter().map(|it| it.id.clone()).collect::<Vec<_>>(), [own]);
    assert_eq!(post(app, &here, "session_end", &end(&other)).await.0, StatusCode::NOT_FOUND, "once");
    assert_eq!(audit(app).await[0], ("Ana".to_owned(), "Signed out on another device".to_owned()));
});

/// Who did what, newest first.
async fn audit(app: &TestApp) -> Vec<(String, String)> {
    let page = app.services.settings.read_audit(&app.tenant, &Default::default(), None).await.expect("reads");
    page.lines.into_iter().map(|line| (line.who, line.what)).collect()
}

on_both!(all_other_sessions_end_together, threads = 4, async |app| {
    let (ana, here) = app.agent("Ana").await;
    let (_, bens) = app.agent("Ben").await;
    let mut others = Vec::new();
    for _ in 0..2 {
        others.push(elsewhere(app, &ana).await.1);
    }
    let mut stream = Stream::open(app, &others[1], app.desk(&ana).await.seq).await;
    // when
    assert_eq!(post(app, &here, "other_sessions_end", "").await.0, StatusCode::OK);
    // then
    for other in &others {
        assert!(!is_valid(app, other).await);
    }
    assert_eq!(stream.news().await, None);
    assert!(is_valid(app, &here).await && is_valid(app, &bens).await);
    assert_eq!(audit(app).await[0].1, "Signed out on 2 other devices");
    // and with none left nothing is written
    let before = audit(app).await.len();
    assert_eq!(post(app, &here, "other_sessions_end", "").await.0, StatusCode::OK);
    assert_eq!(audit(app).await.len(), before);
});

on_both!(a_session_ends_after_thirty_days_however_often_it_is_renewed, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let accounts = &app.services.accounts;
    let step = Span::hours(11);
    let renewals = session::LONGEST.0 / step.0;
    // given a session that is renewed before it expires, again and again
    for _ in 0..renewals {
        app.turn(step);
        assert!(accounts.is_session_valid(&ana).await.expect("looks up"));
        accounts.renew(&ana).await.expect("renews");
    }
    // when its last hours are over, then it has ended, although it was renewed less than twelve hours ago
    let left = Span(session::LONGEST.0 - renewals * step.0);
    assert!(left < session::LENGTH);
    app.turn(Span(left.0 - 1));
    assert!(accounts.is_session_valid(&ana).await.expect("looks up"));
    app.turn(Span(1));
    assert!(!accounts.is_session_valid(&ana).await.expect("looks up"));
    // and renewing it does not bring it back
    accounts.renew(&ana).await.expect("renews nothing");
    assert!(!accounts.is_session_valid(&ana).await.expect("looks up"));
});

on_both!(a_session_of_an_older_version_ends_after_thirty_days_too, async |app| {
    // given a session that was renewed without a bound
    let (ana, _) = app.agent("Ana").await;
    app.run(&format!("UPDATE sessions SET expires_at = {}", app.now().plus(Span::days(60)).0)).await;
    app.turn(Span::days(30));
    assert!(!app.services.accounts.is_session_valid(&ana).await.expect("looks up"));
});

/// The answer to an act that needs a fresh password.
const NEEDED: &str = r#"{"type":"password_needed"}"#;
/// Acts for which a session alone is not enough, as forms, and as JSON.
const FORMS: [(&str, &str); 4] = [
    ("secret_set", "name=SHOP&hosts=shop.example.com&value=x"),
    ("secret_remove", "name=SHOP"),
    ("tool_remove", "name=look_up"),
    ("model_key_forget", ""),
];

on_both!(secrets_model_and_tools_need_a_password_that_was_just_entered, threads = 4, async |app| {
    let (ada, cookie) = app.admin().await;
    let (_, other) = elsewhere(app, &ada).await;
    let tool =
        json!({"was": null, "tool": {"name": "look_up", "description": "d", "url": "https://shop.example.com/x"}});
    let model = json!({"model": {"model": "m"}, "key": "sk-key"});
    let calls = [("tool_save", &tool), ("model_save", &model)];
    // given that a sign-in counts
    app.turn(Span(REAUTHENTICATED_FOR.0 - 1));
    assert_eq!(call(app, &cookie, "tool_save", &tool).await.0, StatusCode::OK);
    // when ten minutes have passed, then each act is refused with its own kind of error, and nothing changes
    app.turn(Span(1));
    for (path, form) in FORMS {
        assert_eq!(post(app, &cookie, path, form).await, (StatusCode::FORBIDDEN, NEEDED.to_owned()), "{path}");
    }
    for (path, arguments) in calls {
        assert_eq!(call(app, &cookie, path, arguments).await, (StatusCode::FORBIDDEN, NEEDED.to_owned()), "{path}");
    }
    let now = bot(app, &cookie).await;
    assert_eq!((now.secrets.len(), now.tools.len()), (0, 1));
    // and what is no secret is not affected
    assert_eq!(post(app, &cookie, "text_save", "name=closing&text=Bye").await.0, StatusCode::OK);
    // when a wrong password is entered, then nothing is allowed
    let (status, body) = post(app, &cookie, "password_confirm", "password=not-the-password").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("That isn't your password."), "{body}");
    assert_eq!(post(app, &cookie, FORMS[0].0, FORMS[0].1).await.0, StatusCode::FORBIDDEN);
    let told = ("Ada".to_owned(), "Entered a wrong password when asked to confirm it".to_owned());
    assert_eq!(audit(app).await[0], told);
    // when the right one is, then all are, in this session only
    assert_eq!(post(app, &cookie, "password_confirm", &format!("password={PASSWORD}")).await.0, StatusCode::OK);
    assert_eq!(call(app, &cookie, "model_save", &model).await.0, StatusCode::OK);
    for (path, form) in FORMS {
        assert_eq!(post(app, &cookie, path, form).await.0, StatusCode::OK, "{path}");
    }
    assert_eq!(post(app, &other, FORMS[0].0, FORMS[0].1).await.0, StatusCode::FORBIDDEN);
});

on_both!(changes_of_the_team_need_a_password_that_was_just_entered, threads = 4, async |app| {
    // given a colleague and an invitation
    let (_, cookie) = app.admin().await;
    let (ben, _) = app.agent("Ben").await;
    let invite = |name: &str| format!("email={name}%40acme.test&name={name}&role=agent");
    assert_eq!(post(app, &cookie, "invite", &invite("dana")).await.0, StatusCode::OK);
    let invitation = app.services.accounts.team(&app.tenant).await.expect("reads").invitations.remove(0).id;
    let member = format!("member={}", ben.id());
    let acts = [
        ("invite", invite("fay")),
        ("invitation_renew", format!("id={invitation}")),
        ("member_set_role", format!("{member}&role=admin")),
        ("member_password_link", member.clone()),
        ("member_deactivate", member.clone()),
        ("member_reactivate", member),
    ];
    // when ten minutes have passed, then each act is refused, and nothing changes
    app.turn(REAUTHENTICATED_FOR);
    let before = audit(app).await;
    for (path, form) in &acts {
        assert_eq!(post(app, &cookie, path, form).await, (StatusCode::FORBIDDEN, NEEDED.to_owned()), "{path}");
    }
    assert_eq!(audit(app).await, before);
    // and reading the team is not affected
    assert_eq!(post(app, &cookie, "team", "").await.0, StatusCode::OK);
    // when the password is entered, then all are allowed
    assert_eq!(post(app, &cookie, "password_confirm", &format!("password={PASSWORD}")).await.0, StatusCode::OK);
    for (path, form) in &acts {
        assert_eq!(post(app, &cookie, path, form).await.0, StatusCode::OK, "{path}");
    }
});

on_both!(an_agent_is_refused_before_a_password_is_asked_for, threads = 4, async |app| {
    let (_, cookie) = app.agent("Ana").await;
    app.turn(REAUTHENTICATED_FOR);
    for (path, form) in FORMS {
        let refused = (StatusCode::FORBIDDEN, r#"{"type":"forbidden"}"#.to_owned());
        assert_eq!(post(app, &cookie, path, form).await, refused, "{path}");
    }
});

on_both!(guessing_the_password_in_a_stolen_session_is_slowed_down, threads = 4, async |app| {
    let (ana, stolen) = app.agent("Ana").await;
    let (_, hers) = elsewhere(app, &ana).await;
    for _ in 0..10 {
        let status = post(app, &stolen, "password_confirm", "password=not-the-password").await.0;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let right = format!("password={PASSWORD}");
    let (status, body) = post(app, &stolen, "password_confirm", &right).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(body.contains("Wait 6 seconds"), "{body}");
    assert_eq!(post(app, &hers, "password_confirm", &right).await.0, StatusCode::OK, "she is not locked out");
    app.turn(Span::seconds(6));
    assert_eq!(post(app, &stolen, "password_confirm", &right).await.0, StatusCode::OK);
});
