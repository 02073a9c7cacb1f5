//! `weald config …`

mod explain;
mod get;
mod path;
pub(super) mod remote;
mod schema;
mod set;

use weald_api::config::{ConfigEntry, ConfigSource};

use crate::{
    config::nearest,
    context::Context,
    exit::Exit,
    failure::{Failure, Outcome},
};

/// What to do with the settings.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show settings in force
    Get(get::Args),
    /// Change a setting in your own weald.toml
    Set(set::Args),
    /// Show where files and folders are
    Path(path::Args),
    /// Show what every layer says of a setting, the winner first
    Explain(explain::Args),
    /// Print the JSON Schema of weald.toml
    Schema(schema::Args),
}

/// Does it.
pub(crate) fn run(command: Command, context: &mut Context) -> Outcome {
    match command {
        Command::Get(args) => get::run(&args, context),
        Command::Set(args) => set::run(args, context),
        Command::Path(args) => path::run(&args, context),
        Command::Explain(args) => explain::run(&args, context),
        Command::Schema(args) => schema::run(&args, context),
    }
}

fn unknown(key: &str) -> Failure {
    let what = format!("there is no setting `{key}`");
    let failure = Failure::new(Exit::NotFound, "unknown_setting", what);
    match nearest(key) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`weald config get` lists every setting"),
    }
}

/// A value as a person writes it.
fn shown(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Null => "(not set)".into(),
        Value::String(text) => text.clone(),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            other.to_string()
        }
    }
}

/// Where a value came from.
fn origin(entry: &ConfigEntry) -> String {
    let layer = match entry.source {
        ConfigSource::Flag => "flag",
        ConfigSource::CommandLine => "-c",
        ConfigSource::Environment => "environment",
        ConfigSource::User => "user setting",
        ConfigSource::ProjectFile => "project file",
        ConfigSource::UserFile => "user file",
        ConfigSource::SystemFile => "system file",
        ConfigSource::Default => "default",
    };
    match &entry.origin {
        Some(origin) => format!("{layer} {origin}"),
        None => layer.into(),
    }
}
