//! The second app of the number: whose messages go to which field, and which calls about it are accepted.

use super::*;

impl Fixture {
    /// The fields and values that arrived, in order.
    fn arrived(&self) -> Vec<(String, Value)> {
        let mut arrived = Vec::new();
        for (body, _) in self.callback.bodies() {
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            let change = &body["entry"][0]["changes"][0];
            arrived.push((change["field"].as_str().expect("a field").to_owned(), change["value"].clone()));
        }
        arrived
    }

    async fn control(&self, mut body: Value) -> (u16, Value) {
        body["messaging_product"] = "whatsapp".into();
        body["to"] = "+919876543210".into();
        let call = self.http.post(format!("{}/v26.0/100/thread_control", self.base)).bearer_auth("token").json(&body);
        let answer = call.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }
}

#[tokio::test]
async fn a_customer_of_the_second_app_is_copied_until_the_first_one_takes_them() {
    let fixture = Fixture::new().await;
    let simulator = &fixture.simulator;
    simulator.partner("c1", PartnerAct::Hold).expect("a customer");
    simulator.customer_says("c1", "Hello").expect("a customer");
    simulator.partner("c1", PartnerAct::Say { text: "I am the other app".to_owned() }).expect("a customer");
    assert_eq!(fixture.control(json!({"action": "take"})).await, (200, json!({"messaging_product": "whatsapp"})));
    assert_eq!(simulator.responder("c1"), Some(Responder::Us));
    simulator.customer_says("c1", "Hello again").expect("a customer");
    simulator.settled().await;
    let arrived = fixture.arrived();
    let fields: Vec<&str> = arrived.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["standby", "standby", "messages"]);
    assert_eq!(arrived[0].1["standby"]["messages"][0]["text"]["body"], "Hello");
    let echo = &arrived[1].1["standby"]["message_echoes"][0];
    assert_eq!(
        (&echo["message"]["to"], &echo["message"]["text"]["body"]),
        (&json!("+919876543210"), &json!("I am the other app"))
    );
    assert_eq!(arrived[2].1["messages"][0]["text"]["body"], "Hello again");
    let authors: Vec<_> = simulator.thread("c1").expect("a thread").iter().map(|line| line.author).collect();
    assert_eq!(authors, [ThreadAuthor::Customer, ThreadAuthor::Partner, ThreadAuthor::Customer]);
}

#[tokio::test]
async fn a_pass_needs_the_customer_and_a_take_the_permission() {
    let fixture = Fixture::new().await;
    let simulator = &fixture.simulator;
    let pass = json!({"action": "pass", "metadata": "Done", "control_pass": {"target_role": "ai_agent"}});
    assert_eq!(fixture.control(pass.clone()).await.0, 200);
    assert_eq!(simulator.responder("c1"), Some(Responder::Partner));
    assert_eq!(fixture.control(pass).await.1["error"]["code"], 100, "it is the other app's");
    simulator.partner("c1", PartnerAct::RefuseTakes).expect("a customer");
    let (status, refused) = fixture.control(json!({"action": "take"})).await;
    assert_eq!((status, &refused["error"]["code"]), (400, &json!(2_494_191)));
    simulator.partner("c1", PartnerAct::AllowTakes).expect("a customer");
    // A message takes the customer, too.
    assert_eq!(fixture.text("+919876543210").await.expect("an answer").0, 200);
    assert_eq!(simulator.responder("c1"), Some(Responder::Us));
    assert_eq!(fixture.control(json!({"action": "release"})).await.0, 200);
    assert_eq!(fixture.control(json!({"action": "hold"})).await.1["error"]["code"], 100);
    let long = json!({"action": "take", "metadata": "x".repeat(2_001)});
    assert_eq!(fixture.control(long).await.1["error"]["code"], 131_009);
    let actions: Vec<String> = simulator.control_calls("c1").into_iter().map(|call| call.action).collect();
    assert_eq!(actions, ["pass", "pass", "take", "release"]);
    assert_eq!(simulator.control_calls("c1")[0].metadata.as_deref(), Some("Done"));
}

#[tokio::test]
async fn the_second_app_tells_when_it_takes_or_passes_a_customer() {
    let fixture = Fixture::new().await;
    fixture.simulator.partner("c1", PartnerAct::Take).expect("a customer");
    let pass = PartnerAct::Pass { note: Some("A refund".to_owned()), summary: None };
    fixture.simulator.partner("c1", pass).expect("a customer");
    fixture.simulator.settled().await;
    let arrived = fixture.arrived();
    let kinds: Vec<_> = arrived.iter().map(|(field, value)| (field.as_str(), value["type"].clone())).collect();
    assert_eq!(
        kinds,
        [("messaging_handovers", json!("control_taken")), ("messaging_handovers", json!("control_passed"))]
    );
    assert_eq!(arrived[1].1["control_passed"]["metadata"], "A refund");
    assert_eq!(arrived[1].1["sender"]["phone_number"], "919876543210");
}
