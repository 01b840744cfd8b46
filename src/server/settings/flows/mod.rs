//! Flows: drafts that several admins may change, and versions that customers meet.
//!
//! A draft is saved as it is, with all its faults; only going live asks for none that blocks. A version is never changed:
//! going back makes the earlier one the newest. `list` reads, `draft` writes drafts, `publish` versions; `import` and
//! `samples` are where a draft may come from, `check` finds its faults.

mod check;
mod draft;
mod import;
mod list;
mod publish;
mod samples;

use crate::{
    domain::{
        event::Actor,
        flow::{definition::Flow, limits::DEPTH},
        ids::{AgentId, FlowId, TenantId},
    },
    server::store::{Tx, agents, flows},
};

use super::{Result, SettingsError};

pub use check::{Surroundings, faults};

/// Flows of one tenant: the starts of all are tried on every message.
pub const FLOWS: usize = 100;

/// The longest definition, in bytes of JSON. Below what a server function takes, so that a save can say so.
pub const SIZE: usize = 200_000;

/// Who a draft or a version is signed with; `None` is the platform.
fn signer(actor: &Actor) -> Option<&AgentId> {
    match actor {
        Actor::Agent(agent) => Some(agent),
        Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => None,
    }
}

/// The flow, if its draft is still the one that the caller knows.
async fn current(tx: &mut Tx, tenant: &TenantId, id: &FlowId, revision: i64) -> Result<flows::FlowRow> {
    let record = flows::find(tx, tenant, id).await?.ok_or(SettingsError::NotFound)?;
    if record.revision == revision {
        return Ok(record);
    }
    let who = match &record.by {
        Some(by) => agents::names(tx, tenant).await?.of(by),
        None => "Handoff".to_owned(),
    };
    Err(SettingsError::Stale(format!("{who} saved this flow while you were editing.")))
}

/// Whether a draft can be kept.
///
/// # Errors
/// [`SettingsError::Invalid`] when it is too large or too deep.
pub fn bounded(draft: &Flow) -> Result<()> {
    let depth = draft.depth();
    if depth > DEPTH {
        return Err(SettingsError::Invalid(format!(
            "Branches are nested {depth} levels deep; the limit is {DEPTH}. Use a jump instead."
        )));
    }
    let size = serde_json::to_string(draft).map_or(usize::MAX, |json| json.len());
    if size <= SIZE {
        return Ok(());
    }
    Err(SettingsError::Invalid(format!(
        "This flow is too large: {} KB; the limit is {} KB. Split it into two flows.",
        size / 1_000,
        SIZE / 1_000
    )))
}
