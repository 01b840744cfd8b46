//! Reports: the numbers, the lists behind them, and what is left out. Queries are those of the page's address, because only
//! the server knows the days of the tenant's zone.

use leptos::prelude::*;

use crate::{
    contract::{
        Result,
        report::{ReportList, ReportPage},
    },
    domain::ids::HandoffId,
};

/// Agents get their own numbers.
#[server(endpoint = "report")]
pub async fn read_report(query: String) -> Result<ReportPage> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::reports::Reports>()?.read_report(&call.caller, &query).await?)
}

/// The rows behind a number.
#[server(endpoint = "report_list")]
pub async fn read_report_list(query: String) -> Result<ReportList> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::reports::Reports>()?.read_list(&call.caller, &query).await?)
}

#[server(endpoint = "report_leave_out")]
pub async fn leave_out(handoff: HandoffId, reason: String) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let by = call.caller.initiator(call.context().address());
    Ok(call.service::<crate::server::reports::Reports>()?.leave_out(&call.caller, by, &handoff, &reason).await?)
}

#[server(endpoint = "report_count_again")]
pub async fn count_again(handoff: HandoffId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let by = call.caller.initiator(call.context().address());
    Ok(call.service::<crate::server::reports::Reports>()?.count_again(&call.caller, by, &handoff).await?)
}
