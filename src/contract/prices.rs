//! The price list page.

use serde::{Deserialize, Serialize};

use crate::domain::prices::PriceList;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prices {
    pub list: PriceList,
    /// A save must name the revision that the person has seen.
    pub revision: i64,
}
