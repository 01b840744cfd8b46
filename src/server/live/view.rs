//! Stored messages and notes as the thread shows them: with names, quoted text and the state of their file.

use crate::{
    domain::{
        conversation::describe::{self, AgentNames},
        desk::{Item, ItemBody},
        event::{Entry, Event},
        ids::{AgentId, MediaId, OutcomeId, Seq, TenantId},
        message::{Author, Content, File, Message, Quote, Reaction, file::FileSource},
        note::{self, Note},
        outcome::Outcome,
        time::Timestamp,
    },
    server::store::{
        self, Tx,
        media::{self, MediaState},
        messages::{self, MessageRow},
        notes::NoteRow,
    },
};

/// The line of an entry, with the name of the outcome that it mentions.
pub(super) fn line(entry: &Entry, names: &AgentNames, outcomes: &[Outcome]) -> Option<Item> {
    let line = describe::line(entry, names)?;
    let Some(picked) = outcome_of(&entry.event).and_then(|id| outcomes.iter().find(|outcome| outcome.id == *id)) else {
        return Some(line);
    };
    Some(describe::with_outcome(line, &picked.name))
}

/// The outcome that a close was given.
pub(super) fn outcome_of(event: &Event) -> Option<&OutcomeId> {
    let Event::Closed { outcome, .. } = event else { return None };
    outcome.as_ref()
}

pub(super) async fn message(
    tx: &mut Tx,
    tenant: &TenantId,
    record: MessageRow,
    names: &AgentNames,
) -> store::Result<Item> {
    let quote = match record.quote {
        Some(wamid) => {
            let quoted = messages::named(tx, tenant, &record.channel, &record.conversation, &wamid).await?;
            Some(Quote {
                wamid,
                preview: quoted.as_ref().map(|quoted| quoted.content.preview()),
                message: quoted.map(|quoted| quoted.id),
            })
        }
        None => None,
    };
    let attached = record.content.attachment().and_then(|attachment| attachment.media.clone());
    let attached = attached.or_else(|| header_file(&record.content));
    let file = match attached {
        Some(id) => media::find(tx, tenant, &id).await?.map(|row| match row.state {
            MediaState::Kept => File::Kept {
                url: format!("/media/{}", row.id),
                mime: row.mime.unwrap_or_default(),
                size: row.size.unwrap_or_default(),
            },
            MediaState::Failed => File::Failed { detail: row.fault_words.unwrap_or_default() },
            MediaState::Pending => File::Pending,
        }),
        None => None,
    };
    let author_name = match &record.author {
        Author::Agent(agent) => Some(names.of(agent)),
        Author::Customer | Author::Bot | Author::System | Author::Phone | Author::Partner => None,
    };
    let (at, seq) = (record.at, record.seq);
    let message = Message {
        id: record.id,
        author: record.author,
        author_name,
        content: record.content,
        at,
        delivery: record.delivery,
        fault: record.fault,
        quote,
        forwarded: record.forwarded,
        reactions: record.reactions.into_iter().map(|reaction| named(reaction, names)).collect(),
        revoked: record.revoked,
        edited: record.edited,
        referral: record.referral,
        late: record.late,
        resent: record.resent,
        file,
        context: record.context,
    };
    Ok(Item { at, seq, body: ItemBody::Message(Box::new(message)) })
}

/// A reaction with the name of its agent.
fn named(reaction: Reaction, names: &AgentNames) -> Reaction {
    let author_name = match &reaction.author {
        Author::Agent(agent) => Some(names.of(agent)),
        Author::Customer | Author::Bot | Author::System | Author::Phone | Author::Partner => None,
    };
    Reaction { author_name, ..reaction }
}

/// The uploaded file with which a template begins.
fn header_file(content: &Content) -> Option<MediaId> {
    let Content::TemplateSent(template) = content else { return None };
    match template.file()? {
        (_, FileSource::Uploaded(id)) => Some(id.clone()),
        (_, FileSource::Link(_)) => None,
    }
}

/// A note, with the names of now.
pub(super) fn note(row: NoteRow, names: &AgentNames) -> Item {
    let mentioned = row.body.as_deref().map(note::mentioned).unwrap_or_default();
    let named = |agent: AgentId| names.find(&agent).map(str::to_owned).map(|name| (agent, name));
    let note = Note {
        id: row.id,
        author_name: names.of(&row.author_id),
        author: row.author_id,
        edited: row.body.is_some() && row.edited_at.is_some(),
        text: row.body,
        names: mentioned.into_iter().filter_map(named).collect(),
    };
    Item { at: Timestamp(row.at), seq: Seq(row.seq), body: ItemBody::Note(note) }
}
