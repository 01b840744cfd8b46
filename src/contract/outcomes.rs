//! The outcomes page.

use serde::{Deserialize, Serialize};

use crate::domain::outcome::OutcomeChoice;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// In the order of their keys.
    pub choice: OutcomeChoice,
    /// The names of those that cannot be picked any more.
    pub archived: Vec<String>,
}
