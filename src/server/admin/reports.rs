//! Implements `handoff admin rebuild-reports`. Returns what is printed.

use super::tenant_by_name;
use crate::server::{serve::BoxError, services::Services, store::tenants};

/// Requests that the facts of one tenant, or of all, are derived from the log again.
///
/// # Errors
/// A sentence for the operator.
pub async fn rebuild(services: &Services, tenant: Option<&str>) -> Result<String, BoxError> {
    let chosen = match tenant {
        Some(name) => vec![tenant_by_name(services, name).await?],
        None => {
            let mut tx = services.db.begin_read().await?;
            tenants::heads(&mut tx).await?.into_iter().map(|(id, _)| id).collect()
        }
    };
    for id in &chosen {
        services.report_facts.rebuild(id).await?;
    }
    let what = match tenant {
        Some(name) => format!("the reports of “{name}”"),
        None => "the reports of all tenants".to_owned(),
    };
    Ok(format!("The running server rebuilds {what} now; without one, the next that starts does."))
}
