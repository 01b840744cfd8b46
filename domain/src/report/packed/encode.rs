//! A packed day as bytes.

use super::{
    KeyColumn, PackedDay, RowGroup, RowKind, TraitLists, UtcDay,
    bytes::{ByteReader, ByteWriter, PackedError},
    columns::{NumberColumn, TextColumn},
    layout,
};
use crate::{
    event::CloseReason,
    handoff::Failure,
    ids::{AgentId, OutcomeId},
    report::facts::TriggerFact,
};

/// Of what follows. Days of other versions are packed again.
const VERSION: u8 = 1;

impl PackedDay {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = ByteWriter::default();
        to.byte(VERSION);
        to.text(self.kind.as_str());
        to.number(self.day.0);
        to.count(self.rows);
        self.traits.write(&mut to);
        list(&mut to, &self.groups, write_group);
        list(&mut to, &self.agents, |to, agent| to.text(agent.as_str()));
        match &self.keys {
            KeyColumn::Numbers(column) => column.write(&mut to),
            KeyColumn::Texts(column) => column.write(&mut to),
        }
        list(&mut to, &self.columns, |to, column| column.write(to));
        to.finish()
    }

    /// # Errors
    /// Another version packed it, or the bytes are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PackedError> {
        let mut from = ByteReader::new(bytes);
        let version = from.byte()?;
        if version != VERSION {
            return Err(PackedError::UnknownVersion(version));
        }
        let kind: RowKind = from.text()?.parse()?;
        let day = UtcDay(from.number()?);
        let rows = from.count()?;
        let traits = TraitLists::read(&mut from)?;
        let groups = read_list(&mut from, read_group)?;
        let agents = read_list(&mut from, |from| from.text().map(AgentId::from))?;
        let keys = match layout::is_numbered(kind) {
            true => KeyColumn::Numbers(NumberColumn::read(&mut from, rows)?),
            false => KeyColumn::Texts(TextColumn::read(&mut from, rows)?),
        };
        let columns = read_list(&mut from, |from| NumberColumn::read(from, rows))?;
        let are_in_order = groups.iter().zip(groups.iter().skip(1)).all(|(group, next)| group.end == next.begin);
        let is_whole = groups.first().map_or(0, |group| group.begin) == 0
            && groups.last().map_or(0, |group| group.end) == rows
            && groups.iter().all(|group| group.begin < group.end && traits.have(group));
        if !are_in_order || !is_whole || columns.len() != layout::columns(kind) || !from.is_at_end() {
            return Err(PackedError::Damaged("its parts do not fit"));
        }
        Ok(Self { kind, day, rows, traits, groups, agents, keys, columns })
    }
}

impl TraitLists {
    fn write(&self, to: &mut ByteWriter) {
        list(to, &self.channels, |to, channel| to.text(channel.as_str()));
        list(to, &self.begun_by, |to, begun_by| to.text(begun_by.as_str()));
        list(to, &self.languages, |to, language| to.text_if(language.as_deref()));
        list(to, &self.triggers, |to, trigger| write_trigger(to, trigger.as_ref()));
        list(to, &self.closes, |to, (reason, outcome)| {
            to.text_if(reason.map(CloseReason::as_str));
            to.text_if(outcome.as_ref().map(|outcome| outcome.as_str()));
        });
    }

    fn read(from: &mut ByteReader<'_>) -> Result<Self, PackedError> {
        Ok(Self {
            channels: read_list(from, |from| from.text().map(Into::into))?,
            begun_by: read_list(from, |from| Ok(from.text()?.parse()?))?,
            languages: read_list(from, ByteReader::text_if)?,
            triggers: read_list(from, read_trigger)?,
            closes: read_list(from, |from| {
                let reason = from.text_if()?.map(|name| name.parse::<CloseReason>()).transpose()?;
                Ok((reason, from.text_if()?.map(OutcomeId::from)))
            })?,
        })
    }

    /// Whether the places of a group exist.
    fn have(&self, group: &RowGroup) -> bool {
        group.channel < self.channels.len()
            && group.begun_by < self.begun_by.len()
            && group.language < self.languages.len()
            && group.trigger < self.triggers.len()
            && group.close < self.closes.len()
    }
}

fn write_group(to: &mut ByteWriter, group: &RowGroup) {
    let RowGroup { channel, begun_by, language, trigger, close, left_out, likeness, begin, end } = *group;
    for place in [channel, begun_by, language, trigger, close, likeness, begin, end] {
        to.count(place);
    }
    to.byte(u8::from(left_out));
}

fn read_group(from: &mut ByteReader<'_>) -> Result<RowGroup, PackedError> {
    Ok(RowGroup {
        channel: from.count()?,
        begun_by: from.count()?,
        language: from.count()?,
        trigger: from.count()?,
        close: from.count()?,
        likeness: from.count()?,
        begin: from.count()?,
        end: from.count()?,
        left_out: from.flag()?,
    })
}

fn write_trigger(to: &mut ByteWriter, trigger: Option<&TriggerFact>) {
    to.byte(u8::from(trigger.is_some()));
    let Some(TriggerFact { kind, keyword, flow, step, failure, agent }) = trigger else { return };
    to.text(kind.as_str());
    to.text_if(keyword.as_ref().map(|keyword| keyword.as_str()));
    to.text_if(flow.as_deref());
    to.text_if(step.as_deref());
    to.text_if(failure.map(|failure| failure.as_str()));
    to.text_if(agent.as_ref().map(|agent| agent.as_str()));
}

fn read_trigger(from: &mut ByteReader<'_>) -> Result<Option<TriggerFact>, PackedError> {
    if !from.flag()? {
        return Ok(None);
    }
    Ok(Some(TriggerFact {
        kind: from.text()?.parse()?,
        keyword: from.text_if()?.map(Into::into),
        flow: from.text_if()?,
        step: from.text_if()?,
        failure: from.text_if()?.map(|name| name.parse::<Failure>()).transpose()?,
        agent: from.text_if()?.map(Into::into),
    }))
}

fn list<T>(to: &mut ByteWriter, items: &[T], write: impl Fn(&mut ByteWriter, &T)) {
    to.count(items.len());
    items.iter().for_each(|item| write(to, item));
}

fn read_list<'b, T>(
    from: &mut ByteReader<'b>,
    read: impl Fn(&mut ByteReader<'b>) -> Result<T, PackedError>,
) -> Result<Vec<T>, PackedError> {
    let count = from.count()?;
    // A damaged count must not reserve memory.
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(read(from)?);
    }
    Ok(items)
}
