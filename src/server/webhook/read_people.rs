//! Identifies the customer of an item: by the item's own ids first, then by the contact that they match.

use crate::{
    domain::inbound::Identity,
    server::gateway::wire::event::{Contact, HistoryPerson},
};

/// The `contacts` of a value, matched by id and never by position.
#[derive(Default)]
pub(super) struct People {
    contacts: Vec<Contact>,
}

/// The ids in the item itself.
#[derive(Clone, Copy, Default)]
pub(super) struct Ids<'a> {
    pub(super) user_id: Option<&'a str>,
    pub(super) parent_user_id: Option<&'a str>,
    pub(super) wa_id: Option<&'a str>,
}

impl People {
    pub(super) fn new(contacts: Vec<Contact>) -> Self {
        Self { contacts }
    }

    /// The identity behind `ids`. Values of the item take precedence over values of the contact.
    pub(super) fn identity(&self, ids: Ids<'_>) -> Identity {
        let wa_id = ids.wa_id.map(digits);
        let contact = self.find(ids.user_id, wa_id.as_deref());
        let profile = contact.and_then(|contact| contact.profile.as_ref());
        Identity {
            user_id: owned(ids.user_id).or_else(|| contact?.user_id.clone()),
            parent_user_id: owned(ids.parent_user_id).or_else(|| contact?.parent_user_id.clone()),
            wa_id: wa_id.or_else(|| contact?.wa_id.as_deref().map(digits)),
            name: profile.and_then(|profile| profile.name.clone()),
            username: profile.and_then(|profile| profile.username.clone()),
        }
    }

    fn find(&self, user_id: Option<&str>, wa_id: Option<&str>) -> Option<&Contact> {
        let by_user_id = user_id.and_then(|id| self.contacts.iter().find(|c| c.user_id.as_deref() == Some(id)));
        let by_wa_id = || {
            let id = wa_id?;
            self.contacts.iter().find(|c| {
                let same = c.wa_id.as_deref().is_some_and(|theirs| digits(theirs) == id);
                same && !differ(c.user_id.as_deref(), user_id)
            })
        };
        by_user_id.or_else(by_wa_id).or_else(|| self.only_contact(user_id, wa_id))
    }

    /// A single contact matches even if the item has no id in common with it, unless an id contradicts.
    fn only_contact(&self, user_id: Option<&str>, wa_id: Option<&str>) -> Option<&Contact> {
        let [contact] = self.contacts.as_slice() else { return None };
        let theirs = contact.wa_id.as_deref().map(digits);
        (!differ(contact.user_id.as_deref(), user_id) && !differ(theirs.as_deref(), wa_id)).then_some(contact)
    }
}

/// The customer of an imported thread, whose id is the phone number.
pub(super) fn thread_customer(id: Option<&str>, person: Option<&HistoryPerson>) -> Identity {
    Identity {
        user_id: person.and_then(|person| person.user_id.clone()),
        wa_id: person.and_then(|person| person.wa_id.as_deref()).or(id).map(digits),
        username: person.and_then(|person| person.username.clone()),
        ..Identity::default()
    }
}

fn differ(left: Option<&str>, right: Option<&str>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left != right)
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

/// The digits of a formatted phone number. An id that is not a number is returned unchanged.
pub(super) fn digits(phone: &str) -> String {
    let is_phone_char = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '\u{a0}');
    let bare: String = phone.chars().filter(char::is_ascii_digit).collect();
    if bare.is_empty() || !phone.chars().all(is_phone_char) { phone.to_owned() } else { bare }
}
