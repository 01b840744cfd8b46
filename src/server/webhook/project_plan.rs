//! Plans the work for some journal rows: the updates of each tenant in order, and what must be quarantined. Reads
//! channels, changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::read;
use crate::{
    domain::{
        ids::{AppId, ChannelId, JournalId, TenantId},
        inbound::{Batch, PhoneNumberId, Update, UpdateBody, WabaId},
        phone_number::{digits, is_same},
        text::clip,
        time::Timestamp,
        trouble,
    },
    server::{
        conversations::receive::ChannelUpdate,
        store::{
            self, Tx,
            channels::{self, ChannelRow},
            journal::JournalRow,
        },
    },
};

/// How many characters of an unreadable body are copied to the quarantine. The journal keeps the whole body.
const UNREADABLE_LIMIT: usize = 4_000;

/// What is to be done with the bodies of one run.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) updates: BTreeMap<TenantId, Vec<PlannedItem>>,
    pub(super) quarantine: Vec<QuarantineEntry>,
    /// Bodies that could not be read at all.
    pub(super) unreadable: BTreeSet<JournalId>,
}

/// A body, and what it says; else why it cannot be read.
pub(super) struct ReadBody {
    row: JournalRow,
    said: Result<Batch, String>,
}

impl ReadBody {
    /// Reads a body. One whose parsing panics is as unreadable as one that is no JSON, so that it does not block others.
    pub(super) fn of(row: JournalRow) -> Self {
        let reading = || read::read(&row.body, Timestamp(row.received_at)).map_err(|error| error.to_string());
        let said = std::panic::catch_unwind(std::panic::AssertUnwindSafe(reading));
        Self { said: said.unwrap_or_else(|_| Err("parsing panicked".to_owned())), row }
    }

    pub(super) fn id(&self) -> &JournalId {
        &self.row.id
    }
}

/// One update of one channel.
#[derive(Clone)]
pub(super) struct PlannedItem {
    pub(super) journal: JournalId,
    pub(super) path: String,
    pub(super) update: ChannelUpdate,
    /// How often it failed while the database accepted other writes.
    pub(super) failures: u32,
}

/// An entry for the quarantine.
#[derive(Clone)]
pub(super) struct QuarantineEntry {
    pub(super) journal: JournalId,
    pub(super) path: String,
    pub(super) why: String,
    /// The item's JSON; `None`: it is cut out of the body when the body is settled.
    pub(super) raw: Option<String>,
}

type Target = (TenantId, ChannelId);

/// Tenants and channels by number and by account. Looked up once per run, so that a newly connected number is found.
#[derive(Default)]
struct Routes {
    numbers: HashMap<(AppId, PhoneNumberId), Vec<Target>>,
    accounts: HashMap<(AppId, WabaId), Vec<AccountNumber>>,
    /// All numbers under an app, for updates of accounts that are not known.
    apps: HashMap<AppId, Vec<AccountNumber>>,
}

/// A number of an account, with its digits.
#[derive(Clone)]
struct AccountNumber {
    target: Target,
    digits: String,
}

impl AccountNumber {
    fn of(row: ChannelRow) -> Self {
        Self { digits: digits(&row.display_phone), target: (row.tenant_id, row.id) }
    }
}

impl Routes {
    /// The channels that an update concerns: one, or for an update of an account its numbers under this app. An alert
    /// goes to the number that it names, and one about the account to one number of each tenant, so that it is told
    /// once. One about a number that is not connected is dropped, or it would be told about another number.
    async fn of(&mut self, tx: &mut Tx, app: &AppId, update: &Update) -> store::Result<Vec<Target>> {
        if let Some(number) = &update.channel {
            let targets = self.numbers.get(&(app.clone(), number.clone())).cloned().unwrap_or_default();
            let is_of_account =
                matches!(&update.body, UpdateBody::ChannelAlert(alert) if !trouble::is_about_a_number(&alert.field));
            if !targets.is_empty() || !is_of_account {
                return Ok(targets);
            }
        }
        let numbers = self.of_account(tx, app, update.waba.as_ref()).await?;
        let meant = |numbers: &[AccountNumber]| -> Vec<Target> {
            let Some(named) = &update.display_phone else { return Vec::new() };
            let named = numbers.iter().filter(|number| is_same(&number.digits, named));
            named.map(|number| number.target.clone()).collect()
        };
        let UpdateBody::ChannelAlert(alert) = &update.body else {
            return Ok(numbers.into_iter().map(|number| number.target).collect());
        };
        let mut targets = meant(&numbers);
        if targets.is_empty() && numbers.is_empty() {
            targets = meant(&self.of_app(tx, app).await?);
        }
        let is_elsewhere = update.display_phone.is_some() && trouble::is_about_a_number(&alert.field);
        if targets.is_empty() && !is_elsewhere {
            let mut tenants = BTreeSet::new();
            let first = numbers.into_iter().filter(|number| tenants.insert(number.target.0.clone()));
            targets = first.map(|number| number.target).collect();
        }
        Ok(targets)
    }

    /// Looks up the numbers that these bodies name.
    async fn read_numbers(&mut self, tx: &mut Tx, bodies: &[ReadBody]) -> store::Result<()> {
        let mut named: BTreeMap<&AppId, BTreeSet<&PhoneNumberId>> = BTreeMap::new();
        for body in bodies {
            let updates = body.said.iter().flat_map(|batch| &batch.updates);
            named.entry(&body.row.app_id).or_default().extend(updates.filter_map(|update| update.channel.as_ref()));
        }
        for (app, numbers) in named {
            let numbers: Vec<&str> = numbers.into_iter().map(|number| number.0.as_str()).collect();
            for row in channels::by_numbers(tx, app, &numbers).await? {
                let number = (app.clone(), PhoneNumberId(row.phone_number_id.clone()));
                self.numbers.entry(number).or_default().push((row.tenant_id, row.id));
            }
        }
        Ok(())
    }

    async fn of_account(
        &mut self,
        tx: &mut Tx,
        app: &AppId,
        account: Option<&WabaId>,
    ) -> store::Result<Vec<AccountNumber>> {
        let Some(account) = account else { return Ok(Vec::new()) };
        let key = (app.clone(), account.clone());
        if let Some(known) = self.accounts.get(&key) {
            return Ok(known.clone());
        }
        let found = channels::by_account(tx, app, &account.0).await?;
        let numbers: Vec<AccountNumber> = found.into_iter().map(AccountNumber::of).collect();
        self.accounts.insert(key, numbers.clone());
        Ok(numbers)
    }

    async fn of_app(&mut self, tx: &mut Tx, app: &AppId) -> store::Result<Vec<AccountNumber>> {
        if let Some(known) = self.apps.get(app) {
            return Ok(known.clone());
        }
        let found = channels::by_app(tx, app).await?;
        let numbers: Vec<AccountNumber> = found.into_iter().map(AccountNumber::of).collect();
        self.apps.insert(app.clone(), numbers.clone());
        Ok(numbers)
    }
}

/// Whether the update concerns one number, and not an account with all of its numbers.
fn is_of_one_number(body: &UpdateBody) -> bool {
    match body {
        UpdateBody::Message(_)
        | UpdateBody::Status(_)
        | UpdateBody::Echo(_)
        | UpdateBody::Handover(_)
        | UpdateBody::CallReceived(_) => true,
        UpdateBody::IdentityChanged(_)
        | UpdateBody::Preference(_)
        | UpdateBody::ChannelAlert(_)
        | UpdateBody::TemplatesChanged(_)
        | UpdateBody::IgnoredEvent(_) => false,
    }
}

impl Plan {
    /// Plans what is to be done with these bodies. Returns their rows, too.
    pub(super) async fn make(tx: &mut Tx, bodies: Vec<ReadBody>) -> store::Result<(Vec<JournalRow>, Self)> {
        let mut plan = Self::default();
        let mut routes = Routes::default();
        routes.read_numbers(tx, &bodies).await?;
        let mut rows = Vec::with_capacity(bodies.len());
        for ReadBody { row: body, said } in bodies {
            let journal = &body.id;
            let batch = match said {
                Ok(batch) => batch,
                Err(why) => {
                    // PostgreSQL cannot store NUL in text.
                    let raw = String::from_utf8_lossy(&body.body).replace('\0', "\u{fffd}");
                    let raw = clip(&raw, UNREADABLE_LIMIT);
                    let (journal, path) = (journal.clone(), String::new());
                    plan.unreadable.insert(journal.clone());
                    plan.quarantine.push(QuarantineEntry { journal, path, why, raw: Some(raw) });
                    rows.push(body);
                    continue;
                }
            };
            for fault in batch.faults {
                let (journal, path, why) = (journal.clone(), fault.path, fault.why);
                plan.quarantine.push(QuarantineEntry { journal, path, why, raw: Some(fault.raw) });
            }
            for update in batch.updates {
                if update.channel.is_none() && is_of_one_number(&update.body) {
                    let (journal, why) = (journal.clone(), "names no business number".to_owned());
                    plan.quarantine.push(QuarantineEntry { journal, path: update.path, why, raw: None });
                    continue;
                }
                let targets = routes.of(tx, &body.app_id, &update).await?;
                if targets.is_empty() {
                    tracing::info!(
                        app = %body.app_id,
                        kind = update.body.kind(),
                        "webhook: number not connected to this app, update dropped"
                    );
                }
                for (tenant, channel) in targets {
                    let (journal, path) = (journal.clone(), update.path.clone());
                    let update = ChannelUpdate { channel, body: update.body.clone() };
                    let item = PlannedItem { journal, path, update, failures: 0 };
                    plan.updates.entry(tenant).or_default().push(item);
                }
            }
            rows.push(body);
        }
        Ok((rows, plan))
    }
}
