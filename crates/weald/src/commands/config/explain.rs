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

impl Args {
    /// Which setting.
    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

/// Shows every layer, the winner first.
pub(super) fn run(args: &Args, context: &mut Context) -> Outcome {
    let (found, _) = context.configure(Overrides::default())?;
    let said = found.layered.explain(&args.key);
    let mut said = said.ok_or_else(|| unknown(&args.key))?.into_iter();
    let winner = said.next().ok_or_else(|| unknown(&args.key))?;
    let others = said.collect();
    show(ConfigExplainResponse { winner, others }, context)
}

/// Writes the layers.
pub(super) fn show(said: ConfigExplainResponse, context: &mut Context) -> Outcome {
    if context.form() == Form::Json {
        return context.json(&said);
    }
    let console = &mut context.console;
    let when = match said.winner.takes_effect {
        TakesEffect::Reload => "at once",
        TakesEffect::Restart => "at the next start",
    };
    if let Some(setting) = setting(&said.winner.key) {
        console.line(&format!("{}: {}", setting.key, setting.about))?;
        console.line(&format!(
            "variable {} · a change takes effect {when}",
            setting.variable()
        ))?;
    }
    let first = format!("{}  {}", shown(&said.winner.value), origin(&said.winner));
    let first = console.paint(Paint::Good, &first);
    console.line(&first)?;
    for entry in &said.others {
        let text = format!("{}  {}", shown(&entry.value), origin(entry));
        let text = console.paint(Paint::Dim, &text);
        console.line(&text)?;
    }
    Ok(())
}
