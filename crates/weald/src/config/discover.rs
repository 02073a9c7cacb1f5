//! Finding the layers for one command.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use weald_api::config::ConfigSource;

use super::{ConfigError, Layer, Layered, SETTINGS, Setting, read, setting};
use crate::{environment::Environment, places::Places};

/// What the command line says about settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides {
    /// Flags that stand for a setting.
    pub(crate) flags: Vec<(&'static str, Value)>,
    /// `-c key=value`.
    pub(crate) assignments: Vec<String>,
}

/// The configuration of one command.
#[derive(Debug, Clone)]
pub(crate) struct Discovered {
    /// Its layers.
    pub(crate) layered: Layered,
    /// What a person should know of.
    pub(crate) warnings: Vec<String>,
    /// The project's file, when it was read.
    pub(crate) project_file: Option<PathBuf>,
}

impl Discovered {
    /// Reads every layer.
    pub(crate) fn of(
        env: &Environment,
        places: &Places,
        overrides: &Overrides,
    ) -> Result<Self, ConfigError> {
        let mut warnings = Vec::new();
        let command_line = [flags(overrides), assignments(overrides)?];
        let environment = environment(env, &mut warnings)?;
        let user = read::file(&places.user_file, ConfigSource::UserFile, &mut warnings)?;
        let system = read::file(&places.system_file, ConfigSource::SystemFile, &mut warnings)?;
        let mut layers = Vec::from(command_line);
        layers.extend([environment, user, system, defaults(places)]);
        let mut layered = Layered(layers);

        let trusted = layered.typed()?.trust.folders;
        let project_file = match project_file(env, places) {
            Some(file) if is_trusted(&file, &trusted) => Some(file),
            Some(file) => {
                warnings.push(format!(
                    "{} is not read: its folder is not in `trust.folders`",
                    file.display()
                ));
                None
            }
            None => None,
        };
        if let Some(file) = &project_file {
            let mut layer = read::file(file, ConfigSource::ProjectFile, &mut warnings)?;
            if layer.values.remove("trust.folders").is_some() {
                warnings.push(format!(
                    "{}: a project cannot set `trust.folders`",
                    file.display()
                ));
            }
            layered.0.insert(3, layer);
        }
        Ok(Self {
            layered,
            warnings,
            project_file,
        })
    }
}

fn flags(overrides: &Overrides) -> Layer {
    let mut layer = Layer::empty(ConfigSource::Flag, None);
    layer.values.extend(overrides.flags.iter().cloned());
    layer
}

fn assignments(overrides: &Overrides) -> Result<Layer, ConfigError> {
    let mut layer = Layer::empty(ConfigSource::CommandLine, None);
    for assignment in &overrides.assignments {
        let (key, text) = assignment
            .split_once('=')
            .ok_or_else(|| ConfigError::NotAssignment(assignment.clone()))?;
        let setting = setting(key).ok_or_else(|| ConfigError::UnknownKey { key: key.into() })?;
        let value = setting
            .kind
            .parse(text)
            .map_err(|detail| ConfigError::BadValue {
                key: key.to_owned(),
                origin: "-c".into(),
                detail,
            })?;
        layer.values.insert(setting.key, value);
    }
    Ok(layer)
}

/// Variables with a section; a secret's variable is no setting.
fn environment(env: &Environment, warnings: &mut Vec<String>) -> Result<Layer, ConfigError> {
    let mut layer = Layer::empty(ConfigSource::Environment, None);
    for (name, text) in env.variables() {
        let Some(rest) = name
            .strip_prefix("WEALD_")
            .filter(|rest| rest.contains("__"))
        else {
            warnings.extend(one_underscore(name));
            continue;
        };
        if rest.starts_with("SECRET__") || text.is_empty() {
            continue;
        }
        let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == name) else {
            let key = rest.replace("__", ".").to_ascii_lowercase();
            warnings.push(read::unknown(&key, name));
            continue;
        };
        let value = setting
            .kind
            .parse_variable(text)
            .map_err(|detail| ConfigError::BadValue {
                key: setting.key.to_owned(),
                origin: name.to_owned(),
                detail,
            })?;
        layer.values.insert(setting.key, value);
    }
    Ok(layer)
}

/// The warning for a variable that would be a setting's with two underscores.
fn one_underscore(name: &str) -> Option<String> {
    let meant = SETTINGS.iter().map(Setting::variable);
    let meant = meant
        .into_iter()
        .find(|meant| meant.replace("__", "_") == name)?;
    Some(format!("{name}: it is passed over; did you mean {meant}?"))
}

fn defaults(places: &Places) -> Layer {
    let mut layer = Layer::empty(ConfigSource::Default, None);
    for setting in SETTINGS {
        if let Some(value) = (setting.default)() {
            layer.values.insert(setting.key, value);
        }
    }
    layer.values.insert("data.root", json!(places.data));
    layer
}

/// The nearest `weald.toml` at or above the folder, unless it is the user's own.
fn project_file(env: &Environment, places: &Places) -> Option<PathBuf> {
    let files = env
        .folder
        .ancestors()
        .map(|folder| folder.join("weald.toml"));
    let own = [&places.user_file, &places.system_file];
    files
        .filter(|file| !own.contains(&file))
        .find(|file| file.is_file())
}

fn is_trusted(file: &Path, trusted: &[PathBuf]) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    let Some(folder) = file.parent().and_then(real) else {
        return false;
    };
    trusted
        .iter()
        .filter_map(|path| real(path))
        .any(|path| folder.starts_with(path))
}
