//! The delivery status of an outgoing message, which only moves forward (promise 10).

use serde::{Deserialize, Serialize};

use super::{message::DeliveryFault, variant_names::variant_names};

/// The delivery status of an outgoing message. It only moves forward (promise 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    Queued,
    /// The request was sent and no response came; a status may still report the outcome (promise 12).
    Unknown,
    Sent,
    Delivered,
    Read,
    /// The customer played the voice note.
    Played,
    Failed,
    /// Cancelled before it was sent: an agent took over.
    Cancelled,
}

impl Delivery {
    const fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Unknown => 1,
            Self::Sent => 2,
            Self::Delivered => 3,
            Self::Read => 4,
            Self::Played => 5,
            Self::Failed | Self::Cancelled => 6,
        }
    }

    /// Whether WhatsApp has accepted the message, and it has not failed since.
    pub const fn is_out(self) -> bool {
        match self {
            Self::Sent | Self::Delivered | Self::Read | Self::Played => true,
            Self::Queued | Self::Unknown | Self::Failed | Self::Cancelled => false,
        }
    }

    /// Whether the message has reached the customer, which is what Meta charges for.
    pub const fn is_delivered(self) -> bool {
        match self {
            Self::Delivered | Self::Read | Self::Played => true,
            Self::Queued | Self::Unknown | Self::Sent | Self::Failed | Self::Cancelled => false,
        }
    }

    /// The status after `news`, or `None` if `news` changes nothing.
    ///
    /// `failed` replaces only queued, unknown and sent. Only a resend or [`Self::proven`] leaves `failed` or
    /// `cancelled`.
    pub fn advance(self, news: Delivery) -> Option<Delivery> {
        match (self, news) {
            (Self::Failed | Self::Cancelled, _) => None,
            (_, Self::Failed) => (self.rank() <= Self::Sent.rank()).then_some(Self::Failed),
            (_, Self::Cancelled) => (self == Self::Queued).then_some(Self::Cancelled),
            (
                Self::Queued | Self::Unknown | Self::Sent | Self::Delivered | Self::Read | Self::Played,
                Self::Queued | Self::Unknown | Self::Sent | Self::Delivered | Self::Read | Self::Played,
            ) => (news.rank() > self.rank()).then_some(news),
        }
    }

    /// Like [`Self::advance`], for statuses from Meta. A failure that we concluded from silence (`why` without one of
    /// Meta's codes) is withdrawn once a status shows that the message was sent.
    pub fn proven(self, news: Delivery, why: Option<&DeliveryFault>) -> Option<Delivery> {
        let supposed = self == Self::Failed && why.is_some_and(|fault| fault.code.is_none());
        let there = matches!(news, Self::Sent | Self::Delivered | Self::Read | Self::Played);
        if supposed && there { Some(news) } else { self.advance(news) }
    }
}

variant_names!(Delivery {
    Queued => "queued",
    Unknown => "unknown",
    Sent => "sent",
    Delivered => "delivered",
    Read => "read",
    Played => "played",
    Failed => "failed",
    Cancelled => "cancelled",
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_status_that_comes_late_changes_nothing() {
        assert_eq!(Delivery::Read.advance(Delivery::Sent), None);
        assert_eq!(Delivery::Sent.advance(Delivery::Read), Some(Delivery::Read));
        assert_eq!(Delivery::Delivered.advance(Delivery::Failed), None);
        assert_eq!(Delivery::Sent.advance(Delivery::Failed), Some(Delivery::Failed));
        assert_eq!(Delivery::Failed.advance(Delivery::Sent), None);
        assert_eq!(Delivery::Unknown.advance(Delivery::Sent), Some(Delivery::Sent));
    }

    #[test]
    fn a_message_is_out_from_its_acceptance_on() {
        let out: Vec<_> = Delivery::ALL.into_iter().filter(|delivery| delivery.is_out()).collect();
        assert_eq!(out, [Delivery::Sent, Delivery::Delivered, Delivery::Read, Delivery::Played]);
    }

    #[test]
    fn a_message_that_was_only_accepted_is_not_delivered() {
        let there: Vec<_> = Delivery::ALL.into_iter().filter(|delivery| delivery.is_delivered()).collect();
        assert_eq!(there, [Delivery::Delivered, Delivery::Read, Delivery::Played]);
    }

    #[test]
    fn only_a_failure_concluded_from_silence_is_withdrawn() {
        let silence = DeliveryFault::new(None, "WhatsApp did not answer.");
        let refusal = DeliveryFault::new(Some(131_026), "WhatsApp cannot reach this customer.");
        assert_eq!(Delivery::Failed.proven(Delivery::Delivered, Some(&silence)), Some(Delivery::Delivered));
        assert_eq!(Delivery::Failed.proven(Delivery::Delivered, Some(&refusal)), None);
        assert_eq!(Delivery::Failed.proven(Delivery::Failed, Some(&silence)), None);
        assert_eq!(Delivery::Cancelled.proven(Delivery::Delivered, Some(&silence)), None);
    }

    fn delivery() -> impl Strategy<Value = Delivery> {
        prop::sample::select(vec![
            Delivery::Queued,
            Delivery::Unknown,
            Delivery::Sent,
            Delivery::Delivered,
            Delivery::Read,
            Delivery::Played,
            Delivery::Failed,
            Delivery::Cancelled,
        ])
    }

    proptest! {
        #[test]
        fn delivery_never_goes_back(news in prop::collection::vec(delivery(), 0..24)) {
            let mut now = Delivery::Queued;
            for item in news {
                if let Some(next) = now.advance(item) {
                    prop_assert!(next.rank() > now.rank());
                    now = next;
                }
            }
        }
    }

    #[test]
    fn a_status_advances_in_one_order_only() {
        use Delivery::{Cancelled, Delivered, Failed, Played, Queued, Read, Sent, Unknown};
        let order = [Queued, Unknown, Sent, Delivered, Read, Played];
        for (from, now) in order.into_iter().enumerate() {
            for (to, news) in order.into_iter().enumerate() {
                assert_eq!(now.advance(news), (to > from).then_some(news), "{now:?} then {news:?}");
            }
            assert_eq!(now.advance(Failed).is_some(), matches!(now, Queued | Unknown | Sent), "{now:?}");
            assert_eq!(now.advance(Cancelled).is_some(), now == Queued, "{now:?}");
        }
        for ended in [Failed, Cancelled] {
            for news in Delivery::ALL {
                assert_eq!(ended.advance(news), None, "{ended:?} then {news:?}");
            }
        }
    }

    #[test]
    fn a_withdrawn_failure_needs_a_status_that_proves_the_message() {
        let silence = DeliveryFault::new(None, "WhatsApp did not answer.");
        for news in Delivery::ALL {
            let proof = matches!(news, Delivery::Sent | Delivery::Delivered | Delivery::Read | Delivery::Played);
            assert_eq!(Delivery::Failed.proven(news, Some(&silence)), proof.then_some(news), "{news:?}");
            assert_eq!(Delivery::Failed.proven(news, None), None, "{news:?}");
            assert_eq!(Delivery::Sent.proven(news, Some(&silence)), Delivery::Sent.advance(news), "{news:?}");
        }
    }
}
