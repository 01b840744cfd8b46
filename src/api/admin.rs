//! The admin's rooms: keywords, texts, targets, team, audit.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::Result;
use crate::domain::{
    access::Role,
    ids::{AgentId, ChannelId, KeywordId, Seq},
    keyword::{Found, Keyword, Matching},
    settings::{ReadPolicy, Settings, TextName},
    time::{Span, Timestamp},
};

/// The keywords page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keywords {
    /// In the order they are tried.
    pub rules: Vec<KeywordRow>,
    pub channels: Vec<(ChannelId, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeywordRow {
    pub rule: Keyword,
    /// How often it called a person in the last 30 days.
    pub fired: i64,
    /// It would fire on everyday messages.
    pub warning: Option<String>,
}

/// What would happen to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The rule that fires first, and the bytes of the message it fires on.
    pub fires: Option<(Keyword, Found)>,
    pub online: i64,
    /// The text the customer would get next, if it is one of the tenant's own.
    pub answer: Option<String>,
    /// The language the customer counts as speaking; `None`: not known.
    pub language: Option<String>,
    /// Who goes on where no rule fires.
    pub next: Next,
}

/// What the bot answers a first message with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "next", rename_all = "snake_case")]
pub enum Next {
    Flow { name: String },
    Model,
    Text,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamMember {
    pub agent: AgentId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub online: bool,
    pub away: bool,
    /// Conversations claimed now.
    pub open: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    pub seq: Seq,
    pub at: Timestamp,
    pub who: String,
    pub what: String,
    pub conversation: Option<crate::domain::ids::ConversationId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub lines: Vec<AuditLine>,
    /// Where the next page begins.
    pub older: Option<Seq>,
}

#[server(endpoint = "keywords")]
pub async fn read_keywords() -> Result<Keywords> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::keywords::list(&admin).await
}

#[server(endpoint = "keyword_add")]
pub async fn keyword_add(
    phrase: String,
    matching: Matching,
    language: Option<String>,
    channel: Option<ChannelId>,
) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::keywords::add(&admin, phrase, matching, language, channel).await
}

#[server(endpoint = "keyword_change")]
pub async fn keyword_change(rule: Keyword) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::keywords::change(&admin, rule).await
}

#[server(endpoint = "keyword_remove")]
pub async fn keyword_remove(id: KeywordId) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::keywords::remove(&admin, &id).await
}

/// Which rule would fire on `message`, and what the customer would read. Sends nothing.
#[server(endpoint = "keyword_try")]
pub async fn keyword_try(message: String, channel: Option<ChannelId>, language: Option<String>) -> Result<Tried> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::keywords::try_it(&admin, message, channel, language).await
}

#[server(endpoint = "settings")]
pub async fn read_settings() -> Result<Settings> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::tenant::read(&admin).await
}

#[server(endpoint = "text_save")]
pub async fn text_save(name: TextName, text: String) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::tenant::save_text(&admin, name, text).await
}

/// The text as a customer would read it, with sample values for variables. A fault in it is an `Invalid` error.
#[server(endpoint = "text_preview")]
pub async fn text_preview(name: TextName, text: String) -> Result<String> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::tenant::preview_text(&admin, name, text).await
}

#[server(endpoint = "targets_save")]
pub async fn targets_save(waiting_target: Span, zone: String, read_policy: ReadPolicy) -> Result<()> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::tenant::save_targets(&admin, waiting_target, zone, read_policy).await
}

#[server(endpoint = "team")]
pub async fn read_team() -> Result<Vec<TeamMember>> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::accounts::team::list(&admin).await
}

/// A page of the audit log, newest first.
#[server(endpoint = "audit")]
pub async fn read_audit(before: Option<Seq>) -> Result<AuditPage> {
    let admin = crate::server::accounts::session::admin().await?;
    crate::server::settings::audit::page(&admin, before).await
}
