//! Where a store keeps its tables, as an address that can be checked and shown.

use std::{borrow::Cow, net::IpAddr};

use url::Url;
use weald_domain::secret::Secret;

/// Which database a store keeps its tables in.
#[derive(Debug, Clone, Default)]
pub enum DatabaseAddress {
    /// The file `weald.sqlite` of the data folder.
    #[default]
    Sqlite,
    /// A PostgreSQL server, by an address such as `postgres://user:password@host/database`.
    Postgres(Secret),
}

/// A text is not the address of a PostgreSQL database. None of these repeats it: a password may be
/// in it, where one does not expect it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no such address.
    #[error("an address such as `postgres://user@host:5432/database` was expected")]
    NotPostgres,
    /// What separates its parts stands inside one of them.
    #[error(
        "one of `/ ? # @` stands where it cannot: in a user, a password or a name it is written \
         `%2F`, `%3F`, `%23`, `%40`"
    )]
    Separator,
    /// A parameter behind `?` is none of those.
    #[error("a parameter behind `?` is not known; those known are {}", PARAMETERS.join(", "))]
    UnknownParameter,
    /// A parameter has a value that it cannot have.
    #[error("`{parameter}` of the address: {expected} was expected")]
    BadParameter {
        /// Which.
        parameter: &'static str,
        /// What it can have.
        expected: &'static str,
    },
}

/// The parameters that an address may have; the driver would log any other one with its value.
const PARAMETERS: [&str; 12] = [
    "host",
    "hostaddr",
    "port",
    "user",
    "password",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
    "options",
];
/// The ways to use TLS; `allow` is not among them: the driver would never use it.
const SSL_MODES: [&str; 5] = ["disable", "prefer", "require", "verify-ca", "verify-full"];
/// What is shown in the place of a password.
const MASK: &str = "***";

impl DatabaseAddress {
    /// The address of a PostgreSQL database.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn postgres(text: &str) -> Result<Self, AddressError> {
        read(text)?;
        Ok(Self::Postgres(Secret::new(text.to_owned())))
    }

    /// Whether a text wants to be the address of a PostgreSQL database, and not of a file.
    #[must_use]
    pub fn looks_like_postgres(text: &str) -> bool {
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        ["postgres", "postgresql"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known))
    }

    /// Whether a password is in it.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.url().is_some_and(|url| {
            let asked = url.query_pairs().any(|(name, _)| name == "password");
            url.password().is_some() || asked
        })
    }

    /// What a person may see of a server's address: all of it but the password. None for SQLite.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            // What cannot be read is not shown at all.
            Self::Postgres(_) => Some(
                self.url()
                    .map_or_else(|| "postgres://…".to_owned(), |url| masked(url).into()),
            ),
        }
    }

    fn url(&self) -> Option<Url> {
        match self {
            Self::Sqlite => None,
            Self::Postgres(text) => read(text.expose()).ok(),
        }
    }
}

fn masked(mut url: Url) -> Url {
    if url.password().is_some() {
        // It is refused only where there is no host, and then there is no password.
        let _ = url.set_password(Some(MASK));
    }
    if url.query_pairs().any(|(name, _)| name == "password") {
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| {
                let value = if name == "password" {
                    MASK.into()
                } else {
                    value
                };
                (name.into_owned(), value.into_owned())
            })
            .collect();
        url.query_pairs_mut().clear().extend_pairs(pairs);
    }
    url
}

/// Reads an address whose every part is known.
pub(crate) fn read(text: &str) -> Result<Url, AddressError> {
    if !DatabaseAddress::looks_like_postgres(text) {
        return Err(AddressError::NotPostgres);
    }
    let url = Url::parse(text).map_err(|_| AddressError::NotPostgres)?;
    if url.cannot_be_a_base() {
        return Err(AddressError::NotPostgres);
    }
    let name = url.path().trim_start_matches('/');
    let odd = |part: &str| part.contains('@');
    if url.fragment().is_some() || name.contains('/') || odd(name) || url.query().is_some_and(odd) {
        return Err(AddressError::Separator);
    }
    url.query_pairs()
        .try_for_each(|(name, value)| parameter(&name, &value))?;
    Ok(url)
}

/// A parameter of an address, when it has it.
pub(crate) fn value_of<'u>(url: &'u Url, parameter: &str) -> Option<Cow<'u, str>> {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(name, _)| name == parameter)
        .map(|(_, value)| value)
}

fn parameter(name: &str, value: &str) -> Result<(), AddressError> {
    let parameter = PARAMETERS
        .into_iter()
        .find(|known| *known == name)
        .ok_or(AddressError::UnknownParameter)?;
    let (fits, expected) = match parameter {
        "sslmode" => (
            SSL_MODES.contains(&value),
            "one of disable, prefer, require, verify-ca, verify-full",
        ),
        // Never what is in the file: that could be a key.
        "sslrootcert" | "sslcert" | "sslkey" => (value.starts_with('/'), "an absolute path"),
        "port" => (value.parse::<u16>().is_ok(), "a number"),
        "hostaddr" => (value.parse::<IpAddr>().is_ok(), "an IP address"),
        _ => (!value.is_empty(), "a value"),
    };
    if fits {
        Ok(())
    } else {
        Err(AddressError::BadParameter {
            parameter,
            expected,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (String, bool) {
        let address = DatabaseAddress::postgres(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        (address.shown().expect("a server"), address.has_password())
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        let met = [
            ("postgres://ada@db/weald", "postgres://ada@db/weald", false),
            (
                "postgres://ada:hunter2@db:5433/weald?sslmode=verify-full",
                "postgres://ada:***@db:5433/weald?sslmode=verify-full",
                true,
            ),
            (
                "postgresql:///weald?host=%2Frun%2Fpg&password=hunter2",
                "postgresql:///weald?host=%2Frun%2Fpg&password=***",
                true,
            ),
            (
                "postgres://ada:p%40ss%2Fw@[::1]/weald",
                "postgres://ada:***@[::1]/weald",
                true,
            ),
        ];
        for (text, expected, has_password) in met {
            assert_eq!(shown(text), (expected.to_owned(), has_password), "{text}");
        }
        assert_eq!(DatabaseAddress::Sqlite.shown(), None);
    }

    #[test]
    fn what_is_no_address_is_refused_without_being_repeated() {
        use AddressError::{NotPostgres, Separator, UnknownParameter};
        let met = [
            ("", NotPostgres),
            ("/data/weald.sqlite", NotPostgres),
            ("sqlite:/data/weald.sqlite", NotPostgres),
            ("mysql://ada:hunter2@db/weald", NotPostgres),
            ("postgres:hunter2", NotPostgres),
            ("postgres://ada:hunter2@[", NotPostgres),
            ("postgres://ada:hunter2?x@db/weald", NotPostgres),
            ("postgres://ada:12/hunter2@db/weald", Separator),
            ("postgres://ada:12?hunter2@db/weald", Separator),
            ("postgres://ada:12#hunter2@db/weald", Separator),
            ("postgres://db/weald?passwd=hunter2", UnknownParameter),
        ];
        for (text, expected) in met {
            let refused = DatabaseAddress::postgres(text).expect_err(text);
            assert_eq!(refused, expected, "{text}");
            let said = format!("{refused} {refused:?}");
            assert!(!said.contains("hunter2"), "{said}");
        }
        let unread = DatabaseAddress::Postgres(Secret::new("postgres://a:hunter2@[".into()));
        assert_eq!(unread.shown().as_deref(), Some("postgres://…"));
    }

    #[test]
    fn a_parameter_has_a_value_that_fits_it() {
        for (query, parameter) in [
            ("sslmode=allow", "sslmode"),
            ("sslmode=on", "sslmode"),
            ("sslkey=-----BEGIN PRIVATE KEY-----", "sslkey"),
            ("sslrootcert=ca.pem", "sslrootcert"),
            ("port=many", "port"),
            ("hostaddr=db", "hostaddr"),
            ("user=", "user"),
        ] {
            let refused = DatabaseAddress::postgres(&format!("postgres://db/weald?{query}"));
            let refused = refused.expect_err(query);
            assert!(
                matches!(refused, AddressError::BadParameter { parameter: named, .. }
                    if named == parameter),
                "{query}: {refused:?}"
            );
        }
    }
}
