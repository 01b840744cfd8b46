//! Inserts the reply that was chosen, filled in for the conversation, and attaches its files.

use leptos::{prelude::*, task::spawn_local};

use super::{
    ReplyPicker, found_for, has_variables,
    insertion::{SlashSearch, inserted},
    nothing_found,
};
use crate::{
    api::saved_reply::{saved_reply_attach, saved_reply_fill, saved_reply_used},
    contract::ApiError,
    domain::{
        ids::{ConversationId, SavedReplyId},
        saved_reply::{SavedReply, slash::query},
        upload::WaitingFile,
    },
    ui::{browser, uploads::address_of},
};

impl ReplyPicker {
    /// Does what Enter was pressed for before the list was there.
    pub(super) fn choose_early(self) {
        let Some(search) = self.early.get() else { return };
        if let Some(failure) = self.memory.failure.get() {
            self.early.set(None);
            untrack(|| self.resume(search));
            self.complaint.set(Some(failure));
            return;
        }
        let Some(code) = self.code.get() else { return };
        let Some(found) = found_for(self.open, self.memory, code, &search.typed) else { return };
        self.early.set(None);
        match found.first().and_then(|place| self.memory.reply(*place)) {
            Some(reply) => untrack(|| self.choose(search, reply)),
            None => {
                self.complaint.set(Some(nothing_found(&search.typed)));
                untrack(|| self.resume(search));
            }
        }
    }

    /// Opens the list again where nothing was inserted: the next Enter must not send what is looked for.
    fn resume(self, search: SlashSearch) {
        let Some((text, cursor)) = self.text_and_cursor() else { return };
        if let Some(typed) = query(&text, search.slash, cursor) {
            self.chosen.set(0);
            self.search.set(Some(SlashSearch { typed: typed.to_owned(), ..search }));
        }
    }

    /// Inserts the reply, filled in for this conversation.
    pub(super) fn choose(self, search: SlashSearch, reply: SavedReply) {
        self.search.set(None);
        self.complaint.set(None);
        let SavedReply { id, saved, .. } = reply;
        self.memory.count_use(&id);
        let used = id.clone();
        spawn_local(async move {
            let _uncounted = saved_reply_used(used).await;
        });
        let known = self.filled.get_untracked().filter(|(known, _)| *known == id).map(|(_, text)| text);
        let ready = known.or_else(|| (!has_variables(&saved.text)).then(|| saved.text.clone()));
        match ready {
            Some(text) if saved.files.is_empty() => self.insert(&search, &text),
            ready => {
                let awaited = Awaited { id, press: search.press.clone(), has_files: !saved.files.is_empty(), ready };
                self.insert_awaited(search, awaited, saved.name);
            }
        }
    }

    fn insert_awaited(self, search: SlashSearch, awaited: Awaited, name: String) {
        self.inserting.set(Some(name.clone()));
        let conversation = self.open.id();
        spawn_local(async move {
            let whole = awaited.whole(conversation).await;
            let is_awaited = self.inserting.try_update(|awaited| awaited.take_if(|known| *known == name).is_some());
            // Escape was pressed, or the pane is gone.
            if is_awaited != Some(true) {
                if let Ok((_, files)) = whole {
                    files.iter().for_each(|file| browser::remove_at(&address_of(file)));
                }
                return;
            }
            match whole {
                Ok((text, files)) => {
                    self.insert(&search, &text);
                    self.open.files.take(self.open, &files);
                }
                Err(error) => {
                    self.resume(search);
                    self.complaint.set(Some(format!("Couldn't insert “{name}”. {error}")));
                }
            }
        });
    }

    fn insert(self, search: &SlashSearch, filled: &str) {
        let (text, cursor) = self.text_and_cursor().unwrap_or_else(|| {
            let text = self.open.text.get_untracked();
            let end = text.len();
            (text, end)
        });
        let (whole, selected) = inserted(&text, cursor, search, filled);
        self.show(whole, selected);
    }
}

/// A reply of which something comes from the server.
struct Awaited {
    id: SavedReplyId,
    press: String,
    has_files: bool,
    /// The text, if nothing is to be filled in.
    ready: Option<String>,
}

impl Awaited {
    /// The text as it is inserted, and the files, which are attached then.
    async fn whole(self, conversation: ConversationId) -> Result<(String, Vec<WaitingFile>), ApiError> {
        let text = match self.ready {
            Some(text) => text,
            None => saved_reply_fill(self.id.clone(), conversation.clone()).await?,
        };
        if !self.has_files {
            return Ok((text, Vec::new()));
        }
        Ok((text, saved_reply_attach(self.id, conversation, self.press).await?))
    }
}
