//! Templates in the place of automatic texts when the 24-hour window has closed.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::contract::{
    Result,
    window_templates::{ChosenWindowTemplate, WindowTemplateChoices},
};

/// What can be chosen for each number. Reads the templates from WhatsApp first if that was not done for some minutes.
#[server(endpoint = "window_templates")]
pub async fn read_window_templates() -> Result<WindowTemplateChoices> {
    let call = crate::server::http::admin().await?;
    Ok(call.service::<crate::server::templates::Templates>()?.window_choices(call.tenant()).await?)
}

#[server(endpoint = "window_template_save", input = Json)]
pub async fn window_template_save(save: ChosenWindowTemplate) -> Result<()> {
    let call = crate::server::http::admin().await?;
    let settings = call.service::<crate::server::settings::Settings>()?;
    Ok(settings.window_template_save(call.tenant(), call.initiator(), save).await?)
}
