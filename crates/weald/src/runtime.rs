//! The runtime sockets of a data folder: the API for commands of the same user, and beside it the
//! one over which a command that brought its own deployment is asked to hand over.

use std::{
    fs::{DirBuilder, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use tokio::net::{UnixListener, UnixStream};

use crate::{
    exit::Exit,
    failure::{Failure, Outcome},
    hand_over,
    places::Places,
};

/// Longest path a unix socket can have, bytes.
const SOCKET_PATH_MAX: usize = 107;

/// Where the sockets of one data folder are.
#[derive(Debug, Clone)]
pub(crate) struct Sockets {
    folder: PathBuf,
    /// The API.
    pub(crate) api: PathBuf,
    /// Hand-over requests.
    pub(crate) hand_over: PathBuf,
}

impl Sockets {
    /// The sockets of a data folder.
    pub(crate) fn of(places: &Places, data: &Path) -> Self {
        let api = places.socket(data);
        Self {
            folder: places.sockets.clone(),
            hand_over: api.with_extension("take"),
            api,
        }
    }

    /// Opens one of them. Only the owner of the data folder may: a socket that is there is what a
    /// process that is gone has left.
    pub(crate) fn listen(&self, path: &Path) -> anyhow::Result<UnixListener> {
        self.make_folder()?;
        if path.as_os_str().len() > SOCKET_PATH_MAX {
            bail!(
                "the path of the runtime socket is too long ({}): set XDG_RUNTIME_DIR to a shorter folder",
                path.display()
            );
        }
        remove(path).with_context(|| format!("removing the old socket {}", path.display()))?;
        let listener = UnixListener::bind(path)
            .with_context(|| format!("opening the runtime socket {}", path.display()))?;
        std::fs::set_permissions(path, Permissions::from_mode(0o600))
            .with_context(|| format!("closing {} to others", path.display()))?;
        Ok(listener)
    }

    /// Whether somebody answers at the API. Nobody is asked in a folder that is not ours: whoever
    /// made it could listen there and would be told everything.
    pub(crate) async fn answers(&self) -> Outcome<bool> {
        self.check_folder()?;
        Ok(UnixStream::connect(&self.api).await.is_ok())
    }

    /// Asks the owner of the data folder to hand it over; whether it will.
    pub(crate) async fn ask_to_hand_over(&self) -> Outcome<bool> {
        self.check_folder()?;
        Ok(hand_over::ask(&self.hand_over).await)
    }

    /// Whether the folder of the sockets is ours alone, when there is one.
    fn check_folder(&self) -> Outcome {
        let folder = self.folder.display();
        let is = match self.folder.symlink_metadata() {
            Ok(is) => is,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                let what = format!("the folder {folder} of the runtime socket: {error}");
                return Err(not_ours(what));
            }
        };
        if !is.is_dir() || is.uid() != rustix::process::geteuid().as_raw() {
            let what =
                format!("the folder {folder} of the runtime socket belongs to somebody else");
            return Err(not_ours(what));
        }
        if is.mode() & 0o022 != 0 {
            let what =
                format!("the folder {folder} of the runtime socket can be written by others");
            return Err(not_ours(what));
        }
        Ok(())
    }

    /// Removes what this process opened.
    pub(crate) fn remove(&self) -> io::Result<()> {
        remove(&self.api)?;
        remove(&self.hand_over)
    }

    /// A folder of this user alone: in the system's temporary folder others could have made it.
    fn make_folder(&self) -> anyhow::Result<()> {
        let folder = &self.folder;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| {
                format!(
                    "making the folder {} for the runtime socket",
                    folder.display()
                )
            })?;
        let is = folder
            .symlink_metadata()
            .with_context(|| format!("looking at {}", folder.display()))?;
        if !is.is_dir() || is.uid() != rustix::process::geteuid().as_raw() {
            bail!(
                "{} belongs to somebody else: set XDG_RUNTIME_DIR to a folder of yours",
                folder.display()
            );
        }
        if is.mode() & 0o077 != 0 {
            std::fs::set_permissions(folder, Permissions::from_mode(0o700))
                .with_context(|| format!("closing {} to others", folder.display()))?;
        }
        Ok(())
    }
}

fn not_ours(what: String) -> Failure {
    Failure::new(Exit::Failed, "socket_folder", what).hint(
        "a process of another user could listen there; set XDG_RUNTIME_DIR to a folder of yours, \
         or remove that one",
    )
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn sockets(runtime: &Path) -> Sockets {
        let text = runtime.display().to_string();
        let places = Places::of(&Environment::made_of(&[("XDG_RUNTIME_DIR", &text)]));
        Sockets::of(&places, Path::new("/data"))
    }

    #[tokio::test]
    async fn a_socket_left_behind_is_replaced_and_closed_to_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let sockets = sockets(folder.path());
        drop(sockets.listen(&sockets.api).expect("opens"));
        assert!(!sockets.answers().await.expect("ours"));
        let listener = sockets.listen(&sockets.api).expect("opens again");
        assert!(sockets.answers().await.expect("ours"));
        let mode = |path: &Path| path.metadata().expect("exists").mode() & 0o777;
        assert_eq!((mode(&sockets.api), mode(&sockets.folder)), (0o600, 0o700));
        drop(listener);
        sockets.remove().expect("removes");
        assert!(!sockets.api.exists());
    }

    #[tokio::test]
    async fn a_folder_open_to_others_is_closed_and_a_link_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let sockets = sockets(folder.path());
        std::fs::create_dir(&sockets.folder).expect("a folder");
        std::fs::set_permissions(&sockets.folder, Permissions::from_mode(0o777)).expect("opens");
        drop(sockets.listen(&sockets.api).expect("opens"));
        assert_eq!(
            sockets.folder.metadata().expect("exists").mode() & 0o777,
            0o700
        );
        std::fs::remove_dir_all(&sockets.folder).expect("removes");
        std::os::unix::fs::symlink("/tmp", &sockets.folder).expect("a link");
        assert!(sockets.listen(&sockets.api).is_err());
    }

    #[tokio::test]
    async fn nobody_is_asked_in_a_folder_of_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let sockets = sockets(folder.path());
        assert!(!sockets.answers().await.expect("there is no folder"));
        let elsewhere = folder.path().join("elsewhere");
        std::fs::create_dir(&elsewhere).expect("a folder");
        let listener = UnixListener::bind(elsewhere.join(sockets.api.file_name().expect("a name")))
            .expect("opens");
        std::os::unix::fs::symlink(&elsewhere, &sockets.folder).expect("a link");
        let refused = sockets.answers().await.expect_err("a link");
        assert_eq!(
            (refused.exit, refused.code()),
            (Exit::Failed, "socket_folder")
        );
        assert!(sockets.ask_to_hand_over().await.is_err());

        std::fs::remove_file(&sockets.folder).expect("removes");
        std::fs::rename(&elsewhere, &sockets.folder).expect("moves");
        for (mode, ours) in [(0o777, false), (0o770, false), (0o755, true)] {
            std::fs::set_permissions(&sockets.folder, Permissions::from_mode(mode))
                .expect("changes");
            assert_eq!(sockets.answers().await.is_ok(), ours, "{mode:o}");
        }
        assert!(sockets.answers().await.expect("ours"));
        drop(listener);
    }
}
