//! News about an account or one of its numbers: told once, for the number or account that it is about.

use handoff::{
    contract::audit::AuditFilter,
    server::{channels::NewNumber, secret::Secret},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::app::{APP, NUMBER, TestApp, WABA, on_both};

const FIRST: &str = "Acme Store (+1 555 010 0000)";
const SECOND: &str = "Acme Support (+1 555 010 0001)";

/// A second number of the same account.
async fn second_number(app: &TestApp) {
    let number = NewNumber {
        app: APP.into(),
        phone_number_id: format!("{NUMBER}1"),
        waba_id: WABA.to_owned(),
        display_phone: "+1 555 010 0001".to_owned(),
        name: "Acme Support".to_owned(),
        token: Secret::new("acme-token"),
    };
    app.services.channels.add_number(&app.tenant, number).await.expect("a number");
}

fn news(entry: &str, field: &str, value: Value) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": entry, "time": 1_772_900_000,
        "changes": [{"field": field, "value": value}]}]})
}

/// The lines of the audit log that an update leaves, delivered twice: what, and about which number.
async fn told(app: &TestApp, body: &Value) -> Vec<(String, Option<String>)> {
    let all = AuditFilter::default();
    let audit = async || app.services.settings.read_audit(&app.tenant, &all, None).await.expect("reads").lines;
    let before = audit().await.len();
    for _ in 0..2 {
        assert_eq!(app.webhook(body).await, StatusCode::OK);
        app.services.projector.run_once().await.expect("projects");
    }
    let after = audit().await;
    let fresh = after.len() - before;
    after.into_iter().take(fresh).map(|line| (line.what, line.about)).collect()
}

on_both!(news_is_told_once_for_what_it_is_about, async |app| {
    // given an account with two numbers
    second_number(app).await;
    let flagged = |phone: &str| json!({"display_phone_number": phone, "event": "FLAGGED", "current_limit": "TIER_1K"});
    let low = "WhatsApp rated a number's quality as low (Tier 1k)";
    let table = [
        // News of a number is about that number, however it is written,
        (news(WABA, "phone_number_quality_update", flagged("15550100001")), vec![(low, SECOND.to_owned())]),
        (news(WABA, "phone_number_quality_update", flagged("+1 555-010-0000")), vec![(low, FIRST.to_owned())]),
        // also where the account is another name of it,
        (news("0", "phone_number_quality_update", flagged("+1 (555) 010-0001")), vec![(low, SECOND.to_owned())]),
        // and nobody is told about a number that is not here.
        (news(WABA, "phone_number_quality_update", flagged("15550109999")), vec![]),
        // News of the account is told once, not for each number.
        (
            news(WABA, "account_update", json!({"event": "ACCOUNT_RECONNECTED"})),
            vec![("The WhatsApp account is connected again", format!("The account of {FIRST}"))],
        ),
        (
            news(WABA, "account_alerts", json!({"alert_severity": "CRITICAL", "alert_type": "OBA_REJECTED"})),
            vec![("WhatsApp account alert: Oba rejected", format!("The account of {FIRST}"))],
        ),
        // An alert names the number that it is about.
        (
            news(
                WABA,
                "account_alerts",
                json!({"alert_severity": "WARNING", "alert_type": "LOW_BALANCE", "entity_type": "PHONE_NUMBER",
                    "entity_id": format!("{NUMBER}1")}),
            ),
            vec![("WhatsApp account alert: Low balance", format!("The account of {SECOND}"))],
        ),
        // The account that is named counts, not the entry's, which is a partner's.
        (
            news("777", "account_update", json!({"event": "PARTNER_REMOVED", "waba_info": {"waba_id": WABA}})),
            vec![("A partner lost access to the account", format!("The account of {FIRST}"))],
        ),
        (
            news(WABA, "account_update", json!({"event": "PARTNER_APP_UNINSTALLED", "waba_info": {"waba_id": "777"}})),
            vec![],
        ),
    ];
    for (body, expected) in table {
        let expected: Vec<_> = expected.into_iter().map(|(what, number)| (what.to_owned(), Some(number))).collect();
        assert_eq!(told(app, &body).await, expected, "{body}");
    }
});
