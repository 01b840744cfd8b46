//! Saved replies as CSV files. An import adds and replaces by name and scope: everything, or nothing. Attached files are no part
//! of it: a reply that is there keeps its own, and the answer counts those that name others.

use std::collections::{HashMap, hash_map::Entry};

use crate::{
    contract::saved_reply::ImportCounts,
    domain::{
        csv::CsvFault,
        event::Initiator,
        saved_reply::{
            ReplyScope, SavedReply, SavedText,
            file::{self, FileReply},
        },
    },
    server::{
        accounts::Agent,
        store::saved_replies::{self, SavedReplyRow},
    },
};

use super::{
    super::{Result, Settings, SettingsError},
    save::{check_count, check_right, entry, fresh, identity, valid},
};

/// The largest file, in bytes. A call can have a quarter of a megabyte.
const SIZE: usize = 200_000;
/// How many lines a refusal names.
const FAULTS_SHOWN: usize = 10;

impl Settings {
    /// What the agent may use, as a file that can be imported again.
    pub async fn saved_replies_export(&self, agent: &Agent) -> Result<String> {
        let mut tx = self.db.begin_read().await?;
        let rows = saved_replies::list(&mut tx, agent.tenant(), agent.id()).await?;
        Ok(file::written(rows.iter().map(|row| &row.reply.saved)))
    }

    /// Adds the replies of a file, and changes those that are there by name and scope.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] names the lines that cannot be imported, and what to do. Nothing is imported then.
    pub async fn saved_replies_import(&self, agent: &Agent, initiator: Initiator, file: &str) -> Result<ImportCounts> {
        if file.len() > SIZE {
            let detail = format!("This file is too large: {} KB is the limit. Split it in two.", SIZE / 1_000);
            return Err(SettingsError::Invalid(detail));
        }
        let read = file::read(file).map_err(|faults| refused(&faults))?;
        let now = self.clock.now();
        let (mut tx, _) = self.begin(agent.tenant()).await?;
        let known = saved_replies::list(&mut tx, agent.tenant(), agent.id()).await?;
        let by_identity: HashMap<_, &SavedReplyRow> =
            known.iter().map(|row| (identity(&row.reply.saved), row)).collect();
        let same = |saved: &SavedText| by_identity.get(&identity(saved)).copied();
        let wanted = all_checked(agent, read, same)?;
        for scope in ReplyScope::ALL {
            let of_scope = wanted.iter().map(|reply| &reply.saved).filter(|saved| saved.scope == scope);
            let more = of_scope.filter(|saved| same(saved).is_none()).count();
            check_count(&known, scope, more)?;
        }
        let (mut counts, mut changes) = (ImportCounts::default(), Vec::new());
        for FileReply { saved, files, .. } in &wanted {
            let was = same(saved);
            let is_there = |name: &String| saved.files.iter().any(|file| file.name == *name);
            counts.without_files += usize::from(!files.iter().all(is_there));
            let reply = match was {
                Some(was) if was.reply.saved == *saved => {
                    counts.unchanged += 1;
                    continue;
                }
                Some(was) => {
                    counts.changed += 1;
                    SavedReply { saved: saved.clone(), revision: was.reply.revision + 1, ..was.reply.clone() }
                }
                None => {
                    counts.added += 1;
                    fresh(self.entropy.id(now), saved.clone())
                }
            };
            changes.extend(entry(was.map(|was| was.reply.saved.scope), Some(saved.scope), &reply.id));
            let row = SavedReplyRow { reply, by: Some(agent.id().clone()) };
            saved_replies::save(&mut tx, agent.tenant(), agent.id(), &row).await?;
        }
        self.commit_replies(tx, agent, initiator, changes).await?;
        Ok(counts)
    }
}

/// The replies of a file, if all can be saved by this agent and none is there twice, each with the files that the one in its place
/// has. Those for everyone that stay as they are may be in anybody's file, because an export contains them.
fn all_checked<'a>(
    agent: &Agent,
    read: Vec<FileReply>,
    same: impl Fn(&SavedText) -> Option<&'a SavedReplyRow>,
) -> Result<Vec<FileReply>> {
    let (mut wanted, mut faults): (Vec<FileReply>, Vec<CsvFault>) = (Vec::new(), Vec::new());
    let mut lines: HashMap<(ReplyScope, String), usize> = HashMap::new();
    for FileReply { line, saved, files } in read {
        let checked = valid(saved).and_then(|mut saved| {
            let was = same(&saved);
            saved.files = was.map(|was| was.reply.saved.files.clone()).unwrap_or_default();
            let is_unchanged = was.is_some_and(|was| was.reply.saved == saved);
            if !is_unchanged {
                check_right(agent, saved.scope)?;
            }
            Ok(saved)
        });
        let saved = match checked {
            Ok(saved) => saved,
            Err(SettingsError::Invalid(detail)) => {
                faults.push(CsvFault { line, detail });
                continue;
            }
            Err(error) => return Err(error),
        };
        match lines.entry(identity(&saved)) {
            Entry::Occupied(first) => {
                let first = first.get();
                let detail = format!("“{}” is in line {first} already. Remove or rename one of the two.", saved.name);
                faults.push(CsvFault { line, detail });
            }
            Entry::Vacant(place) => {
                place.insert(line);
            }
        }
        wanted.push(FileReply { line, saved, files });
    }
    if faults.is_empty() { Ok(wanted) } else { Err(refused(&faults)) }
}

/// The refusal of a file, a line of it per fault.
fn refused(faults: &[CsvFault]) -> SettingsError {
    let mut told = vec!["Nothing was imported.".to_owned()];
    told.extend(faults.iter().take(FAULTS_SHOWN).map(|fault| format!("Line {}: {}", fault.line, fault.detail)));
    if let Some(more) = faults.len().checked_sub(FAULTS_SHOWN).filter(|more| *more > 0) {
        told.push(format!("And {more} more."));
    }
    SettingsError::Invalid(told.join("\n"))
}
