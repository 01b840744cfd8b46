//! Flows: published versions are stored permanently, and conversations store positions in them.

use std::collections::BTreeSet;

use handoff::domain::flow::{
    definition::Flow,
    run::{HttpCall, Position},
};

use super::written;

/// Every start condition, step kind, message kind and expected answer once.
const FLOW: &str = concat!(
    r#"{"name":"Everything","starts":[{"by":"new_conversation"},{"by":"words","phrase":"order","matching":"close"},"#,
    r#"{"by":"button","payload":"p"},{"by":"ad","contains":"lamp"}],"steps":["#,
    r#"{"id":"a","name":"Say","act":{"kind":"message","say":"text","text":"Hello"}},"#,
    r#"{"id":"b","name":"","act":{"kind":"message","say":"media","file":"image","link":"https://a.b/c.png","caption":""}},"#,
    r#"{"id":"c","name":"","act":{"kind":"message","say":"buttons","text":"?","buttons":[{"payload":"p","title":"P"}]}},"#,
    r#"{"id":"d","name":"","act":{"kind":"message","say":"list","text":"?","open":"Open","rows":[{"payload":"p","title":"P","description":""}]}},"#,
    r#"{"id":"e","name":"","act":{"kind":"message","say":"link","text":"?","label":"Open","url":"https://a.b"}},"#,
    r#"{"id":"u","name":"","act":{"kind":"message","say":"location_request","text":"Where?"}},"#,
    r#"{"id":"f","name":"","act":{"kind":"question","text":"?","variable":"v","expect":{"expect":"text"},"retries":2,"retry_text":"Again","patience":60000,"on_failure":[]}},"#,
    r#"{"id":"g","name":"","act":{"kind":"question","text":"?","variable":"v","expect":{"expect":"number","min":1.0,"max":null},"retries":0,"retry_text":"","patience":null,"on_failure":[]}},"#,
    r#"{"id":"h","name":"","act":{"kind":"question","text":"?","variable":"v","expect":{"expect":"email"},"retries":0,"retry_text":"","patience":null,"on_failure":[]}},"#,
    r#"{"id":"i","name":"","act":{"kind":"question","text":"?","variable":"v","expect":{"expect":"phone"},"retries":0,"retry_text":"","patience":null,"on_failure":[]}},"#,
    r#"{"id":"j","name":"","act":{"kind":"question","text":"?","variable":"v","expect":{"expect":"date"},"retries":0,"retry_text":"","patience":null,"on_failure":[]}},"#,
    r#"{"id":"k","name":"","act":{"kind":"question","text":"?","variable":"v","expect":{"expect":"choice","options":[{"id":"o","title":"O","description":"","steps":[]}]},"retries":0,"retry_text":"","patience":null,"on_failure":[]}},"#,
    r#"{"id":"l","name":"","act":{"kind":"question","text":"?","variable":"v","expect":{"expect":"pattern","pattern":"[0-9]+","example":"1"},"retries":0,"retry_text":"","patience":null,"on_failure":[]}},"#,
    r#"{"id":"m","name":"","act":{"kind":"condition","branches":[{"when":"v == 1","steps":[]}],"otherwise":[]}},"#,
    r#"{"id":"n","name":"","act":{"kind":"set","variable":"v","value":"1"}},"#,
    r#"{"id":"o","name":"","act":{"kind":"http","method":"POST","url":"https://a.b","headers":[{"name":"A","value":"B"}],"body":"{}","keep":[{"pointer":"/a","variable":"v"}],"time_out":3000,"on_failure":[]}},"#,
    r#"{"id":"p","name":"","act":{"kind":"model","instructions":"Help","tools":["t"],"on_failure":[]}},"#,
    r#"{"id":"q","name":"","act":{"kind":"hours","open":[],"closed":[]}},"#,
    r#"{"id":"r","name":"","act":{"kind":"jump","to":"a"}},"#,
    r#"{"id":"s","name":"","act":{"kind":"handoff","team":"tem_1","reason":"r","note":"n","notice":"t"}},"#,
    r#"{"id":"t","name":"","act":{"kind":"close","text":"Bye"}}"#,
    r#"],"resume":"a"}"#,
);

/// The number of step kinds.
const KINDS: usize = 10;

#[test]
fn every_kind_of_step_keeps_its_json() {
    written::<Flow>(&[FLOW]);
    let flow: serde_json::Value = serde_json::from_str(FLOW).expect("JSON");
    let steps = flow["steps"].as_array().expect("steps");
    let kinds: BTreeSet<&str> = steps.iter().filter_map(|step| step["act"]["kind"].as_str()).collect();
    assert_eq!(kinds.len(), KINDS, "{kinds:?}");
}

#[test]
fn positions_and_requests_of_flows_keep_their_json() {
    written::<Position>(&[
        r#"{"at":"start"}"#,
        r#"{"at":"before","step":"a"}"#,
        r#"{"at":"waiting","step":"a","tries":1}"#,
        r#"{"at":"fetching","step":"a"}"#,
        r#"{"at":"modelling","step":"a"}"#,
    ]);
    written::<HttpCall>(&[
        r#"{"method":"GET","url":"https://a.b","headers":[["Authorization","Bearer {{ secret.SHOP }}"]],"body":null,"time_out":5000}"#,
    ]);
}
