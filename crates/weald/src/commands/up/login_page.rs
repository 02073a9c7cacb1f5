//! The page through which a browser gets the login link.
//!
//! The arguments of a process can be read by every user of the machine, so the code does not stand
//! there: the browser is given a file that only its owner may read, and the file leads on.

use std::{
    fs::{DirBuilder, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// A page that leads to a login link. It goes when it is let go of.
#[derive(Debug)]
pub(super) struct LoginPage(PathBuf);

impl LoginPage {
    /// Writes it into a folder. One that a process left there is replaced: its code is worthless.
    pub(super) fn write(folder: &Path, link: &str) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let path = folder.join(format!("login-{}.html", std::process::id()));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let page = Self(path);
        file.write_all(html(link).as_bytes())?;
        Ok(page)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for LoginPage {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(%error, "the login page was gone already");
        }
    }
}

/// The link is an address of ours with a code in the URL alphabet: nothing in it needs escaping.
fn html(link: &str) -> String {
    format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Weald</title>\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={link}\">\n\
         <p><a href=\"{link}\">Open Weald</a></p>\n"
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    #[test]
    fn only_its_owner_may_read_it_and_it_goes_with_its_process() {
        let folder = tempfile::tempdir().expect("a folder");
        let state = folder.path().join("state");
        let link = "http://127.0.0.1:7420/#code=abc";
        let page = LoginPage::write(&state, link).expect("writes");
        let path = page.path().to_owned();
        let mode = |path: &Path| path.metadata().expect("exists").mode() & 0o777;
        assert_eq!((mode(&state), mode(&path)), (0o700, 0o600));
        let text = std::fs::read_to_string(&path).expect("reads");
        assert_eq!(text.matches(link).count(), 2, "{text}");
        drop(page);
        assert!(!path.exists());
    }

    #[test]
    fn a_link_in_its_place_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let other = folder.path().join("other");
        std::fs::write(&other, "mine").expect("writes");
        let place = folder
            .path()
            .join(format!("login-{}.html", std::process::id()));
        symlink(&other, &place).expect("links");
        let page = LoginPage::write(folder.path(), "http://[::1]:1/#code=x").expect("writes");
        assert!(page.path().symlink_metadata().expect("exists").is_file());
        assert_eq!(std::fs::read_to_string(&other).expect("reads"), "mine");
    }
}
