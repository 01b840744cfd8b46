use super::*;

#[test]
fn an_invalid_value_is_reported_in_one_line_with_its_name() {
    let wrong = [
        (Raw { listen: Some("3000".into()), ..Raw::default() }, "HANDOFF_LISTEN"),
        (Raw::default(), "HANDOFF_SECRET_KEY is missing"),
        (Raw { secret_key: Some("short".into()), ..Raw::default() }, "HANDOFF_SECRET_KEY is too short"),
        (Raw { public_url: Some("desk".into()), ..key() }, "HANDOFF_PUBLIC_URL"),
        (Raw { public_url: Some("http://desk.example.com".into()), ..key() }, "HANDOFF_PUBLIC_URL"),
        (Raw { public_url: Some("HTTP://192.168.1.2:3000".into()), ..key() }, "HANDOFF_PUBLIC_URL"),
        (Raw { listen: Some("0.0.0.0:3000".into()), ..key() }, "HANDOFF_PUBLIC_URL must begin with https://"),
        (Raw { database_url: Some("mysql://x".into()), ..key() }, "DATABASE_URL"),
        (Raw { log_format: Some("xml".into()), ..key() }, "HANDOFF_LOG_FORMAT"),
        (Raw { trusted_proxies: Some("127.0.0.1, proxy".into()), ..key() }, "HANDOFF_TRUSTED_PROXIES: “proxy”"),
        (Raw { trusted_proxies: Some("10.0.0.0/33".into()), ..key() }, "HANDOFF_TRUSTED_PROXIES: the number after"),
        (Raw { hsts_subdomains: Some("yes".into()), ..key() }, "HANDOFF_HSTS_SUBDOMAINS"),
        (Raw { fetch_allow: Some("10.0.0.0/8, intranet".into()), ..key() }, "HANDOFF_FETCH_ALLOW"),
        (Raw { fetch_allow: Some("10.0.0.1".into()), ..key() }, "HANDOFF_FETCH_ALLOW"),
    ];
    for (raw, expected) in wrong {
        let error = Config::check(raw, Purpose::Serve).expect_err(expected).to_string();
        assert!(error.contains(expected) && !error.contains('\n'), "{error}");
    }
    let open = Raw { listen: Some("0.0.0.0:3000".into()), ..Raw::default() };
    assert!(Config::check(open, Purpose::Demo).is_err(), "the demo stays on loopback");
}

#[test]
fn the_public_url_is_https_or_local() {
    let of = |public_url: &str| {
        let raw = Raw { public_url: Some(public_url.to_owned()), ..key() };
        Config::check(raw, Purpose::Serve).map(|config| (config.is_https(), config.public_url))
    };
    for (written, is_https, read) in [
        ("HTTPS://Desk.Example.com/", true, "https://desk.example.com"),
        ("http://localhost:3000", false, "http://localhost:3000"),
        ("http://127.0.0.1:3000/", false, "http://127.0.0.1:3000"),
        ("http://[::1]:3000", false, "http://[::1]:3000"),
    ] {
        assert_eq!(of(written).expect(written), (is_https, read.to_owned()));
    }
    for written in ["http://localhost.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1"] {
        assert!(of(written).is_err(), "{written}");
    }
}

#[test]
fn hsts_is_sent_over_tls_and_covers_subdomains_if_configured() {
    let header = |public_url: &str, subdomains: Option<&str>| {
        let subdomains = subdomains.map(str::to_owned);
        let raw = Raw { public_url: Some(public_url.to_owned()), hsts_subdomains: subdomains, ..key() };
        Config::check(raw, Purpose::Serve).expect(public_url).hsts_header()
    };
    assert_eq!(header("https://desk.test", None), Some("max-age=31536000"));
    assert_eq!(header("https://desk.test", Some("true")), Some("max-age=31536000; includeSubDomains"));
    assert_eq!(header("http://localhost:3000", Some("true")), None);
}

#[test]
fn unknown_file_keys_are_reported_and_unrelated_variables_ignored() {
    let file = config::File::from_str("pubic_url = \"https://desk.test\"", config::FileFormat::Toml);
    let read = config::Config::builder().add_source(file).build().expect("toml");
    let error = read.try_deserialize::<Raw>().expect_err("a slip").to_string();
    assert!(error.contains("pubic_url"), "{error}");
    assert!(is_setting("PUBLIC_URL") && is_setting("demo_model"));
    assert!(!is_setting("TEST_POSTGRES") && !is_setting("PASSWORD") && !is_setting("CONFIG"));
}

#[test]
fn only_the_demo_allows_a_network_by_default() {
    let allowed = |raw, purpose| Config::check(raw, purpose).expect("a configuration").fetch_allow;
    let nets = |text: &str| vec![text.parse::<ipnet::IpNet>().expect("a network")];
    assert_eq!(allowed(key(), Purpose::Serve), []);
    assert_eq!(allowed(key(), Purpose::Demo), nets("127.0.0.0/8"));
    let own = Raw { fetch_allow: Some(" 10.1.0.0/16 ,".into()), ..key() };
    assert_eq!(allowed(own, Purpose::Demo), nets("10.1.0.0/16"));
}

fn key() -> Raw {
    Raw { secret_key: Some("a long enough secret".into()), ..Raw::default() }
}
