//! A tool that a tenant lets its model call: one HTTP request whose arguments are described by a JSON schema.
//!
//! The tenant fixes the server: no argument can change the scheme or host of the address, so a customer cannot make the
//! model call another server.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{address_fault, schema::schema_fault};
use crate::{time::Span, variant_names::variant_names};

/// The method of a request by a model's tool or a flow step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    #[default]
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

variant_names!(Method {
    Get => "GET",
    Post => "POST",
    Put => "PUT",
    Patch => "PATCH",
    Delete => "DELETE",
});

/// A header of a request. Its value may reference a secret: `Bearer {{ secret.SHOP_KEY }}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolHeader {
    pub name: String,
    pub value: String,
}

/// A tool. The server fills in everything in `{{ }}` after validating the arguments against the schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolDefinition {
    /// The name that the model uses: letters, digits, `_` and `-`.
    pub name: String,
    /// Tells the model when to use it.
    pub description: String,
    /// JSON schema of the arguments: an object.
    pub schema: Value,
    pub method: Method,
    /// Template of the address; its host is plain text.
    pub url: String,
    pub headers: Vec<ToolHeader>,
    /// Template of the body; empty sends none.
    pub body: String,
    pub time_out: Span,
    /// How many characters of the result the model receives.
    pub result_limit: usize,
}

/// Names of the built-in tools.
pub const BUILT_IN: [&str; 4] = ["handoff", "set_variable", "close", "finish"];
/// The most headers per request.
pub const HEADERS: usize = 20;
/// Headers that describe the message or the connection; only the HTTP client sets them.
const CONNECTION_HEADERS: [&str; 10] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "keep-alive",
    "proxy-authorization",
];

impl Default for ToolDefinition {
    fn default() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            schema: serde_json::json!({"type": "object", "properties": {}, "additionalProperties": false}),
            method: Method::default(),
            url: String::new(),
            headers: Vec::new(),
            body: String::new(),
            time_out: Span::seconds(5),
            result_limit: 4_000,
        }
    }
}

impl ToolDefinition {
    /// Why the tool cannot be saved, as a sentence for the admin.
    pub fn fault(&self) -> Option<String> {
        self.faults().into_iter().next().map(|(_, words)| words)
    }

    /// Every fault that blocks saving, each with its field. The server validates the schema itself, because it has the
    /// JSON schema library.
    pub fn faults(&self) -> Vec<(ToolField, String)> {
        let mut faults = Vec::new();
        let mut say = |field: ToolField, words: String| faults.push((field, words));
        if !is_name(&self.name) {
            say(ToolField::Name, "Enter a name of 1 to 64 letters, digits, underscores and hyphens.".to_owned());
        }
        if BUILT_IN.contains(&self.name.as_str()) {
            say(ToolField::Name, format!("“{}” is a built-in tool. Choose another name.", self.name));
        }
        let length = self.description.chars().count();
        if self.description.trim().is_empty() || length > 1_000 {
            let words = "Describe when the model should use this tool, in up to 1,000 characters.";
            say(ToolField::Description, words.to_owned());
        }
        if self.schema.get("type").and_then(Value::as_str) != Some("object") {
            say(
                ToolField::Schema,
                "The schema must describe an object, for example {\"type\": \"object\", …}.".to_owned(),
            );
        }
        if let Some(words) = schema_fault(&self.schema) {
            say(ToolField::Schema, words);
        }
        if let Some(words) = url_fault(&self.url) {
            say(ToolField::Url, words);
        }
        for (at, header) in self.headers.iter().enumerate() {
            if let Some(words) = header_fault(header) {
                say(ToolField::Header(at), words);
            }
        }
        if self.headers.len() > HEADERS {
            say(ToolField::Header(HEADERS), format!("A request can have up to {HEADERS} headers. Remove some."));
        }
        if self.body.chars().count() > 10_000 {
            say(ToolField::Body, "The body can have up to 10,000 characters. Shorten it.".to_owned());
        }
        if self.time_out < Span::seconds(1) || self.time_out > Span::seconds(5) {
            say(ToolField::TimeOut, "Enter a time limit between 1 and 5 seconds.".to_owned());
        }
        if !(100..=20_000).contains(&self.result_limit) {
            say(ToolField::ResultLimit, "Enter a result length between 100 and 20,000 characters.".to_owned());
        }
        faults
    }
}

/// A field of a tool, used to show a fault at its field. Headers are identified by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolField {
    Name,
    Description,
    Schema,
    Url,
    Header(usize),
    Body,
    TimeOut,
    ResultLimit,
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Why a tool or step cannot use an address template: its host must be plain text.
pub fn url_fault(url: &str) -> Option<String> {
    // Spaces within `{{ }}` are allowed.
    let server = url.split("{{").next().unwrap_or_default();
    if let Some(fault) = address_fault(server.trim_end()) {
        return Some(fault);
    }
    let after = server.split_once("://").map_or("", |(_, rest)| rest);
    // Without a `/`, `?` or `#` before the first variable, its value would become part of the host: shop{{x}}.
    let is_open = server.len() < url.len() && !after.contains(['/', '?', '#']);
    is_open.then(|| "Enter the server name as text. Variables can only follow the first “/”.".to_owned())
}

/// Whether a header describes the message or the connection, so a tenant may not set it.
pub fn is_reserved_header(name: &str) -> bool {
    CONNECTION_HEADERS.iter().any(|header| header.eq_ignore_ascii_case(name))
}

/// Why a header cannot be sent.
pub fn header_fault(header: &ToolHeader) -> Option<String> {
    let name = header.name.to_ascii_lowercase();
    let is_token =
        !name.is_empty() && name.len() <= 100 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if !is_token {
        return Some("Use only letters, digits, hyphens and underscores in a header's name.".to_owned());
    }
    if is_reserved_header(&name) {
        return Some(format!("The header {} is set by the server. Remove it.", header.name));
    }
    (header.value.chars().any(char::is_control) || header.value.chars().count() > 2_000)
        .then(|| format!("Keep the value of {} to one line of up to 2,000 characters.", header.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::schema::SCHEMA_LIMIT;

    fn tool() -> ToolDefinition {
        ToolDefinition {
            name: "order_status".into(),
            description: "Looks an order up.".into(),
            url: "https://shop.example.com/orders/{{ order }}?full=1".into(),
            headers: vec![ToolHeader { name: "Authorization".into(), value: "Bearer {{ secret.SHOP }}".into() }],
            ..ToolDefinition::default()
        }
    }

    #[test]
    fn a_tool_survives_its_json() {
        let json = serde_json::to_string(&tool()).expect("a tool is JSON");
        assert_eq!(serde_json::from_str::<ToolDefinition>(&json).expect("its own JSON"), tool());
        assert_eq!(tool().fault(), None);
    }

    #[test]
    fn no_argument_may_choose_the_server() {
        for url in [
            "https://{{ host }}/orders",
            "{{ url }}",
            "https://shop.{{ x }}",
            "https://shop.example.com{{ x }}",
            "https://shop.example.com:80{{ port }}/",
            "{{ scheme }}://shop.example.com/",
            "https://me@shop.example.com/{{ x }}",
        ] {
            assert!(url_fault(url).is_some(), "{url}");
        }
        assert_eq!(url_fault("https://shop.example.com?order={{ x }}"), None);
    }

    #[test]
    fn headers_of_the_connection_are_not_a_tenants() {
        for (name, value) in [("Host", "inner"), ("content-length", "0"), ("x y", ""), ("", ""), ("X-A", "b\r\nX-C: d")]
        {
            assert!(header_fault(&ToolHeader { name: name.into(), value: value.into() }).is_some(), "{name}");
        }
    }

    #[test]
    fn built_in_names_are_taken() {
        for name in BUILT_IN {
            let fault = ToolDefinition { name: name.into(), ..tool() }.fault();
            assert!(fault.is_some_and(|words| words.contains("built-in")), "{name}");
        }
        assert!(ToolDefinition { schema: serde_json::json!({"type": "array"}), ..tool() }.fault().is_some());
        assert!(ToolDefinition { time_out: Span::seconds(6), ..tool() }.fault().is_some());
    }

    #[test]
    fn a_tool_is_accepted_up_to_its_limits() {
        let fields = |change: &dyn Fn(&mut ToolDefinition)| {
            let mut tool = tool();
            change(&mut tool);
            tool.faults().into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        let header = |value: usize| ToolHeader { name: "X-A".into(), value: "v".repeat(value) };
        let schema = |length: usize| serde_json::json!({ "type": "object", "a": "x".repeat(length - 24) });
        assert_eq!(schema(SCHEMA_LIMIT).to_string().len(), SCHEMA_LIMIT);
        // at the limit, then beyond it
        assert_eq!(fields(&|tool| tool.name = "a-Z_9".repeat(12)), []);
        assert_eq!(fields(&|tool| tool.name = "x".repeat(64)), []);
        assert_eq!(fields(&|tool| tool.name = "x".repeat(65)), [ToolField::Name]);
        assert_eq!(fields(&|tool| tool.name = String::new()), [ToolField::Name]);
        assert_eq!(fields(&|tool| tool.name = "a.b".into()), [ToolField::Name]);
        assert_eq!(fields(&|tool| tool.description = "ü".repeat(1_000)), []);
        assert_eq!(fields(&|tool| tool.description = "ü".repeat(1_001)), [ToolField::Description]);
        assert_eq!(fields(&|tool| tool.description = " ".into()), [ToolField::Description]);
        assert_eq!(fields(&|tool| tool.schema = schema(SCHEMA_LIMIT)), []);
        assert_eq!(fields(&|tool| tool.schema = schema(SCHEMA_LIMIT + 1)), [ToolField::Schema]);
        assert_eq!(fields(&|tool| tool.schema = serde_json::json!({})), [ToolField::Schema]);
        assert_eq!(fields(&|tool| tool.url = "shop".into()), [ToolField::Url]);
        assert_eq!(fields(&|tool| tool.headers = vec![header(2_000); HEADERS]), []);
        assert_eq!(fields(&|tool| tool.headers = vec![header(1); HEADERS + 1]), [ToolField::Header(HEADERS)]);
        assert_eq!(fields(&|tool| tool.headers = vec![header(1), header(2_001)]), [ToolField::Header(1)]);
        assert_eq!(fields(&|tool| tool.body = "ü".repeat(10_000)), []);
        assert_eq!(fields(&|tool| tool.body = "ü".repeat(10_001)), [ToolField::Body]);
        for (time_out, expected) in [(999, 1), (1_000, 0), (5_000, 0), (5_001, 1)] {
            assert_eq!(fields(&|tool| tool.time_out = Span(time_out)).len(), expected, "{time_out}");
        }
        for (result_limit, expected) in [(99, 1), (100, 0), (20_000, 0), (20_001, 1)] {
            assert_eq!(fields(&|tool| tool.result_limit = result_limit).len(), expected, "{result_limit}");
        }
    }

    #[test]
    fn an_address_without_variables_needs_no_path() {
        for url in ["https://shop.example.com", "https://shop.example.com#{{ x }}", "https://shop.example.com/{{ x }}"]
        {
            assert_eq!(url_fault(url), None, "{url}");
        }
        let open = url_fault("https://shop.{{ x }}/orders");
        assert_eq!(open.as_deref(), Some("Enter the server name as text. Variables can only follow the first “/”."));
    }

    #[test]
    fn a_header_is_refused_with_its_reason() {
        let fault = |name: &str, value: &str| header_fault(&ToolHeader { name: name.into(), value: value.into() });
        assert_eq!((fault("X_a-9", "v"), fault(&"a".repeat(100), "v")), (None, None));
        let token = "Use only letters, digits, hyphens and underscores in a header's name.".to_owned();
        for name in ["", "a b", "a:b", "é", &"a".repeat(101)] {
            assert_eq!(fault(name, "v"), Some(token.clone()), "{name}");
        }
        assert_eq!(fault("Host", "v").as_deref(), Some("The header Host is set by the server. Remove it."));
        for value in ["a\tb", &"v".repeat(2_001)] {
            let words = "Keep the value of X-A to one line of up to 2,000 characters.";
            assert_eq!(fault("X-A", value).as_deref(), Some(words));
        }
        assert_eq!(fault("X-A", &"ü".repeat(2_000)), None);
        assert!(is_reserved_header("Keep-Alive") && !is_reserved_header("Keep-Alive-2"));
    }
}
