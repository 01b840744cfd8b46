//! What the control of a thread is called in threads and in the audit log.

use crate::{
    desk::Tone,
    text::capitalized,
    thread_control::{ControlCause, ThreadControl},
};

pub(super) const PARTNER_TOOK: &str = "Another app on this number took over the customer. The bot is paused.";
pub(super) const SHARED: &str = "Another app uses this number, too";

/// The line of a thread. What only other entries or messages show has none.
pub(super) fn line(control: &ThreadControl, cause: ControlCause) -> Option<(Tone, String)> {
    let tone = match cause {
        ControlCause::TakeAccepted | ControlCause::ReplySent | ControlCause::Passed | ControlCause::Released => {
            Tone::Plain
        }
        ControlCause::TakeRefused
        | ControlCause::TakeUnclear
        | ControlCause::LeaveRefused
        | ControlCause::LeaveUnclear => Tone::Warning,
        ControlCause::OwnMessage
        | ControlCause::Copied
        | ControlCause::PassedToUs
        | ControlCause::TakenFromUs
        | ControlCause::Claimed
        | ControlCause::Returned
        | ControlCause::Closed
        | ControlCause::LeaveCancelled
        | ControlCause::Merged => return None,
    };
    Some((tone, sentence(control, cause)))
}

/// The sentence of the audit log.
pub(super) fn sentence(control: &ThreadControl, cause: ControlCause) -> String {
    let app = control.role().label();
    match cause {
        ControlCause::OwnMessage => "The customer's messages come to Handoff again".to_owned(),
        ControlCause::Copied => capitalized(&format!("{app} answers the customer")),
        ControlCause::PassedToUs => capitalized(&format!("{app} passed the customer to Handoff")),
        ControlCause::TakenFromUs => capitalized(&format!("{app} took the customer over")),
        ControlCause::ReplySent => format!("The reply took the customer over from {app}"),
        ControlCause::Claimed => format!("Asked WhatsApp to hand the customer over from {app}"),
        ControlCause::TakeAccepted => format!("WhatsApp handed the customer over from {app}"),
        ControlCause::TakeRefused => {
            let code = if let ThreadControl::TakeRefused { code: Some(code), .. } = control {
                format!(" (code {code})")
            } else {
                String::new()
            };
            format!("WhatsApp refused to hand the customer over from {app}{code}")
        }
        ControlCause::TakeUnclear => {
            format!("WhatsApp did not say whether it handed the customer over from {app}. Handoff does not ask again.")
        }
        ControlCause::Returned => format!("Asked WhatsApp to give the customer back to {app}"),
        ControlCause::Closed => "Asked WhatsApp to release the customer".to_owned(),
        ControlCause::Passed => format!("Passed the customer to {app}"),
        ControlCause::Released => "Released the customer for other apps".to_owned(),
        ControlCause::LeaveRefused => format!("WhatsApp refused to give the customer back to {app}"),
        ControlCause::LeaveUnclear => format!("WhatsApp did not say whether it gave the customer back to {app}"),
        ControlCause::LeaveCancelled => format!("The customer stays, because {app} didn't have them yet"),
        ControlCause::Merged => "Kept who answers the customer of two merged conversations".to_owned(),
    }
}
