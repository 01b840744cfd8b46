//! Reads columns with JSON and with names of enum variants. An invalid value is an error that names the row, never a
//! default.

use std::{fmt::Display, str::FromStr};

use serde::{Serialize, de::DeserializeOwned};

use super::{Result, StoreError};
use crate::domain::variant_names::UnknownName;

/// The row that is read, for errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowId<'a> {
    table: &'static str,
    id: &'a str,
}

impl<'a> RowId<'a> {
    pub(crate) const fn new(table: &'static str, id: &'a str) -> Self {
        Self { table, id }
    }

    /// # Errors
    /// [`StoreError::Unreadable`]: the text is not JSON of type `T`.
    pub(crate) fn json<T: DeserializeOwned>(self, column: &str, text: &str) -> Result<T> {
        serde_json::from_str(text).map_err(|error| self.unreadable(column, error))
    }

    /// As [`Self::json`], for a nullable column.
    pub(crate) fn json_if<T: DeserializeOwned>(self, column: &str, text: Option<&str>) -> Result<Option<T>> {
        text.map(|text| self.json(column, text)).transpose()
    }

    /// # Errors
    /// [`StoreError::Unreadable`]: no variant has this name.
    pub(crate) fn variant<T: FromStr<Err = UnknownName>>(self, column: &str, name: &str) -> Result<T> {
        name.parse().map_err(|error| self.unreadable(column, error))
    }

    /// As [`Self::variant`], for a nullable column.
    pub(crate) fn variant_if<T: FromStr<Err = UnknownName>>(
        self,
        column: &str,
        name: Option<&str>,
    ) -> Result<Option<T>> {
        name.map(|name| self.variant(column, name)).transpose()
    }

    /// # Errors
    /// [`StoreError::Unreadable`]: the column is NULL, which it must not be in the row's state.
    pub(crate) fn present<T>(self, column: &str, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| self.unreadable(column, "it is missing"))
    }

    pub(crate) fn unreadable(self, column: &str, why: impl Display) -> StoreError {
        StoreError::Unreadable { table: self.table, id: self.id.to_owned(), detail: format!("{column}: {why}") }
    }
}

/// Serialises a value as JSON text.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(StoreError::Unwritable)
}
