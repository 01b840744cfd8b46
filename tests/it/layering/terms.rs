//! Terms that may occur in certain places only.

/// A term that may occur in certain places only.
pub(super) struct RestrictedTerm {
    pub(super) term: &'static str,
    /// Path prefixes, relative to the checkout, where it is allowed.
    pub(super) allowed_in: &'static [&'static str],
    pub(super) why: &'static str,
}

pub(super) const RESTRICTED_TERMS: &[RestrictedTerm] = &[
    RestrictedTerm { term: "sqlx::", allowed_in: &["src/server/store/"], why: "the only SQL is the store's" },
    RestrictedTerm { term: "SystemTime::now", allowed_in: &["src/server/clock.rs"], why: "time is an argument" },
    RestrictedTerm { term: "Instant::now", allowed_in: &["src/server/clock.rs"], why: "time is an argument" },
    RestrictedTerm { term: "Timestamp::now", allowed_in: &["src/server/clock.rs"], why: "time is an argument" },
    RestrictedTerm {
        term: "browser::now",
        allowed_in: &["src/ui/state.rs"],
        why: "the computer's clock may be wrong: the time is AppState::now",
    },
    RestrictedTerm {
        term: "reqwest::Client::builder",
        allowed_in: &[
            "src/server/http_client.rs",
            "src/server/simulator/",
            "src/server/gateway/tests.rs",
            "src/server/media/tests.rs",
            "tests/",
        ],
        why: "clients begin in http_client, so that every call names us",
    },
    RestrictedTerm {
        term: "Reauthenticated::operator",
        allowed_in: &["src/server/admin/", "src/server/demo/", "tests/"],
        why: "people enter their password",
    },
    RestrictedTerm { term: "rand::rng", allowed_in: &["src/server/clock.rs"], why: "randomness is an argument" },
    RestrictedTerm { term: "#[allow", allowed_in: &[], why: "lints are answered with #[expect(.., reason)]" },
    RestrictedTerm { term: "#![allow", allowed_in: &[], why: "lints are answered with #![expect(.., reason)]" },
    RestrictedTerm { term: "todo!", allowed_in: &[], why: "nothing is left unfinished" },
    RestrictedTerm { term: "unimplemented!", allowed_in: &[], why: "nothing is left unfinished" },
];
