//! Second factors: the viewer's own on the account page, and those of the team on the page *Security*.

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
    }
}
