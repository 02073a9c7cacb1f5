//! What a setting may hold, and reading it from text and from TOML.

use std::{net::IpAddr, path::Path};

use serde_json::{Value, json};
use weald_domain::secret::SecretRef;

use super::database;

/// The kind of value of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An IP address.
    Address,
    /// A whole number within bounds.
    Number {
        /// The least.
        min: u64,
        /// The greatest.
        max: u64,
    },
    /// The address of a PostgreSQL database, without a password.
    Database,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// An absolute path.
    Folder,
    /// Absolute paths.
    Folders,
    /// Host names.
    Hosts,
    /// A reference to an entry of the secret store, never a value.
    SecretReference,
}

impl Kind {
    /// Reads the text of a variable or of `-c`; lists are separated by commas.
    pub(crate) fn parse(self, text: &str) -> Result<Value, String> {
        let value = match self {
            Self::Number { .. } => text.trim().parse::<u64>().map_or(json!(text), Value::from),
            Self::Folders | Self::Hosts => {
                let items = text
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty());
                Value::from_iter(items)
            }
            Self::Address
            | Self::Database
            | Self::OneOf(_)
            | Self::Folder
            | Self::SecretReference => json!(text),
        };
        self.check(&value)?;
        Ok(value)
    }

    /// Reads the text of a variable, which others do not see: what may hold a secret there is
    /// kept without it.
    pub(crate) fn parse_variable(self, text: &str) -> Result<Value, String> {
        if self == Self::Database {
            return Ok(json!(database::shown(text)?));
        }
        self.parse(text)
    }

    /// Whether a value fits; the error says what was expected.
    pub(crate) fn check(self, value: &Value) -> Result<(), String> {
        let text = value.as_str();
        if self == Self::Database {
            return database::check(text.unwrap_or_default());
        }
        let fits = match self {
            Self::Address => text.is_some_and(|text| text.parse::<IpAddr>().is_ok()),
            Self::Database => false,
            Self::Number { min, max } => value
                .as_u64()
                .is_some_and(|number| (min..=max).contains(&number)),
            Self::OneOf(words) => text.is_some_and(|text| words.contains(&text)),
            Self::Folder => is_folder(value),
            Self::Folders => value
                .as_array()
                .is_some_and(|all| all.iter().all(is_folder)),
            Self::Hosts => value.as_array().is_some_and(|all| all.iter().all(is_host)),
            Self::SecretReference => text.is_some_and(|text| text.parse::<SecretRef>().is_ok()),
        };
        if fits { Ok(()) } else { Err(self.expected()) }
    }

    /// What fits, for a person.
    pub(crate) fn expected(self) -> String {
        match self {
            Self::Address => "an IP address was expected".into(),
            Self::Database => "the address of a PostgreSQL database was expected".into(),
            Self::Number { min, max } => format!("a whole number from {min} to {max} was expected"),
            Self::OneOf(words) => format!("one of {} was expected", words.join(", ")),
            Self::Folder => "an absolute path was expected".into(),
            Self::Folders => "a list of absolute paths was expected".into(),
            Self::Hosts => "a list of host names was expected".into(),
            Self::SecretReference => "a reference was expected, such as `secret://auth/token`: \
                 a setting never holds a secret"
                .into(),
        }
    }

    /// The JSON Schema of the value.
    pub(crate) fn schema(self) -> Value {
        match self {
            Self::Address => {
                json!({"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]})
            }
            Self::Database => json!({"type": "string", "pattern": "^postgres(ql)?://"}),
            Self::Number { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
            Self::OneOf(words) => json!({"enum": words}),
            Self::Folder => json!({"type": "string", "pattern": "^/"}),
            Self::Folders => json!({"type": "array", "items": {"type": "string", "pattern": "^/"}}),
            Self::Hosts => json!({"type": "array", "items": {"type": "string"}}),
            Self::SecretReference => json!({"type": "string", "pattern": "^secret://"}),
        }
    }
}

fn is_folder(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| Path::new(text).is_absolute())
}

fn is_host(value: &Value) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    value
        .as_str()
        .is_some_and(|host| !host.is_empty() && host.chars().all(legal))
}
