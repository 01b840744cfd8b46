//! The live wall.

use leptos::prelude::*;

use crate::contract::{Result, wall::Wall};

/// What the wall shows beside the desk's live values.
#[server(endpoint = "wall")]
pub async fn read_wall() -> Result<Wall> {
    let call = crate::server::http::wall_viewer().await?;
    Ok(call.service::<crate::server::live::Live>()?.wall(&call.caller).await?)
}
