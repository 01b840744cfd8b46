//! What the ids of the elements of an automatic text contain.

use crate::domain::settings::TextName;

pub fn text_key(name: TextName) -> &'static str {
    match name {
        TextName::Greeting => "greeting",
        TextName::Fallback => "fallback",
        TextName::NoticeOnline => "notice-online",
        TextName::NoticeOffline => "notice-offline",
        TextName::Closing => "closing",
        TextName::Reminder => "reminder",
    }
}
