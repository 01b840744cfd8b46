//! Meta's known error codes: how to react to each, and what to tell the agent whose message failed.
//!
//! The same failure arrives as an HTTP response, as a `failed` status, or both; this table serves both. WhatsApp's code
//! decides, because HTTP statuses and titles contradict it (Meta has throttled with 400). Codes of Graph itself and
//! unknown ones are read together with the status: see [`response_verdict`] and [`meaning`]. What we find out
//! ourselves is a [`ChannelFault`]. To add a code, insert one row in order.

mod channel_fault;
mod response;

pub use channel_fault::ChannelFault;
pub use response::{Meaning, ResponseHint, ResponseVerdict, meaning, response_verdict};

use super::{
    inbound::MetaError,
    message::DeliveryFault,
    text::{clip, one_line},
};

/// How to react to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The message is valid: retry with the pace of `Backoff`.
    Transient(Backoff),
    /// This message can never be delivered.
    Permanent,
    /// Only templates reach the customer until they write again (131047).
    WindowClosed,
    /// This message can never be delivered, and an admin is alerted: they can fix the cause for this customer and
    /// similar ones. Other customers are not affected, so the number keeps sending.
    Alert,
    /// The number cannot send until an admin or operator repairs it: stop its queue and keep its messages.
    ChannelDown,
    /// A notice about a message from a customer, not about one of ours.
    Inbound,
}

/// How long to wait, and what is affected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// Seconds, with few attempts.
    Short,
    /// Minutes to an hour: an hourly quota is used up.
    Long,
    /// This customer only: 1, 4, 16, 64 s (131056). Other customers are not affected.
    Pair,
    /// The whole number, because it sends too fast (130429).
    Throughput,
}

/// The meaning of a code for one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub class: Class,
    /// What happened and what to do, written for an agent.
    pub detail: String,
}

impl Verdict {
    /// The detail once there is no further attempt: after the last one, or when Meta gave up on an accepted message.
    pub fn ended(self) -> String {
        if let (Class::Transient(_), Some((reason, _))) = (self.class, self.detail.split_once(". ")) {
            return format!("{reason}. Send it again later.");
        }
        self.detail
    }
}

struct Row {
    first: i64,
    last: i64,
    class: Class,
    detail: &'static str,
}

const fn row(code: i64, class: Class, words: &'static str) -> Row {
    Row { first: code, last: code, class, detail: words }
}

use Class::{Alert, ChannelDown, Inbound, Permanent, WindowClosed};

const SHORT: Class = Class::Transient(Backoff::Short);
const LONG: Class = Class::Transient(Backoff::Long);

const BUSY: &str = "WhatsApp had an internal problem. We'll try again automatically.";
const QUOTA: &str = "This account reached WhatsApp's hourly limit. We'll try again later.";
const TOKEN: &str = "WhatsApp no longer accepts this number's access token. Ask an admin to enter a new one.";
const RIGHTS: &str = "This number's access token is missing a permission. Ask an admin to check the connection.";
const OURS: &str =
    "WhatsApp rejected the format of this message. Change it, or contact whoever runs your Handoff server.";
const REGISTRATION: &str = "This number isn't registered correctly with WhatsApp. Ask an admin to reconnect it.";
const LOCKED: &str = "WhatsApp has restricted this business account. Ask an admin to check WhatsApp Manager.";
const TEMPLATE: &str = "The values don't match this template. Check the template and its variables.";
const TEMPLATE_GONE: &str = "WhatsApp has paused or disabled this template. Choose another one.";

/// The access token is invalid or expired.
pub const TOKEN_INVALID: i64 = 0;
/// WhatsApp wants to charge for messages, and cannot.
pub const PAYMENT_PROBLEM: i64 = 131_042;

/// Sorted, without overlaps.
const TABLE: &[Row] = &[
    row(TOKEN_INVALID, ChannelDown, TOKEN),
    row(1, SHORT, BUSY),
    row(2, SHORT, BUSY),
    row(3, ChannelDown, RIGHTS),
    row(4, LONG, QUOTA),
    row(10, ChannelDown, RIGHTS),
    row(33, ChannelDown, "WhatsApp no longer recognizes this number. Ask an admin to reconnect it."),
    row(100, Permanent, OURS),
    row(190, ChannelDown, TOKEN),
    Row { first: 200, last: 299, class: ChannelDown, detail: RIGHTS },
    row(368, ChannelDown, LOCKED),
    row(80_007, LONG, QUOTA),
    row(130_403, Permanent, "Your business blocked this customer. Unblock them in WhatsApp Manager to message them."),
    row(
        130_429,
        Class::Transient(Backoff::Throughput),
        "This number is sending too fast. We'll try again automatically.",
    ),
    row(
        130_472,
        Permanent,
        "WhatsApp doesn't deliver this kind of message to this customer. Wait until they write, then reply.",
    ),
    row(130_497, Alert, "WhatsApp doesn't let this business message customers in this country. Ask an admin."),
    row(131_000, SHORT, BUSY),
    row(131_005, ChannelDown, RIGHTS),
    row(131_008, Permanent, OURS),
    row(131_009, Permanent, OURS),
    row(131_016, SHORT, BUSY),
    row(131_021, Permanent, "This is the business's own number. A number can't message itself."),
    row(
        131_026,
        Permanent,
        "Couldn't deliver: this number isn't on WhatsApp, uses an old version, or hasn't accepted its terms. Try \
         another channel.",
    ),
    row(
        131_030,
        Alert,
        "This is a test number, and the customer isn't on its recipient list. Ask an admin to add them.",
    ),
    row(131_031, ChannelDown, LOCKED),
    row(
        131_037,
        ChannelDown,
        "WhatsApp hasn't approved this number's display name. Ask an admin to complete the approval.",
    ),
    row(
        PAYMENT_PROBLEM,
        ChannelDown,
        "The WhatsApp account has a payment problem. Ask an admin to add a payment method in Meta's billing settings.",
    ),
    row(131_045, ChannelDown, REGISTRATION),
    row(
        131_047,
        WindowClosed,
        "More than 24 hours have passed since the customer wrote. Only a template can be sent now.",
    ),
    row(
        131_048,
        ChannelDown,
        "WhatsApp limited this number after customer complaints. Ask an admin to send fewer messages.",
    ),
    row(
        131_049,
        Permanent,
        "WhatsApp limits marketing messages to each customer. Try again tomorrow at the earliest, or wait until they write.",
    ),
    row(
        131_050,
        Permanent,
        "The customer opted out of marketing messages; only they can undo it. Send a utility template, or wait.",
    ),
    row(131_051, Permanent, "WhatsApp doesn't support this kind of message. Send it in another format."),
    row(
        131_052,
        Inbound,
        "Couldn't download the customer's file; it may be too large. Ask them to send a smaller one.",
    ),
    row(131_053, Permanent, "WhatsApp didn't accept the file: its type or size isn't allowed. Send another one."),
    row(
        131_056,
        Class::Transient(Backoff::Pair),
        "Too many messages to this customer in a short time. We'll try again automatically.",
    ),
    row(131_057, SHORT, "WhatsApp is upgrading this number. We'll try again in a minute."),
    row(
        131_062,
        Permanent,
        "This kind of message needs the customer's phone number, which WhatsApp hides. Ask them for it.",
    ),
    row(131_063, ChannelDown, "Marketing templates are turned off for this account. Ask an admin."),
    row(131_064, ChannelDown, "WhatsApp limited this account because of wrongly categorized templates. Ask an admin."),
    row(132_000, Permanent, TEMPLATE),
    row(132_001, Permanent, "This template doesn't exist in this language, or isn't approved. Choose another one."),
    row(132_005, Permanent, "The template is too long with these values. Shorten them."),
    row(132_007, Permanent, "This template breaks a WhatsApp rule. Choose another one."),
    row(132_008, Permanent, TEMPLATE),
    row(132_012, Permanent, TEMPLATE),
    row(132_015, Permanent, TEMPLATE_GONE),
    row(132_016, Permanent, TEMPLATE_GONE),
    row(132_018, Permanent, TEMPLATE),
    row(132_068, Permanent, "WhatsApp blocked the form in this message. Send it without the form."),
    row(132_069, SHORT, "WhatsApp is limiting the form in this message. We'll try again automatically."),
    row(133_000, ChannelDown, REGISTRATION),
    row(133_004, SHORT, BUSY),
    row(133_005, ChannelDown, "This number's PIN is wrong. Ask an admin to reconnect it."),
    row(133_006, ChannelDown, REGISTRATION),
    row(133_008, ChannelDown, "Too many PIN attempts for this number. Ask an admin to wait, then reconnect it."),
    row(133_009, ChannelDown, "This number's PIN attempts came too fast. Ask an admin to wait, then reconnect it."),
    row(133_010, ChannelDown, REGISTRATION),
    row(133_015, ChannelDown, "This number was deleted a moment ago. Ask an admin to wait, then reconnect it."),
    row(133_016, ChannelDown, "This number was connected too often. Ask an admin to wait, then reconnect it."),
    row(135_000, Permanent, OURS),
    row(137_000, Permanent, "The customer's security code changed. Make sure it's still them before you write."),
    row(
        2_494_191,
        Permanent,
        "This number isn't allowed to take this conversation over from another app. Ask an admin.",
    ),
];

/// Whether a refusal says that the template differs from what is known of it: it is read again.
pub const fn is_template_outdated(code: i64) -> bool {
    matches!(code, 132_000 | 132_001 | 132_007 | 132_012 | 132_015 | 132_016)
}

/// How much of Meta's title an agent sees, in characters.
const TITLE_LIMIT: usize = 120;

/// The verdict on `code`. An unknown code is permanent, because retrying a refusal that we cannot interpret could send
/// a message twice. Its detail contains Meta's own title.
pub fn verdict(code: i64, title: Option<&str>) -> Verdict {
    match TABLE.iter().find(|row| (row.first..=row.last).contains(&code)) {
        Some(row) => Verdict { class: row.class, detail: row.detail.to_owned() },
        None => {
            let title = title.map(one_line).filter(|title| !title.is_empty());
            let reason = title.map_or_else(String::new, |title| format!(": {}", clip(&title, TITLE_LIMIT)));
            let words = format!(
                "WhatsApp rejected the message (code {code}){reason}. Change it and send it again, or ask an admin."
            );
            Verdict { class: Permanent, detail: words }
        }
    }
}

/// The verdict on a failed message's errors: the first error with a code decides.
pub fn failure(errors: &[MetaError]) -> (Verdict, DeliveryFault) {
    let spoken = errors.iter().find_map(|error| Some((error.code?, error.title.as_deref())));
    let verdict = match spoken {
        Some((code, title)) => verdict(code, title),
        None => Verdict {
            class: Permanent,
            detail: "WhatsApp couldn't deliver the message and gave no reason. Try again, or use another channel."
                .to_owned(),
        },
    };
    let fault = DeliveryFault::new(spoken.map(|(code, _)| code), verdict.clone().ended());
    (verdict, fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Role, advice};

    #[test]
    fn rows_are_sorted_and_do_not_overlap() {
        assert!(TABLE.windows(2).all(|pair| pair[0].last < pair[1].first));
        assert!(TABLE.iter().all(|row| row.first <= row.last));
    }

    #[test]
    fn every_sentence_is_one_an_agent_can_read() {
        for row in TABLE {
            assert!(row.detail.ends_with('.') && row.detail.chars().count() <= 120, "{}: {}", row.first, row.detail);
            assert!(!row.detail.contains("API"), "{}", row.first);
        }
    }

    #[test]
    fn no_sentence_tells_an_admin_to_ask_one() {
        for row in TABLE {
            let read = advice(Role::Admin, row.detail);
            assert!(!read.to_lowercase().contains("ask an admin") && read.ends_with('.'), "{}: {read}", row.first);
        }
    }

    #[test]
    fn a_final_failure_does_not_announce_a_retry() {
        for row in TABLE {
            let ended = verdict(row.first, None).ended();
            assert!(!ended.contains("We'll try again") && ended.ends_with('.'), "{}: {ended}", row.first);
        }
    }

    #[test]
    fn the_code_decides() {
        for (code, class) in [
            (4, LONG),
            (130_429, Class::Transient(Backoff::Throughput)),
            (131_056, Class::Transient(Backoff::Pair)),
            (131_000, SHORT),
            (131_047, WindowClosed),
            (131_026, Permanent),
            (131_052, Inbound),
            (190, ChannelDown),
            (0, ChannelDown),
            (200, ChannelDown),
            (257, ChannelDown),
            (299, ChannelDown),
            (300, Permanent),
            (-5, Permanent),
            (131_030, Alert),
            (130_497, Alert),
        ] {
            assert_eq!(verdict(code, Some("Rate limit hit")).class, class, "{code}");
        }
    }

    #[test]
    fn an_unknown_code_says_what_meta_said() {
        let words = verdict(999_999, Some("Something\nnew")).detail;
        assert!(words.contains("999999") && words.contains("Something new"), "{words}");
        assert!(!verdict(999_999, None).detail.contains("::"));
    }

    #[test]
    fn a_failure_without_a_code_has_a_detail() {
        let (verdict, fault) = failure(&[]);
        assert_eq!((verdict.class, fault.code), (Permanent, None));
        let error = MetaError { code: Some(131_047), ..MetaError::default() };
        assert_eq!(failure(&[MetaError::default(), error]).1.code, Some(131_047));
    }

    #[test]
    fn a_template_is_read_again_after_a_refusal_that_names_it() {
        for code in [132_000, 132_001, 132_007, 132_012, 132_015, 132_016] {
            assert!(is_template_outdated(code), "{code}");
        }
        for code in [0, 131_047, 132_002, 132_068] {
            assert!(!is_template_outdated(code), "{code}");
        }
    }

    #[test]
    fn our_own_causes_are_stored_below_metas_codes() {
        use super::channel_fault::ChannelFault;
        let stored =
            [ChannelFault::SecretRefused, ChannelFault::Sealed, ChannelFault::Meta(190)].map(ChannelFault::stored);
        assert_eq!(stored, [-1, -2, 190]);
    }
}
