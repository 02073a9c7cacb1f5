//! What a request wants: one intent, or several that stand on one another.

use serde_json::{Map, Value};

use super::period::Period;

/// What one clause of a request wants; a slot that was not named is none.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Intent {
    List {
        path: String,
    },
    Largest {
        path: String,
    },
    Find {
        path: String,
        glob: Option<String>,
    },
    CountFiles {
        path: String,
        glob: String,
    },
    /// How many the step before found.
    Count,
    Read {
        of: Subject,
        lines: Option<(u64, u64)>,
    },
    CountLines {
        of: Subject,
    },
    Summarise {
        of: Subject,
    },
    Search {
        path: String,
        text: Option<String>,
    },
    Log {
        path: Option<String>,
        period: Option<Period>,
        limit: Option<u64>,
    },
    Status,
    Diff {
        path: Option<String>,
        range: DiffRange,
    },
    /// A tool of any worker, chosen by its manifest.
    Tool {
        name: String,
        args: Map<String, Value>,
    },
    /// More than one tool fits as well as the others.
    WhichTool {
        names: Vec<String>,
    },
    Talk(Talk),
}

/// What needs no tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Talk {
    Help,
    Greeting,
    Thanks,
    /// A question is dropped.
    Cancelled,
    /// There is none to drop.
    NothingToCancel,
    /// There is no answer to go on with, or to repeat.
    NothingBefore,
    Unknown,
}

/// Which files a step is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// This one.
    File(String),
    /// What the step before found.
    Found,
    /// One of those, from 1.
    Nth(usize),
    /// Not said.
    Unnamed,
}

/// What a diff compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DiffRange {
    /// The work tree with the index.
    Unstaged,
    /// The index with the last commit.
    Staged,
    /// A revision with the work tree, or with another.
    Between { from: String, to: Option<String> },
}

/// What is still to be said before a step can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Pattern,
    File,
    Text,
    /// An argument of a tool.
    Argument,
    /// Which of several tools.
    Tool,
    /// Which of several files.
    Choice,
}

impl Intent {
    /// The tool that it stands on.
    pub(super) fn tool(&self) -> Option<&str> {
        match self {
            Self::List { .. } | Self::Largest { .. } => Some("fs_list"),
            Self::Find { .. } | Self::CountFiles { .. } => Some("fs_find"),
            Self::Read { .. } | Self::CountLines { .. } | Self::Summarise { .. } => Some("fs_read"),
            Self::Search { .. } => Some("fs_search"),
            Self::Log { .. } => Some("git_log"),
            Self::Status => Some("git_status"),
            Self::Diff { .. } => Some("git_diff"),
            Self::Tool { name, .. } => Some(name),
            Self::Count | Self::WhichTool { .. } | Self::Talk(_) => None,
        }
    }

    /// Whether the next step may be about what it finds.
    pub(super) const fn finds(&self) -> bool {
        matches!(
            self,
            Self::Find { .. }
                | Self::CountFiles { .. }
                | Self::Search { .. }
                | Self::Largest { .. }
        )
    }

    /// The files it is about.
    pub(super) const fn subject(&self) -> Option<&Subject> {
        match self {
            Self::Read { of, .. } | Self::CountLines { of } | Self::Summarise { of } => Some(of),
            Self::List { .. }
            | Self::Largest { .. }
            | Self::Find { .. }
            | Self::CountFiles { .. }
            | Self::Count
            | Self::Search { .. }
            | Self::Log { .. }
            | Self::Status
            | Self::Diff { .. }
            | Self::Tool { .. }
            | Self::WhichTool { .. }
            | Self::Talk(_) => None,
        }
    }

    /// The same about one file.
    pub(super) fn about(self, path: String) -> Self {
        let of = Subject::File(path);
        match self {
            Self::Read { lines, .. } => Self::Read { of, lines },
            Self::CountLines { .. } => Self::CountLines { of },
            Self::Summarise { .. } => Self::Summarise { of },
            other @ (Self::List { .. }
            | Self::Largest { .. }
            | Self::Find { .. }
            | Self::CountFiles { .. }
            | Self::Count
            | Self::Search { .. }
            | Self::Log { .. }
            | Self::Status
            | Self::Diff { .. }
            | Self::Tool { .. }
            | Self::WhichTool { .. }
            | Self::Talk(_)) => other,
        }
    }
}
