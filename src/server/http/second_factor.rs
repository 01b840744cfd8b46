//! `POST /second-factor`: the plain forms with which somebody who owes a second factor sets one up without scripts, or
//! before they run. The answer is the page itself, which the router draws: a secret and recovery codes are shown once, and
//! an address to redirect to must not hold them.

use std::{collections::HashMap, net::IpAddr};

use http::request::Parts;

use super::{Callers, error::internal, origin::client_address};
use crate::{
    contract::{
        ApiError,
        second_factor::{CODE_FIELD, FactorSetUp, FactorStage, SECRET_FIELD, SIGN_IN_AGAIN},
    },
    server::accounts::{Accounts, FactorOwner, SessionCaller, factor::shown_again},
};

/// The fields of a form by name.
pub type SetUpForm = HashMap<String, String>;

/// How a form is answered.
pub enum SetUpReply {
    Page(FactorSetUp),
    /// The caller owes no second factor: a redirect to this path.
    Elsewhere(&'static str),
}

/// Carries a form out: with a code it is confirmed, without one a new secret is made.
pub async fn set_up(callers: &Callers, parts: &Parts, form: &SetUpForm) -> SetUpReply {
    let owner = match callers.of(&parts.headers).await {
        Ok(Some(SessionCaller::WithoutFactor(owner))) => owner,
        Ok(Some(SessionCaller::Agent(_))) => return SetUpReply::Elsewhere("/account"),
        Ok(None) => return SetUpReply::Elsewhere("/sign-in"),
        Err(error) => return SetUpReply::Page(refused(FactorStage::Overview, &internal(error))),
    };
    let (accounts, address) = (&callers.accounts, client_address(parts));
    SetUpReply::Page(match form.get(CODE_FIELD) {
        None => begin(accounts, owner, address).await,
        Some(code) => {
            let shown = form.get(SECRET_FIELD).and_then(|secret| shown_again(&owner, secret));
            let stage = shown.map_or(FactorStage::Overview, FactorStage::New);
            confirm(accounts, &owner, address, code, stage).await
        }
    })
}

async fn begin(accounts: &Accounts, owner: FactorOwner, address: Option<IpAddr>) -> FactorSetUp {
    let Some(by) = accounts.confirmed_owner(owner, address) else {
        return refused(FactorStage::Overview, &ApiError::Invalid(SIGN_IN_AGAIN.to_owned()));
    };
    match accounts.second_factor_begin(by).await {
        Ok(new) => FactorSetUp { stage: FactorStage::New(new), error: None },
        Err(error) => refused(FactorStage::Overview, &error.into()),
    }
}

/// `shown` is what the form was a part of.
async fn confirm(
    accounts: &Accounts,
    owner: &FactorOwner,
    address: Option<IpAddr>,
    code: &str,
    shown: FactorStage,
) -> FactorSetUp {
    match accounts.second_factor_confirm(owner, address, code).await {
        Ok(codes) => FactorSetUp { stage: FactorStage::Codes(codes), error: None },
        Err(error) => refused(shown, &error.into()),
    }
}

fn refused(stage: FactorStage, error: &ApiError) -> FactorSetUp {
    FactorSetUp { stage, error: Some(error.to_string()) }
}
