//! One-time links as the person who opens one uses them. Neither function needs a session: the token is the
//! authorisation. Admins make and revoke links in `team.rs`.

use leptos::prelude::*;

use crate::contract::{Result, account_link::LinkView};

/// What the page of a link shows.
#[server(endpoint = "read_link")]
pub async fn read_link(token: String) -> Result<LinkView> {
    crate::server::http::account_link::read_link(token).await
}

/// Sets the password, signs in and redirects to the conversations, or to the page of the second
/// factor's code. Also works as a plain form, without JavaScript.
#[server(endpoint = "use_link")]
pub async fn use_link(token: String, password: String) -> Result<()> {
    crate::server::http::account_link::use_link(token, password).await
}
