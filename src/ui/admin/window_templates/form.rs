//! The form of one number: the template, the values of its fields, its price, and how it reads.

use leptos::prelude::*;

use super::{
    super::text_key::text_key,
    LoadedChoices,
    fields::ValueFields,
    typed::{Typed, choice, known, languages, offered, template_options},
};
use crate::{
    api::window_templates::window_template_save,
    contract::window_templates::{ChosenWindowTemplate, NumberTemplates, OfferedTemplate, WindowTemplateChoices},
    domain::{
        conversation::describe::template_trouble,
        ids::ChannelId,
        settings::{TenantSettings, TextName},
        template::{
            TemplateCategory,
            field::{TemplateField, TemplateValues},
        },
        text::capitalized,
        window::closed::check::sample,
    },
    ui::{
        components::icon::Icon,
        kit::{EditForm, EditState, FieldError, PhonePreview, RefreshTrigger, SelectField},
    },
};

/// The agent in a preview.
const SAMPLE_AGENT: &str = "Ana";

#[component]
pub fn WindowTemplateForm(
    name: TextName,
    channel: ChannelId,
    settings: RwSignal<TenantSettings>,
    refresh: RefreshTrigger,
    choices: LoadedChoices,
) -> impl IntoView {
    let channel = StoredValue::new(channel);
    let saved = Memo::new(move |_| settings.with(|settings| channel.with_value(|id| Typed::of(settings, name, id))));
    let form = EditState::new(saved, None);
    let number = Memo::new(move |_| {
        choices.with(|all| channel.with_value(|id| all.numbers.iter().find(|number| number.channel == *id).cloned()))
    });
    let number = Memo::new(move |_| number.get().flatten());
    // The template in the form, as WhatsApp has it.
    let chosen = Memo::new(move |_| {
        let id = form.typed.with(|typed| typed.0.as_ref().map(|chosen| chosen.template.clone()))?;
        number.with(|number| number.as_ref().and_then(|number| offered(number, &id)).cloned())
    });
    let key = format!("window-{}-{}", text_key(name), channel.with_value(ToString::to_string));
    let (select, error, prefix) = (format!("{key}-template"), format!("{key}-error"), StoredValue::new(key));
    let options = Signal::derive(move || {
        let id = form.typed.with(|typed| typed.0.as_ref().map(|chosen| chosen.template.clone()));
        number.with(|number| number.as_ref().map(|number| template_options(number, id.as_ref())).unwrap_or_default())
    });
    let value = Signal::derive(move || {
        form.typed.with(|typed| typed.0.as_ref().map(|chosen| chosen.template.to_string()).unwrap_or_default())
    });
    let take = move |template: Option<OfferedTemplate>| {
        let collected = untrack(|| choices.with(|all| all.collected.clone())).unwrap_or_default();
        form.edit(|typed| {
            typed.0 = template.map(|offered| choice(&offered, typed.0.as_ref(), name, &collected));
        });
    };
    let choose = Callback::new(move |id: String| {
        let found = |number: &NumberTemplates| offered(number, &id.as_str().into()).cloned();
        take(number.with_untracked(|number| number.as_ref().and_then(found)));
    });
    let trouble = Memo::new(move |_| {
        let template = channel.with_value(|id| form.typed.with(|typed| typed.template(name, id)))?;
        let trouble = chosen.with(|offered| template.trouble(offered.as_ref().map(known)))?;
        let is_changed = chosen.with(|now| now.as_ref().is_some_and(|now| now.revision != template.revision));
        Some((capitalized(&template_trouble(&trouble)), is_changed))
    });
    // Drawn anew with another template or other components, not with each keystroke.
    let fields = Memo::new(move |_| {
        chosen.with(|offered| offered.as_ref().map(|offered| offered.template.definition.fields()).unwrap_or_default())
    });
    let reads = Signal::derive(move || {
        let template = channel.with_value(|id| form.typed.with(|typed| typed.template(name, id)))?;
        let offered = chosen.get()?;
        choices.with(|all| {
            let number = number.with(|number| number.as_ref().map(|number| number.display_phone.clone()));
            let known = sample(SAMPLE_AGENT, &all.tenant_name, &number.unwrap_or_default(), &all.collected);
            let values: TemplateValues = fields
                .with(|fields| fields.iter().map(|field| (field.key.clone(), template.value(field, &known))).collect());
            offered.template.definition.preview(&values).body
        })
    });
    let price = move || {
        let category = chosen.with(|offered| offered.as_ref().map(|offered| offered.template.category))?;
        choices.with(|all| price(all, category))
    };
    let languages = Memo::new(move |_| {
        let chosen = chosen.get()?;
        number.with(|number| number.as_ref().map(|number| languages(&chosen, number)))
    });
    let warning = move || chosen.with(|offered| offered.as_ref().and_then(|offered| offered.template.warning()));
    let save = move || {
        form.save(refresh, move |typed: Typed| {
            window_template_save(ChosenWindowTemplate { text: name, channel: channel.get_value(), choice: typed.0 })
        });
    };
    let legend = move || {
        let several = choices.with(|all| all.numbers.len() > 1).unwrap_or_default();
        number.get().filter(|_| several).map(|number| format!("{} ({})", number.name, number.display_phone))
    };
    let fault = move || number.get().and_then(|number| number.fault);
    view! {
        <EditForm form label=form_label(name) reload_label="Reload this choice" save>
            <div class="pair">
                <div class="lines">
                    {move || legend().map(|legend| view! { <h3 class="legend">{legend}</h3> })}
                    <SelectField
                        id=select
                        label="When the 24-hour window has closed, send this template"
                        options
                        value
                        choose
                        hint=HINT
                    />
                    {move || price().map(|words| view! { <p class="hint">{words}</p> })}
                    {move || languages.get().map(|words| view! { <p class="hint">{words}</p> })}
                    {move || trouble.get().map(|(words, is_changed)| view! {
                        <p class="warn" role="status">
                            <Icon name="warn"/>
                            <span>{format!("{words}. Nothing is sent in a closed window until you choose again.")}</span>
                        </p>
                        {is_changed.then(|| view! {
                            <button type="button" class="btn" on:click=move |_| take(chosen.get_untracked())>
                                "Take the changed template"
                            </button>
                        })}
                    })}
                    {move || fault().or_else(|| warning().map(str::to_owned)).map(|words| view! {
                        <p class="hint">{words}</p>
                    })}
                    {move || {
                        let collected = choices.with(|all| all.collected.clone()).unwrap_or_default();
                        let one = |field: TemplateField| view! {
                            <ValueFields form field text=name collected=collected.clone() prefix=prefix.get_value()/>
                        };
                        fields.get().into_iter().map(one).collect_view()
                    }}
                    <FieldError id=error text=form.error/>
                </div>
                <PhonePreview reads silence=Signal::stored("Nothing is sent")/>
            </div>
        </EditForm>
    }
}

const HINT: &str = "Instead of the text above, which WhatsApp delivers only within 24 hours of the customer's last message. \
                    Blocked customers get nothing, and those who want no marketing get no marketing template.";

fn price(all: &WindowTemplateChoices, category: TemplateCategory) -> String {
    let label = category.label();
    match category.priced().and_then(|category| all.prices.range(category)) {
        Some(price) => format!("{label} template: {price} per message, by the customer's country."),
        None => format!("{label} template, charged by WhatsApp. Enter its price under Prices to see it here."),
    }
}

fn form_label(name: TextName) -> &'static str {
    match name {
        TextName::Greeting => "Greeting in a closed window",
        TextName::Fallback => "Fallback in a closed window",
        TextName::NoticeOnline => "Handoff message, agents online, in a closed window",
        TextName::NoticeOffline => "Handoff message, no agents online, in a closed window",
        TextName::Closing => "Closing message in a closed window",
        TextName::Reminder => "Reminder in a closed window",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::prices::{Amount, MarketPrices, PriceList};

    #[test]
    fn the_price_is_said_where_it_is_known() {
        let row = |code: &str, utility| MarketPrices {
            calling_code: code.to_owned(),
            utility: Some(Amount(utility)),
            ..MarketPrices::default()
        };
        let prices = PriceList { currency: "EUR".to_owned(), markets: vec![row("49", 55_000), row("", 20_000)] };
        let all = WindowTemplateChoices { prices, ..WindowTemplateChoices::default() };
        let said = price(&all, TemplateCategory::Utility);
        assert_eq!(said, "Utility template: €0.02 to €0.055 per message, by the customer's country.");
        assert!(price(&all, TemplateCategory::Marketing).contains("charged by WhatsApp"));
    }
}
