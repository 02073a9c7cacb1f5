//! The commands, one file each. Only dispatch here.

pub(crate) mod approval;
pub(crate) mod chat;
pub(crate) mod completion;
pub(crate) mod config;
pub(crate) mod conversation;
pub(crate) mod db;
pub(crate) mod doctor;
pub(crate) mod help;
pub(crate) mod model;
pub(crate) mod openapi;
pub(crate) mod project;
pub(crate) mod provider;
pub(crate) mod run;
pub(crate) mod up;
pub(crate) mod version;
pub(crate) mod worker;

use std::{
    io::{IsTerminal, stdin},
    thread::available_parallelism,
    time::Duration,
};

use tokio::runtime::{Builder, Runtime};

use crate::{
    arguments::Command,
    config::Overrides,
    context::Context,
    exit::Exit,
    failure::{Failure, Outcome, chain},
    logging,
};

/// Carries out a command.
pub(crate) fn run(command: Option<Command>, context: &mut Context) -> Outcome<Exit> {
    match command.unwrap_or_else(bare) {
        Command::Up(args) => wait(context, async |context| up::run(args, context).await),
        Command::Run(args) => wait(context, async |context| run::run(args, context).await),
        Command::Chat(args) => wait(context, async |context| chat::run(args, context).await),
        Command::Conversation(command) => ok(wait(context, async |context| {
            conversation::run(command, context).await
        })),
        Command::Sessions(alias) => ok(wait(context, async |context| {
            conversation::list::run(alias.args, context).await
        })),
        Command::Approval(command) => ok(wait(context, async |context| {
            approval::run(command, context).await
        })),
        Command::Project(command) => ok(wait(context, async |context| {
            project::run(command, context).await
        })),
        Command::Provider(command) => ok(wait(context, async |context| {
            provider::run(command, context).await
        })),
        Command::Model(command) => ok(wait(context, async |context| {
            model::run(command, context).await
        })),
        Command::Db(command) => ok(wait(context, async |context| {
            db::run(command, context).await
        })),
        Command::Doctor(args) => wait(context, async |context| doctor::run(args, context).await),
        Command::Config(command) if context.global.server.is_some() => {
            ok(wait(context, async |context| {
                config::remote::run(command, context).await
            }))
        }
        Command::Config(command) => ok(config::run(command, context)),
        Command::Version(args) => ok(version::run(&args, context)),
        Command::Completion(args) => ok(completion::run(&args, context)),
        Command::Help(args) => ok(help::run(&args, context)),
        Command::Openapi(args) => ok(openapi::run(&args, context)),
        Command::Worker(command) => ok(worker::run(command)),
    }
}

/// Without a command: a chat on a terminal; with a pipe, standard input is a prompt.
fn bare() -> Command {
    if stdin().is_terminal() {
        Command::Chat(chat::Args::default())
    } else {
        Command::Run(run::Args::default())
    }
}

fn ok(ended: Outcome) -> Outcome<Exit> {
    ended.map(|()| Exit::Ok)
}

/// Threads that drive tasks: few, because what Weald does is wait.
const WORKERS_MIN: usize = 2;
const WORKERS_MAX: usize = 4;
/// Threads for what blocks: files and questions to a person.
const BLOCKING_MAX: usize = 32;
/// How long what is left of a command may hold its end up.
const LEFT_OVER: Duration = Duration::from_millis(100);

/// Runs a command that waits for things.
fn wait<T>(
    context: &mut Context,
    work: impl AsyncFnOnce(&mut Context) -> Outcome<T>,
) -> Outcome<T> {
    let (_, config) = context.configure(Overrides::default())?;
    logging::start(&context.global, &config.log.level);
    let runtime = runtime()?;
    let ended = runtime.block_on(work(context));
    runtime.shutdown_timeout(LEFT_OVER);
    ended
}

fn runtime() -> Outcome<Runtime> {
    let processors = available_parallelism().map_or(WORKERS_MIN, usize::from);
    Builder::new_multi_thread()
        .worker_threads(processors.clamp(WORKERS_MIN, WORKERS_MAX))
        .max_blocking_threads(BLOCKING_MAX)
        .enable_all()
        .build()
        .map_err(|error| {
            let what = format!("Weald cannot start its threads: {}", chain(&error));
            Failure::new(Exit::Failed, "no_threads", what)
                .hint("the system's limit of processes or memory is reached (`ulimit -u`)")
        })
}
