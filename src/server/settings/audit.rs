//! Reads the audit log, newest first: the tenant's log without the messages. The log holds ids, so the names of what an
//! entry is about are those of today; what was removed since has none.

use std::collections::HashMap;

use jiff::{ToSpan, civil::Date, tz::TimeZone};

use crate::{
    contract::audit::{AuditFilter, AuditLine, AuditPage},
    domain::{
        conversation::describe::{self, AgentNames},
        event::{Actor, Entry, Event, Setting},
        ids::{ChannelId, ConversationId, CustomerId, HandoffId, Seq, TenantId},
        settings::TextName,
        time::Timestamp,
        trouble,
    },
    server::store::{
        self, Tx, account_links, agents,
        channels::{self, ChannelRow},
        customers, desk,
        entries::{self, AuditScope},
        flows, handoffs, keywords, outcomes, saved_replies, tenants,
    },
};

use super::{Result, Settings, SettingsError, texts::stored_name};

/// Entries of one page.
const PAGE: usize = 50;

impl Settings {
    /// The entries that `filter` finds. Its days are those of `zone`, or of the tenant.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if a day is none.
    pub async fn read_audit(&self, tenant: &TenantId, filter: &AuditFilter, zone: Option<&str>) -> Result<AuditPage> {
        let mut tx = self.db.begin_read().await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)?;
        let zone = TimeZone::get(zone.unwrap_or(&record.settings.zone)).unwrap_or(TimeZone::UTC);
        let scope = AuditScope {
            kind: filter.kind,
            actor: filter.agent.clone().map(Actor::Agent),
            from: start_of(filter.from.as_deref(), 0, &zone)?,
            to: start_of(filter.to.as_deref(), 1, &zone)?,
        };
        // One extra entry shows whether there is an older page.
        let mut found = entries::audited(&mut tx, tenant, &scope, filter.before, PAGE as i64 + 1).await?;
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let older = found.last().filter(|_| more).map(|entry| entry.seq);
        let seqs: Vec<Seq> = found.iter().map(|entry| entry.seq).collect();
        let mut addresses = entries::addresses(&mut tx, tenant, &seqs).await?;
        let names = agents::names(&mut tx, tenant).await?;
        let subjects = Subjects::read(&mut tx, tenant, &found).await?;
        let line = |entry: Entry| {
            Some(AuditLine {
                address: addresses.remove(&entry.seq),
                what: describe::what(&entry.event, &entry.actor, &names)?,
                who: describe::who(&entry.actor, &names),
                about: subjects.of(&entry, &names),
                seq: entry.seq,
                at: entry.at,
                conversation: entry.conversation,
            })
        };
        Ok(AuditPage { lines: found.into_iter().filter_map(line).collect(), older })
    }
}

/// The beginning of a day, or of one `later` days after it. An empty text is no day.
fn start_of(day: Option<&str>, later: i64, zone: &TimeZone) -> Result<Option<Timestamp>> {
    let Some(day) = day.filter(|day| !day.is_empty()) else { return Ok(None) };
    let bad = |_| SettingsError::Invalid("Enter the date like 2026-11-22.".to_owned());
    let date: Date = day.parse().map_err(bad)?;
    let date = date.checked_add(later.days()).map_err(bad)?;
    let start = date.to_zoned(zone.clone()).and_then(|day| day.start_of_day()).map_err(bad)?;
    Ok(Some(Timestamp(start.timestamp().as_millisecond())))
}

/// The names of what the entries of a page are about.
struct Subjects {
    customers: HashMap<CustomerId, String>,
    conversations: HashMap<ConversationId, String>,
    channels: HashMap<ChannelId, ChannelRow>,
    /// Who was invited, by the id that they got by joining.
    invited: AgentNames,
    /// Keywords, outcomes, saved replies, flows and handoffs, whose ids differ from each other.
    settings: HashMap<String, String>,
}

impl Subjects {
    async fn read(tx: &mut Tx, tenant: &TenantId, found: &[Entry]) -> store::Result<Self> {
        let ids: Vec<ConversationId> = found.iter().filter_map(|entry| entry.conversation.clone()).collect();
        let rows = desk::rows(tx, tenant, &ids).await?;
        let people: Vec<&str> = found.iter().filter_map(|entry| Some(entry.event.customer()?.as_str())).collect();
        let people = customers::by_ids(tx, tenant, &people).await?;
        let is_configured =
            found.iter().any(|entry| matches!(entry.event, Event::Configured { .. } | Event::Exported { .. }));
        let is_about_numbers =
            found.iter().any(|entry| matches!(entry.event, Event::ChannelTrouble { .. } | Event::ChannelShared { .. }));
        let channels = if is_configured || is_about_numbers { channels::list(tx, tenant).await? } else { Vec::new() };
        let mut settings = HashMap::new();
        if is_configured {
            let keywords = keywords::list(tx, tenant).await?;
            settings.extend(keywords.into_iter().map(|rule| (rule.id.to_string(), format!("“{}”", rule.phrase))));
            let outcomes = outcomes::list(tx, tenant).await?;
            settings.extend(outcomes.into_iter().map(|outcome| (outcome.id.to_string(), outcome.name)));
            let replies = saved_replies::names_for_everyone(tx, tenant).await?;
            settings.extend(replies.into_iter().map(|(id, name)| (id.to_string(), name)));
            let flows = flows::list(tx, tenant).await?;
            settings.extend(flows.into_iter().map(|flow| (flow.id.to_string(), flow.draft.name)));
            settings.extend(left_out(tx, tenant, found).await?);
        }
        let is_about_team = found.iter().any(|entry| matches!(entry.event, Event::MemberChanged { .. }));
        let invited = if is_about_team { account_links::invited_names(tx, tenant).await? } else { Vec::new() };
        Ok(Self {
            invited: invited.into_iter().collect(),
            customers: people.into_iter().map(|person| (person.id, person.name)).collect(),
            conversations: rows.into_iter().map(|row| (row.id, row.name)).collect(),
            channels: channels.into_iter().map(|channel| (channel.id.clone(), channel)).collect(),
            settings,
        })
    }

    fn of(&self, entry: &Entry, names: &AgentNames) -> Option<String> {
        if let Some(name) = entry.conversation.as_ref().and_then(|id| self.conversations.get(id)) {
            return Some(name.clone());
        }
        if let Event::Configured { what, subject, .. } | Event::Exported { what, subject } = &entry.event {
            return self.setting(*what, subject.as_deref()?, names);
        }
        if let Event::SignInRefused { agent, .. } | Event::SecondFactorChanged { agent, .. } = &entry.event {
            return Some(names.of(agent)).filter(|_| entry.actor != Actor::Agent(agent.clone()));
        }
        if let Event::MemberChanged { agent, .. } = &entry.event {
            // Beside their own act, their name would be there twice.
            let is_own = entry.actor == Actor::Agent(agent.clone());
            let name = || names.find(agent).map_or_else(|| self.invited.of(agent), str::to_owned);
            return (!is_own).then(name);
        }
        // Meta reports something about a number, or about the account that the number belongs to.
        if let Event::ChannelTrouble { channel, field, .. } = &entry.event {
            let ChannelRow { name, display_phone, .. } = self.channels.get(channel)?;
            let number = format!("{name} ({display_phone})");
            return Some(match trouble::is_about_a_number(field) {
                true => number,
                false => format!("The account of {number}"),
            });
        }
        if let Event::ChannelShared { channel } = &entry.event {
            let ChannelRow { name, display_phone, .. } = self.channels.get(channel)?;
            return Some(format!("{name} ({display_phone})"));
        }
        self.customers.get(entry.event.customer()?).cloned()
    }

    fn setting(&self, what: Setting, subject: &str, names: &AgentNames) -> Option<String> {
        match what {
            Setting::Agent | Setting::Password => Some(names.of(&subject.into())),
            Setting::Channel => Some(self.channels.get(&ChannelId::from(subject))?.name.clone()),
            Setting::Keyword
            | Setting::Outcome
            | Setting::SavedReply
            | Setting::Flow
            | Setting::LiveFlow
            | Setting::LeftOutHandoff => self.settings.get(subject).cloned(),
            Setting::Texts | Setting::WindowTemplate => {
                let text = TextName::ALL.into_iter().find(|text| stored_name(*text) == subject)?;
                Some(text.label().to_owned())
            }
            Setting::Tool | Setting::Secret => Some(subject.to_owned()),
            Setting::App
            | Setting::WaitingTarget
            | Setting::ReplyTarget
            | Setting::GraceTime
            | Setting::SilenceTimes
            | Setting::KeepOpen
            | Setting::OutcomeRule
            | Setting::GoneAgents
            | Setting::AutomationBounds
            | Setting::JoinedTexts
            | Setting::Rating
            | Setting::TimeZone
            | Setting::ReadPolicy
            | Setting::SecondFactor
            | Setting::Model
            | Setting::ModelKey
            | Setting::Hours
            | Setting::Prices
            | Setting::SetupChecklist
            | Setting::Report => None,
        }
    }
}

/// The customers of the handoffs that entries left out of the reports, by handoff.
async fn left_out(tx: &mut Tx, tenant: &TenantId, found: &[Entry]) -> store::Result<Vec<(String, String)>> {
    let handoff = |entry: &Entry| {
        let Event::Configured { what: Setting::LeftOutHandoff, subject, .. } = &entry.event else { return None };
        subject.as_deref().map(HandoffId::from)
    };
    let handoffs: Vec<HandoffId> = found.iter().filter_map(handoff).collect();
    let conversations = handoffs::conversations_of(tx, tenant, &handoffs).await?;
    let ids: Vec<ConversationId> = conversations.values().cloned().collect();
    let names: HashMap<ConversationId, String> =
        desk::rows(tx, tenant, &ids).await?.into_iter().map(|row| (row.id, row.name)).collect();
    let name = |(handoff, conversation): (HandoffId, ConversationId)| {
        Some((handoff.to_string(), names.get(&conversation)?.clone()))
    };
    Ok(conversations.into_iter().filter_map(name).collect())
}
