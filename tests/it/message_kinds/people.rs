//! Items about an existing or future message or customer: reactions, edits, deletions, system messages.

use handoff::domain::message::{Author, Content, Reaction};
use serde_json::json;

use super::stage::{Item, Row, Seen, Who, lines, messages};

fn react(who: &Who, k: usize, to: usize, emoji: Option<&str>) -> Item {
    let mut reaction = json!({"message_id": who.wamid(to)});
    if let Some(emoji) = emoji {
        reaction["emoji"] = json!(emoji);
    }
    who.says(k, json!({"type": "reaction", "reaction": reaction}))
}

fn edit(who: &Who, k: usize, of: usize, words: &str) -> Item {
    let message = json!({"type": "text", "text": {"body": words}});
    who.says(k, json!({"type": "edit", "edit": {"original_message_id": who.wamid(of), "message": message}}))
}

fn revoke(who: &Who, k: usize, of: usize) -> Item {
    who.says(k, json!({"type": "revoke", "revoke": {"original_message_id": who.wamid(of)}}))
}

pub fn table() -> Vec<Row> {
    reactions().into_iter().chain(rewritten()).chain(identities()).collect()
}

fn reactions() -> Vec<Row> {
    let plain = |words: &str| Seen::turn("text", words);
    let thumbs = |words: &str| {
        plain(words).look(|message, thread| {
            assert_eq!(message.reactions, [Reaction::new(Author::Customer, "👍")]);
            assert_eq!(messages(thread).count(), 1, "a reaction is not a message of its own");
        })
    };
    let bare = |words: &str| plain(words).look(|message, _| assert_eq!(message.reactions, []));
    vec![
        Row {
            name: "reaction",
            says: |who| vec![who.text(0, "Thanks"), react(who, 1, 0, Some("👍"))],
            seen: Some(thumbs("Thanks")),
        },
        Row {
            name: "another reaction replaces the first",
            says: |who| vec![who.text(0, "Fine"), react(who, 1, 0, Some("❤️")), react(who, 2, 0, Some("👍"))],
            seen: Some(thumbs("Fine")),
        },
        Row {
            name: "reaction before its message",
            says: |who| vec![react(who, 1, 0, Some("👍")), who.text(0, "Early bird")],
            seen: Some(thumbs("Early bird")),
        },
        Row {
            name: "reaction taken back without an emoji",
            says: |who| vec![who.text(0, "Oops"), react(who, 1, 0, Some("👍")), react(who, 2, 0, None)],
            seen: Some(bare("Oops")),
        },
        Row {
            name: "reaction taken back with an empty emoji",
            says: |who| vec![who.text(0, "Hm"), react(who, 1, 0, Some("👍")), react(who, 2, 0, Some(""))],
            seen: Some(bare("Hm")),
        },
        Row {
            name: "reaction taken back before its message",
            says: |who| vec![react(who, 1, 0, Some("👍")), react(who, 2, 0, None), who.text(0, "Late bird")],
            seen: Some(bare("Late bird")),
        },
        Row {
            name: "the same reaction again after it was replaced",
            says: |who| {
                let (first, second) = (react(who, 1, 0, Some("❤️")), react(who, 2, 0, Some("👍")));
                vec![who.text(0, "Twice told"), first.clone(), second, first]
            },
            seen: Some(thumbs("Twice told")),
        },
        Row {
            name: "reaction to a message that never comes",
            says: |who| {
                vec![who.says(1, json!({"type": "reaction", "reaction": {"message_id": "wamid.gone", "emoji": "👍"}}))]
            },
            seen: None,
        },
    ]
}

fn rewritten() -> Vec<Row> {
    vec![
        Row {
            name: "edit",
            says: |who| vec![who.text(0, "Nine o'clock"), edit(who, 1, 0, "Ten o'clock")],
            seen: Some(Seen::turn("text", "Ten o'clock").look(|message, thread| {
                assert!(message.edited);
                assert_eq!(message.content, Content::Text { body: "Ten o'clock".to_owned() });
                assert_eq!(messages(thread).count(), 1);
            })),
        },
        Row {
            name: "edit before the original",
            says: |who| vec![edit(who, 1, 0, "Eleven"), who.text(0, "Ten")],
            seen: Some(Seen::turn("text", "Eleven").look(|message, _| assert!(message.edited))),
        },
        Row {
            name: "two edits before the original",
            says: |who| vec![edit(who, 1, 0, "Z, the first"), edit(who, 2, 0, "A, the second"), who.text(0, "Nothing")],
            seen: Some(Seen::turn("text", "A, the second").look(|message, _| assert!(message.edited))),
        },
        Row {
            name: "edit of a message that is not the last",
            says: |who| vec![who.text(0, "First"), who.text(1, "Second"), edit(who, 2, 0, "First, but better")],
            seen: Some(Seen::turn("text", "Edited: First, but better").unread(2).answers(2).look(|message, thread| {
                assert!(!message.edited);
                assert!(messages(thread).any(|message| message.edited));
            })),
        },
        Row {
            name: "an edit that is not passed on",
            says: |who| {
                let errors = json!([{"code": 131_051, "title": "Message type unknown"}]);
                let body = json!({"type": "unsupported", "unsupported": {"type": "edit"}, "errors": errors});
                vec![who.text(0, "Red"), who.says(1, body)]
            },
            seen: Some(Seen {
                kind: Some("unsupported"),
                ..Seen::turn("text", "Unsupported message: edit").unread(2).answers(2)
            }),
        },
        Row {
            name: "revoke",
            says: |who| vec![who.text(0, "My PIN is 1234"), revoke(who, 1, 0)],
            seen: Some(Seen::turn("text", "Deleted a message").look(|message, _| assert!(message.revoked))),
        },
        Row {
            name: "revoke before the original",
            says: |who| vec![revoke(who, 1, 0), who.text(0, "My PIN is 4321")],
            seen: Some(Seen::turn("text", "Deleted a message").look(|message, _| assert!(message.revoked))),
        },
    ]
}

const MOVED: &str = "The customer has a new phone number";
const RENEWED: &str = "WhatsApp gave the customer a new ID. It is the same person.";
const REKEYED: &str = "The customer's security code changed. They may have reinstalled WhatsApp or have a new phone.";

fn identities() -> Vec<Row> {
    vec![
        Row {
            name: "new number",
            says: |who| {
                let (phone, user) = (format!("9{}", who.phone), format!("{}9", who.user));
                let body = json!({"type": "user_changed_number", "body": "A changed", "wa_id": phone, "user_id": user,
                    "previous_user_id": who.user});
                let mut after = who.text(2, "From my new number");
                after.body["from"] = json!(phone);
                after.body["from_user_id"] = json!(user);
                after.contact = Some(json!({"profile": {"name": who.name}, "wa_id": phone, "user_id": user}));
                vec![
                    who.text(0, "From my old number"),
                    who.system(1, json!({"from": who.phone, "system": body})),
                    after,
                ]
            },
            seen: Some(Seen::turn("text", "From my new number").unread(2).answers(2).look(|_, thread| {
                assert_eq!(thread.row.phone.as_ref().map(|phone| phone.len()), Some("+9".len() + 12));
                assert_eq!(lines(thread), [MOVED]);
            })),
        },
        Row {
            name: "new number of the old kind",
            says: |who| {
                let body = json!({"type": "customer_changed_number", "body": "A changed", "new_wa_id": format!("8{}", who.phone)});
                vec![who.text(0, "Old style"), who.system(1, json!({"from": who.phone, "system": body}))]
            },
            seen: Some(Seen::turn("text", "Old style").look(|_, thread| assert_eq!(lines(thread), [MOVED]))),
        },
        Row {
            name: "user_id_update",
            says: |who| {
                let renewal = json!({"previous": who.user, "current": format!("{}8", who.user)});
                let update = json!({"wa_id": who.phone, "user_id": renewal, "timestamp": who.seconds(1)});
                let item = Item::of("user_id_update", "user_id_update", update);
                vec![who.text(0, "Me again"), item.clone(), item]
            },
            seen: Some(Seen::turn("text", "Me again").look(|_, thread| assert_eq!(lines(thread), [RENEWED], "once"))),
        },
        Row {
            name: "another user at the same number",
            says: |who| {
                let other = format!("{}7", who.user);
                let mut after = who.text(1, "I am new here");
                after.body["from_user_id"] = json!(other);
                after.contact = Some(json!({"profile": {"name": who.name}, "wa_id": who.phone, "user_id": other}));
                vec![who.text(0, "I was here before"), after]
            },
            seen: Some(Seen::turn("text", "I am new here").unread(2).answers(2).look(|_, thread| {
                assert!(
                    lines(thread)[0].starts_with("This customer's number now belongs to another WhatsApp user"),
                    "{:?}",
                    lines(thread)
                );
            })),
        },
        Row {
            name: "new id",
            says: |who| {
                let user = format!("{}9", who.user);
                let body = json!({"type": "user_changed_user_id", "user_id": user, "previous_user_id": who.user});
                let mut after = who.text(2, "Still me");
                after.body["from_user_id"] = json!(user);
                after.body.as_object_mut().expect("an object").remove("from");
                after.contact = Some(json!({"profile": {"name": who.name}, "user_id": user}));
                vec![who.text(0, "It is me"), who.system(1, json!({"system": body})), after]
            },
            seen: Some(
                Seen::turn("text", "Still me")
                    .unread(2)
                    .answers(2)
                    .look(|_, thread| assert_eq!(lines(thread), [RENEWED])),
            ),
        },
        Row {
            name: "new keys",
            says: |who| {
                let identity = json!({"acknowledged": true, "created_timestamp": "1772000000", "hash": "k"});
                let system = json!({"type": "customer_identity_changed", "body": "Security code changed"});
                let body = json!({"from": who.phone, "system": system, "identity": identity});
                vec![who.text(0, "New phone, who am I"), who.system(1, body)]
            },
            seen: Some(
                Seen::turn("text", "New phone, who am I").look(|_, thread| assert_eq!(lines(thread), [REKEYED])),
            ),
        },
        Row {
            name: "new number of somebody unknown",
            says: |who| {
                let body = json!({"type": "user_changed_number", "wa_id": "4900001", "user_id": "DE.4900001",
                    "previous_user_id": "DE.4900000"});
                vec![who.system(0, json!({"from": "4900000", "system": body}))]
            },
            seen: None,
        },
    ]
}
