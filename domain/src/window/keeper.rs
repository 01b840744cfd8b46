//! A message that keeps the reply window open: near its end, with a customer who waits, the owner is offered one with a
//! button. The customer's tap is a message, and opens the window for another 24 hours. It is an offer only: the owner
//! reads, changes and sends it.
//!
//! To add a language: an arm in [`message`].

use crate::{
    desk::{Group, Row},
    ids::AgentId,
    message::composed::{ComposedButtons, ComposedMessage},
    time::{Span, Timestamp},
};

/// How long before its end a window is worth keeping open. Earlier the customer may still get the answer itself.
pub const OFFERED: Span = Span::hours(1);

/// The end of the window that `viewer` should be offered to keep open: the customer of their conversation waits for a
/// reply, and there is less than [`OFFERED`] left for it.
pub fn ending_window(row: &Row, viewer: &AgentId, now: Timestamp) -> Option<Timestamp> {
    let closes = row.window_closes?;
    let is_near = now < closes && closes.since(now) < OFFERED;
    (row.group(viewer) == Group::ReplyNow && row.ending.is_none() && is_near).then_some(closes)
}

/// The message, in the customer's language (a tag such as `de`) where we have it, else in English.
pub fn message(language: Option<&str>) -> ComposedMessage {
    let (text, button) = match language {
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
    };
    ComposedMessage::Buttons(ComposedButtons { text: text.to_owned(), titles: vec![button.to_owned()] })
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
