//! The hits in one thread: its newest messages and notes are compared one by one.

use std::collections::BTreeSet;

use super::super::Result;
use crate::{
    contract::search::{FoundItem, ThreadHit},
    domain::{
        conversation::describe::AgentNames,
        ids::{ConversationId, Seq, TenantId},
        note,
        search::{self, Query},
        time::Timestamp,
    },
    server::store::{Tx, agents, messages, notes},
};

/// Items of an open thread that are searched: so many at once, and at most of each kind.
const AT_ONCE: i64 = 500;
const MOST: usize = 5_000;
/// Most hits of an open thread.
pub(super) const HITS: usize = 500;

/// A hit with its place in the thread.
pub(super) type PlacedHit = ((Timestamp, Seq), ThreadHit);

/// Adds the messages of a conversation that are found.
pub(super) async fn messages(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &ConversationId,
    query: &Query,
    found: &mut Vec<PlacedHit>,
) -> Result<()> {
    let (mut before, mut seen) = (None, 0);
    while seen < MOST && found.len() < HITS {
        let page = messages::page(tx, tenant, id, before, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        before = Some((last.at, last.seq));
        seen += page.len();
        for record in page.into_iter().filter(|record| !record.revoked) {
            let place = (record.at, record.seq);
            let hit = hit(query, &record.content.search_text(), FoundItem::Message(record.id));
            found.extend(hit.map(|hit| (place, hit)));
        }
    }
    Ok(())
}

/// Adds the notes of a conversation that are found.
pub(super) async fn notes(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &ConversationId,
    query: &Query,
    found: &mut Vec<PlacedHit>,
) -> Result<()> {
    let (mut before, mut seen, mut names) = (None, 0, None);
    while seen < MOST {
        let page = notes::page(tx, tenant, id, before, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        before = Some((Timestamp(last.at), Seq(last.seq)));
        seen += page.len();
        if names.is_none() {
            names = Some(agents::names(tx, tenant).await?);
        }
        for row in page {
            let (Some(body), Some(names)) = (&row.body, &names) else { continue };
            let place = (Timestamp(row.at), Seq(row.seq));
            let hit = hit(query, &shown(body, names), FoundItem::Note(row.id.clone()));
            found.extend(hit.map(|hit| (place, hit)));
        }
    }
    Ok(())
}

/// A note as it is read, with the names of those whom it mentions.
pub(super) fn shown(body: &str, names: &AgentNames) -> String {
    let named = |agent| names.find(&agent).map(str::to_owned).map(|name| (agent, name));
    let known: Vec<_> = note::mentioned(body).into_iter().filter_map(named).collect();
    note::shown(body, &known)
}

fn hit(query: &Query, text: &str, item: FoundItem) -> Option<ThreadHit> {
    let marks = search::find(query, text)?;
    let hits: BTreeSet<&str> = marks.iter().filter_map(|mark| text.get(mark.start..mark.end)).collect();
    Some(ThreadHit { item, hits: hits.into_iter().map(str::to_owned).collect() })
}
