use super::*;

/// Updates are stored as JSON. Never change a line here, only add.
const GOLDEN: &[&str] = &[
    r#"{"news":"status","status":"read","at":5,"fault":null,"window_closed":false}"#,
    r#"{"news":"status","status":"failed","at":5,"fault":{"code":131026,"words":"Not there.","again":null},"window_closed":false}"#,
    r#"{"news":"status","status":"delivered","at":5,"fault":null,"window_closed":false,"pricing":{"model":"PMP","category":"utility","type":"regular","billable":true}}"#,
    r#"{"news":"react","author":{"by":"customer"},"emoji":"👍"}"#,
    r#"{"news":"react","author":{"by":"agent","id":"agt_1"},"emoji":null}"#,
    r#"{"news":"edit","content":{"text":{"body":"Hello"}}}"#,
    r#"{"news":"revoke"}"#,
];

#[test]
fn stored_updates_keep_their_json() {
    for line in GOLDEN {
        let update: MessageUpdate = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(to_json(&update).expect("an update is JSON"), *line);
    }
}
