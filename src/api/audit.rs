//! The audit log.

use leptos::prelude::*;

use crate::{
    contract::{Result, audit::AuditPage},
    domain::ids::Seq,
};

/// A page of the audit log, newest first.
#[server(endpoint = "audit")]
pub async fn read_audit(before: Option<Seq>) -> Result<AuditPage> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.read_audit(call.tenant(), before).await?)
}
