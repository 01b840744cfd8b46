//! The compiled keywords of tenants, for the bot and for trials.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{ids::TenantId, keyword::Matcher},
    server::store::{self, Tx, keywords},
};

/// The most cached tenants. The cache is cleared when it is full.
const MAX_TENANTS: usize = 4_096;

/// A cache of matchers. Each is compiled once per revision of its tenant's rules. Cheap to clone.
#[derive(Clone, Default)]
pub struct Matchers {
    known: Arc<Mutex<HashMap<TenantId, Matcher>>>,
}

impl Matchers {
    /// The matcher of the rules that the transaction sees. The rules themselves say whether the cached one is current,
    /// because another server may have changed them.
    pub async fn of(&self, tx: &mut Tx, tenant: &TenantId) -> store::Result<Matcher> {
        let rules = keywords::list(tx, tenant).await?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        if let Some(known) = known.filter(|known| known.rules() == rules) {
            return Ok(known);
        }
        let matcher = Matcher::new(rules);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_TENANTS {
            known.clear();
        }
        known.insert(tenant.clone(), matcher.clone());
        Ok(matcher)
    }
}
