//! The list of templates: search over names and texts, and what WhatsApp says of each. Those that can be sent come first, and
//! among them those that fit best (`domain::template::rank`).

use leptos::{ev::KeyboardEvent, prelude::*};

use super::TemplateSender;
use crate::{
    contract::templates::ListedTemplate,
    domain::{
        ids::TemplateId,
        template::{
            TemplateQuality, TemplateStatus,
            rank::{Fit, TemplateCandidate},
        },
        text::{clip, folded_decomposed, one_line},
    },
    ui::{
        browser::{self, Motion, scroll_to},
        components::icon::Icon,
        keyboard::is_composing,
        kit::language_name,
    },
};

/// The id of the search field.
const SEARCH: &str = "template-search";

/// The id of the list's element.
const LIST: &str = "template-list";

/// How much of a text an option shows, in characters.
const EXCERPT: usize = 120;

/// The element of a template's option.
fn element_id(id: &TemplateId) -> String {
    format!("template-{id}")
}

/// The templates with all words of the search. Those that fit the customer best come first, and those that
/// cannot be sent last.
pub(super) fn find(templates: &[ListedTemplate], typed: &str, language: Option<&str>) -> Vec<ListedTemplate> {
    let folded = |text: &str| folded_decomposed(&browser::decomposed(text));
    let search = folded(typed);
    let words: Vec<&str> = search.split_whitespace().collect();
    let is_found = |listed: &&ListedTemplate| {
        let template = &listed.template;
        let preview = template.definition.preview(&listed.prefilled);
        let name = template.name.replace('_', " ");
        let mut texts = preview.texts();
        texts.extend([template.name.as_str(), name.as_str()]);
        let texts = folded(&texts.join(" "));
        words.iter().all(|word| texts.contains(word))
    };
    let mut found: Vec<ListedTemplate> = templates.iter().filter(is_found).cloned().collect();
    found.sort_by_key(|listed| (listed.refusal.is_some(), Fit::of(&candidate(listed), language)));
    found
}

/// What is known of a template, to compare it with others.
pub(super) fn candidate(listed: &ListedTemplate) -> TemplateCandidate<'_> {
    let ListedTemplate { template, prefilled, last_use, .. } = listed;
    TemplateCandidate { template, prefilled, last_use: *last_use }
}

#[component]
pub fn TemplateList(sender: TemplateSender) -> impl IntoView {
    let found = Memo::new(move |_| {
        let language = sender.place.language();
        let typed = sender.search.get();
        sender.list.with(|list| list.as_ref().map(|list| find(&list.templates, &typed, language.as_deref())))
    });
    let place = RwSignal::new(0_usize);
    let active =
        Memo::new(move |_| found.with(|found| found.as_ref()?.get(place.get()).map(|listed| listed.id.clone())));
    Effect::new(move |_| {
        let element = active.with(|active| active.as_ref().map(element_id));
        // The options are drawn by then.
        request_animation_frame(move || {
            if let Some(element) = element {
                scroll_to(&element, Motion::Instant);
            }
        });
    });
    Effect::new(move |_| sender.focus_drawn(SEARCH.to_owned()));
    let count = move || found.with_untracked(|found| found.as_ref().map_or(0, Vec::len));
    let step = move |down: usize| {
        let count = count();
        if count > 0 {
            place.update(|place| *place = (*place + down) % count);
        }
    };
    let keyed = move |event: KeyboardEvent| {
        if is_composing(&event) || browser::has_modifier(&event) {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => step(1),
            "ArrowUp" => step(count().saturating_sub(1)),
            // A held key must not press what comes next.
            "Enter" if event.repeat() => {}
            "Enter" => {
                let listed = found.with_untracked(|found| found.as_ref()?.get(place.get_untracked()).cloned());
                if let Some(listed) = listed {
                    sender.choose(listed);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let has_rows = Memo::new(move |_| found.with(|found| found.as_ref().is_some_and(|found| !found.is_empty())));
    let rows = move || found.get().unwrap_or_default();
    let key = |listed: &ListedTemplate| (listed.id.clone(), listed.revision, listed.refusal.clone());
    view! {
        <div class="search">
            <Icon name="search"/>
            <input
                id=SEARCH
                type="text"
                role="combobox"
                aria-label="Search templates"
                aria-autocomplete="list"
                aria-expanded="true"
                aria-controls=LIST
                aria-activedescendant=move || active.with(|active| active.as_ref().map(element_id))
                placeholder="Search by name or text"
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                prop:value=move || sender.search.get()
                on:input:target=move |event| {
                    place.set(0);
                    sender.search.set(event.target().value());
                }
                on:keydown=keyed
            />
        </div>
        <Notices sender/>
        <div id=LIST class="template-list" role="listbox" aria-label="Templates" hidden=move || !has_rows.get()>
            <For each=rows key=key let:listed>
                <TemplateOption sender listed active/>
            </For>
        </div>
        <p class="hint" role="status">
            {move || status_words(
                &sender.search.get(),
                found.with(|found| found.as_ref().map(Vec::len)),
                match sender.list.with(|list| list.as_ref().map(|list| list.templates.len())) {
                    Some(all) => Listing::Read { all },
                    None if sender.failure.with(Option::is_some) => Listing::Failed,
                    None => Listing::Awaited,
                },
            )}
        </p>
    }
}

/// Why the list may be out of date, or is not there.
#[component]
fn Notices(sender: TemplateSender) -> impl IntoView {
    let words = move || {
        let failure = sender.failure.get();
        failure.or_else(|| sender.news.get()).or_else(|| {
            let fault = sender.list.with(|list| list.as_ref().and_then(|list| list.fault.clone()))?;
            Some(format!("This list may be out of date. {fault}"))
        })
    };
    move || {
        words().map(|words| {
            view! {
                <div class="fault" role="alert">
                    <Icon name="alert"/>
                    <p>{words}</p>
                    <button type="button" class="btn" on:click=move |_| sender.read()>
                        <Icon name="retry"/>
                        "Try again"
                    </button>
                </div>
            }
        })
    }
}

/// How far the list of templates is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listing {
    Awaited,
    Failed,
    Read { all: usize },
}

/// What is said below the list, and to screen readers.
fn status_words(typed: &str, found: Option<usize>, listing: Listing) -> String {
    match (found, listing) {
        // It is said above the list.
        (_, Listing::Failed) => String::new(),
        (_, Listing::Awaited) | (None, Listing::Read { .. }) => "Loading templates…".to_owned(),
        (_, Listing::Read { all: 0 }) => {
            "This number has no templates yet. Create them in WhatsApp Manager.".to_owned()
        }
        (Some(0), Listing::Read { .. }) => format!("No template matches “{}”.", typed.trim()),
        (Some(1), Listing::Read { .. }) => "1 template".to_owned(),
        (Some(found), Listing::Read { .. }) => format!("{found} templates"),
    }
}

#[component]
fn TemplateOption(sender: TemplateSender, listed: ListedTemplate, active: Memo<Option<TemplateId>>) -> impl IntoView {
    let id = listed.id.clone();
    let element = element_id(&id);
    let is_active = Memo::new(move |_| active.with(|active| active.as_ref() == Some(&id)));
    let template = &listed.template;
    let name = template.name.clone();
    let excerpt = clip(&one_line(&template.definition.preview(&listed.prefilled).body), EXCERPT);
    let refusal = listed.refusal.clone();
    let is_refused = refusal.is_some();
    let is_begun = sender.kept.with_value(|kept| kept.contains_key(&listed.id));
    let facts = facts(&listed);
    let press = move |_| sender.choose(listed.clone());
    view! {
        <div
            class="option"
            class:refused=is_refused
            role="option"
            id=element
            aria-selected=move || is_active.get().to_string()
            on:click=press
        >
            <span class="words">
                <b dir="auto">{name}</b>
                <small dir="auto">{excerpt}</small>
                {refusal.map(|refusal| view! { <small class="why">{refusal}</small> })}
            </span>
            <span class="facts">
                {is_begun.then(|| view! { <span class="tag m">"Draft"</span> })}
                {facts}
            </span>
        </div>
    }
}

/// What WhatsApp says of a template, as tags.
pub fn facts(listed: &ListedTemplate) -> AnyView {
    let template = &listed.template;
    let status = if template.status == TemplateStatus::Approved { "tag n" } else { "tag w" };
    let quality = if template.quality == TemplateQuality::Low { "tag w" } else { "tag n" };
    view! {
        <span class="tag n">{template.category.label()}</span>
        <span class="tag n">{language_name(&template.language)}</span>
        <span class=status>{template.status.label()}</span>
        {listed.price.clone().map(|price| view! { <span class="tag n">{price}</span> })}
        {template.quality.label().map(|words| view! { <span class=quality>{words}</span> })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::template::{
        MessageTemplate, TemplateCategory, TemplateDefinition, field::TemplateValues, rank::LastUse,
    };

    fn listed(name: &str, language: &str, body: &str, refusal: Option<&str>) -> ListedTemplate {
        ListedTemplate {
            id: format!("tpl_{name}_{language}").as_str().into(),
            revision: 1,
            template: MessageTemplate {
                name: name.to_owned(),
                language: language.to_owned(),
                category: TemplateCategory::Utility,
                status: TemplateStatus::Approved,
                quality: TemplateQuality::Unknown,
                definition: TemplateDefinition { body: body.to_owned(), ..TemplateDefinition::default() },
            },
            refusal: refusal.map(str::to_owned),
            prefilled: TemplateValues::default(),
            last_use: LastUse::default(),
            price: None,
        }
    }

    #[test]
    fn names_and_texts_are_searched_and_the_customers_language_comes_first() {
        let all = [
            listed("order_update", "en_US", "It is on its way.", None),
            listed("order_update", "pt_BR", "A caminho.", None),
            listed("paused", "pt_BR", "Order again.", Some("Paused.")),
        ];
        let found = |typed: &str| {
            let found = find(&all, typed, Some("pt"));
            found.into_iter().map(|one| format!("{} {}", one.template.name, one.template.language)).collect::<Vec<_>>()
        };
        assert_eq!(found(""), ["order_update pt_BR", "order_update en_US", "paused pt_BR"]);
        assert_eq!(found("UPDATE order"), ["order_update pt_BR", "order_update en_US"]);
        assert_eq!(found("on its"), ["order_update en_US"]);
        assert_eq!(found("invoice"), Vec::<String>::new());
    }

    #[test]
    fn the_status_says_what_was_found_or_why_nothing_was() {
        assert_eq!(status_words("", None, Listing::Awaited), "Loading templates…");
        assert_eq!(status_words("", None, Listing::Failed), "");
        assert!(status_words("", Some(0), Listing::Read { all: 0 }).starts_with("This number has no templates yet."));
        assert_eq!(status_words(" hi ", Some(0), Listing::Read { all: 3 }), "No template matches “hi”.");
        assert_eq!(status_words("", Some(3), Listing::Read { all: 3 }), "3 templates");
    }
}
