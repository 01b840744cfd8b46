//! The other webhook fields: messages that the business sent elsewhere, imports, preferences, and updates of templates
//! and accounts. None of them is a customer's turn.

use handoff::domain::{
    desk::Group,
    dossier::SummaryBy,
    message::{Author, Content, Delivery, File},
};
use serde_json::{Value, json};

use super::{
    accounts,
    stage::{Item, ReportedAs, Row, Seen, Who, Window, lines, messages},
};

/// A row that belongs to no conversation.
pub fn nothing(name: &'static str, says: fn(&Who) -> Vec<Item>) -> Row {
    Row { name, says, seen: None }
}

/// What is reported for the rows that belong to no conversation.
pub const WITHOUT_CONVERSATION: &[(&str, ReportedAs)] = &[
    ("history that is not shared", ReportedAs::ChannelAlert("A number's chat history wasn't shared (code 2593109)")),
    ("contacts of the phone", ReportedAs::IgnoredEvent),
    ("a wish of nobody we know", ReportedAs::IgnoredEvent),
    ("a wish that names nobody", ReportedAs::Quarantined),
    ("control of nobody we know taken", ReportedAs::IgnoredEvent),
    ("a handover that names no number", ReportedAs::Quarantined),
    ("message_template_status_update", ReportedAs::IgnoredEvent),
    ("message_template_quality_update", ReportedAs::IgnoredEvent),
    ("message_template_components_update", ReportedAs::IgnoredEvent),
    ("template_category_update", ReportedAs::IgnoredEvent),
    (
        "account_update",
        ReportedAs::ChannelAlert(
            "WhatsApp restricted the account (Restricted biz initiated messaging, until 2026-03-07)",
        ),
    ),
    ("account_update of a ban", ReportedAs::ChannelAlert("WhatsApp banned the account (2026-03-02)")),
    ("account_update of a lifted ban", ReportedAs::ChannelAlert("WhatsApp lifted the account's ban (2026-03-09)")),
    ("account_update of a warning", ReportedAs::ChannelAlert("WhatsApp will ban the account (2026-03-12)")),
    ("account_update of a new connection", ReportedAs::ChannelAlert("The WhatsApp account is connected again")),
    ("account_alerts", ReportedAs::ChannelAlert("WhatsApp account alert: Oba rejected")),
    ("account_review_update", ReportedAs::IgnoredEvent),
    ("account_review_update that rejects", ReportedAs::ChannelAlert("WhatsApp account review: Rejected")),
    ("business_capability_update", ReportedAs::IgnoredEvent),
    ("phone_number_quality_update", ReportedAs::ChannelAlert("WhatsApp rated a number's quality as low (Tier 2k)")),
    (
        "phone_number_quality_update that is better",
        ReportedAs::ChannelAlert("WhatsApp no longer rates a number's quality as low (Tier 2k)"),
    ),
    ("phone_number_name_update", ReportedAs::ChannelAlert("WhatsApp rejected a number's display name")),
    ("security", ReportedAs::ChannelAlert("A number's two-step PIN was changed")),
    ("payment_configuration_update", ReportedAs::IgnoredEvent),
    ("partner_solutions", ReportedAs::IgnoredEvent),
    ("automatic_events", ReportedAs::IgnoredEvent),
    ("flows", ReportedAs::IgnoredEvent),
    ("group_lifecycle_update", ReportedAs::IgnoredEvent),
    ("group_participants_update", ReportedAs::IgnoredEvent),
    ("group_settings_update", ReportedAs::IgnoredEvent),
    ("group_status_update", ReportedAs::IgnoredEvent),
    ("a status of a group", ReportedAs::IgnoredEvent),
    ("a field of tomorrow", ReportedAs::IgnoredEvent),
    (
        "errors without a message",
        ReportedAs::ChannelAlert("WhatsApp reported a problem with a number: Rate limit hit (code 130429)"),
    ),
    ("calls of nobody we know", ReportedAs::IgnoredEvent),
    ("a call that failed", ReportedAs::IgnoredEvent),
    ("a value with nothing in it", ReportedAs::IgnoredEvent),
    ("a number of nobody", ReportedAs::IgnoredEvent),
];

pub fn table() -> Vec<Row> {
    echoes().into_iter().chain(imports()).chain(wishes()).chain(handovers()).chain(accounts::table()).collect()
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": {"body": words}})
}

fn echoes() -> Vec<Row> {
    vec![
        Row {
            name: "staff answered on the phone",
            says: |who| vec![who.echo(0, text("We call you back"))],
            seen: Some(Seen::ours("We call you back").look(|message, _| {
                assert_eq!((&message.author, message.delivery), (&Author::Phone, Some(Delivery::Sent)));
            })),
        },
        Row {
            name: "staff answered before the bot could",
            says: |who| vec![who.text(0, "Anybody there?"), who.echo(1, text("Yes!"))],
            // Whoever answered has read it on the phone.
            seen: Some(Seen::turn("text", "Yes!").answers(0).unread(0).group(Group::Others).look(|message, _| {
                assert_eq!(message.author, Author::Phone);
            })),
        },
        Row {
            name: "staff sent the same twice",
            says: |who| vec![who.echo(0, text("Once")), who.echo(0, text("Once"))],
            seen: Some(Seen::ours("Once").look(|_, thread| assert_eq!(messages(thread).count(), 1))),
        },
        Row {
            name: "staff sent a picture",
            says: |who| {
                let body = json!({"id": who.files.png, "mime_type": "image/png", "caption": "Like this"});
                vec![who.echo(0, json!({"type": "image", "image": body}))]
            },
            seen: Some(Seen::ours("Photo: Like this").look(|message, _| {
                assert_eq!(message.file, Some(File::Pending), "it is fetched like any other");
            })),
        },
        Row {
            name: "staff changed their words",
            says: |who| {
                let edit = json!({"original_message_id": who.wamid(0), "message": text("At 10")});
                vec![who.echo(0, text("At 9")), who.echo(1, json!({"type": "edit", "edit": edit}))]
            },
            seen: Some(Seen::ours("At 10").look(|message, _| {
                assert!(message.edited);
                assert_eq!(message.content, Content::Text { body: "At 10".to_owned() });
            })),
        },
        Row {
            name: "staff took their words back",
            says: |who| {
                let revoke = json!({"original_message_id": who.wamid(0)});
                vec![who.echo(0, text("Wrong chat")), who.echo(1, json!({"type": "revoke", "revoke": revoke}))]
            },
            seen: Some(Seen::ours("Deleted a message").look(|message, _| assert!(message.revoked))),
        },
        Row {
            name: "staff's words were read",
            says: |who| {
                let wamid = who.wamid(0);
                vec![who.echo(0, text("Read me")), who.status(1, &wamid, "read"), who.status(2, &wamid, "delivered")]
            },
            seen: Some(Seen::ours("Read me").look(|message, _| assert_eq!(message.delivery, Some(Delivery::Read)))),
        },
        Row {
            name: "staff's words were read before they came",
            says: |who| {
                let wamid = who.wamid(0);
                vec![who.status(1, &wamid, "read"), who.echo(0, text("You knew"))]
            },
            seen: Some(Seen::ours("You knew").look(|message, _| assert_eq!(message.delivery, Some(Delivery::Read)))),
        },
    ]
}

fn imports() -> Vec<Row> {
    vec![
        Row {
            name: "history",
            says: |who| {
                let theirs = json!({"from": who.phone, "id": who.wamid(0), "timestamp": "1771000000", "type": "text",
                    "text": {"body": "Last month"}});
                let ours = json!({"from": "15550100000", "to": who.phone, "id": who.wamid(1), "timestamp": "1771000060",
                    "type": "text", "text": {"body": "We answered then"}});
                let chunk = json!({"metadata": {"phase": 0, "chunk_order": 1, "progress": 40},
                    "threads": [{"id": who.phone, "messages": [theirs, ours]}]});
                vec![Item::of("history", "history", chunk)]
            },
            seen: Some(Seen { kind: Some("text"), ..Seen::ours("We answered then") }.group(Group::Closed).look(
                |_, thread| {
                    assert_eq!(messages(thread).count(), 2, "both sides");
                },
            )),
        },
        nothing("history that is not shared", |_| {
            let errors = json!([{"code": 2_593_109, "title": "History sharing is turned off"}]);
            vec![Item::of("history", "history", json!({"errors": errors}))]
        }),
        nothing("contacts of the phone", |who| {
            let body =
                json!({"type": "contact", "contact": {"full_name": "Ana", "phone_number": who.phone}, "action": "add"});
            vec![Item::of("smb_app_state_sync", "state_sync", body)]
        }),
    ]
}

fn wish(who: &Who, value: &str) -> Item {
    let body = json!({"wa_id": who.phone, "user_id": who.user, "category": "marketing_messages", "value": value,
        "detail": "as asked", "timestamp": 1_772_445_000});
    Item::of("user_preferences", "user_preferences", body)
}

fn wishes() -> Vec<Row> {
    vec![
        Row {
            name: "user_preferences",
            says: |who| vec![who.text(0, "No more ads"), wish(who, "stop"), wish(who, "stop"), wish(who, "resume")],
            seen: Some(Seen::turn("text", "No more ads").look(|_, thread| {
                let said = [
                    "The customer opted out of marketing messages",
                    "The customer opted back in to marketing messages",
                ];
                assert_eq!(lines(thread), said, "each once");
            })),
        },
        nothing("a wish of nobody we know", |who| vec![wish(who, "stop")]),
        nothing("a wish that names nobody", |_| {
            vec![Item::of("user_preferences", "user_preferences", json!({"value": "stop", "timestamp": 1}))]
        }),
    ]
}

/// Meta's own handoff. `k` is the number of the item whose timestamp it has.
fn handover(who: &Who, k: usize, kind: &str, said: Value) -> Item {
    let mut value = json!({"messaging_product": "whatsapp", "sender": {"phone_number": who.phone},
        "recipient": {"phone_number_id": crate::app::NUMBER, "display_phone_number": "15550100000"},
        "type": kind, "timestamp": who.seconds(k)});
    value[kind] = said;
    Item::value("messaging_handovers", value)
}

fn call(who: &Who, event: &str) -> Item {
    let body = json!({"id": format!("wacid.{}", who.phone), "from": who.phone, "to": "15550100000", "event": event,
        "direction": "USER_INITIATED", "timestamp": who.seconds(1)});
    Item { contact: Some(who.contact()), ..Item::of("calls", "calls", body) }
}

const TOOK: &str = "Another app on this number took over the customer. The bot is paused.";

fn handovers() -> Vec<Row> {
    vec![
        Row {
            name: "control passed",
            says: |who| {
                let said = json!({"previous_owner_role": "ai_agent", "new_owner_role": "escalation",
                    "metadata": "Asked for a person", "conversation_context": {"summary": {"text": "A refund"}}});
                let passed = handover(who, 1, "control_passed", said);
                vec![who.text(0, "I want my money back"), passed.clone(), passed]
            },
            seen: Some(Seen::turn("text", "I want my money back").answers(0).group(Group::Unassigned).look(
                |_, thread| {
                    assert_eq!(lines(thread), ["Agent requested · from another app"], "once");
                    let why = &thread.dossier.handoff_requests[0];
                    assert_eq!(
                        (why.reason.as_str(), why.note.as_str()),
                        ("Transferred by Meta's AI agent.", "Asked for a person")
                    );
                    let summary = thread.dossier.summary.as_ref().expect("a summary");
                    assert_eq!((summary.text.as_str(), summary.by), ("A refund", SummaryBy::Partner));
                },
            )),
        },
        Row {
            name: "control passed with nothing but a note",
            says: |who| vec![who.text(0, "Hello?"), handover(who, 1, "control_passed", json!({"metadata": "m"}))],
            seen: Some(Seen::turn("text", "Hello?").answers(0).group(Group::Unassigned)),
        },
        Row {
            name: "control taken",
            says: |who| {
                let said =
                    json!({"previous_owner_role": "customer_service", "metadata": "Control taken via service message"});
                let taken = handover(who, 1, "control_taken", said);
                vec![who.text(0, "Who is there?"), taken.clone(), taken]
            },
            seen: Some(Seen::turn("text", "Who is there?").answers(0).look(|_, thread| {
                assert_eq!(lines(thread), [TOOK], "once");
            })),
        },
        nothing("control of nobody we know taken", |who| vec![handover(who, 0, "control_taken", json!({}))]),
        nothing("a handover that names no number", |_| {
            vec![Item::value("messaging_handovers", json!({"type": "control_taken", "control_taken": {}}))]
        }),
        Row {
            name: "calls",
            says: |who| {
                let unread = json!({"type": "unsupported", "unsupported": {"type": "poll_creation"}});
                vec![who.says(0, unread), call(who, "connect"), call(who, "connect"), call(who, "terminate")]
            },
            seen: Some(
                Seen::notice("unsupported", "Unsupported message: poll creation")
                    .window(Window::Opens)
                    .group(Group::Unassigned)
                    .look(|_, thread| {
                        let called =
                            lines(thread).into_iter().filter(|line| *line == "The customer called on WhatsApp");
                        assert_eq!(called.count(), 1, "once");
                    }),
            ),
        },
        nothing("calls of nobody we know", |who| vec![call(who, "connect")]),
        nothing("a call that failed", |who| {
            let errors = json!([{"code": 138_007, "title": "The call was not answered"}]);
            vec![Item { errors: Some(errors), ..call(who, "terminate") }]
        }),
        Row {
            name: "staff wrote to a group",
            says: |who| {
                let group = format!("h-{}", who.phone);
                let mut first = who.says(0, json!({"type": "text", "text": {"body": "Hi staff"}, "group_id": group}));
                first.contact = Some(json!({"profile": {"name": "Bo"}, "wa_id": who.phone, "user_id": who.user}));
                let echo =
                    json!({"type": "text", "text": {"body": "Hi group"}, "to": group, "recipient_type": "group"});
                vec![first, who.echo(1, echo)]
            },
            seen: Some(
                Seen { kind: Some("text"), ..Seen::ours("Hi group") }
                    .group(Group::Bot)
                    // Whoever wrote on the phone has read the group there.
                    .unread(0)
                    .called("WhatsApp group")
                    .window(Window::Opens)
                    .look(|message, thread| {
                        assert_eq!((&message.author, messages(thread).count()), (&Author::Phone, 2));
                        assert!(lines(thread).is_empty(), "nobody takes a group over");
                    }),
            ),
        },
    ]
}
