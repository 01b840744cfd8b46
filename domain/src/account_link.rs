//! One-time links with which a person sets a password without being signed in: to join a team, or because the password
//! was reset. How long they last, when they have ended, and what a log may say of their addresses.
//!
//! Tokens and their hashes belong to `server::accounts`. To add a kind: a variant of [`LinkKind`] with its lifetime and
//! its path, and its page.

use serde::{Deserialize, Serialize};

use super::{
    access::Role,
    time::{Span, Timestamp},
    variant_names::variant_names,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// An invitation: whoever opens it becomes a member.
    Join,
    /// A member sets a new password.
    NewPassword,
}

variant_names!(LinkKind {
    Join => "join",
    NewPassword => "new_password",
});

impl LinkKind {
    /// How long a link can be used.
    pub const fn lifetime(self) -> Span {
        match self {
            Self::Join => Span::hours(72),
            Self::NewPassword => Span::hours(24),
        }
    }

    /// The path of its page, to which the token is appended.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Join => "/join/",
            Self::NewPassword => "/new-password/",
        }
    }
}

/// The stored state of a link. Whether an open one has expired is decided by the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    Open,
    Used,
    Revoked,
}

variant_names!(LinkState {
    Open => "open",
    Used => "used",
    Revoked => "revoked",
});

/// Who is invited by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    pub email: String,
    pub name: String,
    pub role: Role,
}

/// Why a link cannot be used any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkEnd {
    Used,
    Revoked,
    Expired,
}

impl LinkState {
    /// Why the link cannot be used at `now`; `None` if it can.
    pub fn end(self, expires_at: Timestamp, now: Timestamp) -> Option<LinkEnd> {
        match self {
            Self::Used => Some(LinkEnd::Used),
            Self::Revoked => Some(LinkEnd::Revoked),
            Self::Open => (now >= expires_at).then_some(LinkEnd::Expired),
        }
    }
}

/// Whether the address of a request holds a link's token.
pub fn holds_token(path: &str) -> bool {
    LinkKind::ALL.into_iter().any(|kind| path.starts_with(kind.path()))
}

/// A path as a log may hold it: without the token of a link.
pub fn without_token(path: &str) -> &str {
    let kind = LinkKind::ALL.into_iter().find(|kind| path.starts_with(kind.path()));
    kind.map_or(path, |kind| kind.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_when_it_is_used_revoked_or_expired() {
        let expires = Timestamp(1_000);
        let table = [
            (LinkState::Open, 999, None),
            (LinkState::Open, 1_000, Some(LinkEnd::Expired)),
            (LinkState::Used, 0, Some(LinkEnd::Used)),
            (LinkState::Used, 2_000, Some(LinkEnd::Used)),
            (LinkState::Revoked, 0, Some(LinkEnd::Revoked)),
        ];
        for (state, now, expected) in table {
            assert_eq!(state.end(expires, Timestamp(now)), expected, "{state:?} at {now}");
        }
        assert_eq!(LinkKind::Join.lifetime(), Span::hours(72));
        assert_eq!(LinkKind::ALL.map(LinkKind::path), ["/join/", "/new-password/"]);
    }

    #[test]
    fn a_log_never_holds_the_token_of_a_link() {
        for kind in LinkKind::ALL {
            let path = format!("{}0123abcd", kind.path());
            assert!(holds_token(&path));
            assert_eq!(without_token(&path), kind.path());
        }
        for path in ["/joined/0123", "/join", "/conversations/cnv_1", "/"] {
            assert!(!holds_token(path));
            assert_eq!(without_token(path), path);
        }
    }
}
