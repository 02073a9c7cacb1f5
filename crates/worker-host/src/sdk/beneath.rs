//! Directories that cannot be left: every open goes from a root's descriptor and follows no link,
//! so a path that is swapped after the broker checked it leads nowhere (WK-017).

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use rustix::{
    fd::OwnedFd,
    fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, Stat, openat2, statat},
    io::Errno,
};

use super::{Failure, UnixMillis};
use crate::roots::Roots;

/// What an entry of a directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link; never followed.
    Link,
    /// A device, socket or pipe.
    Other,
}

/// An entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: OsString,
    /// What it is.
    pub kind: EntryKind,
    /// Its size in bytes.
    pub size: u64,
    /// When it last changed.
    pub modified: UnixMillis,
}

#[derive(Debug)]
struct Root {
    path: PathBuf,
    fd: OwnedFd,
}

/// What a worker may see.
#[derive(Debug)]
pub struct Directories {
    roots: Vec<Root>,
    cwd: Option<PathBuf>,
    only: Option<Vec<PathBuf>>,
    except: Vec<PathBuf>,
}

impl Directories {
    /// Opens the roots.
    ///
    /// # Errors
    /// One of them cannot be opened, or was replaced by a link.
    pub fn open(roots: Roots) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let open = |path: PathBuf| {
            let fd = openat2(CWD, &path, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS)
                .map_err(|error| kernel(error, &path))?;
            Ok(Root { path, fd })
        };
        Ok(Self {
            roots: roots
                .roots
                .into_iter()
                .map(open)
                .collect::<io::Result<_>>()?,
            cwd: roots.cwd,
            only: roots.only,
            except: roots.except,
        })
    }

    /// The roots.
    pub fn roots(&self) -> impl Iterator<Item = &Path> {
        self.roots.iter().map(|root| root.path.as_path())
    }

    /// The root that holds a path.
    #[must_use]
    pub fn root_of(&self, path: &Path) -> Option<&Path> {
        self.holder(path).map(|(root, _)| root.path.as_path())
    }

    /// The path as it is shown: relative when it is in the first project.
    #[must_use]
    pub fn shown(&self, path: &Path) -> String {
        let below = self
            .cwd
            .as_ref()
            .and_then(|cwd| path.strip_prefix(cwd).ok());
        match below {
            Some(below) if below.as_os_str().is_empty() => ".".into(),
            Some(below) => below.to_string_lossy().into_owned(),
            None => path.to_string_lossy().into_owned(),
        }
    }

    /// Opens a regular file to read.
    ///
    /// # Errors
    /// It lies outside, is not there, is no regular file, or the path leads over a link.
    pub fn open_file(&self, path: &Path) -> Result<File, Failure> {
        // Without NONBLOCK a pipe would block the open for ever.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(self.open_at(path, flags)?);
        let metadata = file
            .metadata()
            .map_err(|error| Failure::io("read", path, &error))?;
        if metadata.is_file() {
            return Ok(file);
        }
        let (code, what) = if metadata.is_dir() {
            ("is_a_directory", "is a directory")
        } else {
            ("not_a_file", "is a device, a socket or a pipe")
        };
        Err(Failure::new(code, format!("{:?} {what}", self.shown(path))))
    }

    /// What a path is, without following a link at its end.
    ///
    /// # Errors
    /// It lies outside, is not there, or the path leads over a link.
    pub fn kind(&self, path: &Path) -> Result<EntryKind, Failure> {
        let fd = self.open_at(path, OFlags::PATH | OFlags::CLOEXEC)?;
        let stat =
            rustix::fs::fstat(&fd).map_err(|error| Failure::io("look at", path, &error.into()))?;
        Ok(kind_of(&stat))
    }

    /// The entries of a directory, sorted by name.
    ///
    /// # Errors
    /// It lies outside, is not there, is no directory, or the path leads over a link.
    pub fn list(&self, path: &Path) -> Result<Vec<Entry>, Failure> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = self.open_at(path, flags)?;
        let fail = |error: Errno| Failure::io("list", self.shown(path), &error.into());
        let mut entries = Vec::new();
        for item in Dir::read_from(&fd).map_err(fail)? {
            let item = item.map_err(fail)?;
            let name = item.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            // An entry that is gone by now is no entry.
            if let Ok(stat) = statat(&fd, name, AtFlags::SYMLINK_NOFOLLOW) {
                entries.push(entry(name.to_bytes(), &stat));
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn open_at(&self, path: &Path, flags: OFlags) -> Result<OwnedFd, Failure> {
        let outside = || {
            Failure::new(
                "outside_projects",
                format!("{:?} lies outside", path.to_string_lossy()),
            )
        };
        let (root, below) = self.holder(path).ok_or_else(outside)?;
        if !self.is_granted(path) {
            return Err(outside());
        }
        let below = if below.as_os_str().is_empty() {
            Path::new(".")
        } else {
            below
        };
        let resolve =
            ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_SYMLINKS;
        openat2(&root.fd, below, flags, Mode::empty(), resolve).map_err(|error| match error {
            Errno::LOOP | Errno::XDEV | Errno::AGAIN => Failure::new(
                "moved",
                format!(
                    "{:?} leads over a link that was not there before",
                    self.shown(path)
                ),
            ),
            error => Failure::io("open", self.shown(path), &kernel(error, path)),
        })
    }

    fn holder<'a, 'b>(&'a self, path: &'b Path) -> Option<(&'a Root, &'b Path)> {
        self.roots
            .iter()
            .filter_map(|root| {
                path.strip_prefix(&root.path)
                    .ok()
                    .map(|below| (root, below))
            })
            .min_by_key(|(_, below)| below.as_os_str().as_bytes().len())
    }

    fn is_granted(&self, path: &Path) -> bool {
        let is_below = |places: &[PathBuf]| places.iter().any(|place| path.starts_with(place));
        self.only.as_deref().is_none_or(is_below) && !is_below(&self.except)
    }
}

fn kernel(error: Errno, path: &Path) -> io::Error {
    match error {
        Errno::NOSYS => io::Error::new(
            io::ErrorKind::Unsupported,
            "this kernel cannot open files safely (openat2, Linux 5.6 or newer, is needed)",
        ),
        Errno::LOOP => io::Error::other(format!("{:?} leads over a link", path.to_string_lossy())),
        error => error.into(),
    }
}

fn kind_of(stat: &Stat) -> EntryKind {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => EntryKind::File,
        FileType::Directory => EntryKind::Directory,
        FileType::Symlink => EntryKind::Link,
        FileType::Fifo
        | FileType::Socket
        | FileType::CharacterDevice
        | FileType::BlockDevice
        | FileType::Unknown => EntryKind::Other,
    }
}

fn entry(name: &[u8], stat: &Stat) -> Entry {
    let millis = stat.st_mtime.saturating_mul(1000);
    Entry {
        name: OsStr::from_bytes(name).to_owned(),
        kind: kind_of(stat),
        size: u64::try_from(stat.st_size).unwrap_or(0),
        modified: UnixMillis(millis),
    }
}
