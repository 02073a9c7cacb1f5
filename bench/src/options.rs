//! What the command line asks for.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::benchmarks::Name;

/// How the benchmarks are run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    /// Those that are run.
    pub(crate) names: Vec<Name>,
    /// The binary under test; without it only the references are measured.
    pub(crate) weald: Option<PathBuf>,
    /// A Python that has DBOS; without it that reference is left out.
    pub(crate) dbos: Option<PathBuf>,
    /// How often each target is measured; the median counts.
    pub(crate) rounds: usize,
    /// How long a round of streams lasts.
    pub(crate) round: Duration,
    /// On which engines Weald is measured.
    pub(crate) engines: Engines,
}

/// On which engines the benchmarks of streams measure Weald.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engines {
    /// As it is installed.
    Sqlite,
    /// On a private PostgreSQL server too, in the same rounds.
    Both,
}

const USAGE: &str = "\
weald-bench [NAME]... [--weald FILE] [--postgres] [--dbos PYTHON] [--rounds N] [--seconds S]
names: streams, single, flat, capacity, start, sql, steps; all of them when none is given
--postgres measures streams, single, flat and capacity on PostgreSQL too";

impl Options {
    /// Reads the arguments.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            names: vec![],
            weald: None,
            dbos: None,
            rounds: 5,
            round: Duration::from_secs(8),
            engines: Engines::Sqlite,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .with_context(|| format!("{argument} needs a value"))
            };
            match argument.as_str() {
                "--weald" => options.weald = Some(value()?.into()),
                "--dbos" => options.dbos = Some(value()?.into()),
                "--postgres" => options.engines = Engines::Both,
                "--rounds" => options.rounds = value()?.parse().context("--rounds")?,
                "--seconds" => {
                    options.round = Duration::from_secs(value()?.parse().context("--seconds")?);
                }
                name => match Name::parse(name) {
                    Some(name) => options.names.push(name),
                    None => bail!("{name:?} is not known\n{USAGE}"),
                },
            }
        }
        if options.rounds == 0 || options.round.is_zero() {
            bail!("at least one round of at least one second is needed");
        }
        if options.names.is_empty() {
            options.names = Name::ALL.to_vec();
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Options> {
        Options::parse(
            &arguments
                .iter()
                .map(|&argument| argument.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn names_and_values_are_read_in_any_order() {
        let options = parsed(&["--weald", "/w", "flat", "--rounds", "7", "single"]).unwrap();

        assert_eq!(options.names, [Name::Flat, Name::Single]);
        assert_eq!((options.weald, options.rounds), (Some("/w".into()), 7));
        assert_eq!(options.engines, Engines::Sqlite);
    }

    #[test]
    fn the_second_engine_is_asked_for() {
        let options = parsed(&["streams", "--postgres"]).unwrap();

        assert_eq!(
            (options.names, options.engines),
            (vec![Name::Streams], Engines::Both)
        );
    }

    #[test]
    fn nothing_named_is_everything() {
        assert_eq!(parsed(&[]).unwrap().names, Name::ALL);
        assert!(parsed(&["quick"]).is_err());
        assert!(parsed(&["--rounds", "0"]).is_err());
    }
}
