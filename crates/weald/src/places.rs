//! Where Weald keeps things: XDG folders, or one portable folder with `WEALD_HOME`.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::environment::Environment;

/// The folders and files that do not depend on settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places {
    /// Folder of the machine key.
    pub(crate) config: PathBuf,
    /// The user's `weald.toml`.
    pub(crate) user_file: PathBuf,
    /// The system's `weald.toml`.
    pub(crate) system_file: PathBuf,
    /// Data folder, unless `data.root` names another.
    pub(crate) data: PathBuf,
    /// Answers that are remembered between commands.
    pub(crate) state: PathBuf,
    /// Folder of the runtime sockets.
    pub(crate) sockets: PathBuf,
}

impl Places {
    /// The places for an environment.
    pub(crate) fn of(env: &Environment) -> Self {
        let portable = env
            .variable("WEALD_HOME")
            .map(|home| env.absolute(Path::new(home)));
        let folder = |variable: &str, fallback: &str, kind: &str| match &portable {
            Some(home) => home.join(kind),
            None => env
                .folder_variable(variable)
                .unwrap_or_else(|| env.home.join(fallback))
                .join("weald"),
        };
        let config = folder("XDG_CONFIG_HOME", ".config", "config");
        let named = |variable: &str| env.variable(variable).map(|at| env.absolute(Path::new(at)));
        Self {
            user_file: named("WEALD_CONFIG_PATH").unwrap_or_else(|| config.join("weald.toml")),
            system_file: "/etc/weald/weald.toml".into(),
            data: named("WEALD_USER_DATA_DIR")
                .unwrap_or_else(|| folder("XDG_DATA_HOME", ".local/share", "data")),
            state: folder("XDG_STATE_HOME", ".local/state", "state"),
            sockets: match env.folder_variable("XDG_RUNTIME_DIR") {
                Some(runtime) => runtime.join("weald"),
                None => env.temporary.join(format!("weald-{}", env.uid)),
            },
            config,
        }
    }

    /// The machine key of the encrypted secret file.
    pub(crate) fn machine_key(&self) -> PathBuf {
        self.config.join("secrets.key")
    }

    /// The runtime socket of a data folder: its name is a hash, because a socket path has room
    /// for 107 bytes only.
    pub(crate) fn socket(&self, data: &Path) -> PathBuf {
        let hash = Sha256::digest(data.as_os_str().as_encoded_bytes());
        let name: String = hex::encode(hash).chars().take(16).collect();
        self.sockets.join(format!("{name}.sock"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_variables_the_xdg_folders_below_home_are_used() {
        let places = Places::of(&Environment::made_of(&[("XDG_DATA_HOME", "not/absolute")]));
        assert_eq!(
            places,
            Places {
                config: "/home/ada/.config/weald".into(),
                user_file: "/home/ada/.config/weald/weald.toml".into(),
                system_file: "/etc/weald/weald.toml".into(),
                data: "/home/ada/.local/share/weald".into(),
                state: "/home/ada/.local/state/weald".into(),
                sockets: "/tmp/weald-1000".into(),
            }
        );
    }

    #[test]
    fn weald_home_holds_everything_but_the_socket() {
        let env = [("WEALD_HOME", "box"), ("XDG_RUNTIME_DIR", "/run/user/1000")];
        let places = Places::of(&Environment::made_of(&env));
        assert_eq!(
            places.user_file,
            Path::new("/home/ada/code/box/config/weald.toml")
        );
        assert_eq!(places.data, Path::new("/home/ada/code/box/data"));
        assert_eq!(
            places.machine_key(),
            Path::new("/home/ada/code/box/config/secrets.key")
        );
        assert_eq!(places.sockets, Path::new("/run/user/1000/weald"));
    }

    #[test]
    fn two_variables_move_the_file_and_the_data_alone() {
        let env = [
            ("WEALD_CONFIG_PATH", "/x/my.toml"),
            ("WEALD_USER_DATA_DIR", "/y"),
        ];
        let places = Places::of(&Environment::made_of(&env));
        assert_eq!(places.user_file, Path::new("/x/my.toml"));
        assert_eq!(places.data, Path::new("/y"));
        assert_eq!(places.config, Path::new("/home/ada/.config/weald"));
    }

    #[test]
    fn a_socket_path_is_short_and_its_own_for_each_data_folder() {
        let places = Places::of(&Environment::made_of(&[(
            "XDG_RUNTIME_DIR",
            "/run/user/1000",
        )]));
        let deep = places.socket(Path::new(&format!("/{}", "deep/".repeat(60))));
        assert!(deep.as_os_str().len() < 107);
        assert_ne!(deep, places.socket(Path::new("/data")));
    }
}
