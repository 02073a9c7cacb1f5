//! The one binary of Weald: arguments, configuration, wiring, shutdown. It decides nothing.

mod arguments;
mod ask;
mod clock;
mod commands;
mod config;
mod context;
mod crash_points;
mod deployment;
mod embedded;
mod environment;
mod exit;
mod failure;
mod git_root;
mod hand_over;
mod known_sources;
mod listing;
mod logging;
mod places;
mod reach;
mod runtime;
mod session;
mod start;
mod upkeep;

use std::{ffi::OsString, process::ExitCode};

use arguments::Arguments;
use clap::Parser as _;
use context::Context;
use environment::Environment;
use exit::Exit;
use failure::{Failure, Form};

fn main() -> ExitCode {
    // Before anything could make a TLS connection.
    let installed = rustls::crypto::ring::default_provider().install_default();
    debug_assert!(installed.is_ok(), "nothing else installs a TLS provider");
    crash_points::arm();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let parsed = match Arguments::try_parse_from(&arguments) {
        Ok(parsed) => parsed,
        Err(error) => return refuse(&error, &arguments),
    };
    let env = match Environment::of_process() {
        Ok(env) => env,
        Err(error) => return lost(&error),
    };
    let mut context = Context::new(parsed.global, env);
    let ended = context
        .check_folder()
        .and_then(|()| commands::run(parsed.command, &mut context));
    let exit = match ended {
        Ok(exit) => exit,
        Err(failure) => {
            let form = context.form();
            // Standard error that cannot be written leaves nobody to tell.
            let _ = failure.show(&mut context.console, form);
            failure.exit
        }
    };
    ExitCode::from(exit.code())
}

/// Arguments that cannot be understood, or a request for help.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let asked_for_json = arguments.iter().any(|argument| argument == "--json");
    if !error.use_stderr() || !asked_for_json {
        let _ = error.print();
        let exit = if error.use_stderr() {
            Exit::Usage
        } else {
            Exit::Ok
        };
        return ExitCode::from(exit.code());
    }
    let text = error.render().to_string();
    let what = text
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned();
    let failure = Failure::new(Exit::Usage, "bad_arguments", what).hint("`weald help`");
    let mut console = plain_console();
    let _ = failure.show(&mut console, Form::Json);
    ExitCode::from(Exit::Usage.code())
}

/// The current folder is gone.
fn lost(error: &std::io::Error) -> ExitCode {
    let what = format!("the current folder cannot be used: {error}");
    let failure = Failure::new(Exit::Failed, "no_folder", what).hint("change to one that exists");
    let _ = failure.show(&mut plain_console(), Form::Text);
    ExitCode::from(Exit::Failed.code())
}

fn plain_console() -> weald_terminal::Console {
    weald_terminal::Console::standard(
        weald_terminal::colour::ColourSignals::default(),
        weald_terminal::console::Chatter::Normal,
    )
}
