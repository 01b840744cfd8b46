//! Which messages WhatsApp would accept or refuse.

use proptest::prelude::*;

use super::{super::interactive::ReplyOption, *};
use crate::template::{TemplateCategory, message::TemplateParameters, preview::TemplatePreview};

fn pick(payload: &str, title: &str) -> ReplyOption {
    ReplyOption { payload: payload.to_owned(), title: title.to_owned(), ..ReplyOption::default() }
}

fn media(file: FileKind, link: &str, caption: &str) -> OutgoingMessage {
    OutgoingMessage::media(file, link.to_owned(), caption.to_owned())
}

fn buttons(buttons: Vec<ReplyOption>) -> OutgoingMessage {
    OutgoingMessage::Interactive(InteractiveMessage::Buttons { body: "Which one?".to_owned(), buttons })
}

#[test]
fn only_digits_are_addressed_as_a_phone() {
    let phone = |digits: &str| Some(Recipient::Phone(digits.to_owned()));
    let user = |id: &str| Some(Recipient::UserId(id.to_owned()));
    for (wa_id, user_id, expected) in [
        (Some("15551234567"), None, phone("15551234567")),
        (Some("15551234567"), Some("US.1"), phone("15551234567")),
        (None, Some("US.1"), user("US.1")),
        // As rows of earlier versions have it.
        (Some("US.15551234567"), None, user("US.15551234567")),
        (Some("US.15551234567"), Some("US.1"), user("US.1")),
        (None, None, None),
    ] {
        let found = Recipient::of(wa_id.map(str::to_owned), user_id.map(str::to_owned));
        assert_eq!(found, expected, "{wa_id:?} {user_id:?}");
    }
}

#[test]
fn a_file_by_address_keeps_its_address_caption_and_file_name() {
    let message = media(FileKind::Document, "https://acme.test/files/Price%20list.pdf?v=2#p3", " ");
    assert_eq!(message.violation(), None);
    let content = Content::from(message.clone());
    assert_eq!(OutgoingMessage::of(&content), Some(message));
    let Content::Document { media, filename } = &content else { panic!("a document: {content:?}") };
    assert_eq!(filename.as_deref(), Some("Price list.pdf"));
    assert_eq!(media.link.as_deref(), Some("https://acme.test/files/Price%20list.pdf?v=2#p3"));
    assert_eq!(media.caption, None, "blanks are no words");
}

#[test]
fn an_address_without_a_file_name_gives_none() {
    for link in ["https://acme.test", "https://acme.test/", "https://acme.test/get?id=7", "https://acme.test/.pdf", "x"]
    {
        assert_eq!(filename(link), None, "{link}");
    }
    assert_eq!(filename("https://acme.test/a%ZZ%.pdf").as_deref(), Some("a%ZZ%.pdf"));
}

#[test]
fn a_caption_that_its_file_cannot_carry_follows_as_text() {
    let link = "https://acme.test/a.mp3";
    let look = media(FileKind::Image, link, "Look");
    assert_eq!(look.clone().calls(), [look]);
    let listen = media(FileKind::Audio, link, "Listen").calls();
    assert_eq!(listen, [media(FileKind::Audio, link, ""), OutgoingMessage::text("Listen")]);
    let long = "word ".repeat(300);
    let calls = media(FileKind::Video, link, &long).calls();
    assert_eq!(calls, [media(FileKind::Video, link, ""), OutgoingMessage::text(long.trim())]);
}

#[test]
fn a_file_from_a_customer_cannot_be_sent() {
    assert_eq!(Content::Image { media: Attachment::default() }.calls(), []);
    assert_eq!(OutgoingMessage::of(&Content::Image { media: Attachment::default() }), None);
}

#[test]
fn a_file_that_an_agent_uploaded_is_stored_by_its_id_and_read_back() {
    for file in FileKind::ALL {
        let message = OutgoingMessage::uploaded(file, MediaId::from("med_1"), "a.bin".to_owned(), "Look".to_owned());
        let content = Content::from(message.clone());
        let kind = if file == FileKind::Voice { "audio" } else { file.as_str() };
        assert_eq!(content.kind(), kind);
        assert_eq!(OutgoingMessage::of(&content), Some(message.clone()));
        assert_eq!(message.violation(), None);
        let takes_caption = !matches!(file, FileKind::Audio | FileKind::Sticker | FileKind::Voice);
        assert_eq!(message.calls().len(), if takes_caption { 1 } else { 2 }, "{file:?}: the caption follows as text");
    }
    let stored = r#"{"image":{"media":{"media":"med_1","mime":null,"caption":null,"is_uploaded":true}}}"#;
    let picture = OutgoingMessage::uploaded(FileKind::Image, MediaId::from("med_1"), String::new(), String::new());
    assert_eq!(serde_json::to_string(&Content::from(picture)).expect("JSON"), stored);
    let of_customer = Attachment { media: Some(MediaId::from("med_1")), ..Attachment::default() };
    assert_eq!(OutgoingMessage::of(&Content::Image { media: of_customer }), None);
}

#[test]
fn only_a_template_passes_a_closed_window_and_it_is_stored_as_it_is_sent() {
    let template = OutgoingMessage::Template(Box::new(TemplateMessage {
        name: "hello".into(),
        language: "de".into(),
        category: TemplateCategory::Utility,
        parameters: TemplateParameters::default(),
        preview: TemplatePreview::default(),
    }));
    assert!(template.passes_closed_window());
    for other in [OutgoingMessage::text("Hi"), media(FileKind::Image, "https://acme.test/a.png", ""), buttons(vec![])] {
        assert!(!other.passes_closed_window(), "{other:?}");
    }
    assert_eq!(OutgoingMessage::of(&Content::from(template.clone())), Some(template.clone()));
    assert_eq!(template.violation(), None);
    assert_eq!(template.clone().calls(), [template]);
}

#[test]
fn a_message_that_whatsapp_would_refuse_has_a_reason() {
    let link = |url: &str| {
        let link = InteractiveMessage::LinkButton { body: "See".into(), label: "Open".into(), url: url.into() };
        OutgoingMessage::Interactive(link)
    };
    let list = |rows: Vec<ReplyOption>| {
        OutgoingMessage::Interactive(InteractiveMessage::List { body: "Choose".into(), open: "Days".into(), rows })
    };
    let wordy = ReplyOption { description: "d".repeat(73), ..pick("a", "A") };
    let cases = [
        (buttons(Vec::new()), "it has 0 buttons"),
        (buttons((0..4).map(|n| pick(&n.to_string(), &n.to_string())).collect()), "it has 4 buttons, and 1 to 3"),
        (buttons(vec![pick("a", "Yes"), pick("b", "Yes")]), "two buttons have the same title"),
        (buttons(vec![pick("a", "Yes"), pick("a", "No")]), "two buttons have the same payload"),
        (buttons(vec![pick("a", &"ü".repeat(21))]), "button title has 21 characters, and the limit is 20"),
        (buttons(vec![pick("", "Yes")]), "button payload is empty"),
        (list((0..11).map(|n| pick(&n.to_string(), "Row")).collect()), "it has 11 rows, and 1 to 10"),
        (list(vec![wordy]), "row description has 73 characters"),
        (link("javascript:alert(1)"), "link address isn't a web address"),
        (link("https://"), "link address isn't a web address"),
        (media(FileKind::Image, "file:///etc/passwd", ""), "file address isn't a web address"),
    ];
    for (message, words) in cases {
        let violation = message.violation().unwrap_or_else(|| panic!("{message:?} is refused"));
        assert!(violation.contains(words), "{violation} says {words}");
    }
    // A list may contain rows with equal titles, because payloads distinguish them. Characters are counted, not bytes.
    assert_eq!(list(vec![pick("a", "Row"), pick("b", "Row")]).violation(), None);
    assert_eq!(buttons(vec![pick("a", &"ü".repeat(20))]).violation(), None);
}

#[test]
fn stored_messages_of_before_are_read_and_written_as_they_were() {
    for line in [
        r#"{"interactive":{"body":"Sure?","options":["Yes"]}}"#,
        r#"{"image":{"media":{"media":null,"mime":"image/png","caption":null}}}"#,
        r#"{"image":{"media":{"media":null,"mime":null,"caption":"Look","link":"https://acme.test/a.png"}}}"#,
        r#"{"buttons":{"body":"Sure?","buttons":[{"payload":"yes","title":"Yes"}]}}"#,
        r#"{"list":{"body":"When?","open":"Days","rows":[{"payload":"mon","title":"Monday","description":"9"}]}}"#,
        r#"{"link_button":{"body":"Pay here","label":"Pay","url":"https://acme.test/pay"}}"#,
        r#"{"location":{"latitude":45.5,"longitude":9.0,"name":null,"address":null,"url":null}}"#,
        r#"{"edit":{"target":"wamid.1","content":{"text":{"body":"No"}}}}"#,
        r#""request_welcome""#,
    ] {
        let content: Content = serde_json::from_str(line).expect("an old message");
        assert_eq!(serde_json::to_string(&content).expect("JSON"), line);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_address_is_read_without_a_fault(link in "(https?://)?[a-z%./?# é0-9]{0,60}") {
        if let Some(name) = filename(&link) {
            prop_assert!(!name.contains('/'));
        }
    }
}

#[test]
fn each_kind_of_file_is_stored_as_its_own_content_and_read_back() {
    let link = "https://acme.test/a.pdf";
    let kinds = [
        (FileKind::Image, "image"),
        (FileKind::Video, "video"),
        (FileKind::Audio, "audio"),
        (FileKind::Document, "document"),
    ];
    for (file, kind) in kinds {
        let message = media(file, link, "Look");
        let content = Content::from(message.clone());
        assert_eq!(
            (content.kind(), content.attachment().and_then(|media| media.caption.as_deref())),
            (kind, Some("Look"))
        );
        assert_eq!(OutgoingMessage::of(&content), Some(message.clone()));
        let OutgoingMessage::Media { filename, .. } = message else { panic!("a file") };
        assert_eq!(filename.is_some(), file == FileKind::Document, "only a document has a file name");
    }
    let audio = Content::from(media(FileKind::Audio, link, ""));
    assert!(matches!(audio, Content::Audio { voice: false, .. }));
    let voice = Content::from(media(FileKind::Voice, link, ""));
    assert!(matches!(voice, Content::Audio { voice: true, .. }));
}

#[test]
fn a_text_becomes_as_many_calls_as_it_has_parts() {
    let text = |body: &str| OutgoingMessage::text(body);
    assert_eq!(text("hi").calls(), [text("hi")]);
    assert_eq!(text(&"a".repeat(4_097)).calls(), [text(&"a".repeat(4_096)), text("a")]);
    assert_eq!(text(" ").calls(), []);
    let stored = Content::Text { body: "hi".into() };
    assert_eq!(stored.calls(), [text("hi")]);
    let tappable = buttons(vec![pick("a", "Yes")]);
    assert_eq!(Content::from(tappable.clone()).calls(), [tappable]);
    assert_eq!(Content::RequestWelcome.calls(), []);
}

#[test]
fn a_caption_at_its_limit_stays_with_its_file() {
    let link = "https://acme.test/a.png";
    let caption = |length: usize| "é".repeat(length);
    let calls = |length| media(FileKind::Image, link, &caption(length)).calls();
    assert_eq!(calls(1_024), [media(FileKind::Image, link, &caption(1_024))]);
    assert_eq!(calls(1_025), [media(FileKind::Image, link, ""), OutgoingMessage::text(caption(1_025))]);
}

#[test]
fn a_file_name_has_a_stem_and_an_ending() {
    let named = |last: &str| filename(&format!("https://acme.test/x/{last}"));
    assert_eq!(named("a.pdf").as_deref(), Some("a.pdf"));
    for last in ["a.", ".pdf", "a", "a%2Fb.pdf", "a%5Cb.pdf", "a%00.pdf"] {
        assert_eq!(named(last), None, "{last}");
    }
    let long = |length: usize| format!("{}.pdf", "a".repeat(length - 4));
    assert_eq!((named(&long(240)), named(&long(241))), (Some(long(240)), None));
    // A name that is not UTF-8 stays encoded.
    assert_eq!(named("%FF.pdf").as_deref(), Some("%FF.pdf"));
}

#[test]
fn only_a_file_that_was_uploaded_to_us_must_be_at_whatsapp_first() {
    let (file, id) = (FileKind::Image, MediaId::from("med_1"));
    let uploaded = OutgoingMessage::uploaded(file, id.clone(), String::new(), String::new());
    assert_eq!(uploaded.uploaded_file(), Some(&id));
    assert_eq!(media(FileKind::Image, "https://a.test/x.png", "").uploaded_file(), None);
    assert_eq!(OutgoingMessage::text("Hi").uploaded_file(), None);
}

#[test]
fn a_card_without_a_name_is_refused() {
    let card = |name: Option<&str>| ContactCard { name: name.map(ToOwned::to_owned), ..ContactCard::default() };
    let cards = |cards| OutgoingMessage::Contacts { cards };
    assert_eq!(cards(vec![card(Some("Ana"))]).violation(), None);
    assert!(cards(vec![card(Some("Ana")), card(None)]).violation().is_some_and(|told| told.contains("no name")));
}

#[test]
fn a_place_is_stored_with_the_words_it_has() {
    let point = GeoPoint::of(52.5, 13.4).expect("a place");
    let place = |name: &str, address: &str| {
        let message = OutgoingMessage::Location { point, name: name.to_owned(), address: address.to_owned() };
        match Content::from(message) {
            Content::Location { name, address, .. } => (name, address),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(place("Shop", "High Street 1"), (Some("Shop".to_owned()), Some("High Street 1".to_owned())));
    assert_eq!(place("", ""), (None, None));
}
