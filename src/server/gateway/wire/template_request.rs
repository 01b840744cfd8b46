//! Requests for templates: `template` with its `components`, in lower case. To add a component or a parameter: a variant,
//! its arm in [`TemplateRequest::of`], and its golden request in `gateway/template_tests.rs`.

use serde::Serialize;

use super::request::FileBody;
use crate::domain::{
    message::outgoing::{FileKind, FileSource},
    template::message::{
        ButtonParameter, ButtonValue, CardParameters, HeaderParameter, TemplateMessage, TextParameter,
    },
};

#[derive(Debug, Serialize)]
pub struct TemplateRequest<'a> {
    pub name: &'a str,
    pub language: RequestLanguage<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<RequestComponent<'a>>,
}

#[derive(Debug, Serialize)]
pub struct RequestLanguage<'a> {
    pub code: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RequestComponent<'a> {
    Header {
        parameters: [RequestParameter<'a>; 1],
    },
    Body {
        parameters: Vec<RequestParameter<'a>>,
    },
    /// `index` is a string in Meta's reference.
    Button {
        sub_type: &'static str,
        index: String,
        parameters: [RequestParameter<'a>; 1],
    },
    Carousel {
        cards: Vec<RequestCard<'a>>,
    },
}

#[derive(Debug, Serialize)]
pub struct RequestCard<'a> {
    pub card_index: usize,
    pub components: Vec<RequestComponent<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RequestParameter<'a> {
    Text {
        #[serde(skip_serializing_if = "Option::is_none")]
        parameter_name: Option<&'a str>,
        text: &'a str,
    },
    Image {
        image: FileBody<'a>,
    },
    Video {
        video: FileBody<'a>,
    },
    Document {
        document: FileBody<'a>,
    },
    Location {
        location: LocationBody<'a>,
    },
    Payload {
        payload: &'a str,
    },
    CouponCode {
        coupon_code: &'a str,
    },
    Action {
        action: FlowAction<'a>,
    },
}

#[derive(Debug, Serialize)]
pub struct LocationBody<'a> {
    pub latitude: &'a str,
    pub longitude: &'a str,
    pub name: &'a str,
    pub address: &'a str,
}

#[derive(Debug, Serialize)]
pub struct FlowAction<'a> {
    pub flow_token: &'a str,
}

impl<'a> TemplateRequest<'a> {
    /// `remote_file` is Meta's id of the header's file, if that was uploaded.
    pub fn of(message: &'a TemplateMessage, remote_file: Option<&'a str>) -> Self {
        let parameters = &message.parameters;
        let header = parameters
            .header
            .as_ref()
            .map(|header| RequestComponent::Header { parameters: [header_parameter(header, remote_file)] });
        let cards = parameters
            .cards
            .iter()
            .enumerate()
            .map(|(index, card)| RequestCard { card_index: index, components: card_components(card) });
        let cards: Vec<RequestCard<'a>> = cards.collect();
        let carousel = (!cards.is_empty()).then_some(RequestComponent::Carousel { cards });
        let components =
            header.into_iter().chain(body(&parameters.body)).chain(buttons(&parameters.buttons)).chain(carousel);
        Self {
            name: &message.name,
            language: RequestLanguage { code: &message.language },
            components: components.collect(),
        }
    }
}

fn card_components(card: &CardParameters) -> Vec<RequestComponent<'_>> {
    let file = FileBody { id: None, link: Some(&card.link), caption: None, filename: None, voice: None };
    let header = RequestComponent::Header { parameters: [file_parameter(card.file, file)] };
    std::iter::once(header).chain(body(&card.body)).chain(buttons(&card.buttons)).collect()
}

fn header_parameter<'a>(header: &'a HeaderParameter, remote_file: Option<&'a str>) -> RequestParameter<'a> {
    match header {
        HeaderParameter::Text(parameter) => text(parameter),
        HeaderParameter::File { file, source, filename } => {
            let (id, link) = match source {
                FileSource::Link(link) => (None, Some(link.as_str())),
                FileSource::Uploaded(_) => (remote_file, None),
            };
            let filename = filename.as_deref().filter(|_| *file == FileKind::Document);
            file_parameter(*file, FileBody { id, link, caption: None, filename, voice: None })
        }
        HeaderParameter::Location { latitude, longitude, name, address } => {
            RequestParameter::Location { location: LocationBody { latitude, longitude, name, address } }
        }
    }
}

fn file_parameter(kind: FileKind, file: FileBody<'_>) -> RequestParameter<'_> {
    match kind {
        FileKind::Image => RequestParameter::Image { image: file },
        FileKind::Video => RequestParameter::Video { video: file },
        // No template begins with a sound or a sticker.
        FileKind::Document | FileKind::Audio | FileKind::Voice | FileKind::Sticker => {
            RequestParameter::Document { document: file }
        }
    }
}

fn text(parameter: &TextParameter) -> RequestParameter<'_> {
    RequestParameter::Text { parameter_name: parameter.name.as_deref(), text: &parameter.text }
}

fn body(parameters: &[TextParameter]) -> Option<RequestComponent<'_>> {
    (!parameters.is_empty()).then(|| RequestComponent::Body { parameters: parameters.iter().map(text).collect() })
}

fn buttons(buttons: &[ButtonParameter]) -> impl Iterator<Item = RequestComponent<'_>> {
    buttons.iter().map(|button| {
        let (sub_type, parameter) = match &button.value {
            ButtonValue::Payload(payload) => ("quick_reply", RequestParameter::Payload { payload }),
            ButtonValue::UrlEnd(text) => ("url", RequestParameter::Text { parameter_name: None, text }),
            ButtonValue::CouponCode(coupon_code) => ("copy_code", RequestParameter::CouponCode { coupon_code }),
            ButtonValue::FlowToken(flow_token) => {
                ("flow", RequestParameter::Action { action: FlowAction { flow_token } })
            }
        };
        RequestComponent::Button { sub_type, index: button.index.to_string(), parameters: [parameter] }
    })
}
