//! Connecting to a server, and why it does not let us in.

use std::{fs::File, io, io::ErrorKind, str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions, Connection, PgConnection, Row,
    error::DatabaseError,
    postgres::{PgConnectOptions, PgSslMode},
};
use url::Url;
use weald_domain::{BoxError, ports::StoreError, secret::Secret};

use super::SETTINGS;
use crate::{
    address::{self, AddressError},
    sql::storage,
    store::OpenError,
};

/// How long a server may take to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// The server of the database did not let us in. None of these holds a password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is none.
    #[error("the address of the database")]
    Address(#[from] AddressError),
    /// Nobody answers there, or not yet.
    #[error("the database server at {server} cannot be reached")]
    Unreachable {
        /// Where.
        server: String,
        /// Why.
        #[source]
        source: BoxError,
    },
    /// The user is not known, or its password is wrong or missing.
    #[error("the database server at {server} refuses the user `{user}`")]
    Refused {
        /// Where.
        server: String,
        /// Whom.
        user: String,
        /// Why.
        #[source]
        source: BoxError,
    },
    /// The server has no such database.
    #[error("the database server at {server} has no database `{database}`")]
    NoDatabase {
        /// Where.
        server: String,
        /// Which.
        database: String,
    },
    /// The connection cannot be as safe as it is asked to be.
    #[error("no safe connection to the database server at {server}")]
    Tls {
        /// Where.
        server: String,
        /// Why.
        #[source]
        source: BoxError,
    },
    /// The database cannot hold every text.
    #[error("the database has the encoding {0}, and not UTF8")]
    Encoding(String),
    /// Storage failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<AddressError> for OpenError {
    fn from(error: AddressError) -> Self {
        Self::Connect(error.into())
    }
}

/// How to reach a database. What the address leaves out is as for every client of PostgreSQL:
/// `PGPASSWORD`, `~/.pgpass` and the like.
pub(crate) fn options(url: &Secret) -> Result<PgConnectOptions, ConnectError> {
    let known = address::read(url.expose())?;
    let options = PgConnectOptions::from_str(url.expose())
        // The error of the driver repeats the address, and with it the password.
        .map_err(|_| AddressError::NotPostgres)?;
    check_files(&known, &options)?;
    // As other clients of PostgreSQL: whoever names an authority wants it to be asked.
    let is_named = address::value_of(&known, "sslrootcert").is_some();
    let options = if is_named && matches!(options.get_ssl_mode(), PgSslMode::Require) {
        options.ssl_mode(PgSslMode::VerifyCa)
    } else {
        options
    };
    Ok(options
        .options(SETTINGS)
        .statement_cache_capacity(160)
        .disable_statement_logging())
}

/// A file that is not there would be told as a server that is not there.
fn check_files(url: &Url, options: &PgConnectOptions) -> Result<(), ConnectError> {
    for parameter in ["sslrootcert", "sslcert", "sslkey"] {
        let Some(path) = address::value_of(url, parameter) else {
            continue;
        };
        File::open(&*path).map_err(|error| ConnectError::Tls {
            server: server(options),
            source: format!("{parameter} {path}: {error}").into(),
        })?;
    }
    Ok(())
}

/// A connection of its own.
pub(crate) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, ConnectError> {
    let connecting = PgConnection::connect_with(options);
    match tokio::time::timeout(ANSWERS_WITHIN, connecting).await {
        Ok(Ok(conn)) => Ok(conn),
        Ok(Err(error)) => Err(refusal(options, error)),
        Err(late) => Err(ConnectError::Unreachable {
            server: server(options),
            source: Box::new(late),
        }),
    }
}

/// Whether a database can hold every text.
pub(crate) async fn check_encoding(conn: &mut PgConnection) -> Result<(), ConnectError> {
    let text = "SELECT current_setting('server_encoding') AS encoding";
    let encoding: String = sqlx::query(text)
        .fetch_one(conn)
        .await
        .and_then(|row| row.try_get("encoding"))
        .map_err(|error| ConnectError::Store(storage(error)))?;
    if encoding == "UTF8" {
        Ok(())
    } else {
        Err(ConnectError::Encoding(encoding))
    }
}

/// Where a server is, for a person.
fn server(options: &PgConnectOptions) -> String {
    let port = options.get_port();
    match options.get_socket() {
        Some(folder) => format!("{} (port {port})", folder.display()),
        None => format!("{}:{port}", options.get_host()),
    }
}

/// What an error of the driver means before there is a connection.
fn refusal(options: &PgConnectOptions, error: sqlx::Error) -> ConnectError {
    let server = server(options);
    let code = error.as_database_error().and_then(DatabaseError::code);
    let code = code.as_deref().unwrap_or_default().to_owned();
    let user = options.get_username().to_owned();
    let database = options.get_database().unwrap_or(&user).to_owned();
    match (code.as_str(), error) {
        // invalid_password, invalid_authorization_specification.
        ("28P01" | "28000", error) => ConnectError::Refused {
            server,
            user,
            source: Box::new(error),
        },
        // invalid_catalog_name.
        ("3D000", _) => ConnectError::NoDatabase { server, database },
        // It starts or ends; it has too many clients.
        ("57P03" | "53300", error) => ConnectError::Unreachable {
            server,
            source: Box::new(error),
        },
        (_, sqlx::Error::Tls(source)) => ConnectError::Tls { server, source },
        (_, sqlx::Error::Configuration(source)) => ConnectError::Tls { server, source },
        (_, sqlx::Error::Io(error)) => refused_by_io(server, error),
        (_, error) => ConnectError::Store(storage(error)),
    }
}

/// A certificate that does not convince comes as invalid data.
fn refused_by_io(server: String, error: io::Error) -> ConnectError {
    let is_tls = error.kind() == ErrorKind::InvalidData;
    let source = Box::new(error);
    if is_tls {
        ConnectError::Tls { server, source }
    } else {
        ConnectError::Unreachable { server, source }
    }
}
