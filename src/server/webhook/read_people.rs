//! Who an item is about: its own ids first, then the contact they point to.

use crate::{
    domain::inbound::Identity,
    server::gateway::wire::event::{Contact, HistoryPerson},
};

/// A value's `contacts`: matched by id, never by position.
#[derive(Default)]
pub(super) struct People {
    contacts: Vec<Contact>,
}

/// The ids an item itself carries.
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

    /// The person behind `ids`. What the item says itself beats what the contact says.
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
        by_user_id.or_else(by_wa_id).or_else(|| self.only(user_id, wa_id))
    }

    /// A single contact is meant even where no id says so, unless one says otherwise.
    fn only(&self, user_id: Option<&str>, wa_id: Option<&str>) -> Option<&Contact> {
        let [contact] = self.contacts.as_slice() else { return None };
        let theirs = contact.wa_id.as_deref().map(digits);
        (!differ(contact.user_id.as_deref(), user_id) && !differ(theirs.as_deref(), wa_id)).then_some(contact)
    }
}

/// The customer of an imported thread, whose id is the number.
pub(super) fn of_thread(id: Option<&str>, person: Option<&HistoryPerson>) -> Identity {
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

/// A phone number's digits, whatever it was dressed in. An id that is no number stays as it is.
pub(super) fn digits(phone: &str) -> String {
    let dressed = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '\u{a0}');
    let bare: String = phone.chars().filter(char::is_ascii_digit).collect();
    if bare.is_empty() || !phone.chars().all(dressed) { phone.to_owned() } else { bare }
}
