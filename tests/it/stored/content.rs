//! Messages: their content and their context.

use std::collections::BTreeSet;

use handoff::domain::message::{Content, Forwarded, MessageContext, Reaction, Referral};

use super::written;

const CONTENT: &[&str] = &[
    r#"{"text":{"body":"Hello"}}"#,
    r#"{"image":{"media":{"media":"med_1","mime":"image/png","caption":"A leak"}}}"#,
    r#"{"image":{"media":{"media":null,"mime":null,"caption":null,"link":"https://example.com/a.png"}}}"#,
    r#"{"image":{"media":{"media":"med_1","mime":null,"caption":null,"is_uploaded":true}}}"#,
    r#"{"video":{"media":{"media":"med_1","mime":"video/mp4","caption":null}}}"#,
    r#"{"audio":{"media":{"media":"med_1","mime":"audio/ogg; codecs=opus","caption":null},"voice":true}}"#,
    r#"{"document":{"media":{"media":"med_1","mime":"application/pdf","caption":null},"filename":"bill.pdf"}}"#,
    r#"{"sticker":{"media":{"media":"med_1","mime":"image/webp","caption":null},"animated":false}}"#,
    r#"{"location":{"latitude":52.5,"longitude":13.4,"name":"Here","address":null,"url":null}}"#,
    r#"{"contacts":{"cards":[{"name":"Ana","phones":["+1"],"emails":[],"organisation":null,"requested":false}]}}"#,
    r#"{"contacts":{"cards":[{"name":null,"phones":[],"emails":["a@b.c"],"organisation":"Acme","addresses":["Street 1"],"urls":["https://a.b"],"birthday":"1990-05-17","requested":true}]}}"#,
    r#"{"button_reply":{"id":"yes","title":"Yes"}}"#,
    r#"{"list_reply":{"id":"one","title":"One","description":null}}"#,
    r#"{"form_reply":{"name":"flow","body":"Sent","fields":"{}"}}"#,
    r#"{"call_permission":{"answer":"accept"}}"#,
    r#""interactive_missing""#,
    r#"{"template_button":{"payload":"p","text":"Stop"}}"#,
    r#"{"reaction":{"target":"wamid.1","emoji":"👍"}}"#,
    r#"{"order":{"catalog":"c","text":"Soon","items":[{"product":"p","quantity":2,"price":1.5,"currency":"EUR"}]}}"#,
    r#"{"unsupported":{"inner":"poll","code":131051,"details":null}}"#,
    r#"{"edit":{"target":"wamid.1","content":{"text":{"body":"Hello!"}}}}"#,
    r#"{"revoke":{"target":"wamid.1"}}"#,
    r#""request_welcome""#,
    r#"{"template":{"name":"hello","language":"de","body":null}}"#,
    r#"{"template_sent":{"name":"hello","language":"de","category":"utility","parameters":{"header":{"file":{"file":"image","source":{"uploaded":"med_1"}}},"body":[{"name":"who","text":"Ana"}],"buttons":[{"index":0,"value":{"payload":"Stop"}}],"cards":[{"file":"image","link":"https://a.b/c.jpg","body":[{"text":"Shoes"}]}]},"preview":{"header":{"file":{"file":"image","source":{"uploaded":"med_1"}}},"body":"Hi Ana","footer":"Acme","buttons":[{"kind":"quick_reply","text":"Stop"}],"cards":[{"file":"image","link":"https://a.b/c.jpg","body":"Shoes","buttons":[]}]}}}"#,
    r#"{"interactive":{"body":"Choose","options":["One","Two"]}}"#,
    r#"{"buttons":{"body":"Choose","buttons":[{"payload":"one","title":"One"}]}}"#,
    r#"{"list":{"body":"Choose","open":"Open","rows":[{"payload":"one","title":"One","description":"The first"}]}}"#,
    r#"{"list":{"body":"Choose","open":"Open","rows":[{"payload":"one","title":"One","section":"First"}]}}"#,
    r#"{"link_button":{"body":"Look","label":"Open","url":"https://example.com"}}"#,
    r#"{"location_request":{"body":"Where are you?"}}"#,
];

/// The number of content kinds.
const KINDS: usize = 27;

#[test]
fn every_kind_of_content_keeps_its_json() {
    written::<Content>(CONTENT);
    let kinds: BTreeSet<&str> =
        CONTENT.iter().map(|line| serde_json::from_str::<Content>(line).expect("is read").kind()).collect();
    assert_eq!(kinds.len(), KINDS, "a kind without a line: {kinds:?}");
}

#[test]
fn message_context_keeps_its_json() {
    written::<Forwarded>(&[r#""no""#, r#""once""#, r#""often""#]);
    written::<Vec<Reaction>>(&[
        "[]",
        r#"[{"author":{"by":"customer"},"emoji":"👍"}]"#,
        r#"[{"author":{"by":"agent","id":"agt_1"},"emoji":"👍","state":"sending"}]"#,
        r#"[{"author":{"by":"agent","id":"agt_1"},"emoji":"👍","state":{"failed":{"detail":"Too late."}}}]"#,
    ]);
    written::<Referral>(&[r#"{"source_type":"ad","source_url":"https://fb.me/1","headline":"Lamps","body":null}"#]);
    written::<MessageContext>(&[
        "{}",
        r#"{"sender":"Ana","product":{"catalog":"c","id":"p"},"summary":"Asked for a lamp","missing":"Too old"}"#,
    ]);
}
