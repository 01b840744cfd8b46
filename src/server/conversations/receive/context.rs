//! What comes with a message besides its content.

use crate::domain::{
    codes::{self, Class},
    inbound::{Identity, Incoming, MetaError},
    message::{Content, MessageContext},
    text,
};

/// Context of a message that is not its content.
pub(super) fn message_context(incoming: &Incoming) -> MessageContext {
    let someone = || {
        let Identity { name, username, wa_id, .. } = &incoming.identity;
        let username = username.as_ref().map(|username| format!("@{username}"));
        name.clone().or(username).or_else(|| wa_id.as_ref().map(|digits| format!("+{digits}")))
    };
    let why = |error: &MetaError| match error.code.filter(|code| is_about_inbound(*code)) {
        Some(code) => Some(codes::verdict(code, None).detail),
        None => error.details.clone().or_else(|| error.title.clone()),
    };
    let is_missing = |error: &&MetaError| {
        error.is_cut() || incoming.content == Content::InteractiveMissing || error.code.is_some_and(is_about_inbound)
    };
    let missing = incoming.errors.iter().filter(is_missing).find_map(why);
    MessageContext {
        sender: incoming.group.as_ref().and_then(|_| someone()).map(|name| text::clip(&text::one_line(&name), 80)),
        product: incoming.product.clone(),
        summary: incoming.summary.clone(),
        missing,
    }
}

/// Whether a code says that a part of a customer's message could not be had, such as a file that is too large.
fn is_about_inbound(code: i64) -> bool {
    codes::verdict(code, None).class == Class::Inbound
}
