//! `weald help [COMMAND | exit-codes]`

use clap::CommandFactory;
use serde_json::{Value, json};

use crate::{
    arguments::Arguments,
    context::Context,
    exit::Exit,
    failure::{Failure, Form, Outcome},
};

/// Help for what.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A command such as `conversation list`, or `exit-codes`
    topic: Vec<String>,
}

/// Shows the help.
pub(crate) fn run(args: &Args, context: &mut Context) -> Outcome {
    if args.topic.iter().map(String::as_str).eq(["exit-codes"]) {
        return exit_codes(context);
    }
    let mut command = Arguments::command();
    command.build();
    let mut shown = &mut command;
    for name in &args.topic {
        shown = shown.find_subcommand_mut(name).ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                "unknown_topic",
                format!("there is no command `{name}`"),
            )
            .hint("`weald help` lists the commands; `weald help exit-codes` is a topic")
        })?;
    }
    let text = shown.render_long_help().to_string();
    Ok(context.console.line(text.trim_end())?)
}

fn exit_codes(context: &mut Context) -> Outcome {
    if context.form() == Form::Json {
        let codes: Vec<Value> = Exit::ALL
            .iter()
            .map(|exit| json!({"code": exit.code(), "meaning": exit.meaning()}))
            .collect();
        return context.json(&codes);
    }
    for exit in Exit::ALL {
        context
            .console
            .line(&format!("{:>4}  {}", exit.code(), exit.meaning()))?;
    }
    Ok(())
}
