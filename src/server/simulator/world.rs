//! The state of one simulator, behind one lock that is never held across an await.

use std::collections::HashMap;

use bytes::Bytes;
use rand::{SeedableRng, rngs::StdRng};
use serde::Serialize;
use serde_json::Value;

use super::{
    customers::{self, IdentityKind, NewCustomer, PhoneUser},
    delivery::Undelivered,
    fault::Faults,
    ids,
    partner::ThreadControlCall,
    settings::SimulatorSettings,
    templates,
    thread::Phone,
};

/// An accepted send request.
#[derive(Clone, Debug, Serialize)]
pub struct SentRequest {
    /// Its wamid.
    pub wamid: String,
    /// When (epoch ms).
    pub at: i64,
    /// The simulator's id of the customer who received it.
    pub customer: String,
    /// The request's JSON as it arrived.
    pub body: Value,
    /// The Graph version in its path, if it has one.
    pub version: Option<String>,
}

/// What the phone's page suggests to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What its button says.
    pub label: String,
    /// What the customer then writes.
    pub text: String,
}

/// A file that was uploaded or sent.
#[derive(Clone)]
pub(super) struct UploadedMedia {
    pub(super) mime: String,
    pub(super) filename: Option<String>,
    pub(super) bytes: Bytes,
    /// When the id expires (epoch ms).
    pub(super) expires: i64,
}

/// A download URL.
pub(super) struct MediaLink {
    pub(super) media: String,
    pub(super) expires: i64,
}

/// Uploads are kept for 30 days.
pub(super) const UPLOAD_LIFE_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// Customers' files are kept for 7 days.
pub(super) const INBOUND_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// A download URL is valid for 5 minutes.
const LINK_LIFE_MS: i64 = 5 * 60 * 1000;

pub(super) struct World {
    pub(super) rng: StdRng,
    pub(super) customers: Vec<Phone>,
    /// The last generated number, without its prefix.
    last_number: u64,
    pub(super) suggestions: Vec<Suggestion>,
    pub(super) media: HashMap<String, UploadedMedia>,
    pub(super) links: HashMap<String, MediaLink>,
    pub(super) templates: Vec<Value>,
    pub(super) subscribed: bool,
    pub(super) sent: Vec<SentRequest>,
    pub(super) faults: Faults,
    pub(super) settings: SimulatorSettings,
    pub(super) undelivered: Vec<Undelivered>,
    pub(super) control_calls: Vec<ThreadControlCall>,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed),
            customers: customers::shipped().into_iter().map(Phone::new).collect(),
            last_number: 0,
            suggestions: Vec::new(),
            media: HashMap::new(),
            links: HashMap::new(),
            templates: templates::shipped(),
            subscribed: true,
            sent: Vec::new(),
            faults: Faults::default(),
            settings: SimulatorSettings::default(),
            undelivered: Vec::new(),
            control_calls: Vec::new(),
        }
    }

    /// Finds a customer by the simulator's id, user id, username, or number in any format.
    pub(super) fn find(&self, key: &str) -> Option<&Phone> {
        self.customers.iter().find(|phone| names(&phone.customer, key))
    }

    pub(super) fn find_mut(&mut self, key: &str) -> Option<&mut Phone> {
        self.customers.iter_mut().find(|phone| names(&phone.customer, key))
    }

    /// The phone that has this message.
    pub(super) fn holder(&mut self, wamid: &str) -> Option<&mut Phone> {
        self.customers.iter_mut().find(|phone| phone.lines.iter().any(|line| line.id == wamid))
    }

    /// The customer that the business writes to. An unknown number creates a customer who is known by it alone: they
    /// may be somebody of an earlier run, whose name and user id would be wrong.
    pub(super) fn find_or_add_recipient(&mut self, key: &str, now: i64) -> Option<String> {
        let known = self.find(key).is_some();
        let id = self.find_or_add(key, now)?;
        if let Some(phone) = self.find_mut(&id).filter(|_| !known) {
            phone.customer.user_id = None;
        }
        Some(id)
    }

    /// The customer that `key` names. An unknown number creates a customer.
    pub(super) fn find_or_add(&mut self, key: &str, now: i64) -> Option<String> {
        if let Some(phone) = self.find(key) {
            return Some(phone.customer.id.clone());
        }
        let number = key.strip_prefix('+').unwrap_or(key);
        let plausible = (7..=15).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        plausible.then(|| {
            let new = NewCustomer { phone: Some(number.to_owned()), ..NewCustomer::named(&format!("+{number}")) };
            self.add_customer(new, now).id
        })
    }

    pub(super) fn add_customer(&mut self, new: NewCustomer, now: i64) -> PhoneUser {
        let count = self.customers.len() + 1;
        let typed = new.phone.map(|phone| ids::digits(&phone)).filter(|digits| !digits.is_empty());
        let number = typed.unwrap_or_else(|| self.new_number(now));
        let phone = (new.identity != IdentityKind::HiddenPhone).then(|| number.clone());
        let user_id = (new.identity != IdentityKind::PhoneOnly)
            .then(|| new.user_id.unwrap_or_else(|| ids::user(&mut self.rng, ids::country(&number), now)));
        let username = new.username.or_else(|| {
            (new.identity == IdentityKind::HiddenPhone).then(|| new.name.to_lowercase().split_whitespace().collect())
        });
        let customer =
            PhoneUser { id: format!("c{count}"), name: new.name, username, phone, user_id, read_receipts: true };
        self.customers.push(Phone::new(customer.clone()));
        customer
    }

    /// A number of the fictional area code 555. It begins at the current second, because the platform still knows the
    /// customers of earlier runs: one with an old number would rename their conversation.
    fn new_number(&mut self, now: i64) -> String {
        loop {
            self.last_number = (self.last_number + 1).max(now.unsigned_abs() / 1_000);
            // The business's own number is below these.
            let number = format!("1555{}", 2_000_000 + self.last_number % 8_000_000);
            if self.find(&number).is_none() {
                return number;
            }
        }
    }

    pub(super) fn keep_media(
        &mut self,
        mime: &str,
        filename: Option<String>,
        bytes: Bytes,
        now: i64,
        life: i64,
    ) -> String {
        let mut id = ids::media(&mut self.rng, now);
        while self.media.contains_key(&id) {
            id = ids::media(&mut self.rng, now);
        }
        let media = UploadedMedia { mime: mime.to_owned(), filename, bytes, expires: now.saturating_add(life) };
        self.media.insert(id.clone(), media);
        id
    }

    /// A file by id, until it expires.
    pub(super) fn media(&self, id: &str, now: i64) -> Option<&UploadedMedia> {
        self.media.get(id).filter(|media| now < media.expires)
    }

    /// A new download path for a file. Earlier ones stay valid for their five minutes.
    pub(super) fn link(&mut self, media: &str, now: i64) -> String {
        self.links.retain(|_, link| now < link.expires);
        let word = ids::link(&mut self.rng);
        let link = MediaLink { media: media.to_owned(), expires: now.saturating_add(LINK_LIFE_MS) };
        self.links.insert(word.clone(), link);
        format!("/whatsapp_business/attachments/?mid={media}&hash={word}")
    }
}

fn names(customer: &PhoneUser, key: &str) -> bool {
    if customer.id == key || customer.user_id.as_deref() == Some(key) || customer.username.as_deref() == Some(key) {
        return true;
    }
    let numeric = key.chars().all(|character| character.is_ascii_digit() || "+ -()".contains(character));
    numeric && customer.phone.as_deref().is_some_and(|phone| ids::same_number(phone, &ids::digits(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_790_000_000_000;

    #[test]
    fn a_later_run_gives_no_number_of_an_earlier_one_to_a_new_customer() {
        let numbers = |started: i64| {
            let mut world = World::new(7);
            let added = (0..3).map(|nth| world.add_customer(NewCustomer::named("New"), started + nth).phone);
            added.collect::<Option<Vec<_>>>().expect("numbers")
        };
        let (first, later) = (numbers(NOON), numbers(NOON + 60_000));
        assert!(first.iter().all(|number| number.len() == 11 && !later.contains(number)), "{first:?} {later:?}");
        assert!(first[0] != first[1] && first[1] != first[2], "one second, several customers");
    }

    #[test]
    fn a_recipient_of_an_earlier_run_is_known_by_the_number_alone() {
        let mut world = World::new(7);
        let id = world.find_or_add_recipient("+15552000001", NOON).expect("a customer");
        let customer = &world.find(&id).expect("added").customer;
        assert_eq!((customer.phone.as_deref(), &customer.user_id), (Some("15552000001"), &None));
        let known = world.find_or_add_recipient("c1", NOON).expect("a customer");
        assert!(world.find(&known).expect("shipped").customer.user_id.is_some());
    }
}
