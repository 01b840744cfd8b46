//! Injected faults: what fails, for whom, and how often. To add a kind of fault: a variant of [`Effect`], handled in
//! `graph/faults.rs` and `graph/messages.rs`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids;

/// An injected fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What happens.
    #[serde(flatten)]
    pub effect: Effect,
    /// How often; absent means until it is cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

impl Fault {
    /// This effect, once.
    pub fn once(effect: Effect) -> Self {
        Self { effect, times: Some(1) }
    }

    /// This effect until it is cleared.
    pub fn always(effect: Effect) -> Self {
        Self { effect, times: None }
    }
}

/// What fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// The call is refused with this code.
    Http {
        /// Meta's error code.
        code: u32,
    },
    /// The call is refused at this HTTP status, whatever is usual for the code.
    Error {
        /// The HTTP status.
        status: u16,
        /// Meta's error code. Absent means a response without a body, as from a proxy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u32>,
        /// Meta's own word for an error that passes by itself, as some of its errors have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        is_transient: Option<bool>,
    },
    /// The call is accepted, and a `failed` status with this code follows.
    Status {
        /// Meta's error code.
        code: u32,
    },
    /// The call is accepted and the message arrives, but no status is sent.
    Silent,
    /// No response; the connection stays open.
    Hang {
        /// Whether the message was accepted before.
        #[serde(default, skip_serializing_if = "Moment::is_before")]
        moment: Moment,
    },
    /// The connection is closed without a response.
    Drop {
        /// Whether the message was accepted before.
        #[serde(default, skip_serializing_if = "Moment::is_before")]
        moment: Moment,
    },
    /// An HTML page with 502, as from a proxy, instead of JSON.
    Garbage {
        /// Whether the message was accepted before.
        #[serde(default, skip_serializing_if = "Moment::is_before")]
        moment: Moment,
    },
    /// A slow response. Combines with other faults.
    Latency {
        /// Milliseconds.
        ms: u64,
    },
}

/// When the response was lost. The sender cannot distinguish the two, which is what clients must handle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Before the message was accepted: it does not reach the phone.
    #[default]
    Before,
    /// Afterwards: the message reaches the phone, and its statuses are sent.
    After,
}

impl Moment {
    /// The default is omitted from the JSON.
    fn is_before(&self) -> bool {
        *self == Self::Before
    }
}

/// The injected faults by target.
#[derive(Default)]
pub(super) struct Faults(BTreeMap<String, Vec<Fault>>);

/// The target for all recipients.
pub(super) const ALL_RECIPIENTS: &str = "*";
/// The target of the media endpoints.
pub(super) const MEDIA: &str = "media";

/// The faults that apply to one call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct AppliedFaults {
    pub(super) latency_ms: u64,
    pub(super) effect: Option<Effect>,
}

impl Faults {
    pub(super) fn add(&mut self, to: &str, fault: Fault) {
        if fault.times != Some(0) {
            self.0.entry(target(to)).or_default().push(fault);
        }
    }

    pub(super) fn clear(&mut self, to: Option<&str>) {
        match to {
            Some(to) => drop(self.0.remove(&target(to))),
            None => self.0.clear(),
        }
    }

    pub(super) fn list(&self) -> impl Iterator<Item = (&str, &Fault)> {
        self.0.iter().flat_map(|(to, faults)| faults.iter().map(move |fault| (to.as_str(), fault)))
    }

    /// Takes one occurrence of each latency that applies and of the first other fault. The targets are searched in
    /// order.
    pub(super) fn take_matching(&mut self, targets: &[&str]) -> AppliedFaults {
        let mut applied = AppliedFaults::default();
        for to in targets.iter().map(|to| target(to)) {
            let Some(faults) = self.0.get_mut(&to) else { continue };
            faults.retain_mut(|fault| {
                if let Effect::Latency { ms } = &fault.effect {
                    applied.latency_ms = applied.latency_ms.saturating_add(*ms);
                } else if applied.effect.is_none() {
                    applied.effect = Some(fault.effect.clone());
                } else {
                    return true;
                }
                match &mut fault.times {
                    Some(times) => {
                        *times = times.saturating_sub(1);
                        *times > 0
                    }
                    None => true,
                }
            });
        }
        self.0.retain(|_, faults| !faults.is_empty());
        applied
    }
}

/// Numbers are compared by their digits; `*`, `media`, user ids and customer ids as they are.
fn target(to: &str) -> String {
    if to.chars().any(char::is_alphabetic) || to == ALL_RECIPIENTS { to.to_owned() } else { ids::digits(to) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_form_is_stable() {
        for text in [
            r#"{"kind":"http","code":131056}"#,
            r#"{"kind":"error","status":500,"code":190,"is_transient":true}"#,
            r#"{"kind":"error","status":429,"times":1}"#,
            r#"{"kind":"status","code":131026,"times":2}"#,
            r#"{"kind":"latency","ms":500}"#,
            r#"{"kind":"silent"}"#,
        ] {
            let fault: Fault = serde_json::from_str(text).expect("a documented form");
            assert_eq!(serde_json::to_string(&fault).expect("plain data"), text);
        }
        for kind in ["hang", "drop", "garbage"] {
            let text = format!(r#"{{"kind":"{kind}"}}"#);
            let fault: Fault = serde_json::from_str(&text).expect("a documented form");
            assert_eq!(serde_json::to_string(&fault).expect("plain data"), text);
        }
    }

    #[test]
    fn faults_are_used_up_in_order() {
        let mut faults = Faults::default();
        faults.add("+1 555 000 1111", Fault { effect: Effect::Http { code: 131_056 }, times: Some(2) });
        faults.add("15550001111", Fault::once(Effect::Http { code: 131_047 }));
        faults.add("*", Fault::always(Effect::Latency { ms: 5 }));
        let mut codes = Vec::new();
        for _ in 0..4 {
            let applied = faults.take_matching(&["15550001111", "*"]);
            assert_eq!(applied.latency_ms, 5);
            codes.push(applied.effect);
        }
        let http = |code| Some(Effect::Http { code });
        assert_eq!(codes, [http(131_056), http(131_056), http(131_047), None]);
    }
}
