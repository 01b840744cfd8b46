//! Flows: drafts, which several admins can edit, and published versions.
//!
//! A draft is saved at every pause in typing, with a revision and with all its faults; only publishing requires that
//! none blocks. A version is never changed: to go back, an earlier one is published again as the newest. None is
//! removed, because a conversation finishes on the version it began with. `list` reads, `draft` writes drafts,
//! `publish` writes versions, `import` and `samples` supply drafts, `check` finds faults.

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

use check::faults;
pub use check::{FlowContext, aside};

/// Most flows of one tenant, because the triggers of all are checked for every message.
pub const FLOWS: usize = 100;

/// The longest definition, in bytes of JSON. Below the limit of server functions, so that the error can say so.
pub const SIZE: usize = 200_000;

/// Who is stored as the author of a draft or version; `None` is the platform.
fn author_of(actor: &Actor) -> Option<&AgentId> {
    match actor {
        Actor::Agent(agent) => Some(agent),
        Actor::Customer | Actor::Bot | Actor::System | Actor::Meta => None,
    }
}

/// The flow, if `revision` is still the revision of its draft.
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

/// Checks that a draft can be stored.
///
/// # Errors
/// [`SettingsError::Invalid`] if it is too large or too deeply nested.
pub fn check_size(draft: &Flow) -> Result<()> {
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
