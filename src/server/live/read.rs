//! Snapshots: the desk with a filter, further pages, and the data of the layout. Each is read in one transaction
//! together with its sequence number.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date, tz::TimeZone};

use super::{Live, LiveError, Result, setup};
use crate::{
    contract::desk::{Asides, Calls, Choices},
    domain::{
        desk::{Count, Days, Desk, Filter, Group, Key, Range, Row},
        time::Timestamp,
    },
    server::{
        accounts::Agent,
        store::{
            self, agents, channels, conversations, counters,
            desk::{self, DeskScope},
            drafts, notes, pending_endings, returned_conversations, scheduled_messages, tenants,
        },
    },
};

/// Rows of one page of a group.
const PAGE: usize = 30;
/// Most waiting handoffs that a page's strip knows at first.
const CALLS: usize = 20;
/// Where filtered counts stop.
const CAP: i64 = 1_000;

/// Converts the filter's days to timestamps in the viewer's time zone. An invalid day is an error for the viewer.
pub(super) fn scope(filter: &Filter, zone: &str) -> Result<DeskScope> {
    let zone = zone_named(zone);
    let start_of = |date: Date| -> Result<Timestamp> {
        let start = date.to_zoned(zone.clone()).and_then(|day| day.start_of_day());
        start.map(|at| Timestamp(at.timestamp().as_millisecond())).map_err(|_| bad_day())
    };
    let parse = |day: &Option<String>| -> Result<Option<Date>> {
        day.as_deref().filter(|day| !day.is_empty()).map(|day| day.parse().map_err(|_| bad_day())).transpose()
    };
    let from = parse(&filter.from)?.map(start_of).transpose()?;
    let to = match parse(&filter.to)? {
        Some(date) => Some(start_of(date.checked_add(1.day()).map_err(|_| bad_day())?)?),
        None => None,
    };
    Ok(DeskScope {
        date_of: filter.date_of,
        days: Days { from, to },
        agent: filter.agent.clone(),
        channel: filter.channel.clone(),
        trigger: filter.trigger,
        failed: filter.failed,
        unanswered: filter.unanswered,
    })
}

/// A viewer's zone. One that this build does not know counts as UTC.
pub(super) fn zone_named(zone: &str) -> TimeZone {
    TimeZone::get(zone).unwrap_or(TimeZone::UTC)
}

fn bad_day() -> LiveError {
    LiveError::Invalid("Enter the date like 2026-11-22.".to_owned())
}

impl Live {
    /// The first page of every group that `filter` includes. Its search text narrows nothing: see `search.rs`.
    pub async fn desk(&self, agent: &Agent, filter: Filter, zone: Option<&str>) -> Result<Desk> {
        let mut tx = self.db.begin_read().await?;
        let tenant = tenants::find(&mut tx, agent.tenant()).await?.ok_or(LiveError::NotFound)?;
        let scope = scope(&filter, zone.unwrap_or(&tenant.settings.zone))?;
        let read = async {
            let mut groups = BTreeMap::new();
            let mut filtered: BTreeMap<Group, Count> = BTreeMap::new();
            for group in Group::ALL {
                if filter.is_narrowing() {
                    let count = desk::count(&mut tx, agent.tenant(), agent.id(), group, &scope, CAP).await?;
                    filtered.insert(group, count);
                }
                if filter.status.is_none_or(|wanted| wanted.includes(group)) {
                    groups.insert(group, page(&mut tx, agent, group, &scope, None, PAGE).await?);
                }
            }
            let counts = counters::read(&mut tx, agent.tenant()).await?;
            store::Result::Ok((groups, filtered, counts))
        };
        let (groups, filtered, counts) = read.await?;
        Ok(Desk {
            viewer: agent.id().clone(),
            days: scope.days,
            filtered: filter.is_narrowing().then_some(filtered),
            filter,
            seq: tenant.last_seq,
            counts,
            groups,
            news: BTreeSet::new(),
        })
    }

    pub async fn more(
        &self,
        agent: &Agent,
        filter: Filter,
        group: Group,
        after: &Key,
        zone: Option<&str>,
    ) -> Result<Range> {
        let mut tx = self.db.begin_read().await?;
        let tenant = tenants::find(&mut tx, agent.tenant()).await?.ok_or(LiveError::NotFound)?;
        let scope = scope(&filter, zone.unwrap_or(&tenant.settings.zone))?;
        Ok(page(&mut tx, agent, group, &scope, Some(after), PAGE).await?)
    }

    pub async fn calls(&self, agent: &Agent) -> store::Result<Calls> {
        let at = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let record = tenants::find(&mut tx, agent.tenant()).await?;
        let (seq, settings) = record.map(|record| (record.last_seq, record.settings)).unwrap_or_default();
        let waiting = page(&mut tx, agent, Group::Unassigned, &DeskScope::default(), None, CALLS).await?;
        let endings = endings(&mut tx, agent).await?;
        let unread = conversations::unread_of(&mut tx, agent.tenant(), agent.id()).await?;
        let mut drafts = drafts::of_agent(&mut tx, agent.tenant(), agent.id()).await?;
        for id in scheduled_messages::asking_of(&mut tx, agent.tenant(), agent.id()).await? {
            if !drafts.contains(&id) {
                drafts.push(id);
            }
        }
        let returned = returned_conversations::list(&mut tx, agent.tenant(), agent.id()).await?;
        let mentions = notes::mentions_of(&mut tx, agent.tenant(), agent.id()).await?;
        let counts = counters::read(&mut tx, agent.tenant()).await?;
        let desk = Desk {
            viewer: agent.id().clone(),
            filter: Filter::default(),
            days: Days::default(),
            seq,
            counts,
            filtered: None,
            groups: BTreeMap::from([(Group::Unassigned, waiting.clone())]),
            news: BTreeSet::new(),
        };
        let online = self.presence.online(agent.tenant(), at).to_vec();
        let channels = channels::list(&mut tx, agent.tenant()).await?;
        let stopped = super::changes::stopped(&channels);
        let agents = agents::list(&mut tx, agent.tenant()).await?;
        let known = setup::Known { settings: &settings, counts: &desk.counts, channels: &channels, agents: &agents };
        let setup = setup::steps(&mut tx, agent, known).await?;
        let left = agents.iter().filter(|agent| !agent.active).map(|agent| agent.id.clone()).collect();
        let choices = Choices {
            left,
            agents: agents.into_iter().map(|agent| (agent.id, agent.name)).collect(),
            channels: channels.into_iter().map(|channel| (channel.id, channel.name)).collect(),
        };
        let waiting = waiting.rows;
        let asides = Asides { returned, mentions, stopped, setup }.write();
        Ok(Calls { waiting, desk, online, at, endings, unread, drafts, choices, asides })
    }
}

async fn page(
    tx: &mut store::Tx,
    agent: &Agent,
    group: Group,
    scope: &DeskScope,
    after: Option<&Key>,
    size: usize,
) -> store::Result<Range> {
    // One extra row shows whether there are more.
    let mut rows = desk::page(tx, agent.tenant(), agent.id(), group, scope, after, size + 1).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    Ok(Range { rows, more })
}

/// The conversations in which the agent's close or return is pending.
async fn endings(tx: &mut store::Tx, agent: &Agent) -> store::Result<Vec<Row>> {
    let ids = pending_endings::of_agent(tx, agent.tenant(), agent.id()).await?;
    let mut rows = desk::rows(tx, agent.tenant(), &ids).await?;
    rows.sort_by_cached_key(|row| (row.ending.as_ref().map(|ending| ending.due_at), row.id.clone()));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_filter_includes_the_last_day_in_the_viewers_zone() {
        let filter =
            Filter { from: Some("2026-03-29".to_owned()), to: Some("2026-03-29".to_owned()), ..Filter::default() };
        // The clocks go forward in Berlin that night, so the day has 23 hours.
        let day = scope(&filter, "Europe/Berlin").expect("a day");
        let length = day.days.to.zip(day.days.from).map(|(to, from)| to.0 - from.0);
        assert_eq!(length, Some(23 * 3_600_000));
        let wrong = Filter { from: Some("29.3.2026".to_owned()), ..Filter::default() };
        assert!(matches!(scope(&wrong, "UTC"), Err(LiveError::Invalid(_))));
    }
}
