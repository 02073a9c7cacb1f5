//! `weald config set KEY VALUE`

use weald_api::config::{ConfigSource, TakesEffect};

use super::{origin, unknown};
use crate::{
    config::{Overrides, set, setting, unset},
    context::Context,
    failure::{Outcome, bad_setting},
};

/// What to change.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// `section.key`
    key: String,
    /// The new value; items of a list are separated by commas
    #[arg(required_unless_present = "unset", conflicts_with = "unset")]
    value: Option<String>,
    /// Remove the key from the file, so that a weaker layer shows
    #[arg(long)]
    unset: bool,
}

impl Args {
    /// The key, and its new value; none removes it.
    pub(super) fn change(&self) -> (&str, Option<&str>) {
        (&self.key, self.value.as_deref())
    }
}

/// Changes the user's file.
pub(super) fn run(args: Args, context: &mut Context) -> Outcome {
    let setting = setting(&args.key).ok_or_else(|| unknown(&args.key))?;
    let file = context.places.user_file.clone();
    match &args.value {
        Some(text) => {
            let value = setting
                .kind
                .parse(text)
                .map_err(|detail| bad_setting(&args.key, format!("{}: {detail}", args.key)))?;
            set(&file, &[(args.key.clone(), Some(value))])?;
        }
        None => unset(&file, &args.key)?,
    }
    let when = match setting.takes_effect {
        TakesEffect::Reload => "it takes effect at once",
        TakesEffect::Restart => "it takes effect at the next start",
    };
    context
        .console
        .note(&format!("changed {}; {when}", file.display()))?;
    say_who_wins(&args.key, context)
}

/// A stronger layer would make the change look lost.
fn say_who_wins(key: &str, context: &mut Context) -> Outcome {
    let (found, _) = context.configure(Overrides::default())?;
    let winner = found
        .layered
        .explain(key)
        .and_then(|said| said.into_iter().next());
    match winner {
        Some(winner)
            if !matches!(
                winner.source,
                ConfigSource::UserFile | ConfigSource::SystemFile | ConfigSource::Default
            ) =>
        {
            let text = format!("{key} is still decided by {}", origin(&winner));
            context.warn(&text)
        }
        _ => Ok(()),
    }
}
