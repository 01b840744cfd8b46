//! The first word of a new conversation: what is chosen and typed beside the template, and sending both.

use leptos::prelude::*;

use super::TemplateSender;
use crate::{
    api::outbound::begin_conversation,
    contract::{
        ApiError,
        outbound::{FirstMessage, OutboundCustomer},
        templates::{ListedTemplate, TemplateSend},
    },
    domain::{
        ids::{ChannelId, ConversationId, CustomerId},
        outbound::{FirstRecipient, OptIn},
        phone_number::typed,
        template::MessageTemplate,
    },
    ui::{
        browser::{self, random_id},
        kit::show_field_error,
        state::AppState,
    },
};

/// The ids of the fields beside the template.
pub const NUMBER: &str = "outbound-number";
pub const AGREED: &str = "outbound-agreed";

/// Cheap to copy; lives as long as its page.
#[derive(Clone, Copy)]
pub struct FirstWord {
    pub app: AppState,
    /// The business's number.
    pub channel: RwSignal<Option<ChannelId>>,
    /// To whom, if the page's address names somebody. Otherwise the number counts.
    pub customer: StoredValue<Option<OutboundCustomer>>,
    pub number: RwSignal<String>,
    pub opt_in: RwSignal<OptIn>,
    /// *Send* was pressed, so what is missing is wrong.
    pub is_tried: RwSignal<bool>,
    /// The customer's open conversation, because of which it was refused.
    pub open: RwSignal<Option<ConversationId>>,
    /// Goes to the new conversation.
    pub begun: Callback<ConversationId>,
    /// The last press. Repeated unchanged it keeps its id, so that the server does not send it twice.
    pressed: StoredValue<Option<FirstMessage>>,
}

impl FirstWord {
    pub fn new(
        app: AppState,
        channel: Option<ChannelId>,
        customer: Option<OutboundCustomer>,
        begun: Callback<ConversationId>,
    ) -> Self {
        Self {
            app,
            channel: RwSignal::new(channel),
            customer: StoredValue::new(customer),
            number: RwSignal::new(String::new()),
            opt_in: RwSignal::new(OptIn::default()),
            is_tried: RwSignal::new(false),
            open: RwSignal::new(None),
            begun,
            pressed: StoredValue::new(None),
        }
    }

    pub(super) fn customer_id(self) -> Option<CustomerId> {
        self.customer.with_value(|customer| customer.as_ref().map(|customer| customer.id.clone()))
    }

    pub(super) fn key(self) -> String {
        let channel = self.channel.with_untracked(|channel| channel.as_ref().map(ToString::to_string));
        format!("new.{}", channel.unwrap_or_default())
    }

    /// What is wrong with the number. Tracks.
    pub fn number_fault(self) -> Option<String> {
        if self.customer_id().is_some() {
            return None;
        }
        let number = self.number.with(|text| typed::number(text));
        let fault = number.err().filter(|_| self.is_tried.get());
        fault.map(|fault| fault.words().to_owned())
    }

    /// What is wrong with the noted agreement. Tracks.
    pub fn opt_in_fault(self) -> Option<String> {
        let fault = self.opt_in.with(|opt_in| opt_in.brief().err());
        fault.filter(|_| self.is_tried.get())
    }

    /// Why this template cannot go to the number in the field. Tracks.
    pub(super) fn refusal(self, template: &MessageTemplate) -> Option<String> {
        if self.customer_id().is_some() {
            // The server has said so with the list.
            return None;
        }
        let number = self.number.with(|text| typed::number(text)).ok()?;
        template.refusal(self.app.viewer.with(|viewer| viewer.role), Some(&number), None)
    }

    /// Something was typed or chosen: what was refused may be right now.
    pub fn edited(self) {
        self.open.set(None);
    }

    /// Marks what is missing, and takes the focus to the first of it. Returns whether all is there.
    fn check(self) -> bool {
        self.is_tried.set(true);
        let wrong = untrack(|| match (self.number_fault(), self.opt_in_fault()) {
            (Some(_), _) => Some(NUMBER),
            (None, Some(_)) => Some(AGREED),
            (None, None) => None,
        });
        if let Some(wrong) = wrong {
            browser::focus(wrong);
        }
        wrong.is_none()
    }

    fn message(self, listed: &ListedTemplate, sender: TemplateSender) -> Option<FirstMessage> {
        let to = match self.customer_id() {
            Some(customer) => FirstRecipient::Customer(customer),
            None => FirstRecipient::Number(self.number.get_untracked()),
        };
        let channel = self.channel.get_untracked()?;
        let message = |client_id| FirstMessage {
            channel: channel.clone(),
            to: to.clone(),
            opt_in: self.opt_in.get_untracked(),
            template: TemplateSend {
                client_id,
                template: listed.id.clone(),
                revision: listed.revision,
                values: sender.values.get_untracked(),
            },
        };
        let is_same = |known: &FirstMessage| *known == message(known.template.client_id.clone());
        let press = self.pressed.get_value().filter(is_same).unwrap_or_else(|| message(random_id()));
        self.pressed.set_value(Some(press.clone()));
        Some(press)
    }

    /// Sends it, unless that is under way or something is missing. All that was typed stays until the server has it.
    pub(super) fn send(self, sender: TemplateSender, listed: &ListedTemplate) {
        if sender.sending.pending_untracked() || !self.check() {
            return;
        }
        let Some(message) = self.message(listed, sender) else { return };
        let template = message.template.template.clone();
        self.open.set(None);
        sender.sending.run_as((), begin_conversation(message), move |answer| {
            // The page may have been left.
            if self.open.is_disposed() {
                if let Err(error) = answer {
                    self.app.show_error(&error);
                }
                return;
            }
            match answer {
                Ok(conversation) => {
                    sender.forget(&template);
                    self.begun.run(conversation);
                }
                Err(error) => {
                    if let ApiError::Continued { conversation, .. } = &error {
                        self.open.set(Some(conversation.clone()));
                    }
                    show_field_error(self.app, sender.sending.error, &error);
                    if matches!(error, ApiError::Conflict(_) | ApiError::NotFound) {
                        sender.read();
                    }
                }
            }
        });
    }
}
