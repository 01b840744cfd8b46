//! How far the job has come that adds older messages, notes and customers to the search index. It is the job's payload.

use serde::{Deserialize, Serialize};

use super::{
    Result, RowId, Tx,
    jobs::{self, JobKind},
};
use crate::domain::time::Timestamp;

/// Newest first: customers, because they are few, then messages, then notes. Stored JSON must stay readable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum IndexProgress {
    Customers {
        /// The last one that was added.
        before: Option<String>,
    },
    Messages {
        before: Option<String>,
        /// When the last one was written.
        back_to: Option<Timestamp>,
    },
    Notes {
        before: Option<String>,
    },
}

impl IndexProgress {
    /// A migration enqueues the job without a payload.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`](super::StoreError::Unreadable): the payload is not of this version.
    pub fn of(payload: &str) -> Result<Self> {
        if payload.is_empty() {
            return Ok(Self::Customers { before: None });
        }
        RowId::new("jobs", "index").json("payload", payload)
    }
}

/// `None` once everything is in the index.
pub async fn read(tx: &mut Tx) -> Result<Option<IndexProgress>> {
    jobs::payload_of(tx, JobKind::Index).await?.map(|payload| IndexProgress::of(&payload)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::to_json;

    /// The job's payload is stored. Never change a line here, only add.
    const GOLDEN: &[&str] = &[
        r#"{"stage":"customers","before":null}"#,
        r#"{"stage":"customers","before":"cus_1"}"#,
        r#"{"stage":"messages","before":"msg_1","back_to":5}"#,
        // As a migration enqueues it.
        r#"{"stage":"notes","before":null}"#,
    ];

    #[test]
    fn the_stored_progress_keeps_its_json() {
        for line in GOLDEN {
            let progress = IndexProgress::of(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(to_json(&progress).expect("it is JSON"), *line);
        }
        assert_eq!(
            IndexProgress::of("").expect("as a migration enqueues it"),
            IndexProgress::Customers { before: None }
        );
        assert!(IndexProgress::of("{}").is_err());
    }
}
