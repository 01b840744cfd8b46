//! An agent writes first: the conversation is theirs, the bot says nothing, and nobody waits until the customer answers.

use handoff::{
    contract::{outbound::OutboundPage, templates::ListedTemplate},
    domain::{
        access::Role,
        alert::{Alert, AlertCause},
        block::BlockReason,
        conversation::Refusal,
        desk::{Frame, Group, ItemBody, Row, RowState},
        event::{Event, Wish},
        handoff::TriggerKind,
        ids::{ConversationId, CustomerId},
        message::{Author, Delivery},
        outbound::{FirstRecipient, OptIn},
        template::{TemplateCategory, field::FieldKey},
        time::Span,
    },
    server::{
        accounts::Agent,
        conversations::{
            ConversationError,
            agent::{NewConversation, NewTemplate},
        },
        log::Log,
        simulator::{Effect, Fault},
        store::entries,
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, on_both},
    desk_law::stream::Stream,
    meta,
};

/// Who has written before, and who has not.
const MARIA: &str = "4915550001";
const NEW: &str = "33612345678";

async fn listed(app: &TestApp, agent: &Agent, name: &str) -> ListedTemplate {
    let picker = app.services.templates.first_picker(agent, &app.channel, None).await.expect("a list");
    assert_eq!(picker.fault, None);
    let found = picker.templates.into_iter().find(|listed| listed.template.name == name);
    found.unwrap_or_else(|| panic!("{name} is listed"))
}

fn number(text: &str) -> FirstRecipient {
    FirstRecipient::Number(text.to_owned())
}

fn agreed() -> OptIn {
    OptIn { agreed: true, note: "In the shop".to_owned() }
}

/// Sends a template without values.
async fn begins(
    app: &TestApp,
    agent: &Agent,
    client_id: &str,
    to: &FirstRecipient,
    name: &str,
) -> Result<ConversationId, ConversationError> {
    let listed = listed(app, agent, name).await;
    let values = &listed.prefilled;
    let template = NewTemplate { client_id, template: &listed.id, revision: listed.revision, values };
    let new = NewConversation { channel: &app.channel, to, opt_in: &agreed(), template };
    app.services.conversations.begin(agent, new).await
}

async fn refused(app: &TestApp, agent: &Agent, to: &FirstRecipient, name: &str) -> String {
    begins(app, agent, "refused", to, name).await.expect_err("is refused").to_string()
}

async fn page(app: &TestApp, agent: &Agent) -> OutboundPage {
    app.services.live.outbound(agent, None).await.expect("a page")
}

async fn row(app: &TestApp, agent: &Agent, id: &ConversationId) -> Row {
    app.rows(agent).await.into_iter().find(|row| row.id == *id).expect("is in the list")
}

async fn writes(app: &TestApp, phone: &str, wamid: &str, words: &str) {
    app.turn(Span::seconds(1));
    assert_eq!(app.webhook(&meta::text(phone, wamid, app.now(), words)).await, StatusCode::OK);
    app.settle().await;
}

/// The alerts of all that has happened since the stream was opened.
async fn alerts(app: &TestApp, agent: &Agent, stream: &mut Stream) -> Vec<Alert> {
    let head = app.desk(agent).await.seq;
    let mut alerts = Vec::new();
    while stream.cursor < head {
        if let Frame::Changes(changes) = stream.next().await.expect("the stream goes on") {
            alerts.extend(changes.alerts);
        }
    }
    alerts
}

on_both!(an_agent_writes_first_and_has_the_conversation, threads = 4, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let mut desk = app.desk(&ana).await;
    let mut stream = Stream::open(app, &cookie, desk.seq).await;
    // when Ana writes to a number, as it stands in an address book, and presses twice
    let to = number("+33 (0) 6 12 34 56 78");
    let id = begins(app, &ana, "one", &to, "we_are_back").await.expect("begins");
    assert_eq!(begins(app, &ana, "one", &to, "we_are_back").await.expect("begun before"), id);
    app.settle().await;
    // then Meta gets one template for that number
    let [sent] = &app.meta.sent()[..] else { panic!("one message, not {:#?}", app.meta.sent()) };
    assert_eq!((sent.body["to"].as_str(), sent.body["type"].as_str()), (Some("+33612345678"), Some("template")));
    // and the conversation is Ana's: nobody waits, and there is no target
    let begun = app.only_row(&ana).await;
    assert_eq!(begun.state, RowState::Claimed { agent: ana.id().clone(), name: "Ana".to_owned() });
    assert_eq!((begun.group(ana.id()), begun.reply, begun.unread), (Group::CustomersTurn, None, 0));
    assert_eq!(begun.trigger, Some((TriggerKind::Outbound, "Started by an agent".to_owned())));
    assert_eq!((begun.phone.as_deref(), begun.window_closes), (Some("+33612345678"), None));
    assert_eq!(app.thread_lines(&ana, &id).await, ["started this conversation"]);
    // and what she noted is with the handoff
    let requests = app.thread(&ana, &id).await.dossier.handoff_requests;
    assert_eq!(requests.len(), 1);
    assert!(requests[0].note.ends_with("In the shop"), "{:?}", requests[0]);
    // and an open page shows the same as a fresh one, and alerts nobody
    let fresh = app.desk(&ana).await;
    let mut told = Vec::new();
    while desk.seq < fresh.seq {
        let frame = stream.next().await.expect("the stream goes on");
        if let Frame::Changes(changes) = &frame {
            told.extend(changes.alerts.clone());
        }
        desk.apply(&frame);
    }
    assert_eq!((desk, told), (fresh, vec![]));
    assert_eq!(page(app, &ana).await.failed, []);
});

on_both!(the_customers_answer_alerts_the_owner_and_starts_the_target, threads = 4, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    app.keyword("agent").await;
    let id = begins(app, &ana, "one", &number(NEW), "we_are_back").await.expect("begins");
    app.settle().await;
    app.turn(Span::hours(3));
    let mut stream = Stream::open(app, &cookie, app.desk(&ana).await.seq).await;
    // when the customer answers, with a keyword
    writes(app, NEW, "wamid.answer", "Is this an agent?").await;
    // then Ana is told, and has to reply in time; the bot says nothing, and no other agent is called
    let answered = app.only_row(&ana).await;
    assert_eq!((answered.id.clone(), answered.group(ana.id()), answered.unread), (id.clone(), Group::ReplyNow, 1));
    let reply = answered.reply.expect("a wait");
    assert!(app.now().since(reply.since) < Span::seconds(3), "since the answer: {reply:?}");
    assert_eq!(answered.name, "Maria Costa", "the name comes with the first answer");
    assert_eq!(app.meta.sent().len(), 1);
    let told = alerts(app, &ana, &mut stream).await;
    assert!(told.iter().all(|alert| alert.agent == *ana.id()), "{told:?}");
    assert!(told.iter().any(|alert| alert.cause == AlertCause::CustomerWrote), "{told:?}");
    // when she returns it, then the bot answers: the keyword calls an agent again
    app.services.conversations.reply(&ana, &id, "two", "It is", None).await.expect("replies");
    app.settle().await;
    app.services.conversations.return_to_bot(&ana, &id).await.expect("returns");
    writes(app, NEW, "wamid.more", "agent").await;
    assert_eq!(app.only_row(&ana).await.state, RowState::Waiting);
});

on_both!(a_refused_first_message_leaves_nothing_behind_and_says_why, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    for (text, part) in [
        ("Rosa", "isn't a phone number"),
        ("0151 23456789", "country code"),
        ("+49 151", "too short"),
        (page(app, &ana).await.channels[0].phone.as_str(), "your own number"),
    ] {
        let words = refused(app, &ana, &number(text), "we_are_back").await;
        assert!(words.contains(part), "{text}: {words}");
    }
    // Marketing is for leads, and not for the United States.
    app.meta.change_template("spring_sale", |template| template["status"] = "APPROVED".into());
    app.turn(Span::minutes(6));
    assert!(refused(app, &ana, &number(NEW), "spring_sale").await.contains("Only leads and admins"));
    let (lou, _) = app.person(&app.tenant, "Lou", Role::Lead).await;
    assert!(refused(app, &lou, &number("+1 202 555 0123"), "spring_sale").await.contains("United States"));
    // Nobody writes without a noted agreement, or with a file that waits in another conversation.
    let photo = listed(app, &ana, "delivery_photo").await;
    let mut values = photo.prefilled.clone();
    for (key, value) in [
        (FieldKey::header_file(), "med_1"),
        (FieldKey::body("1"), "Rosa"),
        (FieldKey::body("2"), "1"),
        (FieldKey::button(0), "1"),
    ] {
        values.set(key, value);
    }
    let template = NewTemplate { client_id: "x", template: &photo.id, revision: photo.revision, values: &values };
    for (opt_in, part) in [(OptIn::default(), "Confirm that this person agreed"), (agreed(), "web address")] {
        let new = NewConversation { channel: &app.channel, to: &number(NEW), opt_in: &opt_in, template };
        let words = app.services.conversations.begin(&ana, new).await.expect_err("is refused").to_string();
        assert!(words.contains(part), "{words}");
    }
    assert_eq!(app.rows(&ana).await, []);
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let known = handoff::server::store::customers::by_phone(&mut tx, &app.tenant, NEW).await.expect("reads");
    assert!(known.is_none(), "no customer was made");
});

on_both!(a_customer_with_an_open_conversation_is_written_to_there, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let open = app.waiting(&ana).await.id;
    let refused = begins(app, &ben, "one", &number(MARIA), "we_are_back").await.expect_err("is refused");
    assert!(matches!(refused, ConversationError::Refused(Refusal::ContinuedIn(id)) if id == open));
    // Of two agents who begin at once, the second is led to the first one's.
    let to = number(NEW);
    let (one, other) =
        tokio::join!(begins(app, &ana, "two", &to, "we_are_back"), begins(app, &ben, "three", &to, "we_are_back"));
    let begun = [&one, &other].into_iter().filter_map(|done| done.as_ref().ok()).collect::<Vec<_>>();
    assert_eq!(begun.len(), 1, "{one:?} {other:?}");
    let led = [&one, &other].into_iter().filter_map(|done| match done {
        Err(ConversationError::Refused(Refusal::ContinuedIn(id))) => Some(id),
        _ => None,
    });
    assert_eq!(led.collect::<Vec<_>>(), begun);
    app.settle().await;
    let first = app.meta.sent().into_iter().filter(|sent| sent.body["to"] == "+33612345678").count();
    assert_eq!(first, 1);
});

/// A customer turns marketing messages off or on in WhatsApp.
async fn wishes(app: &TestApp, contact: &Value, value: &str, at: i64) {
    let preference = json!({"wa_id": contact["wa_id"], "user_id": contact["user_id"], "category": "marketing_messages",
        "value": value, "detail": "", "timestamp": at});
    let body = json!({"contacts": [contact], "user_preferences": [preference]});
    assert_eq!(app.webhook(&meta::envelope_of("user_preferences", body)).await, StatusCode::OK);
    app.settle().await;
}

on_both!(who_opted_out_is_not_written_to_however_long_ago_and_under_another_id, threads = 4, async |app| {
    let (lou, _) = app.person(&app.tenant, "Lou", Role::Lead).await;
    app.meta.change_template("spring_sale", |template| template["status"] = "APPROVED".into());
    let closed = app.closed(&lou).await;
    let customer = app.services.live.outbound(&lou, Some(&closed.id)).await.expect("a page").customer;
    let maria = customer.expect("Maria").id;
    let to = FirstRecipient::Customer(maria.clone());
    // given that Maria wants no marketing, and that very many people have said something since
    wishes(app, &meta::contact(MARIA), "stop", 1).await;
    let others = (0..6_000).map(|nth| {
        let wish = if nth % 2 == 0 { Wish::Resume } else { Wish::Signup };
        Event::Preferred { customer: CustomerId::from(format!("cus_{nth}").as_str()), wish }
    });
    let tx = app.services.db.begin_write().await.expect("a transaction");
    let log = Log::new(app.services.bus.clone());
    log.commit_all(tx, &app.tenant, app.now(), lou.initiator(None), others.collect()).await.expect("is recorded");
    // then she is not written to
    assert!(refused(app, &lou, &to, "spring_sale").await.contains("opted out of marketing"));
    let opted_out = async || {
        // Of two records that are merged, either may be the one that stays.
        let customer = app.services.live.outbound(&lou, Some(&closed.id)).await.expect("a page").customer;
        let maria = customer.expect("Maria").id;
        let mut tx = app.services.db.begin_read().await.expect("a view");
        entries::has_opted_out(&mut tx, &app.tenant, &maria, TemplateCategory::Marketing).await.expect("reads")
    };
    // given that she wants it again, and wanted none as somebody of whom the user id alone was known
    wishes(app, &meta::contact(MARIA), "resume", 2).await;
    assert!(!opted_out().await);
    let writes = async |wamid: &str, contact: Value| {
        let message = json!({"type": "text", "text": {"body": "Hello"}, "from": contact["wa_id"], "from_user_id": "DE.9",
            "id": wamid, "timestamp": (app.now().0 / 1_000).to_string()});
        let body = meta::envelope(json!({"contacts": [contact], "messages": [message]}));
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        app.settle().await;
    };
    let unknown = json!({"profile": {"name": "Maria"}, "user_id": "DE.9"});
    writes("wamid.unknown", unknown.clone()).await;
    wishes(app, &unknown, "stop", 3).await;
    assert!(!opted_out().await);
    // when both turn out to be one person, then the last word counts, whoever said it
    writes("wamid.known", json!({"profile": {"name": "Maria"}, "user_id": "DE.9", "wa_id": MARIA})).await;
    assert!(opted_out().await);
    wishes(app, &json!({"profile": {"name": "Maria"}, "user_id": "DE.9", "wa_id": MARIA}), "signup", 4).await;
    assert!(!opted_out().await);
});

on_both!(an_earlier_customer_is_written_to_again_unless_blocked_or_opted_out, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (lou, _) = app.person(&app.tenant, "Lou", Role::Lead).await;
    let closed = app.closed(&ana).await;
    let customer = app.services.live.outbound(&ana, Some(&closed.id)).await.expect("a page").customer;
    let to = FirstRecipient::Customer(customer.expect("Maria").id);
    // given that she is blocked
    app.services.conversations.block(&ana, &closed.id, BlockReason::Spam).await.expect("blocks");
    assert!(refused(app, &ana, &to, "we_are_back").await.contains("is blocked"));
    app.services.conversations.unblock(&ana, &closed.id).await.expect("unblocks");
    app.settle().await;
    // given that she wants no marketing
    app.meta.change_template("spring_sale", |template| template["status"] = "APPROVED".into());
    app.turn(Span::minutes(6));
    wishes(app, &meta::contact(MARIA), "stop", 1).await;
    assert!(refused(app, &lou, &to, "spring_sale").await.contains("opted out of marketing"));
    // when she wants it again, then it goes out, in a conversation that follows the closed one
    wishes(app, &meta::contact(MARIA), "resume", 2).await;
    let id = begins(app, &lou, "one", &to, "spring_sale").await.expect("begins");
    app.settle().await;
    assert_ne!(id, closed.id);
    let earlier = app.thread(&lou, &id).await.earlier;
    assert_eq!(earlier.into_iter().map(|it| it.id).collect::<Vec<_>>(), [closed.id]);
});

on_both!(a_number_that_whatsapp_refuses_is_listed_with_the_reason, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.meta.inject(NEW, Fault::once(Effect::Status { code: 131_026 }));
    let id = begins(app, &ana, "one", &number(NEW), "we_are_back").await.expect("begins");
    app.settle().await;
    // then the conversation says so, and the list
    let thread = app.thread(&ana, &id).await;
    let message = thread.items.into_iter().find_map(|item| match item.body {
        ItemBody::Message(message) if message.author == Author::Agent(ana.id().clone()) => Some(message),
        _ => None,
    });
    let message = message.expect("the first message");
    let reason = message.fault.expect("a fault").detail;
    assert_eq!(message.delivery, Some(Delivery::Failed));
    assert!(reason.contains("isn't on WhatsApp"), "{reason}");
    let failed = page(app, &ana).await.failed;
    assert_eq!(failed.len(), 1, "{failed:#?}");
    assert_eq!((&failed[0].conversation, &failed[0].message, &failed[0].reason), (&id, &message.id, &reason));
    assert_eq!((failed[0].agent.as_str(), failed[0].phone.as_deref()), ("Ana", Some("+33612345678")));
    // nobody waits for anything, however long it takes
    app.turn(Span::hours(2));
    assert_eq!(row(app, &ana, &id).await.reply, None);
    // when it is sent again and arrives, then it leaves the list
    app.services.conversations.retry(&ana, &id, &message.id).await.expect("sends again");
    app.settle().await;
    assert_eq!(page(app, &ana).await.failed, []);
    // and another tenant never saw it
    let (other, _) = app.other_tenant().await;
    let (eve, _) = app.person(&other, "Eve", Role::Agent).await;
    app.meta.inject(NEW, Fault::once(Effect::Status { code: 131_026 }));
    let page = app.services.live.outbound(&eve, Some(&id)).await.expect("a page");
    assert_eq!((page.failed, page.customer, page.channel), (vec![], None, None));
});

on_both!(another_tenant_writes_neither_from_this_number_nor_to_this_customer, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let closed = app.closed(&ana).await;
    let customer = app.services.live.outbound(&ana, Some(&closed.id)).await.expect("a page").customer;
    let customer = customer.expect("Maria").id;
    let template = listed(app, &ana, "we_are_back").await;
    let (other, channel) = app.other_tenant().await;
    let (eve, _) = app.person(&other, "Eve", Role::Admin).await;
    let templates = &app.services.templates;
    assert!(templates.first_picker(&eve, &app.channel, None).await.is_err());
    assert!(templates.first_picker(&eve, &channel, Some(&customer)).await.is_err());
    for channel in [&app.channel, &channel] {
        let (client_id, revision, values) = ("one", template.revision, &template.prefilled);
        let template = NewTemplate { client_id, template: &template.id, revision, values };
        let to = &FirstRecipient::Customer(customer.clone());
        let new = NewConversation { channel, to, opt_in: &agreed(), template };
        let refused = app.services.conversations.begin(&eve, new).await.expect_err("is refused");
        assert!(matches!(refused, ConversationError::NotFound | ConversationError::Stale(_)), "{refused:?}");
    }
    assert_eq!(app.rows(&eve).await, []);
});
