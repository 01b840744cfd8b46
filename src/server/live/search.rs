//! Search: customers by name and number, conversations by the texts of their messages, and the hits in one thread.
//!
//! The work of a page is bounded. The newest documents are looked at one by one; words that are rare among them are
//! looked up in the full-text index. If a filter hides what was found, its own newest conversations are searched.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Live, LiveError, Result,
    read::{scope, zone_named},
};
use crate::{
    contract::search::{FoundMessage, Indexing, SearchCursor, SearchHit, SearchPage, ThreadHit},
    domain::{
        desk::{Filter, Group, Row, Status},
        ids::{AgentId, ChannelId, ConversationId, MessageId, TenantId},
        search::{self, AgentName, Marked, Query},
        time::Timestamp,
    },
    server::{
        accounts::Agent,
        store::{
            Tx, agents, channels, conversations,
            customers::{self, CustomerRow},
            desk::{self, DeskScope},
            index_progress::{self, IndexProgress},
            messages,
            search::{self as index, Candidate, DocumentKind, Scan},
            tenants,
        },
    },
};

/// Conversations of one page.
const PAGE: usize = 20;
/// Documents that are looked at one by one.
const WALK: i64 = 400;
/// Of so many documents one must be a hit for a word to count as frequent, for which the full-text index is slow.
const FREQUENT: usize = 50;
/// Most walks for one page, if what they find is no hit after all.
const WALKS: usize = 3;
/// Candidates that the full-text index returns for one page.
const CANDIDATES: i64 = 2_000;
/// Candidates that are compared at once.
const CHUNK: usize = 40;
/// Most customers that are shown.
const CUSTOMERS: usize = 50;
/// Conversations of a filter that are searched at once, and at most.
const FILTERED_AT_ONCE: usize = 50;
const FILTERED: usize = 300;
/// Messages of an open thread that are searched: so many at once, and at most.
const THREAD_AT_ONCE: i64 = 500;
const THREAD: usize = 5_000;
/// Most hits of an open thread.
const THREAD_HITS: usize = 500;

/// One search, after its names are resolved.
struct Search<'a> {
    tenant: &'a TenantId,
    viewer: &'a AgentId,
    query: Query,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    status: Option<Status>,
    scope: DeskScope,
    is_filtered: bool,
}

impl Live {
    /// A page of results of the filter's search text, or a sentence that says why nothing was searched.
    pub async fn search(
        &self,
        agent: &Agent,
        filter: &Filter,
        after: Option<SearchCursor>,
        zone: Option<&str>,
    ) -> Result<SearchPage> {
        match self.results(agent, filter, after, zone).await {
            Err(LiveError::Invalid(detail)) => Ok(SearchPage { refused: Some(detail), ..SearchPage::default() }),
            other => other,
        }
    }

    async fn results(
        &self,
        agent: &Agent,
        filter: &Filter,
        after: Option<SearchCursor>,
        zone: Option<&str>,
    ) -> Result<SearchPage> {
        let mut tx = self.db.begin_read().await?;
        let tenant = tenants::find(&mut tx, agent.tenant()).await?.ok_or(LiveError::NotFound)?;
        let zone = zone.unwrap_or(&tenant.settings.zone).to_owned();
        let query = self.query(filter.search.as_deref().unwrap_or_default(), &zone)?;
        let mut scope = scope(filter, &zone)?;
        if let Some(named) = &query.agent {
            scope.agent = Some(self::agent(&mut tx, agent, named).await?);
        }
        if let Some(number) = &query.number {
            scope.channel = Some(channel(&mut tx, agent.tenant(), number).await?);
        }
        let start = |day: Option<jiff::civil::Date>| {
            let start = day.and_then(|day| day.to_zoned(zone_named(&zone)).ok());
            start.map(|start| Timestamp(start.timestamp().as_millisecond()))
        };
        let status = query.status.or(filter.status);
        let search = Search {
            tenant: agent.tenant(),
            viewer: agent.id(),
            from: start(query.from),
            to: start(query.to),
            is_filtered: status.is_some() || filter.is_narrowing() || scope.agent.is_some() || scope.channel.is_some(),
            status,
            scope,
            query,
        };
        let mut page = search.messages(&mut tx, after).await?;
        // Dates of the query are those of messages.
        if after.is_none() && search.from.is_none() && search.to.is_none() && !search.query.terms.is_empty() {
            page.customers = search.customers(&mut tx).await?;
        }
        page.indexing = index_progress::read(&mut tx).await?.map(|progress| Indexing { back_to: back_to(&progress) });
        Ok(page)
    }

    /// The messages of a conversation in which the search text is found, newest first. None for a text that cannot be
    /// searched, or one that is found in the customer's name only.
    pub async fn search_thread(&self, agent: &Agent, id: &ConversationId, typed: &str) -> Result<Vec<ThreadHit>> {
        let mut tx = self.db.begin_read().await?;
        if !conversations::exists(&mut tx, agent.tenant(), id).await? {
            return Err(LiveError::NotFound);
        }
        let Ok(query) = self.query(typed, "UTC") else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        if query.terms.is_empty() {
            return Ok(found);
        }
        let (mut before, mut seen) = (None, 0);
        while seen < THREAD && found.len() < THREAD_HITS {
            let page = messages::page(&mut tx, agent.tenant(), id, before, THREAD_AT_ONCE).await?;
            let Some(last) = page.last() else { break };
            before = Some((last.at, last.seq));
            seen += page.len();
            for record in page.into_iter().filter(|record| !record.revoked) {
                let text = record.content.search_text();
                if let Some(marks) = search::find(&query, &text) {
                    let hits: BTreeSet<&str> = marks.iter().filter_map(|mark| text.get(mark.start..mark.end)).collect();
                    let hits = hits.into_iter().map(str::to_owned).collect();
                    found.push(ThreadHit { message: record.id, hits });
                }
            }
        }
        found.truncate(THREAD_HITS);
        Ok(found)
    }

    fn query(&self, typed: &str, zone: &str) -> Result<Query> {
        let now = jiff::Timestamp::from_millisecond(self.clock.now().0).unwrap_or_default();
        let today = now.to_zoned(zone_named(zone)).date();
        search::parse(typed, today).map_err(|error| LiveError::Invalid(error.to_string()))
    }
}

/// When the messages were written that are found while older ones are being added.
fn back_to(progress: &IndexProgress) -> Option<Timestamp> {
    match progress {
        IndexProgress::Messages { back_to, .. } => *back_to,
        IndexProgress::Customers { .. } => None,
    }
}

/// The agent whom a query names.
async fn agent(tx: &mut Tx, caller: &Agent, named: &AgentName) -> Result<AgentId> {
    let AgentName::Name(name) = named else { return Ok(caller.id().clone()) };
    let known = agents::list(tx, caller.tenant()).await?.into_iter().map(|agent| (agent.id, agent.name));
    one_named("agent", name, known.collect())
}

/// The tenant's number that a query names, by its name or its digits.
async fn channel(tx: &mut Tx, tenant: &TenantId, name: &str) -> Result<ChannelId> {
    let known = channels::list(tx, tenant).await?.into_iter();
    one_named("number", name, known.map(|it| (it.id, format!("{} {}", it.name, it.display_phone))).collect())
}

fn one_named<T>(noun: &str, name: &str, known: Vec<(T, String)>) -> Result<T> {
    let unknown = || LiveError::Invalid(format!("No {noun} is called “{name}”. Check the spelling after “{noun}:”."));
    let query = search::parse(name, jiff::civil::Date::ZERO).map_err(|_| unknown())?;
    let mut found: Vec<(T, String)> =
        known.into_iter().filter(|(_, known)| search::find(&query, known).is_some()).collect();
    if let Some(same) = found.iter().position(|(_, known)| known.to_lowercase() == name.to_lowercase()) {
        return Ok(found.swap_remove(same).0);
    }
    if found.len() > 1 {
        let names: Vec<&str> = found.iter().map(|(_, known)| known.as_str()).collect();
        return Err(LiveError::Invalid(format!(
            "“{noun}:{name}” may be {}. Type more of the name.",
            names.join(" or ")
        )));
    }
    found.pop().map(|(id, _)| id).ok_or_else(unknown)
}

impl Search<'_> {
    fn scan(&self, kind: DocumentKind, after: Option<i64>) -> Scan<'_> {
        Scan { kind, query: &self.query, from: self.from, to: self.to, after }
    }

    async fn rows(&self, tx: &mut Tx, ids: &[ConversationId]) -> Result<BTreeMap<ConversationId, Row>> {
        let rows = desk::matching(tx, self.tenant, self.viewer, ids, (self.status, &self.scope)).await?;
        Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
    }

    async fn messages(&self, tx: &mut Tx, after: Option<SearchCursor>) -> Result<SearchPage> {
        let mut page = SearchPage::default();
        let start = after.map(|SearchCursor(id)| id);
        let mut after = start;
        for _ in 0..WALKS {
            let walk = index::walk(tx, self.tenant, self.scan(DocumentKind::Message, after), WALK).await?;
            let is_frequent = walk.found.len() * FREQUENT >= walk.seen;
            if let Some(cursor) = self.take(tx, &walk.found, &mut page.messages).await? {
                page.more = Some(cursor);
                return Ok(page);
            }
            let Some(reached) = walk.reached else { return Ok(page) };
            if !is_frequent {
                return self.look_up(tx, reached, page).await;
            }
            if self.is_filtered {
                return self.filtered(tx, start, page).await;
            }
            after = Some(reached);
        }
        page.more = after.map(SearchCursor);
        Ok(page)
    }

    /// The rest of a page by the full-text index.
    async fn look_up(&self, tx: &mut Tx, reached: i64, mut page: SearchPage) -> Result<SearchPage> {
        let scan = self.scan(DocumentKind::Message, Some(reached));
        let rest = index::indexed(tx, self.tenant, scan, CANDIDATES).await?;
        let full = self.take(tx, &rest.found, &mut page.messages).await?;
        page.more = full.or(rest.reached.map(SearchCursor));
        Ok(page)
    }

    /// The rest of a page from the newest conversations that the filter shows: the word is frequent, but not where the
    /// newest messages are. `start` is where the page begins: what is newer was on earlier pages.
    async fn filtered(&self, tx: &mut Tx, start: Option<i64>, mut page: SearchPage) -> Result<SearchPage> {
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
                let scan = self.scan(DocumentKind::Message, start);
                let found = index::of_conversations(tx, self.tenant, scan, &ids, CANDIDATES).await?;
                let is_full = self.take(tx, &found, &mut page.messages).await?.is_some();
                // A full page has no next one here, because its conversations are not in the order of documents.
                if examined >= FILTERED || is_full {
                    page.is_cut = true;
                    break 'groups;
                }
            }
        }
        page.messages.sort_by_key(|hit| std::cmp::Reverse(hit.message.as_ref().map(|message| message.at)));
        Ok(page)
    }

    /// Adds the conversations of `candidates` whose texts are hits and which the filter shows, until the page is full.
    /// Returns where the next page begins then.
    async fn take(
        &self,
        tx: &mut Tx,
        candidates: &[Candidate],
        hits: &mut Vec<SearchHit>,
    ) -> Result<Option<SearchCursor>> {
        let mut known: BTreeSet<ConversationId> = hits.iter().map(|hit| hit.row.id.clone()).collect();
        for chunk in candidates.chunks(CHUNK) {
            let ids: Vec<&str> = chunk.iter().map(|candidate| candidate.subject.as_str()).collect();
            let texts = index::texts(tx, self.tenant, &ids).await?;
            // The newest hit of each conversation.
            let mut found: Vec<(i64, ConversationId, FoundMessage)> = Vec::new();
            for candidate in chunk {
                let Some(conversation) = candidate.conversation.as_ref().filter(|id| !known.contains(*id)) else {
                    continue;
                };
                let id = MessageId::from(candidate.subject.as_str());
                let Some(text) = texts.get(&id) else { continue };
                let Some(marks) = search::find(&self.query, &text.text) else { continue };
                known.insert(conversation.clone());
                let excerpt = search::excerpt(&text.text, &marks);
                let message = FoundMessage { id, at: text.at, is_from_customer: text.is_from_customer, excerpt };
                found.push((candidate.id, conversation.clone(), message));
            }
            let ids: Vec<ConversationId> = found.iter().map(|(_, id, _)| id.clone()).collect();
            let mut rows = self.rows(tx, &ids).await?;
            for (document, conversation, message) in found {
                let Some(row) = rows.remove(&conversation) else { continue };
                let name = Marked { marks: search::marks(&self.query, &row.name), text: row.name.clone() };
                hits.push(SearchHit { row, name, phone: None, message: Some(message) });
                if hits.len() >= PAGE {
                    return Ok(Some(SearchCursor(document)));
                }
            }
        }
        Ok(None)
    }

    async fn customers(&self, tx: &mut Tx) -> Result<Vec<SearchHit>> {
        let walk = index::walk(tx, self.tenant, self.scan(DocumentKind::Customer, None), WALK).await?;
        let mut found = walk.found;
        if found.len() < CUSTOMERS
            && let Some(reached) = walk.reached
        {
            let scan = self.scan(DocumentKind::Customer, Some(reached));
            found.extend(index::indexed(tx, self.tenant, scan, CANDIDATES).await?.found);
        }
        found.truncate(CUSTOMERS);
        let ids: Vec<&str> = found.iter().map(|candidate| candidate.subject.as_str()).collect();
        let mut people = customers::by_ids(tx, self.tenant, &ids).await?;
        people.retain(|it| search::is_customer_hit(&self.query, &it.name, it.username.as_deref(), it.wa_id.as_deref()));
        let ids: Vec<_> = people.iter().map(|it| &it.id).collect();
        let limit = i64::try_from(2 * CUSTOMERS).unwrap_or(i64::MAX);
        let newest = desk::newest_of_customers(tx, self.tenant, &ids, limit).await?;
        let mut rows: Vec<Row> = self.rows(tx, &newest).await?.into_values().collect();
        rows.sort_by_key(|row| (std::cmp::Reverse(row.last_at), row.id.clone()));
        rows.truncate(PAGE);
        Ok(rows.into_iter().map(|row| self.customer_hit(row, &people)).collect())
    }

    fn customer_hit(&self, row: Row, people: &[CustomerRow]) -> SearchHit {
        let name = Marked { marks: search::marks(&self.query, &row.name), text: row.name.clone() };
        let phone = row.phone.as_ref().and_then(|phone| {
            let marks = search::number_marks(&self.query, phone);
            (!marks.is_empty()).then(|| Marked { text: phone.clone(), marks })
        });
        // A username is not in the row, so it is shown where the number would be.
        let username = || {
            let is_of_row = |it: &&CustomerRow| {
                // Customers without a number are told apart by their names.
                it.wa_id.as_ref().map(|digits| format!("+{digits}")) == row.phone && it.name == row.name
            };
            let owner = people.iter().find(is_of_row)?;
            let text = format!("@{}", owner.username.as_deref()?);
            let marks = search::marks(&self.query, &text);
            (!marks.is_empty()).then_some(Marked { text, marks })
        };
        let phone = phone.or_else(|| if name.marks.is_empty() { username() } else { None });
        SearchHit { row, name, phone, message: None }
    }
}
