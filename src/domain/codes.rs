//! Meta's known error codes: what to do about each, and what to tell the agent whose message failed.
//!
//! The same failure arrives as an HTTP response, as a `failed` status, or both; this table serves both. Only the code
//! decides: HTTP statuses and titles contradict it (Meta has throttled with 400). The one exception is 100, which Graph
//! also uses for faults that do not concern the message: see [`meant`]. To add a code: one row, in order.

use super::{
    inbound::MetaError,
    message::Fault,
    text::{clip, one_line},
};

/// How to react to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The message is fine: retry at the pace of `Backoff`.
    Transient(Backoff),
    /// This message will never get through.
    Permanent,
    /// Only templates reach the customer until they write again (131047).
    WindowClosed,
    /// This message will never get through, and an admin has to know: they can fix it for this customer and similar
    /// ones. Others are not affected, so the number keeps sending.
    Alert,
    /// The number cannot send until an admin or operator repairs it: stop its queue, keep its messages.
    ChannelDown,
    /// A notice about something a customer sent, not about a message of ours.
    Inbound,
}

/// How long to wait, and who is affected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// Seconds, few attempts.
    Short,
    /// Minutes to an hour: a quota per hour is used up.
    Long,
    /// This customer only: 1, 4, 16, 64 s (131056). Others are not affected.
    Pair,
    /// The whole number: it sends too fast (130429).
    Throughput,
}

/// What a code means for one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub class: Class,
    /// What happened and what to do, for an agent.
    pub detail: String,
}

impl Verdict {
    /// The sentence once there is no further attempt: after the last one, or when Meta gave up on an accepted message.
    pub fn ended(self) -> String {
        match (self.class, self.detail.split_once(". ")) {
            (Class::Transient(_), Some((reason, _))) => format!("{reason}. Send it again in a while."),
            _ => self.detail,
        }
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

const BUSY: &str = "WhatsApp had a problem of its own. The message is tried again.";
const QUOTA: &str = "WhatsApp's hourly limit for this account is used up. The message is tried again later.";
const TOKEN: &str = "WhatsApp no longer accepts this number's access token. Ask an admin to enter a new one.";
const RIGHTS: &str = "This number's access token lacks a permission. Ask an admin to check the connection.";
const OURS: &str = "WhatsApp did not accept the form of this message. Change it, or tell the people who run Handoff.";
const REGISTRATION: &str = "This number is not registered correctly with WhatsApp. Ask an admin to connect it again.";
const LOCKED: &str = "WhatsApp has restricted this business account. Ask an admin to look into the WhatsApp Manager.";
const TEMPLATE: &str = "The template and what was filled in do not fit together. Check the template and its values.";
const TEMPLATE_GONE: &str = "WhatsApp has stopped this template. Choose another one.";

/// Our own marker: the stored token cannot be decrypted with our key. Meta's codes are not negative.
pub const SEALED: i64 = -2;
/// The app's secret is not the one that Meta has (any more). Meta says so with a 100: see [`meant`].
pub const SECRET_REFUSED: i64 = -1;
/// The access token is invalid or expired.
pub const TOKEN_INVALID: i64 = 0;

/// Sorted, without overlaps.
const TABLE: &[Row] = &[
    row(
        SEALED,
        ChannelDown,
        "This number's access token cannot be read: the server's secret key is another one. Ask an admin.",
    ),
    row(SECRET_REFUSED, ChannelDown, "WhatsApp no longer accepts the app's secret. Ask an admin to enter the new one."),
    row(TOKEN_INVALID, ChannelDown, TOKEN),
    row(1, SHORT, BUSY),
    row(2, SHORT, BUSY),
    row(3, ChannelDown, RIGHTS),
    row(4, LONG, QUOTA),
    row(10, ChannelDown, RIGHTS),
    row(33, ChannelDown, "WhatsApp does not know this number any more. Ask an admin to connect it again."),
    row(100, Permanent, OURS),
    row(190, ChannelDown, TOKEN),
    Row { first: 200, last: 299, class: ChannelDown, detail: RIGHTS },
    row(368, ChannelDown, LOCKED),
    row(80_007, LONG, QUOTA),
    row(130_403, Permanent, "Your business has blocked this customer. Unblock them in the WhatsApp Manager to write."),
    row(130_429, Class::Transient(Backoff::Throughput), "This number is sending too fast. The message is tried again."),
    row(
        130_472,
        Permanent,
        "WhatsApp holds back this kind of message for this customer. Wait until they write, then answer.",
    ),
    row(130_497, Alert, "WhatsApp does not let this business write to customers in this country. Ask an admin."),
    row(131_000, SHORT, BUSY),
    row(131_005, ChannelDown, RIGHTS),
    row(131_008, Permanent, OURS),
    row(131_009, Permanent, OURS),
    row(131_016, SHORT, BUSY),
    row(131_021, Permanent, "This is the business's own number. A number cannot write to itself."),
    row(
        131_026,
        Permanent,
        "WhatsApp cannot reach this customer: no WhatsApp, an old version, or its terms not accepted. Use another way.",
    ),
    row(131_030, Alert, "This is a test number, and the customer is not on its list. Ask an admin to add them."),
    row(131_031, ChannelDown, LOCKED),
    row(131_037, ChannelDown, "WhatsApp has not approved this number's display name. Ask an admin to finish that."),
    row(131_042, ChannelDown, "The WhatsApp account has a payment problem. Ask an admin to check its billing."),
    row(131_045, ChannelDown, REGISTRATION),
    row(
        131_047,
        WindowClosed,
        "More than 24 hours have passed since the customer wrote. Only a template reaches them now.",
    ),
    row(131_048, ChannelDown, "WhatsApp limits this number because customers complained. Ask an admin to slow down."),
    row(
        131_049,
        Permanent,
        "WhatsApp held this message back to spare the customer. Try again tomorrow, or wait for them.",
    ),
    row(131_050, Permanent, "The customer wants no marketing messages from this business. Wait until they write."),
    row(131_051, Permanent, "WhatsApp cannot show this kind of message. Send it in another form."),
    row(
        131_052,
        Inbound,
        "The customer's file could not be fetched; it may be too large. Ask them to send it again, smaller.",
    ),
    row(131_053, Permanent, "WhatsApp did not accept the file: its kind or size is not allowed. Send another one."),
    row(
        131_056,
        Class::Transient(Backoff::Pair),
        "Too many messages went to this customer in a short time. The message is tried again.",
    ),
    row(131_057, SHORT, "WhatsApp is upgrading this number. The message is tried again in a minute."),
    row(
        131_062,
        Permanent,
        "This kind of message needs the customer's phone number, and we do not have it. Ask them for it.",
    ),
    row(131_063, ChannelDown, "Marketing templates are switched off for this account. Ask an admin."),
    row(131_064, ChannelDown, "WhatsApp limits this account because templates were filed wrongly. Ask an admin."),
    row(132_000, Permanent, TEMPLATE),
    row(132_001, Permanent, "The template does not exist in this language, or is not approved. Choose another one."),
    row(132_005, Permanent, "The template is too long with what was filled in. Shorten the values."),
    row(132_007, Permanent, "The template breaks a rule of WhatsApp's. Choose another one."),
    row(132_008, Permanent, TEMPLATE),
    row(132_012, Permanent, TEMPLATE),
    row(132_015, Permanent, TEMPLATE_GONE),
    row(132_016, Permanent, TEMPLATE_GONE),
    row(132_018, Permanent, TEMPLATE),
    row(132_068, Permanent, "WhatsApp has blocked the form in this message. Send it without."),
    row(132_069, SHORT, "WhatsApp slows down the form in this message. It is tried again."),
    row(133_000, ChannelDown, REGISTRATION),
    row(133_004, SHORT, BUSY),
    row(133_005, ChannelDown, "The PIN of this number is wrong. Ask an admin to connect it again."),
    row(133_006, ChannelDown, REGISTRATION),
    row(133_008, ChannelDown, "The PIN of this number was tried too often. Ask an admin to wait and connect it again."),
    row(133_009, ChannelDown, "The PIN of this number was tried too fast. Ask an admin to wait and connect it again."),
    row(133_010, ChannelDown, REGISTRATION),
    row(133_015, ChannelDown, "This number was deleted a moment ago. Ask an admin to wait and connect it again."),
    row(133_016, ChannelDown, "This number was connected too often. Ask an admin to wait and connect it again."),
    row(135_000, Permanent, OURS),
    row(137_000, Permanent, "The customer's security code has changed. Make sure it is still them before you write."),
    row(2_494_191, Permanent, "This number may not take the conversation over from its other responder. Ask an admin."),
];

/// The longest title of Meta's that is shown to an agent, in characters.
const TITLE_LIMIT: usize = 120;

/// The code that a response means. Graph also refuses calls that never reach WhatsApp with 100: its message tells a wrong
/// `appsecret_proof` and a number that the token cannot see from a malformed message.
pub fn meant(code: i64, subcode: Option<i64>, said: &str) -> i64 {
    match (code, subcode) {
        (100, _) if said.contains("appsecret_proof") => SECRET_REFUSED,
        (100, Some(33)) => 33,
        _ => code,
    }
}

/// What `code` means. An unknown one is permanent, because retrying a refusal that we cannot interpret could send a
/// message twice. Its sentence carries Meta's own title.
pub fn verdict(code: i64, title: Option<&str>) -> Verdict {
    match TABLE.iter().find(|row| (row.first..=row.last).contains(&code)) {
        Some(row) => Verdict { class: row.class, detail: row.detail.to_owned() },
        None => {
            let title = title.map(one_line).filter(|title| !title.is_empty());
            let reason = title.map_or_else(String::new, |title| format!(": {}", clip(&title, TITLE_LIMIT)));
            let words =
                format!("WhatsApp refused the message (code {code}){reason}. Try another wording, or ask an admin.");
            Verdict { class: Permanent, detail: words }
        }
    }
}

/// The verdict on a failed message's errors: the first one with a code speaks for all.
pub fn failure(errors: &[MetaError]) -> (Verdict, Fault) {
    let spoken = errors.iter().find_map(|error| Some((error.code?, error.title.as_deref())));
    let verdict = match spoken {
        Some((code, title)) => verdict(code, title),
        None => Verdict {
            class: Permanent,
            detail: "WhatsApp could not deliver the message and gave no reason. Try again, or use another way."
                .to_owned(),
        },
    };
    let fault = Fault::new(spoken.map(|(code, _)| code), verdict.clone().ended());
    (verdict, fault)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_is_over_is_not_said_to_be_tried_again() {
        for row in TABLE {
            let ended = verdict(row.first, None).ended();
            assert!(!ended.contains("tried again") && ended.ends_with('.'), "{}: {ended}", row.first);
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
    fn a_hundred_that_is_not_about_the_message_stops_the_number() {
        let gone = "Unsupported request. Object with ID '1' does not exist";
        for (subcode, said, means) in [
            (None, "Invalid appsecret_proof provided in the API argument", SECRET_REFUSED),
            (None, "API calls from the server require an appsecret_proof argument", SECRET_REFUSED),
            (Some(33), gone, 33),
            (None, "Invalid parameter", 100),
            (Some(2_494_010), "Invalid parameter", 100),
        ] {
            assert_eq!(meant(100, subcode, said), means, "{said}");
        }
        assert_eq!(meant(131_009, Some(33), "appsecret_proof"), 131_009);
        assert_eq!(verdict(SECRET_REFUSED, None).class, ChannelDown);
        assert_eq!(verdict(SEALED, None).class, ChannelDown);
    }

    #[test]
    fn an_unknown_code_says_what_meta_said() {
        let words = verdict(999_999, Some("Something\nnew")).detail;
        assert!(words.contains("999999") && words.contains("Something new"), "{words}");
        assert!(!verdict(999_999, None).detail.contains("::"));
    }

    #[test]
    fn a_failure_without_a_code_still_has_words() {
        let (verdict, fault) = failure(&[]);
        assert_eq!((verdict.class, fault.code), (Permanent, None));
        let error = MetaError { code: Some(131_047), ..MetaError::default() };
        assert_eq!(failure(&[MetaError::default(), error]).1.code, Some(131_047));
    }
}
