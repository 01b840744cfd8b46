//! Pacing: WhatsApp accepts a message and holds it until it knows how customers react to the template. Accepted is not sent.

use crate::message::DeliveryFault;

/// Why a message that WhatsApp has accepted waits. `status` is WhatsApp's word (`message_status`).
pub fn held(status: &str) -> DeliveryFault {
    let detail = match status {
        "paused" => "WhatsApp paused this template and holds the message. It is sent if the pause ends, or fails here.",
        _ => {
            "WhatsApp holds this message while it rates the template. It is sent if the rating is good, or fails here."
        }
    };
    DeliveryFault::new(None, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_message_says_what_it_waits_for_and_announces_no_attempt() {
        for (status, words) in
            [("held_for_quality_assessment", "rates the template"), ("paused", "paused this template")]
        {
            let fault = held(status);
            assert!(fault.detail.contains(words), "{}", fault.detail);
            assert_eq!((fault.code, fault.again), (None, None));
        }
    }
}
