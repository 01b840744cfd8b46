//! What statuses say about the price of a message.

use super::*;

const HOUR_MS: i64 = 60 * 60 * 1000;
const TO: &str = "+919876543210";

fn template(name: &str, components: Value) -> Value {
    json!({"to": TO, "type": "template", "template": {"name": name, "language": {"code": "en_US"}, "components": components}})
}

fn utility() -> Value {
    template("we_are_back", json!([]))
}

fn marketing() -> Value {
    let texts = [json!({"type": "text", "text": "Ada"})];
    let code = json!({"type": "button", "sub_type": "copy_code", "index": "0",
        "parameters": [{"type": "coupon_code", "coupon_code": "WELCOME20"}]});
    template("welcome_code", json!([{"type": "body", "parameters": texts}, code]))
}

impl Fixture {
    /// The statuses of a message that is sent now.
    async fn priced(&self, body: Value) -> Vec<Value> {
        let (status, answer) = self.send(body).await.expect("an answer");
        assert_eq!(status, 200, "{answer}");
        self.simulator.settled().await;
        let id = answer["messages"][0]["id"].clone();
        self.callback.items("statuses").into_iter().filter(|status| status["id"] == id).collect()
    }

    /// What the first status of a message says, which is *sent*.
    async fn price(&self, body: Value) -> Value {
        self.priced(body).await.first().map(|status| status["pricing"].clone()).expect("a status")
    }

    async fn free_text(&self) -> Value {
        self.price(json!({"to": TO, "type": "text", "text": {"body": "Hello"}})).await
    }

    fn passes(&self, hours: i64) {
        self.clock.fetch_add(hours * HOUR_MS, Ordering::SeqCst);
    }
}

fn pricing(kind: &str, category: &str) -> Value {
    json!({"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category})
}

#[tokio::test]
async fn a_utility_template_is_free_while_the_window_is_open_and_marketing_never() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.price(utility()).await, pricing("regular", "utility"));
    assert_eq!(fixture.price(marketing()).await, pricing("regular", "marketing"));
    fixture.simulator.customer_says("c1", "Hello").expect("a customer");
    assert_eq!(fixture.price(utility()).await, pricing("free_customer_service", "utility"));
    assert_eq!(fixture.price(marketing()).await, pricing("regular", "marketing"));
    assert_eq!(fixture.free_text().await, pricing("regular", "service"));
    fixture.passes(24);
    assert_eq!(fixture.price(utility()).await, pricing("regular", "utility"));
}

#[tokio::test]
async fn a_customer_who_came_from_an_ad_costs_nothing_for_72_hours() {
    let fixture = Fixture::new().await;
    let comes = || {
        let content = InboundContent::Text { text: "I saw your ad".to_owned() };
        let mut message: InboundMessage = content.into();
        message.extras.referral = Some(json!({"source_type": "ad", "source_id": "1", "source_url": "https://fb.me/1"}));
        fixture.simulator.say("c1", message).expect("a customer");
    };
    comes();
    // The answer opens the time, and is within it.
    let statuses = fixture.priced(json!({"to": TO, "type": "text", "text": {"body": "Hello"}})).await;
    let [sent, delivered] = statuses.as_slice() else { panic!("{statuses:?}") };
    assert_eq!(sent["pricing"], pricing("free_entry_point", "service"));
    let until = ((NOON + 72 * HOUR_MS) / 1000).to_string();
    assert_eq!(sent["conversation"]["expiration_timestamp"], until.as_str());
    assert_eq!(sent["conversation"]["origin"], json!({"type": "referral_conversion"}));
    assert_eq!(delivered["conversation"]["id"], sent["conversation"]["id"]);
    assert!(delivered["conversation"].get("expiration_timestamp").is_none());
    fixture.passes(71);
    assert_eq!(fixture.price(marketing()).await, pricing("free_entry_point", "marketing"));
    assert_eq!(fixture.price(utility()).await, pricing("free_entry_point", "utility"));
    fixture.passes(1);
    assert_eq!(fixture.price(marketing()).await, pricing("regular", "marketing"));
    // An answer that comes a day later opens nothing.
    comes();
    fixture.passes(24);
    assert_eq!(fixture.price(utility()).await, pricing("regular", "utility"));
}

#[tokio::test]
async fn the_price_is_told_twice_and_not_of_what_failed() {
    let fixture = Fixture::new().await;
    fixture.simulator.customer_says("c1", "Hello").expect("a customer");
    let told = |statuses: &[Value]| -> Vec<(String, bool)> {
        let one =
            |status: &Value| (status["status"].as_str().unwrap_or_default().to_owned(), status["pricing"].is_object());
        statuses.iter().map(one).collect()
    };
    let say = |word: &str, has_price| (word.to_owned(), has_price);
    let text = json!({"to": TO, "type": "text", "text": {"body": "Hello"}});
    fixture.simulator.set_settings(SimulatorSettings { reads: Reads::Auto, ..SimulatorSettings::default() });
    let statuses = fixture.priced(text.clone()).await;
    assert_eq!(told(&statuses), [say("sent", true), say("delivered", true), say("read", false)]);
    // Only conversations from an ad have one.
    assert!(statuses.iter().all(|status| status.get("conversation").is_none()));
    let mut settings = SimulatorSettings { reads: Reads::Auto, ..SimulatorSettings::default() };
    settings.status.skip_delivered = true;
    fixture.simulator.set_settings(settings);
    assert_eq!(told(&fixture.priced(text.clone()).await), [say("sent", true), say("read", true)]);
    fixture.simulator.inject("919876543210", Fault::once(Effect::Status { code: 131_026 }));
    assert_eq!(told(&fixture.priced(text).await), [say("failed", false)]);
}

#[tokio::test]
async fn an_answer_that_failed_opens_no_free_time() {
    let fixture = Fixture::new().await;
    let mut message: InboundMessage = InboundContent::Text { text: "I saw your ad".to_owned() }.into();
    message.extras.referral = Some(json!({"source_type": "ad", "source_id": "1"}));
    fixture.simulator.say("c1", message).expect("a customer");
    fixture.simulator.inject("919876543210", Fault::once(Effect::Status { code: 131_026 }));
    fixture.text(TO).await.expect("an answer");
    assert_eq!(fixture.free_text().await, pricing("free_entry_point", "service"), "the one that arrived opens it");
    fixture.passes(72);
    assert_eq!(fixture.price(marketing()).await, pricing("regular", "marketing"));
}
