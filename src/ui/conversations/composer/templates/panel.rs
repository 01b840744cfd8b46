//! The panel in the composer's place: a list to choose from, or the form of what was chosen.

use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local};

use super::{
    TemplateSender, TemplatesCode, change::follow, first::FirstWord, form::TemplateForm, kept, list::TemplateList,
    place::TemplatePlace, suggestion::SuggestedTemplate,
};
use crate::{
    contract::templates::ListedTemplate,
    domain::template::field::TemplateValues,
    ui::{browser, components::icon::Icon, keyboard::is_composing},
};

/// The element's id of the panel.
pub const PANEL: &str = "send-template";

pub const CODE: TemplatesCode = TemplatesCode { draw, opened, suggest };

fn draw(sender: TemplateSender) -> AnyView {
    view! { <TemplatePanel sender/> }.into_any()
}

fn suggest(sender: TemplateSender) -> AnyView {
    view! { <SuggestedTemplate sender/> }.into_any()
}

fn opened(sender: TemplateSender) {
    if sender.list.with_untracked(Option::is_none) {
        let (me, key) = (sender.place.me(), sender.place.key());
        sender.kept.set_value(kept::load(&me, &key));
        sender.pressed.set_value(kept::load_press(&me, &key));
    }
    sender.read();
}

impl TemplateSender {
    /// Reads the templates. What is filled in stays.
    pub(super) fn read(self) {
        self.failure.set(None);
        let key = self.place.key();
        spawn_local(async move {
            let read = self.place.read().await;
            // The pane may be gone, or show the templates of another number by now.
            if self.list.is_disposed() || self.place.key() != key {
                return;
            }
            match read {
                Ok(picker) => {
                    follow(self, &picker.templates);
                    self.list.set(Some(picker));
                }
                Err(error) => self.failure.set(Some(format!("Couldn't load the templates. {error}"))),
            }
        });
    }

    /// Opens the form of a template, with what was typed into it before, or with what is known.
    pub(super) fn choose(self, listed: ListedTemplate) {
        let mut values = self.kept.with_value(|kept| kept.get(&listed.id).cloned()).unwrap_or_default();
        fill_gaps(&mut values, &listed.prefilled);
        self.values.set(values);
        self.news.set(None);
        self.sending.error.set(None);
        self.takes_focus.set_value(true);
        self.chosen.set(Some(listed));
        self.place.stick();
    }

    /// Why the viewer cannot send a template from here. Tracks.
    pub(super) fn refusal(self, listed: &ListedTemplate) -> Option<String> {
        listed.refusal.clone().or_else(|| self.place.refusal(&listed.template))
    }

    /// The panel on the page of a new conversation, whose code this is a part of. It reads the templates of the number that
    /// is chosen there.
    pub fn first_panel(self, word: FirstWord) -> AnyView {
        Effect::new(move |before: Option<()>| {
            word.channel.track();
            if before.is_some() {
                // Those of another number.
                self.chosen.set(None);
                self.list.set(None);
            }
            untrack(|| opened(self));
        });
        draw(self)
    }

    /// Goes back to the list.
    pub(super) fn leave_form(self) {
        self.takes_focus.set_value(true);
        self.news.set(None);
        self.chosen.set(None);
        self.place.stick();
    }

    /// Takes the focus to the element with this id once it is drawn, if what is drawn now takes it.
    pub(super) fn focus_drawn(self, id: String) {
        if self.takes_focus.try_update_value(std::mem::take) == Some(true) && !browser::has_coarse_pointer() {
            request_animation_frame(move || browser::focus(&id));
        }
    }
}

/// Fills in what is known where nothing was typed. What somebody has emptied stays empty.
pub fn fill_gaps(values: &mut TemplateValues, known: &TemplateValues) {
    for (key, value) in known.iter() {
        if values.iter().all(|(filled, _)| filled != key) {
            values.set(key.clone(), value);
        }
    }
}

#[component]
fn TemplatePanel(sender: TemplateSender) -> impl IntoView {
    // The form is drawn anew only if its fields may be others.
    let shown = Memo::new(move |_| {
        sender.chosen.with(|chosen| chosen.as_ref().map(|chosen| (chosen.id.clone(), chosen.revision)))
    });
    // The list, the form and the composer differ in height, so the end of the thread moves.
    Effect::new(move |_| {
        shown.track();
        sender.list.track();
        sender.place.stick();
    });
    let (can_close, heading) = match sender.place {
        TemplatePlace::Thread(..) => (true, "Send template"),
        TemplatePlace::First(_) => (false, "Choose a template"),
    };
    let title = move || {
        sender.chosen.with(|chosen| match chosen {
            Some(chosen) => chosen.template.name.clone(),
            None => heading.to_owned(),
        })
    };
    let keyed = move |event: KeyboardEvent| {
        if event.key() != "Escape" || is_composing(&event) || browser::has_modifier(&event) {
            return;
        }
        event.prevent_default();
        if shown.with_untracked(Option::is_some) {
            sender.leave_form();
        } else if can_close {
            sender.close();
        }
    };
    let content = move || match shown.get() {
        Some(_) => match sender.chosen.get_untracked() {
            Some(listed) => view! { <TemplateForm sender listed/> }.into_any(),
            None => ().into_any(),
        },
        None => view! { <TemplateList sender/> }.into_any(),
    };
    view! {
        <section class="composer template" id=PANEL aria-label="Template" on:keydown=keyed>
            <header class="panel-head">
                <Show when=move || shown.with(Option::is_some)>
                    <button
                        type="button"
                        class="btn ghost icon"
                        aria-label="All templates"
                        title="All templates"
                        on:click=move |_| sender.leave_form()
                    >
                        <Icon name="left"/>
                    </button>
                </Show>
                <h3 dir="auto">{title}</h3>
                {can_close
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="btn ghost icon"
                                aria-label="Close templates"
                                title="Close. What you filled in is kept."
                                on:click=move |_| sender.close()
                            >
                                <Icon name="x"/>
                            </button>
                        }
                    })}
            </header>
            {content}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::template::field::FieldKey;

    #[test]
    fn what_is_known_fills_gaps_and_replaces_nothing_typed() {
        let (name, day, city) = (FieldKey::body("1"), FieldKey::body("2"), FieldKey::body("3"));
        let mut values = TemplateValues::default();
        values.set(name.clone(), "Ms Lind");
        values.set(day.clone(), "");
        let known = [(name.clone(), "Rosa"), (day.clone(), "Friday"), (city.clone(), "Lisbon")];
        fill_gaps(&mut values, &known.map(|(key, value)| (key, value.to_owned())).into_iter().collect());
        assert_eq!([&name, &day, &city].map(|key| values.get(key)), ["Ms Lind", "", "Lisbon"]);
    }
}
