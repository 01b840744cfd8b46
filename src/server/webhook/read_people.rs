//! Identifies the customer of an item: by the item's own ids first, then by the contact that they match.

use crate::{
    domain::{
        customer_name::given_username,
        inbound::Identity,
        phone_number::{WaId, is_same},
    },
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

/// Ids of which each is what it is called: a `wa_id` that is not a number has become the user id.
struct SortedIds {
    user_id: Option<String>,
    phone: Option<String>,
}

impl SortedIds {
    fn of(user_id: Option<&str>, wa_id: Option<&str>) -> Self {
        match wa_id.map(WaId::of) {
            Some(WaId::Phone(digits)) => Self { user_id: owned(user_id), phone: Some(digits) },
            Some(WaId::UserId(id)) => Self { user_id: owned(user_id).or(Some(id)), phone: None },
            None => Self { user_id: owned(user_id), phone: None },
        }
    }

    fn of_contact(contact: &Contact) -> Self {
        Self::of(contact.user_id.as_deref(), contact.wa_id.as_deref())
    }

    fn same_user(&self, other: &Self) -> Option<bool> {
        Some(self.user_id.as_ref()? == other.user_id.as_ref()?)
    }

    fn same_phone(&self, other: &Self) -> Option<bool> {
        Some(is_same(self.phone.as_deref()?, other.phone.as_deref()?))
    }
}

impl People {
    pub(super) fn new(contacts: Vec<Contact>) -> Self {
        Self { contacts }
    }

    /// The identity behind `ids`. Values of the item take precedence over values of the contact.
    pub(super) fn identity(&self, ids: Ids<'_>) -> Identity {
        let own = SortedIds::of(ids.user_id, ids.wa_id);
        let contact = self.find(&own);
        let profile = contact.and_then(|contact| contact.profile.as_ref());
        let theirs = contact.map(SortedIds::of_contact);
        let (their_user, their_phone) = theirs.map(|theirs| (theirs.user_id, theirs.phone)).unwrap_or_default();
        Identity {
            user_id: own.user_id.or(their_user),
            parent_user_id: owned(ids.parent_user_id).or_else(|| contact?.parent_user_id.clone()),
            wa_id: own.phone.or(their_phone),
            name: profile.and_then(|profile| profile.name.clone()),
            username: profile.and_then(|profile| profile.username.as_deref().and_then(given_username)),
        }
    }

    fn find(&self, own: &SortedIds) -> Option<&Contact> {
        let is_user = |contact: &&Contact| own.same_user(&SortedIds::of_contact(contact)) == Some(true);
        let is_phone = |contact: &&Contact| {
            let theirs = SortedIds::of_contact(contact);
            own.same_phone(&theirs) == Some(true) && own.same_user(&theirs) != Some(false)
        };
        let found = self.contacts.iter().find(is_user).or_else(|| self.contacts.iter().find(is_phone));
        found.or_else(|| self.only_contact(own))
    }

    /// A single contact matches even if the item has no id in common with it, unless an id contradicts.
    fn only_contact(&self, own: &SortedIds) -> Option<&Contact> {
        let [contact] = self.contacts.as_slice() else { return None };
        let theirs = SortedIds::of_contact(contact);
        (own.same_user(&theirs) != Some(false) && own.same_phone(&theirs) != Some(false)).then_some(contact)
    }
}

/// The customer of an imported thread, whose id is the phone number or the user id.
pub(super) fn thread_customer(id: Option<&str>, person: Option<&HistoryPerson>) -> Identity {
    let user_id = person.and_then(|person| person.user_id.as_deref());
    let ids = SortedIds::of(user_id, person.and_then(|person| person.wa_id.as_deref()).or(id));
    Identity {
        user_id: ids.user_id,
        wa_id: ids.phone,
        username: person.and_then(|person| person.username.as_deref().and_then(given_username)),
        ..Identity::default()
    }
}

/// The user id and the number of a person that no contact describes, each only if it is what it is called.
pub(super) fn sorted(user_id: Option<&str>, wa_id: Option<&str>) -> (Option<String>, Option<String>) {
    let ids = SortedIds::of(user_id, wa_id);
    (ids.user_id, ids.phone)
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}
