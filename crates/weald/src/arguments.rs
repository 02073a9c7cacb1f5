//! What the command line says.

use std::{path::PathBuf, time::Duration};

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use weald_terminal::{ColourChoice, console::Chatter};

use crate::{commands, failure::Form};

/// A self-hosted home for AI agents.
#[derive(Debug, Parser)]
#[command(
    name = "weald",
    version,
    disable_help_subcommand = true,
    infer_subcommands = false,
    subcommand_required = false,
    after_help = "Without a command: a chat on a terminal; with a pipe, standard input is a prompt.\n\
                  Exit codes: `weald help exit-codes`."
)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Write results and errors as JSON (one line for each event of a stream)
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say nothing but results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more: tokens, models, ids; twice: the log
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Never ask; a question that must be answered ends the command with exit code 8
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    /// Answer yes to questions of the command itself (never to an approval of a tool)
    #[arg(long, short = 'y', global = true)]
    pub(crate) yes: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// The same as `--color never`
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
    /// Set a setting for this command
    #[arg(short = 'c', global = true, value_name = "KEY=VALUE")]
    pub(crate) config: Vec<String>,
    /// Work as if started in this folder
    #[arg(short = 'C', global = true, value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
    /// Use the server at this URL; the token is taken from WEALD_TOKEN
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) server: Option<url::Url>,
    /// Give up after this many seconds
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Global {
    /// When to use colour.
    pub(crate) const fn colour(&self) -> ColourChoice {
        match self.color {
            Color::Never => ColourChoice::Never,
            _ if self.no_color => ColourChoice::Never,
            Color::Auto => ColourChoice::Auto,
            Color::Always => ColourChoice::Always,
        }
    }

    /// How much to say.
    pub(crate) const fn chatter(&self) -> Chatter {
        match (self.quiet, self.verbose) {
            (true, _) => Chatter::Quiet,
            (false, 0) => Chatter::Normal,
            (false, _) => Chatter::Verbose,
        }
    }

    /// In which form to write.
    pub(crate) const fn form(&self) -> Form {
        if self.json { Form::Json } else { Form::Text }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "a number of seconds was expected".to_owned())?;
    let time = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
    if time.is_zero() {
        Err("a time above zero was expected".into())
    } else {
        Ok(time)
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the server and the web app
    Up(commands::up::Args),
    /// Ask one thing and stream the answer
    Run(commands::run::Args),
    /// Talk, line by line
    Chat(commands::chat::Args),
    /// Conversations
    #[command(subcommand)]
    Conversation(commands::conversation::Command),
    /// List conversations
    #[command(hide = true)]
    Sessions(commands::conversation::list::Alias),
    /// Questions that agents wait on
    #[command(subcommand)]
    Approval(commands::approval::Command),
    /// Folders that agents may work in
    #[command(subcommand)]
    Project(commands::project::Command),
    /// Where models come from
    #[command(subcommand)]
    Provider(commands::provider::Command),
    /// Models
    #[command(subcommand)]
    Model(commands::model::Command),
    /// Settings
    #[command(subcommand)]
    Config(commands::config::Command),
    /// The database: status, migration, backup, copy, restore, prune, vacuum
    #[command(subcommand)]
    Db(commands::db::Command),
    /// Check what Weald stands on
    Doctor(commands::doctor::Args),
    /// Show the version
    Version(commands::version::Args),
    /// Print a completion script
    Completion(commands::completion::Args),
    /// Show help for a command or a topic (`exit-codes`)
    Help(commands::help::Args),
    /// What the worker host starts
    #[command(subcommand, hide = true)]
    Worker(commands::worker::Command),
    /// Print the OpenAPI document
    #[command(hide = true)]
    Openapi(commands::openapi::Args),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn global_flags_stand_before_and_after_the_command() {
        let before = Arguments::try_parse_from(["weald", "--json", "-c", "a=1", "version"]);
        let after = Arguments::try_parse_from(["weald", "version", "-c", "a=1", "--json"]);
        for arguments in [before, after] {
            let global = arguments.expect("parses").global;
            assert_eq!(
                (global.form(), global.config),
                (Form::Json, vec!["a=1".to_owned()])
            );
        }
    }

    #[test]
    fn a_time_out_is_a_positive_number_of_seconds() {
        assert_eq!(seconds("1.5"), Ok(Duration::from_millis(1500)));
        for bad in ["0", "-1", "soon", "inf"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
