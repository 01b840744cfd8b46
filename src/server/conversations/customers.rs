//! Customer records: found by user id or phone number, updated as Meta sends more, and merged when two turn out to be
//! one person.

use crate::{
    domain::{
        conversation::Command,
        customer_name::{UNNAMED, given_name},
        event::{Actor, Event, NewIdentity},
        ids::CustomerId,
        inbound::Identity,
        phone_number::is_same,
    },
    server::store::{
        conversations,
        customers::{self, CustomerRow},
        notes, scheduled_messages,
    },
};

use super::{ConversationError, Result, UnitOfWork};

/// The longest profile name, in characters.
const NAME_LIMIT: usize = 120;

impl UnitOfWork {
    /// Finds the customer with this identity and updates it, or creates it.
    pub(in crate::server::conversations) async fn customer(&mut self, identity: &Identity) -> Result<CustomerRow> {
        if !identity.is_known() {
            return Err(ConversationError::Invalid(
                "the item names no customer: neither a user ID nor a phone number".to_owned(),
            ));
        }
        let by_user = match &identity.user_id {
            Some(user) => self.by_user_id(user).await?,
            None => None,
        };
        let by_phone = match &identity.wa_id {
            Some(phone) => self.by_phone(phone).await?,
            None => Vec::new(),
        };
        let mut found = by_user;
        for phone in by_phone {
            found = Some(match found {
                Some(known) if known.id != phone.id => {
                    let had_two_user_ids = known.user_id.is_some() && phone.user_id.is_some();
                    let merged = self.merge(known, phone).await?;
                    if had_two_user_ids {
                        self.replaced.push((merged.id.clone(), NewIdentity::Replaced));
                    }
                    merged
                }
                Some(known) => known,
                None => phone,
            });
        }
        let Some(known) = found else {
            let fresh = CustomerRow {
                id: self.entropy.id(self.now),
                user_id: identity.user_id.clone(),
                wa_id: identity.wa_id.clone(),
                name: display_name(identity, None),
                username: identity.username.clone(),
                language: None,
                created_at: self.now.0,
                blocked: false,
            };
            self.insert_customer(fresh.clone());
            return Ok(fresh);
        };
        let updated = CustomerRow {
            user_id: identity.user_id.clone().or_else(|| known.user_id.clone()),
            wa_id: current_phone(identity, &known),
            name: display_name(identity, Some(&known.name)),
            username: identity.username.clone().or_else(|| known.username.clone()),
            ..known.clone()
        };
        let was_replaced = |old: &Option<String>, new: &Option<String>| old.is_some() && old != new;
        if was_replaced(&known.user_id, &updated.user_id) && self.replaced.iter().all(|(of, _)| *of != updated.id) {
            self.replaced.push((updated.id.clone(), NewIdentity::Replaced));
        }
        if updated.user_id != known.user_id
            || updated.wa_id != known.wa_id
            || updated.name != known.name
            || updated.username != known.username
        {
            self.update_customer(&known, &updated).await?;
        }
        Ok(updated)
    }

    /// Merges two records of one person. The older record stays and gets both ids. Of two open conversations on one
    /// number the older stays open and the other closes with reason "merged" (promise 1).
    pub(in crate::server::conversations) async fn merge(
        &mut self,
        one: CustomerRow,
        other: CustomerRow,
    ) -> Result<CustomerRow> {
        self.write_new().await?;
        self.clear_customers();
        let tenant = self.tenant_id();
        let (keep, give) =
            if (one.created_at, &one.id) <= (other.created_at, &other.id) { (one, other) } else { (other, one) };
        let kept = conversations::all_open_of(&mut self.tx, &tenant, &keep.id).await?;
        let given = conversations::all_open_of(&mut self.tx, &tenant, &give.id).await?;
        self.cancel_merged_endings(kept.iter().chain(&given).map(|(id, _)| id)).await?;
        for (given_id, channel) in given {
            let Some((kept_id, _)) = kept.iter().find(|(_, on)| *on == channel) else { continue };
            let mut pair = [kept_id.clone(), given_id];
            // Rows are locked in id order, which is also their order of creation.
            pair.sort();
            let [older, younger] = pair;
            self.lock(&older).await?;
            self.lock(&younger).await?;
            if self.get(&younger).is_some_and(|it| it.is_open()) {
                self.merge_control(&older, &younger);
                self.run(&younger, Actor::System, &Command::Merge, None)?;
                self.merge_scheduled(&younger, &older).await?;
                // The index allows one open conversation per customer and number, so the younger is closed before it
                // moves.
                self.save_now(&younger).await?;
            }
        }
        conversations::move_customer(&mut self.tx, &tenant, &give.id, &keep.id).await?;
        notes::move_customer(&mut self.tx, &tenant, &give.id, &keep.id).await?;
        scheduled_messages::move_customer(&mut self.tx, &tenant, &give.id, &keep.id).await?;
        self.moved(&give.id, &keep.id);
        customers::merge(&mut self.tx, &tenant, &give.id, &keep.id).await?;
        let merged = CustomerRow {
            user_id: keep.user_id.clone().or(give.user_id.clone()),
            wa_id: keep.wa_id.clone().or(give.wa_id.clone()),
            username: keep.username.clone().or(give.username.clone()),
            language: keep.language.clone().or(give.language.clone()),
            // A customer who was blocked under one of two ids is blocked.
            blocked: keep.blocked || give.blocked,
            ..keep
        };
        customers::update(&mut self.tx, &tenant, &merged).await?;
        if merged.blocked {
            self.keep_block(&give.id, &merged).await?;
        }
        self.append(None, Actor::Meta, Event::Merged { from: give.id, into: merged.id.clone() });
        Ok(merged)
    }

    /// Applies a change of a customer's ids. Returns the customer who has them now, or `None` if the customer is
    /// unknown.
    pub(in crate::server::conversations) async fn change_ids(
        &mut self,
        previous: &Identity,
        new: &Identity,
    ) -> Result<Option<CustomerId>> {
        self.write_new().await?;
        self.clear_customers();
        let tenant = self.tenant_id();
        let mut known = None;
        if let Some(user) = &previous.user_id {
            known = customers::by_user_id(&mut self.tx, &tenant, user).await?;
        }
        if let (None, Some(phone)) = (&known, &previous.wa_id) {
            known = customers::by_spellings(&mut self.tx, &tenant, phone).await?.into_iter().next();
        }
        let Some(mut known) = known else { return Ok(None) };
        let mut taken = None;
        if let Some(user) = &new.user_id {
            taken = customers::by_user_id(&mut self.tx, &tenant, user).await?;
        }
        if let (None, Some(phone)) = (&taken, &new.wa_id) {
            let others = customers::by_spellings(&mut self.tx, &tenant, phone).await?;
            // The change may be one of spelling only; then the customer's own record is among them.
            taken = others.into_iter().find(|other| other.id != known.id);
        }
        // The old ids are released first, so that the merged record can take the new ones.
        known.user_id = new.user_id.clone().or(known.user_id);
        known.wa_id = new.wa_id.clone().or(known.wa_id);
        match taken {
            Some(other) if other.id != known.id => {
                let merged = self.merge(CustomerRow { user_id: None, wa_id: None, ..known.clone() }, other).await?;
                // An id that the change does not mention stays with the record that had it.
                let with_ids = CustomerRow {
                    user_id: known.user_id.or(merged.user_id.clone()),
                    wa_id: known.wa_id.or(merged.wa_id.clone()),
                    ..merged
                };
                customers::update(&mut self.tx, &tenant, &with_ids).await?;
                Ok(Some(with_ids.id))
            }
            _ => {
                customers::update(&mut self.tx, &tenant, &known).await?;
                Ok(Some(known.id))
            }
        }
    }
}

/// The number that is kept: the known spelling of it, because a customer's messages and the business's own come in
/// different ones.
fn current_phone(identity: &Identity, known: &CustomerRow) -> Option<String> {
    match (&identity.wa_id, &known.wa_id) {
        (Some(given), Some(known)) if is_same(given, known) => Some(known.clone()),
        (Some(given), _) => Some(given.clone()),
        (None, known) => known.clone(),
    }
}

fn display_name(identity: &Identity, known: Option<&str>) -> String {
    let given = identity.name.as_deref().and_then(given_name);
    let name = match (given, known) {
        (Some(given), _) => given,
        // A name that was kept as it came is cleaned with the customer's next message.
        (None, Some(known)) => given_name(known).unwrap_or_else(|| known.to_owned()),
        (None, None) => identity
            .username
            .as_ref()
            .map(|username| format!("@{username}"))
            .or_else(|| identity.wa_id.as_ref().map(|digits| format!("+{digits}")))
            .unwrap_or_else(|| UNNAMED.to_owned()),
    };
    crate::domain::text::clip(&name, NAME_LIMIT)
}
