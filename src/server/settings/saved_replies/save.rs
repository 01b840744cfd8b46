//! Adds, changes and removes saved replies.

use crate::{
    domain::{
        event::{Change, Event, Initiator, Setting},
        ids::{MediaId, SavedReplyId},
        interpolation::saved_reply_fault,
        language::language_tag,
        saved_reply::{NAME_LIMIT, ReplyScope, SavedReply, SavedText},
        text::{clip, folded, one_line, printable},
        upload::WaitingFile,
    },
    server::{
        accounts::Agent,
        store::{
            Tx, agents, media,
            saved_replies::{self, SavedReplyRow},
        },
    },
};

use super::super::{Result, Settings, SettingsError, configured};

impl Settings {
    /// # Errors
    /// [`SettingsError::Invalid`] for a name, text, tag or language that cannot be used, for a name that is in use, for one
    /// reply too many, for a file that is not there, and for one for everyone by an agent who may not write those.
    pub async fn saved_reply_add(&self, agent: &Agent, initiator: Initiator, saved: SavedText) -> Result<SavedReplyId> {
        let now = self.clock.now();
        let mut saved = checked(agent, saved)?;
        let (mut tx, _) = self.begin(agent.tenant()).await?;
        let known = saved_replies::list(&mut tx, agent.tenant(), agent.id()).await?;
        saved.files = found_files(&mut tx, agent, &[], saved.files).await?;
        check_place(&known, None, &saved)?;
        check_count(&known, saved.scope, 1)?;
        let id: SavedReplyId = self.entropy.id(now);
        let row = SavedReplyRow { reply: fresh(id.clone(), saved), by: Some(agent.id().clone()) };
        saved_replies::save(&mut tx, agent.tenant(), agent.id(), &row).await?;
        keep_files(&mut tx, agent, &[], &row.reply).await?;
        let change = entry(None, Some(row.reply.saved.scope), &id);
        self.commit_replies(tx, agent, initiator, change.into_iter().collect()).await?;
        Ok(id)
    }

    /// Changes the reply of `revision`.
    ///
    /// # Errors
    /// [`SettingsError::NotFound`] if the agent may not use it, [`SettingsError::Stale`] if somebody saved it since, and as
    /// [`Settings::saved_reply_add`].
    pub async fn saved_reply_change(
        &self,
        agent: &Agent,
        initiator: Initiator,
        id: &SavedReplyId,
        revision: i64,
        saved: SavedText,
    ) -> Result<()> {
        let (mut tx, _) = self.begin(agent.tenant()).await?;
        let known = saved_replies::list(&mut tx, agent.tenant(), agent.id()).await?;
        let was = known.iter().find(|row| row.reply.id == *id).ok_or(SettingsError::NotFound)?;
        check_right(agent, was.reply.saved.scope)?;
        let mut saved = checked(agent, saved)?;
        saved.files = found_files(&mut tx, agent, &was.reply.saved.files, saved.files).await?;
        if was.reply.saved == saved {
            return Ok(tx.rollback().await?);
        }
        if was.reply.revision != revision {
            return Err(stale(&mut tx, agent, was).await?);
        }
        check_place(&known, Some(id), &saved)?;
        if was.reply.saved.scope != saved.scope {
            check_count(&known, saved.scope, 1)?;
        }
        let change = entry(Some(was.reply.saved.scope), Some(saved.scope), id);
        let reply = SavedReply { saved, revision: revision + 1, ..was.reply.clone() };
        let row = SavedReplyRow { reply, by: Some(agent.id().clone()) };
        saved_replies::save(&mut tx, agent.tenant(), agent.id(), &row).await?;
        keep_files(&mut tx, agent, &was.reply.saved.files, &row.reply).await?;
        self.commit_replies(tx, agent, initiator, change.into_iter().collect()).await
    }

    /// # Errors
    /// [`SettingsError::NotFound`] if the agent may not use it; [`SettingsError::Invalid`] if it is for everyone and the agent
    /// may not remove those.
    pub async fn saved_reply_remove(&self, agent: &Agent, initiator: Initiator, id: &SavedReplyId) -> Result<()> {
        let (mut tx, _) = self.begin(agent.tenant()).await?;
        let found = saved_replies::find(&mut tx, agent.tenant(), agent.id(), id).await?;
        let was = found.ok_or(SettingsError::NotFound)?.reply.saved;
        check_right(agent, was.scope)?;
        saved_replies::remove(&mut tx, agent.tenant(), id).await?;
        for file in &was.files {
            media::release_of_reply(&mut tx, agent.tenant(), &file.id, id).await?;
        }
        let change = entry(Some(was.scope), None, id);
        self.commit_replies(tx, agent, initiator, change.into_iter().collect()).await
    }

    /// Commits, with the entries of the replies for everyone.
    pub(super) async fn commit_replies(
        &self,
        tx: Tx,
        agent: &Agent,
        initiator: Initiator,
        changes: Vec<Event>,
    ) -> Result<()> {
        if changes.is_empty() {
            return Ok(tx.commit().await?);
        }
        self.commit(tx, agent.tenant(), self.clock.now(), initiator, changes).await
    }
}

/// A reply that nobody has used yet.
pub(super) fn fresh(id: SavedReplyId, saved: SavedText) -> SavedReply {
    SavedReply { id, saved, revision: 1, uses: 0, used_at: None }
}

/// What is saved, if it can be saved by this agent.
fn checked(agent: &Agent, saved: SavedText) -> Result<SavedText> {
    check_right(agent, saved.scope)?;
    valid(saved)
}

/// What is saved, if anybody can save it.
pub(super) fn valid(saved: SavedText) -> Result<SavedText> {
    let mut saved = saved.normalized();
    if let Some(detail) = saved.fault().or_else(|| saved_reply_fault(&saved.text)) {
        return Err(SettingsError::Invalid(detail));
    }
    if let Some(tag) = saved.language.take() {
        let known = language_tag(&tag).ok_or_else(|| {
            SettingsError::Invalid(format!("“{tag}” isn't a language. Enter a tag such as “pt” or “pt-BR”."))
        })?;
        saved.language = Some(known);
    }
    Ok(saved)
}

/// Whether the agent may save and remove replies of this scope.
pub(super) fn check_right(agent: &Agent, scope: ReplyScope) -> Result<()> {
    match scope {
        ReplyScope::Everyone if !agent.may_share_replies() => {
            let detail = "Only leads and admins can change replies for everyone. Save one of your own instead.";
            Err(SettingsError::Invalid(detail.to_owned()))
        }
        ReplyScope::Everyone | ReplyScope::Me => Ok(()),
    }
}

/// What the server knows of the files that a reply is to have: those that it has, and what the agent has uploaded for it.
async fn found_files(
    tx: &mut Tx,
    agent: &Agent,
    had: &[WaitingFile],
    wanted: Vec<WaitingFile>,
) -> Result<Vec<WaitingFile>> {
    let mut found = Vec::new();
    for WaitingFile { id, name, .. } in wanted {
        let file = match had.iter().find(|file| file.id == id) {
            Some(file) => Some(file.clone()),
            None => unsaved_file(tx, agent, &id).await?,
        };
        found.push(file.ok_or_else(|| file_gone(&name))?);
    }
    Ok(found)
}

async fn unsaved_file(tx: &mut Tx, agent: &Agent, id: &MediaId) -> Result<Option<WaitingFile>> {
    let upload = media::upload(tx, agent.tenant(), id).await?;
    Ok(upload.filter(|upload| upload.place.is_none() && upload.agent_id == *agent.id()).map(media::UploadRow::listed))
}

fn file_gone(name: &str) -> SettingsError {
    let name = clip(&one_line(&printable(name)), NAME_LIMIT);
    SettingsError::Invalid(format!("“{name}” is no longer on the server. Remove it here and attach it again."))
}

/// A saved reply holds its files in order, and gives up those that it no longer has.
async fn keep_files(tx: &mut Tx, agent: &Agent, had: &[WaitingFile], reply: &SavedReply) -> Result<()> {
    let (tenant, files) = (agent.tenant(), &reply.saved.files);
    for (place, file) in (1..).zip(files) {
        if !media::hold_for_reply(tx, tenant, agent.id(), &file.id, &reply.id, place).await? {
            return Err(file_gone(&file.name));
        }
    }
    for gone in had.iter().filter(|file| files.iter().all(|kept| kept.id != file.id)) {
        media::release_of_reply(tx, tenant, &gone.id, &reply.id).await?;
    }
    Ok(())
}

/// By what people know a reply. It is there once in a tenant, and once for each agent.
pub(super) fn identity(saved: &SavedText) -> (ReplyScope, String) {
    let name = folded(&saved.name);
    // A name of symbols has nothing left.
    (saved.scope, if name.is_empty() { saved.name.clone() } else { name })
}

fn check_place(known: &[SavedReplyRow], id: Option<&SavedReplyId>, saved: &SavedText) -> Result<()> {
    let wanted = identity(saved);
    let mut others = known.iter().filter(|row| Some(&row.reply.id) != id);
    match others.find(|row| identity(&row.reply.saved) == wanted) {
        None => Ok(()),
        Some(taken) => {
            let detail =
                format!("There is already a reply “{}”. Change that one, or use another name.", taken.reply.saved.name);
            Err(SettingsError::Invalid(detail))
        }
    }
}

/// Whether there is room for `more` of a scope.
pub(super) fn check_count(known: &[SavedReplyRow], scope: ReplyScope, more: usize) -> Result<()> {
    let count = known.iter().filter(|row| row.reply.saved.scope == scope).count() + more;
    let limit = scope.limit();
    if more == 0 || count <= limit {
        return Ok(());
    }
    let whose = match scope {
        ReplyScope::Me => "of your own",
        ReplyScope::Everyone => "for everyone",
    };
    Err(SettingsError::Invalid(format!("You can keep up to {limit} replies {whose}. Remove some first.")))
}

/// The entry about a reply that had, and now has, this scope. What agents keep for themselves has none.
pub(super) fn entry(was: Option<ReplyScope>, now: Option<ReplyScope>, id: &SavedReplyId) -> Option<Event> {
    let is_shared = |scope: Option<ReplyScope>| scope == Some(ReplyScope::Everyone);
    let change = match (is_shared(was), is_shared(now)) {
        (false, false) => return None,
        (false, true) => Change::Added,
        (true, true) => Change::Changed,
        (true, false) => Change::Removed,
    };
    Some(configured(Setting::SavedReply, Some(id.as_str()), change))
}

async fn stale(tx: &mut Tx, agent: &Agent, was: &SavedReplyRow) -> Result<SettingsError> {
    let who = match &was.by {
        Some(by) if by == agent.id() => "You".to_owned(),
        Some(by) => agents::names(tx, agent.tenant()).await?.of(by),
        None => "Handoff".to_owned(),
    };
    let name = &was.reply.saved.name;
    Ok(SettingsError::Stale(format!("{who} saved “{name}” while you were editing. See what changed, then save again.")))
}
