//! A tool as typed text, and the parsing of it.

use serde_json::Value;

use crate::{
    domain::{
        model::{Method, ToolDefinition, ToolField, ToolHeader},
        time::Span,
    },
    ui::number::parse_whole,
};

/// A header of the form. The id is the key of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedHeader {
    pub id: u32,
    pub name: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedTool {
    pub name: String,
    pub description: String,
    pub schema: String,
    pub method: Method,
    pub url: String,
    pub headers: Vec<TypedHeader>,
    pub body: String,
    /// Seconds.
    pub time_out: String,
    pub result_limit: String,
    next_id: u32,
}

/// Faults, each with its field.
pub type ToolFaults = Vec<(ToolField, String)>;

/// The schema of a new tool, as an example to change.
const EXAMPLE: &str = r#"{
  "type": "object",
  "properties": {
    "order": { "type": "string", "description": "The order's number" }
  },
  "required": ["order"],
  "additionalProperties": false
}"#;

impl TypedTool {
    pub fn blank() -> Self {
        Self { schema: EXAMPLE.to_owned(), ..Self::of(&ToolDefinition::default()) }
    }

    pub fn of(tool: &ToolDefinition) -> Self {
        let mut typed = Self {
            name: tool.name.clone(),
            description: tool.description.clone(),
            schema: serde_json::to_string_pretty(&tool.schema).unwrap_or_default(),
            method: tool.method,
            url: tool.url.clone(),
            headers: Vec::new(),
            body: tool.body.clone(),
            time_out: (tool.time_out.millis() / 1_000).to_string(),
            result_limit: tool.result_limit.to_string(),
            next_id: 0,
        };
        for header in &tool.headers {
            typed.add_header(header.name.clone(), header.value.clone());
        }
        typed
    }

    /// Returns the id of the new header.
    pub fn add_header(&mut self, name: String, value: String) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        self.headers.push(TypedHeader { id, name, value });
        id
    }

    /// The tool as far as it can be parsed, and its faults.
    pub fn read(&self) -> (ToolDefinition, ToolFaults) {
        let mut faults = ToolFaults::new();
        let schema = serde_json::from_str(&self.schema).unwrap_or_else(|error| {
            faults.push((ToolField::Schema, format!("This is not JSON: {error}.")));
            Value::Null
        });
        let mut number = |field: ToolField, typed: &str| {
            let read = parse_whole(typed);
            if read.is_none() {
                faults.push((field, "Enter a whole number.".to_owned()));
            }
            read.unwrap_or(0)
        };
        // At most twelve digits, so that the milliseconds do not overflow.
        let seconds = i64::try_from(number(ToolField::TimeOut, &self.time_out)).unwrap_or(0);
        let time_out = Span::seconds(seconds);
        let result_limit = usize::try_from(number(ToolField::ResultLimit, &self.result_limit)).unwrap_or(usize::MAX);
        let tool = ToolDefinition {
            name: self.name.trim().to_owned(),
            description: self.description.trim().to_owned(),
            schema,
            method: self.method,
            url: self.url.trim().to_owned(),
            headers: self
                .headers
                .iter()
                .map(|header| ToolHeader { name: header.name.trim().to_owned(), value: header.value.trim().to_owned() })
                .collect(),
            body: self.body.clone(),
            time_out,
            result_limit,
        };
        // A field that cannot be parsed shows that fault only.
        let further = tool.faults().into_iter().filter(|(field, _)| !faults.iter().any(|(known, _)| known == field));
        let further: ToolFaults = further.collect();
        faults.extend(further);
        (tool, faults)
    }

    /// Whether the field is still as in `first`: faults of untouched fields are not shown.
    pub fn is_untouched(&self, first: &Self, field: ToolField) -> bool {
        match field {
            ToolField::Name => self.name == first.name,
            ToolField::Description => self.description == first.description,
            ToolField::Schema => self.schema == first.schema,
            ToolField::Url => self.url == first.url,
            ToolField::Header(at) => match self.headers.get(at) {
                Some(header) => first.headers.contains(header) || header.name.is_empty() && header.value.is_empty(),
                None => false,
            },
            ToolField::Body => self.body == first.body,
            ToolField::TimeOut => self.time_out == first.time_out,
            ToolField::ResultLimit => self.result_limit == first.result_limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_survives_the_form() {
        let tool = ToolDefinition {
            name: "order_status".into(),
            description: "Looks an order up.".into(),
            url: "https://shop.example.com/orders/{{ order }}".into(),
            headers: vec![ToolHeader { name: "X-Key".into(), value: "{{ secret.SHOP }}".into() }],
            ..ToolDefinition::default()
        };
        assert_eq!(TypedTool::of(&tool).read(), (tool, Vec::new()));
    }

    #[test]
    fn a_field_that_cannot_be_read_says_so_once() {
        let typed = TypedTool {
            schema: "{".into(),
            time_out: "soon".into(),
            name: "ok".into(),
            description: "ok".into(),
            url: "https://a.example/".into(),
            ..TypedTool::blank()
        };
        let fields: Vec<_> = typed.read().1.into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, [ToolField::Schema, ToolField::TimeOut]);
    }

    #[test]
    fn nobody_is_told_off_for_an_empty_form() {
        let blank = TypedTool::blank();
        for (field, words) in blank.read().1 {
            assert!(blank.is_untouched(&blank, field), "{words}");
        }
    }
}
