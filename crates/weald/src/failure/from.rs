//! What the errors of others mean for a command.

use std::io;

use weald_api::client::ClientError;
use weald_terminal::prompt::PromptError;

use super::{Failure, chain};
use crate::{
    config::{ConfigError, EditError, database},
    exit::Exit,
};

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let what = chain(&error);
        match error {
            ClientError::Problem(problem) => Self::of_problem(*problem),
            ClientError::Unreachable(_) => Self::new(Exit::Provider, "unreachable", what)
                .hint("check the address given with `--server`, or start one with `weald up`"),
            ClientError::Status(status) => Self::new(Exit::of_status(status), "odd_answer", what)
                .hint("is that the address of a Weald server?"),
            ClientError::Address(_) => Self::new(Exit::Usage, "bad_address", what)
                .hint("write for example `--server http://127.0.0.1:7420`"),
            ClientError::Unexpected(_) => Self::new(Exit::Failed, "unexpected_answer", what)
                .hint("are this command and the server of the same version?"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(Exit::Ok, "closed", "the reader of the output went away");
        }
        Self::new(Exit::Failed, "io", chain(&error))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::new(Exit::Failed, "bad_json", chain(&error))
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::Usage, error.code(), chain(&error)).hint(error.hint())
    }
}

impl From<EditError> for Failure {
    fn from(error: EditError) -> Self {
        let what = chain(&error);
        match error {
            EditError::UnknownKey(key) => {
                let failure = Self::new(Exit::Usage, "unknown_setting", what);
                match crate::config::nearest(&key) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure.hint("`weald config get` lists every setting"),
                }
            }
            EditError::BadValue { key, .. } => bad_setting(&key, what),
            EditError::NotToml(_) => Self::new(Exit::Usage, "not_toml", what)
                .hint("correct it by hand: `weald config path` says where it is"),
            EditError::Unwritable(_) => Self::new(Exit::Failed, "config_unwritable", what)
                .hint("check who may write it: `weald config path` says where it is"),
        }
    }
}

/// A value that a setting cannot have.
pub(crate) fn bad_setting(key: &str, what: String) -> Failure {
    let failure = Failure::new(Exit::Usage, "bad_setting", what);
    if key == database::KEY {
        failure.hint(database::HINT)
    } else {
        failure
    }
}

impl From<PromptError> for Failure {
    fn from(error: PromptError) -> Self {
        match error {
            PromptError::Interrupted => Self::interrupted(),
            error @ (PromptError::Unanswered | PromptError::Terminal(_)) => {
                Self::needs_input(chain(&error))
            }
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Exit::Failed, "failed", chain(error.as_ref()))
    }
}
