//! `weald config explain KEY`

use weald_api::config::{ConfigExplainResponse, TakesEffect};
use weald_terminal::Paint;

use super::{origin, shown, unknown};
use crate::{
    config::{Overrides, setting},
    context::Context,
    failure::{Form, Outcome},
};

/// Which setting.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// `section.key`
    key: String,
}

/// Shows every layer, the winner first.
pub(super) fn run(args: &Args, context: &mut Context) -> Outcome {
    let setting = setting(&args.key).ok_or_else(|| unknown(&args.key))?;
    let (found, _) = context.configure(Overrides::default())?;
    let mut said = found
        .layered
        .explain(&args.key)
        .ok_or_else(|| unknown(&args.key))?
        .into_iter();
    let winner = said.next().ok_or_else(|| unknown(&args.key))?;
    if context.form() == Form::Json {
        let others = said.collect();
        return context.json(&ConfigExplainResponse { winner, others });
    }
    let console = &mut context.console;
    let when = match setting.takes_effect {
        TakesEffect::Reload => "at once",
        TakesEffect::Restart => "at the next start",
    };
    console.line(&format!("{}: {}", setting.key, setting.about))?;
    console.line(&format!(
        "variable {} · a change takes effect {when}",
        setting.variable()
    ))?;
    let first = format!("{}  {}", shown(&winner.value), origin(&winner));
    let first = console.paint(Paint::Good, &first);
    console.line(&first)?;
    for entry in said {
        let text = format!("{}  {}", shown(&entry.value), origin(&entry));
        let text = console.paint(Paint::Dim, &text);
        console.line(&text)?;
    }
    Ok(())
}
