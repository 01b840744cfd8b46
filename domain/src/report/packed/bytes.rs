//! How a packed day is written as bytes: numbers in the order of their bytes, lengths before what is long.

use crate::variant_names::UnknownName;

/// Why bytes are no packed day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackedError {
    /// Another version of Handoff packed it.
    #[error("version {0} is not known")]
    UnknownVersion(u8),
    #[error("it is cut short")]
    CutShort,
    #[error(transparent)]
    UnknownName(#[from] UnknownName),
    #[error("{0}")]
    Damaged(&'static str),
}

#[derive(Debug, Default)]
pub(super) struct ByteWriter(Vec<u8>);

impl ByteWriter {
    pub fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub fn short(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub fn number(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// How many of something follow, or its place in a list.
    pub fn count(&mut self, count: usize) {
        // No database holds four billion rows in one value.
        self.short(u32::try_from(count).unwrap_or(u32::MAX));
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub fn text_if(&mut self, text: Option<&str>) {
        self.byte(u8::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

pub(super) struct ByteReader<'b>(&'b [u8]);

impl<'b> ByteReader<'b> {
    pub const fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8], PackedError> {
        let (taken, left) = self.0.split_at_checked(count).ok_or(PackedError::CutShort)?;
        self.0 = left;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], PackedError> {
        self.take(N)?.try_into().map_err(|_wrong_length| PackedError::CutShort)
    }

    pub fn byte(&mut self) -> Result<u8, PackedError> {
        self.array().map(|[byte]: [u8; 1]| byte)
    }

    pub fn flag(&mut self) -> Result<bool, PackedError> {
        Ok(self.byte()? != 0)
    }

    pub fn short(&mut self) -> Result<u32, PackedError> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn number(&mut self) -> Result<i64, PackedError> {
        self.array().map(i64::from_le_bytes)
    }

    pub fn count(&mut self) -> Result<usize, PackedError> {
        self.short().map(|count| count as usize)
    }

    pub fn bytes(&mut self) -> Result<&'b [u8], PackedError> {
        let count = self.count()?;
        self.take(count)
    }

    pub fn text(&mut self) -> Result<String, PackedError> {
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_not_utf8| PackedError::Damaged("a text is none"))
    }

    pub fn text_if(&mut self) -> Result<Option<String>, PackedError> {
        if self.flag()? { self.text().map(Some) } else { Ok(None) }
    }

    pub fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }
}
