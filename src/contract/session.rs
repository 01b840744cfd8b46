//! The signed-in user as the page needs them.

use serde::{Deserialize, Serialize};

use crate::domain::{access::Role, alert::SilencedAlerts, ids::AgentId};

/// The signed-in user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub agent: AgentId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub tenant_name: String,
    /// Set to away: not counted as online and not alerted about new handoffs.
    pub away: bool,
    /// Whether alert sounds are off.
    pub muted: bool,
    /// How long the viewer can undo a close or a return to the bot: one of `domain::conversation::UNDO_SECONDS`.
    pub undo_seconds: i64,
    /// Whether single keys are shortcuts, and typing in a thread moves the focus to its composer.
    pub typing_keys: bool,
    /// For how long the viewer's messages can be taken back before they are sent: one of
    /// `domain::scheduled::SEND_DELAYS`.
    #[serde(default)]
    pub send_delay_seconds: i64,
    /// Whether plain texts that the viewer writes within some seconds are sent as one message.
    #[serde(default)]
    pub joins_texts: bool,
    /// Whether the rows of the list are compact.
    #[serde(default)]
    pub compact_list: bool,
    /// The alerts without sound and notification.
    #[serde(default)]
    pub silenced_alerts: SilencedAlerts,
    /// Whether the password is shorter than new ones must be, and the viewer has not dismissed the question for another.
    #[serde(default)]
    pub short_password: bool,
    /// How many recovery codes are left, if the session began with one and the viewer has not dismissed the notice.
    #[serde(default)]
    pub recovery_codes_left: Option<i64>,
    /// The tenant's time zone, used for dates until the browser has reported its own.
    pub zone: String,
}
