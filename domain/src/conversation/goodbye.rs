//! The goodbye: the message that the customer gets with a close. One function decides whether it is sent and what it
//! says, so that a preview shows what a close then sends.
//!
//! Sending it and its entry in the log do not belong here. To add a source of the text: a variant of [`Goodbye`].

use serde::{Deserialize, Serialize};

use crate::{
    event::Skipped,
    interpolation::{ClosingValues, InterpolationFault, closing_message},
    time::Timestamp,
    window::Window,
};

/// The text that the customer gets with a close.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goodbye {
    /// The tenant's closing text, as it is when the close takes effect.
    #[default]
    Standard,
    Off,
    /// The text that the agent edited. It is sent as it is: names in braces are not replaced.
    Edited(String),
}

/// Why a goodbye is not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GoodbyeFault {
    #[error("the 24-hour window is closed")]
    WindowClosed,
    /// The tenant's text is not a valid template, or is too long once it is filled in.
    #[error(transparent)]
    Template(#[from] InterpolationFault),
}

impl From<&GoodbyeFault> for Skipped {
    fn from(fault: &GoodbyeFault) -> Self {
        match fault {
            GoodbyeFault::WindowClosed => Self::WindowClosed,
            GoodbyeFault::Template(_) => Self::TemplateFault,
        }
    }
}

impl Goodbye {
    /// The message for the customer of a close at `now`; `None` if there is none. `closing` is the tenant's text.
    ///
    /// # Errors
    /// [`GoodbyeFault`] if there is one that cannot be sent.
    pub fn message(
        &self,
        closing: &str,
        window: Window,
        now: Timestamp,
        values: &ClosingValues<'_>,
    ) -> Result<Option<String>, GoodbyeFault> {
        let text = match self {
            Self::Standard => closing,
            Self::Edited(text) => text,
            Self::Off => "",
        };
        if text.trim().is_empty() {
            return Ok(None);
        }
        if !window.is_open(now) {
            return Err(GoodbyeFault::WindowClosed);
        }
        let filled = match self {
            Self::Standard => closing_message(text, values)?,
            Self::Edited(_) | Self::Off => text.to_owned(),
        };
        let message = filled.trim();
        Ok((!message.is_empty()).then(|| message.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::LENGTH;

    const T0: Timestamp = Timestamp(1_000_000);
    const END: Timestamp = T0.plus(LENGTH);
    const VALUES: ClosingValues<'_> =
        ClosingValues { customer_name: "Maria Costa", agent_name: "Ana", tenant_name: "Acme" };

    fn message(goodbye: &Goodbye, closing: &str, now: Timestamp) -> Result<Option<String>, GoodbyeFault> {
        goodbye.message(closing, Window::default().renewed(T0), now, &VALUES)
    }

    #[test]
    fn the_tenants_text_is_filled_in_and_the_agents_is_not() {
        let edited = |text: &str| Goodbye::Edited(text.to_owned());
        let cases = [
            (Goodbye::Standard, " Bye, {{ customer.first_name }}! \n", Some("Bye, Maria!")),
            (Goodbye::Standard, "", None),
            (Goodbye::Standard, " \n", None),
            (Goodbye::Standard, "{{ ' ' }}", None),
            (Goodbye::Off, "Bye", None),
            (edited(" See {{ you }} "), "Bye", Some("See {{ you }}")),
            (edited("  "), "Bye", None),
        ];
        for (goodbye, closing, expected) in cases {
            assert_eq!(message(&goodbye, closing, T0), Ok(expected.map(str::to_owned)), "{goodbye:?} {closing:?}");
        }
    }

    #[test]
    fn outside_the_window_only_a_missing_goodbye_is_no_fault() {
        let edited = Goodbye::Edited("Bye".to_owned());
        for goodbye in [Goodbye::Standard, edited] {
            assert!(message(&goodbye, "Bye", END.minus(crate::time::Span(1))).is_ok());
            assert_eq!(message(&goodbye, "Bye", END), Err(GoodbyeFault::WindowClosed));
        }
        assert_eq!(message(&Goodbye::Off, "Bye", END), Ok(None));
        assert_eq!(message(&Goodbye::Standard, " ", END), Ok(None));
    }

    #[test]
    fn a_broken_text_is_a_fault_that_says_why() {
        let fault = message(&Goodbye::Standard, "Bye {{ custmer }}", T0).expect_err("an unknown variable");
        assert!(fault.to_string().contains("isn't a known variable"), "{fault}");
        assert_eq!(Skipped::from(&fault), Skipped::TemplateFault);
        assert_eq!(Skipped::from(&GoodbyeFault::WindowClosed), Skipped::WindowClosed);
    }
}
