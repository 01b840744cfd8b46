//! The rows of the thread: an item each, but consecutive photos of one sender are an album.

use leptos::prelude::*;

use super::state::Slot;
use crate::{
    domain::{
        desk::{Item, ItemBody},
        message::{Author, Content},
        time::Timestamp,
    },
    ui::format::Zone,
};

/// A row: its item, or the first photo of its album.
#[derive(Clone)]
pub struct ItemRow {
    pub slot: Slot,
    pub at: Timestamp,
    /// It is the first of its day.
    pub opens_day: bool,
    pub is_album: bool,
}

/// The rows of all items, oldest first. Tracks the zone.
pub fn item_rows(slots: &[Slot], zone: Zone) -> Vec<ItemRow> {
    let mut rows: Vec<ItemRow> = Vec::new();
    let mut day = None;
    let mut sender = None;
    for slot in slots {
        let (at, photo_by) = photo(slot);
        let opens_day = day.replace(zone.day(at)) != day;
        let continues = !opens_day && photo_by.is_some() && photo_by == sender;
        sender = photo_by;
        match rows.last_mut().filter(|_| continues) {
            Some(album) => album.is_album = true,
            None => rows.push(ItemRow { slot: slot.clone(), at, opens_day, is_album: false }),
        }
    }
    rows
}

/// The photos of the album that begins with the item `first`. Tracks the zone.
pub fn album(slots: &[Slot], first: &str, zone: Zone) -> Vec<Slot> {
    let mut rest = slots.iter().skip_while(|slot| slot.key != first).peekable();
    let Some((at, Some(sender))) = rest.peek().map(|slot| photo(slot)) else { return Vec::new() };
    let day = zone.day(at);
    rest.take_while(|slot| {
        let (at, photo_by) = photo(slot);
        photo_by.as_ref() == Some(&sender) && zone.day(at) == day
    })
    .cloned()
    .collect()
}

/// The item's time, and its sender if it is a photo without words of its own.
fn photo(slot: &Slot) -> (Timestamp, Option<Author>) {
    // Neither changes while the item is shown, unless a caption is edited; so they are not tracked.
    slot.item.with_untracked(|item| (item.at, photo_sender(item)))
}

fn photo_sender(item: &Item) -> Option<Author> {
    let ItemBody::Message(message) = &item.body else { return None };
    let Content::Image { media } = &message.content else { return None };
    let is_bare = media.caption.as_deref().is_none_or(|caption| caption.trim().is_empty()) && message.quote.is_none();
    is_bare.then(|| message.author.clone())
}
