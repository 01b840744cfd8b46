//! Second factors: the viewer's own on the account page and on that of those who owe one, and those of the team on the
//! page *Security*.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::{ids::AgentId, second_factor::FactorRule, time::Timestamp};

/// What the account page shows of the viewer's second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnFactor {
    /// When it was set up; `None` if there is none.
    pub set_up: Option<Timestamp>,
    /// How many recovery codes were not used yet.
    pub recovery_codes: i64,
    pub rule: FactorRule,
}

/// A secret that was made just now. It cannot be shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFactor {
    /// In base 32, as people type it into an app.
    pub secret: String,
    /// The same as a QR code: an address of an SVG picture that holds it. `None` if the email is too long for one.
    pub picture: Option<String>,
}

/// Without the secret, which no log may hold.
impl fmt::Debug for NewFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewFactor(***)")
    }
}

/// Recovery codes that were made just now. They cannot be shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodes(pub Vec<String>);

/// Without the codes, which no log may hold.
impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoveryCodes({})", self.0.len())
    }
}

/// How far the set-up of a second factor is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorStage {
    /// It has not begun, or has ended.
    #[default]
    Overview,
    New(NewFactor),
    Codes(RecoveryCodes),
}

/// What the page of those who owe a second factor shows as the answer to a plain form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorSetUp {
    pub stage: FactorStage,
    /// Why the form was refused.
    pub error: Option<String>,
}

/// The fields of the form that confirms a new secret: its first code, and the secret itself, which is shown again if the
/// code is wrong.
pub const CODE_FIELD: &str = "second-factor-code";
pub const SECRET_FIELD: &str = "second-factor-secret";

/// What those who owe a second factor are told instead of being asked for their password.
pub const SIGN_IN_AGAIN: &str = "You signed in a while ago. Sign out and in again, then set it up.";

/// The page *Security*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamFactors {
    pub rule: FactorRule,
    /// The active members, by name.
    pub members: Vec<MemberFactor>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberFactor {
    pub agent: AgentId,
    pub name: String,
    pub email: String,
    /// Whether the member has a second factor.
    pub has_factor: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_codes_are_written_to_no_log() {
        let factor = NewFactor { secret: "JBSWY3DP".to_owned(), picture: Some("data:image/svg+xml".to_owned()) };
        let codes = RecoveryCodes(vec!["8d4k-0m2p-xq7t-9avc".to_owned()]);
        assert_eq!(format!("{factor:?} {codes:?}"), "NewFactor(***) RecoveryCodes(1)");
        assert_eq!(format!("{:?}", FactorStage::New(factor)), "New(NewFactor(***))");
    }
}
