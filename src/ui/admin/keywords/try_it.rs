//! Trying the rules: a customer's message, the rule that matches it, and the reply.

use leptos::prelude::*;

use super::Rules;
use crate::{
    api::keywords::keyword_try,
    contract::{
        ApiError,
        keywords::{Next, Tried},
    },
    domain::{
        ids::ChannelId,
        keyword::{Found, Keyword, Matching},
    },
    ui::kit::{
        LanguageSelect, PhonePreview, QueryAnswer, Select, TextBinding, TextInput, debounced_query, language_name,
    },
};

/// What the answer depends on. A change asks the server again.
#[derive(Clone, PartialEq)]
struct Question {
    message: String,
    channel: Option<ChannelId>,
    language: Option<String>,
    rules: Vec<Keyword>,
    online: usize,
    refreshes: u64,
}

#[component]
pub fn TryIt(rules: Rules) -> impl IntoView {
    let message = RwSignal::new(String::new());
    let channel = RwSignal::new(None::<ChannelId>);
    let language = RwSignal::new(None::<String>);
    let question = Memo::new(move |_| {
        let message = message.get();
        (!message.trim().is_empty()).then(|| Question {
            message,
            channel: channel.get(),
            language: language.get(),
            rules: rules.data.with(|data| data.rules.iter().map(|row| row.rule.clone()).collect()),
            online: rules.app.online.with(Vec::len),
            refreshes: rules.refresh.count(),
        })
    });
    let answer =
        debounced_query(question.into(), |asked: Question| keyword_try(asked.message, asked.channel, asked.language));
    let several = Memo::new(move |_| rules.data.with(|data| data.channels.len() > 1));
    let numbers = Memo::new(move |_| {
        let mut numbers = vec![(String::new(), "any number".to_owned())];
        let named = |(id, name): &(ChannelId, String)| (id.to_string(), name.clone());
        rules.data.with(|data| numbers.extend(data.channels.iter().map(named)));
        numbers
    });
    view! {
        <div class="card try">
            <div>
                <h2 class="legend">"Try it"</h2>
                <p>"Type what a customer might write. Nothing is sent."</p>
            </div>
            <TextInput
                id="message"
                aria_label="A customer's message"
                placeholder="can i SPEAK to agént pls"
                text=TextBinding::new(message)
            />
            <Show when=move || several.get()>
                <Select
                    aria_label="The number the customer writes to"
                    options=numbers
                    value=Signal::derive(move || channel.get().map(ChannelId::into_string).unwrap_or_default())
                    choose=move |id: String| channel.set(Some(id).filter(|id| !id.is_empty()).map(ChannelId::from))
                />
            </Show>
            <LanguageSelect chosen=language/>
            <div aria-live="polite">{move || answer.with(result)}</div>
        </div>
    }
}

fn result(answer: &QueryAnswer<Question, Tried>) -> AnyView {
    match answer {
        None => ().into_any(),
        Some((asked, Ok(tried))) => outcome(&asked.message, tried),
        Some((_, Err(error))) => fault(error),
    }
}

fn fault(error: &ApiError) -> AnyView {
    view! { <div class="res bad"><b>"Couldn't try it."</b>" "{error.to_string()}</div> }.into_any()
}

fn outcome(message: &str, tried: &Tried) -> AnyView {
    let outcome = match &tried.fires {
        Some((rule, found)) => fired(message, rule, *found, tried),
        None => view! {
            <div class="res none">
                <b>"Stays with the bot."</b>
                " No active keyword matches. "
                <span dir="auto">{goes_on(&tried.next)}</span>
            </div>
        }
        .into_any(),
    };
    let silence = match (&tried.fires, &tried.next) {
        (Some(_), _) => "No handoff message is sent: it is empty",
        (None, Next::Text) => "The bot has no reply: an agent is called",
        (None, Next::Flow { .. }) => "What the flow says",
        (None, Next::Model) => "What the language model says",
    };
    let wrote = message.to_owned();
    let reads = tried.answer.clone();
    let spoken = match &tried.language {
        Some(tag) => format!("Detected language: {}.", language_name(tag)),
        None => "Too short to detect the language; all keywords apply.".to_owned(),
    };
    view! {
        <div class="stack">
            {outcome}
            <small class="hint">{spoken}</small>
            <PhonePreview
                wrote=Signal::stored(wrote)
                reads=Signal::stored(reads)
                silence=Signal::stored(silence)
            />
        </div>
    }
    .into_any()
}

/// What the bot does with a first message that triggers no handoff.
fn goes_on(next: &Next) -> String {
    match next {
        Next::Flow { name } => format!("Flow “{name}” starts."),
        Next::Model => "The language model answers.".to_owned(),
        Next::Text => String::new(),
    }
}

fn fired(message: &str, rule: &Keyword, found: Found, tried: &Tried) -> AnyView {
    // The server computed the range for this message. One that is out of bounds marks nothing.
    let (before, matched, after) = parts(message, found).unwrap_or((message, "", ""));
    view! {
        <div class="res">
            <b>"Goes to an agent:"</b>
            " “"
            <span dir="auto">{before.to_owned()}<mark>{matched.to_owned()}</mark>{after.to_owned()}</span>
            "” "
            {verb(rule.matching)}
            " "
            <b dir="auto">{rule.phrase.clone()}</b>
            {tried.why.as_ref().map(|why| view! { " "<bdi>{why.clone()}</bdi> })}
            ". "
            {at_the_desk(tried.online)}
        </div>
    }
    .into_any()
}

fn parts(message: &str, found: Found) -> Option<(&str, &str, &str)> {
    Some((message.get(..found.start)?, message.get(found.start..found.end)?, message.get(found.end..)?))
}

fn verb(matching: Matching) -> &'static str {
    match matching {
        Matching::Whole => "is",
        Matching::Contains => "contains",
        Matching::StartsWith => "starts with",
        Matching::Close => "is close to",
    }
}

fn at_the_desk(online: i64) -> String {
    match online {
        ..=0 => "Nobody is online right now.".to_owned(),
        1 => "One agent is online.".to_owned(),
        more => format!("{more} agents are online."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matched_words_are_cut_out_of_the_message_as_typed() {
        let message = "can i SPEAK to agént pls";
        let start = message.find("SPEAK").expect("it is there");
        let found = Found { start, end: start + "SPEAK to agént".len() };
        assert_eq!(parts(message, found), Some(("can i ", "SPEAK to agént", " pls")));
    }

    #[test]
    fn a_range_that_does_not_fit_cuts_nothing() {
        assert_eq!(parts("é", Found { start: 1, end: 2 }), None);
        assert_eq!(parts("short", Found { start: 2, end: 99 }), None);
    }
}
