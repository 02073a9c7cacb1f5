//! Secret values and the references that stand for them everywhere else.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A secret value: no `Display`, no `Serialize`, nothing in `Debug`, zeroed on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a value.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value, for the one place that sends it to its own host.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// `secret://a/b`: the name of an entry of the secret store.
///
/// In the environment the same entry is `WEALD_SECRET__A__B`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretRef(String);

/// The text is not a secret reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a secret reference: `secret://` and 1 to 4 names of a-z, 0-9, `-`, `_` were expected")]
pub struct BadSecretRef;

impl SecretRef {
    /// The names, without the scheme: `a/b`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0
    }

    /// The environment variable that holds this entry: `WEALD_SECRET__A__B`.
    #[must_use]
    pub fn variable(&self) -> String {
        let name = self
            .0
            .replace('/', "__")
            .replace('-', "_")
            .to_ascii_uppercase();
        format!("WEALD_SECRET__{name}")
    }
}

impl FromStr for SecretRef {
    type Err = BadSecretRef;

    fn from_str(text: &str) -> Result<Self, BadSecretRef> {
        let path = text.strip_prefix("secret://").ok_or(BadSecretRef)?;
        let legal =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
        let names: Vec<&str> = path.split('/').collect();
        let ok = names.len() <= 4
            && names
                .iter()
                .all(|n| (1..=64).contains(&n.len()) && n.bytes().all(legal));
        if ok {
            Ok(Self(path.to_owned()))
        } else {
            Err(BadSecretRef)
        }
    }
}

impl TryFrom<String> for SecretRef {
    type Error = BadSecretRef;

    fn try_from(text: String) -> Result<Self, BadSecretRef> {
        text.parse()
    }
}

impl From<SecretRef> for String {
    fn from(reference: SecretRef) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "secret://{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_names_its_variable() {
        let reference: SecretRef = "secret://provider/open-ai".parse().expect("legal");
        assert_eq!(reference.variable(), "WEALD_SECRET__PROVIDER__OPEN_AI");
        assert_eq!(reference.to_string(), "secret://provider/open-ai");
    }

    #[test]
    fn debug_never_shows_the_value() {
        assert_eq!(format!("{:?}", Secret::new("k".into())), "Secret(…)");
    }

    #[test]
    fn paths_out_of_the_store_are_refused() {
        for bad in [
            "secret://",
            "secret://../x",
            "x",
            "secret://a//b",
            "secret://A",
        ] {
            assert_eq!(bad.parse::<SecretRef>(), Err(BadSecretRef), "{bad}");
        }
    }
}
