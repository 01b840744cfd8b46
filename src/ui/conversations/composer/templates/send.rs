//! Sends the template in the form. The form stays as it is until the server has accepted it.

use leptos::prelude::*;

use super::{TemplateSender, kept};
use crate::{
    api::templates::send_template,
    contract::{
        ApiError,
        templates::{ListedTemplate, TemplateSend},
    },
    domain::template::field::{FieldKey, TemplateValues},
    ui::{browser::random_id, conversations::thread::items::to_end, kit::show_field_error, state::Connection},
};

impl TemplateSender {
    /// Something was typed into the form.
    pub(super) fn edit(self, key: FieldKey, typed: String) {
        self.sending.error.set(None);
        self.values.update(|values| values.set(key, typed));
        let Some(id) = self.chosen.with_untracked(|chosen| chosen.as_ref().map(|chosen| chosen.id.clone())) else {
            return;
        };
        let values = self.values.get_untracked();
        self.kept.update_value(|kept| {
            kept.insert(id, values);
        });
        self.store_kept();
    }

    fn store_kept(self) {
        self.kept.with_value(|kept| kept::store(&self.open.me(), &self.open.id(), kept));
    }

    /// Sends what is in the form, unless that is under way.
    pub(super) fn send(self, listed: &ListedTemplate) {
        if self.sending.pending_untracked() {
            return;
        }
        let values = self.values.get_untracked();
        let is_same = |known: &TemplateSend| {
            known.template == listed.id && known.revision == listed.revision && known.values == values
        };
        let known = self.pressed.get_value().filter(is_same);
        let press = known.unwrap_or_else(|| TemplateSend {
            client_id: random_id(),
            template: listed.id.clone(),
            revision: listed.revision,
            values: values.clone(),
        });
        let (me, conversation, app) = (self.open.me(), self.open.id(), self.open.app);
        kept::store_press(&me, &conversation, Some(&press));
        self.pressed.set_value(Some(press.clone()));
        self.sending.run_as((), send_template(conversation.clone(), press.clone()), move |answer| {
            let is_left = self.values.is_disposed();
            match answer {
                Ok(()) if is_left => kept::forget(&me, &conversation, &press.template),
                Ok(()) => self.sent(&press),
                Err(error) if is_left => app.show_error(&error),
                Err(error) => self.refused(&error),
            }
        });
    }

    fn sent(self, press: &TemplateSend) {
        self.pressed.set_value(None);
        kept::store_press(&self.open.me(), &self.open.id(), None);
        self.kept.update_value(|kept| {
            kept.remove(&press.template);
        });
        self.store_kept();
        self.open.files.forget_used(&press.values);
        self.chosen.set(None);
        self.values.set(TemplateValues::default());
        self.news.set(None);
        self.search.set(String::new());
        self.close();
        to_end(self.open);
        // Without a stream, which would bring the message.
        if self.open.app.connection.get_untracked() != Connection::Live {
            self.open.reread();
        }
    }

    fn refused(self, error: &ApiError) {
        show_field_error(self.open.app, self.sending.error, error);
        // The template may have changed, or the conversation may be a colleague's by now.
        if matches!(error, ApiError::Conflict(_) | ApiError::NotFound) {
            self.read();
            self.open.reread();
        }
    }
}
