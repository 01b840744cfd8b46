//! Requests for contact cards. Meta requires a name that is shown and one part of it; the whole name is that part, because
//! which of its words is the first name depends on the country.

use serde::Serialize;

use crate::domain::message::ContactCard;

#[derive(Debug, Serialize)]
pub struct CardRequest<'a> {
    pub name: RequestName<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<RequestPhone<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<RequestEmail<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<RequestCompany<'a>>,
}

#[derive(Debug, Serialize)]
pub struct RequestName<'a> {
    pub formatted_name: &'a str,
    pub first_name: &'a str,
}

/// Without a `wa_id`: whether the number is on WhatsApp is unknown, and with a wrong one the card would open a chat with
/// nobody.
#[derive(Debug, Serialize)]
pub struct RequestPhone<'a> {
    pub phone: &'a str,
}

#[derive(Debug, Serialize)]
pub struct RequestEmail<'a> {
    pub email: &'a str,
}

#[derive(Debug, Serialize)]
pub struct RequestCompany<'a> {
    pub company: &'a str,
}

impl<'a> CardRequest<'a> {
    pub fn of(card: &'a ContactCard) -> Self {
        let name = card.name.as_deref().unwrap_or_default();
        Self {
            name: RequestName { formatted_name: name, first_name: name },
            phones: card.phones.iter().map(|phone| RequestPhone { phone }).collect(),
            emails: card.emails.iter().map(|email| RequestEmail { email }).collect(),
            org: card.organisation.as_deref().map(|company| RequestCompany { company }),
        }
    }
}
