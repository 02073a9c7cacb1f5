//! `weald config get [KEY]`

use weald_api::config::ConfigEntry;
use weald_terminal::Table;

use super::{origin, shown, unknown};
use crate::{
    config::Overrides,
    context::Context,
    failure::{Form, Outcome},
};

/// Which setting.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// `section.key`; all settings without it
    key: Option<String>,
}

/// Shows one setting or all.
pub(super) fn run(args: &Args, context: &mut Context) -> Outcome {
    let (found, _) = context.configure(Overrides::default())?;
    show(args, &found.layered.entries(), context)
}

/// Writes what was asked for.
pub(super) fn show(args: &Args, entries: &[ConfigEntry], context: &mut Context) -> Outcome {
    if let Some(key) = &args.key {
        let entry = entries.iter().find(|entry| entry.key == *key);
        let entry = entry.ok_or_else(|| unknown(key))?;
        return match context.form() {
            Form::Text => Ok(context.console.line(&shown(&entry.value))?),
            Form::Json => context.json(entry),
        };
    }
    if context.form() == Form::Json {
        return context.json(&entries);
    }
    let mut table = Table::new(&["KEY", "VALUE", "FROM"]);
    for entry in entries {
        table.row([entry.key.clone(), shown(&entry.value), origin(entry)]);
    }
    Ok(table.write(&mut context.console)?)
}
