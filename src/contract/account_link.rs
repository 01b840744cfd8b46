//! One-time links: as the admin who makes one gets it, and as the page shows it to the person who opens it.

use serde::{Deserialize, Serialize};

use crate::domain::{
    account_link::{LinkEnd, LinkKind},
    time::Timestamp,
};

/// A link that was made just now. It cannot be shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLink {
    /// The whole address with its token. Whoever has it can use the link.
    pub url: String,
    pub kind: LinkKind,
    pub expires_at: Timestamp,
}

/// Without the address, which no log may hold.
impl std::fmt::Debug for NewLink {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("NewLink").field("kind", &self.kind).field("expires_at", &self.expires_at).finish()
    }
}

/// What the page of a link shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkView {
    /// Its password can be set. Name and email are the person's.
    Open {
        kind: LinkKind,
        tenant_name: String,
        name: String,
        email: String,
    },
    Ended {
        kind: LinkKind,
        tenant_name: String,
        why: LinkEnd,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_written_to_no_log() {
        let url = "https://desk.test/join/0123abcd".to_owned();
        let link = NewLink { url, kind: LinkKind::Join, expires_at: Timestamp(5) };
        let written = format!("{link:?}");
        assert!(written.contains("Join") && !written.contains("0123abcd"), "{written}");
    }
}
