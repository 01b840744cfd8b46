//! Opening hours.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::{Result, hours::OpeningHours},
    domain::calendar::Calendar,
};

#[server(endpoint = "hours")]
pub async fn read_hours() -> Result<OpeningHours> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::settings::Settings>()?.read_hours(call.tenant()).await?)
}

#[server(endpoint = "hours_save", input = Json)]
pub async fn hours_save(calendar: Calendar) -> Result<()> {
    let call = crate::server::http::admin().await?;
    Ok(call
        .service::<crate::server::settings::Settings>()?
        .hours_save(call.tenant(), call.initiator(), calendar)
        .await?)
}
