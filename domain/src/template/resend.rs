//! Whether a message that failed may be sent again as it was: its values have their places in the template of that time.

use super::{
    MessageTemplate, TemplateDefinition, TemplateHeader,
    field::{FieldKey, TemplateValues},
    message::{ButtonParameter, ButtonValue, HeaderParameter, TemplateMessage, TemplateParameters, TextParameter},
    placeholder::places,
};

impl MessageTemplate {
    /// Whether the template makes the same message of the same values still: the same parameters, which read the same.
    pub fn still_makes(&self, sent: &TemplateMessage) -> bool {
        let values = self.definition.values_of(&sent.parameters);
        let mut parameters = sent.parameters.clone();
        // The name of an uploaded document is no value of the form.
        if let Some(HeaderParameter::File { filename, .. }) = &mut parameters.header {
            *filename = None;
        }
        self.definition.parameters(&values) == parameters && self.definition.preview(&values) == sent.preview
    }
}

impl MessageTemplate {
    /// The values with which the same message can be sent once more; `None` if the template would read otherwise.
    pub fn values_again(&self, sent: &TemplateMessage) -> Option<TemplateValues> {
        self.still_makes(sent).then(|| self.definition.values_of(&sent.parameters))
    }
}

impl TemplateDefinition {
    /// The values of what was sent, in the fields in whose places they would be sent now.
    fn values_of(&self, sent: &TemplateParameters) -> TemplateValues {
        let mut values = TemplateValues::default();
        match &sent.header {
            None => {}
            Some(HeaderParameter::Text(parameter)) => {
                if let Some(TemplateHeader::Text { text }) = &self.header {
                    self.take_texts(&mut values, text, std::slice::from_ref(parameter), FieldKey::header);
                }
            }
            Some(HeaderParameter::File { source, .. }) => values.set(FieldKey::header_file(), source.name()),
            Some(HeaderParameter::Location { latitude, longitude, name, address }) => {
                let parts = [("latitude", latitude), ("longitude", longitude), ("name", name), ("address", address)];
                for (part, value) in parts {
                    values.set(FieldKey::header_location(part), value.as_str());
                }
            }
        }
        self.take_texts(&mut values, &self.body, &sent.body, FieldKey::body);
        take_buttons(&mut values, &sent.buttons, FieldKey::button);
        for (index, card) in sent.cards.iter().enumerate() {
            values.set(FieldKey::header_file().on_card(index), card.link.as_str());
            if let Some(now) = self.cards.get(index) {
                self.take_texts(&mut values, &now.body, &card.body, |place| FieldKey::body(place).on_card(index));
            }
            take_buttons(&mut values, &card.buttons, |button| FieldKey::button(button).on_card(index));
        }
        values
    }

    fn take_texts(
        &self,
        values: &mut TemplateValues,
        text: &str,
        sent: &[TextParameter],
        key: impl Fn(&str) -> FieldKey,
    ) {
        for (place, parameter) in places(text, self.placeholders).iter().zip(sent) {
            values.set(key(place), parameter.text.as_str());
        }
    }
}

fn take_buttons(values: &mut TemplateValues, sent: &[ButtonParameter], key: impl Fn(usize) -> FieldKey) {
    for button in sent {
        match &button.value {
            ButtonValue::UrlEnd(value) | ButtonValue::CouponCode(value) => {
                values.set(key(button.index), value.as_str());
            }
            // Not typed by anybody.
            ButtonValue::Payload(_) | ButtonValue::FlowToken(_) => {}
        }
    }
}
