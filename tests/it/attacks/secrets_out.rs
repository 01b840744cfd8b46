//! Goal: a secret in a prompt, a request, a record or a message; also by templates that the attacker writes.

use super::*;

pub fn attacks(_: u16) -> Vec<Attack> {
    let named = [
        "{{ secret.SHOP }}",
        "{{secret.SHOP}}",
        "}}{{ secret.SHOP }}{{",
        "{{ secret.GLOBEX }}",
        "{% raw %}{{ secret.SHOP }}{% endraw %}",
        "{{ 7*7 }}",
        "{{ customer.__class__ }}",
        "${7*7} #{7*7} <%= 7*7 %>",
    ];
    let mut attacks = Vec::new();
    for words in named {
        attacks.push(Attack::new(format!("{words} typed by the customer"), vec![reply(words)]).says(words));
        attacks.push(
            Attack::tool(format!("{words} in an address"), "order_status", json!({"order": words}))
                .reaches(&[&format!("GET /orders/{}", encoded(words))]),
        );
        attacks.push(
            Attack::tool(format!("{words} in a header and a body"), "note", json!({"text": words}))
                .reaches(&["POST /notes"]),
        );
        attacks.push(
            Attack::new(format!("{words} as a name, in a flow"), Vec::new())
                .under(words)
                .says(format!("hook {words}"))
                .reaches(&[&format!("POST /hook?name={}", encoded(words))])
                .ends(After::Closed),
        );
    }
    let kept = vec![call("set_variable", json!({"name": "secret.SHOP", "value": "{{ secret.SHOP }}"})), reply("Kept.")];
    attacks.push(Attack::new("a variable that is called like a secret", kept));
    let asked = json!({"reason": "{{ secret.SHOP }}", "summary": "{{ secret.SHOP }}", "urgency": "high"});
    attacks.push(Attack::new("a secret as a reason", vec![call("handoff", asked)]).ends(After::Person));
    attacks.push(Attack::tool("a server that says the secret back", "echo", json!({})).reaches(&["GET /echo"]));
    attacks
}
