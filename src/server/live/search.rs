//! Search: customers by name and number, conversations by the texts of their messages and of the team's notes, and the hits in
//! one thread.
//!
//! The work of a page is bounded. The newest documents are looked at one by one; words that are rare among them are
//! looked up in the full-text index. If a filter hides what was found, its own newest conversations are searched
//! (`search/documents.rs`).

mod documents;
mod thread;

use std::collections::BTreeMap;

use super::{
    Live, LiveError, Result,
    read::{scope, zone_named},
};
use crate::{
    contract::search::{Indexing, SearchCursor, SearchHit, SearchPage, ThreadHit},
    domain::{
        desk::{Filter, Row, Status},
        ids::{AgentId, ChannelId, ConversationId, TenantId},
        search::{self, AgentName, Marked, Query, SearchPlace},
        time::Timestamp,
    },
    server::{
        accounts::Agent,
        store::{
            Tx, agents, channels, conversations,
            customers::{self, CustomerRow},
            desk::{self, DeskScope},
            index_progress::{self, IndexProgress},
            search::{self as index, DocumentKind, Scan},
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
/// Most customers that are shown.
const CUSTOMERS: usize = 50;
/// Conversations of a filter that are searched at once, and at most.
const FILTERED_AT_ONCE: usize = 50;
const FILTERED: usize = 300;
/// Conversations whose notes are shown beside messages.
const NOTES: usize = 5;

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
        let mut page = match search.query.place {
            None | Some(SearchPlace::Messages) => search.messages(&mut tx, after).await?,
            Some(SearchPlace::Notes) => search.notes(&mut tx, after).await?,
        };
        // Beside the messages, on the first page. Every conversation would be one without a word to look for.
        if after.is_none() && search.query.place.is_none() && !search.query.terms.is_empty() {
            search.add_notes(&mut tx, &mut page).await?;
            // Dates of the query are those of messages and notes.
            if search.from.is_none() && search.to.is_none() {
                page.customers = search.customers(&mut tx).await?;
            }
        }
        page.indexing = index_progress::read(&mut tx).await?.as_ref().and_then(indexing);
        Ok(page)
    }

    /// The messages and notes of a conversation in which the search text is found, newest first. None for a text that cannot
    /// be searched, or one that is found in the customer's name only.
    pub async fn search_thread(&self, agent: &Agent, id: &ConversationId, typed: &str) -> Result<Vec<ThreadHit>> {
        let mut tx = self.db.begin_read().await?;
        if !conversations::exists(&mut tx, agent.tenant(), id).await? {
            return Err(LiveError::NotFound);
        }
        let Ok(query) = self.query(typed, "UTC") else { return Ok(Vec::new()) };
        if query.terms.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        if query.place != Some(SearchPlace::Notes) {
            thread::messages(&mut tx, agent.tenant(), id, &query, &mut found).await?;
        }
        if query.place != Some(SearchPlace::Messages) {
            thread::notes(&mut tx, agent.tenant(), id, &query, &mut found).await?;
        }
        found.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
        found.truncate(thread::HITS);
        Ok(found.into_iter().map(|(_, hit)| hit).collect())
    }

    fn query(&self, typed: &str, zone: &str) -> Result<Query> {
        let now = jiff::Timestamp::from_millisecond(self.clock.now().0).unwrap_or_default();
        let today = now.to_zoned(zone_named(zone)).date();
        search::parse(typed, today).map_err(|error| LiveError::Invalid(error.to_string()))
    }
}

/// How far back messages are found while older ones are being added. Notes come last, and are few.
fn indexing(progress: &IndexProgress) -> Option<Indexing> {
    match progress {
        IndexProgress::Messages { back_to, .. } => Some(Indexing { back_to: *back_to }),
        IndexProgress::Customers { .. } => Some(Indexing { back_to: None }),
        IndexProgress::Notes { .. } => None,
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
        SearchHit { row, name, phone, message: None, note: None }
    }
}
