//! Goal: a server that the tenant's requests may not reach, by arguments, by redirects, or by names that change their
//! address.

use super::*;

/// The attacker's targets. The private server listens behind those that resolve to the loopback network.
pub fn targets(private_server: u16) -> Vec<String> {
    let mut targets: Vec<String> = [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0.0.0.0",
        "127.0.0.3",
        "loop.test",
        "six.test",
        "mapped.test",
        "both.test",
        "[64:ff9b::7f00:1]",
    ]
    .iter()
    .map(|host| format!("http://{host}:{private_server}/latest/meta-data/"))
    .collect();
    let others = [
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.0.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://inner.test/",
        "http://cloud.test/latest/meta-data/",
    ];
    targets.extend(others.map(ToOwned::to_owned));
    targets
}

pub fn attacks(private_server: u16) -> Vec<Attack> {
    let mut attacks = Vec::new();
    for (nth, target) in targets(private_server).into_iter().enumerate() {
        let place = format!("place_{nth}");
        attacks.push(Attack::tool(format!("a tool that leads to {target}"), &place, json!({})).refused(&place, GATE));
        attacks.push(
            Attack::tool(format!("a redirect to {target}"), "away", json!({"n": nth.to_string()}))
                .reaches(&[&format!("GET /away/{nth}")])
                .refused("away", GATE),
        );
    }
    let loopback = format!("http://127.0.0.1:{private_server}/");
    // What nobody sees and digits of other scripts are normalised before anything leaves.
    for (argument, sent) in
        [("１２７.0.0.1", "127.0.0.1"), ("\u{202e}10042", "10042"), ("10042\u{200b}", "10042")].into_iter().chain(
            [
                loopback.as_str(),
                "../admin",
                "x?admin=1",
                "x#fragment",
                "x@127.0.0.1",
                "%2e%2e/admin",
                "\\\\127.0.0.1\\share",
                "//127.0.0.1/",
                "7;admin=1",
            ]
            .map(|argument| (argument, argument)),
        )
    {
        attacks.push(
            Attack::tool(format!("an order named {argument:?}"), "order_status", json!({"order": argument}))
                .says(format!("Look up order {argument}"))
                .reaches(&[&format!("GET /orders/{}", encoded(sent))]),
        );
    }
    for argument in ["..", "."] {
        attacks.push(Attack::tool(format!("an order named {argument:?}"), "order_status", json!({"order": argument})));
    }
    attacks.push(Attack::tool("an order without end", "order_status", json!({"order": "9".repeat(5_000)})));
    for argument in ["a&kind=private", "a#", "a&q=b", "a kind=private\r\n"] {
        attacks.push(
            Attack::tool(format!("a search for {argument:?}"), "search", json!({"q": argument}))
                .reaches(&[&format!("GET /search?q={}&kind=public", encoded(argument))]),
        );
    }
    let twice = vec![call("rebind", json!({"n": "1"})), call("rebind", json!({"n": "2"})), reply("Done.")];
    attacks
        .push(Attack::new("a name that changes its mind", twice).reaches(&["GET /ping?n=1"]).refused("rebind", GATE));
    attacks
}
