//! Conversations by the texts of their messages, or of the notes in them, newest first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    super::Result, CANDIDATES, FILTERED, FILTERED_AT_ONCE, FREQUENT, NOTES, PAGE, Search, WALK, WALKS, thread,
};
use crate::{
    contract::search::{FoundMessage, FoundNote, SearchCursor, SearchHit, SearchPage},
    domain::{
        conversation::describe::AgentNames,
        desk::Group,
        ids::ConversationId,
        search::{self, Mark, Marked},
        time::Timestamp,
    },
    server::store::{
        Tx, agents, desk,
        search::{self as index, Candidate, DocumentKind, FoundText, Writer},
    },
};

/// Candidates that are compared at once.
const CHUNK: usize = 40;

/// What is looked for.
struct Wanted {
    kind: DocumentKind,
    /// Conversations.
    most: usize,
    /// Who writes and is mentioned in notes. Messages name nobody.
    names: AgentNames,
}

/// What was found of it.
#[derive(Default)]
struct Part {
    hits: Vec<SearchHit>,
    more: Option<SearchCursor>,
    is_cut: bool,
}

/// A text that is a hit.
struct FoundIn {
    text: FoundText,
    marks: Vec<Mark>,
}

impl Search<'_> {
    pub(super) async fn messages(&self, tx: &mut Tx, after: Option<SearchCursor>) -> Result<SearchPage> {
        let Part { hits, more, is_cut } = self.part(tx, DocumentKind::Message, PAGE, after).await?;
        Ok(SearchPage { messages: hits, more, is_cut, ..SearchPage::default() })
    }

    /// A page of notes alone.
    pub(super) async fn notes(&self, tx: &mut Tx, after: Option<SearchCursor>) -> Result<SearchPage> {
        let Part { hits, more, is_cut } = self.part(tx, DocumentKind::Note, PAGE, after).await?;
        Ok(SearchPage { notes: hits, more, is_cut, ..SearchPage::default() })
    }

    /// Adds the newest notes to a page of messages.
    pub(super) async fn add_notes(&self, tx: &mut Tx, page: &mut SearchPage) -> Result<()> {
        let Part { hits, more, is_cut } = self.part(tx, DocumentKind::Note, NOTES, None).await?;
        page.notes = hits;
        page.has_more_notes = more.is_some() || is_cut;
        Ok(())
    }

    async fn part(&self, tx: &mut Tx, kind: DocumentKind, most: usize, after: Option<SearchCursor>) -> Result<Part> {
        let names = match kind {
            DocumentKind::Note => agents::names(tx, self.tenant).await?,
            DocumentKind::Message | DocumentKind::Customer => AgentNames::from_iter([]),
        };
        let wanted = &Wanted { kind, most, names };
        let mut part = Part::default();
        let start = after.map(|SearchCursor(id)| id);
        let mut after = start;
        for _ in 0..WALKS {
            let walk = index::walk(tx, self.tenant, self.scan(kind, after), WALK).await?;
            let is_frequent = walk.found.len() * FREQUENT >= walk.seen;
            if let Some(cursor) = self.take(tx, wanted, &walk.found, &mut part.hits).await? {
                part.more = Some(cursor);
                return Ok(part);
            }
            let Some(reached) = walk.reached else { return Ok(part) };
            if !is_frequent {
                return self.look_up(tx, wanted, reached, part).await;
            }
            if self.is_filtered {
                return self.filtered(tx, wanted, start, part).await;
            }
            after = Some(reached);
        }
        part.more = after.map(SearchCursor);
        Ok(part)
    }

    /// The rest of a page by the full-text index.
    async fn look_up(&self, tx: &mut Tx, wanted: &Wanted, reached: i64, mut part: Part) -> Result<Part> {
        let scan = self.scan(wanted.kind, Some(reached));
        let rest = index::indexed(tx, self.tenant, scan, CANDIDATES).await?;
        let full = self.take(tx, wanted, &rest.found, &mut part.hits).await?;
        part.more = full.or(rest.reached.map(SearchCursor));
        Ok(part)
    }

    /// The rest of a page from the newest conversations that the filter shows: the word is frequent, but not where the
    /// newest documents are. `start` is where the page begins: what is newer was on earlier pages.
    async fn filtered(&self, tx: &mut Tx, wanted: &Wanted, start: Option<i64>, mut part: Part) -> Result<Part> {
        let groups = Group::ALL.into_iter().filter(|group| self.status.is_none_or(|status| status.includes(*group)));
        let mut examined = 0;
        'groups: for group in groups {
            let mut after = None;
            loop {
                let rows =
                    desk::page(tx, self.tenant, self.viewer, group, &self.scope, after.as_ref(), FILTERED_AT_ONCE)
                        .await?;
                let Some(last) = rows.last() else { break };
                after = Some(last.key(group));
                examined += rows.len();
                let ids: Vec<ConversationId> = rows.into_iter().map(|row| row.id).collect();
                let scan = self.scan(wanted.kind, start);
                let found = index::of_conversations(tx, self.tenant, scan, &ids, CANDIDATES).await?;
                let is_full = self.take(tx, wanted, &found, &mut part.hits).await?.is_some();
                // A full page has no next one here, because its conversations are not in the order of documents.
                if examined >= FILTERED || is_full {
                    part.is_cut = true;
                    break 'groups;
                }
            }
        }
        part.hits.sort_by_key(|hit| Reverse(found_at(hit)));
        Ok(part)
    }

    /// Adds the conversations of `candidates` whose texts are hits and which the filter shows, until there are enough.
    /// Returns where the next page begins then.
    async fn take(
        &self,
        tx: &mut Tx,
        wanted: &Wanted,
        candidates: &[Candidate],
        hits: &mut Vec<SearchHit>,
    ) -> Result<Option<SearchCursor>> {
        let mut known: BTreeSet<ConversationId> = hits.iter().map(|hit| hit.row.id.clone()).collect();
        for chunk in candidates.chunks(CHUNK) {
            let mut texts = self.found_texts(tx, wanted, chunk).await?;
            // The newest hit of each conversation.
            let mut found: Vec<(&Candidate, ConversationId, FoundIn)> = Vec::new();
            for candidate in chunk {
                let Some(conversation) = candidate.conversation.as_ref().filter(|id| !known.contains(*id)) else {
                    continue;
                };
                let Some(found_in) = texts.remove(&candidate.subject) else { continue };
                known.insert(conversation.clone());
                found.push((candidate, conversation.clone(), found_in));
            }
            let ids: Vec<ConversationId> = found.iter().map(|(_, id, _)| id.clone()).collect();
            let mut rows = self.rows(tx, &ids).await?;
            for (candidate, conversation, found_in) in found {
                let Some(row) = rows.remove(&conversation) else { continue };
                let name = Marked { marks: search::marks(&self.query, &row.name), text: row.name.clone() };
                let hit = SearchHit { row, name, phone: None, message: None, note: None };
                hits.push(found_in.shown_in(hit, &candidate.subject, &wanted.names));
                if hits.len() >= wanted.most {
                    return Ok(Some(SearchCursor(candidate.id)));
                }
            }
        }
        Ok(None)
    }

    /// The texts of candidates that are hits.
    async fn found_texts(
        &self,
        tx: &mut Tx,
        wanted: &Wanted,
        candidates: &[Candidate],
    ) -> Result<BTreeMap<String, FoundIn>> {
        let ids: Vec<&str> = candidates.iter().map(|candidate| candidate.subject.as_str()).collect();
        let texts = index::texts(tx, self.tenant, wanted.kind, &ids).await?;
        let hits = texts.into_iter().filter_map(|(id, mut text)| {
            if wanted.kind == DocumentKind::Note {
                text.text = thread::shown(&text.text, &wanted.names);
            }
            let marks = search::find(&self.query, &text.text)?;
            Some((id, FoundIn { text, marks }))
        });
        Ok(hits.collect())
    }
}

impl FoundIn {
    /// The hit with this text. `id` is the message or note.
    fn shown_in(self, hit: SearchHit, id: &str, names: &AgentNames) -> SearchHit {
        let Self { text: FoundText { text, at, by }, marks } = self;
        let excerpt = search::excerpt(&text, &marks);
        let message = match by {
            Writer::Customer | Writer::Business => {
                let is_from_customer = by == Writer::Customer;
                Some(FoundMessage { id: id.into(), at, is_from_customer, excerpt })
            }
            Writer::Agent(author) => {
                let author_name = names.of(&author);
                let note = Some(FoundNote { id: id.into(), at, author, author_name, excerpt });
                return SearchHit { note, ..hit };
            }
        };
        SearchHit { message, ..hit }
    }
}

/// When what is found was written.
fn found_at(hit: &SearchHit) -> Option<Timestamp> {
    let message = hit.message.as_ref().map(|message| message.at);
    message.or_else(|| hit.note.as_ref().map(|note| note.at))
}
