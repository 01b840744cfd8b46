//! The frames of the live stream. They carry resulting values, so a frame that is applied twice changes nothing.
//!
//! Enums used only by the desk and the message tables have serde's default form, with the variant as the key: an
//! internal tag makes serde buffer its input, which would put the code of every inner type into the page twice. Log
//! entries keep their tag.

use serde::{Deserialize, Serialize};

use super::{
    activity::ActiveAgent,
    alert::Alert,
    desk::row::{Counts, Row},
    event::ScheduledStep,
    ids::{AgentId, ConversationId, EndingId, Seq},
    item::ItemText,
    time::Timestamp,
};

/// A frame of the live stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    Changes(Changes),
    /// The stream is alive. `build` lets a page detect that a newer version is deployed.
    Heartbeat {
        seq: Seq,
        build: String,
        /// The server's time, which the page's clock follows. 0 if an older server did not send it.
        #[serde(default)]
        at: Timestamp,
    },
    /// The cursor is too old or the caller's rights changed: read a fresh snapshot.
    Reset {
        seq: Seq,
    },
    /// The agents who are online now.
    Presence {
        online: Vec<AgentId>,
        /// As in a heartbeat.
        #[serde(default)]
        at: Timestamp,
    },
    /// The colleagues who have the same conversations open as the receiver.
    Activity {
        active: Vec<ActiveAgent>,
    },
}

/// The resulting values after all entries up to `seq`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    pub seq: Seq,
    pub rows: Vec<Row>,
    pub removed: Vec<ConversationId>,
    pub counts: Option<Counts>,
    /// New or changed thread items.
    pub items: Vec<(ConversationId, ItemText)>,
    /// Settings changed: open admin pages read their data again.
    #[serde(default)]
    pub configured: bool,
    /// The numbers that cannot send, if that changed.
    #[serde(default)]
    pub stopped: Option<Vec<Stopped>>,
    /// Endings that something cancelled before they were due, for the agents who pressed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancelled: Vec<CancelledEnding>,
    /// What happened to messages that wait to be sent. An open thread reads its own again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scheduled: Vec<(ConversationId, ScheduledStep)>,
    /// News about conversations of single agents, in the order of the log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<Alert>,
}

/// A close or return to the bot that did not take effect. A page that was not there reads it in the thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelledEnding {
    /// Identifies it, so that a page which gets the frame twice tells the agent once.
    pub ending: EndingId,
    pub conversation: ConversationId,
    pub agent: AgentId,
    /// What did not happen, and why.
    pub detail: String,
}

/// A number whose sending is stopped. Messages that agents write stay queued; none are lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    pub channel: String,
    /// Why, and what to do.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::Activity;

    /// Pages and servers of different versions exchange frames while a new version is deployed.
    #[test]
    fn frames_read_and_write_their_golden_lines() {
        let (agent, conversation) = (AgentId::from("agt_1"), ConversationId::from("cnv_1"));
        let until = Activity::Typing.expiry(Timestamp(1_000)).expect("is there");
        let ben = ActiveAgent { conversation, agent: agent.clone(), name: "Ben".to_owned(), until };
        let golden = [
            (
                Frame::Heartbeat { seq: Seq(7), build: "b1".to_owned(), at: Timestamp(1_000) },
                r#"{"heartbeat":{"seq":7,"build":"b1","at":1000}}"#,
            ),
            (Frame::Reset { seq: Seq(7) }, r#"{"reset":{"seq":7}}"#),
            (
                Frame::Presence { online: vec![agent], at: Timestamp(1_000) },
                r#"{"presence":{"online":["agt_1"],"at":1000}}"#,
            ),
            (
                Frame::Activity { active: vec![ben] },
                r#"{"activity":{"active":[{"conversation":"cnv_1","agent":"agt_1","name":"Ben","until":{"viewing":46000,"typing":9000}}]}}"#,
            ),
        ];
        for (frame, line) in golden {
            assert_eq!(serde_json::to_string(&frame).expect("a line"), line);
            assert_eq!(serde_json::from_str::<Frame>(line).expect("a frame"), frame);
        }
    }

    #[test]
    fn frames_of_a_server_that_does_not_send_its_time_are_read() {
        let older = [
            (
                r#"{"heartbeat":{"seq":7,"build":"b1"}}"#,
                Frame::Heartbeat { seq: Seq(7), build: "b1".to_owned(), at: Timestamp(0) },
            ),
            (r#"{"presence":{"online":[]}}"#, Frame::Presence { online: Vec::new(), at: Timestamp(0) }),
        ];
        for (line, frame) in older {
            assert_eq!(serde_json::from_str::<Frame>(line).expect("a frame"), frame);
        }
    }
}
