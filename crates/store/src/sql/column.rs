//! Reading and writing single columns: ids, times, names of closed sets, JSON.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::Row as _;
use uuid::Uuid;
use weald_domain::{BoxError, ports::StoreError, time::UnixMillis};

use super::{Row, storage};

fn corrupt(what: &'static str, source: impl Into<BoxError>) -> StoreError {
    StoreError::Corrupt {
        what,
        source: source.into(),
    }
}

/// A text.
pub(crate) fn text(row: &Row, name: &'static str) -> Result<String, StoreError> {
    row.get(name)
}

/// A text or null.
pub(crate) fn opt_text(row: &Row, name: &'static str) -> Result<Option<String>, StoreError> {
    row.get(name)
}

/// A number.
pub(crate) fn int(row: &Row, name: &'static str) -> Result<i64, StoreError> {
    row.get(name)
}

/// A number or null.
pub(crate) fn opt_int(row: &Row, name: &'static str) -> Result<Option<i64>, StoreError> {
    row.get(name)
}

/// A number that is never negative.
pub(crate) fn count(row: &Row, name: &'static str) -> Result<u64, StoreError> {
    u64::try_from(int(row, name)?).map_err(|e| corrupt(name, e))
}

/// A yes or no.
pub(crate) fn flag(row: &Row, name: &'static str) -> Result<bool, StoreError> {
    match row {
        Row::Sqlite(_) => Ok(int(row, name)? != 0),
        // A column holds 0 or 1, as in SQLite; what a comparison answers is a boolean.
        Row::Postgres(_) => row
            .get::<bool>(name)
            .or_else(|_| int(row, name).map(|number| number != 0)),
    }
}

/// A time.
pub(crate) fn millis(row: &Row, name: &'static str) -> Result<UnixMillis, StoreError> {
    int(row, name).map(UnixMillis)
}

/// A time or null.
pub(crate) fn opt_millis(row: &Row, name: &'static str) -> Result<Option<UnixMillis>, StoreError> {
    Ok(opt_int(row, name)?.map(UnixMillis))
}

/// An id.
pub(crate) fn id<T: From<Uuid>>(row: &Row, name: &'static str) -> Result<T, StoreError> {
    match row {
        Row::Sqlite(_) => Uuid::try_parse(row.get(name)?).map_err(|e| corrupt(name, e)),
        Row::Postgres(row) => row.try_get(name).map_err(storage),
    }
    .map(T::from)
}

/// An id or null.
pub(crate) fn opt_id<T: From<Uuid>>(
    row: &Row,
    name: &'static str,
) -> Result<Option<T>, StoreError> {
    let found: Option<Uuid> = match row {
        Row::Sqlite(_) => row
            .get::<Option<&str>>(name)?
            .map(Uuid::try_parse)
            .transpose()
            .map_err(|e| corrupt(name, e))?,
        Row::Postgres(row) => row.try_get(name).map_err(storage)?,
    };
    Ok(found.map(T::from))
}

/// Bytes or null.
pub(crate) fn opt_bytes(row: &Row, name: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
    row.get(name)
}

/// A value that its text form makes: a slug, a reference, a model name.
pub(crate) fn parsed<T>(row: &Row, name: &'static str) -> Result<T, StoreError>
where
    T: std::str::FromStr<Err: Into<BoxError>>,
{
    let text: &str = row.get(name)?;
    text.parse().map_err(|e: T::Err| corrupt(name, e))
}

/// A value that its text form makes, or null.
pub(crate) fn opt_parsed<T>(row: &Row, name: &'static str) -> Result<Option<T>, StoreError>
where
    T: std::str::FromStr<Err: Into<BoxError>>,
{
    let text: Option<&str> = row.get(name)?;
    text.map(str::parse)
        .transpose()
        .map_err(|e: T::Err| corrupt(name, e))
}

/// A member of a closed set, stored by its wire name.
pub(crate) fn named<T: DeserializeOwned>(row: &Row, name: &'static str) -> Result<T, StoreError> {
    serde_json::from_value(Value::String(text(row, name)?)).map_err(|e| corrupt(name, e))
}

/// A member of a closed set or null.
pub(crate) fn opt_named<T: DeserializeOwned>(
    row: &Row,
    name: &'static str,
) -> Result<Option<T>, StoreError> {
    opt_text(row, name)?
        .map(|text| serde_json::from_value(Value::String(text)))
        .transpose()
        .map_err(|e| corrupt(name, e))
}

/// A JSON document.
pub(crate) fn json<T: DeserializeOwned>(row: &Row, name: &'static str) -> Result<T, StoreError> {
    let text: &str = row.get(name)?;
    serde_json::from_str(text).map_err(|e| corrupt(name, e))
}

/// A JSON document or null.
pub(crate) fn opt_json<T: DeserializeOwned>(
    row: &Row,
    name: &'static str,
) -> Result<Option<T>, StoreError> {
    let text: Option<&str> = row.get(name)?;
    text.map(serde_json::from_str)
        .transpose()
        .map_err(|e| corrupt(name, e))
}

/// The stored form of a JSON document.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| corrupt("a value to store", e))
}

/// The wire name of a member of a closed set.
pub(crate) fn to_name<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => Ok(name),
        Ok(_) => Err(corrupt("a name to store", "not a plain name")),
        Err(e) => Err(corrupt("a name to store", e)),
    }
}

/// The stored form of a number that is never negative.
pub(crate) fn to_int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
