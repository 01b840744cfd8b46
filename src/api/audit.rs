//! The audit log.

use leptos::prelude::*;

use crate::{
    contract::{Result, audit::AuditPage},
    domain::{
        event::AuditKind,
        ids::{AgentId, Seq},
    },
};

/// A page of the audit log, newest first.
#[server(endpoint = "audit")]
pub async fn read_audit(
    agent: Option<AgentId>,
    kind: Option<AuditKind>,
    from: Option<String>,
    to: Option<String>,
    before: Option<Seq>,
) -> Result<AuditPage> {
    let call = crate::server::http::admin().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    let filter = crate::contract::audit::AuditFilter { agent, kind, from, to, before };
    Ok(settings.read_audit(call.tenant(), &filter, call.context().zone().as_deref()).await?)
}
