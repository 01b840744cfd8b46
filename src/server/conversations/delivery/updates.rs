//! Updates of a message: statuses, reactions, edits, deletions.
//!
//! Meta promises no order, so an update can arrive before its message. It is then stored in the table `pending_updates`
//! and applied when the message arrives.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        event::{Actor, Amendment, Event},
        ids::{ChannelId, ConversationId, MessageId, Wamid},
        message::{Author, Content, Delivery, DeliveryFault, Reaction},
        pricing::Pricing,
        text,
        time::Timestamp,
    },
    server::store::{
        RowId,
        conversations::ConversationRow,
        messages::{self, MessageRow},
        pending_updates,
        search::{self, Document},
        to_json,
    },
};

use crate::server::conversations::{Result, UnitOfWork, unit_of_work::preview_kind};

/// An update, and its stored form while it waits for its message. Stored JSON must stay readable: only add variants and
/// fields.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub(in crate::server::conversations) enum MessageUpdate {
    Status {
        status: Delivery,
        at: Timestamp,
        fault: Option<DeliveryFault>,
        window_closed: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pricing: Option<Pricing>,
    },
    React {
        author: Author,
        emoji: Option<String>,
    },
    Edit {
        content: Content,
    },
    Revoke,
}

impl MessageUpdate {
    /// Key of the update among those of one message. Of two with the same key the later one counts.
    fn ord(&self) -> String {
        match self {
            Self::Status { status, .. } => format!("status:{}", status.as_str()),
            Self::React { author, .. } => format!("react:{}", to_json(author).unwrap_or_default()),
            Self::Edit { .. } => "edit".to_owned(),
            Self::Revoke => "revoke".to_owned(),
        }
    }

    /// Applies the update to the message. `None`: nothing changes.
    fn apply(&self, record: &mut MessageRow) -> Option<Effect> {
        match self {
            Self::Status { status, at, fault, window_closed, pricing } => {
                let known = record.delivery.unwrap_or(Delivery::Sent);
                let next = known.proven(*status, record.fault.as_ref());
                let reached = next.unwrap_or(known);
                // Several statuses of a message tell its price, and any of them may come late.
                let pricing = pricing.clone().filter(|_| reached.is_delivered());
                let pricing = pricing.filter(|pricing| record.mark_priced(pricing.piece));
                let Some(next) = next else { return pricing.map(|pricing| Effect::Priced { reached, pricing }) };
                record.delivery = Some(next);
                // Only a failed status has a fault. A message that is queued again or delivered has none.
                record.fault = fault.clone();
                Some(Effect::Delivered {
                    next,
                    at: *at,
                    code: fault.as_ref().and_then(|fault| fault.code),
                    window_closed: *window_closed,
                    pricing,
                })
            }
            Self::React { author, emoji } => {
                // Each side has one: staff who react in the app replace the reaction of an agent.
                record.reactions.retain(|known| known.author.is_customer() != author.is_customer());
                if let Some(emoji) = emoji {
                    record.reactions.push(Reaction::new(author.clone(), emoji));
                }
                Some(Effect::Amended(Amendment::Reacted))
            }
            Self::Edit { content } => {
                let mut content = content.clone();
                // An edited caption comes without its file.
                if let (Some(new), Some(old)) = (content.attachment_mut(), record.content.attachment()) {
                    new.media = new.media.take().or_else(|| old.media.clone());
                    new.mime = new.mime.take().or_else(|| old.mime.clone());
                }
                record.content = content;
                record.edited = true;
                Some(Effect::Amended(Amendment::Edited))
            }
            Self::Revoke => {
                (!record.revoked).then_some(())?;
                record.revoked = true;
                Some(Effect::Amended(Amendment::Revoked))
            }
        }
    }
}

enum Effect {
    Delivered {
        next: Delivery,
        at: Timestamp,
        code: Option<i64>,
        window_closed: bool,
        pricing: Option<Pricing>,
    },
    /// The status was known, its price was not.
    Priced {
        reached: Delivery,
        pricing: Pricing,
    },
    Amended(Amendment),
}

/// What an update is about.
enum Target {
    Message(Box<MessageRow>),
    /// An attempt that failed and has been repeated since.
    Repeated,
    /// A message that is not stored, or not yet.
    Unknown,
}

/// Result of an applied update.
pub(in crate::server::conversations) struct Applied {
    pub record: MessageRow,
    /// When the message failed, by Meta's clock, if the update says so.
    pub failed: Option<Timestamp>,
}

impl UnitOfWork {
    /// Applies an update to its message, or stores it until the message arrives. `None`: stored, or nothing changed.
    pub(in crate::server::conversations) async fn apply_update(
        &mut self,
        channel: &ChannelId,
        wamid: &Wamid,
        own_id: Option<&MessageId>,
        update: MessageUpdate,
    ) -> Result<Option<Applied>> {
        if let Some(record) = self.pending_record(channel, wamid) {
            if let Some(Effect::Amended(what)) = update.apply(record) {
                let record = record.clone();
                self.refresh_preview(&record, what).await?;
            }
            return Ok(None);
        }
        let mut target = self.target(channel, wamid, own_id).await?;
        if let Target::Message(record) = &target
            && update.apply(&mut MessageRow::clone(record)).is_some()
            && self.lock_of_record(record, wamid).await?
        {
            target = self.target(channel, wamid, own_id).await?;
        }
        let mut record = match target {
            Target::Message(record) => *record,
            Target::Repeated => return Ok(None),
            Target::Unknown => {
                let body = to_json(&update)?;
                pending_updates::keep(&mut self.tx, channel, wamid, &update.ord(), &body, self.now).await?;
                self.prefetched.set_pending(channel, wamid);
                return Ok(None);
            }
        };
        if record.wamid.is_none() {
            record.wamid = Some(wamid.clone());
        }
        self.apply_to_record(record, &update).await
    }

    /// Finds the stored message that an update is about.
    async fn target(&mut self, channel: &ChannelId, wamid: &Wamid, own_id: Option<&MessageId>) -> Result<Target> {
        if let Some(record) = self.stored_by_wamid(channel, wamid).await? {
            return Ok(Target::Message(Box::new(record)));
        }
        let Some(id) = own_id else { return Ok(Target::Unknown) };
        if self.is_marked(channel, wamid).await? {
            return Ok(Target::Repeated);
        }
        let named = self.stored_record(id).await?.filter(|record| record.channel == *channel);
        Ok(named.map_or(Target::Unknown, |record| Target::Message(Box::new(record))))
    }

    /// Applies the pending updates of a message that is being stored.
    pub(in crate::server::conversations) async fn catch_up(&mut self, record: &mut MessageRow) -> Result<()> {
        let Some(wamid) = record.wamid.clone() else { return Ok(()) };
        let channel = record.channel.clone();
        if self.prefetched.has_pending_updates(&channel, &wamid) == Some(false) {
            return Ok(());
        }
        for body in pending_updates::take(&mut self.tx, &channel, &wamid).await? {
            read(&wamid, &body)?.apply(record);
        }
        Ok(())
    }

    /// Applies the pending updates of a sent message whose wamid is now known.
    pub(in crate::server::conversations) async fn catch_up_sent(
        &mut self,
        record: MessageRow,
    ) -> Result<Option<Applied>> {
        let Some(wamid) = record.wamid.clone() else { return Ok(None) };
        let channel = record.channel.clone();
        if self.prefetched.has_pending_updates(&channel, &wamid) == Some(false) {
            return Ok(None);
        }
        let mut applied = None;
        let mut current = record;
        for body in pending_updates::take(&mut self.tx, &channel, &wamid).await? {
            if let Some(done) = self.apply_to_record(current.clone(), &read(&wamid, &body)?).await? {
                current = done.record.clone();
                applied = Some(done);
            }
        }
        Ok(applied)
    }

    pub(in crate::server::conversations) async fn apply_to_record(
        &mut self,
        mut record: MessageRow,
        update: &MessageUpdate,
    ) -> Result<Option<Applied>> {
        let had_wamid = record.wamid.clone();
        let was_out = record.delivery.is_some_and(Delivery::is_out);
        let Some(effect) = update.apply(&mut record) else { return Ok(None) };
        debug_assert_eq!(had_wamid, record.wamid, "an update never renames a message");
        match effect {
            Effect::Delivered { .. } | Effect::Priced { .. } => self.change_delivery(record.clone()),
            Effect::Amended(what) => {
                self.save_record(&record).await?;
                if what == Amendment::Edited {
                    let document = Document::of_message(&record).into_iter().collect();
                    search::add(&mut self.tx, &self.tenant.id, document).await?;
                }
            }
        }
        let conversation = record.conversation.clone();
        self.lock(&conversation).await?;
        let mut failed = None;
        match effect {
            Effect::Delivered { next, at, code, window_closed, pricing } => {
                failed = (next == Delivery::Failed).then_some(at);
                let event = Event::Delivered { message: record.id.clone(), status: next, code, pricing };
                self.append(Some(&conversation), Actor::Meta, event);
                if window_closed {
                    self.append(Some(&conversation), Actor::Meta, Event::WindowRefused { at: self.now });
                }
                if next.is_out() && !was_out {
                    self.reply_sent(&record).await?;
                }
                if next == Delivery::Failed {
                    self.reply_failed(&record).await?;
                }
            }
            Effect::Priced { reached, pricing } => {
                let event = Event::Delivered {
                    message: record.id.clone(),
                    status: reached,
                    code: None,
                    pricing: Some(pricing),
                };
                self.append(Some(&conversation), Actor::Meta, event);
            }
            Effect::Amended(what) => {
                // A reaction belongs to its author, an edit or deletion to the author of the message.
                let by = match update {
                    MessageUpdate::React { author, .. } => author,
                    MessageUpdate::Status { .. } | MessageUpdate::Edit { .. } | MessageUpdate::Revoke => &record.author,
                };
                let actor = if by.is_customer() { Actor::Customer } else { Actor::Meta };
                let event = Event::Amended { message: record.id.clone(), what };
                let is_news = event.is_news(&actor);
                self.append(Some(&conversation), actor, event);
                self.refresh_preview(&record, what).await?;
                if is_news {
                    self.move_up(&conversation);
                }
            }
        }
        Ok(Some(Applied { record, failed }))
    }

    /// Updates the list's preview if the changed message is the newest, or if the customer changed an older one: the row
    /// shows what is unread.
    async fn refresh_preview(&mut self, record: &MessageRow, what: Amendment) -> Result<()> {
        let label = match what {
            Amendment::Edited => "Edited: ",
            // The preview of a deleted message says so.
            Amendment::Revoked => "",
            Amendment::Reacted | Amendment::FileKept | Amendment::FileFailed => return Ok(()),
        };
        let is_open = self.get(&record.conversation).is_some_and(|it| it.is_open());
        if self.is_newest(record).await? {
            self.set_as_preview(record);
        } else if record.author.is_customer() && is_open {
            self.set_as_preview(record);
            self.set_preview(&record.conversation, text::clip(&format!("{label}{}", preview_text(record)), 160));
        }
        Ok(())
    }

    /// Something happened in the conversation that its row is sorted by, although no message came.
    fn move_up(&mut self, id: &ConversationId) {
        let now = self.now;
        if let Some(stored) = self.conversations.get_mut(id).filter(|stored| stored.conversation.is_open()) {
            stored.last_at = stored.last_at.max(now);
        }
    }

    /// Makes a message the preview in the list, whatever its time is at Meta.
    pub(in crate::server::conversations) fn set_as_preview(&mut self, record: &MessageRow) {
        if let Some(stored) = self.conversations.get_mut(&record.conversation) {
            show_as_preview(stored, record);
        }
    }

    /// Whether no later message of its conversation is shown in the list. Messages that are not written yet count.
    pub(in crate::server::conversations) async fn is_newest(&mut self, record: &MessageRow) -> Result<bool> {
        let counts = |other: &MessageRow| {
            other.conversation == record.conversation && !other.hidden && other.author != Author::System
        };
        let own = self.pending_records().position(|other| other.id == record.id);
        let overtaken = self.pending_records().enumerate().any(|(index, other)| {
            counts(other) && (other.at > record.at || (other.at == record.at && own.is_none_or(|own| index > own)))
        });
        if overtaken {
            return Ok(false);
        }
        let tenant = self.tenant_id();
        let written = messages::page(&mut self.tx, &tenant, &record.conversation, None, NEWEST).await?;
        let newest = written.iter().find(|other| other.id != record.id && counts(other));
        Ok(newest.is_none_or(|other| match own {
            Some(_) => other.at <= record.at,
            None => (other.at, other.seq) < (record.at, record.seq),
        }))
    }
}

/// Parses a pending update.
fn read(wamid: &Wamid, body: &str) -> Result<MessageUpdate> {
    Ok(RowId::new("pending_updates", &wamid.0).json("body", body)?)
}

/// How many messages are searched for the newest that is not a notice. Notices come one or two at a time.
const NEWEST: i64 = 8;

/// The preview of a message in the list.
pub(in crate::server::conversations) fn show_as_preview(stored: &mut ConversationRow, record: &MessageRow) {
    stored.preview = preview_text(record);
    stored.preview_by = preview_kind(&record.author);
    stored.preview_id = Some(record.id.clone());
}

fn preview_text(record: &MessageRow) -> String {
    let preview = if record.revoked { "Deleted a message".to_owned() } else { record.content.preview() };
    match &record.context.sender {
        Some(sender) => text::clip(&format!("{sender}: {preview}"), 160),
        None => preview,
    }
}

#[cfg(test)]
#[path = "updates_tests.rs"]
mod tests;
