//! What an agent fills in to send more than text: a location, a request for the customer's, a contact card, buttons, a list
//! or a link button. Each becomes an [`OutgoingMessage`], or says field by field what WhatsApp would refuse and what to do.
//!
//! To add a kind: a variant with its arms here, its form in `ui/conversations/composer/forms/`.

mod check;
mod fields;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::check::Check;
use super::{
    ContactCard,
    interactive::{InteractiveMessage, ReplyOption, address},
    limits::{
        BODY, BUTTON_TITLE, BUTTONS, CARD_TEXT, LINK, LINK_LABEL, LIST_OPEN, ROW_DESCRIPTION, ROW_TITLE, ROWS,
        SECTION_TITLE, TEXT,
    },
    outgoing::OutgoingMessage,
};
use crate::{geo_point::GeoPoint, phone_number, text::ascii_digits, variant_names::variant_names};

/// A form, by what it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComposedKind {
    Location,
    LocationRequest,
    Contact,
    Buttons,
    List,
    Link,
}

variant_names!(ComposedKind {
    Location => "location",
    LocationRequest => "location_request",
    Contact => "contact",
    Buttons => "buttons",
    List => "list",
    Link => "link",
});

impl ComposedKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::Location => "Location",
            Self::LocationRequest => "Ask for location",
            Self::Contact => "Contact card",
            Self::Buttons => "Reply buttons",
            Self::List => "List of options",
            Self::Link => "Link button",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::Location => "pin",
            Self::LocationRequest => "locate",
            Self::Contact => "contact",
            Self::Buttons => "reply",
            Self::List => "more",
            Self::Link => "external",
        }
    }

    /// The form before anything is filled in.
    pub fn blank(self) -> ComposedMessage {
        match self {
            Self::Location => ComposedMessage::Location(ComposedPlace::default()),
            Self::LocationRequest => ComposedMessage::LocationRequest(ComposedLocationRequest::default()),
            Self::Contact => ComposedMessage::Contact(ComposedContact::default()),
            Self::Buttons => ComposedMessage::Buttons(ComposedButtons::default()),
            Self::List => ComposedMessage::List(ComposedList::default()),
            Self::Link => ComposedMessage::Link(ComposedLink::default()),
        }
    }
}

/// A form as it is filled in. Its names are part of `/api/send_composed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComposedMessage {
    Location(ComposedPlace),
    LocationRequest(ComposedLocationRequest),
    Contact(ComposedContact),
    Buttons(ComposedButtons),
    List(ComposedList),
    Link(ComposedLink),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComposedPlace {
    /// Coordinates, or a map's link.
    pub place: String,
    pub name: String,
    pub address: String,
}

/// Begins with a text that can be sent as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComposedLocationRequest {
    pub text: String,
}

impl Default for ComposedLocationRequest {
    fn default() -> Self {
        Self { text: "Please share your location.".to_owned() }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComposedContact {
    pub name: String,
    pub phone: String,
    pub email: String,
    pub organisation: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComposedButtons {
    pub text: String,
    /// Blank ones are left out.
    pub titles: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComposedList {
    pub text: String,
    /// The label of the button that opens it.
    pub open: String,
    /// Blank ones are left out.
    pub rows: Vec<ComposedRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComposedRow {
    /// A heading over it; without one it stands with the row before.
    pub heading: String,
    pub title: String,
    pub description: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComposedLink {
    pub text: String,
    pub label: String,
    pub url: String,
}

/// A field of a form, to show its fault there. Buttons and rows are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposedField {
    Place,
    Name,
    Address,
    Phone,
    Email,
    Organisation,
    Text,
    Button(usize),
    Open,
    Heading(usize),
    Row(usize),
    Description(usize),
    Label,
    Url,
}

/// The faults of a form.
type Faults = Vec<(ComposedField, String)>;

impl ComposedMessage {
    pub fn kind(&self) -> ComposedKind {
        match self {
            Self::Location(_) => ComposedKind::Location,
            Self::LocationRequest(_) => ComposedKind::LocationRequest,
            Self::Contact(_) => ComposedKind::Contact,
            Self::Buttons(_) => ComposedKind::Buttons,
            Self::List(_) => ComposedKind::List,
            Self::Link(_) => ComposedKind::Link,
        }
    }

    /// Whether nothing is filled in. The text that a form begins with is nothing.
    pub fn is_blank(&self) -> bool {
        let blank = |texts: &[&String]| texts.iter().all(|text| text.trim().is_empty());
        match self {
            Self::Location(it) => blank(&[&it.place, &it.name, &it.address]),
            Self::LocationRequest(it) => blank(&[&it.text]) || *it == ComposedLocationRequest::default(),
            Self::Contact(it) => blank(&[&it.name, &it.phone, &it.email, &it.organisation]),
            Self::Buttons(it) => blank(&[&it.text]) && it.titles.iter().all(|title| blank(&[title])),
            Self::List(it) => blank(&[&it.text, &it.open]) && it.rows.iter().all(ComposedRow::is_blank),
            Self::Link(it) => blank(&[&it.text, &it.label, &it.url]),
        }
    }

    /// What is sent; or why WhatsApp would refuse it, each fault with its field, its limit and the way out.
    pub fn message(&self) -> Result<OutgoingMessage, Faults> {
        match self {
            Self::Location(it) => it.message(),
            Self::LocationRequest(it) => it.message(),
            Self::Contact(it) => it.message(),
            Self::Buttons(it) => it.message(),
            Self::List(it) => it.message(),
            Self::Link(it) => it.message(),
        }
    }
}

impl ComposedPlace {
    fn message(&self) -> Result<OutgoingMessage, Faults> {
        let mut check = Check::default();
        let point = GeoPoint::read(&self.place);
        if let Err(fault) = point {
            check.add(ComposedField::Place, fault.words());
        }
        let name = check.optional(ComposedField::Name, "The name", &self.name, CARD_TEXT);
        let address = check.optional(ComposedField::Address, "The address", &self.address, CARD_TEXT);
        match point {
            Ok(point) => check.done(OutgoingMessage::Location { point, name, address }),
            Err(_) => Err(check.faults),
        }
    }
}

impl ComposedLocationRequest {
    fn message(&self) -> Result<OutgoingMessage, Faults> {
        let mut check = Check::default();
        let body = check.required(ComposedField::Text, "The text", &self.text, BODY);
        check.done(OutgoingMessage::Interactive(InteractiveMessage::LocationRequest { body }))
    }
}

impl ComposedContact {
    fn message(&self) -> Result<OutgoingMessage, Faults> {
        let mut check = Check::default();
        let name = check.required(ComposedField::Name, "The name", &self.name, CARD_TEXT);
        let phone = check.optional(ComposedField::Phone, "The number", &self.phone, CARD_TEXT);
        let email = check.optional(ComposedField::Email, "The email address", &self.email, CARD_TEXT);
        let organisation = check.optional(ComposedField::Organisation, "The company", &self.organisation, CARD_TEXT);
        if let Some(fault) = phone_fault(&phone) {
            check.add(ComposedField::Phone, fault);
        }
        let is_address = email.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && host.contains('.')
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
        if !email.is_empty() && (!is_address || email.contains(char::is_whitespace)) {
            check.add(ComposedField::Email, "This isn't an email address. Enter one like ana@example.com.");
        }
        if phone.is_empty() && email.is_empty() {
            check.add(ComposedField::Phone, "Enter a phone number or an email address.");
        }
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let card = ContactCard {
            name: some(name),
            phones: some(phone).into_iter().collect(),
            emails: some(email).into_iter().collect(),
            organisation: some(organisation),
            ..ContactCard::default()
        };
        check.done(OutgoingMessage::Contacts { cards: vec![card] })
    }
}

/// Why customers could not call the number from any country. An empty one has no fault.
fn phone_fault(phone: &str) -> Option<String> {
    if phone.is_empty() {
        return None;
    }
    let plain = ascii_digits(phone);
    let digits = phone_number::digits(&plain);
    if !phone_number::is_digits(&digits) {
        return Some("This isn't a phone number. Enter it with its country code, like +49 30 123456.".to_owned());
    }
    if !plain.starts_with('+') {
        return Some("Begin with + and the country code, like +49 30 123456, so that it works everywhere.".to_owned());
    }
    let count = digits.len();
    (!(7..=15).contains(&count))
        .then(|| format!("A phone number has 7 to 15 digits with its country code; this one has {count}. Check it."))
}

impl ComposedButtons {
    fn message(&self) -> Result<OutgoingMessage, Faults> {
        let mut check = Check::default();
        let body = check.required(ComposedField::Text, "The text", &self.text, BODY);
        let (mut buttons, mut titles) = (Vec::new(), BTreeSet::new());
        for (at, title) in self.titles.iter().enumerate() {
            let field = ComposedField::Button(at);
            let title = check.optional(field, "A button", title, BUTTON_TITLE);
            if title.is_empty() {
                continue;
            }
            if !titles.insert(title.clone()) {
                check.add(field, "Another button has the same text. WhatsApp needs different ones.");
            }
            buttons.push(ReplyOption { payload: payload(buttons.len()), title, ..ReplyOption::default() });
            if buttons.len() > BUTTONS {
                let detail = format!("WhatsApp shows up to {BUTTONS} buttons. Remove some, or send a list.");
                check.add(field, detail);
            }
        }
        if buttons.is_empty() {
            check.add(ComposedField::Button(0), "Enter at least one button.");
        }
        check.done(OutgoingMessage::Interactive(InteractiveMessage::Buttons { body, buttons }))
    }
}

impl ComposedRow {
    pub fn is_blank(&self) -> bool {
        [&self.heading, &self.title, &self.description].iter().all(|text| text.trim().is_empty())
    }
}

impl ComposedList {
    fn message(&self) -> Result<OutgoingMessage, Faults> {
        let mut check = Check::default();
        let body = check.required(ComposedField::Text, "The text", &self.text, TEXT);
        let open = check.required(ComposedField::Open, "The button", &self.open, LIST_OPEN);
        let mut rows: Vec<ReplyOption> = Vec::new();
        let mut section = String::new();
        let filled = || self.rows.iter().enumerate().filter(|(_, row)| !row.is_blank());
        for (at, row) in filled() {
            let heading = check.optional(ComposedField::Heading(at), "A heading", &row.heading, SECTION_TITLE);
            let title = check.required(ComposedField::Row(at), "An option", &row.title, ROW_TITLE);
            let field = ComposedField::Description(at);
            let description = check.optional(field, "A description", &row.description, ROW_DESCRIPTION);
            if !heading.is_empty() {
                section = heading;
            }
            rows.push(ReplyOption { payload: payload(rows.len()), title, description, section: section.clone() });
            if rows.len() > ROWS {
                check.add(
                    ComposedField::Row(at),
                    format!("WhatsApp lists up to {ROWS} options, under all headings together. Remove some."),
                );
            }
        }
        match filled().next() {
            None => check.add(ComposedField::Row(0), "Enter at least one option."),
            Some((first, row)) if row.heading.trim().is_empty() && !section.is_empty() => {
                check.add(
                    ComposedField::Heading(first),
                    "Enter a heading here too: WhatsApp needs one over every group, or none at all.",
                );
            }
            Some(_) => {}
        }
        check.done(OutgoingMessage::Interactive(InteractiveMessage::List { body, open, rows }))
    }
}

impl ComposedLink {
    fn message(&self) -> Result<OutgoingMessage, Faults> {
        let mut check = Check::default();
        let body = check.required(ComposedField::Text, "The text", &self.text, BODY);
        let label = check.required(ComposedField::Label, "The button", &self.label, LINK_LABEL);
        let url = check.required(ComposedField::Url, "The address", &self.url, LINK);
        if !url.is_empty() && address("address", &url).is_some() {
            let detail = "This isn't a web address. It begins with https:// and has no spaces.";
            check.add(ComposedField::Url, detail);
        }
        check.done(OutgoingMessage::Interactive(InteractiveMessage::LinkButton { body, label, url }))
    }
}

/// What a tap returns. Flows name their options themselves, so none of theirs is meant.
fn payload(nth: usize) -> String {
    format!("agent-option-{}", nth + 1)
}

#[cfg(test)]
#[path = "composed_tests.rs"]
mod tests;
