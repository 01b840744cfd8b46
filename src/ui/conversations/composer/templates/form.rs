//! The form of a template, derived from its components, beside the message as the customer will see it.

use leptos::prelude::*;

use super::{
    TemplateSender,
    list::facts,
    place::TemplatePlace,
    value_field::{ValueField, field_id},
};
use crate::{
    contract::templates::ListedTemplate,
    domain::{
        message::outgoing::{FileKind, FileSource},
        template::TemplateCategory,
    },
    ui::{
        browser,
        components::icon::Icon,
        conversations::{composer::files::Attachments, reply_price::PricedReply, thread::template::template_view},
        extras::{Extra, ExtraPiece},
        kit::FieldError,
    },
};

/// The id of the preview. Without fields it takes the focus, and not the button: a held Enter would press that.
const PREVIEW: &str = "template-preview";

#[component]
pub fn TemplateForm(sender: TemplateSender, listed: ListedTemplate) -> impl IntoView {
    let definition = StoredValue::new(listed.template.definition.clone());
    let fields = listed.template.definition.fields();
    let faults =
        Memo::new(move |_| definition.with_value(|definition| sender.values.with(|values| definition.faults(values))));
    let preview =
        Memo::new(move |_| definition.with_value(|definition| sender.values.with(|values| definition.preview(values))));
    let refusal =
        Memo::new(move |_| sender.chosen.with(|chosen| chosen.as_ref().and_then(|chosen| sender.refusal(chosen))));
    let is_tried = RwSignal::new(false);
    let first = fields.first().map_or_else(|| PREVIEW.to_owned(), |field| field_id(&field.key));
    Effect::new(move |_| sender.focus_drawn(first.clone()));
    let category = listed.template.category;
    let facts = facts(&listed);
    let listed = StoredValue::new(listed);
    let send = move |_| {
        if refusal.with_untracked(Option::is_some) {
            return;
        }
        let wrong = faults.with_untracked(|faults| faults.first().map(|fault| field_id(&fault.key)));
        match wrong {
            Some(wrong) => {
                is_tried.set(true);
                browser::focus(&wrong);
            }
            None => sender.send(&listed.get_value()),
        }
    };
    let inputs = fields.into_iter().map(|field| view! { <ValueField sender field faults is_tried/> }).collect_view();
    let draw_file = move |kind: FileKind, source: Option<FileSource>| preview_file(sender.place.files(), kind, source);
    view! {
        <div class="choose">
            <form
                class="values"
                aria-label="Values"
                on:submit=move |event: leptos::ev::SubmitEvent| event.prevent_default()
            >
                <p class="facts">{facts}</p>
                {move || {
                    refusal
                        .get()
                        .map(|words| {
                            view! {
                                <div class="fault" role="alert">
                                    <Icon name="ban"/>
                                    <p>{words}</p>
                                </div>
                            }
                        })
                }}
                {move || {
                    sender
                        .news
                        .get()
                        .map(|words| {
                            view! {
                                <div class="news" role="alert">
                                    <Icon name="warn"/>
                                    <p>{words}</p>
                                </div>
                            }
                        })
                }}
                {inputs}
            </form>
            <div class="sample" role="group" aria-label="Preview" id=PREVIEW tabindex="-1">
                <div class="msg out">{move || template_view(preview.get(), &draw_file)}</div>
                <small>"what the customer sees"</small>
            </div>
        </div>
        <FieldError text=sender.sending.error/>
        <div class="bar">
            <Terms sender category/>
            <button
                type="button"
                class="btn primary"
                class:busy=move || sender.sending.pending()
                disabled=move || refusal.with(Option::is_some)
                aria-disabled=move || sender.sending.pending().to_string()
                on:click=send
            >
                {move || if sender.sending.pending() { "Sending…" } else { "Send" }}
            </button>
        </div>
    }
}

/// What it costs, and what holds for it.
#[component]
fn Terms(sender: TemplateSender, category: TemplateCategory) -> impl IntoView {
    let next = match sender.place {
        TemplatePlace::Thread(open, lock, _) if lock.is_open_untracked() && category == TemplateCategory::Utility => {
            Some(PricedReply::new(open.id(), Memo::new(move |_| open.sending.with(Vec::len))))
        }
        TemplatePlace::Thread(..) | TemplatePlace::First(_) => None,
    };
    view! {
        <div class="terms">
            {move || terms_words(category, if sender.place.is_in_window() { ReplyWindow::Open } else { ReplyWindow::Closed })}
            {next.map(|next| view! { <Extra piece=ExtraPiece::ReplyPrice(next)/> })}
        </div>
    }
}

/// Whether replies can be sent as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReplyWindow {
    Open,
    Closed,
}

fn terms_words(category: TemplateCategory, window: ReplyWindow) -> String {
    let what = match category {
        TemplateCategory::Marketing => {
            "Charged as marketing. WhatsApp limits how much marketing a customer gets, and delivers none to people who \
             opted out or have a number in the United States."
        }
        // Its price is that of a reply, which is shown beside it.
        TemplateCategory::Utility if window == ReplyWindow::Open => "Costs the same as a reply.",
        TemplateCategory::Utility => "Charged as a utility template.",
        TemplateCategory::Authentication | TemplateCategory::Other => "Charged by WhatsApp.",
    };
    let after = match window {
        ReplyWindow::Open => "",
        ReplyWindow::Closed => " The reply window opens when the customer answers.",
    };
    format!("{what}{after}")
}

/// The file at the top of the preview. The browser asks no other server for it.
fn preview_file(files: Option<Attachments>, kind: FileKind, source: Option<FileSource>) -> AnyView {
    let (icon, label) = match kind {
        FileKind::Image => ("image", "Photo"),
        FileKind::Video => ("video", "Video"),
        FileKind::Audio | FileKind::Voice => ("music", "Audio"),
        FileKind::Document => ("file", "Document"),
        FileKind::Sticker => ("sticker", "Sticker"),
    };
    if let (FileKind::Image, Some(FileSource::Uploaded(id))) = (kind, &source) {
        return view! { <div class="media"><img src=format!("/media/{id}") alt=label/></div> }.into_any();
    }
    let detail = source.map(|source| match source {
        FileSource::Link(link) => link,
        FileSource::Uploaded(id) => files.and_then(|files| files.name_of_waiting(&id)).unwrap_or_default(),
    });
    view! {
        <div class="file">
            <Icon name=icon/>
            <span>
                <b>{label}</b>
                <small dir="auto">{detail.unwrap_or_else(|| "Not chosen yet".to_owned())}</small>
            </span>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_charged_and_who_gets_it_is_said_before_sending() {
        assert_eq!(terms_words(TemplateCategory::Utility, ReplyWindow::Open), "Costs the same as a reply.");
        let closed = terms_words(TemplateCategory::Utility, ReplyWindow::Closed);
        assert_eq!(closed, "Charged as a utility template. The reply window opens when the customer answers.");
        assert!(terms_words(TemplateCategory::Marketing, ReplyWindow::Closed).contains("United States"));
    }
}
