//! Devices: browsers that hold a long-lived cookie since a sign-in. One that is known to an account does not wait behind
//! strangers when somebody guesses its password or its codes (`login`, `password`). It opens nothing: both are asked for
//! all the same.

use std::net::IpAddr;

use super::{Accounts, session};
use crate::{
    domain::time::{Span, Timestamp},
    server::store::{
        self, Tx,
        agents::{self, AgentRow},
        devices,
    },
};

/// How long a device is known after its last sign-in.
pub const LENGTH: Span = Span::days(180);
/// Most known devices of an agent. The oldest are forgotten.
const MOST: i64 = 20;

/// What a request tells about its sender, before anybody is signed in.
#[derive(Clone, Debug, Default)]
pub struct CallerDevice {
    pub address: Option<IpAddr>,
    /// The header `User-Agent`.
    pub user_agent: String,
    /// The token in the device's cookie.
    pub token: Option<String>,
}

impl CallerDevice {
    /// A device of which only the address is known.
    pub fn at(address: IpAddr) -> Self {
        Self { address: Some(address), ..Self::default() }
    }
}

impl Accounts {
    /// The hash of the device's token, if the account with this email has signed in with it.
    pub(super) async fn known_device(&self, email: &str, from: &CallerDevice) -> store::Result<Option<String>> {
        let Some(token) = &from.token else { return Ok(None) };
        let device = session::hash(token);
        let mut tx = self.db.begin_read().await?;
        let Some(agent) = devices::agent_of(&mut tx, &device, self.clock.now().minus(LENGTH)).await? else {
            return Ok(None);
        };
        let account = agents::by_email(&mut tx, email).await?;
        Ok(account.filter(|record| record.id == agent).map(|_| device))
    }

    /// Remembers the device for the next sign-in, and returns the token for its cookie. `known` is the token of a device
    /// that is known to this agent. Any other is replaced, because somebody else may have chosen it.
    pub(super) async fn remember_device(
        &self,
        tx: &mut Tx,
        record: &AgentRow,
        known: Option<&str>,
        now: Timestamp,
    ) -> store::Result<String> {
        let token = known.map_or_else(|| self.new_token(), str::to_owned);
        devices::sweep(tx, now.minus(LENGTH)).await?;
        devices::save(tx, &session::hash(&token), &record.tenant, &record.id, now).await?;
        devices::keep_newest(tx, &record.id, MOST).await?;
        Ok(token)
    }
}
