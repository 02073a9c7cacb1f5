//! What the process was started with: variables, folder, home, user. Read once; nothing else in
//! Weald reads the environment.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A snapshot of the process's surroundings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
    /// Folder the command works in.
    pub(crate) folder: PathBuf,
    /// The user's home.
    pub(crate) home: PathBuf,
    /// Folder for temporary files.
    pub(crate) temporary: PathBuf,
    /// The user's number.
    pub(crate) uid: u32,
}

impl Environment {
    /// The surroundings of this process. Variables that are not UTF-8 are passed over.
    pub(crate) fn of_process() -> std::io::Result<Self> {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(Self {
            variables,
            folder: std::env::current_dir()?,
            home: std::env::home_dir().unwrap_or_else(|| PathBuf::from("/")),
            temporary: std::env::temp_dir(),
            uid: rustix::process::getuid().as_raw(),
        })
    }

    /// A variable that is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// A variable that holds an absolute path; another value is passed over, as XDG asks.
    pub(crate) fn folder_variable(&self, name: &str) -> Option<PathBuf> {
        let path = Path::new(self.variable(name)?);
        path.is_absolute().then(|| path.to_path_buf())
    }

    /// All variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same path, absolute.
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
}

#[cfg(test)]
impl Environment {
    /// Surroundings made for a test.
    pub(crate) fn made_of(variables: &[(&str, &str)]) -> Self {
        Self {
            variables: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            folder: "/home/ada/code".into(),
            home: "/home/ada".into(),
            temporary: "/tmp".into(),
            uid: 1000,
        }
    }

    /// Sets a variable.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }
}
