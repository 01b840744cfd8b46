//! Columns: numbers of one width, and texts that begin alike. Each value is found by its place, without reading the others.

use super::bytes::{ByteReader, ByteWriter, PackedError};

/// Numbers, of which some may be missing. Each is stored as its distance to the smallest one, in as few bytes as the
/// largest distance needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NumberColumn {
    least: i64,
    /// Bytes of a value. 0: all are missing.
    width: u8,
    data: Vec<u8>,
}

impl NumberColumn {
    pub fn of(values: &[Option<i64>]) -> Self {
        let least = values.iter().flatten().min().copied().unwrap_or_default();
        // 0 is a missing value.
        let stored = |value: &Option<i64>| value.map_or(0, |value| value.abs_diff(least).saturating_add(1));
        let width = match values.iter().map(stored).max().unwrap_or_default() {
            0 => 0_u8,
            1..=0xff => 1,
            0x100..=0xffff => 2,
            0x1_0000..=0xffff_ffff => 4,
            _ => 8,
        };
        let mut data = Vec::with_capacity(values.len() * usize::from(width));
        for value in values {
            data.extend_from_slice(&stored(value).to_le_bytes()[..usize::from(width)]);
        }
        Self { least, width, data }
    }

    pub fn get(&self, place: usize) -> Option<i64> {
        let stored = match self.width {
            1 => u64::from(*self.data.get(place)?),
            2 => u64::from(u16::from_le_bytes(self.bytes_at(place)?)),
            4 => u64::from(u32::from_le_bytes(self.bytes_at(place)?)),
            8 => u64::from_le_bytes(self.bytes_at(place)?),
            _ => return None,
        };
        stored.checked_sub(1).map(|distance| self.least.wrapping_add_unsigned(distance))
    }

    fn bytes_at<const N: usize>(&self, place: usize) -> Option<[u8; N]> {
        self.data.get(place * N..(place + 1) * N)?.try_into().ok()
    }

    pub fn weight(&self) -> usize {
        size_of::<Self>() + self.data.len()
    }

    pub fn write(&self, to: &mut ByteWriter) {
        to.number(self.least);
        to.byte(self.width);
        to.bytes(&self.data);
    }

    /// # Errors
    /// It does not hold `rows` values.
    pub fn read(from: &mut ByteReader<'_>, rows: usize) -> Result<Self, PackedError> {
        let (least, width, data) = (from.number()?, from.byte()?, from.bytes()?.to_vec());
        if !matches!(width, 0 | 1 | 2 | 4 | 8) || data.len() != rows * usize::from(width) {
            return Err(PackedError::Damaged("a column has another length"));
        }
        Ok(Self { least, width, data })
    }
}

/// Different texts, such as the ids of a day. What they begin with is stored once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TextColumn {
    prefix: String,
    /// The rest of each text.
    rest: String,
    /// Where each rest ends. Without any all are as long as `width`.
    ends: Vec<u32>,
    width: usize,
}

impl TextColumn {
    pub fn of(texts: &[&str]) -> Self {
        let mut prefix = texts.first().copied().unwrap_or_default();
        for text in texts {
            while !text.starts_with(prefix) {
                let shorter = prefix.char_indices().next_back().map_or(0, |(at, _)| at);
                prefix = &prefix[..shorter];
            }
        }
        let rests: Vec<&str> = texts.iter().map(|text| &text[prefix.len()..]).collect();
        let width = rests.first().map_or(0, |rest| rest.len());
        let is_even = rests.iter().all(|rest| rest.len() == width && rest.is_ascii());
        let mut column = Self { prefix: prefix.to_owned(), width, ..Self::default() };
        for rest in rests {
            column.rest.push_str(rest);
            if !is_even {
                // A day has no four billion bytes of ids.
                column.ends.push(u32::try_from(column.rest.len()).unwrap_or(u32::MAX));
            }
        }
        column
    }

    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What follows the prefix.
    pub fn rest(&self, place: usize) -> &str {
        let (from, to) = if self.ends.is_empty() {
            (place * self.width, (place + 1) * self.width)
        } else {
            let end = |place: usize| self.ends.get(place).map_or(usize::MAX, |end| *end as usize);
            (place.checked_sub(1).map_or(0, end), end(place))
        };
        self.rest.get(from..to).unwrap_or_default()
    }

    pub fn get(&self, place: usize) -> String {
        [self.prefix.as_str(), self.rest(place)].concat()
    }

    pub fn weight(&self) -> usize {
        self.prefix.len() + self.rest.len() + self.ends.len() * size_of::<u32>()
    }

    pub fn write(&self, to: &mut ByteWriter) {
        to.text(&self.prefix);
        to.text(&self.rest);
        to.count(self.width);
        to.count(self.ends.len());
        for end in &self.ends {
            to.short(*end);
        }
    }

    /// # Errors
    /// It does not hold `rows` texts.
    pub fn read(from: &mut ByteReader<'_>, rows: usize) -> Result<Self, PackedError> {
        let (prefix, rest, width, count) = (from.text()?, from.text()?, from.count()?, from.count()?);
        let ends = (0..count).map(|_| from.short()).collect::<Result<Vec<u32>, PackedError>>()?;
        let is_even = ends.is_empty() && width.checked_mul(rows) == Some(rest.len());
        let ends_match =
            ends.len() == rows && ends.is_sorted() && ends.last().is_some_and(|end| *end as usize == rest.len());
        if !is_even && !ends_match {
            return Err(PackedError::Damaged("the ids have another length"));
        }
        Ok(Self { prefix, rest, ends, width })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(values: &[Option<i64>]) -> NumberColumn {
        let mut bytes = ByteWriter::default();
        NumberColumn::of(values).write(&mut bytes);
        let bytes = bytes.finish();
        NumberColumn::read(&mut ByteReader::new(&bytes), values.len()).expect("a column")
    }

    #[test]
    fn a_column_is_as_wide_as_its_largest_distance() {
        let table = [
            (vec![None, None], 0),
            (vec![Some(1_772_445_600_000), Some(1_772_445_600_254), None], 1),
            (vec![Some(-5), Some(250)], 2),
            (vec![Some(0), Some(86_400_000)], 4),
            (vec![Some(0), Some(i64::MAX)], 8),
        ];
        for (values, width) in table {
            assert_eq!(numbers(&values).width, width, "{values:?}");
        }
    }

    proptest! {
        #[test]
        fn numbers_come_back(
            values in proptest::collection::vec(proptest::option::weighted(0.8, -(1_i64 << 40)..1 << 40), 0..50),
            narrow in 1_i64..1 << 30,
        ) {
            let values: Vec<Option<i64>> = values.into_iter().map(|value| value.map(|value| value / narrow)).collect();
            let column = numbers(&values);
            let found: Vec<Option<i64>> = (0..values.len()).map(|place| column.get(place)).collect();
            prop_assert_eq!(found, values);
        }

        #[test]
        fn texts_come_back(texts in proptest::collection::vec("(hof_0)?[a-cä]{0,3}", 0..20)) {
            let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
            let mut bytes = ByteWriter::default();
            TextColumn::of(&borrowed).write(&mut bytes);
            let bytes = bytes.finish();
            let column = TextColumn::read(&mut ByteReader::new(&bytes), texts.len());
            let column = column.map_err(|error| TestCaseError::fail(error.to_string()))?;
            let found: Vec<String> = (0..texts.len()).map(|place| column.get(place)).collect();
            prop_assert_eq!(found, texts);
        }
    }
}
