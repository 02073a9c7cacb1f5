//! What every command can reach.

use std::io::{IsTerminal, stderr, stdin};

use serde::Serialize;
use weald_terminal::{Console, Paint, clean::clean_json, colour::ColourSignals, prompt};

use crate::{
    arguments::Global,
    config::{Config, Discovered, Overrides},
    environment::Environment,
    exit::Exit,
    failure::{Failure, Form, Outcome},
    places::Places,
};

/// Flags, surroundings and output of one command.
#[derive(Debug)]
pub(crate) struct Context {
    /// The global flags.
    pub(crate) global: Global,
    /// What the process was started with.
    pub(crate) env: Environment,
    /// Where things are.
    pub(crate) places: Places,
    /// Where the command writes.
    pub(crate) console: Console,
    /// Whether the command was told to end, so that nothing is waited for.
    pub(crate) ending: bool,
    warned: bool,
}

impl Context {
    /// Takes the global flags and the surroundings.
    pub(crate) fn new(global: Global, mut env: Environment) -> Self {
        if let Some(folder) = &global.directory {
            env.folder = env.absolute(folder);
        }
        let signals = ColourSignals {
            choice: global.colour(),
            no_color: env.variable("NO_COLOR"),
            force: env.variable("CLICOLOR_FORCE"),
            term: env.variable("TERM"),
            colorterm: env.variable("COLORTERM"),
        };
        let console = Console::standard(signals, global.chatter());
        prompt::use_colour(console.note_colour());
        let places = Places::of(&env);
        Self {
            global,
            env,
            places,
            console,
            ending: false,
            warned: false,
        }
    }

    /// Whether the folder given with `-C` is one.
    pub(crate) fn check_folder(&self) -> Outcome {
        if self.global.directory.is_none() || self.env.folder.is_dir() {
            return Ok(());
        }
        let what = format!("{} is not a folder", self.env.folder.display());
        Err(Failure::new(Exit::Usage, "not_a_folder", what))
    }

    /// Reads the configuration, with the flags of the command as its strongest layer; what is odd
    /// in it is said once.
    pub(crate) fn configure(&mut self, flags: Overrides) -> Outcome<(Discovered, Config)> {
        let overrides = self.overrides(flags);
        let found = Discovered::of(&self.env, &self.places, &overrides)?;
        let config = found.layered.typed()?;
        if !std::mem::replace(&mut self.warned, true) {
            for warning in &found.warnings {
                self.warn(warning)?;
            }
        }
        Ok((found, config))
    }

    /// The flags of the command with `-c` beside them.
    pub(crate) fn overrides(&self, flags: Overrides) -> Overrides {
        Overrides {
            assignments: self.global.config.clone(),
            ..flags
        }
    }

    /// Says something that deserves a look.
    pub(crate) fn warn(&mut self, text: &str) -> Outcome {
        let mark = self.console.paint_note(Paint::Warning, "warning:");
        Ok(self.console.note(&format!("{mark} {text}"))?)
    }

    /// Whether a person can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        !self.global.no_input && stdin().is_terminal() && stderr().is_terminal()
    }

    /// In which form to write.
    pub(crate) const fn form(&self) -> Form {
        self.global.form()
    }

    /// Writes a value as one line of JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Outcome {
        let line = serde_json::to_string(value)?;
        Ok(self.console.line(&clean_json(&line))?)
    }
}
