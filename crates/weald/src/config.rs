//! The layered configuration (spec section 6): flag, then `-c`, then environment, then the
//! project's `weald.toml` (trusted folders only), then the user's, then the system's, then the
//! default.

pub(crate) mod database;
mod discover;
mod edit;
mod layers;
mod live;
mod read;
mod settings;
mod value;

use std::{net::IpAddr, path::PathBuf};

use serde::Deserialize;

pub(crate) use discover::{Discovered, Overrides};
pub(crate) use edit::{EditError, check, set, unset};
pub(crate) use layers::{Layer, Layered};
pub(crate) use live::LiveConfig;
pub(crate) use settings::{SETTINGS, Setting, nearest, setting};

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A file that cannot be read.
    #[error("{path} cannot be read")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file that is not TOML.
    #[error("{path} is not TOML: {detail}")]
    NotToml {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        detail: String,
    },
    /// A value that does not fit its setting.
    #[error("{key} in {origin}: {detail}")]
    BadValue {
        /// Which setting.
        key: String,
        /// Where it stands.
        origin: String,
        /// Why it does not fit.
        detail: String,
    },
    /// `-c` with something that is no setting.
    #[error("there is no setting `{key}`")]
    UnknownKey {
        /// What was named.
        key: String,
    },
    /// `-c` without `=`.
    #[error("`-c {0}` is not `key=value`")]
    NotAssignment(String),
}

impl ConfigError {
    /// Stable name of the error, for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::BadValue { key, .. } if key == database::KEY => "bad_database_url",
            Self::Unreadable { .. }
            | Self::NotToml { .. }
            | Self::BadValue { .. }
            | Self::UnknownKey { .. }
            | Self::NotAssignment(_) => "bad_config",
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Unreadable { .. } => "check that the file may be read by this user".into(),
            Self::NotToml { path, .. } => format!("correct {}", path.display()),
            Self::BadValue { key, .. } if key == database::KEY => database::HINT.into(),
            Self::BadValue { key, .. } => format!("`weald config explain {key}` shows every layer"),
            Self::UnknownKey { key } => match nearest(key) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`weald config get` lists every setting".into(),
            },
            Self::NotAssignment(_) => "write for example `-c server.port=7421`".into(),
        }
    }
}

/// The settings in force, typed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) auth: Auth,
    pub(crate) data: Data,
    pub(crate) database: Database,
    pub(crate) secrets: Secrets,
    pub(crate) stream: Stream,
    pub(crate) projects: Projects,
    pub(crate) retention: Retention,
    pub(crate) trust: Trust,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
    pub(crate) app: App,
    pub(crate) chat: Chat,
}

/// `server.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    pub(crate) allowed_hosts: Vec<String>,
}

/// `auth.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Auth {
    pub(crate) token: Option<String>,
}

/// `data.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    pub(crate) root: PathBuf,
}

/// `database.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Database {
    /// Without a password; [`Layered::database`] has the whole address.
    pub(crate) url: Option<String>,
}

/// `secrets.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secrets {
    pub(crate) backend: SecretBackend,
}

/// Where secrets are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SecretBackend {
    /// The encrypted file; the environment is read first.
    File,
    /// The environment alone, read only.
    Env,
}

/// `stream.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stream {
    pub(crate) checkpoint_s: u64,
    pub(crate) checkpoint_max_s: u64,
}

/// `projects.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Projects {
    pub(crate) allowed_root_directories: Vec<PathBuf>,
}

/// `retention.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retention {
    /// None keeps everything.
    pub(crate) events_days: Option<u32>,
}

/// `trust.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trust {
    pub(crate) folders: Vec<PathBuf>,
}

/// `limits.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) streams_per_user: usize,
}

/// `log.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) level: String,
}

/// `app.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct App {
    pub(crate) theme: String,
}

/// `chat.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chat {
    pub(crate) message: ChatMessage,
}

/// `chat.message.*`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChatMessage {
    pub(crate) font_size: u32,
}

#[cfg(test)]
mod tests;
