//! Sends the template in the form. The form stays as it is until the server has accepted it.

use leptos::prelude::*;

use super::{TemplateSender, kept, place::TemplatePlace};
use crate::{
    api::templates::send_template,
    contract::{
        ApiError,
        templates::{ListedTemplate, TemplateSend},
    },
    domain::{
        ids::TemplateId,
        template::field::{FieldKey, TemplateValues},
    },
    ui::{
        browser::random_id,
        conversations::thread::{items::to_end, state::ThreadState},
        kit::show_field_error,
        state::Connection,
    },
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
        self.kept.with_value(|kept| kept::store(&self.place.me(), &self.place.key(), kept));
    }

    /// Sends what is in the form, unless that is under way.
    pub(super) fn send(self, listed: &ListedTemplate) {
        match self.place {
            TemplatePlace::Thread(open, ..) => self.send_within(open, listed),
            TemplatePlace::First(word) => word.send(self, listed),
        }
    }

    /// Forgets what was filled into a template that was sent.
    pub(super) fn forget(self, template: &TemplateId) {
        self.kept.update_value(|kept| {
            kept.remove(template);
        });
        self.store_kept();
    }

    fn send_within(self, open: ThreadState, listed: &ListedTemplate) {
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
        let (me, key, app) = (self.place.me(), self.place.key(), open.app);
        kept::store_press(&me, &key, Some(&press));
        self.pressed.set_value(Some(press.clone()));
        self.sending.run_as((), send_template(open.id(), press.clone()), move |answer| {
            let is_left = self.values.is_disposed();
            match answer {
                Ok(()) if is_left => kept::forget(&me, &key, &press.template),
                Ok(()) => self.sent(open, &press),
                Err(error) if is_left => app.show_error(&error),
                Err(error) => self.refused(&error),
            }
        });
    }

    fn sent(self, open: ThreadState, press: &TemplateSend) {
        self.pressed.set_value(None);
        kept::store_press(&self.place.me(), &self.place.key(), None);
        self.forget(&press.template);
        open.files.forget_used(&press.values);
        self.chosen.set(None);
        self.values.set(TemplateValues::default());
        self.news.set(None);
        self.search.set(String::new());
        self.close();
        to_end(open);
        // Without a stream, which would bring the message.
        if open.app.connection.get_untracked() != Connection::Live {
            open.reread();
        }
    }

    fn refused(self, error: &ApiError) {
        show_field_error(self.place.app(), self.sending.error, error);
        // The template may have changed, or the conversation may be a colleague's by now.
        if matches!(error, ApiError::Conflict(_) | ApiError::NotFound) {
            self.read();
            self.place.reread();
        }
    }
}
