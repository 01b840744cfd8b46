//! The saved replies of the viewer, which are read when they are first looked for. They are kept for all conversations; later
//! looks only ask whether anything has changed.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::saved_reply::read_saved_replies,
    contract::{ApiError, saved_reply::SavedReplies},
    domain::{
        ids::SavedReplyId,
        saved_reply::{SavedReply, search::ListedReply},
    },
};

/// What is known of them. Cheap to copy; lives as long as the layout.
#[derive(Clone, Copy)]
pub struct ReplyMemory {
    known: RwSignal<Option<Arc<SavedReplies>>>,
    /// Why they could not be read, as long as none are known.
    pub failure: RwSignal<Option<String>>,
    is_asking: StoredValue<bool>,
}

impl ReplyMemory {
    /// Provides it to the components below.
    pub fn provide() {
        provide_context(Self {
            known: RwSignal::new(None),
            failure: RwSignal::new(None),
            is_asking: StoredValue::new(false),
        });
    }

    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// Reads what has changed. One read at a time.
    pub fn read(self) {
        if self.is_asking.try_update_value(|is_asking| std::mem::replace(is_asking, true)) != Some(false) {
            return;
        }
        self.failure.set(None);
        let mark = self.known.with_untracked(|known| known.as_ref().map(|known| known.mark.clone()));
        spawn_local(async move {
            let read = read_saved_replies(mark).await;
            // The layout may be gone.
            if self.is_asking.try_set_value(false).is_some() {
                return;
            }
            match read {
                Ok(Some(newer)) => self.known.set(Some(Arc::new(newer))),
                Ok(None) => {}
                Err(error) => self.failed(&error),
            }
        });
    }

    /// Without a network, the replies that are known are good enough.
    fn failed(self, error: &ApiError) {
        if self.known.with_untracked(Option::is_none) {
            self.failure.set(Some(format!("Couldn't load your saved replies. {error}")));
        }
    }

    /// The replies by name; `None` while they are read. Tracks.
    pub fn with<T>(self, look: impl FnOnce(&[ListedReply]) -> T) -> Option<T> {
        self.known.with(|known| known.as_ref().map(|known| look(&known.replies)))
    }

    /// The reply at this place. Tracks.
    pub fn reply(self, place: usize) -> Option<SavedReply> {
        self.with(|replies| replies.get(place).map(|listed| listed.reply.clone())).flatten()
    }

    /// Counts a use, so that the order of the next look is right.
    pub fn count_use(self, id: &SavedReplyId) {
        self.known.update(|known| {
            let Some(known) = known else { return };
            let known = Arc::make_mut(known);
            if let Some(listed) = known.replies.iter_mut().find(|listed| listed.reply.id == *id) {
                listed.reply.uses += 1;
            }
        });
    }
}
