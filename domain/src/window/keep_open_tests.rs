use super::*;

#[test]
fn whatsapp_takes_the_message_in_every_language() {
    let mut texts = Vec::new();
    for language in LANGUAGES {
        let message = message(Some(language));
        assert!(message.message().is_ok(), "{language:?}");
        assert_eq!(automatic(Some(language)).violation(), None, "{language:?}");
        texts.push(message);
    }
    let english = message(None);
    assert_eq!(message(Some("xx")), english);
    assert_eq!(texts.iter().filter(|text| **text == english).count(), 1, "each language has its own");
}

#[test]
fn nothing_is_sent_by_itself_unless_an_admin_says_when() {
    assert_eq!((AskBefore::default(), AskBefore::default().span()), (AskBefore::Never, None));
    let minutes = AskBefore::ALL.into_iter().filter_map(AskBefore::span);
    assert_eq!(minutes.collect::<Vec<_>>(), [15, 30, 60].map(Span::minutes));
    for before in AskBefore::ALL {
        let stored = serde_json::to_string(&before).expect("is JSON");
        assert_eq!(stored, format!("\"{}\"", before.as_str()));
    }
}

#[test]
fn what_is_sent_by_itself_has_the_same_words_and_a_payload_of_its_own() {
    let (text, title) = words(Some("de"));
    let OutgoingMessage::Interactive(InteractiveMessage::Buttons { body, buttons }) = automatic(Some("de")) else {
        panic!("has a button")
    };
    let button = buttons.first().map(|button| (button.title.as_str(), button.payload.as_str()));
    assert_eq!((body.as_str(), button), (text, Some((title, PAYLOAD))));
    assert!(is_automatic(&automatic(None).into()));
    assert!(!is_automatic(&message(None).message().expect("is complete").into()));
}
