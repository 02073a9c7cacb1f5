//! The configuration of a running server: read by the API, changed through it, and read again
//! when somebody changes a file by hand.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use async_trait::async_trait;
use serde_json::{Map, Value};
use tracing::warn;
use weald_api::config::ConfigEntry;
use weald_domain::access::Access;
use weald_server::{ConfigFile, ConfigFileError};

use super::{Config, ConfigError, Discovered, EditError, Layered, Overrides, check, set};
use crate::{environment::Environment, failure::chain, places::Places};

/// When the files last changed; none for one that is missing.
type Stamp = [Option<(SystemTime, u64)>; 2];

/// The layers as they stand, with what is needed to read them again.
pub(crate) struct LiveConfig {
    now: Mutex<(Layered, Stamp)>,
    env: Environment,
    places: Places,
    overrides: Overrides,
}

impl LiveConfig {
    /// Takes the layers a server was started with.
    pub(crate) fn new(
        layered: Layered,
        env: Environment,
        places: Places,
        overrides: Overrides,
    ) -> Self {
        Self {
            now: Mutex::new((layered, stamp(&places))),
            env,
            places,
            overrides,
        }
    }

    /// The settings in force.
    pub(crate) fn typed(&self) -> Result<Config, ConfigError> {
        self.layered().typed()
    }

    /// The layers; a file that changed is read again, one that became wrong is passed over.
    fn layered(&self) -> Layered {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = stamp(&self.places);
        if stamp != now.1 {
            now.1 = stamp;
            match Discovered::of(&self.env, &self.places, &self.overrides) {
                Ok(found) => now.0 = found.layered,
                Err(error) => {
                    let error = chain(&error);
                    warn!(error, "the changed config file is not used");
                }
            }
        }
        now.0.clone()
    }
}

fn stamp(places: &Places) -> Stamp {
    let of = |path: &Path| {
        let file = path.metadata().ok()?;
        Some((file.modified().ok()?, file.len()))
    };
    [of(&places.user_file), of(&places.system_file)]
}

impl From<EditError> for ConfigFileError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::UnknownKey(key) => Self::UnknownKey(key),
            EditError::BadValue { key, detail } => Self::BadValue { key, detail },
            error @ (EditError::NotToml(_) | EditError::Unwritable(_)) => {
                Self::Unwritable(error.into())
            }
        }
    }
}

#[async_trait]
impl ConfigFile for LiveConfig {
    fn entries(&self) -> Vec<ConfigEntry> {
        self.layered().entries()
    }

    fn layers(&self, key: &str) -> Option<Vec<ConfigEntry>> {
        self.layered().explain(key)
    }

    fn check(&self, key: &str, value: &Value) -> Result<(), ConfigFileError> {
        Ok(check(key, value)?)
    }

    async fn patch(
        &self,
        _access: &Access,
        patch: Map<String, Value>,
    ) -> Result<(), ConfigFileError> {
        let changes: Vec<_> = patch
            .into_iter()
            .map(|(key, value)| (key, (!value.is_null()).then_some(value)))
            .collect();
        let file = self.places.user_file.clone();
        let edited = tokio::task::spawn_blocking(move || set(&file, &changes)).await;
        edited.map_err(|error| ConfigFileError::Unwritable(error.into()))??;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changed_by_hand_is_read_again_and_a_broken_one_is_not() {
        let home = tempfile::tempdir().expect("a folder");
        let mut env = Environment::made_of(&[]);
        env.home = home.path().to_path_buf();
        let places = Places::of(&env);
        let found = Discovered::of(&env, &places, &Overrides::default()).expect("a configuration");
        let live = LiveConfig::new(found.layered, env, places.clone(), Overrides::default());
        let theme = |live: &LiveConfig| {
            live.layers("app.theme").expect("a setting")[0]
                .value
                .clone()
        };
        assert_eq!(theme(&live), "system");
        set(
            &places.user_file,
            &[("app.theme".into(), Some("dark".into()))],
        )
        .expect("edits");
        assert_eq!(theme(&live), "dark");
        std::fs::write(&places.user_file, "app.theme = 'purple'").expect("writes");
        assert_eq!(theme(&live), "dark");
        std::fs::remove_file(&places.user_file).expect("removes");
        assert_eq!(theme(&live), "system");
    }
}
