//! Settings of tenants.

use handoff::domain::{
    model::{ModelSettings, ToolDefinition},
    settings::TenantSettings,
};

use super::written;

#[test]
fn settings_keep_their_json() {
    written::<TenantSettings>(&[
        r#"{"texts":{"greeting":"Hello","fallback":"","notice_online":"a","notice_offline":"b","closing":"c","reminder":"d"},"waiting_target":300000,"reply_target":600000,"grace_time":1800000,"silence":{"remind_after":1800000,"close_after":7200000},"outcome_rule":"required","gone_agents":"keep","automation":{"daily_messages":50,"repeats":2},"zone":"Europe/Berlin","read_policy":"on_reply","calendar":{"weekly":[[{"from":540,"to":1020}],[],[],[],[],[],[]],"holidays":[{"date":"2026-12-25","name":"Christmas","intervals":[]}]}}"#,
        r#"{"texts":{"greeting":"","fallback":"","notice_online":"","notice_offline":"","closing":"","reminder":""},"waiting_target":300000,"reply_target":300000,"grace_time":0,"silence":{"remind_after":0,"close_after":0},"outcome_rule":"optional","gone_agents":"release","automation":{"daily_messages":0,"repeats":0},"zone":"UTC","read_policy":"never","calendar":{"weekly":[[],[],[],[],[],[],[]],"holidays":[]},"setup_dismissed":true}"#,
        r#"{"texts":{"greeting":"","fallback":"","notice_online":"","notice_offline":"","closing":"","reminder":""},"waiting_target":300000,"reply_target":300000,"grace_time":0,"silence":{"remind_after":0,"close_after":0},"keep_open":"minutes30","outcome_rule":"optional","gone_agents":"release","automation":{"daily_messages":0,"repeats":0},"zone":"UTC","read_policy":"never","calendar":{"weekly":[[],[],[],[],[],[],[]],"holidays":[]},"setup_dismissed":true}"#,
        r#"{"texts":{"greeting":"","fallback":"","notice_online":"","notice_offline":"","closing":"","reminder":""},"waiting_target":300000,"reply_target":300000,"grace_time":0,"silence":{"remind_after":0,"close_after":0},"outcome_rule":"optional","gone_agents":"release","automation":{"daily_messages":0,"repeats":0},"rating":{"rule":"after_close","question":"How was it?","best":"Good","middle":"Fair","worst":"Poor"},"zone":"UTC","read_policy":"never","calendar":{"weekly":[[],[],[],[],[],[],[]],"holidays":[]},"setup_dismissed":true}"#,
    ]);
    written::<ModelSettings>(&[
        r#"{"enabled":true,"provider":"open_ai","address":"https://a.b/v1","model":"m","instructions":"Be brief.","temperature":7,"max_turns":20,"max_rounds":5,"max_tokens":1000,"time_out":30000,"silence":8000,"daily_budget":1000000,"unreadable":""}"#,
        r#"{"enabled":false,"provider":"anthropic","address":"","model":"","instructions":"","temperature":null,"max_turns":1,"max_rounds":1,"max_tokens":1,"time_out":1,"silence":1,"daily_budget":1,"unreadable":""}"#,
    ]);
    written::<ToolDefinition>(&[
        r#"{"name":"order","description":"Looks it up","schema":{"type":"object"},"method":"GET","url":"https://a.b/{{ order }}","headers":[{"name":"Authorization","value":"Bearer {{ secret.SHOP }}"}],"body":"","time_out":5000,"result_limit":4000}"#,
    ]);
}

/// A field that is missing in older rows has its default.
#[test]
fn settings_without_later_fields_are_read() {
    let settings: TenantSettings = serde_json::from_str("{}").expect("settings of any age");
    assert_eq!(settings, TenantSettings::default());
    let model: ModelSettings = serde_json::from_str("{}").expect("a model of any age");
    assert_eq!(model, ModelSettings::default());
    let tool: ToolDefinition = serde_json::from_str("{}").expect("a tool of any age");
    assert_eq!(tool, ToolDefinition::default());
}
