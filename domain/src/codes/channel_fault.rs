//! Why a number cannot send: a code of Meta's, or what we found out ourselves.

use super::{PAYMENT_PROBLEM, verdict};

/// The cause for which a number's queue stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelFault {
    /// Meta's code.
    Meta(i64),
    /// The app secret differs from the one at Meta.
    SecretRefused,
    /// The stored token cannot be decrypted with our key.
    Sealed,
}

/// How rows and the log hold our own causes, beside Meta's codes. A negative code of Meta's stops no number, because
/// it is not in the table, so the two cannot be confused.
const SECRET_REFUSED: i64 = -1;
const SEALED: i64 = -2;

impl ChannelFault {
    /// As rows and the log hold it.
    pub fn stored(self) -> i64 {
        match self {
            Self::Meta(code) => code,
            Self::SecretRefused => SECRET_REFUSED,
            Self::Sealed => SEALED,
        }
    }

    pub fn of_stored(code: i64) -> Self {
        match code {
            SECRET_REFUSED => Self::SecretRefused,
            SEALED => Self::Sealed,
            code => Self::Meta(code),
        }
    }

    /// How an admin repairs it, beyond [`Self::detail`], for the number with this id at Meta.
    pub fn remedy(self, phone_number_id: &str) -> Option<String> {
        match self {
            Self::Meta(PAYMENT_PROBLEM) => Some(format!(
                "In Meta Business Suite, open Billing & payments, choose the WhatsApp account, and add a payment method or \
                 pay what is open. Then run “handoff admin resume-number {phone_number_id}” on the server: the queued \
                 messages are sent."
            )),
            Self::Meta(_) | Self::SecretRefused | Self::Sealed => None,
        }
    }

    /// What happened and what to do, written for an agent.
    pub fn detail(self) -> String {
        match self {
            Self::Meta(code) => verdict(code, None).detail,
            Self::SecretRefused => {
                "WhatsApp no longer accepts the app secret. Ask an admin to enter the new one.".to_owned()
            }
            Self::Sealed => {
                "Couldn't read this number's access token: the server's secret key has changed. Ask an admin."
                    .to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Class, *};

    #[test]
    fn a_payment_problem_says_how_it_is_repaired() {
        let remedy = ChannelFault::Meta(131_042).remedy("100200300").expect("a remedy");
        assert!(remedy.contains("payment method") && remedy.contains("resume-number 100200300”"), "{remedy}");
        for fault in [ChannelFault::Meta(190), ChannelFault::SecretRefused, ChannelFault::Sealed] {
            assert_eq!(fault.remedy("100200300"), None);
        }
    }

    #[test]
    fn our_own_causes_are_no_codes_of_metas() {
        for fault in [ChannelFault::SecretRefused, ChannelFault::Sealed, ChannelFault::Meta(190), ChannelFault::Meta(0)]
        {
            assert_eq!(ChannelFault::of_stored(fault.stored()), fault);
        }
        for code in [-1, -2] {
            let verdict = verdict(code, Some("Odd"));
            assert_eq!(verdict.class, Class::Permanent, "{code} from Meta concerns one message");
            assert!(!verdict.detail.contains("secret"), "{}", verdict.detail);
        }
        assert!(ChannelFault::SecretRefused.detail().contains("app secret"));
    }
}
