//! A member who leaves: sessions and streams end, conversations call again, pending acts are cancelled, and the name
//! stays in the history.

use handoff::{
    domain::{
        conversation::{EndingKind, EndingPress, Goodbye, SnoozeUntil},
        desk::{ItemBody, Row, RowState},
        event::Event,
        ids::{ConversationId, Seq},
        message::draft::ReplyDraft,
        time::Span,
    },
    server::{conversations::ConversationError, store::entries},
};

use super::*;
use crate::{
    app::on_both,
    desk_law::stream::{self, Stream},
    meta,
    presence::enters,
};

/// Deactivates a member, as an admin does.
async fn deactivate(app: &TestApp, admin: &Agent, member: &Agent) {
    let conversations = &app.services.conversations;
    conversations.deactivate(&app.tenant, by(app, admin), member.id()).await.expect("deactivates");
}

async fn writes(app: &TestApp, phone: &str, wamid: &str, words: &str) {
    assert_eq!(app.webhook(&meta::text(phone, wamid, app.now(), words)).await, StatusCode::OK);
    app.settle().await;
}

/// A new customer whom the agent has claimed.
async fn claimed(app: &TestApp, agent: &Agent, nth: u32) -> ConversationId {
    writes(app, &format!("491555000{nth}"), &format!("wamid.{nth}"), "I need an agent").await;
    let waiting = app.rows(agent).await.into_iter().find(|row| row.state == RowState::Waiting).expect("waits");
    app.services.conversations.claim(agent, &waiting.id).await.expect("claims");
    app.settle().await;
    waiting.id
}

async fn row(app: &TestApp, agent: &Agent, id: &ConversationId) -> Row {
    app.rows(agent).await.into_iter().find(|row| row.id == *id).expect("is in the list")
}

async fn lines(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<(Option<String>, String)> {
    let line = |body| match body {
        ItemBody::Line(line) => Some((line.agent.map(|(_, name)| name), line.text)),
        ItemBody::Message(_) | ItemBody::Note(_) => None,
    };
    app.thread(agent, id).await.items.into_iter().filter_map(|item| line(item.body)).collect()
}

fn press(row: &Row) -> EndingPress {
    let (kind, goodbye) = (EndingKind::Close, Goodbye::Off);
    EndingPress { kind, seen: row.last_turn.clone(), goodbye, outcome: None, undo_time: Some(Span::seconds(60)) }
}

fn invalid<T: std::fmt::Debug>(done: Result<T, ConversationError>) -> String {
    match done {
        Err(ConversationError::Invalid(detail)) => detail,
        other => panic!("invalid, not {other:?}"),
    }
}

on_both!(a_deactivated_member_is_signed_out_at_once_and_stays_out, threads = 4, async |app| {
    let (ada, adas) = app.admin().await;
    let (ana, anas) = app.agent("Ana").await;
    let email = email_of(app, "Ana");
    let mut hers = Stream::open(app, &anas, app.desk(&ana).await.seq).await;
    assert!(hers.next().await.is_some(), "the stream sends a frame");
    // when an admin deactivates her from the page
    let done = call(app, Some(&adas), "member_deactivate", &format!("member={}", ana.id())).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    // then her stream ends without any time passing, and nothing of hers is let in
    while hers.next().await.is_some() {}
    assert_eq!(stream::status(app, &anas).await, StatusCode::UNAUTHORIZED);
    assert!(!is_signed_in(app, &anas).await && !can_sign_in(app, &email, PASSWORD).await);
    assert!(is_signed_in(app, &adas).await, "nobody else is signed out");
    assert!(app.services.live.calls(&ada).await.expect("reads").online.is_empty(), "nor does she count as online");
    assert_eq!(active(app).await, [("Ada".to_owned(), true)]);
    // once more changes nothing
    deactivate(app, &ada, &ana).await;
    let told = audit(app, &app.tenant).await;
    let about_her = told.iter().filter(|(_, what, _)| what == "Deactivated a member").collect::<Vec<_>>();
    assert_eq!(about_her, [&line("Ada", "Deactivated a member", Some("Ana"))]);
    // and after her return she signs in with her old password, in a new session
    app.services.accounts.reactivate(&app.tenant, by(app, &ada), ana.id()).await.expect("reactivates");
    assert!(!is_signed_in(app, &anas).await && can_sign_in(app, &email, PASSWORD).await);
    let told = audit(app, &app.tenant).await;
    assert!(told.contains(&line("Ada", "Reactivated a member", Some("Ana"))), "{told:?}");
});

on_both!(devices_are_strangers_after_a_deactivation_and_after_a_new_password, async |app| {
    let (ada, _) = app.admin().await;
    let (ben, _) = app.agent("Ben").await;
    let accounts = &app.services.accounts;
    // A device that is known keeps its token, and any other gets a new one.
    let signs_in = async |password: &str, device: Option<&str>| {
        let from = CallerDevice { token: device.map(str::to_owned), ..here() };
        accounts.sign_in(ben.email(), password.to_owned(), &from, None).await.expect("signs in").device
    };
    let first = signs_in(PASSWORD, None).await;
    assert_eq!(signs_in(PASSWORD, Some(&first)).await, first);
    deactivate(app, &ada, &ben).await;
    accounts.reactivate(&app.tenant, by(app, &ada), ben.id()).await.expect("reactivates");
    let second = signs_in(PASSWORD, Some(&first)).await;
    assert_ne!(second, first);
    // given a new password that he sets with a link, then the browser in which he did is the only one
    let link = accounts.make_password_link(&app.tenant, by(app, &ada), ben.id()).await.expect("a link");
    let new = accounts.use_link(&token_of(&link), NEW_PASSWORD.to_owned(), &here(), None).await.expect("sets it");
    assert_eq!(signs_in(NEW_PASSWORD, Some(&new.device)).await, new.device);
    assert_ne!(signs_in(NEW_PASSWORD, Some(&second)).await, second);
});

on_both!(a_stream_ends_whoever_deactivated_its_agent, async |app| {
    let (ana, anas) = app.agent("Ana").await;
    let (ben, bens) = app.agent("Ben").await;
    // given a deactivation on another server, which this one learns of by the log
    let other = app.another(8).await;
    let mut hers = Stream::open(app, &anas, app.desk(&ana).await.seq).await;
    assert!(hers.next().await.is_some());
    other.conversations.deactivate(&app.tenant, Reauthenticated::operator(), ana.id()).await.expect("deactivates");
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    drop(tx);
    app.services.bus.publish(&app.tenant, log.last().expect("an entry").seq);
    while hers.next().await.is_some() {}
    // given one by hand in the database, then the next look at the session ends the stream
    let mut his = Stream::open(app, &bens, app.desk(&ben).await.seq).await;
    assert!(his.next().await.is_some());
    app.run("UPDATE agents SET active = FALSE").await;
    app.turn(Span::seconds(15));
    while his.next().await.is_some() {}
});

on_both!(what_a_deactivated_member_has_claimed_calls_again, async |app| {
    app.keyword("agent").await;
    let (ada, _) = app.admin().await;
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let conversations = &app.services.conversations;
    // given three chats of Ana: one plain, one put aside, one that is about to close; and one of Ben
    let mut hers = Vec::new();
    for nth in 1..=3 {
        hers.push(claimed(app, &ana, nth).await);
    }
    let his = claimed(app, &ben, 4).await;
    conversations.reply(&ana, &hers[0], "c1", "Hello", None).await.expect("replies");
    conversations.snooze(&ana, &hers[1], SnoozeUntil::Reply).await.expect("puts it aside");
    let draft = ReplyDraft { version: 1, body: "I will".to_owned() };
    conversations.save_draft(&ana, &hers[1], draft.clone()).await.expect("keeps it");
    let third = row(app, &ana, &hers[2]).await;
    conversations.schedule_ending(&ana, &hers[2], &press(&third)).await.expect("is allowed").expect("is pending");
    app.settle().await;
    let before = app.meta.sent().len();
    // when she is deactivated
    deactivate(app, &ada, &ana).await;
    // then all of hers wait for everybody, nothing is pending, and Ben keeps his
    for id in &hers {
        let now = row(app, &ben, id).await;
        assert_eq!((&now.state, now.released_by, now.alerted_at), (&RowState::Waiting, None, Some(app.now())));
        assert_eq!((now.ending, now.snooze), (None, None));
        let said = (Some("Ana".to_owned()), "was deactivated; back to Unassigned".to_owned());
        assert!(lines(app, &ben, id).await.contains(&said), "her name stays");
    }
    assert!(matches!(row(app, &ben, &his).await.state, RowState::Claimed { agent, .. } if agent == *ben.id()));
    let calls = app.services.live.calls(&ben).await.expect("reads");
    assert_eq!((calls.waiting.len(), calls.desk.counts.claimed.get(ana.id())), (3, None));
    app.turn(Span::minutes(2));
    app.settle().await;
    assert_eq!(app.meta.sent().len(), before, "no goodbye is sent");
    // the audit log says who did it, once each
    let told = audit(app, &app.tenant).await;
    let returned = "Returned a conversation to Unassigned: Ana was deactivated";
    let by_ada: Vec<&str> = told.iter().filter(|(who, ..)| who == "Ada").map(|(_, what, _)| what.as_str()).collect();
    let cancelled = "Ana's close was cancelled: the account was deactivated";
    assert_eq!(by_ada, ["Signed in", "Deactivated a member", cancelled, returned, returned, returned]);
    // and when she is back, nothing is hers, except what she had typed
    app.services.accounts.reactivate(&app.tenant, by(app, &ada), ana.id()).await.expect("reactivates");
    let is_hers = |row: &Row| matches!(&row.state, RowState::Claimed { agent, .. } if agent == ana.id());
    assert!(!app.rows(&ana).await.iter().any(is_hers));
    assert_eq!(app.thread(&ana, &hers[1]).await.draft, draft);
    conversations.claim(&ben, &hers[0]).await.expect("anybody can claim it");
    app.settle().await;
});

on_both!(who_is_deactivated_gets_no_conversation_any_more, async |app| {
    let (ada, _) = app.admin().await;
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let conversations = &app.services.conversations;
    let waiting = app.waiting(&ana).await;
    app.settle().await;
    // given a chat that Ana had released, and calls of hers that are under way when she is deactivated
    conversations.claim(&ana, &waiting.id).await.expect("claims");
    let epoch = conversations.release(&ana, &waiting.id).await.expect("lets go");
    deactivate(app, &ada, &ana).await;
    let undone = conversations.undo_release(&ana, &waiting.id, epoch).await;
    assert!(invalid(undone).contains("deactivated"));
    assert!(invalid(conversations.claim(&ana, &waiting.id).await).contains("deactivated"));
    assert!(invalid(conversations.take_over(&ana, &waiting.id).await).contains("deactivated"));
    assert_eq!(app.only_row(&ben).await.state, RowState::Waiting);
    // given a chat that Ben took from her, when he undoes it, then nobody has it
    app.services.accounts.reactivate(&app.tenant, by(app, &ada), ana.id()).await.expect("reactivates");
    conversations.claim(&ana, &waiting.id).await.expect("claims");
    let epoch = conversations.take_over(&ben, &waiting.id).await.expect("takes over");
    deactivate(app, &ada, &ana).await;
    conversations.undo_take_over(&ben, &waiting.id, epoch).await.expect("undoes");
    assert_eq!(app.only_row(&ben).await.state, RowState::Waiting);
    app.settle().await;
});

on_both!(a_claim_and_a_deactivation_at_once_leave_the_customer_with_nobody_who_is_gone, threads = 4, async |app| {
    let (ada, _) = app.admin().await;
    let (ana, _) = app.agent("Ana").await;
    let conversations = &app.services.conversations;
    let waiting = app.waiting(&ada).await;
    app.settle().await;
    for _ in 0..5 {
        let (_claimed, deactivated) = tokio::join!(
            conversations.claim(&ana, &waiting.id),
            conversations.deactivate(&app.tenant, by(app, &ada), ana.id()),
        );
        deactivated.expect("deactivates");
        assert_eq!(app.only_row(&ada).await.state, RowState::Waiting);
        app.services.accounts.reactivate(&app.tenant, by(app, &ada), ana.id()).await.expect("reactivates");
    }
    app.settle().await;
});

on_both!(a_message_after_a_close_does_not_go_to_an_agent_who_is_deactivated, async |app| {
    let (ada, _) = app.admin().await;
    let (ana, _) = app.agent("Ana").await;
    // given an agent whose stream has not ended yet
    let _stream = enters(&app.services, &ana);
    let closed = app.closed(&ana).await;
    deactivate(app, &ada, &ana).await;
    // when the customer writes soon after the close
    writes(app, "4915550001", "wamid.later", "One more question").await;
    // then the bot answers, in a conversation of its own
    assert!(matches!(row(app, &ada, &closed.id).await.state, RowState::Closed { .. }));
    let new = app.rows(&ada).await.into_iter().find(|row| row.id != closed.id).expect("a new one");
    assert!(!matches!(new.state, RowState::Claimed { .. }), "{:?}", new.state);
});

on_both!(a_member_of_another_tenant_is_not_found, async |app| {
    let (ada, _) = app.admin().await;
    let (globex, _) = app.other_tenant().await;
    let (eve, eves) = app.person(&globex, "Eve", Role::Agent).await;
    let (accounts, conversations) = (&app.services.accounts, &app.services.conversations);
    for member in [eve.id().clone(), stranger()] {
        let gone = conversations.deactivate(&app.tenant, by(app, &ada), &member).await;
        assert!(matches!(gone, Err(ConversationError::NotFound)), "{gone:?}");
        let gone = accounts.reactivate(&app.tenant, by(app, &ada), &member).await;
        assert!(matches!(gone, Err(MemberError::NotFound)), "{gone:?}");
        let gone = accounts.set_role(&app.tenant, by(app, &ada), &member, Role::Admin).await;
        assert!(matches!(gone, Err(MemberError::NotFound)), "{gone:?}");
        let gone = accounts.make_password_link(&app.tenant, by(app, &ada), &member).await;
        assert!(matches!(gone, Err(MemberError::NotFound)), "{gone:?}");
    }
    assert!(is_signed_in(app, &eves).await);
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let theirs = entries::since(&mut tx, &globex, Seq(0), 100).await.expect("reads");
    assert!(!theirs.iter().any(|entry| matches!(entry.event, Event::MemberChanged { .. })), "{theirs:?}");
});
