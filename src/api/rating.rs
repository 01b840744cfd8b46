//! The question for a rating after a close. It is read with the other settings.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{contract::Result, domain::rating::RatingSettings};

#[server(endpoint = "rating_save", input = Json)]
pub async fn rating_save(rating: RatingSettings) -> Result<()> {
    let call = crate::server::http::admin().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.rating_save(call.tenant(), call.initiator(), rating).await?)
}
