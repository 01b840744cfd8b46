//! Staffing: the roster to begin with, and what a roster would have done.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::contract::{
    Result,
    staffing::{StaffingReport, StaffingRequest, StartingRoster},
};

#[server(endpoint = "starting_roster")]
pub async fn read_starting_roster() -> Result<StartingRoster> {
    let call = crate::server::http::report_viewer().await?;
    Ok(call.service::<crate::server::reports::staffing::Staffing>()?.read_starting_roster(call.caller.tenant()).await?)
}

/// In JSON, because a roster without anybody is another thing than none.
#[server(endpoint = "staffing", input = Json)]
pub async fn read_staffing(request: StaffingRequest) -> Result<StaffingReport> {
    let call = crate::server::http::report_viewer().await?;
    Ok(call
        .service::<crate::server::reports::staffing::Staffing>()?
        .read_staffing(call.caller.tenant(), &request)
        .await?)
}
