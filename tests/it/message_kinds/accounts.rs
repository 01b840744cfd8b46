//! Updates of accounts, numbers and templates. None of them belongs to a conversation; what is reported for each is in
//! `fields::WITHOUT_CONVERSATION`.

use serde_json::{Value, json};

use super::{
    fields::nothing,
    stage::{Item, Row},
};

fn account(field: &'static str, body: Value) -> Vec<Item> {
    vec![Item::value(field, body)]
}

pub fn table() -> Vec<Row> {
    vec![
        nothing("account_update of a ban", |_| {
            let ban = json!({"waba_ban_state": "DISABLE", "waba_ban_date": "2026-03-02"});
            account("account_update", json!({"event": "DISABLED_UPDATE", "ban_info": ban}))
        }),
        // Meta sends the end of a ban and a warning as restrictions, too.
        nothing("account_update of a lifted ban", |_| {
            let ban = json!({"waba_ban_state": ["REINSTATE"], "waba_ban_date": "2026-03-09"});
            account("account_update", json!({"event": "ACCOUNT_RESTRICTION", "ban_info": ban}))
        }),
        nothing("account_update of a warning", |_| {
            let ban = json!({"waba_ban_state": "SCHEDULE_FOR_DISABLE", "waba_ban_date": "2026-03-12"});
            account("account_update", json!({"event": "ACCOUNT_RESTRICTION", "ban_info": ban}))
        }),
        nothing("account_update of a new connection", |_| {
            account("account_update", json!({"event": "ACCOUNT_RECONNECTED"}))
        }),
        nothing("phone_number_quality_update that is better", |_| {
            let body = json!({"display_phone_number": "15550100000", "event": "UNFLAGGED", "current_limit": "TIER_2K"});
            account("phone_number_quality_update", body)
        }),
        nothing("account_review_update that rejects", |_| {
            account("account_review_update", json!({"decision": "REJECTED"}))
        }),
        nothing("message_template_components_update", |_| {
            let body =
                json!({"message_template_id": 1, "message_template_name": "sale", "message_template_language": "en"});
            account("message_template_components_update", body)
        }),
        nothing("payment_configuration_update", |_| {
            account("payment_configuration_update", json!({"configuration_name": "upi", "status": "Needs_Connecting"}))
        }),
        nothing("partner_solutions", |_| {
            account("partner_solutions", json!({"event": "SOLUTION_CREATED", "solution_id": "1"}))
        }),
        nothing("automatic_events", |_| {
            account("automatic_events", json!({"automatic_events": [{"id": "1", "event_name": "Purchase"}]}))
        }),
        nothing("flows", |_| account("flows", json!({"event": "FLOW_STATUS_CHANGE", "flow_id": "1"}))),
        nothing("group_lifecycle_update", |_| {
            account("group_lifecycle_update", json!({"groups": [{"group_id": "g"}]}))
        }),
        nothing("group_participants_update", |_| account("group_participants_update", json!({"groups": []}))),
        nothing("group_settings_update", |_| account("group_settings_update", json!({"groups": []}))),
        nothing("group_status_update", |_| account("group_status_update", json!({"groups": []}))),
        nothing("a status of a group", |who| {
            let mut item = who.status(0, "wamid.of.a.group", "read");
            item.body["recipient_type"] = json!("group");
            item.body["recipient_id"] = json!("g-1");
            vec![item]
        }),
        nothing("message_template_status_update", |_| {
            let body = json!({"event": "REJECTED", "message_template_id": 12_345_678, "message_template_name": "sale",
                "message_template_language": "en-US", "reason": null});
            account("message_template_status_update", body)
        }),
        nothing("message_template_quality_update", |_| {
            let body = json!({"previous_quality_score": "GREEN", "new_quality_score": "RED",
                "message_template_id": 12_345_678, "message_template_name": "sale", "message_template_language": "en"});
            account("message_template_quality_update", body)
        }),
        nothing("template_category_update", |_| {
            account("template_category_update", json!({"message_template_name": "sale", "new_category": "MARKETING"}))
        }),
        nothing("account_update", |_| {
            let limits =
                json!([{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1_772_900_000}]);
            account("account_update", json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": limits}))
        }),
        nothing("account_alerts", |_| {
            account("account_alerts", json!({"alert_severity": "CRITICAL", "alert_type": "OBA_REJECTED"}))
        }),
        nothing("account_review_update", |_| account("account_review_update", json!({"decision": "APPROVED"}))),
        nothing("business_capability_update", |_| {
            account("business_capability_update", json!({"max_daily_conversation_per_phone": 2_000}))
        }),
        nothing("phone_number_quality_update", |_| {
            let body = json!({"display_phone_number": "15550100000", "event": "FLAGGED", "current_limit": "TIER_2K"});
            account("phone_number_quality_update", body)
        }),
        nothing("phone_number_name_update", |_| {
            account("phone_number_name_update", json!({"display_phone_number": "15550100000", "decision": "REJECTED"}))
        }),
        nothing("security", |_| account("security", json!({"event": "PIN_CHANGED", "requester": "1"}))),
        nothing("a field of tomorrow", |_| account("telepathy", json!({"thoughts": [1, {"deep": true}]}))),
        nothing("errors without a message", |_| {
            account(
                "messages",
                json!({"messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "15550100000", "phone_number_id": crate::app::NUMBER},
                "errors": [{"code": 130_429, "title": "Rate limit hit"}]}),
            )
        }),
        nothing("a value with nothing in it", |_| account("messages", json!({}))),
        nothing("a number of nobody", |who| {
            let body = json!({"from": who.phone, "id": who.wamid(0), "timestamp": who.seconds(0), "type": "text",
                "text": {"body": "Wrong number"}});
            account(
                "messages",
                json!({"messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "1", "phone_number_id": "1"},
                "contacts": [who.contact()], "messages": [body]}),
            )
        }),
    ]
}
