//! Messages of customers: one alone, or one after an ordinary text.

use handoff::domain::{
    desk::Group,
    message::{Content, Forwarded},
};
use serde_json::{Value, json};

use super::{
    files::UNKNOWN,
    stage::{Item, Row, Seen, Who, Window},
};

/// A row with one message that is a customer's turn.
fn turn(name: &'static str, kind: &'static str, preview: &str, says: fn(&Who) -> Vec<Item>) -> Row {
    Row { name, says, seen: Some(Seen::turn(kind, preview)) }
}

fn notice(name: &'static str, preview: &str, says: fn(&Who) -> Vec<Item>) -> Row {
    // The bot cannot write without an open window, so an agent is requested.
    Row { name, says, seen: Some(Seen::notice("unsupported", preview).group(Group::Unassigned)) }
}

fn interactive(who: &Who, body: Value) -> Vec<Item> {
    vec![who.says(0, json!({"type": "interactive", "interactive": body}))]
}

fn flow(who: &Who, reply: Value) -> Vec<Item> {
    interactive(who, json!({"type": "nfm_reply", "nfm_reply": reply}))
}

fn form_fields(content: &Content) -> &str {
    let Content::FormReply { fields, .. } = content else { panic!("a form: {content:?}") };
    fields
}

pub fn table() -> Vec<Row> {
    words().into_iter().chain(files()).chain(things()).chain(taps()).chain(odd()).chain(wrapped()).collect()
}

fn words() -> Vec<Row> {
    let smiles = "😀".repeat(159) + "…";
    vec![
        turn("text", "text", "Is the lamp back in stock?", |who| vec![who.text(0, "Is the lamp back in stock?")]),
        turn("text over lines", "text", "One two", |who| vec![who.text(0, " One\n\n two ")]),
        turn("text with NUL", "text", "before after", |who| vec![who.text(0, "before\u{0} after")]),
        turn("text from right to left", "text", "مرحبا، أين طلبي رقم 4711؟", |who| {
            vec![who.text(0, "مرحبا، أين طلبي رقم 4711؟")]
        }),
        Row {
            name: "4096 emoji",
            says: |who| vec![who.text(0, &"😀".repeat(4_096))],
            seen: Some(Seen::turn("text", &smiles).look(|message, _| {
                let Content::Text { body } = &message.content else { panic!("a text") };
                assert_eq!(body.chars().count(), 4_096, "the thread keeps all of it");
            })),
        },
        Row {
            name: "text of somebody who hides the number",
            says: |who| {
                let mut item = who.text(0, "You do not see my number");
                item.body.as_object_mut().expect("an object").remove("from");
                item.contact = Some(json!({"profile": {"name": who.name, "username": "hidden"}, "user_id": who.user}));
                vec![item]
            },
            seen: Some(Seen::turn("text", "You do not see my number").look(|_, thread| {
                assert_eq!(thread.row.phone, None);
                assert_eq!(thread.customer.username.as_deref(), Some("hidden"));
            })),
        },
        Row {
            name: "text of nobody",
            says: |who| {
                let body = json!({"id": who.wamid(0), "timestamp": who.seconds(0), "type": "text",
                    "text": {"body": "Who am I?"}});
                vec![Item::of("messages", "messages", body)]
            },
            seen: None,
        },
        turn("the same text twice", "text", "Hello?", |who| vec![who.text(0, "Hello?"), who.text(0, "Hello?")]),
    ]
}

fn files() -> Vec<Row> {
    vec![
        turn("image", "image", "Photo: Leak under the sink", |who| {
            one(who, "image", json!({"id": who.files.png, "mime_type": "image/png", "caption": "Leak under the sink"}))
        }),
        turn("image that nobody knows", "image", "Photo", |who| {
            one(who, "image", json!({"id": UNKNOWN, "mime_type": "image/jpeg", "sha256": "q0=="}))
        }),
        turn("video", "video", "Video: It hums", |who| {
            one(who, "video", json!({"id": who.files.mp4, "mime_type": "video/mp4", "caption": "It hums"}))
        }),
        turn("audio", "audio", "Audio", |who| {
            one(who, "audio", json!({"id": who.files.ogg, "mime_type": "audio/ogg; codecs=opus"}))
        }),
        turn("voice", "audio", "Voice message", |who| {
            let body = json!({"id": who.files.ogg, "mime_type": "audio/ogg; codecs=opus", "voice": true});
            one(who, "audio", body)
        }),
        turn("voice of the old kind", "audio", "Voice message", |who| {
            one(who, "voice", json!({"id": who.files.ogg, "mime_type": "audio/ogg; codecs=opus"}))
        }),
        turn("document", "document", "Document: bill 07.pdf", |who| {
            let body = json!({"id": who.files.pdf, "mime_type": "application/pdf", "filename": "bill 07.pdf"});
            one(who, "document", body)
        }),
        turn("document without a name", "document", "Document: The bill", |who| {
            one(who, "document", json!({"id": who.files.pdf, "mime_type": "application/pdf", "caption": "The bill"}))
        }),
        turn("sticker", "sticker", "Sticker", |who| {
            one(who, "sticker", json!({"id": who.files.webp, "mime_type": "image/webp", "animated": false}))
        }),
        Row {
            name: "animated sticker",
            says: |who| one(who, "sticker", json!({"id": who.files.webp, "mime_type": "image/webp", "animated": true})),
            seen: Some(Seen::turn("sticker", "Sticker").look(|message, _| {
                assert!(matches!(message.content, Content::Sticker { animated: true, .. }));
            })),
        },
        notice("image that Meta could not load", "Unsupported message: image", |who| {
            let errors = json!([{"code": 131_052, "title": "Media download error"}]);
            vec![who.says(0, json!({"type": "image", "errors": errors}))]
        }),
        Row {
            name: "document that Meta could not load",
            says: |who| {
                let errors = json!([{"code": 131_052, "title": "Media download error"}]);
                let file = json!({"id": who.files.pdf, "mime_type": "application/pdf", "filename": "bill.pdf"});
                vec![who.says(0, json!({"type": "document", "document": file, "errors": errors}))]
            },
            seen: Some(Seen::turn("document", "Document: bill.pdf").look(|message, _| {
                let why = message.context.missing.as_deref().unwrap_or_default();
                assert!(why.starts_with("Couldn't download the customer's file"), "{why}");
            })),
        },
    ]
}

fn one(who: &Who, kind: &str, body: Value) -> Vec<Item> {
    vec![who.says(0, json!({"type": kind, kind: body}))]
}

fn things() -> Vec<Row> {
    vec![
        Row {
            name: "location off Africa",
            says: |who| one(who, "location", json!({"latitude": 0.0, "longitude": 0.0})),
            seen: Some(Seen::turn("location", "Location").look(|message, _| {
                let Content::Location { latitude, longitude, .. } = message.content else { panic!("a place") };
                assert_eq!((latitude, longitude), (0.0, 0.0));
            })),
        },
        turn("location with a name", "location", "Location: Pier 7", |who| {
            one(who, "location", json!({"latitude": 53.5, "longitude": 9.9, "name": "Pier 7", "address": "Harbour"}))
        }),
        turn("contacts", "contacts", "Contact: Ana Ruiz and 1 more", |who| {
            let ana = json!({"name": {"formatted_name": "Ana Ruiz"}, "phones": [{"phone": "+34 600 000"}]});
            one(who, "contacts", json!([ana, {"org": {"company": "Bell"}}]))
        }),
        turn("contacts without a name", "contacts", "Contact", |who| {
            one(who, "contacts", json!([{"phones": [{"wa_id": "34600001"}]}]))
        }),
        Row {
            name: "contacts with all they can hold",
            says: |who| {
                let card = json!({"name": {"formatted_name": "Bo Li"}, "birthday": "1990-05-17",
                    "org": {"company": "Bell", "department": "Sales", "title": "Head"},
                    "urls": [{"url": "https://bell.example"}],
                    "addresses": [{"street": "Pier 7", "city": "Hamburg", "zip": "20457", "country": "Germany"}]});
                one(who, "contacts", json!([card]))
            },
            seen: Some(Seen::turn("contacts", "Contact: Bo Li").look(|message, _| {
                let Content::Contacts { cards } = &message.content else { panic!("cards") };
                assert_eq!(cards[0].organisation.as_deref(), Some("Bell, Sales, Head"));
                assert_eq!(cards[0].addresses, ["Pier 7, 20457, Hamburg, Germany"]);
                assert_eq!((cards[0].urls.len(), cards[0].birthday.as_deref()), (1, Some("1990-05-17")));
            })),
        },
        Row {
            name: "the number that we asked for",
            says: |who| {
                let card = json!({"name": {"formatted_name": "Me"}, "phones": [{"phone": "+49 155"}],
                    "origin": "contact_request"});
                one(who, "contacts", json!([card]))
            },
            seen: Some(Seen::turn("contacts", "Contact: Me").look(|message, _| {
                assert!(matches!(&message.content, Content::Contacts { cards } if cards[0].requested));
            })),
        },
        turn("order", "order", "Order: 2 items", |who| {
            let item =
                |id: &str| json!({"product_retailer_id": id, "quantity": 2, "item_price": 4.5, "currency": "EUR"});
            one(
                who,
                "order",
                json!({"catalog_id": "61", "text": "As a gift", "product_items": [item("TEA"), item("CUP")]}),
            )
        }),
    ]
}

fn taps() -> Vec<Row> {
    vec![
        turn("button_reply", "button_reply", "Yes, please", |who| {
            interactive(who, json!({"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes, please"}}))
        }),
        turn("list_reply", "list_reply", "Monday", |who| {
            let reply = json!({"id": "d1", "title": "Monday", "description": "8 to 12"});
            interactive(who, json!({"type": "list_reply", "list_reply": reply}))
        }),
        turn("list_reply without a description", "list_reply", "Tuesday", |who| {
            interactive(who, json!({"type": "list_reply", "list_reply": {"id": "d2", "title": "Tuesday"}}))
        }),
        Row {
            name: "nfm_reply",
            says: |who| {
                flow(
                    who,
                    json!({"name": "flow", "body": "Sent", "response_json": "{\"flow_token\":\"f1\",\"size\":\"M\"}"}),
                )
            },
            seen: Some(Seen::turn("form_reply", "Form: Sent").look(|message, _| {
                assert_eq!(form_fields(&message.content), "{\"flow_token\":\"f1\",\"size\":\"M\"}");
            })),
        },
        Row {
            name: "nfm_reply that is a list",
            says: |who| flow(who, json!({"name": "flow", "response_json": "[1,2]"})),
            seen: Some(Seen::turn("form_reply", "Form").look(|message, _| {
                assert_eq!(form_fields(&message.content), "[1,2]");
            })),
        },
        turn("nfm_reply without a token", "form_reply", "Form: Done", |who| {
            flow(who, json!({"name": "flow", "body": "Done", "response_json": "{\"size\":\"L\"}"}))
        }),
        turn("nfm_reply of an address", "form_reply", "Form: Lake Road 1", |who| {
            flow(who, json!({"name": "address_message", "body": "Lake Road 1", "response_json": "{\"saved\":1}"}))
        }),
        turn("call_permission_reply", "call_permission", "Call permission: accept", |who| {
            let reply = json!({"response": "accept", "response_source": "user_action"});
            interactive(who, json!({"type": "call_permission_reply", "call_permission_reply": reply}))
        }),
        Row {
            name: "interactive without its body",
            says: |who| {
                let mut item = who.says(0, json!({"type": "interactive"}));
                item.errors = Some(json!([{"code": 131_051, "title": "Message type unknown"}]));
                vec![item]
            },
            seen: Some(Seen::turn("interactive_missing", "Answer not shared by WhatsApp").look(|message, _| {
                assert_eq!(message.context.missing.as_deref(), Some("Message type unknown"));
            })),
        },
        turn("template button", "template_button", "Go on", |who| {
            let context = json!({"from": "15550100000", "id": "wamid.template"});
            vec![
                who.says(
                    0,
                    json!({"type": "button", "button": {"payload": "GO", "text": "Go on"}, "context": context}),
                ),
            ]
        }),
        turn("template button without context", "template_button", "Stop", |who| {
            one(who, "button", json!({"payload": "STOP", "text": "Stop"}))
        }),
    ]
}

fn odd() -> Vec<Row> {
    vec![
        notice("unsupported poll", "Unsupported message: poll creation", |who| {
            let errors =
                json!([{"code": 131_051, "title": "Message type unknown", "error_data": {"details": "A poll"}}]);
            vec![
                who.says(0, json!({"type": "unsupported", "unsupported": {"type": "poll_creation"}, "errors": errors})),
            ]
        }),
        notice("unsupported and unknown", "Unsupported message", |who| {
            vec![who.says(0, json!({"type": "unsupported", "unsupported": {"type": "unknown", "raw_type": "unknown"}}))]
        }),
        notice("unsupported of the old kind", "Unsupported message", |who| {
            let errors = json!([{"code": 501, "title": "Unknown", "details": "Message type is not supported"}]);
            vec![who.says(0, json!({"type": "unknown", "errors": errors}))]
        }),
        notice("a type of tomorrow", "Unsupported message: hologram", |who| one(who, "hologram", json!({"id": "1"}))),
        Row { name: "request_welcome", says: |who| vec![who.says(0, json!({"type": "request_welcome"}))], seen: None },
        Row {
            name: "group message",
            says: |who| {
                let body = json!({"type": "text", "text": {"body": "Hi all"}, "group_id": format!("g-{}", who.phone)});
                let mut item = who.says(0, body);
                item.contact = Some(json!({"profile": {"name": "Bo"}, "wa_id": who.phone, "user_id": who.user}));
                vec![item]
            },
            seen: Some(
                Seen { window: Window::Opens, ..Seen::notice("text", "Bo: Hi all").called("WhatsApp group") }
                    .look(|message, _| assert_eq!(message.context.sender.as_deref(), Some("Bo"))),
            ),
        },
    ]
}

fn wrapped() -> Vec<Row> {
    vec![
        Row {
            name: "forwarded",
            says: |who| with(who, "Look at this", json!({"context": {"forwarded": true}})),
            seen: Some(Seen::turn("text", "Look at this").look(|message, _| {
                assert_eq!((message.forwarded, &message.quote), (Forwarded::Once, &None));
            })),
        },
        Row {
            name: "forwarded many times",
            says: |who| with(who, "Chain letter", json!({"context": {"frequently_forwarded": true}})),
            seen: Some(Seen::turn("text", "Chain letter").look(|message, _| {
                assert_eq!(message.forwarded, Forwarded::Often);
            })),
        },
        Row {
            name: "quote",
            says: |who| {
                let mut second = who.text(1, "I meant this one");
                second.body["context"] = json!({"from": who.phone, "id": who.wamid(0)});
                vec![who.text(0, "The blue lamp"), second]
            },
            seen: Some(Seen::turn("text", "I meant this one").unread(2).answers(2).look(|message, _| {
                let quote = message.quote.as_ref().expect("a quote");
                assert_eq!(quote.preview.as_deref(), Some("The blue lamp"));
                assert!(quote.message.is_some(), "it leads to the message");
            })),
        },
        Row {
            name: "quote of something we do not have",
            says: |who| with(who, "About that", json!({"context": {"from": "15550100000", "id": "wamid.long.ago"}})),
            seen: Some(Seen::turn("text", "About that").look(|message, _| {
                let quote = message.quote.as_ref().expect("a quote");
                assert_eq!((quote.wamid.0.as_str(), &quote.preview, &quote.message), ("wamid.long.ago", &None, &None));
            })),
        },
        Row {
            name: "a question about a product",
            says: |who| {
                let product = json!({"catalog_id": "61", "product_retailer_id": "TEA-9"});
                with(
                    who,
                    "Is it organic?",
                    json!({"context": {"from": "1", "id": "wamid.x", "referred_product": product}}),
                )
            },
            seen: Some(Seen::turn("text", "Is it organic?").look(|message, _| {
                let product = message.context.product.as_ref().expect("a product");
                assert_eq!((product.catalog.as_deref(), product.id.as_deref()), (Some("61"), Some("TEA-9")));
            })),
        },
        Row {
            name: "what was said before the customer came to us",
            says: |who| {
                let mut item = who.text(0, "And now?");
                item.context = Some(json!({"type": "summary", "summary": {"text": "Wants a refund"}}));
                vec![item]
            },
            seen: Some(Seen::turn("text", "And now?").look(|message, _| {
                assert_eq!(message.context.summary.as_deref(), Some("Wants a refund"));
            })),
        },
        Row {
            name: "referral",
            says: |who| {
                let ad = json!({"source_url": "https://fb.example/ad", "source_id": "9", "source_type": "ad",
                    "headline": "Lamps", "body": "20 % off", "media_type": "image", "ctwa_clid": "c"});
                with(who, "Is it still on?", json!({"referral": ad}))
            },
            seen: Some(Seen::turn("text", "Is it still on?").look(|message, _| {
                let referral = message.referral.as_ref().expect("where it came from");
                assert_eq!(referral.headline.as_deref(), Some("Lamps"));
                assert_eq!(referral.source_type.as_deref(), Some("ad"));
            })),
        },
    ]
}

/// A text message with additional fields.
fn with(who: &Who, words: &str, extra: Value) -> Vec<Item> {
    let mut item = who.text(0, words);
    super::stage::extend(&mut item.body, extra);
    vec![item]
}
