//! What forms send, and how their faults name the limit and the way out.

use super::{super::interactive::sections, *};

fn place(place: &str) -> ComposedMessage {
    ComposedMessage::Location(ComposedPlace { place: place.into(), ..ComposedPlace::default() })
}

fn ask(text: &str) -> ComposedMessage {
    ComposedMessage::LocationRequest(ComposedLocationRequest { text: text.into() })
}

fn contact(name: &str, phone: &str, email: &str) -> ComposedMessage {
    let (name, phone, email) = (name.into(), phone.into(), email.into());
    ComposedMessage::Contact(ComposedContact { name, phone, email, organisation: " Acme  Store ".into() })
}

fn buttons(text: &str, titles: &[&str]) -> ComposedMessage {
    let titles = titles.iter().map(|title| (*title).to_owned()).collect();
    ComposedMessage::Buttons(ComposedButtons { text: text.into(), titles })
}

fn list(rows: &[(&str, &str, &str)]) -> ComposedMessage {
    let row = |(heading, title, description): &(&str, &str, &str)| ComposedRow {
        heading: (*heading).into(),
        title: (*title).into(),
        description: (*description).into(),
    };
    ComposedMessage::List(ComposedList {
        text: "When?".into(),
        open: "Days".into(),
        rows: rows.iter().map(row).collect(),
    })
}

fn link(label: &str, url: &str) -> ComposedMessage {
    ComposedMessage::Link(ComposedLink { text: "Pay here".into(), label: label.into(), url: url.into() })
}

#[test]
fn a_filled_form_becomes_the_message_that_whatsapp_accepts() {
    let station = ComposedPlace {
        place: "52.525, 13.369".into(),
        name: " Central\nStation ".into(),
        address: "Europaplatz 1".into(),
    };
    let point = GeoPoint::of(52.525, 13.369).expect("a point");
    let sent = OutgoingMessage::Location { point, name: "Central Station".into(), address: "Europaplatz 1".into() };
    assert_eq!(ComposedMessage::Location(station).message(), Ok(sent));
    let card = ContactCard {
        name: Some("Ana Costa".into()),
        phones: vec!["+49 30 123456".into()],
        organisation: Some("Acme Store".into()),
        ..ContactCard::default()
    };
    let sent = OutgoingMessage::Contacts { cards: vec![card] };
    assert_eq!(contact("Ana Costa", "+49 30 123456", "").message(), Ok(sent));
    for form in [
        place("https://maps.google.com/?q=52.5,13.4"),
        ask("Where are you?"),
        contact("Ana", "", "ana@acme.example"),
        buttons("Sure?\nReally?", &["Yes", "", "No"]),
        list(&[("", "Monday", "from 9"), ("", "", ""), ("", "Tuesday", "")]),
        link("Pay", "https://acme.test/pay"),
    ] {
        let message = form.message().expect("it has no fault");
        assert_eq!(message.violation(), None, "{form:?}");
        assert_eq!(message.clone().calls(), std::slice::from_ref(&message), "one message");
        // The thread and the outbox read what is stored.
        assert_eq!(OutgoingMessage::of(&super::super::Content::from(message.clone())), Some(message));
    }
}

#[test]
fn rows_stand_below_the_last_heading() {
    let rows = [("Week", "Monday", ""), ("", "Tuesday", ""), ("Weekend", "Sunday", "")];
    let Ok(OutgoingMessage::Interactive(InteractiveMessage::List { rows, .. })) = list(&rows).message() else {
        panic!("a list")
    };
    let shown: Vec<_> = sections(&rows).map(|(title, rows)| (title, rows.len())).collect();
    assert_eq!(shown, [("Week", 2), ("Weekend", 1)]);
    let payloads: Vec<_> = rows.iter().map(|row| row.payload.as_str()).collect();
    assert_eq!(payloads, ["agent-option-1", "agent-option-2", "agent-option-3"]);
}

#[test]
fn every_fault_is_at_its_field_with_its_limit_and_the_way_out() {
    let long = |length: usize| "é".repeat(length);
    let eleven = [("", "Row", ""); 11];
    let table = [
        (place(""), ComposedField::Place, "Enter coordinates"),
        (place("52.5, 190"), ComposedField::Place, "from -180 to 180"),
        (ask(" "), ComposedField::Text, "The text is missing"),
        (ask(&long(1_025)), ComposedField::Text, "up to 1,024 characters; this has 1,025. Shorten it by 1."),
        (contact("", "+4930123456", ""), ComposedField::Name, "The name is missing"),
        (contact("Ana", "", ""), ComposedField::Phone, "phone number or an email address"),
        (contact("Ana", "030 123456", ""), ComposedField::Phone, "Begin with +"),
        (contact("Ana", "+49 30", ""), ComposedField::Phone, "7 to 15 digits with its country code; this one has 4"),
        (contact("Ana", "call me", ""), ComposedField::Phone, "isn't a phone number"),
        (contact("Ana", "", "ana@acme"), ComposedField::Email, "like ana@example.com"),
        (contact("Ana", "", "ana costa@acme.test"), ComposedField::Email, "like ana@example.com"),
        (buttons("", &["Yes"]), ComposedField::Text, "The text is missing"),
        (
            buttons(&long(1_025), &["Yes"]),
            ComposedField::Text,
            "up to 1,024 characters; this has 1,025. Shorten it by 1.",
        ),
        (buttons("Sure?", &["", " "]), ComposedField::Button(0), "at least one button"),
        (buttons("Sure?", &["Yes", &long(21)]), ComposedField::Button(1), "up to 20 characters; this has 21"),
        (buttons("Sure?", &["Yes", "No", "Yes"]), ComposedField::Button(2), "the same text"),
        (
            buttons("Sure?", &["1", "2", "3", "4"]),
            ComposedField::Button(3),
            "up to 3 buttons. Remove some, or send a list",
        ),
        (list(&[]), ComposedField::Row(0), "at least one option"),
        (list(&eleven), ComposedField::Row(10), "up to 10 options"),
        (list(&[("", &long(25), "")]), ComposedField::Row(0), "up to 24 characters; this has 25"),
        (list(&[("", "A", &long(73))]), ComposedField::Description(0), "up to 72 characters; this has 73"),
        (list(&[(&long(25), "A", "")]), ComposedField::Heading(0), "up to 24 characters; this has 25"),
        (list(&[("", "A", ""), ("Other", "B", "")]), ComposedField::Heading(0), "one over every group"),
        (list(&[("", "", "only words")]), ComposedField::Row(0), "An option is missing"),
        (link(&long(21), "https://a.example"), ComposedField::Label, "up to 20 characters; this has 21"),
        (link("Pay", "acme.test"), ComposedField::Url, "begins with https://"),
        (link("Pay", "javascript:alert(1)"), ComposedField::Url, "begins with https://"),
    ];
    for (form, field, words) in table {
        let faults = form.message().expect_err("it has a fault");
        let is_there = faults.iter().any(|(at, said)| *at == field && said.contains(words));
        assert!(is_there, "{form:?}: {faults:?} says {words}");
    }
}

#[test]
fn a_form_is_blank_until_something_is_typed_and_keeps_its_json() {
    for kind in ComposedKind::ALL {
        let blank = kind.blank();
        assert_eq!((blank.kind(), blank.is_blank()), (kind, true));
        // A question can be asked as it is; everything else has to be filled in.
        assert_eq!(blank.message().is_ok(), kind == ComposedKind::LocationRequest, "{kind:?}");
        let json = serde_json::to_string(&blank).expect("JSON");
        assert!(json.starts_with(&format!("{{\"{}\":", kind.as_str())), "{json}");
        assert_eq!(serde_json::from_str::<ComposedMessage>(&json).expect("the form"), blank);
    }
    assert!(ask(" ").is_blank() && !ask("Where?").is_blank());
    assert!(!buttons("", &["", "No"]).is_blank() && !list(&[("", "", "x")]).is_blank());
    let known = r#"{"list":{"text":"When?","open":"Days","rows":[{"title":"Monday"}]}}"#;
    assert_eq!(serde_json::from_str::<ComposedMessage>(known).expect("a form"), {
        let ComposedMessage::List(mut it) = list(&[("", "Monday", "")]) else { panic!("a list") };
        it.text = "When?".into();
        ComposedMessage::List(it)
    });
}

#[test]
fn every_kind_has_a_label_and_an_icon() {
    let labels: std::collections::BTreeSet<_> = ComposedKind::ALL.into_iter().map(ComposedKind::label).collect();
    let icons: std::collections::BTreeSet<_> = ComposedKind::ALL.into_iter().map(ComposedKind::icon).collect();
    assert_eq!((labels.len(), icons.len()), (ComposedKind::ALL.len(), ComposedKind::ALL.len()));
    assert!(!labels.contains("") && !icons.contains(""));
}

#[test]
fn as_many_buttons_and_options_as_whatsapp_shows_are_sent() {
    let buttons = |count: usize| {
        ComposedMessage::Buttons(ComposedButtons {
            text: "Which?".to_owned(),
            titles: (0..count).map(|nth| format!("Button {nth}")).collect(),
        })
    };
    assert!(buttons(BUTTONS).message().is_ok() && buttons(BUTTONS + 1).message().is_err());
    let row = |nth: usize| ComposedRow { title: format!("Option {nth}"), ..ComposedRow::default() };
    let list = |count: usize| {
        ComposedMessage::List(ComposedList {
            text: "Which?".to_owned(),
            open: "Open".to_owned(),
            rows: (0..count).map(row).collect(),
        })
    };
    assert!(list(ROWS).message().is_ok() && list(ROWS + 1).message().is_err());
}

#[test]
fn a_list_with_an_option_is_not_blank() {
    let row = ComposedRow { title: "Option".to_owned(), ..ComposedRow::default() };
    let list = |rows| ComposedMessage::List(ComposedList { text: String::new(), open: String::new(), rows });
    assert!(list(vec![ComposedRow::default()]).is_blank() && !list(vec![row]).is_blank());
}

#[test]
fn a_contacts_email_address_is_sent() {
    let contact =
        ComposedContact { name: "Ana".to_owned(), email: "ana@acme.test".to_owned(), ..ComposedContact::default() };
    let Ok(OutgoingMessage::Contacts { cards }) = ComposedMessage::Contact(contact).message() else { panic!("a card") };
    assert_eq!(cards[0].emails, ["ana@acme.test"]);
    assert_eq!(cards[0].phones, [""; 0]);
}

#[test]
fn a_text_keeps_its_lines_and_its_limit_is_exact() {
    let title = |length: usize| buttons("One\nTwo", &[&"x".repeat(length)]).message();
    let Ok(OutgoingMessage::Interactive(InteractiveMessage::Buttons { body, .. })) = title(BUTTON_TITLE) else {
        panic!("fits")
    };
    assert_eq!(body, "One\nTwo");
    let faults = title(BUTTON_TITLE + 3).expect_err("too long");
    assert!(faults[0].1.ends_with("Shorten it by 3."), "{faults:?}");
}
