//! Second factors: how codes are typed, how often a wrong one is accepted, how long what has begun stays open, and the
//! text of recovery codes.
//!
//! What an authenticator app shows at a time is computed on the server (`accounts/factor/totp.rs`), where the secrets
//! are. To add another kind of factor: a variant of [`TypedCode`] with its form.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{throttle::Allowance, time::Span};

/// How often a device, or a network, may enter a wrong code of an account: five times, then once a minute.
pub const CODES: Allowance = Allowance { at_once: 5, pause: Span::minutes(1) };
/// How often all known devices of an account may together, and all others: as often in the long run, so that more of them
/// guess no faster. At the beginning one of them leaves room for the others.
pub const ACCOUNT_CODES: Allowance = Allowance { at_once: 20, pause: Span::minutes(1) };
/// After so many wrong codes a sign-in begins again with the password, also after a restart of the server.
pub const MOST_WRONG_CODES: i64 = 8;
/// How long after the password its code may be entered.
pub const SIGN_IN_LIFETIME: Span = Span::minutes(5);
/// How long a new secret waits for its first code.
pub const SETUP_LIFETIME: Span = Span::minutes(10);
/// Recovery codes of an account, each for one sign-in.
pub const RECOVERY_CODES: usize = 10;

/// Digits of a code of an authenticator app.
const DIGITS: usize = 6;
/// Characters of a recovery code, of five bits each.
const RECOVERY_LENGTH: usize = 16;
/// Characters between two hyphens of a recovery code.
const GROUP: usize = 4;
/// Crockford's alphabet, in lower case: without the characters that look like others.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Longer texts are no codes, however they are spaced. In bytes.
const LONGEST: usize = 64;

/// Whether all members of a tenant need a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorRule {
    Optional,
    Required,
}

/// The number of 30-second steps since 1970, which a code belongs to. Each is accepted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeStep(pub i64);

/// A code as a person typed it, without separators.
#[derive(Clone, PartialEq, Eq)]
pub enum TypedCode {
    /// The six digits that an authenticator app shows.
    App(String),
    /// One of the recovery codes, in lower case.
    Recovery(String),
}

impl TypedCode {
    /// `None` if it is neither a code of an app nor a recovery code.
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > LONGEST {
            return None;
        }
        let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::App(code));
        }
        let code: String = code.chars().map(as_written).collect();
        let is_recovery = code.len() == RECOVERY_LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte));
        is_recovery.then_some(Self::Recovery(code))
    }
}

/// A character of a recovery code that was read as another one.
fn as_written(typed: char) -> char {
    match typed.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    }
}

/// Without the code, which no log may hold.
impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::App(_) => "App(***)",
            Self::Recovery(_) => "Recovery(***)",
        })
    }
}

/// The recovery code of 80 random bits: `8d4k-0m2p-xq7t-9avc`.
pub fn recovery_code(random: [u8; 10]) -> String {
    let bits = random.into_iter().fold(0_u128, |bits, byte| (bits << 8) | u128::from(byte));
    let mut code = String::with_capacity(RECOVERY_LENGTH + RECOVERY_LENGTH / GROUP);
    for place in 0..RECOVERY_LENGTH {
        if place > 0 && place.is_multiple_of(GROUP) {
            code.push('-');
        }
        let shift = (RECOVERY_LENGTH - 1 - place) * 5;
        code.push(char::from(ALPHABET[(bits >> shift) as usize % ALPHABET.len()]));
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{throttle::Used, time::Timestamp};

    #[test]
    fn a_code_is_read_however_it_is_spaced() {
        for typed in ["123456", " 123 456\n", "123-456", "12 34 56"] {
            assert!(TypedCode::parse(typed) == Some(TypedCode::App("123456".to_owned())), "{typed}");
        }
        let recovery = Some(TypedCode::Recovery("8d4k0m2pxq7t9avc".to_owned()));
        for typed in ["8d4k-0m2p-xq7t-9avc", "8D4K0M2PXQ7T9AVC", " 8d4k om2p xq7t 9avc "] {
            assert!(TypedCode::parse(typed) == recovery, "{typed}");
        }
        let longest = format!("123456{}", " ".repeat(LONGEST - DIGITS));
        assert!(TypedCode::parse(&longest) == Some(TypedCode::App("123456".to_owned())));
        let long = format!("{longest} ");
        for typed in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "8d4k-0m2p-xq7t-9av", "8d4k-0m2p-xq7t-9avu", &long]
        {
            assert!(TypedCode::parse(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn a_recovery_code_is_read_as_it_was_made() {
        assert_eq!(recovery_code([0; 10]), "0000-0000-0000-0000");
        assert_eq!(recovery_code([255; 10]), "zzzz-zzzz-zzzz-zzzz");
        let code = recovery_code([0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x13, 0x57]);
        assert_eq!(code, "28t5-cy4t-qkff-04tq");
        assert!(TypedCode::parse(&code) == Some(TypedCode::Recovery(code.replace('-', ""))));
        assert!(TypedCode::parse(&code.to_uppercase()) == TypedCode::parse(&code));
    }

    #[test]
    fn a_code_is_written_to_no_log() {
        let typed = [TypedCode::App("123456".to_owned()), TypedCode::Recovery("8d4k0m2pxq7t9avc".to_owned())];
        assert_eq!(format!("{typed:?}"), "[App(***), Recovery(***)]");
    }

    #[test]
    fn the_sixth_wrong_code_in_a_row_waits() {
        let now = Timestamp(1_000_000);
        let used = (0..5).fold(Used::default(), |used, nth| {
            assert_eq!(CODES.wait(used, now), None, "{nth}");
            CODES.after_attempt(used, now)
        });
        assert_eq!(CODES.wait(used, now), Some(Span::minutes(1)));
        assert_eq!(CODES.wait(used, now.plus(Span::minutes(1))), None);
        assert!(used.is_nothing(now.plus(Span::minutes(5))));
    }

    #[test]
    fn one_network_never_uses_up_what_all_share() {
        let (mut own, mut shared, mut now) = (Used::default(), Used::default(), Timestamp(1_000_000));
        for nth in 0..1_000 {
            // given somebody who enters a wrong code whenever they may
            if CODES.wait(own, now).is_none() {
                assert_eq!(ACCOUNT_CODES.wait(shared, now), None, "{nth}");
                own = CODES.after_attempt(own, now);
                shared = ACCOUNT_CODES.after_attempt(shared, now);
            }
            now = now.plus(Span::seconds(1));
        }
        // then the others have as many left as after five
        let left = (0..20).fold((shared, 0), |(used, left), _| match ACCOUNT_CODES.wait(used, now) {
            None => (ACCOUNT_CODES.after_attempt(used, now), left + 1),
            Some(_) => (used, left),
        });
        assert!(left.1 >= 15, "{left:?}");
    }
}
