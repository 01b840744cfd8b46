//! The message that keeps a reply window open, in the customer's language: its button's tap is a message, and opens the window
//! for another 24 hours. An owner sends it as it is offered (`keeper.rs`). It is sent by itself only if an admin has chosen a
//! time for that: `conversation::window_wait` decides to whom.
//!
//! To add a language: an arm in [`words`], and its tag in [`LANGUAGES`].

use serde::{Deserialize, Serialize};

use crate::{
    message::{
        Content,
        composed::{ComposedButtons, ComposedMessage},
        interactive::{InteractiveMessage, ReplyOption},
        outgoing::OutgoingMessage,
    },
    time::Span,
    variant_names::variant_names,
};

/// What a tap on the button of a message returns that was sent by itself.
pub const PAYLOAD: &str = "keep-window-open";

/// How long before the end of a window its customer is asked without an agent's act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskBefore {
    #[default]
    Never,
    Minutes15,
    Minutes30,
    Minutes60,
}

variant_names!(AskBefore {
    Never => "never",
    Minutes15 => "minutes15",
    Minutes30 => "minutes30",
    Minutes60 => "minutes60",
});

impl AskBefore {
    pub fn span(self) -> Option<Span> {
        match self {
            Self::Never => None,
            Self::Minutes15 => Some(Span::minutes(15)),
            Self::Minutes30 => Some(Span::minutes(30)),
            Self::Minutes60 => Some(Span::minutes(60)),
        }
    }

    pub fn is_never(&self) -> bool {
        *self == Self::Never
    }
}

/// The tags of the languages that [`words`] has.
pub const LANGUAGES: [&str; 7] = ["en", "de", "es", "pt", "fr", "it", "nl"];

/// The message as it is sent by itself. Its button has a payload of its own: a tap answers no question of a flow, and needs no
/// reply where the conversation is closed.
pub fn automatic(language: Option<&str>) -> OutgoingMessage {
    let (text, title) = words(language);
    let button = ReplyOption { payload: PAYLOAD.to_owned(), title: title.to_owned(), ..ReplyOption::default() };
    OutgoingMessage::Interactive(InteractiveMessage::Buttons { body: text.to_owned(), buttons: vec![button] })
}

/// Whether a message of ours is one that was sent by itself.
pub fn is_automatic(content: &Content) -> bool {
    let Content::InteractiveSent(InteractiveMessage::Buttons { buttons, .. }) = content else { return false };
    buttons.iter().any(|button| button.payload == PAYLOAD)
}

/// The message for the owner to read, change and send.
pub fn message(language: Option<&str>) -> ComposedMessage {
    let (text, button) = words(language);
    ComposedMessage::Buttons(ComposedButtons { text: text.to_owned(), titles: vec![button.to_owned()] })
}

/// Text and button in the customer's language (a tag such as `de`) where we have it, else in English.
pub fn words(language: Option<&str>) -> (&'static str, &'static str) {
    match language {
        Some("de") => (
            "Wir arbeiten noch an Ihrer Anfrage, und es kann etwas länger dauern. WhatsApp lässt uns nur 24 Stunden nach \
             Ihrer letzten Nachricht antworten. Bitte tippen Sie auf den Button, damit wir Ihnen dann schreiben können.",
            "Ja, bitte",
        ),
        Some("es") => (
            "Seguimos trabajando en su consulta y puede llevar un poco más de tiempo. WhatsApp solo nos permite responder \
             durante 24 horas después de su último mensaje. Toque el botón para que podamos escribirle entonces.",
            "Sí, por favor",
        ),
        Some("pt") => (
            "Ainda estamos tratando da sua solicitação e pode demorar um pouco mais. O WhatsApp só nos permite responder \
             até 24 horas depois da sua última mensagem. Toque no botão para que possamos escrever para você depois.",
            "Sim, por favor",
        ),
        Some("fr") => (
            "Nous traitons encore votre demande, et cela peut prendre un peu plus de temps. WhatsApp ne nous permet de \
             répondre que 24 heures après votre dernier message. Touchez le bouton pour que nous puissions vous écrire.",
            "Oui, volontiers",
        ),
        Some("it") => (
            "Stiamo ancora lavorando alla sua richiesta e potrebbe volerci un po' di più. WhatsApp ci permette di \
             rispondere solo entro 24 ore dal suo ultimo messaggio. Tocchi il pulsante per permetterci di scriverle.",
            "Sì, grazie",
        ),
        Some("nl") => (
            "We zijn nog met uw vraag bezig en dat kan iets langer duren. WhatsApp laat ons alleen tot 24 uur na uw \
             laatste bericht antwoorden. Tik op de knop, zodat we u daarna kunnen schrijven.",
            "Ja, graag",
        ),
        Some(_) | None => (
            "We're still working on your request, and it may take a little longer. WhatsApp lets us reply only for 24 \
             hours after your last message. Please tap the button so that we can write to you then.",
            "Yes, please",
        ),
    }
}

#[cfg(test)]
#[path = "keep_open_tests.rs"]
mod tests;
