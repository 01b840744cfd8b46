//! The other fields (reference, section 8): the company's own words from elsewhere, imports, preferences, and what
//! happens to templates and accounts. Nothing of it is a customer's turn.

use handoff::domain::{
    desk::Group,
    message::{Author, Content, Delivery, File},
};
use serde_json::{Value, json};

use super::stage::{Item, Row, Seen, Who, messages};

/// A row that leaves no conversation.
fn nothing(name: &'static str, says: fn(&Who) -> Vec<Item>) -> Row {
    Row { name, says, seen: None }
}

fn account(field: &'static str, body: Value) -> Vec<Item> {
    vec![Item::value(field, body)]
}

pub fn table() -> Vec<Row> {
    echoes().into_iter().chain(imports()).chain(accounts()).collect()
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
            seen: Some(Seen { kind: Some("text"), ..Seen::turn("text", "Yes!") }.answers(0).group(Group::Team).look(
                |message, _| {
                    assert_eq!(message.author, Author::Phone);
                },
            )),
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
        nothing("user_preferences", |who| {
            let body = json!({"wa_id": who.phone, "user_id": who.user, "category": "marketing_messages", "value": "stop",
                "detail": "asked to stop", "timestamp": 1_772_445_000});
            vec![Item::of("user_preferences", "user_preferences", body)]
        }),
    ]
}

fn accounts() -> Vec<Row> {
    vec![
        nothing("message_template_status_update", |_| {
            let body = json!({"event": "REJECTED", "message_template_id": 12_345_678, "message_template_name": "sale",
                "message_template_language": "en-US", "reason": null});
            account("message_template_status_update", body)
        }),
        nothing("message_template_quality_update", |_| {
            let body = json!({"previous_quality_score": "GREEN", "new_quality_score": "RED",
                "message_template_id": 12_345_678, "message_template_name": "sale", "message_template_language": "en"});
            account("message_template_quality_update", body)
        }),
        nothing("template_category_update", |_| {
            account("template_category_update", json!({"message_template_name": "sale", "new_category": "MARKETING"}))
        }),
        nothing("account_update", |_| {
            let limits =
                json!([{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1_772_900_000}]);
            account("account_update", json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": limits}))
        }),
        nothing("account_alerts", |_| {
            account("account_alerts", json!({"alert_severity": "CRITICAL", "alert_type": "OBA_REJECTED"}))
        }),
        nothing("account_review_update", |_| account("account_review_update", json!({"decision": "APPROVED"}))),
        nothing("business_capability_update", |_| {
            account("business_capability_update", json!({"max_daily_conversation_per_phone": 2_000}))
        }),
        nothing("phone_number_quality_update", |_| {
            let body = json!({"display_phone_number": "15550100000", "event": "FLAGGED", "current_limit": "TIER_2K"});
            account("phone_number_quality_update", body)
        }),
        nothing("phone_number_name_update", |_| {
            account("phone_number_name_update", json!({"display_phone_number": "15550100000", "decision": "REJECTED"}))
        }),
        nothing("security", |_| account("security", json!({"event": "PIN_CHANGED", "requester": "1"}))),
        nothing("a field of tomorrow", |_| account("telepathy", json!({"thoughts": [1, {"deep": true}]}))),
        nothing("errors without a message", |_| {
            account(
                "messages",
                json!({"messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "15550100000", "phone_number_id": crate::app::NUMBER},
                "errors": [{"code": 130_429, "title": "Rate limit hit"}]}),
            )
        }),
        nothing("a value with nothing in it", |_| account("messages", json!({}))),
        nothing("a number of nobody", |who| {
            let body = json!({"from": who.phone, "id": who.wamid(0), "timestamp": who.seconds(0), "type": "text",
                "text": {"body": "Wrong number"}});
            account(
                "messages",
                json!({"messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "1", "phone_number_id": "1"},
                "contacts": [who.contact()], "messages": [body]}),
            )
        }),
    ]
}
